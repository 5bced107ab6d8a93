"""Files of one input that differ: in units, scale and offset."""

import pathlib

import numpy as np
import pytest
from osgeo import gdal
from singular_places_test import dem, tiles

CELL = 1 / 1200


def heights(width=300, height=300):
    rows, cols = np.mgrid[0:height, 0:width]
    return 500 + 300 * np.sin(cols / 7.3) + 300 * np.cos(rows / 9.1)


def tell(path, unit=None, scale=None, offset=None):
    file = gdal.Open(path, gdal.GA_Update)
    band = file.GetRasterBand(1)
    if unit is not None:
        band.SetUnitType(unit)
    if scale is not None:
        band.SetScale(scale)
    if offset is not None:
        band.SetOffset(offset)
    file = None
    return path


def run(tiledir, name, inputs, **keys):
    path = tiledir.recipe(f"{name}.yaml", process="hillshade", input={"dem": inputs}, levels=11, output=name, **keys)
    tiledir.make(path)
    return tiles(pathlib.Path(tiledir.folder / name))


def expect_same(one, other):
    assert set(one) == set(other)
    for place, pixels in one.items():
        assert (np.abs(pixels.astype(int) - other[place]) > 0).mean() < 2e-3
        assert np.abs(pixels.astype(int) - other[place]).max() <= 1


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("unit, metres", [("ft", 0.3048), ("us-ft", 1200 / 3937)])
def test_each_file_counts_in_its_own_unit(tiledir, unit, metres, order):
    west = tell(dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights()), "m")
    east = dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights())
    expected = run(tiledir, "metres", [west, east])
    feet = tell(dem(tiledir.folder / "feet.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights() / metres), unit)
    expect_same(run(tiledir, "mixed", [west, feet][::order]), expected)


def test_scale_and_offset_count_for_elevations_file_by_file(tiledir):
    # What whole numbers of decimetres above 250 m hold.
    raw = np.round((heights() - 250) * 10)
    west = dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=raw / 10 + 250)
    east = dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=raw / 10 + 250)
    expected = run(tiledir, "plain", [west, east])
    scaled = [tell(dem(tiledir.folder / f"{left}.tif", "EPSG:4326", left, 50, CELL, pixels=raw), scale=0.1, offset=250)
              for left in (10, 10.25)]
    expect_same(run(tiledir, "scaled", scaled), expected)
    expect_same(run(tiledir, "mixed", [west, scaled[1]]), expected)
    # The second run knows the files from the first.
    tiledir.make(tiledir.folder / "mixed.yaml", "--overwrite")
    expect_same(tiles(tiledir.folder / "mixed"), expected)


def test_a_unit_that_is_not_known_is_refused_beside_another(tiledir):
    west = tell(dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights()), "m")
    east = tell(dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights()), "fathom")
    path = tiledir.recipe(process="hillshade", input={"dem": [west, east]}, levels=11, output="out")
    line = tiledir.refused(path)
    assert "east.tif" in line and "'fathom'" in line and "'m'" in line
    assert not (tiledir.folder / "out" / "11").exists()


@pytest.mark.parametrize("told", [{"unit": "ft"}, {"scale": 0.1}, {"offset": 5}])
def test_processes_that_take_pixels_as_they_are_refuse_files_that_differ(bad_tiledir, told):
    west = dem(bad_tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights())
    east = tell(dem(bad_tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights()), **told)
    path = bad_tiledir.recipe(process="bad_hillshade", input={"dem": [west, east]}, levels=11, output="out")
    line = bad_tiledir.refused(path)
    assert "east.tif" in line and next(iter(told)) in line


def test_a_coarser_file_comes_to_the_lattice_by_the_inputs_resampling(tiledir):
    """As elevation models whose cells widen towards the pole: gdalwarp makes the finer cells beforehand."""
    def terrain(width, height, left, top, cell_x):
        x = left + (np.arange(width) + 0.5) * cell_x
        y = top - (np.arange(height) + 0.5) * CELL
        return 500 + 300 * np.sin(x * 60)[None, :] + 300 * np.cos(y * 80)[:, None]

    def file(name, width, top, cell_x):
        path = tiledir.folder / f"{name}.tif"
        pixels = terrain(width, 300, 10, top, cell_x)
        dem(path, "EPSG:4326", 10, top, CELL, pixels=pixels)
        opened = gdal.Open(str(path), gdal.GA_Update)
        opened.SetGeoTransform([10, cell_x, 0, top, 0, -CELL])
        opened = None
        return str(path)

    south = file("south", 300, 50, CELL)
    north = file("north", 200, 50.25, 1.5 * CELL)
    finer = str(tiledir.folder / "finer.tif")
    gdal.Warp(finer, north, xRes=CELL, yRes=CELL, outputBounds=(10, 50, 10.25, 50.25), resampleAlg="bilinear")
    by_gdal = run(tiledir, "by_gdal", [south, finer])
    made = run(tiledir, "made", [south, north])
    truth = run(tiledir, "truth", [south, file("fine", 300, 50.25, CELL)])
    assert set(made) == set(by_gdal)
    both = [(made[place].astype(int), by_gdal[place].astype(int), truth[place].astype(int)) for place in made]
    differing = sum((np.abs(one - other) > 1).sum() for one, other, _ in both)
    valid = sum((one > 0).sum() for one, _, _ in both)
    # Beside the files' borders kernels of ours go on, and those of gdalwarp do not.
    assert differing < valid * 0.005
    off = [np.abs(one - best)[(one > 0) & (best > 0)] for one, _, best in both]
    assert np.concatenate(off).mean() < 1
