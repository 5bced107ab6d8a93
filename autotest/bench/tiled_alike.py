"""gdaldem's output cut into the files that a tile directory has, to compare sizes and pixels."""

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()


def compared(output, level, job, whole_path):
    """A reference.Output with gdaldem's hillshade of the whole: bytes of the same tiles, and pixels that differ."""
    made = output.pixels(level)
    expected = in_frame(gdal.Open(str(whole_path)), output.bounds(level), made.shape)
    difference = np.abs(made.astype(np.int16) - expected)
    return {
        "bytes": sum(tile_bytes(output, level, job, expected)),
        "pixels": int(np.count_nonzero(expected)),
        "differ": int(np.count_nonzero(difference)),
        "largest_difference": int(difference.max()),
    }


def in_frame(whole, bounds, shape):
    """The raster's pixels within these bounds; 0 beyond it."""
    west, _, _, north = bounds
    origin_x, cell, _, origin_y, _, _ = whole.GetGeoTransform()
    left, top = round((origin_x - west) / cell), round((north - origin_y) / cell)
    frame = np.zeros(shape, np.uint8)
    frame[top : top + whole.RasterYSize, left : left + whole.RasterXSize] = whole.ReadAsArray()
    return frame


def tile_bytes(output, level, job, pixels):
    """Size of each tile that has data, written as the recipe says."""
    side, cell = output.tile_size(level), output.cell_size(level)
    west, _, _, north = output.bounds(level)
    reference = osr.SpatialReference()
    reference.SetFromUserInput(job.crs)
    options = [f"{key}={value}" for key, value in job.options.items()]
    options += ["TILED=YES", f"BLOCKXSIZE={side}", f"BLOCKYSIZE={side}"]
    path = "/vsimem/tile.tif"
    for top in range(0, pixels.shape[0], side):
        for left in range(0, pixels.shape[1], side):
            tile = pixels[top : top + side, left : left + side]
            if not tile.any():
                continue
            dataset = gdal.GetDriverByName("GTiff").Create(path, side, side, 1, gdal.GDT_Byte, options)
            dataset.SetGeoTransform([west + left * cell, cell, 0, north - top * cell, 0, -cell])
            dataset.SetSpatialRef(reference)
            dataset.GetRasterBand(1).SetNoDataValue(0)
            dataset.GetRasterBand(1).WriteArray(tile)
            del dataset
            yield gdal.VSIStatL(path).size
    gdal.Unlink(path)
