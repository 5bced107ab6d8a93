"""Many processes update one directory of tiles at once, killed at random if --kills says so: no pixel and no overview is lost.

    concurrent_updates.py [--store local|s3] [--regions aligned|halves|overlapping] [--processes 8] [--updates 500] [--kills 300]

Of disjoint regions (aligned to tiles, or halves of the same tiles) the pixels must be those of the same updates one after the
other; of overlapping ones each pixel must be one that a writer wrote there. Overviews must be GDAL's of the final pixels,
nothing may be left in .tiledir/tmp or .tiledir/intents after the next refresh, and `tiledir verify` must find no fault.
"""

import argparse
import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np
from osgeo import gdal
from system_calls import BUILD

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))
gdal.UseExceptions()

SIDE, TILE = 1024, 64
BETWEEN_LOOKS = 0.02  # s
PLACE = (500000.0, 10.0, 0, 6000000.0, 0, -10.0)


def region(kind, writer, writers, chosen):
    """Column, row, width, height: of this writer alone, but for overlapping ones."""
    if kind == "overlapping":
        width, height = chosen.randrange(1, 200), chosen.randrange(1, 200)
        return chosen.randrange(SIDE - width), chosen.randrange(SIDE - height), width, height
    # Stripes of columns: of whole tiles, or such that each tile is shared by two writers.
    stripe = SIDE // writers
    left = writer * stripe
    if kind == "halves":
        left, stripe = (left + TILE // 2) % SIDE, min(stripe, SIDE - (left + TILE // 2) % SIDE)
    width = chosen.randrange(1, min(stripe, 200) + 1)
    height = chosen.randrange(1, 200)
    return left + chosen.randrange(stripe - width + 1), chosen.randrange(SIDE - height), width, height


def value(writer, update):
    return (writer + 1) * 100000 + update + 1


def updates_of(arguments, writer):
    chosen = random.Random(1000 * arguments.seed + writer)
    for update in range(arguments.updates):
        yield update, region(arguments.regions, writer, arguments.processes, chosen)


def write(arguments):
    """One writer; prints each update that is done, begins after `first`, makes the last one once its input has ended."""
    for update, (col, row, width, height) in updates_of(arguments, arguments.writer):
        if update < arguments.first:
            continue
        if update == arguments.updates - 1:
            sys.stdin.read()
        dataset = gdal.OpenEx(arguments.name, gdal.OF_UPDATE, allowed_drivers=["TileDir"])
        dataset.WriteArray(np.full((height, width), value(arguments.writer, update), np.uint32), col, row)
        dataset.FlushCache()
        dataset = None
        print(update, flush=True)


class Writer:
    """A process that writes, begun again where it was killed."""

    def __init__(self, arguments, name, number, environment, folder):
        self.said = folder / f"{number}.txt"
        self.number, self.done, self.environment = number, -1, environment
        self.command = [sys.executable, __file__, "--name", name, "--writer", str(number), "--seed", str(arguments.seed)]
        self.command += ["--regions", arguments.regions, "--processes", str(arguments.processes)]
        self.command += ["--updates", str(arguments.updates)]
        self.start()

    def start(self):
        command = [*self.command, "--first", str(self.done + 1)]
        with open(self.said, "a") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, env=self.environment)

    def may_end(self):
        self.process.stdin.close()

    def read(self):
        lines = self.said.read_text().split("\n")
        if len(lines) > 1:
            self.done = max(self.done, int(lines[-2]))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.read()
        self.start()

    def updates_done(self):
        self.is_finished()
        return self.done + 1

    def is_finished(self):
        code = self.process.poll()
        self.read()
        if code not in (None, 0):
            raise SystemExit(f"writer {self.number}: exit code {code} after update {self.done}")
        return code == 0


@contextlib.contextmanager
def place(arguments):
    """Name of the dataset, its folder on the disk and the writers' environment."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        environment = {**os.environ, "GDAL_NUM_THREADS": "2"}
        if arguments.store == "local":
            yield str(folder / "tiles"), folder / "tiles", environment
            return
        from s3_server import S3Server

        with S3Server(folder) as server:
            bucket = server.bucket("chaos")
            config = {**server.gdal_config(server.endpoint), "GDAL_HTTP_RETRY_DELAY": "0.1"}
            for key, setting in config.items():
                gdal.SetConfigOption(key, setting)
            yield "s3://chaos/tiles", bucket / "tiles", {**environment, **config}


def make(name):
    source = gdal.GetDriverByName("MEM").Create("", SIDE, SIDE, 1, gdal.GDT_UInt32)
    source.SetGeoTransform(PLACE)
    source.SetProjection("EPSG:3857")
    options = [f"TILE_SIZE={TILE}", "OVERVIEW_RESAMPLING=AVERAGE", "COMPRESS=DEFLATE"]
    gdal.GetDriverByName("TileDir").CreateCopy(name, source, options=options)


def run(arguments, name, environment):
    with tempfile.TemporaryDirectory() as folder:
        return run_in(arguments, name, environment, pathlib.Path(folder))


def run_in(arguments, name, environment, folder):
    chosen = random.Random(arguments.seed)
    writers = [Writer(arguments, name, number, environment, folder) for number in range(arguments.processes)]
    started = time.monotonic()
    try:
        kills = wait_and_kill(arguments, writers, chosen)
    finally:
        for writer in writers:
            writer.process.kill()
            writer.process.wait()
    return kills, time.monotonic() - started


def wait_and_kill(arguments, writers, chosen):
    """No writer ends before the last kill: the moment of each is chosen by the updates that are done."""
    last = len(writers) * (arguments.updates - 1)
    for kill in range(arguments.kills):
        count = int((kill + chosen.random()) / arguments.kills * last)
        while sum(writer.updates_done() for writer in writers) < count:
            time.sleep(BETWEEN_LOOKS)
        time.sleep(chosen.uniform(0, 2 * arguments.pause))
        chosen.choice(writers).kill()
    for writer in writers:
        writer.may_end()
    while not all([writer.is_finished() for writer in writers]):
        time.sleep(BETWEEN_LOOKS)
    return arguments.kills


def check_pixels(arguments, pixels):
    """Number of pixels that are wrong."""
    if arguments.regions != "overlapping":
        expected = np.zeros((SIDE, SIDE), np.uint32)
        for writer in range(arguments.processes):
            for update, (col, row, width, height) in updates_of(arguments, writer):
                expected[row : row + height, col : col + width] = value(writer, update)
        return int((pixels != expected).sum())
    right = pixels == 0  # nobody wrote there; what somebody wrote there is checked below
    written = np.zeros((SIDE, SIDE), bool)
    for writer in range(arguments.processes):
        last = np.zeros((SIDE, SIDE), np.uint32)  # of one writer only the last one can be there
        for update, (col, row, width, height) in updates_of(arguments, writer):
            last[row : row + height, col : col + width] = value(writer, update)
        written |= last > 0
        right |= (pixels == last) & (last > 0)
    return int((~right).sum()) + int((written & (pixels == 0)).sum())


def check_overviews(dataset, pixels):
    file = gdal.GetDriverByName("GTiff").Create("/vsimem/same.tif", SIDE, SIDE, 1, gdal.GDT_UInt32)
    file.WriteArray(pixels)
    count = dataset.GetRasterBand(1).GetOverviewCount()
    file.BuildOverviews("AVERAGE", [2 ** (level + 1) for level in range(count)])
    file = None
    file = gdal.Open("/vsimem/same.tif")
    wrong = 0
    for level in range(count):
        ours = dataset.GetRasterBand(1).GetOverview(level).ReadAsArray()
        wrong += int((ours != file.GetRasterBand(1).GetOverview(level).ReadAsArray()).sum())
    return wrong, count


def tiledir(arguments, *words, environment):
    command = [str(BUILD / "bin" / "tiledir"), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def check(arguments):
    with place(arguments) as (name, folder, environment):
        make(name)
        kills, seconds = run(arguments, name, environment)
        if kills:
            tiledir(arguments, "refresh", name, environment=environment)
        tiledir(arguments, "verify", name, environment=environment)
        dataset = gdal.OpenEx(name, allowed_drivers=["TileDir"])
        pixels = dataset.ReadAsArray()
        wrong_pixels = check_pixels(arguments, pixels)
        wrong_overviews, levels = check_overviews(dataset, pixels)
        left = files_in(folder / ".tiledir" / "tmp") + files_in(folder / ".tiledir" / "intents")
        total = arguments.processes * arguments.updates
        print(
            f"{arguments.store}, {arguments.regions}: {arguments.processes} processes x {arguments.updates} updates, {kills} kills, "
            f"{seconds:.1f} s ({seconds / total * 1000:.0f} ms an update); {wrong_pixels} of {SIDE * SIDE} pixels wrong, "
            f"{wrong_overviews} pixels of {levels} overviews wrong, {len(left)} files left"
        )
        return wrong_pixels + wrong_overviews + len(left) == 0 and kills >= arguments.kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=["local", "s3"], default="local")
    parser.add_argument("--regions", choices=["aligned", "halves", "overlapping"], default="halves")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--updates", type=int, default=500, help="of each process")
    parser.add_argument("--kills", type=int, default=0, help="SIGKILL of a writer at random, in all")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds before a kill whose turn has come, about")
    parser.add_argument("--seed", type=int, default=1)
    for hidden in ("--name", "--writer", "--first"):
        parser.add_argument(hidden, help=argparse.SUPPRESS, type=str if hidden == "--name" else int, default=0)
    arguments = parser.parse_args()
    if arguments.name:
        write(arguments)
    elif not check(arguments):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
