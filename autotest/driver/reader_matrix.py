"""Datasets of every kind of grid, tile and format, and where their pixels are: what any reader of them should see."""

import json
import pathlib

import numpy
import pytest
from osgeo import gdal, osr

NODATA = -32768
CELL = 100.0

# A set that is in no register: neither its corner nor its cells are those of a well-known one.
OWN_SET = {
    "id": "Fault",
    "crs": "http://www.opengis.net/def/crs/EPSG/0/32616",
    "orderedAxes": ["E", "N"],
    "tileMatrices": [
        {
            "id": str(level),
            "scaleDenominator": cell / 0.00028,
            "cellSize": cell,
            "pointOfOrigin": [700000.0, 4060000.0],
            "tileWidth": 200,
            "tileHeight": 200,
            "matrixWidth": tiles,
            "matrixHeight": tiles,
        }
        for level, cell, tiles in [(0, 540.0, 1), (1, 180.0, 3), (2, 90.0, 6)]
    ],
}

# By name: where the source lies (its own place, or an EPSG code and a corner), its kind, and the creation options.
OUTPUTS = {
    "WebMercatorQuad": (None, "elevation", {"GRID": "WebMercatorQuad"}),
    "WorldCRS84Quad": (None, "elevation", {"GRID": "WorldCRS84Quad"}),
    "EPSG:4326, own pixels": (None, "elevation", {}),
    "EPSG:3035, own pixels": ((3035, 4321000, 3210000), "elevation", {}),
    "EPSG:2193, own pixels": ((2193, 1750000, 5430000), "elevation", {}),
    "UTM, own pixels": ((32616, 720000, 4040000), "elevation", {}),
    "a set of one's own": (None, "elevation", {"GRID": json.dumps(OWN_SET)}),
    "tiles of 512": (None, "elevation", {"GRID": "WebMercatorQuad", "TILE_SIZE": 512}),
    "metatiles of 4": (None, "elevation", {"GRID": "WebMercatorQuad", "METATILE": 4}),
    "PNG": (None, "picture", {"GRID": "WebMercatorQuad", "FORMAT": "PNG"}),
    "WEBP": (None, "picture", {"GRID": "WebMercatorQuad", "FORMAT": "WEBP", "LOSSLESS": "YES"}),
    "WEBP without alpha": ((32616, 720000, 4040000), "square picture", {"FORMAT": "WEBP", "LOSSLESS": "YES"}),
    "sparse": (None, "islands", {"GRID": "WebMercatorQuad"}),
    "sparse, own pixels": ((32616, 720000, 4040000), "islands", {}),
    "sparse, one level": (None, "islands", {"GRID": "WebMercatorQuad", "LEVELS": 11}),
}

NO_WEBP = "opens no tiles in WEBP"
NO_ALPHA = "wants alpha in each tile, and WEBP stores none in a tile that is opaque"
TWO_SETS = "knows two sets, WebMercatorQuad and WorldCRS84Quad"
STACTA = {
    "3.6": {"WEBP": NO_WEBP, "WEBP without alpha": NO_WEBP},
    "3.10": {"WEBP": NO_WEBP, "WEBP without alpha": NO_WEBP},
    "3.13": {"WEBP": NO_ALPHA},
}

# What each reader does not read, and why.
LIMITS = {
    "TileDir": {},
    **{f"STACTA {release}": limits for release, limits in STACTA.items()},
    "rasterio": STACTA["3.10"],
    "mapchete": {
        **dict.fromkeys([name for name in OUTPUTS if not OUTPUTS[name][2].get("GRID", "").startswith("W")], TWO_SETS),
        "tiles of 512": "takes tiles of 512 pixels for metatiles of 2",
    },
    "QGIS": STACTA["3.6"],
}


def source(folder, data, name):
    """The raster that is copied: real elevations, moved where the output's grid is."""
    place, kind, _ = OUTPUTS[name]
    path = pathlib.Path(folder) / "source.tif"
    east, west = str(data / "jacksboro_east.tif"), str(data / "jacksboro_west.tif")
    whole = gdal.Warp("", [west, east], format="MEM")
    pixels = whole.ReadAsArray()
    if kind.endswith("picture"):
        pixels = numpy.stack([pixels // 8 + 1, pixels % 200 + 20, 255 - pixels // 8]).astype(numpy.uint8)
    if kind == "square picture":
        pixels = pixels[:, :256, :256]
    if kind == "islands":
        pixels = numpy.full((3 * pixels.shape[0], 3 * pixels.shape[1]), NODATA, numpy.int16)
        for row, col in [(120, 900), (700, 40)]:
            pixels[row : row + 150, col : col + 200] = whole.ReadAsArray(0, 0, 200, 150)
    bands = pixels if pixels.ndim == 3 else pixels[None]
    type_code = gdal.GDT_Byte if kind.endswith("picture") else gdal.GDT_Int16
    made = gdal.GetDriverByName("GTiff").Create(str(path), bands.shape[2], bands.shape[1], len(bands), type_code)
    made.SetGeoTransform((place[1], CELL, 0, place[2], 0, -CELL) if place else whole.GetGeoTransform())
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(place[0] if place else 4326)
    made.SetSpatialRef(reference)
    if kind == "islands":
        made.GetRasterBand(1).SetNoDataValue(NODATA)
    for number, band in enumerate(bands, 1):
        made.GetRasterBand(number).WriteArray(band)
    return path


def make(folder, data, name):
    """The folder of the tiles, made by this driver, and its source."""
    made = pathlib.Path(folder) / "tiles"
    path = source(folder, data, name)
    options = [f"{key}={value}" for key, value in OUTPUTS[name][2].items()]
    if OUTPUTS[name][2].get("GRID"):
        options.append("RESAMPLING=nearest")
    copied = gdal.GetDriverByName("TileDir").CreateCopy(str(made), gdal.Open(str(path)), options=options)
    assert copied is not None, gdal.GetLastErrorMsg()
    return made, path


def on_grid(path, crs, **grid):
    """The source brought onto a grid by gdalwarp, bands first, and where it has data."""
    grid.update(format="MEM", dstSRS=crs, resampleAlg="near", errorThreshold=0, dstAlpha=True)
    *pixels, alpha = gdal.Warp("", str(path), **grid).ReadAsArray()
    return numpy.array(pixels), alpha > 0


def check(path, crs, geotransform, pixels, close=0):
    """The pixels that a reader saw, bands first, are the source's at the place that it told, and all of them.

    `close` is by how much a lossy format may change them.
    """
    pixels = pixels if pixels.ndim == 3 else pixels[None]
    (left, cell, _, top, _, row_cell), (count, height, width) = geotransform, pixels.shape
    assert cell > 0 > row_cell
    bounds = (left, top + height * row_cell, left + width * cell, top)
    expected, valid = on_grid(path, crs, outputBounds=bounds, width=width, height=height)
    _, anywhere = on_grid(path, crs, xRes=cell, yRes=-row_cell)
    assert valid.sum() == pytest.approx(anywhere.sum(), rel=0.01)
    wrong = numpy.abs(pixels[: len(expected)].astype(int) - expected)[:, valid] > close
    assert wrong.mean() < 0.002
    # What the source does not cover is transparent, nodata, or 0.
    beyond = pixels[-1][~valid]
    there = (beyond > close) if count > len(expected) else (beyond > close) | (beyond < 0) & (beyond != NODATA)
    assert there.sum() <= 0.002 * valid.sum()


def is_right(path, told, target):
    """Whether a program that told of CRS and geotransform, or of an error, saw all pixels in their places."""
    if "error" in told:
        return False
    try:
        check(path, told["crs"], told["geotransform"], numpy.load(target))
        return True
    except AssertionError:
        return False


def make_all(folder, data):
    """By the name of each output: the folder of its tiles, and its source."""
    made = {}
    for number, name in enumerate(OUTPUTS):
        (folder / str(number)).mkdir()
        made[name] = make(folder / str(number), data, name)
    return made


def table():
    """The matrix as a table of Markdown, with a numbered reason where a reader does not read an output."""
    reasons = []
    lines = ["| | " + " | ".join(LIMITS) + " |", "|---" * (len(LIMITS) + 1) + "|"]
    for name in OUTPUTS:
        cells = []
        for limits in LIMITS.values():
            reason = limits.get(name)
            if reason and reason not in reasons:
                reasons.append(reason)
            cells.append(f"({1 + reasons.index(reason)})" if reason else "yes")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += [""] + [f"{number}. {reason}" for number, reason in enumerate(reasons, 1)]
    return "\n".join(lines) + "\n"
