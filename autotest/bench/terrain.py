"""Writes a synthetic elevation model, the same bytes for the same seed: terrain.py PATH [--size N] [--seed N]

Int16, striped, not compressed. Cells of 4/8192 degree from 10 E, 49 N: 8192 x 8192 of them reach 14 E, 45 N; fewer are a
smaller piece of terrain with the same cells. Roughness grows with height, so there are plains and mountains, and DEFLATE
makes of it and of its hillshade what it makes of SRTM between the two.
"""

import argparse

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()

CELL = 4 / 8192
WEST, NORTH = 10, 49

# Distance in cells between the independent heights of the coarsest step.
COARSEST = 1024
# Below this distance terrain is smooth.
FINEST = 2
# Metres of displacement at a distance of one cell, and how it grows with the distance (1: self-similar).
ROUGHNESS, HURST = 9, 0.72


def doubled(heights):
    """Twice as many rows, on the cubic B-spline through the given ones; the outermost are lost."""
    inner = heights[1:-1]
    finer = np.empty((2 * len(inner), heights.shape[1]), np.float32)
    finer[0::2] = (heights[:-2] + 6 * inner + heights[2:]) / 8
    finer[1::2] = (inner + heights[2:]) / 2
    return finer


def terrain(size, seed):
    """Heights in metres, size x size, Int16."""
    generator = np.random.default_rng(seed)

    def displacement(rows, distance):
        return generator.standard_normal((rows, rows), np.float32) * np.float32(ROUGHNESS * distance**HURST)

    distance = COARSEST
    rows = -(-size // distance) + 4
    heights = displacement(rows, distance)
    while distance > 1:
        distance //= 2
        heights = doubled(doubled(heights).T).T
        # Kept are the wanted size and what later steps lose at the edges.
        rows = -(-size // distance) + 4
        heights = np.ascontiguousarray(heights[:rows, :rows])
        if distance >= FINEST:
            relief = np.clip(0.45 + heights / 1600, 0.12, 1.2)
            heights += displacement(len(heights), distance) * relief
    return np.clip(np.rint(heights[:size, :size] + 900), 0, 8000).astype(np.int16)


def write(path, size, seed):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), size, size, 1, gdal.GDT_Int16)
    dataset.SetGeoTransform([WEST, CELL, 0, NORTH, 0, -CELL])
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    dataset.SetSpatialRef(reference)
    dataset.GetRasterBand(1).WriteArray(terrain(size, seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--size", type=int, default=8192)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write(arguments.path, arguments.size, arguments.seed)
