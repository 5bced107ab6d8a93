"""What GDAL's own tools make of the same inputs: the expected values of the tests."""

import json
import pathlib

import numpy as np
from osgeo import gdal

NODATA = -32768


class Output:
    """A tile directory, read by its item and its plain files, not by our driver."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.item = json.loads((self.folder / "stac.json").read_text())
        properties = self.item["properties"]
        (self.grid,) = properties["tiles:tile_matrix_sets"].values()
        (link,) = properties["tiles:tile_matrix_links"].values()
        self.limits = link["limits"]
        matrices = self.grid.get("tileMatrices") or self.grid["tileMatrix"]
        self.matrices = {matrix.get("id", matrix.get("identifier")): matrix for matrix in matrices}
        self.base = max(self.limits, key=int)
        self.suffix = pathlib.Path(self.item["asset_templates"]["tiles"]["href"]).suffix

    def cell_size(self, level):
        return self.matrices[level]["cellSize"]

    def tile_size(self, level):
        return self.matrices[level]["tileWidth"]

    def origin(self, level):
        matrix = self.matrices[level]
        x, y = matrix.get("pointOfOrigin") or matrix["topLeftCorner"]
        # The geographic sets of the tests put longitude first, the others easting.
        return x, y

    def bounds(self, level):
        """Outer edges of the limits: min x, min y, max x, max y."""
        limits, cell, size = self.limits[level], self.cell_size(level), self.tile_size(level)
        x, y = self.origin(level)
        return (
            x + limits["min_tile_col"] * size * cell,
            y - (limits["max_tile_row"] + 1) * size * cell,
            x + (limits["max_tile_col"] + 1) * size * cell,
            y - limits["min_tile_row"] * size * cell,
        )

    def tile_path(self, level, row, col):
        return self.folder / level / str(row) / f"{col}{self.suffix}"

    def pixels(self, level, nodata=0, data_type=np.uint8, bands=None):
        """All tiles of a level in their places: rows and columns, after the bands where their number is given."""
        limits, size = self.limits[level], self.tile_size(level)
        rows = limits["max_tile_row"] - limits["min_tile_row"] + 1
        cols = limits["max_tile_col"] - limits["min_tile_col"] + 1
        shape = (rows * size, cols * size)
        whole = np.full(shape if bands is None else (bands, *shape), nodata, data_type)
        for row in range(rows):
            for col in range(cols):
                path = self.tile_path(level, row + limits["min_tile_row"], col + limits["min_tile_col"])
                if path.exists():
                    tile = gdal.Open(str(path)).ReadAsArray()
                    whole[..., row * size : (row + 1) * size, col * size : (col + 1) * size] = tile
        return whole

    def files(self):
        """Bytes of every tile, by its path."""
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.glob("*/*/*" + self.suffix)}

    def recipe(self):
        import yaml

        return yaml.safe_load((self.folder / ".tiledir" / "recipe.yaml").read_text())


def mosaic(inputs, folder):
    path = str(pathlib.Path(folder) / "mosaic.vrt")
    gdal.BuildVRT(path, [str(entry) for entry in inputs]).FlushCache()
    return path


def warp(inputs, output, level, crs, folder, resampling="bilinear", name="dem"):
    """gdalwarp of the whole to a level of the output, a cell more on each side; the kernel scales are the recipe's."""
    spec = output.recipe()["input"][name]
    scales = {str(key): value for key, value in spec["scales"].items()}
    cell = output.cell_size(level)
    left, bottom, right, top = output.bounds(level)
    width = round((right - left) / cell) + 2
    height = round((top - bottom) / cell) + 2
    return gdal.Warp(
        str(pathlib.Path(folder) / f"{name}.warped.tif"),
        mosaic(inputs, folder),
        dstSRS=crs,
        outputBounds=(left - cell, bottom - cell, right + cell, top + cell),
        width=width,
        height=height,
        errorThreshold=0,
        outputType=gdal.GDT_Float32,
        dstNodata=NODATA,
        resampleAlg=resampling,
        warpOptions=[f"XSCALE={scales[level][0]}", f"YSCALE={scales[level][1]}"],
    )


def gdaldem(dem, folder, mode, **options):
    """A mode of gdaldem on the whole, without the cell more."""
    made = gdal.DEMProcessing(str(pathlib.Path(folder) / f"{mode}.tif"), dem, mode, **options)
    return made.ReadAsArray()[..., 1:-1, 1:-1]


def hillshade(dem, folder, **options):
    return gdaldem(dem, folder, "hillshade", **options)


def cascade(pixels, levels, resampling="AVERAGE", nodata=0):
    """gdaladdo 2 4 8 ... on a GTiff of the pixels: a list of overviews, the finest first."""
    name = "/vsimem/cascade.tif"
    height, width = pixels.shape
    dataset = gdal.GetDriverByName("GTiff").Create(name, width, height, 1, gdal.GDT_Byte)
    dataset.GetRasterBand(1).SetNoDataValue(nodata)
    dataset.GetRasterBand(1).WriteArray(pixels)
    dataset = None
    dataset = gdal.Open(name, gdal.GA_Update)
    dataset.BuildOverviews(resampling, [2 ** (i + 1) for i in range(levels)])
    band = dataset.GetRasterBand(1)
    overviews = [band.GetOverview(i).ReadAsArray() for i in range(levels)]
    dataset = None
    gdal.Unlink(name)
    return overviews
