"""Stored tiles that are larger than tiles: the buffer is cut off."""

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid

SIDES = ("top", "left", "bottom", "right")


def buffered(tmp_path, levels, buffer, borders=None, range_of_borders="matrix", **more):
    """Tiles with values around them that are in no tile; where `borders` are false, tiles at the end have none."""
    folder = TileFolder(tmp_path, levels, dtype="int16", **more)
    borders = borders or {}
    for level in levels:
        first_col, first_row = (0, 0) if range_of_borders == "matrix" else (level.first_col, level.first_row)
        cols, rows = level.matrix if range_of_borders == "matrix" else (level.cols, level.rows)
        for row in range(level.first_row, level.first_row + level.rows):
            for col in range(level.first_col, level.first_col + level.cols):
                ends = {
                    "top": row == first_row,
                    "left": col == first_col,
                    "bottom": row == first_row + rows - 1,
                    "right": col == first_col + cols - 1,
                }
                width = {
                    side: 0 if ends[side] and not borders.get("border_" + side, True) else buffer.get(side, 0)
                    for side in SIDES
                }
                path = folder.tile_path(level.name, row, col)
                size = level.tile
                top, left = (row - level.first_row) * size, (col - level.first_col) * size
                pixels = level.pixels[:, top : top + size, left : left + size]
                around = ((0, 0), (width["top"], width["bottom"]), (width["left"], width["right"]))
                path.unlink()
                folder.write_tile(path, numpy.pad(pixels, around, constant_values=-5))
    link = folder.item["properties"]["tiles:tile_matrix_links"]["Test"]
    link["pixel_buffer"] = {level.name: dict(buffer, **borders) for level in levels}
    return folder.write_item()


@pytest.mark.parametrize(
    "buffer, borders",
    [
        ({"top": 2, "left": 2, "bottom": 2, "right": 2}, {}),
        ({"top": 1, "right": 3}, {}),
        ({"left": 4}, {"border_left": False}),
        ({"top": 2, "left": 3, "bottom": 4, "right": 5}, {f"border_{side}": False for side in SIDES}),
    ],
)
def test_buffers_are_cut_off(tmp_path, buffer, borders):
    folder = buffered(tmp_path, pyramid(), buffer, borders, bands=2)
    dataset = folder.open()
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)
    assert numpy.array_equal(dataset.GetRasterBand(2).GetOverview(1).ReadAsArray(), folder.levels[0].pixels[1])
    assert (dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() == 255).all()


@pytest.mark.parametrize("end", ["matrix", "limits"])
def test_a_buffer_that_ends_with_the_tiles_ends_with_the_matrix_or_its_limits(tmp_path, end):
    borders = {f"border_{side}": False for side in SIDES}
    levels = pyramid(levels=1, tiles=(3, 2), first=(1, 0), matrix=(6, 6))
    folder = buffered(tmp_path, levels, {"top": 2, "left": 2, "bottom": 3, "right": 4}, borders, end)
    assert numpy.array_equal(folder.open().ReadAsArray(), folder.finest.pixels[0])


def test_only_the_matrices_that_are_listed_have_buffers(tmp_path):
    folder = buffered(tmp_path, pyramid(levels=2), {"left": 2})
    plain = TileFolder(tmp_path / "plain", pyramid(levels=2), dtype="int16")
    for path in (plain.path / "0").rglob("*.tif"):
        (folder.path / path.relative_to(plain.path)).write_bytes(path.read_bytes())
    del folder.item["properties"]["tiles:tile_matrix_links"]["Test"]["pixel_buffer"]["0"]
    dataset = folder.write_item().open()
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels[0])
    assert numpy.array_equal(dataset.GetRasterBand(1).GetOverview(0).ReadAsArray(), plain.levels[0].pixels[0])


def test_a_tile_without_its_buffer_is_an_error(tmp_path):
    folder = buffered(tmp_path, pyramid(levels=1, tiles=(2, 2)), {"left": 2, "top": 1})
    folder.tile_path("0", 0, 1).unlink()
    folder.write_tile(folder.tile_path("0", 0, 1), folder.finest.pixels[:, :16, 16:])
    dataset = folder.open()
    pixels, messages = errors_while(dataset.ReadAsArray)
    assert pixels is None
    assert "0/0/1.tif: 16 x 16 pixels in 1 band where 18 x 17 pixels in 1 band are expected" in messages[0][1]


def test_a_buffer_that_makes_no_sense_is_refused_in_one_line(tmp_path):
    folder = buffered(tmp_path, pyramid(levels=1, tiles=(2, 2)), {"left": 2})
    folder.item["properties"]["tiles:tile_matrix_links"]["Test"]["pixel_buffer"]["0"]["left"] = -1
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.Open(str(tmp_path)))
    assert dataset is None
    assert len(messages) == 1 and "pixel_buffer.0.left: is -1, should be a whole number" in messages[0][1]
