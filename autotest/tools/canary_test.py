"""What a variable in an input's path stands for is found nowhere after a run, and in no command line while it goes."""

import json
import pathlib
import subprocess
import time
import urllib.parse

import pytest
from gate import Gate
from processes import children
from secrets_test import web  # noqa: F401

CANARY = "geheim+4711"
SPELLINGS = {CANARY, urllib.parse.quote(CANARY)}


class Watched:
    """Runs commands; what they say, write and show to others on the machine has no canary in it."""

    def __init__(self, tiledir, environment, output, stored):
        self.tiledir, self.environment = tiledir, {**tiledir.environment, **environment}
        self.output, self.stored = output, stored  # as the recipe has it, and its folder
        self.gates = tiledir.folder / "gates"
        self.command_lines = set()

    def recipe(self, path, **keys):
        job = {"parameters": {"gates": str(self.gates)}, "grid": {"tile_size": 64}, "threads": 2, "executor": "workers"}
        return self.tiledir.recipe(
            process="bad_hillshade", input={"dem": path}, output=self.output, levels="9-11", **{**job, **keys}
        )

    def start(self, *arguments):
        return self.tiledir.start(*arguments, env=self.environment)

    def run(self, *arguments, code=0):
        return self.see(self.start(*arguments), code)

    def run_with_workers(self, *arguments):
        """They wait at their first tiles until they have been looked at."""
        with Gate(self.gates) as gate:
            process = self.start(*arguments)
            gate.wait_for(process, 2)
            self.look_at(process.pid)
        assert any("\0worker\0" in words for words in self.command_lines)
        return self.see(process, 0)

    def status(self, *arguments):
        command = [str(self.tiledir.commands), "status", self.output, *arguments]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return self.see(subprocess.Popen(command, env=self.environment, cwd=self.tiledir.folder, **options), 0)

    def see(self, process, code):
        while process.poll() is None:
            self.look_at(process.pid)
            time.sleep(0.02)
        out, err = process.communicate()
        assert process.returncode == code, err
        assert not any(word in out + err for word in SPELLINGS), out + err
        for path in self.stored.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not any(word in str(path) or word.encode() in content for word in SPELLINGS), path
        return out, err

    def look_at(self, process):
        try:
            for each in [process, *children(process)]:
                words = pathlib.Path(f"/proc/{each}/cmdline").read_bytes().decode()
                assert not any(word in words for word in SPELLINGS), words
                self.command_lines.add(words)
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended


def run_all(watched, recipe):
    """A dry run, a run, its status, and what follows a run that is finished."""
    for arguments in (["--dry-run"], ["--dry-run", "--json"]):
        watched.run(recipe, *arguments)
    watched.run_with_workers(recipe, "--json")
    assert '"finished"' in watched.status("--json")[0]
    watched.status()
    for arguments in (["--check"], ["--json"], ["--overwrite", "--executor", "threads"]):
        watched.run(recipe, *arguments)


def spoil(path):
    """The second half of a file is no picture any more."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2))


def fail_all(watched, recipe, spoilt, missing):
    """A refusal, a run whose tiles fail, their status, and a run of what is not there."""
    spoil(spoilt)
    assert "${" in watched.run(recipe, code=2)[1]
    out, _ = watched.run(recipe, "--update", "--json", code=3)
    assert json.loads(out)["failed"] and "${" in out
    assert "${" in watched.status()[0]
    watched.run(recipe, "--retry-failed", "--executor", "threads", code=3)
    watched.run(watched.recipe(missing), code=2)


def place(folder, jacksboro):
    folder.mkdir(parents=True)
    for path in jacksboro:
        (folder / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("value", [CANARY, f"./{CANARY}/", f"x/../{CANARY}"])
def test_a_pattern_in_a_folder(bad_tiledir, jacksboro, value):
    folder = bad_tiledir.folder / CANARY
    place(folder, jacksboro)
    watched = Watched(bad_tiledir, {"BASE": value}, "out", bad_tiledir.folder / "out")
    recipe = watched.recipe("${BASE}/*.tif")
    run_all(watched, recipe)
    fail_all(watched, recipe, folder / jacksboro[1].name, "${BASE}/nothere*.tif")


def test_a_pattern_in_a_bucket(bad_tiledir, jacksboro, s3):
    place(s3.folder / CANARY, jacksboro)
    watched = Watched(bad_tiledir, {**s3.config, "BASE": f"s3://{s3.name}/{CANARY}"}, f"s3://{s3.name}/out", s3.folder / "out")
    recipe = watched.recipe("${BASE}/*.tif", journal=str(bad_tiledir.folder / "journal"))
    run_all(watched, recipe)
    watched.run(watched.recipe("${BASE}/nothere*.tif"), code=2)
    watched.environment["BASE"] = f"s3://nobucket/{CANARY}"
    watched.run(recipe, "--json", code=4)


def test_the_journal_elsewhere_names_its_variable(bad_tiledir, jacksboro):
    watched = Watched(bad_tiledir, {"BASE": str(bad_tiledir.folder / CANARY)}, "out", bad_tiledir.folder / "out")
    watched.run(watched.recipe(list(map(str, jacksboro)), journal="${BASE}/journal"), "--json")
    watched.status()


def test_a_token_in_a_url(bad_tiledir, jacksboro, web):  # noqa: F811
    watched = Watched(bad_tiledir, {"TOKEN": CANARY}, "out", bad_tiledir.folder / "out")
    path = f"/vsicurl/http://{web}/jacksboro_west.tif?passes=${{TOKEN}}"
    run_all(watched, watched.recipe(path))
    watched.run(watched.recipe(path.replace("west", "nothere")), code=2)
    watched.run(watched.recipe(path.replace(web, "127.0.0.1:1")), "--json", code=2)
