"""What mapchete's reader of tiled-assets items sees: mapchete_pixels.py ITEM PIXELS.npy [ITEM PIXELS.npy]...

Prints a line of JSON for each: CRS and geotransform, or the error. The item gives mapchete a pyramid, and the paths of
the tiles in it. The pixels are those of the finest level's tiles that the item's bbox touches, each where the pyramid
has it.
"""

import json
import sys

import numpy
import rasterio
from mapchete.bounds import Bounds
from mapchete.geometry import reproject_geometry, to_shape
from mapchete.stac import STACTA


def seen(item, target):
    stacta = STACTA.from_file(item)
    pyramid, level = stacta.tile_pyramid, max(stacta.zoom_levels)
    box = reproject_geometry(to_shape(Bounds.from_inp(stacta.bounds)), src_crs="EPSG:4326", dst_crs=pyramid.crs)
    tiles = list(pyramid.tiles_from_bounds(Bounds.from_inp(box.bounds), level))
    left, top, cell = min(tile.left for tile in tiles), max(tile.top for tile in tiles), tiles[0].pixel_x_size
    width = round((max(tile.right for tile in tiles) - left) / cell)
    height = round((top - min(tile.bottom for tile in tiles)) / cell)
    pixels = None
    for tile in tiles:
        if not stacta.get_tile_path(tile).exists():
            continue
        with rasterio.open(str(stacta.get_tile_path(tile))) as stored:
            read = stored.read()
        if pixels is None:
            pixels = numpy.zeros((len(read), height, width), read.dtype)
        row, col = round((top - tile.top) / cell), round((tile.left - left) / cell)
        pixels[: len(read), row : row + tile.height, col : col + tile.width] = read
    numpy.save(target, pixels)
    return {"crs": pyramid.crs.to_wkt(), "geotransform": [left, cell, 0, top, 0, -cell]}


if __name__ == "__main__":
    for pair in zip(sys.argv[1::2], sys.argv[2::2]):
        try:
            print(json.dumps(seen(*pair)))
        except ValueError as error:
            print(json.dumps({"error": str(error)}))
