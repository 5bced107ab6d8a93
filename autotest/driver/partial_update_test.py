"""Overviews after updates of parts of tiles: those that making all of them again gives, byte for byte."""

import numpy
import pytest
from copy_test import copy, noise, source
from osgeo import gdal

SIZE = 330, 300  # rows, columns
METHODS = ["nearest", "average", "rms", "mode", "bilinear", "cubic", "cubicspline", "lanczos", "gauss"]
KINDS = {
    "plain": [],
    "nodata": ["NODATA=7"],
    "lossy": ["FORMAT=JPEG"],
}


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*/*")}


def windows(random):
    """Single pixels, at the corners of tiles too, and parts of several tiles."""
    yield from [(63, 63, 1, 1), (64, 128, 1, 1), (299, 329, 1, 1), (64, 64, 64, 64)]
    for _ in range(4):
        height, width = random.integers(1, 80, 2)
        yield int(random.integers(0, SIZE[1] - width)), int(random.integers(0, SIZE[0] - height)), int(width), int(height)


@pytest.mark.parametrize("refresh", ["FLUSH", "CLOSE"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_overviews_are_those_of_a_rebuild(tmp_path, method, kind, refresh):
    random = numpy.random.default_rng(METHODS.index(method))
    pixels = noise(3, *SIZE)
    pixels[:, 100:200, 90:170] = 7
    folder = tmp_path / "out"
    copy(source(tmp_path / "a.tif", pixels), folder, "TILE_SIZE=64", f"OVERVIEW_RESAMPLING={method}", *KINDS[kind])
    before = tiles(folder)
    dataset = gdal.OpenEx(str(folder), gdal.OF_UPDATE, open_options=[f"REFRESH={refresh}"])
    for number, (col, row, width, height) in enumerate(windows(random)):
        value = 7 if number % 4 == 3 else 200 + number
        assert dataset.WriteRaster(col, row, width, height, bytes([value]) * (3 * width * height)) == 0
        dataset.FlushCache()
    del dataset
    updated = tiles(folder)
    assert updated != before
    dataset = gdal.Open(str(folder), gdal.GA_Update)
    assert dataset.BuildOverviews(method, [2, 4, 8]) == 0
    del dataset
    assert updated == tiles(folder)


@pytest.mark.parametrize("method, at, made", [("nearest", 255, 1), ("cubic", 255, 4), ("cubic", 230, 1)])
def test_only_overviews_that_depend_on_changed_pixels_are_made(tmp_path, method, at, made):
    """Four tiles meet in the middle, at 256: from beside it a kernel reaches into all of them."""
    folder = tmp_path / "out"
    pixels = noise(1, 512, 512)
    copy(source(tmp_path / "a.tif", pixels), folder, "TILE_SIZE=64", f"OVERVIEW_RESAMPLING={method}")
    for path in folder.glob("2/*/*"):
        path.unlink()
    dataset = gdal.OpenEx(str(folder), gdal.OF_UPDATE)
    dataset.WriteRaster(at, at, 1, 1, b"\x01")
    del dataset
    assert len(list(folder.glob("2/*/*"))) == made
