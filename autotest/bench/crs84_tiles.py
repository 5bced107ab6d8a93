"""Tiles of WorldCRS84Quad over the elevation model of terrain.py, so that each program is asked for the same."""

import math

import terrain


def tile_degrees(level):
    return 180 / 2**level


def tiles_within(level, size, multiple):
    """Rows and columns, as two ranges, that a model of that size fills: whole squares of `multiple` tiles a side."""
    step = tile_degrees(level) * multiple

    def whole(first, last):
        """Degrees from the grid's origin."""
        return range(math.ceil(first / step) * multiple, math.floor(last / step) * multiple)

    west, north, extent = terrain.WEST + 180, 90 - terrain.NORTH, size * terrain.CELL
    return whole(north, north + extent), whole(west, west + extent)


def bounds_of(level, rows, cols):
    """West, south, east, north, less a hundredth of a tile: what touches mapchete's bounds counts."""
    tile = tile_degrees(level)
    west, east = (cols.start + 0.01) * tile - 180, (cols.stop - 0.01) * tile - 180
    north, south = 90 - (rows.start + 0.01) * tile, 90 - (rows.stop - 0.01) * tile
    return [west, south, east, north]
