"""`tiledir refresh` and `verify --repair` that are stopped or killed in the middle: any refresh goes on."""

import signal
import subprocess
import time

import numpy
import pytest
from osgeo import gdal

SIZE, TILE = 2048, 32


@pytest.fixture
def stale(tmp_path):
    """A thousand overviews are missing."""
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


def stopped_in_the_middle(words, folder, number):
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not overviews(folder) and process.poll() is None:
        pass
    process.send_signal(number)
    since = time.monotonic()
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors, time.monotonic() - since


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("command", [["refresh", "--all"], ["verify", "--repair"]])
def test_what_was_stopped_is_found_by_the_next_refresh(build, stale, command, number):
    tiledir = str(build / "bin" / "tiledir")
    words = [tiledir, *command, "--threads", "1", str(stale)]
    code, errors, seconds = stopped_in_the_middle(words, stale, number)
    assert code == (-number if number == signal.SIGKILL else 128 + number), errors
    assert errors == "" and seconds < 2
    made = len(overviews(stale))
    assert made < sum((SIZE // TILE // step) ** 2 for step in (2, 4, 8, 16, 32, 64))
    subprocess.run([tiledir, "refresh", "--quiet", str(stale)], check=True)
    assert subprocess.run([tiledir, "verify", "--quiet", str(stale)], capture_output=True, text=True).stdout == ""
    left = [path for path in (stale / ".tiledir").rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []
