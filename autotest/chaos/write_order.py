"""The order of writes, syncs and names of programs that change an output, by strace: what no kill shows, and a power
cut would. On the file system of the temporary folder, and (root) on a ramfs, where each file is synced by itself.

Needs strace: write_order.py [SUBJECT...]. The subjects are in SUBJECTS; all without a name.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from system_calls import BUILD, DATA, need_strace
from traced_calls import calls_of, traced
from write_order_rules import Rules

MARK = b"all is flushed"
REGION = ["--bounds", "-84.3,36.2,-84.2,36.3"]
LOWER = {"parameters": {"altitude": 30}}
ELSEWHERE = {"grid": "WorldCRS84Quad"}
UPDATE = f"""
import os, sys
from osgeo import gdal
gdal.UseExceptions()
marks = os.open("/dev/null", os.O_WRONLY)
dataset = gdal.OpenEx(sys.argv[1], gdal.OF_UPDATE)
for at in (0, 300, 10):
    dataset.WriteArray(dataset.ReadAsArray(at, at, 100, 90) // 2 + 9, at, at)
    dataset.FlushCache()
    os.write(marks, {MARK!r})
del dataset
"""
COPY = ["gdal_translate", "-q", "-of", "TileDir", "-co", "TILE_SIZE=64", str(DATA / "jacksboro_west.tif")]


class Bench:
    def __init__(self, work):
        self.work = pathlib.Path(work).resolve()
        self.out = self.work / "out"
        self.environment = {**os.environ, "GDAL_DRIVER_PATH": str(BUILD / "gdalplugins")}

    def run(self, command, **options):
        return subprocess.run(list(map(str, command)), check=True, env=self.environment, **options)

    def job(self, more=(), flags=()):
        dem = [str(DATA / name) for name in ("jacksboro_west.tif", "jacksboro_east.tif")]
        recipe = {"process": "hillshade", "input": {"dem": dem}, "output": {"path": "out"}, "threads": 2}
        path = self.work / "recipe.yaml"
        path.write_text(json.dumps({**recipe, "grid": {"tile_size": 64}, **dict(more)}))
        return [BUILD / "bin" / "tiledir-process", path, "--output", self.out, "--quiet", *flags]

    def broken(self, name):
        """What the subject breaks, and how often each rule was looked at."""
        command, is_run = SUBJECTS[name](self)
        rules = Rules(self.out, is_run)
        log = self.work / "log"
        result = traced(command, log, env=self.environment)
        if result.returncode != 0:
            return [result.stderr], {}
        last = 0
        for call in calls_of(log):
            rules.see(call)
            last = call.end
            if call.name == "write" and call.strings and call.strings[0] == MARK:
                rules.check_end(call.begin)
        rules.check_end(last + 1)
        return rules.broken, rules.checked


def fresh_run(bench):
    return bench.job(), True


def run_in_new_folders(bench):
    bench.out = bench.work / "of" / "this" / "year" / "out"
    return bench.job(), True


def other_parameter(bench):
    bench.run(bench.job())
    return bench.job(LOWER, ["--overwrite"]), True


def other_grid(bench):
    bench.run(bench.job())
    return bench.job(ELSEWHERE, ["--overwrite"]), True


def resumed_run(bench):
    """Killed as soon as one of its threads names a 25th file."""
    kill = ["-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=25"]
    killed = subprocess.run(["strace", "-f", "-o", "/dev/null", *kill, *map(str, bench.job())], capture_output=True)
    assert killed.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), killed
    return bench.job(), True


def emptied_tiles(bench):
    """Tiles that no input reaches any more."""
    bench.run(bench.job())
    west = {"input": {"dem": [str(DATA / "jacksboro_west.tif")]}}
    return bench.job(west, ["--update"]), True


def many_small_runs(bench):
    """So many that the last one makes one file of theirs."""
    for part in range(20):
        west = -84.41 + part / 70
        bench.run(bench.job(flags=["--bounds", f"{west},36.2,{west + 0.01},36.21"]))
        if len(os.listdir(bench.out / ".tiledir" / "journal")) in (11, 12, 13, 14, 15):
            break
    return bench.job(), True


def long_run(bench):
    """Whose files become few while it goes on."""
    return bench.job({"grid": {"tile_size": 32}, "threads": 8}), True


def workers(bench):
    bench.run(bench.job())
    return bench.job({**LOWER, "executor": "workers"}, ["--overwrite"]), True


def gdal_update(bench):
    bench.run(bench.job())
    return ["/usr/bin/python3", "-c", UPDATE, bench.out], False


def refresh(bench):
    bench.run(bench.job())
    tiles = sorted((bench.out / "13").rglob("*.tif"))
    for tile in tiles[1:9]:
        shutil.copy(tiles[0], tile)
    return [BUILD / "bin" / "tiledir", "refresh", "--all", bench.out], False


def copy(bench):
    return [*COPY, bench.out], False


def copy_over(bench):
    bench.run([*COPY, bench.out])
    return [*COPY, bench.out], False


SUBJECTS = {
    "fresh-run": fresh_run,
    "run-in-new-folders": run_in_new_folders,
    "other-parameter": other_parameter,
    "other-grid": other_grid,
    "resumed-run": resumed_run,
    "emptied-tiles": emptied_tiles,
    "many-small-runs": many_small_runs,
    "long-run": long_run,
    "workers": workers,
    "gdal-update": gdal_update,
    "refresh": refresh,
    "copy": copy,
    "copy-over": copy_over,
}


@contextlib.contextmanager
def ramfs(folder):
    """A file system that is not synced whole; None where only root mounts."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "ramfs", "ramfs", str(folder)], capture_output=True).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def failures_in(place, name, kind):
    with tempfile.TemporaryDirectory(dir=place) as work:
        broken, checked = Bench(work).broken(name)
        for line in broken:
            print(f"{name} on {kind}: {line}")
        if broken and os.environ.get("TILEDIR_KEEP_LOG"):
            shutil.copy(pathlib.Path(work) / "log", os.environ["TILEDIR_KEEP_LOG"])
    looks = ", ".join(f"{number} {rule}" for rule, number in checked.items())
    print(f"{name} on {kind}: {len(broken)} broken of: {looks}", flush=True)
    return len(broken)


def main():
    names = sys.argv[1:] or list(SUBJECTS)
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        sys.exit(f"no such subject: {unknown[0]}; there are {', '.join(SUBJECTS)}")
    need_strace()
    with tempfile.TemporaryDirectory() as folder, ramfs(pathlib.Path(folder) / "ramfs") as each:
        failed = sum(failures_in(folder, name, "the temporary folder") for name in names)
        if each:
            failed += sum(failures_in(each, name, "ramfs") for name in names)
        else:
            print("only root mounts a ramfs: files synced one by one are not looked at")
        sys.exit(failed > 0)


if __name__ == "__main__":
    main()
