"""Directories of tiles made without tiledir: GDAL's GTiff driver, NumPy and an item written by hand."""

import json
import pathlib

import numpy
from osgeo import gdal, gdal_array

EXTENSION = "https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json"
LEFT, TOP = 1000000.0, 6000000.0


def errors_while(action):
    """The result, and GDAL's errors and warnings as (class, message)."""
    messages = []
    gdal.PushErrorHandler(lambda kind, number, message: messages.append((kind, message)))
    try:
        result = action()
    finally:
        gdal.PopErrorHandler()
    return result, messages


class Level:
    """A tile matrix, the range of tiles in its limits, and the pixels of that range."""

    def __init__(self, name, cell, tile, matrix, first=(0, 0), tiles=None):
        self.name, self.cell, self.tile, self.matrix = name, cell, tile, matrix
        self.first_col, self.first_row = first
        self.cols, self.rows = tiles or matrix
        self.pixels = None

    def limits(self):
        return {
            "min_tile_col": self.first_col,
            "max_tile_col": self.first_col + self.cols - 1,
            "min_tile_row": self.first_row,
            "max_tile_row": self.first_row + self.rows - 1,
        }

    def matrix_json(self):
        return {
            "id": self.name,
            "scaleDenominator": self.cell / 0.00028,
            "cellSize": self.cell,
            "pointOfOrigin": [LEFT, TOP],
            "tileWidth": self.tile,
            "tileHeight": self.tile,
            "matrixWidth": self.matrix[0],
            "matrixHeight": self.matrix[1],
        }

    @property
    def bounds(self):
        left = LEFT + self.first_col * self.tile * self.cell
        top = TOP - self.first_row * self.tile * self.cell
        return (left, top - self.rows * self.tile * self.cell, left + self.cols * self.tile * self.cell, top)


def pyramid(tile=16, tiles=(8, 8), levels=3, first=(0, 0), matrix=None):
    """Levels from coarse to fine, each with twice the cells of the one before; `first` and `tiles` are the finest's."""
    matrix = matrix or tiles
    result = []
    for up in range(levels - 1, -1, -1):
        step = 2**up
        col, row = first[0] // step, first[1] // step
        last_col, last_row = (first[0] + tiles[0] - 1) // step, (first[1] + tiles[1] - 1) // step
        result.append(
            Level(
                str(levels - 1 - up),
                10.0 * step,
                tile,
                (-(-matrix[0] // step), -(-matrix[1] // step)),
                (col, row),
                (last_col - col + 1, last_row - row + 1),
            )
        )
    return result


class TileFolder:
    """Each level gets pixels of its own (overviews that are no resampling of the base show where pixels come from)."""

    template = "{TileMatrix}/{TileRow}/{TileCol}.tif"

    def __init__(self, path, levels, dtype="uint8", bands=1, nodata=None, absent=(), seed=1, describe_bands=True):
        self.path, self.levels, self.bands, self.nodata = pathlib.Path(path), levels, bands, nodata
        self.dtype = numpy.dtype(dtype)
        random = numpy.random.default_rng(seed)
        for level in levels:
            shape = (bands, level.rows * level.tile, level.cols * level.tile)
            level.pixels = (random.random(shape) * 200 + 20).astype(self.dtype)
            for row in range(level.rows):
                for col in range(level.cols):
                    name = (level.name, level.first_row + row, level.first_col + col)
                    window = (
                        slice(None),
                        slice(row * level.tile, (row + 1) * level.tile),
                        slice(col * level.tile, (col + 1) * level.tile),
                    )
                    if name in absent:
                        level.pixels[window] = 0 if nodata is None else nodata
                    else:
                        self.write_tile(self.tile_path(*name), level.pixels[window])
        self.item = self.make_item(describe_bands)
        self.write_item()

    @property
    def finest(self):
        return self.levels[-1]

    def tile_path(self, matrix, row, col):
        return self.path / self.template.format(TileMatrix=matrix, TileRow=row, TileCol=col)

    def write_tile(self, path, pixels, driver="GTiff"):
        path.parent.mkdir(parents=True, exist_ok=True)
        bands, height, width = pixels.shape
        type_code = gdal_array.NumericTypeCodeToGDALTypeCode(pixels.dtype)
        tile = gdal.GetDriverByName(driver).Create(str(path), width, height, bands, type_code, ["COMPRESS=DEFLATE"])
        tile.WriteArray(pixels)
        if self.nodata is not None:
            tile.GetRasterBand(1).SetNoDataValue(self.nodata)
        del tile

    def make_item(self, describe_bands):
        asset = {"href": "./" + self.template, "type": "image/tiff; application=geotiff"}
        if describe_bands:
            asset["bands"] = [self.band_json(band) for band in range(1, self.bands + 1)]
        return {
            "type": "Feature",
            "stac_version": "1.1.0",
            "stac_extensions": [EXTENSION],
            "id": "by-hand",
            "geometry": None,
            "properties": {
                "datetime": "2020-02-03T04:05:06Z",
                "title": "Made by hand",
                "tiles:tile_matrix_links": {
                    "Test": {"url": "#Test", "limits": {level.name: level.limits() for level in self.levels}}
                },
                "tiles:tile_matrix_sets": {
                    "Test": {
                        "id": "Test",
                        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
                        "orderedAxes": ["X", "Y"],
                        "tileMatrices": [level.matrix_json() for level in self.levels],
                    }
                },
            },
            "links": [],
            "assets": {},
            "asset_templates": {"tiles": asset},
        }

    def band_json(self, band):
        described = {"name": f"b{band}", "data_type": self.dtype.name.replace("complex64", "cfloat32")}
        if self.nodata is not None:
            described["nodata"] = "nan" if numpy.isnan(self.nodata) else self.nodata
        return described

    def write_item(self):
        (self.path / "stac.json").write_text(json.dumps(self.item, indent=2))
        return self

    def open(self):
        dataset = gdal.Open(str(self.path))
        assert dataset is not None, gdal.GetLastErrorMsg()
        assert dataset.GetDriver().ShortName == "TileDir"
        return dataset
