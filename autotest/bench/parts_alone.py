"""CPU seconds of the parts of the job alone, in one thread, by GDAL and plain file calls: parts_alone.py ORDER.json FOLDER

decode    the elevation model, read whole
resample  RasterIO, bilinear, from Float32 in memory to as many pixels as the level has
shade     gdaldem's hillshade on Float32 in memory, in strips that stay in the processor's cache
encode    tiled GTiff in memory, one block a tile
write     tiles to temporary names, renamed
sync      syncfs at the end

Prints JSON: part -> [CPU seconds, wall seconds]. The order is written by contenders.py.
"""

import ctypes
import json
import os
import pathlib
import sys
import time

import numpy as np
from osgeo import gdal, gdal_array

gdal.UseExceptions()

DECODED_ROWS = 256
SHADED_ROWS = 64


class Clock:
    """Adds up what is spent inside `with clock.part(name)`."""

    def __init__(self):
        self.spent = {}

    def part(self, name):
        self.name = name
        return self

    def __enter__(self):
        self.cpu, self.wall = time.process_time(), time.monotonic()

    def __exit__(self, *error):
        cpu, wall = self.spent.get(self.name, (0, 0))
        self.spent[self.name] = (cpu + time.process_time() - self.cpu, wall + time.monotonic() - self.wall)


def decode(dem, clock):
    band = dem.GetRasterBand(1)
    heights = np.empty((dem.RasterYSize, dem.RasterXSize), np.float32)
    buffer = np.empty((DECODED_ROWS, dem.RasterXSize), np.int16)
    for top in range(0, dem.RasterYSize, DECODED_ROWS):
        rows = min(DECODED_ROWS, dem.RasterYSize - top)
        with clock.part("decode"):
            band.ReadRaster(0, top, dem.RasterXSize, rows, buf_obj=buffer[:rows])
        heights[top : top + rows] = buffer[:rows]
    return gdal_array.OpenArray(heights)


def resample(source, first, last, height, width, buffer, clock):
    """Rows first to last of height, from the like part of the source."""
    factor = source.RasterYSize / height
    with clock.part("resample"):
        source.GetRasterBand(1).ReadRaster(
            0,
            first * factor,
            source.RasterXSize,
            (last - first) * factor,
            buf_xsize=width,
            buf_ysize=last - first,
            buf_type=gdal.GDT_Float32,
            resample_alg=gdal.GRIORA_Bilinear,
            buf_obj=buffer[: last - first],
        )


def shade(strip, order, shaded, clock):
    cell = order["cell_size"]
    for top in range(0, len(strip), SHADED_ROWS):
        piece = gdal_array.OpenArray(strip[top : top + SHADED_ROWS])
        piece.SetGeoTransform([0, cell, 0, 0, 0, -cell])
        with clock.part("shade"):
            made = gdal.DEMProcessing("", piece, "hillshade", format="MEM", scale=order["scale"], computeEdges=True)
        shaded[top : top + SHADED_ROWS] = made.ReadAsArray()


def encode(shaded, order, clock):
    """The bytes of a file with a block for each tile."""
    side = order["tile_size"]
    options = [f"{key}={value}" for key, value in order["options"].items()]
    options += ["TILED=YES", f"BLOCKXSIZE={side}", f"BLOCKYSIZE={side}"]
    path = "/vsimem/strip.tif"
    rows, cols = shaded.shape
    with clock.part("encode"):
        dataset = gdal.GetDriverByName("GTiff").Create(path, cols, rows, 1, gdal.GDT_Byte, options)
        dataset.GetRasterBand(1).WriteRaster(0, 0, cols, rows, shaded)
        del dataset
    file = gdal.VSIFOpenL(path, "rb")
    encoded = gdal.VSIFReadL(1, gdal.VSIStatL(path).size, file)
    gdal.VSIFCloseL(file)
    gdal.Unlink(path)
    return encoded


def write(encoded, tiles, row, folder, clock):
    """As many files as there are tiles, of that many bytes together."""
    pieces = [encoded[len(encoded) * col // tiles : len(encoded) * (col + 1) // tiles] for col in range(tiles)]
    with clock.part("write"):
        os.mkdir(f"{folder}/{row}")
        for col, piece in enumerate(pieces):
            temporary = f"{folder}/tmp-{col}"
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            os.write(descriptor, piece)
            os.close(descriptor)
            os.rename(temporary, f"{folder}/{row}/{col}.tif")


def sync(folder, clock):
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(folder, os.O_RDONLY)
    with clock.part("sync"):
        if libc.syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), f"syncfs of {folder}")
    os.close(descriptor)


def main(order_path, folder):
    order = json.loads(pathlib.Path(order_path).read_text())
    clock = Clock()
    dem = gdal.Open(order["dem"])
    source = decode(dem, clock)
    x_scale, y_scale = order["kernel_scale"]
    width, height, side = round(dem.RasterXSize * x_scale), round(dem.RasterYSize * y_scale), order["tile_size"]
    heights = np.empty((side, width), np.float32)
    shaded = np.empty((side, width), np.uint8)
    for row, top in enumerate(range(0, height, side)):
        rows = min(side, height - top)
        resample(source, top, top + rows, height, width, heights, clock)
        shade(heights[:rows], order, shaded[:rows], clock)
        write(encode(shaded[:rows], order, clock), -(-width // side), row, folder, clock)
    sync(folder, clock)
    print(json.dumps(clock.spent))


if __name__ == "__main__":
    main(*sys.argv[1:])
