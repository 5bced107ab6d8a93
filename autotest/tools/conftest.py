"""Runs the commands as a user does."""

import contextlib
import json
import os
import pathlib
import subprocess

import pytest
from gate import Gate
from osgeo import gdal


@pytest.fixture(autouse=True)
def errors_are_exceptions():
    gdal.UseExceptions()


class Tiledir:
    def __init__(self, build, folder):
        self.program = build / "bin" / "tiledir-process"
        self.commands = build / "bin" / "tiledir"  # the others, as words of it
        self.folder = folder
        self.environment = dict(os.environ)
        self.started = []

    def recipe(self, name="recipe.yaml", **keys):
        """Writes a recipe: JSON is YAML."""
        path = self.folder / name
        path.write_text(json.dumps(keys, default=str))
        return path

    def start(self, *arguments, **options):
        process = subprocess.Popen(
            [str(self.program), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            **{"env": self.environment, **options},
        )
        self.started.append(process)
        return process

    def run(self, *arguments, **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=600)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def end(self):
        """Leaves nothing running, as a test that has failed may."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def make(self, recipe, *arguments):
        """Runs a recipe that must succeed; the report."""
        result = self.run(recipe, "--json", *arguments)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def refused(self, *arguments, code=2):
        """Runs what must be refused; the one line that says why."""
        result = self.run(*arguments)
        assert result.returncode == code, (result.returncode, result.stderr)
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1, result.stderr
        return lines[0]


@pytest.fixture
def tiledir(build, tmp_path):
    tiledir = Tiledir(build, tmp_path)
    yield tiledir
    tiledir.end()


class TiledirWithBadProcesses(Tiledir):
    """The program that also has the processes of engine/test_processes.cpp."""

    def __init__(self, build, folder):
        super().__init__(build, folder)
        self.program = self.commands = build / "autotest" / "tiledir-test"

    def start(self, recipe, *arguments, **options):
        return super().start("process", recipe, *arguments, **options)


@pytest.fixture
def bad_tiledir(build, tmp_path):
    tiledir = TiledirWithBadProcesses(build, tmp_path)
    yield tiledir
    tiledir.end()


@pytest.fixture
def gate(tmp_path):
    """What portions of bad_hillshade wait at, by its parameter `gates`: gate.folder."""
    with Gate(tmp_path / "gates") as gate:
        yield gate


@pytest.fixture(scope="session")
def jacksboro(data):
    return [data / "jacksboro_west.tif", data / "jacksboro_east.tif"]


def snapshot(folder):
    """Every file below a folder: to show that nothing was changed."""
    found = {}
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            with contextlib.suppress(FileNotFoundError):  # of a run at work, which has just renamed it
                found[str(path)] = path.read_bytes(), path.stat().st_mtime_ns
    return found
