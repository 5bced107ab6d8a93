"""An elevation model of waves, as a file."""

import numpy
from osgeo import gdal, osr

NODATA = -9999


def dem(path, crs, left, top, cell, width=60, height=40, pixels=None):
    """Of the size of the pixels, where these are given."""
    rows, cols = numpy.mgrid[0:height, 0:width]
    heights = 500 + 300 * numpy.sin(cols / 7.3) + 300 * numpy.cos(rows / 9.1) if pixels is None else pixels
    file = gdal.GetDriverByName("GTiff").Create(str(path), heights.shape[1], heights.shape[0], 1, gdal.GDT_Float32)
    file.SetGeoTransform([left, cell, 0, top, 0, -cell])
    reference = osr.SpatialReference()
    reference.SetFromUserInput(crs)
    file.SetSpatialRef(reference)
    file.GetRasterBand(1).SetNoDataValue(NODATA)
    file.WriteArray(heights.astype("float32"))
    file = None
    return str(path)
