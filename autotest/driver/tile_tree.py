"""Trees of tiles LEVEL/NUMBER/NUMBER.EXT without a document, made by GDAL's drivers and NumPy, and how names open."""

import os
import pathlib

import numpy
import pytest
from osgeo import gdal, osr

from tile_folder import errors_while

MERCATOR = 20037508.342789244


def opened(name, *options):
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(name), open_options=list(options)))
    assert dataset is not None, messages
    assert dataset.GetDriver().ShortName == "TileDir"
    assert messages == []
    return dataset


def refused(name, *options):
    """The one line that says why."""
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(name), open_options=list(options)))
    assert dataset is None and len(messages) == 1, messages
    assert "\n" not in messages[0][1]
    return messages[0][1]


def bounds(dataset):
    left, cell, _, top, _, _ = dataset.GetGeoTransform()
    return left, top - dataset.RasterYSize * cell, left + dataset.RasterXSize * cell, top


SCHEMES = {
    "XYZ": lambda col, row, height: (col, row),
    "TMS": lambda col, row, height: (col, height - 1 - row),
    "ZYX": lambda col, row, height: (row, col),
    "ZYX_TMS": lambda col, row, height: (height - 1 - row, col),
}


class Grid:
    """A pyramid of tiles that halves its cells; `rows` and `cols` are level 0's."""

    def __init__(self, code, left, top, cell, cols=1, rows=1, tile=16):
        self.code, self.left, self.top, self.cell, self.cols, self.rows, self.tile = code, left, top, cell, cols, rows, tile

    def height(self, level):
        return self.rows * 2**level

    def geotransform(self, level, col, row):
        cell = self.cell / 2**level
        return (self.left + col * self.tile * cell, cell, 0, self.top - row * self.tile * cell, 0, -cell)


def web_mercator(tile=16):
    return Grid(3857, -MERCATOR, MERCATOR, 2 * MERCATOR / tile, tile=tile)


def world(tile=16):
    return Grid(4326, -180, 90, 180 / tile, cols=2, tile=tile)


class Tree:
    """Tiles of random pixels, each level's in a block of `cols` x `rows` tiles; {level: (first col, first row)}."""

    def __init__(self, folder, grid, scheme, levels, size=(3, 2), extension="tif", place="file", zeros=0, missing=()):
        self.folder, self.grid, self.scheme = pathlib.Path(folder), grid, scheme
        self.extension, self.place, self.zeros, self.missing = extension, place, zeros, set(missing)
        self.cols, self.rows = size
        self.levels, self.pixels = levels, {}
        random = numpy.random.default_rng(7)
        for level, (first_col, first_row) in levels.items():
            tile = grid.tile
            pixels = random.integers(1, 255, (self.rows * tile, self.cols * tile), numpy.uint8)
            for row in range(self.rows):
                for col in range(self.cols):
                    part = pixels[row * tile : (row + 1) * tile, col * tile : (col + 1) * tile]
                    if (level, first_col + col, first_row + row) in self.missing:
                        part[:] = 0
                    else:
                        self.write(level, first_col + col, first_row + row, part)
            self.pixels[level] = pixels

    def path(self, level, col, row):
        first, second = SCHEMES[self.scheme](col, row, self.grid.height(level))
        return self.folder / f"{level:0{self.zeros}d}" / str(first) / f"{second}.{self.extension}"

    def write(self, level, col, row, pixels):
        path = self.path(level, col, row)
        path.parent.mkdir(parents=True, exist_ok=True)
        place = self.grid.geotransform(level, col, row)
        bands = 3 if self.extension == "webp" else 1
        tile = gdal.GetDriverByName("MEM").Create("", self.grid.tile, self.grid.tile, bands)
        for band in range(1, bands + 1):
            tile.GetRasterBand(band).WriteArray(pixels)
        if self.place == "file":
            tile.SetGeoTransform(place)
            srs = osr.SpatialReference()
            srs.ImportFromEPSG(self.grid.code)
            tile.SetProjection(srs.ExportToWkt())
        drivers = {"tif": "GTiff", "png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
        options = ["LOSSLESS=YES"] if self.extension == "webp" else []
        assert gdal.GetDriverByName(drivers[self.extension]).CreateCopy(str(path), tile, options=options) is not None
        if self.place == "world":
            _, cell, _, top, _, _ = place
            lines = [cell, 0, 0, -cell, place[0] + cell / 2, top - cell / 2]
            path.with_suffix(".wld").write_text("".join(f"{line!r}\n" for line in lines))
        if self.place == "nowhere" and pathlib.Path(f"{path}.aux.xml").exists():
            os.remove(f"{path}.aux.xml")

    def check(self, dataset):
        level = max(self.levels)
        expected = self.grid.geotransform(level, *self.levels[level])
        assert dataset.GetGeoTransform() == pytest.approx(expected, rel=1e-12, abs=1e-9)
        assert (dataset.GetRasterBand(dataset.RasterCount).ReadAsArray() == self.pixels[level]).all()
