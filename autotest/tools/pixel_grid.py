"""A raster, and a grid whose only level has its very pixels: nothing is resampled."""

import json

from osgeo import gdal

TILE = 64
CELL = 10
PLACE = (500000, CELL, 0, 5200000, 0, -CELL)


def pixel_grid(folder, arrays, name="a", nodata=None, data_type=gdal.GDT_Int32):
    """Inputs and further keys of a recipe. Rows and columns are multiples of 64; the input has a band an array."""
    raster = folder / "input.tif"
    rows, cols = arrays[0].shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(raster), cols, rows, len(arrays), data_type)
    dataset.SetGeoTransform(PLACE)
    dataset.SetProjection("EPSG:32633")
    for number, array in enumerate(arrays, 1):
        band = dataset.GetRasterBand(number)
        band.WriteArray(array)
        if nodata is not None:
            band.SetNoDataValue(nodata)
    dataset = None
    matrix = {
        "id": "0",
        "scaleDenominator": CELL / 0.00028,
        "cellSize": CELL,
        "pointOfOrigin": [PLACE[0], PLACE[3]],
        "tileWidth": TILE,
        "tileHeight": TILE,
        "matrixWidth": cols // TILE,
        "matrixHeight": rows // TILE,
    }
    grid = {
        "id": "pixels",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/32633",
        "orderedAxes": ["E", "N"],
        "tileMatrices": [matrix],
    }
    path = folder / "grid.json"
    path.write_text(json.dumps(grid))
    inputs = {name: {"path": str(raster), "resampling": "nearest"}}
    return inputs, {"grid": {"tile_matrix_set": str(path)}, "levels": "0"}
