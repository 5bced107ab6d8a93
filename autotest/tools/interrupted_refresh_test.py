"""`tiledir refresh` and `verify --repair` that are stopped or killed in the middle: any refresh goes on."""

import fcntl
import pathlib
import signal
import subprocess

import numpy
import pytest
from osgeo import gdal
from processes import send_signal
from waiting import ended, wait_until

SIZE, TILE = 512, 32
LAST = "3/7/7.tif"  # of the finest overviews


@pytest.fixture
def stale(tmp_path):
    """Its overviews are missing."""
    file = gdal.GetDriverByName("MEM").Create("", SIZE, SIZE)
    file.SetGeoTransform((1000000.0, 10, 0, 6000000.0, 0, -10))
    file.SetProjection("EPSG:3857")
    file.WriteArray(numpy.random.default_rng(3).integers(1, 250, (SIZE, SIZE)).astype("uint8"))
    gdal.Translate(str(tmp_path / "out"), file, format="TileDir", creationOptions=[f"TILE_SIZE={TILE}"])
    for path in overviews(tmp_path / "out"):
        path.unlink()
    return tmp_path / "out"


def overviews(folder):
    levels = sorted((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    return [path for level in levels[:-1] for path in level.rglob("*.tif")]


def byte_of(key):
    """Of .tiledir/lock, for a tile: FNV-1a, as in driver/store/local/local_locks.cpp."""
    number = 0xCBF29CE484222325
    for letter in key.encode():
        number = (number ^ letter) * 0x100000001B3 % 2**64
    return number % (2**63 - 1)


def is_waited_for(path):
    """Does another process wait for a lock of this file?"""
    waiting = [line for line in pathlib.Path("/proc/locks").read_text().splitlines() if "->" in line]
    return any(f":{path.stat().st_ino} " in line for line in waiting)


def stopped_in_the_middle(words, folder, number):
    """At an overview whose lock another writer has; exit code and what it says."""
    path = folder / ".tiledir" / "lock"
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX, 1, byte_of(LAST))
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: is_waited_for(path), process)
        send_signal(process, number)
    _, errors = ended(process)
    return process.returncode, errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("command", [["refresh", "--all"], ["verify", "--repair"]])
def test_what_was_stopped_is_found_by_the_next_refresh(build, stale, command, number):
    tiledir = str(build / "bin" / "tiledir")
    words = [tiledir, *command, "--threads", "1", str(stale)]
    code, errors = stopped_in_the_middle(words, stale, number)
    assert code == (-number if number == signal.SIGKILL else 128 + number), errors
    assert errors == ""
    made = len(overviews(stale))
    assert 0 < made < 8 * 8 + 4 * 4 + 2 * 2 + 1
    subprocess.run([tiledir, "refresh", "--quiet", str(stale)], check=True)
    assert subprocess.run([tiledir, "verify", "--quiet", str(stale)], capture_output=True, text=True).stdout == ""
    left = [path for path in (stale / ".tiledir").rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []
