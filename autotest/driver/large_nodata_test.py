"""Nodata of 64-bit integers that no double holds: in what is made, updated and read, to the last digit."""

import json

import numpy
import pytest
from osgeo import gdal

from copy_test import copy, noise, refused, source
from write_test import update

VALUES = [("int64", -(2**63)), ("int64", 2**63 - 1), ("int64", 2**53 + 1), ("int64", -(2**53) - 1),
          ("uint64", 2**64 - 1), ("uint64", 2**63 + 1), ("uint64", 2**53 + 1)]


def pixels_with(dtype, nodata):
    """The lower right corner has no data, and beside it are neighbours of nodata that are data."""
    pixels = noise(1, 100, 100, dtype)
    pixels[0, 50:, 50:] = nodata
    pixels[0, 0, :50] = nodata + (1 if nodata < 0 else -1)
    return pixels


def check(path, pixels, nodata):
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    assert band.GetNoDataValue() == nodata
    assert numpy.array_equal(dataset.ReadAsArray(), pixels[0])
    assert numpy.array_equal(band.GetMaskBand().ReadAsArray() != 0, pixels[0] != numpy.array(nodata, pixels.dtype))
    item = json.loads((path / "stac.json").read_text())
    for bands in ("bands", "raster:bands"):
        told = item["asset_templates"]["tiles"][bands][0]["nodata"]
        assert isinstance(told, int) and told == nodata


@pytest.mark.parametrize("dtype, nodata", VALUES)
def test_a_copy_keeps_that_of_the_source(tmp_path, dtype, nodata):
    pixels = pixels_with(dtype, nodata)
    made = copy(source(tmp_path / "a.tif", pixels, nodata), tmp_path / "out", "TILE_SIZE=16")
    del made
    check(tmp_path / "out", pixels, nodata)
    assert not (tmp_path / "out" / "3" / "5" / "5.tif").exists()


@pytest.mark.parametrize("dtype, nodata", VALUES)
def test_an_option_gives_another(tmp_path, dtype, nodata):
    pixels = pixels_with(dtype, nodata)
    before = numpy.where(pixels == numpy.array(nodata, dtype), numpy.array(3, dtype), pixels)
    pixels[before == 3] = nodata
    made = copy(source(tmp_path / "a.tif", before, 3), tmp_path / "out", "TILE_SIZE=16", f"NODATA={nodata}")
    del made
    check(tmp_path / "out", pixels, nodata)


@pytest.mark.parametrize("dtype, nodata", VALUES)
def test_overviews_are_of_the_pixels_with_data(tmp_path, dtype, nodata):
    pixels = numpy.random.default_rng(1).integers(1, 1000, (64, 64)).astype(dtype)
    pixels[32:, 30:] = nodata
    made = copy(source(tmp_path / "a.tif", pixels[None], nodata), tmp_path / "out", "TILE_SIZE=16")
    valid = pixels != numpy.array(nodata, dtype)
    squares = [array.reshape(32, 2, 32, 2).swapaxes(1, 2).reshape(32, 32, 4) for array in (pixels, valid)]
    sums = numpy.where(squares[1], squares[0], 0).astype("float64").sum(axis=2)
    counts = squares[1].sum(axis=2)
    means = numpy.floor(sums / numpy.maximum(counts, 1) + 0.5).astype(dtype)
    expected = numpy.where(counts > 0, means, numpy.array(nodata, dtype))
    assert numpy.array_equal(made.GetRasterBand(1).GetOverview(0).ReadAsArray(), expected)


@pytest.mark.parametrize("dtype, nodata", VALUES)
def test_an_update_writes_them_and_removes_empty_tiles(tmp_path, dtype, nodata):
    pixels = pixels_with(dtype, nodata)
    made = copy(source(tmp_path / "a.tif", pixels, nodata), tmp_path / "out", "TILE_SIZE=16")
    del made
    dataset = update(tmp_path / "out")
    pixels[0, :16, :16] = nodata
    pixels[0, 60, 60] = 5
    dataset.WriteArray(pixels[0, :16, :16])
    dataset.WriteArray(pixels[0, 60:61, 60:61], 60, 60)
    del dataset
    check(tmp_path / "out", pixels, nodata)
    assert not (tmp_path / "out" / "3" / "0" / "0.tif").exists() and (tmp_path / "out" / "3" / "3" / "3.tif").exists()


def test_what_create_is_told_later_is_kept(tmp_path):
    pixels = pixels_with("int64", 2**53 + 1)
    dataset = gdal.GetDriverByName("TileDir").Create(str(tmp_path / "out"), 100, 100, 1, gdal.GDT_Int64, ["TILE_SIZE=16"])
    dataset.GetRasterBand(1).SetNoDataValue(2**53 + 1)
    dataset.WriteArray(pixels[0])
    del dataset
    check(tmp_path / "out", pixels, 2**53 + 1)


@pytest.mark.parametrize("dtype, text", [("int64", str(2**63)), ("uint64", "-1"), ("uint64", str(2**64)), ("int64", "1.5")])
def test_what_the_type_does_not_hold_is_refused(tmp_path, dtype, text):
    line = refused(source(tmp_path / "a.tif", noise(1, 20, 20, dtype)), tmp_path / "out", f"NODATA={text}")
    assert f"NODATA: is '{text}'" in line
