"""A sync that fails ends what goes on, and nothing is said that it was to make durable."""

import os
import shutil
import subprocess

import pytest

UPDATE = """
import sys
import numpy
from osgeo import gdal
gdal.UseExceptions()
dataset = gdal.OpenEx(sys.argv[1], gdal.OF_UPDATE)
for attempt in range(3):
    dataset.WriteArray(numpy.full((70, 70), 7 + attempt, "uint8"), 10, 10)
    try:
        dataset.FlushCache()
        print("durable")
    except RuntimeError as error:
        print(str(error).splitlines()[0])
sys.stdout.flush()
gdal.PushErrorHandler("CPLQuietErrorHandler")
"""


@pytest.fixture
def failing(build, tmp_path):
    """Runs a command whose syncfs() number `number` fails; the names that it gives in the journal afterwards, None
    where it makes fewer. Faults of strace are counted for each thread: those of threads with few would be missed."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    library = tmp_path / "failing_sync.so"  # LD_PRELOAD ends at a space, which the build's path may have
    library.symlink_to(build / "autotest" / "libfailing_sync.so")

    def run(number, command, log, **options):
        preload = ["-E", f"LD_PRELOAD={library}", "-E", f"FAILING_SYNC={number}"]
        strace = ["strace", "-f", "-o", str(log), "-e", "trace=syncfs,rename,renameat2", *preload, *map(str, command)]
        result = subprocess.run(strace, capture_output=True, text=True, **options)
        lines = log.read_text().splitlines()
        failure = [index for index, line in enumerate(lines) if "syncfs(-1" in line]
        named = [line for line in lines[failure[0] :] if "/.tiledir/journal/" in line] if failure else None
        return result, named

    return run


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


@pytest.mark.parametrize("job", ["fresh", "overwrite"])
def test_a_run_names_nothing_more_and_the_next_one_makes_the_rest(tiledir, failing, jacksboro, job, tmp_path):
    keys = {"process": "hillshade", "input": {"dem": jacksboro}, "grid": {"tile_size": 64}, "levels": "5-12"}
    recipe = tiledir.recipe(output="out", **keys)
    whole = tiledir.recipe("whole.yaml", output="whole", **keys, parameters={"altitude": 30})
    tiledir.make(whole)
    if job == "overwrite":
        tiledir.make(recipe, "--output", "before")
    changed = tiledir.recipe("changed.yaml", output="out", **keys, parameters={"altitude": 30})
    out, flags = tmp_path / "out", ["--overwrite"] if job == "overwrite" else []
    failures = 0
    for number in range(1, 40):
        shutil.rmtree(out, ignore_errors=True)
        if job == "overwrite":
            shutil.copytree(tmp_path / "before", out)
        command = [tiledir.program, changed, "--threads", 2, *flags]
        result, named = failing(number, command, tmp_path / "log", cwd=tmp_path)
        if named is None:
            break
        failures += 1
        assert result.returncode == 4, (number, result.stderr)
        assert "cannot make durable: Input/output error" in result.stderr
        assert named == [], number
        tiledir.make(changed, *flags)
        assert tiles(out) == tiles(tmp_path / "whole"), number
    assert result.returncode == 0 and failures > 8


def test_flush_cache_fails_and_goes_on_to_fail(tiledir, failing, jacksboro, build, tmp_path):
    tiledir.make(tiledir.recipe(output="out", process="hillshade", input={"dem": jacksboro}, grid={"tile_size": 64}))
    environment = {**os.environ, "GDAL_DRIVER_PATH": str(build / "gdalplugins")}
    for number in range(1, 9):
        again = tmp_path / f"out{number}"
        shutil.copytree(tmp_path / "out", again)
        command = ["/usr/bin/python3", "-c", UPDATE, again]
        result, named = failing(number, command, tmp_path / "log", env=environment)
        lines = result.stdout.splitlines()
        assert len(lines) == 3, (result.stdout, result.stderr)
        told = ["cannot make durable: Input/output error" in line for line in lines]
        assert named == [] and any(told), number
        assert told == sorted(told) and lines.count("durable") == told.count(False), (number, lines)
