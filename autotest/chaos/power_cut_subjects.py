"""What is cut off from power: commands, what was there before them, and what must be true after a cut."""

import json
import os
import shutil
import subprocess
import sys

import gdal_updates
import numpy as np
from osgeo import gdal
from output_checks import (
    Output,
    faults_of_end,
    faults_of_kept_tiles,
    faults_of_promise,
    faults_of_reading,
    faults_of_records,
    faults_of_words,
    few,
    pixels_of_file,
    size_of,
)
from system_calls import DATA

PYTHON = "/usr/bin/python3"
LEVELS = "5-14"
INPUTS = ("jacksboro_west.tif", "jacksboro_east.tif")


class Workplace:
    """The programs, the recipes, the inputs, which lie outside of the device, and the output, which lies on it."""

    def __init__(self, build, folder, point):
        self.out = point / "out"
        self._bin, self._folder = build / "bin", folder
        self.environment = {**os.environ, "GDAL_DRIVER_PATH": str(build / "gdalplugins")}
        for name in INPUTS:
            shutil.copy(DATA / name, folder / f"first_{name}")
        shutil.copy(folder / f"first_{INPUTS[1]}", folder / f"second_{INPUTS[1]}")
        changed = gdal.Open(str(folder / f"second_{INPUTS[1]}"), gdal.GA_Update)
        changed.WriteArray(changed.ReadAsArray(60, 60, 40, 40)[::-1] + 100, 60, 60)
        changed = None
        self.use("first")

    def use(self, version):
        """Inputs of the first or of the second version: the same files, with the same times, whenever they are used."""
        for name in INPUTS:
            source = self._folder / f"{version}_{name}"
            link = self._folder / f"new_{name}"
            link.unlink(missing_ok=True)
            os.link(source if source.exists() else self._folder / f"first_{name}", link)
            os.replace(link, self._folder / name)

    def input(self, number):
        return self._folder / INPUTS[number]

    def process(self, name, *flags, **more):
        """A command that makes tiles of a recipe."""
        dem = [str(self.input(number)) for number in range(2)]
        recipe = {"process": "hillshade", "input": {"dem": dem}, "output": str(self.out), "levels": LEVELS}
        path = self._folder / f"{name}.yaml"
        path.write_text(json.dumps({**recipe, "grid": {"tile_size": 64}, "threads": 2, **more}))
        return [self._bin / "tiledir-process", path, "--quiet", *flags]

    def tiledir(self, *words):
        return [self._bin / "tiledir", *words, self.out]

    def updates(self, *flags):
        return [PYTHON, gdal_updates.__file__, self.out, *flags]

    def copy(self, number):
        options = ["-co", "GRID=WebMercatorQuad", "-co", "TILE_SIZE=64", "-co", "LEVELS=6-13"]
        return ["gdal_translate", "-q", "-of", "TileDir", *options, self.input(number), self.out]

    def run(self, command):
        words = [str(word) for word in command]
        return subprocess.run(words, capture_output=True, text=True, env=self.environment)

    def must_run(self, command):
        done = self.run(command)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}: {done.stderr.strip()}")


class Subject:
    """`history`: the output before and after each command of an undisturbed life; one for all file systems."""

    before = "nothing"  # which of PREPARATIONS
    version = "first"  # of the inputs
    grid = "WebMercatorQuad"
    keeps_tiles = True  # those that are there before and after are there at all times

    def __init__(self, work):
        self.work = work
        self.history = None
        self.seconds = None

    def commands(self):
        raise NotImplementedError

    def go_on(self, promises):
        """The commands that end what was cut off: that one, or the last, once more, and those after it."""
        commands = self.commands()
        return commands[min(promises.count("exit 0"), len(commands) - 1) :]

    def begin(self):
        """Looks at what is there before an undisturbed life."""

    def faults_at_once(self, promises):
        """Before anything goes on."""
        known = promises.count("exit 0")
        output, coming = Output.of(self.work.out), self.history[known:]
        faults = faults_of_promise(output, coming) if known else []
        if self.keeps_tiles:
            faults += faults_of_kept_tiles(output.tiles, coming)
            faults += faults_of_words(output, coming)
            if coming[0].item:
                faults += faults_of_records(output, coming)
                faults += self.faults_of_status()
        return faults + faults_of_reading(self.work.out, output.tiles, coming, self.grid)

    def faults(self, promises):
        """Of the output on a mounted copy, which goes on to its end."""
        return self.faults_at_once(promises) + (self.faults_of(self.go_on(promises)) or self.faults_at_end())

    def faults_of(self, commands):
        for command in commands:
            done = self.work.run(command)
            if done.returncode != 0:
                words = " ".join(str(word) for word in command[:2])
                told = (done.stdout + done.stderr).strip()
                return [f"going on: {words}: exit code {done.returncode}: {told[-300:]}"]
        return []

    def faults_of_status(self, state=""):
        if not self.history[-1].records:
            return []
        status = self.work.run(self.work.tiledir("status"))
        is_right = status.returncode == 0 and status.stdout.startswith(f"state: {state}")
        return [] if is_right else [f"status: exit code {status.returncode}: {(status.stdout + status.stderr)[:300]}"]

    def faults_at_end(self):
        faults = self.faults_of([self.work.tiledir("verify", "--quiet")])
        faults += self.faults_of_status("finished\n")
        faults += faults_of_end(Output.of(self.work.out), self.history[-1])
        left = [path.name for room in ("tmp", "intents") for path in (self.work.out / ".tiledir" / room).glob("*")]
        return faults + ([f"left: {few(left)}"] if left else [])


class FreshRun(Subject):
    name = "run"

    def commands(self):
        return [self.work.process("run")]


class RunElsewhere(Subject):
    """A run whose journal is not in the output."""

    name = "elsewhere"

    def commands(self):
        return [self.work.process("elsewhere", journal=str(self.work.out.with_name("journal")))]


class Overwrite(Subject):
    """Of another parameter."""

    name = "overwrite"
    before = "run"
    executor = "threads"

    def run(self, *flags):
        return self.work.process("overwrite", *flags, parameters={"altitude": 30}, executor=self.executor)

    def commands(self):
        return [self.run("--overwrite")]

    def faults(self, promises):
        """Where the new recipe is recorded the run goes on without the flag, too."""
        at_once = self.faults_at_once(promises)
        resumed = self.work.run(self.run())
        if resumed.returncode == 0:
            return at_once + self.faults_at_end()
        told = f"resume: exit code {resumed.returncode}: {resumed.stderr.strip()}"
        refused = [] if resumed.returncode == 2 else [told]
        return at_once + refused + (self.faults_of(self.commands()) or self.faults_at_end())


class OverwriteByWorkers(Overwrite):
    """Other processes write the tiles than the one that writes the journal."""

    name = "workers"
    executor = "workers"


class Update(Subject):
    """After an input has changed."""

    name = "update"
    before = "run"
    version = "second"

    def commands(self):
        return [self.work.process("run", "--update")]


class OtherGrid(Subject):
    """All tiles of the old one are removed."""

    name = "other-grid"
    before = "run"
    grid = "WorldCRS84Quad"
    keeps_tiles = False

    def commands(self):
        grid = {"tile_matrix_set": "WorldCRS84Quad", "tile_size": 64}
        return [self.work.process("other", "--overwrite", grid=grid, levels="5-13")]


class Compaction(Subject):
    """Runs of a tile each, and one of many threads: the journal's files become one in a run and between runs."""

    name = "compaction"

    def commands(self):
        runs = [self.work.process("run", "--tile", f"12/1603/{col}") for col in (1087, 1088, 1089, 1090)]
        return [*runs, self.work.process("run", "--threads", "16")]


class Refresh(Subject):
    """Of overviews above tiles that a writer has left to it."""

    name = "refresh"
    before = "stale"

    def commands(self):
        return [self.work.tiledir("refresh", "--quiet", "--statistics")]


class Repair(Subject):
    """Of the same overviews."""

    name = "repair"
    before = "stale"

    def commands(self):
        return [self.work.tiledir("verify", "--quiet", "--repair")]

    def go_on(self, promises):
        return [self.work.tiledir("refresh", "--quiet")]


class Creation(Subject):
    name = "creation"

    def commands(self):
        return [self.work.copy(0)]


class Replacement(Subject):
    """A copy in place of another dataset, which is removed first."""

    name = "replacement"
    before = "copy"
    keeps_tiles = False

    def commands(self):
        return [self.work.copy(1)]


class Updates(Subject):
    """GDAL's updates of an existing dataset, each confirmed by FlushCache()."""

    name = "updates"
    before = "run"
    count = 6

    def commands(self):
        return [self.work.updates("--updates", str(self.count))]

    def open(self):
        return gdal.OpenEx(str(self.work.out), allowed_drivers=["TileDir"])

    def go_on(self, promises):
        """The commands that end what was cut off: that one, or the last, once more, and those after it."""
        commands = self.commands()
        return commands[min(promises.count("exit 0"), len(commands) - 1) :]

    def begin(self):
        self.raster = self.open().ReadAsArray()

    def faults_of_pixels(self, confirmed):
        """Each is what it was after the confirmed updates, or of a later one."""
        try:
            dataset = self.open()
            found = dataset.ReadAsArray()
            described = dataset.GetRasterBand(1).GetDescription()
        except RuntimeError as error:
            return [f"after update {confirmed - 1} was confirmed: {error}"]
        right = found == gdal_updates.updated(self.raster, confirmed)
        for update in range(confirmed, self.count):
            col, row, columns, rows = gdal_updates.window(update, found.shape[1], found.shape[0])
            there = np.s_[row : row + rows, col : col + columns]
            right[there] |= found[there] == gdal_updates.pixels(update, columns, rows)
        faults = [] if right.all() else [f"{(~right).sum()} pixels lost after update {confirmed - 1} was confirmed"]
        descriptions = [gdal_updates.description(update) for update in range(max(confirmed - 1, 0), self.count)]
        if confirmed and described not in descriptions:
            faults.append(f"the description is '{described}' after update {confirmed - 1} was confirmed")
        return faults

    def faults_of_tiles(self):
        """Those that were there before are there, and can be decoded."""
        found, wrong = Output.of(self.work.out).tiles, []
        for name in self.history[0].tiles:
            try:
                pixels_of_file(found.get(name, b""))
            except RuntimeError:
                wrong.append(name)
        return [f"durable tiles cut short or gone: {few(size_of(found, name) for name in wrong)}"] if wrong else []

    def faults(self, promises):
        confirmed = sum(promise.startswith("confirmed") for promise in promises)
        faults = self.faults_of_tiles() + self.faults_of_pixels(confirmed) + self.faults_of_status()
        refreshed = self.faults_of([self.work.tiledir(command, "--quiet") for command in ("refresh", "verify")])
        faults += refreshed or self.faults_of_pixels(confirmed)
        more = self.work.updates("--updates", str(self.count), "--first", str(confirmed))
        return faults + (self.faults_of([more]) or self.faults_at_end())


SUBJECTS = [
    FreshRun,
    RunElsewhere,
    Overwrite,
    OverwriteByWorkers,
    Update,
    OtherGrid,
    Compaction,
    Updates,
    Refresh,
    Repair,
    Creation,
    Replacement,
]

PREPARATIONS = {
    "nothing": lambda work: [],
    "run": lambda work: [work.process("run")],
    "copy": lambda work: [work.copy(0)],
    "stale": lambda work: [work.process("run"), work.updates("--updates", "2", "--refresh", "NO")],
}
