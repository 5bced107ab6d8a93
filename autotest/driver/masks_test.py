"""Where a dataset has data: masks of tiles, absent tiles, alpha and nodata that tiles have of their own."""

import numpy
import pytest
from osgeo import gdal

from one_tile import OneTile, encoded, image, memory_raster
from tile_folder import TileFolder, errors_while, pyramid


def masked_tile(path, pixels, mask, options=()):
    """A GeoTIFF with a mask inside."""
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    bands, height, width = pixels.shape
    kind = gdal.GDT_Byte if pixels.dtype == "uint8" else gdal.GDT_Float32
    tile = gdal.GetDriverByName("GTiff").Create(str(path), width, height, bands, kind, list(options))
    tile.CreateMaskBand(gdal.GMF_PER_DATASET)
    tile.WriteArray(pixels)
    tile.GetRasterBand(1).GetMaskBand().WriteArray(mask)
    del tile
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)


class MaskedFolder(TileFolder):
    """Each level has a mask of its own; tiles that are absent are masked out."""

    def __init__(self, *arguments, absent=(), **more):
        super().__init__(*arguments, absent=absent, **more)
        random = numpy.random.default_rng(5)
        self.masks = []
        for level in self.levels:
            mask = (random.random(level.pixels.shape[1:]) < 0.7).astype("uint8") * 255
            size = level.tile
            for row in range(level.rows):
                for col in range(level.cols):
                    window = (slice(row * size, (row + 1) * size), slice(col * size, (col + 1) * size))
                    if (level.name, row, col) in absent:
                        mask[window] = 0
                    elif (row + col) % 3 == 2:
                        mask[window] = 255
                    else:
                        path = self.tile_path(level.name, row, col)
                        path.unlink()
                        masked_tile(path, level.pixels[(slice(None), *window)], mask[window])
            self.masks.append(mask)

    def open(self):
        self.dataset = super().open()  # bands do not keep it
        return self.dataset


@pytest.fixture
def folder(tmp_path):
    return MaskedFolder(tmp_path / "tiles", pyramid(), bands=2, absent=[("2", 3, 4), ("1", 0, 0), ("0", 1, 1)])


def test_masks_of_tiles_are_the_mask_of_the_dataset(folder):
    dataset = folder.open()
    for number in (1, 2):
        band = dataset.GetRasterBand(number)
        assert band.GetMaskFlags() == gdal.GMF_PER_DATASET
        assert numpy.array_equal(band.GetMaskBand().ReadAsArray(), folder.masks[-1])
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)


@pytest.mark.parametrize("window", [(0, 0, 1, 1), (15, 15, 2, 2), (17, 3, 100, 90), (64, 48, 16, 16)])
def test_windows_of_the_mask(folder, window):
    col, row, width, height = window
    mask = folder.open().GetRasterBand(1).GetMaskBand()
    expected = folder.masks[-1][row : row + height, col : col + width]
    assert numpy.array_equal(mask.ReadAsArray(*window), expected)
    floats = numpy.frombuffer(mask.ReadRaster(*window, buf_type=gdal.GDT_Float32), "float32")
    assert numpy.array_equal(floats.reshape(expected.shape), expected)


def test_overviews_have_masks_of_their_own_tiles(folder):
    band = folder.open().GetRasterBand(1)
    for index, expected in enumerate(reversed(folder.masks[:-1])):
        overview = band.GetOverview(index)
        assert overview.GetMaskFlags() == gdal.GMF_PER_DATASET
        assert numpy.array_equal(overview.GetMaskBand().ReadAsArray(), expected)
        assert numpy.array_equal(band.GetMaskBand().GetOverview(index).ReadAsArray(), expected)


def test_a_downsampled_mask_is_that_of_the_overview(folder):
    mask = folder.open().GetRasterBand(1).GetMaskBand()
    height, width = folder.masks[0].shape
    assert numpy.array_equal(mask.ReadAsArray(buf_xsize=width, buf_ysize=height), folder.masks[0])


@pytest.mark.parametrize("level", [0, 1])
def test_the_overview_that_is_opened_alone_has_its_mask(folder, level):
    dataset = gdal.OpenEx(str(folder.path), open_options=[f"OVERVIEW_LEVEL={level}"])
    assert numpy.array_equal(dataset.ReadAsArray(), folder.levels[1 - level].pixels)
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert numpy.array_equal(mask, folder.masks[1 - level])


@pytest.mark.parametrize("driver, options", [("GTiff", ["TILED=YES"]), ("COG", ["OVERVIEWS=NONE"])])
def test_a_copy_keeps_pixels_and_mask(folder, tmp_path, driver, options):
    gdal.Translate(str(tmp_path / "copy.tif"), str(folder.path), format=driver, creationOptions=options)
    copy = gdal.Open(str(tmp_path / "copy.tif"))
    assert numpy.array_equal(copy.ReadAsArray(), folder.finest.pixels)
    assert copy.GetRasterBand(1).GetMaskFlags() == gdal.GMF_PER_DATASET
    assert numpy.array_equal(copy.GetRasterBand(1).GetMaskBand().ReadAsArray(), folder.masks[-1])


def test_statistics_are_those_of_one_file_with_the_same_mask(folder, tmp_path):
    """Up to GDAL 3.6 they count what is masked out."""
    gdal.Translate(str(tmp_path / "whole.tif"), str(folder.path))
    whole, dataset = gdal.Open(str(tmp_path / "whole.tif")), folder.open()
    for number in (1, 2):
        expected = whole.GetRasterBand(number).ComputeStatistics(False)
        assert dataset.GetRasterBand(number).ComputeStatistics(False) == pytest.approx(expected)


def test_a_warped_copy_equals_that_of_one_file(folder, tmp_path):
    whole = gdal.Translate(str(tmp_path / "whole.tif"), str(folder.path))
    del whole
    results = []
    for name in (str(folder.path), str(tmp_path / "whole.tif")):
        warped = gdal.Warp("", name, format="MEM", dstSRS="EPSG:4326", dstAlpha=True, resampleAlg="bilinear", overviewLevel="NONE")
        results.append(warped.ReadAsArray())
    assert results[0].shape[0] == 3 and 0 < (results[0][2] == 0).mean() < 1
    assert numpy.array_equal(*results)


def test_masked_pixels_are_nodata_where_the_item_has_one(tmp_path):
    folder = MaskedFolder(tmp_path, pyramid(levels=1, tiles=(3, 2)), bands=2)
    for band in folder.item["asset_templates"]["tiles"]["bands"]:
        band["nodata"] = 7
    dataset = folder.write_item().open()
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_NODATA
    assert numpy.array_equal(dataset.ReadAsArray(), numpy.where(folder.masks[0] == 0, 7, folder.finest.pixels))


def test_masked_pixels_are_transparent_where_the_item_has_alpha(tmp_path):
    pixels, mask = image(3), numpy.zeros((64, 64), "uint8")
    mask[10:, 20:] = 255
    masked_tile("/vsimem/masked.tif", pixels, mask)
    names = ("red", "green", "blue", "alpha")
    bands = [{"name": name, "data_type": "uint8", "eo:common_name": name} for name in names]
    dataset = OneTile(tmp_path, "tif", taken("/vsimem/masked.tif"), bands=bands).open()
    assert numpy.array_equal(dataset.ReadAsArray(), numpy.concatenate([pixels, mask[numpy.newaxis]]))


def taken(path):
    file = gdal.VSIFOpenL(path, "rb")
    content = bytes(gdal.VSIFReadL(1, 10**7, file))
    gdal.VSIFCloseL(file)
    gdal.Unlink(path)
    return content


def tile_with_nodata(pixels, nodata):
    raster = memory_raster(pixels)
    for band in range(pixels.shape[0]):
        raster.GetRasterBand(band + 1).SetNoDataValue(nodata)
    return encoded("GTiff", raster)


def told(count, dtype="float32", **more):
    return [dict({"name": f"b{band}", "data_type": dtype}, **more) for band in range(count)]


@pytest.mark.parametrize("own", [-9999.0, float("nan")])
def test_nodata_of_a_tile_becomes_that_of_the_item(tmp_path, own):
    pixels = image(2, "float32")
    pixels[0, :20] = own
    dataset = OneTile(tmp_path, "tif", tile_with_nodata(pixels, own), bands=told(2, nodata=-1)).open()
    expected = pixels.copy()
    expected[0, :20] = -1
    assert dataset.GetRasterBand(1).GetNoDataValue() == -1
    assert numpy.array_equal(dataset.ReadAsArray(), expected)


def test_nodata_of_a_tile_is_masked_out_where_the_item_has_none(tmp_path):
    """Where none of its bands has data."""
    pixels = image(2, "float32")
    pixels[0, :20] = -9999
    pixels[1, 10:30] = -9999
    dataset = OneTile(tmp_path, "tif", tile_with_nodata(pixels, -9999), bands=told(2)).open()
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert (mask[10:20] == 0).all() and (mask == 0).sum() == 10 * 64
    assert numpy.array_equal(dataset.ReadAsArray(), pixels)


def test_what_a_cut_tile_lacks_is_masked_out(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)))
    folder.tile_path("0", 1, 1).unlink()
    folder.write_tile(folder.tile_path("0", 1, 1), folder.finest.pixels[:, 16:21, 16:19])
    dataset = folder.open()
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    expected = numpy.full((32, 32), 255)
    expected[16:, 16:] = 0
    expected[16:21, 16:19] = 255
    assert numpy.array_equal(mask, expected)


def test_bands_in_tiles_of_their_own_have_masks_of_their_own(tmp_path):
    names = ["B02", "B03"]
    folders = [TileFolder(tmp_path / name, pyramid(levels=1, tiles=(2, 2)), seed=3) for name in names]
    folders[1].tile_path("0", 0, 1).unlink()
    assets = {
        name: {"href": f"{name}/{TileFolder.template}", "bands": [{"name": name, "data_type": "uint8"}]} for name in names
    }
    folders[0].item["asset_templates"] = assets
    folders[0].path = tmp_path
    dataset = folders[0].write_item().open()
    masks = [dataset.GetRasterBand(number).GetMaskBand().ReadAsArray() for number in (1, 2)]
    assert dataset.GetRasterBand(2).GetMaskFlags() == 0
    assert (masks[0] == 255).all()
    assert (masks[1][:16, 16:] == 0).all() and (masks[1] == 0).sum() == 256


def test_a_broken_tile_fails_a_read_of_the_mask(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)))
    folder.tile_path("0", 0, 1).write_bytes(b"no tile")
    dataset = folder.open()
    mask = dataset.GetRasterBand(1).GetMaskBand()
    result, messages = errors_while(mask.ReadAsArray)
    assert result is None
    assert any("0/0/1.tif" in message for _, message in messages)


def palette(path, colors):
    indices = numpy.full((16, 16), 1, "uint8")
    tile = gdal.GetDriverByName("GTiff").Create(str(path), 16, 16, 1)
    table = gdal.ColorTable()
    for index, color in enumerate(colors):
        table.SetColorEntry(index, color)
    tile.GetRasterBand(1).SetColorTable(table)
    tile.WriteArray(indices)


@pytest.fixture
def one_red_tile(tmp_path):
    """Tiles of two colours by their tables: the third one's are others than the first one's."""
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 2)))
    for row, col in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        folder.tile_path("0", row, col).unlink()
        palette(folder.tile_path("0", row, col), [(0, 0, 0), (255, 0, 0) if (row, col) == (1, 0) else (0, 255, 0)])
    return folder


def test_a_tile_with_another_colour_table_is_an_error_that_names_it(one_red_tile):
    folder = one_red_tile
    dataset = folder.open()
    assert dataset.GetRasterBand(1).GetColorTable().GetColorEntry(1)[:3] == (0, 255, 0)
    assert (dataset.ReadAsArray(0, 0, 32, 16) == 1).all()
    result, messages = errors_while(dataset.ReadAsArray)
    assert result is None
    assert "0/1/0.tif: has another colour table than the tile that was read first" in messages[0][1]


def test_a_pixel_of_a_tile_with_another_colour_table_is_an_error_wherever_the_tile_comes_from(one_red_tile):
    dataset = one_red_tile.open()
    assert (dataset.ReadAsArray(0, 0, 32, 16) == 1).all()
    assert (one_red_tile.open().ReadAsArray(0, 16, 16, 16) == 1).all()  # now it is in memory
    result, messages = errors_while(lambda: dataset.ReadAsArray(3, 20, 1, 1))
    assert result is None
    assert "0/1/0.tif: has another colour table" in messages[0][1]


def test_coverage_is_told_by_tiles(folder):
    band = folder.open().GetRasterBand(1)
    data, empty = gdal.GDAL_DATA_COVERAGE_STATUS_DATA, gdal.GDAL_DATA_COVERAGE_STATUS_EMPTY
    assert list(band.GetDataCoverageStatus(0, 0, 40, 40)) == [data, 100]
    assert list(band.GetDataCoverageStatus(65, 49, 3, 3)) == [empty, 0]
    assert list(band.GetDataCoverageStatus(60, 48, 8, 8)) == [data | empty, 50]
    assert band.GetDataCoverageStatus(60, 48, 8, 8, empty)[0] & empty
