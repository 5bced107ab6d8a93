"""Formats that blur nodata into the pixels beside it say so; others do not."""

import numpy
import pytest
from osgeo import gdal

from tile_folder import errors_while


def warnings_of_a_copy(folder, options, bands=1, nodata=0, data_type=gdal.GDT_Byte):
    source = gdal.GetDriverByName("MEM").Create("", 64, 64, bands, data_type)
    for band in range(1, bands + 1):
        source.GetRasterBand(band).WriteArray(numpy.arange(64 * 64).reshape(64, 64) % 200)
        if nodata is not None:
            source.GetRasterBand(band).SetNoDataValue(nodata)
    driver = gdal.GetDriverByName("TileDir")
    made, messages = errors_while(lambda: driver.CreateCopy(str(folder), source, 0, options))
    assert made is not None
    return [text for kind, text in messages if kind == gdal.CE_Warning and "lossy" in text]


@pytest.mark.parametrize("options, bands, data_type, words", [
    (["FORMAT=JPEG"], 1, gdal.GDT_Byte, "JPEG"),
    (["COMPRESS=JPEG"], 1, gdal.GDT_Byte, "COMPRESS=JPEG"),
    (["COMPRESS=LERC", "MAX_Z_ERROR=0.5"], 1, gdal.GDT_Float32, "MAX_Z_ERROR=0.5"),
    (["FORMAT=WEBP"], 3, gdal.GDT_Byte, "WEBP"),
    (["COMPRESS=WEBP"], 3, gdal.GDT_Byte, "COMPRESS=WEBP"),
])
def test_a_copy_into_lossy_tiles_warns_where_there_is_nodata(tmp_path, options, bands, data_type, words):
    (line,) = warnings_of_a_copy(tmp_path / "copy", options, bands, data_type=data_type)
    assert words in line and "nodata" in line
    assert warnings_of_a_copy(tmp_path / "other", options, bands, None, data_type) == []


@pytest.mark.parametrize("options, bands, data_type", [
    ([], 1, gdal.GDT_Byte),
    (["FORMAT=PNG"], 1, gdal.GDT_Byte),
    (["COMPRESS=LERC"], 1, gdal.GDT_Float32),
    (["COMPRESS=LERC", "MAX_Z_ERROR=0"], 1, gdal.GDT_Float32),
    (["FORMAT=WEBP", "LOSSLESS=YES"], 3, gdal.GDT_Byte),
])
def test_a_copy_that_keeps_nodata_is_silent(tmp_path, options, bands, data_type):
    assert warnings_of_a_copy(tmp_path / "copy", options, bands, data_type=data_type) == []
