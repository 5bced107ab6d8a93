"""A tile or an item that cannot be read is an error that names it, never pixels."""

import json

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid


@pytest.fixture
def folder(tmp_path):
    return TileFolder(tmp_path, pyramid(tile=32, tiles=(3, 3), levels=2), dtype="int16", bands=2, nodata=-1)


def truncated(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def text(path):
    path.write_text("this is no tile, but a proxy's error page")


def empty(path):
    path.write_bytes(b"")


def another_size(path):
    path.unlink()
    gdal.GetDriverByName("GTiff").Create(str(path), 16, 16, 2, gdal.GDT_Int16)


def one_band(path):
    path.unlink()
    gdal.GetDriverByName("GTiff").Create(str(path), 32, 32, 1, gdal.GDT_Int16)


def a_folder(path):
    path.unlink()
    path.mkdir()


def blocks_of_gigabytes(path):
    """Some hundred bytes that tell a block of 4 GB."""
    path.unlink()
    options = ["TILED=YES", "BLOCKXSIZE=32768", "BLOCKYSIZE=32768", "SPARSE_OK=TRUE", "COMPRESS=DEFLATE"]
    gdal.GetDriverByName("GTiff").Create(str(path), 32, 32, 2, gdal.GDT_Int16, options)
    assert path.stat().st_size < 2000


@pytest.mark.parametrize("damage", [truncated, text, empty, another_size, one_band, blocks_of_gigabytes, a_folder])
@pytest.mark.parametrize("reading", ["whole", "one pixel", "downsampled", "translate"])
def test_a_broken_tile_is_an_error_that_names_it(folder, damage, reading):
    path = folder.tile_path("1", 1, 2)
    damage(path)
    dataset = folder.open()
    actions = {
        "whole": dataset.ReadAsArray,
        "one pixel": lambda: dataset.GetRasterBand(2).ReadAsArray(70, 40, 1, 1),
        "downsampled": lambda: dataset.ReadAsArray(buf_xsize=80, buf_ysize=80),
        "translate": lambda: gdal.Translate("/vsimem/copy.tif", dataset),
    }
    result, messages = errors_while(actions[reading])
    assert result is None
    told = [message for kind, message in messages if str(path) in message]
    assert told and "\n" not in told[0]
    assert all(kind == gdal.CE_Failure for kind, message in messages if str(path) in message)


def test_the_others_are_still_read(folder):
    text(folder.tile_path("1", 1, 2))
    dataset = folder.open()
    assert errors_while(dataset.ReadAsArray)[0] is None
    assert numpy.array_equal(dataset.ReadAsArray(0, 0, 96, 32), folder.finest.pixels[:, :32])
    assert numpy.array_equal(dataset.ReadAsArray(0, 0, 64, 96), folder.finest.pixels[:, :, :64])


def test_a_tile_that_is_mended_is_read_again(folder):
    path = folder.tile_path("1", 1, 2)
    whole = path.read_bytes()
    text(path)
    dataset = folder.open()
    assert errors_while(dataset.ReadAsArray)[0] is None
    path.write_bytes(whole)
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)


def test_a_broken_overview_tile_is_an_error_too(folder):
    path = folder.tile_path("0", 0, 0)
    text(path)
    dataset = folder.open()
    overview = dataset.GetRasterBand(1).GetOverview(0)
    result, messages = errors_while(overview.ReadAsArray)
    assert result is None
    assert any(str(path) in message for _, message in messages)


def drop(item, *path):
    *parents, last = path
    for key in parents:
        item = item[key]
    del item[last]


def change(item, value, *path):
    *parents, last = path
    for key in parents:
        item = item[key]
    item[last] = value


MATRICES = ("properties", "tiles:tile_matrix_sets", "Test", "tileMatrices")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda item: drop(item, "properties", "tiles:tile_matrix_sets"),
        lambda item: drop(item, "asset_templates"),
        lambda item: change(item, {}, "asset_templates"),
        lambda item: drop(item, "asset_templates", "tiles", "href"),
        lambda item: change(item, "{TileMatrix}/{Unknown}.tif", "asset_templates", "tiles", "href"),
        lambda item: change(item, 12, "asset_templates", "tiles", "href"),
        lambda item: change(item, "spin", "asset_templates", "tiles", "bands", 0, "data_type"),
        lambda item: change(item, -10, *MATRICES, 0, "cellSize"),
        lambda item: change(item, "wide", *MATRICES, 0, "tileWidth"),
        lambda item: change(item, 10**9, *MATRICES, 1, "tileWidth"),
        lambda item: change(item, [], *MATRICES),
        lambda item: change(item, "nowhere", "properties", "tiles:tile_matrix_sets", "Test", "crs"),
        lambda item: change(item, None, "properties"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_in_one_line(folder, spoil):
    spoil(folder.item)
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.Open(str(folder.path)))
    assert dataset is None
    assert len(messages) == 1, messages
    assert "\n" not in messages[0][1]


def test_a_truncated_item_is_refused_by_its_path(folder):
    item = folder.path / "stac.json"
    whole = json.dumps(folder.item)
    item.write_text(whole[: len(whole) // 2])
    dataset, messages = errors_while(lambda: gdal.Open(str(folder.path)))
    assert dataset is None
    assert [str(item) in message for _, message in messages] == [True]
