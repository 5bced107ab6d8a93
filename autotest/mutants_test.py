"""Mutants are what they are called, and the few that C++ tests kill die: of each one compilation is made."""

import json
import pathlib
import shlex
import subprocess

import pytest

import mutants
from mutants_list import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_text_of_a_mutant_is_found(root, mutant):
    text = (root / mutant.file).read_text()
    assert mutants.mutated(mutant, text) != text


def compilation(build, file):
    """The compilation in which a file is: its own, or one of many files."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"] == str(file):
            return entry
        if "/Unity/" in entry["file"] and f'#include "{file}"' in pathlib.Path(entry["file"]).read_text():
            return entry
    raise KeyError(file)


def compiled(build, root, mutant, folder):
    """The object of a compilation with the mutated file in it."""
    file = root / mutant.file
    entry = compilation(build, file)
    mutated, source, thing = folder / "mutant.cpp", folder / "source.cpp", folder / "mutant.o"
    mutated.write_text(mutants.mutated(mutant, file.read_text()))
    text = pathlib.Path(entry["file"]).read_text() if entry["file"] != str(file) else f'#include "{file}"\n'
    source.write_text(text.replace(f'#include "{file}"', f'#include "{mutated}"'))
    words = shlex.split(entry["command"])
    words[words.index("-o") + 1], words[words.index("-c") + 1] = thing, source
    subprocess.run(words, cwd=entry["directory"], check=True)
    return thing


def linked(build, target, thing, folder):
    """The target with this object before the libraries that hold the plain one."""
    output = f"autotest/{target}"
    listing = ["ninja", "-C", build, "-t", "commands", "-s", output]
    commands = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split(" && ")
    [link] = [command for command in commands if f" -o {output} " in command]
    program = folder / target
    subprocess.run(link.replace(f" -o {output} ", f" -o {program} {thing} "), cwd=build, shell=True, check=True)
    return program


@pytest.mark.parametrize("mutant", [mutant for mutant in MUTANTS if mutant.few], ids=lambda mutant: mutant.name)
def test_a_mutant_is_killed(build, root, mutant, tmp_path):
    [target] = mutant.targets
    program, selection = mutant.test
    plain = subprocess.run([program.replace("BUILD", str(build)), selection], capture_output=True, text=True)
    assert plain.returncode == 0 and "[  PASSED  ]" in plain.stdout, plain.stdout[-2000:]
    other = linked(build, target, compiled(build, root, mutant, tmp_path), tmp_path)
    assert "[  FAILED  ]" in subprocess.run([other, selection], capture_output=True, text=True).stdout
