"""Create(): pixels first, what they mean later, and a directory of tiles in the end."""

import numpy
import pytest
from osgeo import gdal, osr

from tile_folder import errors_while
from write_test import levels_of, like_one_file

PLACE = (500000.0, 10.0, 0, 6000000.0, 0, -10.0)


def mercator():
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(3857)
    return srs


def created(path, bands=1, kind=gdal.GDT_Byte, options=(), size=(300, 200)):
    return gdal.GetDriverByName("TileDir").Create(str(path), *size, bands, kind, list(options))


def random_pixels(bands, dtype="uint8", size=(300, 200), seed=1):
    return (numpy.random.default_rng(seed).random((bands, size[1], size[0])) * 250 + 1).astype(dtype)


@pytest.mark.parametrize("bands, dtype, kind", [(1, "uint8", gdal.GDT_Byte), (3, "uint16", gdal.GDT_UInt16)])
def test_pixels_and_what_is_told_of_them_are_there(tmp_path, bands, dtype, kind):
    pixels = random_pixels(bands, dtype)
    dataset = created(tmp_path / "out", bands, kind, ["TILE_SIZE=64", "ID=made"])
    dataset.WriteArray(pixels)
    dataset.SetGeoTransform(PLACE)
    dataset.SetSpatialRef(mercator())
    dataset.GetRasterBand(1).SetDescription("first")
    dataset.GetRasterBand(1).SetUnitType("m")
    dataset.SetMetadataItem("ANSWER", "42")
    assert numpy.array_equal(dataset.ReadAsArray().reshape(pixels.shape), pixels)
    del dataset
    dataset = gdal.Open(str(tmp_path / "out"))
    assert dataset.GetDriver().ShortName == "TileDir"
    read = dataset.ReadAsArray().reshape(bands, dataset.RasterYSize, dataset.RasterXSize)
    assert numpy.array_equal(read[:, :200, :300], pixels)
    assert dataset.GetGeoTransform() == PLACE
    assert dataset.GetSpatialRef().IsSame(mercator())
    band = dataset.GetRasterBand(1)
    assert (band.GetDescription(), band.GetUnitType(), dataset.GetMetadataItem("ANSWER")) == ("first", "m", "42")
    assert dataset.GetMetadataItem("ID") == "made"


def test_a_flush_makes_it_and_what_follows_updates_it(tmp_path):
    pixels = random_pixels(1, size=(256, 256))
    dataset = created(tmp_path / "out", options=["TILE_SIZE=64"], size=(256, 256))
    dataset.SetGeoTransform(PLACE)
    dataset.SetSpatialRef(mercator())
    dataset.WriteArray(pixels[0])
    dataset.FlushCache()
    assert numpy.array_equal(levels_of(tmp_path / "out")[0], pixels)
    pixels[0, 70:90, 100:140] = 3
    dataset.WriteArray(pixels[0, 70:90, 100:140], 100, 70)
    del dataset
    for ours, expected in zip(levels_of(tmp_path / "out"), like_one_file(pixels), strict=True):
        assert numpy.array_equal(ours, expected)


def test_nodata_alpha_and_a_mask(tmp_path):
    pixels = random_pixels(2, size=(128, 128))
    pixels[0, :64] = 255
    dataset = created(tmp_path / "nodata", options=["TILE_SIZE=64"], size=(128, 128))
    dataset.GetRasterBand(1).SetNoDataValue(255)
    dataset.WriteArray(pixels[0])
    del dataset
    assert gdal.Open(str(tmp_path / "nodata")).GetRasterBand(1).GetNoDataValue() == 255
    assert not (tmp_path / "nodata" / "1" / "0" / "0.tif").exists()
    dataset = created(tmp_path / "alpha", 2, options=["TILE_SIZE=64"], size=(128, 128))
    dataset.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
    dataset.WriteArray(pixels)
    del dataset
    dataset = gdal.Open(str(tmp_path / "alpha"))
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_ALPHA | gdal.GMF_PER_DATASET
    assert numpy.array_equal(dataset.ReadAsArray(), pixels)
    dataset = created(tmp_path / "mask", options=["TILE_SIZE=64"], size=(128, 128))
    dataset.WriteArray(pixels[0])
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    dataset.GetRasterBand(1).GetMaskBand().WriteArray(numpy.where(pixels[1] > 100, 255, 0).astype("uint8"))
    del dataset
    dataset = gdal.Open(str(tmp_path / "mask"))
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert numpy.array_equal(mask, numpy.where(pixels[1] > 100, 255, 0))


def test_pixels_that_are_given_another_value_become_valid(tmp_path):
    pixels = random_pixels(1, size=(128, 128))[0]
    dataset = created(tmp_path / "out", options=["TILE_SIZE=64"], size=(128, 128))
    dataset.WriteArray(pixels)
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    valid = numpy.zeros((128, 128), "uint8")
    valid[:, :30] = 255
    dataset.GetRasterBand(1).GetMaskBand().WriteArray(valid)
    del dataset
    dataset = gdal.OpenEx(str(tmp_path / "out"), gdal.OF_UPDATE)
    window = dataset.ReadAsArray(20, 20, 60, 60)  # as gdalwarp does: what it does not change it writes back
    window[10:20, 10:20] += 1
    dataset.WriteArray(window, 20, 20)
    valid[30:40, 30:40] = 255
    dataset.GetRasterBand(1).GetMaskBand().WriteArray(numpy.zeros((5, 5), "uint8"), 2, 3)
    valid[3:8, 2:7] = 0
    del dataset
    assert numpy.array_equal(gdal.Open(str(tmp_path / "out")).GetRasterBand(1).GetMaskBand().ReadAsArray(), valid)


def test_an_existing_folder_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    dataset, messages = errors_while(lambda: created(tmp_path / "out"))
    assert dataset is None and len(messages) == 1, messages
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_nothing_is_left_where_it_cannot_be_made(tmp_path):
    dataset = created(tmp_path / "out", 7, options=["FORMAT=PNG"])
    dataset.WriteArray(random_pixels(7))
    _, messages = errors_while(dataset.FlushCache)
    assert any("PNG" in text for _, text in messages), messages
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    del dataset
    gdal.PopErrorHandler()
    assert not (tmp_path / "out").exists()
