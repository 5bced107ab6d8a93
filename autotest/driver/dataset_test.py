"""What the dataset says and shows, against the plain tiles put together with NumPy."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest
from osgeo import gdal, osr

from tile_folder import Level, TileFolder, errors_while, pyramid


def pixels_of(dataset, *window):
    pixels = dataset.ReadAsArray(*window)
    assert pixels is not None, gdal.GetLastErrorMsg()
    return pixels if pixels.ndim == 3 else pixels[numpy.newaxis]


def test_size_geotransform_and_crs_are_those_of_the_finest_level(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(4, 6), first=(2, 1), matrix=(8, 8), levels=2))
    dataset = folder.open()
    assert (dataset.RasterXSize, dataset.RasterYSize) == (64, 96)
    left, _, _, top = folder.finest.bounds
    assert dataset.GetGeoTransform() == (left, 10.0, 0.0, top, 0.0, -10.0)
    expected = osr.SpatialReference()
    expected.ImportFromEPSG(3857)
    assert dataset.GetSpatialRef().IsSame(expected)
    assert dataset.GetSpatialRef().GetDataAxisToSRSAxisMapping() == [1, 2]


def test_blocks_are_tiles(tmp_path):
    dataset = TileFolder(tmp_path, pyramid(tile=32, tiles=(2, 2), levels=1)).open()
    assert dataset.GetRasterBand(1).GetBlockSize() == [32, 32]


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64", "complex64", "int64", "uint64"]
)
def test_pixels_of_every_type_equal_the_tiles(tmp_path, dtype):
    folder = TileFolder(tmp_path, pyramid(tiles=(3, 2), levels=1), dtype=dtype)
    pixels = pixels_of(folder.open())
    assert pixels.dtype == folder.dtype
    assert numpy.array_equal(pixels, folder.finest.pixels)


@pytest.mark.parametrize("bands", [2, 3, 7])
def test_all_bands_equal_the_tiles(tmp_path, bands):
    folder = TileFolder(tmp_path, pyramid(tiles=(3, 2), levels=2), dtype="int16", bands=bands)
    dataset = folder.open()
    assert dataset.RasterCount == bands
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels)
    for band in range(bands):
        assert numpy.array_equal(dataset.GetRasterBand(band + 1).ReadAsArray(), folder.finest.pixels[band])


@pytest.mark.parametrize("window", [(0, 0, 1, 1), (15, 15, 2, 2), (17, 3, 1, 1), (5, 7, 40, 25), (47, 31, 1, 1)])
def test_windows_that_cross_tiles_equal_the_tiles(tmp_path, window):
    folder = TileFolder(tmp_path, pyramid(tiles=(3, 2), levels=1), dtype="float32", bands=2)
    col, row, width, height = window
    expected = folder.finest.pixels[:, row : row + height, col : col + width]
    assert numpy.array_equal(pixels_of(folder.open(), *window), expected)


def test_every_window_equals_the_tiles(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tile=8, tiles=(5, 4), levels=1), dtype="int16", bands=2)
    dataset = folder.open()
    random = numpy.random.default_rng(7)
    for _ in range(300):
        left, right = sorted(random.choice(41, 2, replace=False).tolist())
        top, bottom = sorted(random.choice(33, 2, replace=False).tolist())
        pixels = pixels_of(dataset, left, top, right - left, bottom - top)
        assert numpy.array_equal(pixels, folder.finest.pixels[:, top:bottom, left:right])


def test_a_buffer_of_another_type_and_layout_gets_the_same_pixels(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1), dtype="int16", bands=3)
    raw = folder.open().ReadRaster(
        3, 5, 20, 25, 20, 25, gdal.GDT_Float32, [3, 1], buf_pixel_space=8, buf_line_space=160, buf_band_space=4
    )
    pixels = numpy.frombuffer(raw, "float32").reshape(25, 20, 2)
    expected = folder.finest.pixels[[2, 0], 5:30, 3:23].transpose(1, 2, 0)
    assert numpy.array_equal(pixels, expected)


def test_overviews_are_the_coarser_tile_matrices(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(8, 8), levels=4), dtype="int16", bands=2)
    dataset = folder.open()
    for number in (1, 2):
        band = dataset.GetRasterBand(number)
        assert band.GetOverviewCount() == 3
        for index in range(3):
            expected = folder.levels[2 - index].pixels[number - 1]
            overview = band.GetOverview(index)
            assert (overview.YSize, overview.XSize) == expected.shape
            assert numpy.array_equal(overview.ReadAsArray(), expected)
    assert dataset.GetRasterBand(1).GetOverview(3) is None
    assert dataset.GetRasterBand(1).GetOverview(-1) is None


def test_an_overview_is_cut_to_the_extent_of_the_base(tmp_path):
    """Base tiles 3 to 5 begin and end inside of the coarser tiles 1 and 2."""
    folder = TileFolder(tmp_path, pyramid(tiles=(3, 3), first=(3, 3), matrix=(8, 8), levels=2))
    dataset = folder.open()
    assert (dataset.RasterXSize, dataset.RasterYSize) == (48, 48)
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels)
    overview = dataset.GetRasterBand(1).GetOverview(0)
    assert (overview.XSize, overview.YSize) == (24, 24)
    assert numpy.array_equal(overview.ReadAsArray(), folder.levels[0].pixels[0, 8:32, 8:32])


def test_a_coarser_matrix_that_does_not_divide_the_extent_is_no_overview(tmp_path):
    """Tiles of 4 pixels, an extent of 3 tiles: 12 pixels are 6 and 3 of the coarser ones, but not a multiple of 8."""
    folder = TileFolder(tmp_path, pyramid(tile=4, tiles=(3, 3), matrix=(8, 8), levels=4))
    dataset = folder.open()
    band = dataset.GetRasterBand(1)
    assert (dataset.RasterXSize, dataset.RasterYSize) == (12, 12)
    assert [band.GetOverview(index).XSize for index in range(band.GetOverviewCount())] == [6, 3]


def test_a_large_extent_grows_a_little_so_that_every_overview_is_exact(tmp_path):
    """The first of 127 tiles of 2 pixels is no multiple of 4: one tile more on the left makes it one. What lies there
    is outside of the limits, and not read."""
    levels = pyramid(tile=2, tiles=(127, 4), first=(1, 0), matrix=(128, 4), levels=3)
    folder = TileFolder(tmp_path, levels, nodata=7)
    folder.write_tile(folder.tile_path("2", 0, 0), numpy.full((1, 2, 2), 99, "uint8"))
    dataset = folder.open()
    left, _, _, top = folder.finest.bounds
    assert dataset.GetGeoTransform() == (left - 20, 10.0, 0.0, top, 0.0, -10.0)
    assert (dataset.RasterXSize, dataset.RasterYSize) == (256, 8)
    pixels = pixels_of(dataset)
    assert (pixels[:, :, :2] == 7).all()
    assert numpy.array_equal(pixels[:, :, 2:], folder.finest.pixels)
    band = dataset.GetRasterBand(1)
    assert band.GetOverviewCount() == 2
    for index in range(2):
        assert band.GetOverview(index).XSize * 2 ** (index + 1) == 256
        assert numpy.array_equal(band.GetOverview(index).ReadAsArray(), folder.levels[1 - index].pixels[0])


def test_matrices_that_are_no_powers_of_two_are_overviews_where_their_pixels_nest(tmp_path):
    levels = [Level("a", 60.0, 16, (1, 1)), Level("b", 25.0, 16, (2, 2)), Level("c", 20.0, 16, (3, 3))]
    levels.append(Level("d", 10.0, 16, (6, 6)))
    folder = TileFolder(tmp_path, levels, dtype="uint16")
    dataset = folder.open()
    band = dataset.GetRasterBand(1)
    assert [band.GetOverview(index).XSize for index in range(band.GetOverviewCount())] == [48, 16]
    assert numpy.array_equal(band.GetOverview(0).ReadAsArray(), levels[2].pixels[0])
    assert numpy.array_equal(band.GetOverview(1).ReadAsArray(), levels[0].pixels[0])


@pytest.mark.parametrize("bands", [1, 3])
def test_a_downsampled_read_takes_its_pixels_from_the_overview(tmp_path, bands):
    folder = TileFolder(tmp_path, pyramid(tiles=(8, 8), levels=3), bands=bands)
    dataset = folder.open()
    half = dataset.ReadAsArray(buf_xsize=64, buf_ysize=64).reshape(bands, 64, 64)
    assert numpy.array_equal(half, folder.levels[1].pixels)
    quarter = dataset.ReadAsArray(64, 64, 64, 64, buf_xsize=16, buf_ysize=16).reshape(bands, 16, 16)
    assert numpy.array_equal(quarter, folder.levels[0].pixels[:, 16:, 16:])


def test_an_upsampled_read_repeats_pixels(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1))
    twice = folder.open().ReadAsArray(3, 3, 20, 20, buf_xsize=40, buf_ysize=40)
    assert numpy.array_equal(twice, folder.finest.pixels[0, 3:23, 3:23].repeat(2, 0).repeat(2, 1))


def test_absent_tiles_are_nodata(tmp_path):
    absent = [("1", 0, 1), ("1", 2, 2), ("0", 1, 1)]
    folder = TileFolder(tmp_path, pyramid(tiles=(4, 4), levels=2), dtype="int16", bands=2, nodata=-99, absent=absent)
    dataset = folder.open()
    assert dataset.GetRasterBand(1).GetNoDataValue() == -99
    assert dataset.GetRasterBand(2).GetNoDataValue() == -99
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_NODATA
    assert (folder.finest.pixels == -99).sum() == 2 * 2 * 256
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels)
    assert numpy.array_equal(dataset.GetRasterBand(2).GetOverview(0).ReadAsArray(), folder.levels[0].pixels[1])
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert numpy.array_equal(mask == 0, folder.finest.pixels[0] == -99)


def test_absent_tiles_are_zero_without_nodata_and_masked_out(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1), absent=[("0", 1, 0)])
    dataset = folder.open()
    assert dataset.GetRasterBand(1).GetNoDataValue() is None
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_PER_DATASET
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert (mask[16:, :16] == 0).all() and (mask == 255).sum() == 3 * 256
    assert (pixels_of(dataset)[:, 16:, :16] == 0).all()
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels)


def test_nodata_may_be_nan(tmp_path):
    folder = TileFolder(
        tmp_path, pyramid(tiles=(2, 2), levels=1), dtype="float32", nodata=float("nan"), absent=[("0", 0, 0)]
    )
    dataset = folder.open()
    assert numpy.isnan(dataset.GetRasterBand(1).GetNoDataValue())
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels, equal_nan=True)


def test_an_alpha_band_is_the_mask(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1), bands=2, absent=[("0", 0, 0)])
    folder.item["asset_templates"]["tiles"]["bands"][1]["eo:common_name"] = "alpha"
    dataset = folder.write_item().open()
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_ALPHA | gdal.GMF_PER_DATASET
    assert numpy.array_equal(dataset.GetRasterBand(1).GetMaskBand().ReadAsArray(), folder.finest.pixels[1])


def test_without_limits_the_extent_is_the_whole_matrix(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1, first=(1, 1), matrix=(4, 4)), nodata=3)
    del folder.item["properties"]["tiles:tile_matrix_links"]["Test"]["limits"]
    pixels = pixels_of(folder.write_item().open())
    assert pixels.shape == (1, 64, 64)
    assert numpy.array_equal(pixels[:, 16:48, 16:48], folder.finest.pixels)
    assert (pixels == 3).sum() >= 12 * 256


def test_bands_say_what_the_item_says_of_them(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(1, 1), levels=1), dtype="int16", bands=3)
    bands = folder.item["asset_templates"]["tiles"]["bands"]
    bands[0].update({"description": "Height above sea", "unit": "m", "raster:scale": 0.1, "raster:offset": -5})
    bands[1].update({"eo:common_name": "green"})
    dataset = folder.write_item().open()
    height, green, plain = (dataset.GetRasterBand(number) for number in (1, 2, 3))
    assert (height.GetDescription(), height.GetUnitType()) == ("Height above sea", "m")
    assert (height.GetScale(), height.GetOffset()) == (0.1, -5)
    assert (green.GetDescription(), green.GetColorInterpretation()) == ("b2", gdal.GCI_GreenBand)
    assert (plain.GetScale(), plain.GetOffset(), plain.GetUnitType()) == (None, None, "")


def test_the_dataset_says_what_the_item_says_of_it(tmp_path):
    dataset = TileFolder(tmp_path, pyramid(tiles=(1, 1), levels=1)).open()
    assert dataset.GetMetadataItem("TITLE") == "Made by hand"
    assert dataset.GetMetadataItem("DATETIME") == "2020-02-03T04:05:06Z"
    assert dataset.GetMetadataItem("TEMPLATE", "TILEDIR").endswith(TileFolder.template)
    assert dataset.GetFileList() == [str(tmp_path / "stac.json")]


def test_bands_left_out_of_the_item_are_those_of_a_tile(tmp_path):
    absent = [("0", 0, 0)]
    folder = TileFolder(
        tmp_path,
        pyramid(tiles=(2, 2), levels=2),
        dtype="int16",
        bands=2,
        nodata=-5,
        absent=absent,
        describe_bands=False,
    )
    dataset = folder.open()
    assert dataset.GetRasterBand(2).DataType == gdal.GDT_Int16
    assert dataset.GetRasterBand(2).GetNoDataValue() == -5
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels)


def test_types_left_out_of_the_item_are_those_of_a_tile(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1), dtype="float32", bands=2)
    asset = folder.item["asset_templates"]["tiles"]
    del asset["bands"]
    asset["eo:bands"] = [{"name": "B04", "common_name": "red"}, {"name": "B08"}]
    dataset = folder.write_item().open()
    assert [dataset.GetRasterBand(number).GetDescription() for number in (1, 2)] == ["B04", "B08"]
    assert dataset.GetRasterBand(1).GetColorInterpretation() == gdal.GCI_RedBand
    assert numpy.array_equal(pixels_of(dataset), folder.finest.pixels)


def test_the_path_of_a_pixels_tile_can_be_asked_for(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(4, 4), levels=2, first=(2, 4), matrix=(8, 8)))
    dataset = folder.open()
    band = dataset.GetRasterBand(1)
    told = band.GetMetadataItem("Pixel_17_3", "LocationInfo")
    assert told == f"<LocationInfo><File>{folder.tile_path('1', 4, 3)}</File></LocationInfo>"
    assert band.GetMetadataItem("Pixel_64_0", "LocationInfo") is None


def test_statistics_are_kept_beside_the_item(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1))
    dataset = folder.open()
    minimum, maximum, *_ = dataset.GetRasterBand(1).ComputeStatistics(False)
    assert (minimum, maximum) == (folder.finest.pixels.min(), folder.finest.pixels.max())
    del dataset
    assert (tmp_path / "stac.json.aux.xml").exists()
    again = folder.open()
    assert again.GetRasterBand(1).GetStatistics(True, False)[:2] == [minimum, maximum]
    assert len(again.GetFileList()) == 2


def test_reading_leaves_no_files(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=2))
    before = sorted(tmp_path.rglob("*"))
    folder.open().ReadAsArray()
    gdal.Info(str(tmp_path))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_translated_copy_equals_the_tiles(tmp_path):
    folder = TileFolder(tmp_path / "tiles", pyramid(tiles=(5, 3), levels=2), dtype="int16", bands=3, nodata=-1)
    copy = gdal.Translate(str(tmp_path / "copy.tif"), str(folder.path))
    assert numpy.array_equal(copy.ReadAsArray(), folder.finest.pixels)
    assert copy.GetGeoTransform() == folder.open().GetGeoTransform()
    assert copy.GetRasterBand(1).GetNoDataValue() == -1


def test_a_tile_that_changed_is_read_anew(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1))
    folder.open().ReadAsArray()
    changed = numpy.full((1, 16, 16), 201, "uint8")
    path = folder.tile_path("0", 0, 1)
    path.unlink()
    folder.write_tile(path, changed)
    assert (folder.open().ReadAsArray()[:16, 16:] == 201).all()


def test_an_item_with_several_assets_lists_them_and_opens_each(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1))
    assets = folder.item["asset_templates"]
    assets["other"] = json.loads(json.dumps(assets["tiles"]))
    assets["other"]["href"] = "other/{TileMatrix}/{TileRow}/{TileCol}.tif"
    folder.write_tile(tmp_path / "other/0/1/1.tif", numpy.full((1, 16, 16), 9, "uint8"))
    folder.write_item()
    listed = dict(gdal.Open(str(tmp_path)).GetSubDatasets())
    assert set(listed) == {f"TILEDIR:{tmp_path}:tiles", f"TILEDIR:{tmp_path}:other"}
    assert numpy.array_equal(gdal.Open(f"TILEDIR:{tmp_path}:tiles").ReadAsArray(), folder.finest.pixels[0])
    assert gdal.Open(f"TILEDIR:{tmp_path}:other").ReadAsArray().sum() == 9 * 256


@pytest.mark.parametrize("place", ["absolute", "beside"])
def test_the_tiles_may_lie_elsewhere(tmp_path, place):
    folder = TileFolder(tmp_path / "tiles", pyramid(tiles=(2, 2), levels=1))
    href = f"{folder.path}/{folder.template}" if place == "absolute" else f"../tiles/{folder.template}"
    folder.item["asset_templates"]["tiles"]["href"] = href
    items = tmp_path / "items"
    items.mkdir()
    (items / "one.json").write_text(json.dumps(folder.item))
    assert numpy.array_equal(pixels_of(gdal.Open(str(items / "one.json"))), folder.finest.pixels)


def test_many_threads_read_the_same(tmp_path):
    folder = TileFolder(tmp_path, pyramid(tile=64, tiles=(6, 6), levels=1), dtype="int16", bands=2)

    def read(number):
        dataset = folder.open()
        top = 10 * (number % 20)
        return numpy.array_equal(pixels_of(dataset, 0, top, 384, 150), folder.finest.pixels[:, top : top + 150])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(60)))
