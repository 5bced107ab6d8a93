"""Directories of tiles for benchmarks, made without tiledir: a picture of synthetic terrain, and an item that STACTA reads too."""

import json
import pathlib

import numpy as np
from osgeo import gdal, osr

from terrain import terrain

gdal.UseExceptions()

TILE = 256
CELL = 10.0
LEFT, TOP = 1000000.0, 6000000.0
EXTENSIONS = [
    "https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
    "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
]
FORMATS = {
    "GTiff": ("tif", "image/tiff; application=geotiff", ["TILED=YES", "COMPRESS=DEFLATE"]),
    "PNG": ("png", "image/png", []),
}


def picture(size, bands, seed=7):
    """Bytes, bands x size x size: shaded slopes, tinted by height where there are three bands."""
    heights = terrain(size, seed).astype(np.float32)
    slope = np.clip(140 + 3 * (np.gradient(heights, axis=0) - np.gradient(heights, axis=1)), 1, 255)
    pixels = np.empty((bands, size, size), np.uint8)
    for band in range(bands):
        tint = 1 if bands == 1 else np.clip(0.5 + heights / (1500 + 700 * band), 0.3, 1)
        pixels[band] = np.clip(slope * tint, 1, 255)
    return pixels


def matrix_json(name, up, tiles):
    """A tile matrix of 2^up times the cells of the finest; `tiles` by `tiles` are the finest's."""
    return {
        "id": name,
        "scaleDenominator": CELL * 2**up / 0.00028,
        "cellSize": CELL * 2**up,
        "pointOfOrigin": [LEFT, TOP],
        "topLeftCorner": [LEFT, TOP],
        "tileWidth": TILE,
        "tileHeight": TILE,
        "matrixWidth": -(-tiles // 2**up),
        "matrixHeight": -(-tiles // 2**up),
    }


def item(tiles, levels, bands, form="GTiff", nodata=None):
    """The levels are named 0 (coarsest) and so on; all tiles of all of them are within the limits."""
    described = {"data_type": "uint8"} if nodata is None else {"data_type": "uint8", "nodata": nodata}
    extension, media_type, _ = FORMATS[form]
    matrices = [matrix_json(str(levels - 1 - up), up, tiles) for up in reversed(range(levels))]
    limits = {}
    for matrix in matrices:
        last = {"max_tile_col": matrix["matrixWidth"] - 1, "max_tile_row": matrix["matrixHeight"] - 1}
        limits[matrix["id"]] = {"min_tile_col": 0, "min_tile_row": 0, **last}
    names = [f"b{band}" for band in range(1, bands + 1)]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": EXTENSIONS,
        "id": "bench",
        "geometry": None,
        "properties": {
            "datetime": "2020-02-03T04:05:06Z",
            "tiles:tile_matrix_links": {"Bench": {"url": "#Bench", "limits": limits}},
            "tiles:tile_matrix_sets": {
                "Bench": {
                    "id": "Bench",
                    "identifier": "Bench",
                    "type": "TileMatrixSetType",
                    "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
                    "supportedCRS": "http://www.opengis.net/def/crs/EPSG/0/3857",
                    "tileMatrices": matrices,
                    "tileMatrix": [{**each, "type": "TileMatrixType", "identifier": each["id"]} for each in matrices],
                }
            },
        },
        "links": [],
        "assets": {},
        "asset_templates": {
            "tiles": {
                "href": "./{TileMatrix}/{TileRow}/{TileCol}." + extension,
                "type": media_type,
                "eo:bands": [{"name": name} for name in names],
                "raster:bands": [described for _ in names],
            }
        },
    }


def write_item(folder, *arguments, **more):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stac.json").write_text(json.dumps(item(*arguments, **more), indent=1))


def write_tile(path, pixels, origin, cell, form):
    """Georeferenced where the format can be."""
    _, _, options = FORMATS[form]
    bands, rows, cols = pixels.shape
    if form == "GTiff":
        options = [*options, f"BLOCKXSIZE={cols}", f"BLOCKYSIZE={rows}"]
    memory = gdal.GetDriverByName("MEM").Create("", cols, rows, bands, gdal.GDT_Byte)
    memory.WriteRaster(0, 0, cols, rows, pixels.tobytes())
    if form == "GTiff":
        memory.SetGeoTransform([origin[0], cell, 0, origin[1], 0, -cell])
        memory.SetSpatialRef(mercator())
    path.parent.mkdir(parents=True, exist_ok=True)
    gdal.GetDriverByName(form).CreateCopy(str(path), memory, options=options)


def mercator():
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(3857)
    return reference


def write_tiles(folder, pixels, levels, form="GTiff", nodata=None):
    """The item and the tiles, but those of nothing but nodata; coarser levels take every second pixel."""
    folder = pathlib.Path(folder)
    write_item(folder, pixels.shape[1] // TILE, levels, pixels.shape[0], form, nodata)
    for up in range(levels):
        cell = CELL * 2**up
        for top in range(0, pixels.shape[1], TILE):
            for left in range(0, pixels.shape[2], TILE):
                tile = pixels[:, top : top + TILE, left : left + TILE]
                if nodata is not None and (tile == nodata).all():
                    continue
                whole = np.full((len(pixels), TILE, TILE), nodata or 0, np.uint8)
                whole[:, : tile.shape[1], : tile.shape[2]] = tile
                name = f"{levels - 1 - up}/{top // TILE}/{left // TILE}.{FORMATS[form][0]}"
                write_tile(folder / name, whole, (LEFT + left * cell, TOP - top * cell), cell, form)
        pixels = pixels[:, ::2, ::2]


def write_vrt(path, folder, tiles, level, bands, form="GTiff"):
    """A VRT of the level's tiles, as gdalbuildvrt writes it: nothing has to be looked up in them."""
    side = tiles * TILE
    reference = mercator().ExportToWkt()
    lines = [
        f'<VRTDataset rasterXSize="{side}" rasterYSize="{side}">',
        f"<SRS>{reference.replace('&', '&amp;').replace('<', '&lt;')}</SRS>",
        f"<GeoTransform>{LEFT}, {CELL}, 0, {TOP}, 0, {-CELL}</GeoTransform>",
    ]
    block = f'BlockXSize="{TILE}" BlockYSize="{TILE}"' if form == "GTiff" else f'BlockXSize="{TILE}" BlockYSize="1"'
    whole = f'xOff="0" yOff="0" xSize="{TILE}" ySize="{TILE}"'
    for band in range(1, bands + 1):
        lines.append(f'<VRTRasterBand dataType="Byte" band="{band}">')
        for row in range(tiles):
            for col in range(tiles):
                name = f"{folder}/{level}/{row}/{col}.{FORMATS[form][0]}"
                lines.append(
                    f'<SimpleSource><SourceFilename relativeToVRT="0">{name}</SourceFilename>'
                    f"<SourceBand>{band}</SourceBand>"
                    f'<SourceProperties RasterXSize="{TILE}" RasterYSize="{TILE}" DataType="Byte" {block}/>'
                    f'<SrcRect {whole}/><DstRect xOff="{col * TILE}" yOff="{row * TILE}" xSize="{TILE}" ySize="{TILE}"/>'
                    "</SimpleSource>"
                )
        lines.append("</VRTRasterBand>")
    pathlib.Path(path).write_text("\n".join([*lines, "</VRTDataset>", ""]))
