"""Writes windows of random pixels into a directory of tiles, and prints each that FlushCache() has confirmed.

    gdal_updates.py DATASET [--first 0] [--updates 8] [--refresh FLUSH|CLOSE|NO]

The description of the first band counts them, so that the item changes with the tiles.
"""

import argparse
import random

import numpy as np
from osgeo import gdal

gdal.UseExceptions()


def window(update, width, height):
    """Column, row, columns and rows of an update: about half of the raster."""
    chosen = random.Random(update)
    columns, rows = chosen.randrange(width // 2, width), chosen.randrange(height // 2, height)
    return chosen.randrange(width - columns), chosen.randrange(height - rows), columns, rows


def pixels(update, columns, rows):
    """Never nodata, which is 0; different from update to update."""
    return np.random.default_rng(update).integers(1, 255, (rows, columns)).astype(np.uint8)


def updated(before, updates):
    """The raster after so many updates of what was there before."""
    raster = before.copy()
    for update in range(updates):
        col, row, columns, rows = window(update, raster.shape[1], raster.shape[0])
        raster[row : row + rows, col : col + columns] = pixels(update, columns, rows)
    return raster


def description(update):
    return f"update {update}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--updates", type=int, default=8, help="how many there are in all")
    parser.add_argument("--refresh", choices=["FLUSH", "CLOSE", "NO"], default="FLUSH")
    arguments = parser.parse_args()
    dataset = gdal.OpenEx(
        arguments.dataset,
        gdal.OF_UPDATE,
        allowed_drivers=["TileDir"],
        open_options=[f"REFRESH={arguments.refresh}"],
    )
    for update in range(arguments.first, arguments.updates):
        col, row, columns, rows = window(update, dataset.RasterXSize, dataset.RasterYSize)
        dataset.WriteArray(pixels(update, columns, rows), col, row)
        dataset.GetRasterBand(1).SetDescription(description(update))
        dataset.FlushCache()
        print(f"confirmed {description(update)}", flush=True)
    dataset = None


if __name__ == "__main__":
    main()
