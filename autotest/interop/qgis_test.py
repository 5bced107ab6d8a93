"""Debian's QGIS, without a window, shows the pixels of a directory of tiles."""

import importlib.util
import collections
import json
import os
import pathlib
import subprocess
import sys

import numpy
import pytest
from osgeo import gdal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "driver"))

from tile_folder import TileFolder, pyramid

PROGRAM = pathlib.Path(__file__).resolve().parent / "qgis_picture.py"
WHITE = 255

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("qgis") is None, reason="no QGIS: bash tools/install_packages.sh qgis"
)


@pytest.fixture
def show(tmp_path):
    """Loads a layer and renders all of it: what QGIS says, and the picture's red, green and blue."""

    def shown(source, width, height, environment=None):
        picture, home = tmp_path / "picture.png", tmp_path / "home"
        home.mkdir(exist_ok=True)
        environment = {**(environment or os.environ), "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        command = [sys.executable, PROGRAM, source, picture, width, height]
        process = subprocess.run(
            list(map(str, command)), env=environment, capture_output=True, text=True, timeout=120
        )
        assert process.returncode == 0, process.stderr
        said = json.loads(process.stdout.splitlines()[-1])
        pixels = gdal.Open(str(picture)).ReadAsArray()[:3] if said["valid"] else None
        return said, pixels

    return shown


def test_a_folder_is_a_layer_on_its_grid(tmp_path, show):
    folder = TileFolder(tmp_path / "tiles", pyramid(tile=64, tiles=(5, 3), levels=2), bands=3)
    said, _ = show(folder.path, 320, 192)
    # The dataset's mask is QGIS's fourth band: absent tiles are transparent.
    assert (said["valid"], said["crs"], said["size"], said["bands"]) == (True, "EPSG:3857", [320, 192], 4)
    assert said["extent"] == list(folder.finest.bounds)


@pytest.mark.parametrize("name", ["{}", "{}/stac.json", "TILEDIR:{}"])
def test_at_full_resolution_the_picture_is_the_base_level(tmp_path, show, name):
    folder = TileFolder(tmp_path / "tiles", pyramid(tile=64, tiles=(5, 3), levels=2), bands=3)
    said, picture = show(name.format(folder.path), 320, 192)
    assert said["errors"] == []
    numpy.testing.assert_array_equal(picture, folder.finest.pixels)


def test_zoomed_out_the_picture_is_the_coarser_tile_matrix(tmp_path, show):
    folder = TileFolder(tmp_path / "tiles", pyramid(tile=64, tiles=(4, 4), levels=3), bands=3)
    _, picture = show(folder.path, 64, 64)
    numpy.testing.assert_array_equal(picture, folder.levels[0].pixels)


def test_an_absent_tile_is_transparent(tmp_path, show):
    levels = pyramid(tile=64, tiles=(4, 4), levels=1)
    folder = TileFolder(tmp_path / "tiles", levels, bands=3, nodata=0, absent=[("0", 1, 2)])
    _, picture = show(folder.path, 256, 256)
    expected = folder.finest.pixels.copy()
    expected[:, 64:128, 128:192] = WHITE
    numpy.testing.assert_array_equal(picture, expected)


def test_a_broken_tile_is_told_and_the_layer_stays(tmp_path, show):
    folder = TileFolder(tmp_path / "tiles", pyramid(tile=64, tiles=(4, 4), levels=1), bands=3)
    folder.tile_path("0", 2, 2).write_bytes(b"no raster")
    said, _ = show(folder.path, 256, 256)
    assert said["valid"]
    assert any("0/2/2.tif" in error for error in said["errors"]), said["errors"]


@pytest.mark.parametrize("name", ["tiles", "tiles/stac.json"])
def test_a_path_on_s3_shows_the_same_pixels(s3, show, name):
    folder = TileFolder(s3.folder / "tiles", pyramid(tile=64, tiles=(5, 3), levels=2), bands=3)
    said, picture = show(f"{s3.path}/{name}", 320, 192, s3.environment)
    assert said["errors"] == []
    numpy.testing.assert_array_equal(picture, folder.finest.pixels)
    asked = collections.Counter(request.path for request in s3.proxy.requests() if request.path.endswith(".tif"))
    assert set(asked.values()) == {1}
