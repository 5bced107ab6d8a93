"""LEVEL, EXTENT, MISSING_TILES: what of a directory of tiles is opened, against the plain tiles."""

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid


def opened(folder, **options):
    return gdal.OpenEx(str(folder.path), open_options=[f"{name}={value}" for name, value in options.items()])


def error_of(folder, **options):
    dataset, messages = errors_while(lambda: opened(folder, **options))
    errors = [text for kind, text in messages if kind == gdal.CE_Failure]
    assert dataset is None and len(errors) == 1
    return errors[0]


def tile_of(folder, level, col, row):
    side = level.tile
    return level.pixels[:, row * side : (row + 1) * side, col * side : (col + 1) * side]


def test_a_level_is_opened_alone(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=3))
    for level in folder.levels:
        dataset = opened(folder, LEVEL=level.name)
        assert dataset.GetRasterBand(1).GetOverviewCount() == 0
        assert dataset.GetGeoTransform()[1] == level.cell
        assert numpy.array_equal(dataset.ReadAsArray(), level.pixels[0])


def test_a_level_that_is_not_there_is_named_beside_those_that_are(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=3))
    assert "LEVEL: Test has no tile matrix '7', it has 0 to 2" in error_of(folder, LEVEL="7")


def test_the_extent_of_the_matrix_has_nodata_around_the_limits(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=2, matrix=(8, 8), first=(2, 4), tiles=(4, 2)), nodata=7)
    dataset = opened(folder, EXTENT="MATRIX")
    assert (dataset.RasterXSize, dataset.RasterYSize) == (8 * 16, 8 * 16)
    pixels = dataset.ReadAsArray()
    assert numpy.array_equal(pixels[64:96, 32:96], folder.finest.pixels[0])
    assert (pixels[:64] == 7).all() and (pixels[96:] == 7).all() and (pixels[:, :32] == 7).all()
    assert dataset.GetRasterBand(1).GetOverviewCount() == 1


def test_bounds_grow_to_whole_tiles(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(8, 8)))
    left, _, _, top = folder.finest.bounds
    side = 16 * 10.0
    dataset = opened(folder, EXTENT=f"{left + 2.5 * side},{top - 3.5 * side},{left + 3.5 * side},{top - 3.2 * side}")
    assert dataset.GetGeoTransform() == (left + 2 * side, 10.0, 0.0, top - 3 * side, 0.0, -10.0)
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels[0, 48:64, 32:64])


@pytest.mark.parametrize("extent", ["ALL", "1,2,3", "1,2,3,x", "5,5,1,1"])
def test_an_extent_that_is_none_is_refused(tmp_path, extent):
    folder = TileFolder(tmp_path, pyramid(levels=1))
    assert f"EXTENT: is '{extent}', should be LIMITS, MATRIX or minx,miny,maxx,maxy" in error_of(folder, EXTENT=extent)


def test_an_extent_beyond_the_matrix_is_refused(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1))
    assert "lies beyond tile matrix 0" in error_of(folder, EXTENT="0,0,10,10")


def test_a_missing_tile_is_nodata_or_an_error_as_one_likes(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)), absent={("0", 1, 0)}, nodata=9)
    assert (opened(folder).ReadAsArray()[16:, :16] == 9).all()
    strict = opened(folder, MISSING_TILES="ERROR")
    pixels, messages = errors_while(lambda: strict.ReadAsArray())
    assert pixels is None
    assert "0/1/0.tif: absent, and open option MISSING_TILES is ERROR" in messages[0][1]
    assert numpy.array_equal(strict.ReadAsArray(16, 0, 16, 32), folder.finest.pixels[0, :, 16:])
    assert "MISSING_TILES: is 'NO'" in error_of(folder, MISSING_TILES="NO")


def test_missing_tiles_by_the_name_that_stacta_has_for_them(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)), absent={("0", 1, 0)}, nodata=9)
    for skip, missing in [("YES", {}), ("NO", {"MISSING_TILES": "NODATA"})]:
        dataset, messages = errors_while(lambda: opened(folder, SKIP_MISSING_METATILE=skip, **missing))
        assert (dataset.ReadAsArray()[16:, :16] == 9).all() and messages == []
    strict = opened(folder, SKIP_MISSING_METATILE="NO")
    assert errors_while(lambda: strict.ReadAsArray())[0] is None


def test_whole_metatiles_have_the_same_pixels(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2), tile=256))
    dataset, messages = errors_while(lambda: opened(folder, WHOLE_METATILE="YES"))
    assert messages == []
    assert numpy.array_equal(dataset.ReadAsArray(7, 5, 3, 3), folder.finest.pixels[0, 5:8, 7:10])


def test_missing_tiles_beyond_the_limits_are_no_error(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, matrix=(4, 4), first=(1, 1), tiles=(2, 2)))
    dataset = opened(folder, EXTENT="MATRIX", MISSING_TILES="ERROR")
    assert numpy.array_equal(dataset.ReadAsArray()[16:48, 16:48], folder.finest.pixels[0])


def test_each_part_keeps_statistics_of_its_own(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=2))
    for level in folder.levels:
        dataset = opened(folder, LEVEL=level.name)
        low, high, mean, _ = dataset.GetRasterBand(1).GetStatistics(False, True)
        assert (low, high) == (level.pixels.min(), level.pixels.max())
        assert mean == pytest.approx(level.pixels.mean())
        del dataset
    for level in folder.levels:
        dataset = opened(folder, LEVEL=level.name)
        assert dataset.GetRasterBand(1).GetStatistics(False, False)[:2] == [level.pixels.min(), level.pixels.max()]


def test_tiles_that_are_cut_at_the_end_of_the_matrix_are_filled_with_nodata(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)), nodata=9, bands=2)
    expected = folder.finest.pixels.copy()
    for col, row, width, height in [(1, 0, 5, 16), (0, 1, 16, 3), (1, 1, 5, 3)]:
        tile = tile_of(folder, folder.finest, col, row)[:, :height, :width]
        folder.write_tile(folder.tile_path("0", row, col), tile)
    expected[:, :, 16 + 5 :] = 9
    expected[:, 16 + 3 :] = 9
    assert numpy.array_equal(folder.open().ReadAsArray(), expected)


def test_a_smaller_tile_in_the_middle_is_an_error(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)))
    folder.write_tile(folder.tile_path("0", 0, 0), folder.finest.pixels[:, :16, :5])
    pixels, messages = errors_while(lambda: folder.open().ReadAsArray())
    assert pixels is None
    assert "0/0/0.tif: 5 x 16" in messages[0][1]
