"""Signed bytes are copied as the negative numbers that they are, however GDAL's version has them."""

import numpy
import pytest
from osgeo import gdal, osr

from copy_test import copy


def raster(path, driver="GTiff", nodata=None):
    """Of every signed byte, on a plane without noise; and its pixels."""
    pixels = numpy.add.outer(numpy.arange(128), numpy.arange(128)).astype("int16") - 128
    if hasattr(gdal, "GDT_Int8"):
        data_type, stored, told = gdal.GDT_Int8, pixels.astype("int8"), []
    else:
        data_type, stored = gdal.GDT_Byte, pixels.astype("int8").view("uint8")
        told = ["PIXELTYPE=SIGNEDBYTE"] if driver == "GTiff" else []
    file = gdal.GetDriverByName(driver).Create(str(path), 128, 128, 1, data_type, told)
    if data_type == gdal.GDT_Byte:
        file.GetRasterBand(1).SetMetadataItem("PIXELTYPE", "SIGNEDBYTE", "IMAGE_STRUCTURE")
    file.SetGeoTransform([10, 0.01, 0, 50, 0, -0.01])
    crs = osr.SpatialReference()
    crs.SetFromUserInput("OGC:CRS84")
    file.SetSpatialRef(crs)
    file.GetRasterBand(1).WriteArray(stored)
    if nodata is not None:
        file.GetRasterBand(1).SetNoDataValue(nodata)
    return file, pixels


@pytest.mark.parametrize("nodata", [None, -128, 5])
@pytest.mark.parametrize("driver", ["GTiff", "MEM"])
def test_they_keep_their_signs_and_nodata(tmp_path, nodata, driver):
    file, pixels = raster(tmp_path / "signed.tif", driver, nodata)
    source = file if driver == "MEM" else str(tmp_path / "signed.tif")
    file = None
    made = copy(source, tmp_path / "copy")
    assert numpy.array_equal(made.ReadAsArray(0, 0, 128, 128).astype("int16"), pixels)
    assert made.GetRasterBand(1).GetNoDataValue() == nodata
    assert made.GetRasterBand(1).ComputeStatistics(False)[0] == (-127 if nodata == -128 else -128)


def test_they_are_resampled_as_signed_numbers(tmp_path):
    file, pixels = raster(tmp_path / "signed.tif")
    wide = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "wide.tif"), 128, 128, 1, gdal.GDT_Int16)
    wide.SetGeoTransform(file.GetGeoTransform())
    wide.SetSpatialRef(file.GetSpatialRef())
    wide.WriteArray(pixels)
    file = wide = None
    options = ["GRID=WebMercatorQuad", "RESAMPLING=BILINEAR", "LEVELS=7"]
    made, expected = (copy(str(tmp_path / f"{name}.tif"), tmp_path / name, *options) for name in ("signed", "wide"))
    masks = [each.GetRasterBand(1).GetMaskBand().ReadAsArray() for each in (made, expected)]
    assert numpy.array_equal(*masks) and (masks[0] > 0).sum() > 1000
    assert numpy.array_equal(made.ReadAsArray().astype("int16"), expected.ReadAsArray())
    assert expected.ReadAsArray().min() < -100
