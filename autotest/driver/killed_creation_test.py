"""A creation that was killed is no obstacle: the same command makes the dataset, and Delete() takes away what is left."""

import os
import signal
import subprocess
import sys

import numpy
import pytest
from osgeo import gdal

from copy_test import noise, source
from tile_folder import errors_while

# Stops itself when it has come so far.
STOPPED = """
import os, signal, sys
from osgeo import gdal
def progress(done, message, data):
    if done >= float(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGSTOP)
    return 1
gdal.GetDriverByName("TileDir").CreateCopy(sys.argv[2], gdal.Open(sys.argv[1]), False, ["TILE_SIZE=16", "NUM_THREADS=1"], progress)
"""

# As GDAL does from 3.13 on, before it asks the driver for a copy.
DELETES_FIRST = int(gdal.VersionInfo()) >= 3130000


def stopped_copy(path, folder, done, env=None):
    """A process that has come so far and goes no further."""
    words = [sys.executable, "-c", STOPPED, path, str(folder), str(done)]
    process = subprocess.Popen(words, env=env)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    return process


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def copy(path, folder):
    return errors_while(
        lambda: gdal.GetDriverByName("TileDir").CreateCopy(str(folder), gdal.Open(path), False, ["TILE_SIZE=16"])
    )


def files(folder):
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


@pytest.mark.parametrize("done", [0.0, 0.1, 0.5, 0.9])
def test_the_same_command_makes_it_after_a_kill(tmp_path, done):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    folder = tmp_path / "out"
    kill(stopped_copy(path, folder, done))
    assert not (folder / "stac.json").exists()
    made, messages = copy(path, folder)
    assert messages == [] and numpy.array_equal(made.ReadAsArray(), gdal.Open(path).ReadAsArray())
    copy(path, tmp_path / "fresh")
    without_lock = [name for name in files(folder) if name != ".tiledir/lock"]
    assert without_lock == [name for name in files(tmp_path / "fresh") if name != ".tiledir/lock"]
    assert not any(name.startswith(".tiledir") for name in without_lock)


def test_who_is_at_work_is_told_and_left_in_peace(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    folder = tmp_path / "out"
    process = stopped_copy(path, folder, 0.5)
    before = files(folder)
    made, messages = copy(path, folder)
    lines = [text for _, text in messages]
    assert made is None and len(lines) == (2 if DELETES_FIRST else 1)
    assert all(f"process {process.pid} since" in line and "\n" not in line for line in lines)
    _, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").Delete(str(folder)))
    assert [f"process {process.pid}" in text for _, text in messages] == [True]
    assert files(folder) == before
    process.send_signal(signal.SIGCONT)
    kill(process)


def test_delete_takes_what_is_left_and_nothing_else(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    folder = tmp_path / "out"
    kill(stopped_copy(path, folder, 0.5))
    done = subprocess.run(["gdalmanage", "delete", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0 and not folder.exists(), done.stderr
    kill(stopped_copy(path, folder, 0.5))
    (folder / "5" / "notes.txt").write_text("mine")
    if not DELETES_FIRST:
        made, messages = copy(path, folder)
        assert made is None and "5/notes.txt" in messages[-1][1]
    assert gdal.GetDriverByName("TileDir").Delete(str(folder)) == 0
    assert files(folder) == ["5/notes.txt"]


def test_what_is_not_whole_does_not_open(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    folder = tmp_path / "out"
    kill(stopped_copy(path, folder, 0.5))
    for name in (str(folder), f"TILEDIR:{folder}"):
        dataset, messages = errors_while(lambda: gdal.Open(name))
        assert dataset is None and ["is not whole" in text for _, text in messages] == [True]


def test_the_output_of_a_run_that_is_not_done_is_no_leftover(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 30, 30))
    folder = tmp_path / "out"
    (folder / ".tiledir").mkdir(parents=True)
    (folder / ".tiledir" / "version").write_text("1\n")
    made, messages = copy(path, folder)
    assert made is None and "holds something else" in messages[-1][1]
    assert files(folder) == [".tiledir/version"]
