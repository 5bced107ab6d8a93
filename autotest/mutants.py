"""Mutants of what keeps tiles from being lost: each takes one thing out of the code, and a test must fail then.

    mutants.py [--list] [--few] [--only NAME]... [--place FOLDER]

Works in a copy of the checkout, with a build folder of its own; both are kept for the next time (build-mutants/). A
mutant whose text is not found exactly once is stale, and an error. Exits with 1 where one survives.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

from mutants_list import MUTANTS

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ["CMakeLists.txt", "CMakePresets.json", "stac", "driver", "tools", "autotest"]


class Stale(Exception):
    pass


def mutated(mutant, text):
    if text.count(mutant.search) != 1:
        raise Stale(f"{mutant.name}: its text is in {mutant.file} {text.count(mutant.search)} times")
    return text.replace(mutant.search, mutant.replace)


def write_if_changed(path, content):
    """As it is: what is the same is not built again."""
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy_checkout(place):
    """The checkout's sources; what is no more there goes."""
    found = set()
    for name in SOURCES:
        top = ROOT / name
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                found.add(path.relative_to(ROOT))
    for path in found:
        write_if_changed(place / path, (ROOT / path).read_bytes())
    for name in SOURCES:
        for path in (place / name).rglob("*") if (place / name).is_dir() else []:
            if path.is_file() and path.relative_to(place) not in found:
                path.unlink()


class Bench:
    def __init__(self, place):
        self.place = place
        self.build = place / "build"

    def make(self, targets):
        command = ["cmake", "--build", str(self.build), "--target", *sorted(targets)]
        built = subprocess.run(command, cwd=self.place, capture_output=True, text=True)
        if built.returncode != 0:
            sys.exit(f"it does not build:\n{built.stdout[-3000:]}")

    def configure(self):
        command = ["cmake", "--preset", "release", "-DTILEDIR_TOOLS=ON", "-DTILEDIR_TESTS=ON"]
        subprocess.run(command, cwd=self.place, check=True, stdout=subprocess.DEVNULL)

    def test(self, mutant):
        """What it says first against the mutant; empty where it passes, None where it is skipped."""
        command = [word.replace("BUILD", str(self.build)) for word in mutant.test]
        if command[0].endswith("_test.py"):
            command = ["/usr/bin/python3", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *command]
        environment = {**os.environ, "TILEDIR_BUILD": str(self.build)}  # whatever build the caller looks at
        result = subprocess.run(command, cwd=self.place, env=environment, capture_output=True, text=True, timeout=600)
        nothing = "no tests ran" in result.stdout or "Running 0 tests" in result.stdout
        if nothing or (command[0] == "/usr/bin/python3" and result.returncode > 1):
            sys.exit(f"{mutant.name}: its test did not run: {result.stdout[-2000:]}{result.stderr[-500:]}")
        if result.returncode == 0 and (" skipped" in result.stdout or "[  SKIPPED ]" in result.stdout):
            return None
        lines = [line.strip() for line in result.stdout.splitlines() if line.startswith(("E  ", "[  FAILED  ]"))]
        return "" if result.returncode == 0 else (lines or ["it fails"])[0][:160]

    def fate(self, mutant):
        path = self.place / mutant.file
        plain = path.read_bytes()
        path.write_text(mutated(mutant, plain.decode()))
        try:
            self.make(mutant.targets)
            said = self.test(mutant)
        finally:
            path.write_bytes(plain)
        return "not tried: its test is skipped here" if said is None else f"killed: {said}" if said else "survived"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="their names, what they do and the tests that kill them")
    parser.add_argument("--few", action="store_true", help="those that are cheap")
    parser.add_argument("--only", action="append", metavar="NAME", default=[])
    parser.add_argument("--place", type=pathlib.Path, default=ROOT / "build-mutants", help="of copy and build")
    arguments = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if mutant.few or not arguments.few]
    if arguments.only:
        chosen = [mutant for mutant in MUTANTS if mutant.name in arguments.only]
    unknown = set(arguments.only) - {mutant.name for mutant in MUTANTS}
    if unknown:
        sys.exit(f"no such mutant: {', '.join(sorted(unknown))}")
    try:
        for mutant in MUTANTS:
            mutated(mutant, (ROOT / mutant.file).read_text())
    except Stale as error:
        sys.exit(str(error))
    if arguments.list:
        for mutant in chosen:
            print(f"{mutant.name}: {mutant.file}: {' '.join(mutant.test)}")
        return
    place = arguments.place.resolve()
    place.mkdir(parents=True, exist_ok=True)
    copy_checkout(place)
    bench = Bench(place)
    bench.configure()
    began = time.monotonic()
    bench.make({target for mutant in chosen for target in mutant.targets})
    for mutant in chosen:
        if said := bench.test(mutant):
            sys.exit(f"{mutant.name}: its test fails without it: {said}")
    print(f"built, and all tests pass without mutants: {time.monotonic() - began:.0f} s", flush=True)
    survived = 0
    for mutant in chosen:
        began = time.monotonic()
        fate = bench.fate(mutant)
        survived += fate == "survived"
        print(f"{mutant.name}: {time.monotonic() - began:.0f} s, {fate}", flush=True)
    print(f"{len(chosen)} mutants, {survived} survived")
    sys.exit(survived > 0)


if __name__ == "__main__":
    if not shutil.which("cmake"):
        sys.exit("cmake is not installed")
    main()
