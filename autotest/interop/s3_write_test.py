"""Directories of tiles in a bucket that is written to. The server is a real one; its answers fail on purpose."""

import multiprocessing

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid
from write_test import check_levels, levels_of, random_pixels, update, write_stripes

TILE, SIDE = 16, 8


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    gdal.DontUseExceptions()


def folder_in(s3, **options):
    folder = TileFolder(s3.folder / "tiles", pyramid(tile=TILE, tiles=(SIDE, SIDE), levels=3), **options)
    s3.tag()
    return folder


def test_pixels_are_written_by_one_put_a_tile(s3):
    folder_in(s3)
    pixels = random_pixels()
    dataset = update(f"s3://{s3.name}/tiles")
    s3.proxy.forget()
    dataset.WriteArray(pixels)
    dataset.FlushCache()
    puts = [request.path for request in s3.proxy.requests() if request.method == "PUT" and request.path.endswith(".tif")]
    assert len(puts) == len(set(puts)) == 64 + 16 + 4
    del dataset
    check_levels(f"s3://{s3.name}/tiles", pixels)


def test_what_was_written_is_seen_at_once(s3):
    folder_in(s3, nodata=0, absent={("2", 0, 0)})
    dataset = update(f"s3://{s3.name}/tiles")
    assert (dataset.ReadAsArray(0, 0, 16, 16) == 0).all()
    dataset.WriteArray(numpy.full((8, 8), 99, "uint8"), 4, 4)
    dataset.FlushCache()
    assert (dataset.ReadAsArray(4, 4, 8, 8) == 99).all() and dataset.ReadAsArray(0, 0, 1, 1) == 0
    assert (gdal.Open(f"s3://{s3.name}/tiles").ReadAsArray(4, 4, 8, 8) == 99).all()


def write_stripes_there(name, config, first, seed):
    for key, value in config.items():
        gdal.SetConfigOption(key, value)
    return write_stripes(name, first, seed, turns=2)


def test_two_processes_write_halves_of_the_same_tiles(s3):
    folder_in(s3)
    name = f"s3://{s3.name}/tiles"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        jobs = [(name, s3.config, 0, 3), (name, s3.config, 1, 4)]
        even, odd = pool.starmap(write_stripes_there, jobs)
    pixels = numpy.where(numpy.arange(SIDE * TILE) % 2 == 0, even, odd)[numpy.newaxis]
    check_levels(name, pixels)


@pytest.mark.parametrize("fault", [503, 500, "reset", "truncate"])
def test_failures_that_pass_are_tried_again(s3, fault):
    folder_in(s3)
    pixels = random_pixels()
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.01")
    try:
        with s3.proxy.fault(fault, path="tif$", times=1, each_path=True):
            dataset = update(f"s3://{s3.name}/tiles")
            dataset.WriteArray(pixels[:, :70, :90])
            _, messages = errors_while(dataset.FlushCache)
            assert messages == []
            del dataset
    finally:
        gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", None)
    assert numpy.array_equal(levels_of(f"s3://{s3.name}/tiles")[0][:, :70, :90], pixels[:, :70, :90])


def test_a_server_that_forbids_is_an_error_and_changes_nothing(s3):
    folder = folder_in(s3)
    before = {path: path.read_bytes() for path in folder.path.rglob("*.tif")}
    dataset = update(f"s3://{s3.name}/tiles")
    dataset.WriteArray(random_pixels())
    with s3.proxy.fault(403, path="tif$", times=100000):
        _, messages = errors_while(dataset.FlushCache)
        assert any("403" in text for _, text in messages), messages
        errors_while(dataset.FlushCache)
    assert before == {path: path.read_bytes() for path in folder.path.rglob("*.tif")}
    del dataset  # the server allows it now
    check_levels(f"s3://{s3.name}/tiles", random_pixels())


def test_delete_empties_the_bucket(s3):
    folder = folder_in(s3)
    assert gdal.GetDriverByName("TileDir").Delete(f"s3://{s3.name}/tiles") == 0
    assert [path for path in folder.path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("fault", [503, "reset", "truncate"])
def test_a_fifth_of_all_requests_fails_and_the_pixels_are_right(s3, fault):
    folder_in(s3)
    pixels = random_pixels()
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.01")
    gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", "10")
    try:
        with s3.proxy.fault(fault, fraction=0.2):
            dataset = update(f"s3://{s3.name}/tiles")
            for row in range(0, SIDE * TILE, 40):
                dataset.WriteArray(pixels[:, row : row + 40], 0, row)
                _, messages = errors_while(dataset.FlushCache)
                assert messages == []
            del dataset
    finally:
        gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", None)
        gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", None)
    check_levels(f"s3://{s3.name}/tiles", pixels)


def test_a_name_in_vsis3_opens_for_update_after_gdal_has_complained_before_it_asks_any_driver(s3):
    folder_in(s3)
    name = f"/vsis3/{s3.name}/tiles"
    _, of_no_driver = errors_while(lambda: gdal.OpenEx(name, gdal.OF_UPDATE, allowed_drivers=["HFA"]))
    dataset, messages = errors_while(lambda: gdal.OpenEx(name, gdal.OF_UPDATE))
    assert messages == of_no_driver and all("Only read-only mode" in message for _, message in messages)
    dataset.WriteArray(numpy.full((8, 8), 99, "uint8"))
    assert dataset.FlushCache() in (None, gdal.CE_None)
    assert (dataset.ReadAsArray(0, 0, 8, 8) == 99).all()
