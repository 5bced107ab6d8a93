"""Statistics, in the item and beside it, are NumPy's of the pixels that are there, and never those of earlier ones."""

import json

import numpy
import pytest
from osgeo import gdal

from copy_test import copy, noise, source
from tile_folder import TileFolder, errors_while, pyramid
from write_test import update

KEYS = ("STATISTICS_MINIMUM", "STATISTICS_MAXIMUM", "STATISTICS_MEAN", "STATISTICS_STDDEV", "STATISTICS_VALID_PERCENT")


def told(path, band=1):
    """What the driver says of a band; empty where it says nothing."""
    dataset = gdal.Open(str(path))
    metadata = dataset.GetRasterBand(band).GetMetadata()
    return [float(metadata[key]) for key in KEYS if key in metadata]


def expected(pixels, valid):
    values = pixels[valid].astype("float64")
    return pytest.approx([values.min(), values.max(), values.mean(), values.std(), 100 * valid.mean()], rel=1e-12)


def asset_of(path):
    return json.loads((path / "stac.json").read_text())["asset_templates"]["tiles"]


@pytest.mark.parametrize("dtype, nodata", [("uint8", 7), ("int16", -99), ("float32", -1.5), ("float64", None)])
def test_a_copy_has_them_on_request(tmp_path, dtype, nodata):
    pixels = noise(2, 100, 130, dtype)
    if nodata is not None:
        pixels[:, 10:30, :50] = nodata
    copy(source(tmp_path / "a.tif", pixels, nodata), tmp_path / "out", "TILE_SIZE=64", "STATISTICS=YES")
    for band in (0, 1):
        valid = pixels[band] != nodata if nodata is not None else numpy.ones((100, 130), bool)
        assert told(tmp_path / "out", band + 1) == expected(pixels[band], valid)
        for name in ("bands", "raster:bands"):
            statistics = asset_of(tmp_path / "out")[name][band]["statistics"]
            assert list(statistics) == ["minimum", "maximum", "mean", "stddev", "valid_percent"]
            assert list(statistics.values()) == told(tmp_path / "out", band + 1)
    dataset = gdal.Open(str(tmp_path / "out"))
    assert dataset.GetRasterBand(2).GetStatistics(False, False) == told(tmp_path / "out", 2)[:4]


def test_what_alpha_or_a_mask_leaves_out_does_not_count(tmp_path):
    pixels = noise(2, 100, 100)
    pixels[1] = numpy.where(pixels[1] < 100, 0, 255)
    path = source(tmp_path / "a.tif", pixels)
    file = gdal.Open(path, gdal.GA_Update)
    file.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
    del file
    copy(path, tmp_path / "alpha", "TILE_SIZE=64", "STATISTICS=YES")
    assert told(tmp_path / "alpha") == expected(pixels[0], pixels[1] == 255)
    assert told(tmp_path / "alpha", 2) == expected(pixels[1], numpy.ones((100, 100), bool))
    path = source(tmp_path / "b.tif", pixels[:1])
    file = gdal.Open(path, gdal.GA_Update)
    file.CreateMaskBand(gdal.GMF_PER_DATASET)
    file.GetRasterBand(1).GetMaskBand().WriteArray(pixels[1])
    del file
    copy(path, tmp_path / "mask", "TILE_SIZE=64", "STATISTICS=YES")
    assert told(tmp_path / "mask") == expected(pixels[0], pixels[1] == 255)


def test_a_band_without_any_pixel_has_none(tmp_path):
    copy(source(tmp_path / "a.tif", numpy.full((1, 40, 40), 3, "uint8"), 3), tmp_path / "out", "STATISTICS=YES")
    assert told(tmp_path / "out") == [] and "statistics" not in asset_of(tmp_path / "out")["bands"][0]


@pytest.mark.parametrize("options", [[], ["REFRESH=CLOSE"], ["REFRESH=NO"]])
def test_those_of_earlier_pixels_go_from_the_item_and_from_beside_it(tmp_path, options):
    pixels = noise(1, 100, 100)
    copy(source(tmp_path / "a.tif", pixels), tmp_path / "out", "TILE_SIZE=64", "STATISTICS=YES")
    dataset = gdal.Open(str(tmp_path / "out"))
    dataset.GetRasterBand(1).ComputeStatistics(True)
    dataset.GetRasterBand(1).GetDefaultHistogram()
    dataset.GetRasterBand(1).SetMetadataItem("SENSOR", "radar")
    del dataset
    beside = tmp_path / "out" / "stac.json.aux.xml"
    assert "STATISTICS_MEAN" in beside.read_text() and "Histogram" in beside.read_text()
    dataset = update(tmp_path / "out", *options)
    dataset.WriteArray(numpy.full((3, 3), 255, "uint8"), 5, 5)
    del dataset
    assert told(tmp_path / "out") == [] and "statistics" not in json.dumps(asset_of(tmp_path / "out"))
    assert "STATISTICS_" not in beside.read_text()
    dataset = gdal.Open(str(tmp_path / "out"))
    assert dataset.GetRasterBand(1).GetMetadataItem("SENSOR") == "radar"
    assert dataset.GetRasterBand(1).GetStatistics(False, True)[1] == 255


def test_those_computed_after_the_last_pixel_stay(tmp_path):
    folder = TileFolder(tmp_path / "tiles", pyramid())
    dataset = update(folder.path)
    band = dataset.GetRasterBand(1)
    band.ComputeStatistics(False)
    dataset.WriteArray(numpy.full((20, 20), 255, "uint8"), 5, 5)
    pixels = folder.finest.pixels[0].copy()
    pixels[5:25, 5:25] = 255
    band.ComputeStatistics(False)
    del band, dataset
    assert told(folder.path) == expected(pixels, numpy.ones(pixels.shape, bool))


def test_an_update_that_writes_no_pixel_keeps_them(tmp_path):
    copy(source(tmp_path / "a.tif", noise(1, 100, 100)), tmp_path / "out", "TILE_SIZE=64", "STATISTICS=YES")
    before = told(tmp_path / "out")
    dataset = update(tmp_path / "out")
    dataset.SetMetadataItem("FLIGHT", "7")
    dataset.BuildOverviews("NEAREST", [2])
    del dataset
    assert len(before) == 5 and told(tmp_path / "out") == before


def test_statistics_of_others_are_told_and_broken_ones_are_a_warning(tmp_path):
    folder = TileFolder(tmp_path / "tiles", pyramid())
    band = folder.item["asset_templates"]["tiles"]["bands"][0]
    band["statistics"] = {"minimum": 1, "maximum": 2.5, "mean": 2, "stddev": 0.1}
    folder.write_item()
    assert told(folder.path) == [1, 2.5, 2, 0.1]
    band["statistics"] = {"minimum": 1, "maximum": 2.5}
    folder.write_item()
    assert told(folder.path) == []
    band["statistics"] = {"minimum": "low", "maximum": 2.5, "mean": 2, "stddev": 0.1}
    folder.write_item()
    found, messages = errors_while(lambda: told(folder.path))
    assert found == [] and [(kind, "minimum" in text) for kind, text in messages] == [(gdal.CE_Warning, True)]
