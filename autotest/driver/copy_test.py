"""CreateCopy onto the source's own pixels: one GeoTIFF beside it has the same pixels, and gdaladdo the same overviews."""

import json

import numpy
import pytest
from osgeo import gdal, gdal_array

from tile_folder import errors_while

# From 3.13 on GDAL deletes what is there before it asks the driver for a copy.
asks_first = pytest.mark.gdal(before=(3, 13))

TYPES = ["uint8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64", "complex64", "complex128"]
LEFT, TOP, CELL = 500000.0, 5600000.0, 10.0


def source(path, pixels, nodata=None, colors=(), options=(), epsg=32632, cell=CELL):
    """A GeoTIFF of these pixels (band, row, column)."""
    pixels = numpy.asarray(pixels)
    bands, height, width = pixels.shape
    code = gdal_array.NumericTypeCodeToGDALTypeCode(pixels.dtype)
    file = gdal.GetDriverByName("GTiff").Create(str(path), width, height, bands, code, list(options))
    file.SetGeoTransform([LEFT, cell, 0, TOP, 0, -cell])
    file.SetProjection(f"EPSG:{epsg}")
    file.WriteArray(pixels)
    for number, color in enumerate(colors, 1):
        file.GetRasterBand(number).SetColorInterpretation(color)
    if nodata is not None:
        for number in range(1, bands + 1):
            file.GetRasterBand(number).SetNoDataValue(nodata)
    del file
    return str(path)


def noise(bands, height, width, dtype="uint8", seed=1):
    """Smooth slopes with noise, so that kernels differ."""
    rows, cols = numpy.mgrid[0:height, 0:width]
    random = numpy.random.default_rng(seed)
    planes = [rows * 0.3 + cols * 0.2 * band + random.random((height, width)) * 60 + 10 for band in range(1, bands + 1)]
    return (numpy.array(planes) % 250 + 1).astype(dtype)


def read(dataset, *window):
    """(band, row, column), also of one band."""
    pixels = dataset.ReadAsArray(*window)
    return pixels if pixels.ndim == 3 else pixels[None]


def copy(original, folder, *options, strict=False, **more):
    dataset = gdal.Open(original) if isinstance(original, str) else original
    made = gdal.GetDriverByName("TileDir").CreateCopy(str(folder), dataset, strict, list(options), **more)
    assert made is not None, gdal.GetLastErrorMsg()
    return made


def refused(original, folder, *options, strict=False, **more):
    """The one error line."""
    dataset = gdal.Open(original) if isinstance(original, str) else original
    made, messages = errors_while(
        lambda: gdal.GetDriverByName("TileDir").CreateCopy(str(folder), dataset, strict, list(options), **more)
    )
    assert made is None
    (line,) = [text for kind, text in messages if kind == gdal.CE_Failure]
    assert not folder.exists() or not list(folder.iterdir())
    return line


def with_overviews(path, name, resampling, levels):
    whole = gdal.GetDriverByName("GTiff").CreateCopy(str(name), gdal.Open(path))
    del whole
    file = gdal.Open(str(name), gdal.GA_Update)
    file.BuildOverviews(resampling, [2 ** (level + 1) for level in range(levels)])
    del file
    return gdal.Open(str(name))


@pytest.mark.parametrize("dtype", TYPES)
def test_all_data_types_keep_their_pixels(tmp_path, dtype):
    pixels = noise(2, 100, 130, dtype)
    made = copy(source(tmp_path / "a.tif", pixels), tmp_path / "out", "TILE_SIZE=64")
    kept = read(made, 0, 0, 130, 100)
    assert kept.dtype == pixels.dtype and numpy.array_equal(kept, pixels)
    assert made.GetGeoTransform() == (LEFT, CELL, 0, TOP, 0, -CELL)
    assert made.GetSpatialRef().GetAuthorityCode(None) == "32632"


@pytest.mark.parametrize("resampling", ["average", "nearest", "cubic", "bilinear", "lanczos", "mode", "gauss", "rms"])
@pytest.mark.parametrize("dtype, nodata, bands", [("uint8", None, 3), ("int16", -99, 1), ("float32", None, 1), ("uint16", 7, 2)])
def test_overviews_are_those_of_gdaladdo(tmp_path, resampling, dtype, nodata, bands):
    pixels = noise(bands, 384, 512, dtype)
    if nodata is not None:
        pixels[:, 100:140, 30:90] = nodata
    path = source(tmp_path / "a.tif", pixels, nodata)
    made = copy(path, tmp_path / "out", "TILE_SIZE=64", f"OVERVIEW_RESAMPLING={resampling}", "NUM_THREADS=2")
    whole = with_overviews(path, tmp_path / "whole.tif", resampling, 3)
    assert numpy.array_equal(read(made, 0, 0, 512, 384), pixels)
    for band in range(1, bands + 1):
        for level in range(3):
            theirs = whole.GetRasterBand(band).GetOverview(level).ReadAsArray()
            height, width = theirs.shape
            ours = made.GetRasterBand(band).GetOverview(level).ReadAsArray()[:height, :width]
            # GDAL sums in another order where a mask leaves out what lies beyond the raster.
            numpy.testing.assert_allclose(ours, theirs, rtol=1e-6 if dtype == "float32" else 0)


def test_where_the_raster_does_not_fill_its_tiles_a_mask_says_so(tmp_path):
    pixels = noise(3, 100, 150)
    made = copy(source(tmp_path / "a.tif", pixels), tmp_path / "out", "TILE_SIZE=64")
    assert (made.RasterXSize, made.RasterYSize) == (150, 100)
    assert (made.GetRasterBand(1).GetMaskBand().ReadAsArray() == 255).all()
    made = gdal.OpenEx(str(tmp_path / "out"), open_options=["EXTENT=MATRIX"])
    mask = made.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert mask.shape == (128, 192) and (mask[:100, :150] == 255).all() and mask.sum() == 255 * 100 * 150
    mask = made.GetRasterBand(1).GetOverview(0).GetMaskBand().ReadAsArray()
    assert (mask[:50, :75] == 255).all() and mask.sum() == 255 * 50 * 75


def test_the_last_pixels_of_overviews_are_made_of_what_is_there(tmp_path):
    pixels = noise(2, 99, 151)
    made = copy(source(tmp_path / "a.tif", pixels), tmp_path / "out", "TILE_SIZE=64")
    overview = made.GetRasterBand(2).GetOverview(0).ReadAsArray()
    assert overview.shape == (50, 76)
    assert overview[49, 75] == pixels[1, 98, 150]
    assert overview[49, 3] == pytest.approx(pixels[1, 98, 6:8].mean(), abs=0.51)
    assert overview[4, 75] == pytest.approx(pixels[1, 8:10, 150].mean(), abs=0.51)


def test_a_raster_that_fills_its_tiles_needs_no_mask(tmp_path):
    made = copy(source(tmp_path / "a.tif", noise(1, 128, 128)), tmp_path / "out", "TILE_SIZE=64")
    item = json.loads((tmp_path / "out" / "stac.json").read_text())
    assert "mask" not in item["properties"]["tiledir:format"]
    assert made.GetRasterBand(1).GetMaskBand().ReadAsArray().min() == 255


@pytest.mark.parametrize("dtype, nodata", [("uint8", 3), ("float32", -3.4028234663852886e38), ("float64", numpy.nan), ("int32", -(2**31))])
def test_nodata_is_kept_and_fills_the_last_tiles(tmp_path, dtype, nodata):
    pixels = noise(1, 70, 90, dtype)
    pixels[0, 10:20, 10:20] = nodata
    copy(source(tmp_path / "a.tif", pixels, nodata), tmp_path / "out", "TILE_SIZE=64")
    made = gdal.OpenEx(str(tmp_path / "out"), open_options=["EXTENT=MATRIX"])
    kept = made.ReadAsArray()
    assert numpy.array_equal(kept[:70, :90], pixels[0], equal_nan=dtype.startswith("float"))
    assert numpy.array_equal(kept[70:], numpy.full((58, 128), nodata, dtype), equal_nan=dtype.startswith("float"))
    kept = made.GetRasterBand(1).GetNoDataValue()
    assert kept == nodata or (numpy.isnan(kept) and numpy.isnan(nodata))


def test_option_nodata_replaces_the_sources(tmp_path):
    pixels = noise(1, 64, 64, "int16")
    pixels[0, 5:9, 5:9] = -99
    made = copy(source(tmp_path / "a.tif", pixels, -99), tmp_path / "out", "TILE_SIZE=64", "NODATA=-32768")
    assert made.GetRasterBand(1).GetNoDataValue() == -32768
    assert numpy.array_equal(made.ReadAsArray(), numpy.where(pixels[0] == -99, -32768, pixels[0]))


@pytest.mark.parametrize("tile_format, exact", [("GTiff", True), ("PNG", True), ("WEBP", False), ("COG", True)])
def test_alpha_stays_alpha(tmp_path, tile_format, exact):
    pixels = noise(4, 128, 192)
    pixels[3] = 255
    pixels[3, :68, :70] = 0
    pixels[3, 70:80] = 100
    colors = [gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand]
    path = source(tmp_path / "a.tif", pixels, colors=colors)
    made = copy(path, tmp_path / "out", "TILE_SIZE=64", f"FORMAT={tile_format}")
    assert [made.GetRasterBand(band).GetColorInterpretation() for band in range(1, 5)] == colors
    kept = made.ReadAsArray()
    assert numpy.array_equal(kept[3], pixels[3])
    if exact:
        seen = pixels[3] > 0
        assert numpy.array_equal(kept[:3, seen], pixels[:3, seen])
        theirs = with_overviews(path, tmp_path / "whole.tif", "average", 1)
        for band in range(1, 5):
            overview = made.GetRasterBand(band).GetOverview(0).ReadAsArray()[:64, :96]
            assert numpy.array_equal(overview, theirs.GetRasterBand(band).GetOverview(0).ReadAsArray())
    assert len(list((tmp_path / "out" / "2").rglob("*.*"))) == 5


@pytest.mark.parametrize("tile_format", ["GTiff", "COG", "JPEG"])
def test_a_mask_of_the_dataset_is_kept(tmp_path, tile_format):
    pixels = noise(3, 128, 128)
    path = source(tmp_path / "a.tif", pixels)
    file = gdal.Open(path, gdal.GA_Update)
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    file.CreateMaskBand(gdal.GMF_PER_DATASET)
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
    mask = numpy.full((128, 128), 255, numpy.uint8)
    mask[:64, :64] = 0
    mask[100:, 90:] = 0
    file.GetRasterBand(1).GetMaskBand().WriteArray(mask)
    del file
    made = copy(path, tmp_path / "out", "TILE_SIZE=64", f"FORMAT={tile_format}")
    assert numpy.array_equal(made.GetRasterBand(1).GetMaskBand().ReadAsArray(), mask)
    assert not list((tmp_path / "out" / "1" / "0").glob("0.*"))
    if tile_format != "JPEG":
        assert numpy.array_equal(made.ReadAsArray()[:, mask > 0], pixels[:, mask > 0])
        theirs = with_overviews(path, tmp_path / "whole.tif", "average", 1)
        overview = made.GetRasterBand(1).GetOverview(0)
        seen = overview.GetMaskBand().ReadAsArray()
        assert numpy.array_equal(seen, mask.reshape(64, 2, 64, 2).max(axis=(1, 3)))
        values = theirs.GetRasterBand(1).GetOverview(0).ReadAsArray()
        assert numpy.array_equal(overview.ReadAsArray()[seen > 0], values[seen > 0])


def with_colour_table(path):
    file = gdal.Open(path, gdal.GA_Update)
    table = gdal.ColorTable()
    for index in range(5):
        table.SetColorEntry(index, (index * 10, 255 - index, index, 255))
    file.GetRasterBand(1).SetColorTable(table)
    del file
    return path


@pytest.mark.parametrize("tile_format", ["GTiff", "PNG"])
def test_a_colour_table_is_kept_and_its_overviews_take_the_nearest(tmp_path, tile_format):
    pixels = (noise(1, 128, 128) % 5).astype("uint8")
    path = with_colour_table(source(tmp_path / "a.tif", pixels))
    made = copy(path, tmp_path / "out", "TILE_SIZE=64", f"FORMAT={tile_format}")
    band = made.GetRasterBand(1)
    assert numpy.array_equal(band.ReadAsArray(), pixels[0])
    assert [band.GetColorTable().GetColorEntry(index) for index in range(5)] == [
        (index * 10, 255 - index, index, 255) for index in range(5)
    ]
    theirs = with_overviews(path, tmp_path / "whole.tif", "nearest", 1)
    assert numpy.array_equal(band.GetOverview(0).ReadAsArray(), theirs.GetRasterBand(1).GetOverview(0).ReadAsArray())


def test_what_bands_say_is_kept(tmp_path):
    path = source(tmp_path / "a.tif", noise(2, 64, 64, "int16"))
    file = gdal.Open(path, gdal.GA_Update)
    band = file.GetRasterBand(1)
    band.SetDescription("Height")
    band.SetUnitType("m")
    band.SetScale(0.25)
    band.SetOffset(-10)
    band.SetMetadataItem("SENSOR", "radar")
    file.SetMetadataItem("FLIGHT", "7")
    file.GetRasterBand(2).SetColorInterpretation(gdal.GCI_Undefined)
    del file, band
    copy(path, tmp_path / "out", "TILE_SIZE=64", "ID=heights", "TITLE=All heights", "DATETIME=2024-05-31T12:00:00Z")
    made = gdal.Open(str(tmp_path / "out"))
    band = made.GetRasterBand(1)
    assert (band.GetDescription(), band.GetUnitType(), band.GetScale(), band.GetOffset()) == ("Height", "m", 0.25, -10)
    assert band.GetMetadataItem("SENSOR") == "radar" and made.GetMetadataItem("FLIGHT") == "7"
    assert made.GetRasterBand(2).GetDescription() == "" and made.GetRasterBand(2).GetScale() in (None, 1)
    item = json.loads((tmp_path / "out" / "stac.json").read_text())
    assert (item["id"], item["properties"]["title"]) == ("heights", "All heights")
    assert item["properties"]["datetime"] == "2024-05-31T12:00:00Z"


def test_statistics_are_kept_when_they_are_asked_for(tmp_path):
    pixels = noise(1, 100, 100, "float32")
    pixels[0, :5] = -1
    path = source(tmp_path / "a.tif", pixels, -1)
    made = copy(path, tmp_path / "out", "TILE_SIZE=64", "STATISTICS=YES")
    del made
    dataset = gdal.Open(str(tmp_path / "out"))
    statistics = dataset.GetRasterBand(1).GetStatistics(True, False)
    valid = pixels[pixels != -1].astype("float64")
    assert statistics == pytest.approx([valid.min(), valid.max(), valid.mean(), valid.std()], rel=1e-9)
    copy(path, tmp_path / "plain", "TILE_SIZE=64")
    assert not (tmp_path / "plain" / "stac.json.aux.xml").exists()


def test_names_levels_and_sizes_are_as_asked(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    copy(path, tmp_path / "out", "TILE_SIZE=32", "METATILE=2", "LEVELS=1-3", "TEMPLATE={z}/{x}/{y}.png", "FORMAT=PNG")
    names = {str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*.png")}
    assert names == {f"{level}/{x}/{y}.png" for level, side in ((1, 2), (2, 3), (3, 5)) for x in range(side) for y in range(side)}
    tile = gdal.Open(str(tmp_path / "out" / "3" / "0" / "0.png"))
    assert (tile.RasterXSize, tile.RasterYSize) == (64, 64)
    made = gdal.Open(str(tmp_path / "out"))
    assert made.GetRasterBand(1).GetOverviewCount() == 2
    assert numpy.array_equal(read(made, 0, 0, 300, 300)[0], gdal.Open(path).ReadAsArray())


def test_options_of_the_tiles_format_are_passed_on(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    sizes = {}
    for options in (["COMPRESS=NONE"], ["COMPRESS=DEFLATE", "ZLEVEL=1"], ["COMPRESS=LZW"], []):
        folder = tmp_path / "-".join(["out", *options])
        copy(path, folder, "TILE_SIZE=64", *options)
        tile = gdal.Open(str(folder / "0" / "0" / "0.tif"))
        sizes[tuple(options)] = tile.GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE")
    assert list(sizes.values()) == [None, "DEFLATE", "LZW", "DEFLATE"]


def test_tiles_without_data_are_not_stored(tmp_path):
    pixels = numpy.zeros((1, 256, 256), "uint8")
    pixels[0, 200:210, 10:20] = 9
    path = source(tmp_path / "a.tif", pixels, 0)
    copy(path, tmp_path / "out", "TILE_SIZE=64")
    assert {str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*.tif")} == {
        "0/0/0.tif",
        "1/1/0.tif",
        "2/3/0.tif",
    }
    made = gdal.Open(str(tmp_path / "out"))
    assert numpy.array_equal(made.ReadAsArray(), pixels[0])
    copy(path, tmp_path / "all", "TILE_SIZE=64", "SPARSE_OK=NO")
    assert len(list((tmp_path / "all").rglob("*.tif"))) == 16 + 4 + 1


def test_what_a_sparse_file_lacks_is_not_read(tmp_path):
    """65536 x 65536 pixels, of which two blocks are there."""
    path = str(tmp_path / "a.tif")
    file = gdal.GetDriverByName("GTiff").Create(path, 65536, 65536, 1, gdal.GDT_UInt16, ["TILED=YES", "SPARSE_OK=YES"])
    file.SetGeoTransform([LEFT, CELL, 0, TOP, 0, -CELL])
    file.SetProjection("EPSG:32632")
    file.GetRasterBand(1).SetNoDataValue(0)
    block = noise(1, 256, 256, "uint16")[0]
    for col, row in ((0, 0), (40 * 256, 200 * 256)):
        file.GetRasterBand(1).WriteArray(block, col, row)
    del file
    made = copy(path, tmp_path / "out")
    assert len(list((tmp_path / "out" / "8").rglob("*.tif"))) == 2
    assert numpy.array_equal(made.ReadAsArray(40 * 256, 200 * 256, 256, 256), block)
    assert made.GetRasterBand(1).GetOverviewCount() == 8


@pytest.mark.parametrize("grid", ["NATIVE", "WebMercatorQuad"])
def test_zeros_that_a_sparse_file_lacks_are_data_where_nothing_says_otherwise(tmp_path, grid):
    path = str(tmp_path / "a.tif")
    options = ["TILED=YES", "SPARSE_OK=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"]
    file = gdal.GetDriverByName("GTiff").Create(path, 256, 256, 1, gdal.GDT_Byte, options)
    file.SetGeoTransform([LEFT, CELL, 0, TOP, 0, -CELL])
    file.SetProjection("EPSG:32632")
    file.WriteArray(noise(1, 64, 64)[0], 64, 64)
    del file
    made = copy(path, tmp_path / "out", "TILE_SIZE=64", "NODATA=255", f"GRID={grid}", "RESAMPLING=nearest")
    kept = made.ReadAsArray()
    if grid == "NATIVE":
        assert numpy.array_equal(kept, gdal.Open(path).ReadAsArray())
    assert (kept == 0).sum() > (kept == 255).sum()


@pytest.mark.parametrize("kind", ["MEM", "VRT over MEM", "VRT without a name", "updated"])
def test_sources_without_a_file_of_their_own(tmp_path, kind):
    pixels = noise(2, 500, 600, "int16")
    path = source(tmp_path / "a.tif", pixels, -99)
    dataset = gdal.Open(path)
    if kind.endswith("MEM"):
        dataset = memory = gdal.GetDriverByName("MEM").CreateCopy("", dataset)
    if kind == "VRT over MEM":
        dataset = gdal.Translate("", memory, format="VRT", srcWin=[0, 0, 300, 300])
    if kind == "VRT without a name":
        dataset = gdal.Translate("", dataset, format="VRT", srcWin=[0, 0, 300, 300])
    if kind == "updated":
        dataset = gdal.Open(path, gdal.GA_Update)
        pixels[:, 7, 7] = 3
        dataset.WriteArray(pixels[:, 7:8, 7:8], 7, 7)
    made = copy(dataset, tmp_path / "out", "TILE_SIZE=32", "NUM_THREADS=4")
    height, width = dataset.RasterYSize, dataset.RasterXSize
    assert numpy.array_equal(made.ReadAsArray(0, 0, width, height), pixels[:, :height, :width])


def test_a_raster_without_place_is_copied_too(tmp_path):
    pixels = noise(1, 64, 128)
    file = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "a.tif"), 128, 64)
    file.WriteArray(pixels[0])
    del file
    made = copy(str(tmp_path / "a.tif"), tmp_path / "out", "TILE_SIZE=64")
    assert numpy.array_equal(made.ReadAsArray(), pixels[0])
    item = json.loads((tmp_path / "out" / "stac.json").read_text())
    assert item["geometry"] is None and "bbox" not in item


def test_the_copy_in_memory_is_the_copy_on_disk(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 200, 200), 5)
    copy(path, tmp_path / "out", "TILE_SIZE=64")
    copy(path, "/vsimem/copy_test/out", "TILE_SIZE=64")
    for tile in (tmp_path / "out").rglob("*.tif"):
        name = f"/vsimem/copy_test/out/{tile.relative_to(tmp_path / 'out')}"
        file = gdal.VSIFOpenL(name, "rb")
        assert gdal.VSIFReadL(1, 10_000_000, file) == tile.read_bytes()
        gdal.VSIFCloseL(file)
    gdal.RmdirRecursive("/vsimem/copy_test")


def test_the_number_of_threads_does_not_change_a_byte(tmp_path):
    path = source(tmp_path / "a.tif", noise(3, 700, 900))
    for threads in (1, 2, 5):
        for resampling in ("average", "cubic"):
            copy(path, tmp_path / f"{resampling}{threads}", "TILE_SIZE=64", f"NUM_THREADS={threads}", f"OVERVIEW_RESAMPLING={resampling}")
    for resampling in ("average", "cubic"):
        first = tmp_path / f"{resampling}1"
        for threads in (2, 5):
            other = tmp_path / f"{resampling}{threads}"
            names = {tile.relative_to(first) for tile in first.rglob("*.tif")}
            assert names == {tile.relative_to(other) for tile in other.rglob("*.tif")}
            assert all((first / name).read_bytes() == (other / name).read_bytes() for name in names)


@pytest.mark.parametrize("resampling", ["average", "cubic"])
@pytest.mark.parametrize("options", [[], ["FORMAT=PNG"], ["FORMAT=JPEG"], ["FORMAT=WEBP"], ["COMPRESS=JPEG"], ["NODATA=7"]])
def test_overviews_made_again_are_the_same_bytes(tmp_path, options, resampling):
    """Of lossy formats, too: whoever makes them again has nothing but the tiles."""
    path = source(tmp_path / "a.tif", noise(3, 330, 256))
    options = ["TILE_SIZE=64", f"OVERVIEW_RESAMPLING={resampling}", *options]
    for threads in (1, 8):
        copy(path, tmp_path / f"out{threads}", *options, f"NUM_THREADS={threads}")
    one, other = tmp_path / "out1", tmp_path / "out8"
    tiles = {tile.relative_to(one): tile.read_bytes() for tile in one.rglob("*.*") if tile.is_file() and tile.suffix != ".json"}
    assert len(tiles) > 24 + 6 + 2
    assert tiles == {name: (other / name).read_bytes() for name in tiles}
    for name in tiles:
        if name.parts[0] != "3":
            (one / name).unlink()
    made = gdal.Open(str(one), gdal.GA_Update)
    assert made.BuildOverviews(resampling, [2, 4, 8]) == 0
    del made
    assert tiles == {name: (one / name).read_bytes() for name in tiles}


def test_progress_grows_to_the_end(tmp_path):
    seen = []
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    copy(path, tmp_path / "out", "TILE_SIZE=32", callback=lambda done, *_: seen.append(done) or 1)
    assert seen == sorted(seen) and seen[-1] == 1 and len(seen) > 10


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupted_copy_leaves_nothing(tmp_path, threads):
    path = source(tmp_path / "a.tif", noise(1, 600, 600))
    callback = lambda done, *_: 0 if done > 0.3 else 1
    line = refused(path, tmp_path / "out", "TILE_SIZE=32", f"NUM_THREADS={threads}", callback=callback)
    assert "interrupted" in line.lower() or "terminated" in line.lower()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options, words",
    [
        (["COMPRES=LZW"], ["COMPRES", "COMPRESS"]),
        (["OVERVIEW_RESAMPLIN=average"], ["OVERVIEW_RESAMPLING"]),
        (["RESAMPLING=fast"], ["RESAMPLING", "nearest"]),
        (["RESAMPLING=gauss"], ["gauss", "overviews"]),
        (["FORMAT=GTIF"], ["GTIF", "GTiff"]),
        (["FORMAT=MEM"], ["MEM", "GTiff"]),
        (["FORMAT=WEBP"], ["WEBP", "3 to 4 bands"]),
        (["TILE_SIZE=0"], ["TILE_SIZE", "65536"]),
        (["METATILE=many"], ["METATILE", "many"]),
        (["TILE_SIZE=256", "METATILE=1000"], ["metatile", "65536"]),
        (["LEVELS=9"], ["LEVELS", "0 to 2"]),
        (["LEVELS=2-1"], ["LEVELS", "1-2"]),
        (["LEVELS=0-1"], ["LEVELS", "2"]),
        (["NODATA=300"], ["NODATA", "Byte"]),
        (["NODATA=none"], ["NODATA", "none"]),
        (["TEMPLATE={z}.tif"], ["TEMPLATE", "{TileMatrix}/{TileRow}/{TileCol}.tif"]),
        (["TEMPLATE=../{z}/{x}/{y}.tif"], ["TEMPLATE"]),
        (["SPARSE_OK=perhaps"], ["SPARSE_OK", "YES or NO"]),
        (["DATETIME=yesterday"], ["DATETIME", "2024-05-31T12:00:00Z"]),
        (["NUM_THREADS=0"], ["NUM_THREADS", "ALL_CPUS"]),
    ],
)
def test_bad_options_are_one_clear_line(tmp_path, options, words):
    path = source(tmp_path / "a.tif", noise(1, 200, 200))
    size = [] if any(option.startswith("TILE_SIZE") for option in options) else ["TILE_SIZE=64"]
    line = refused(path, tmp_path / "out", *size, *options)
    assert all(word in line for word in words), line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "geotransform, words",
    [
        ([0, 1, 0.5, 0, 0.5, -1], ["rotated", "gdalwarp"]),
        ([0, 1, 0, 0, 0, 1], ["north-up", "gdalwarp"]),
        ([0, 1, 0, 0, 0, -2], ["1 x 2", "square", "GRID"]),
    ],
)
def test_pixels_that_no_grid_has_are_refused(tmp_path, geotransform, words):
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    file = gdal.Open(path, gdal.GA_Update)
    file.SetGeoTransform(geotransform)
    del file
    line = refused(path, tmp_path / "out")
    assert all(word in line for word in words), line


@pytest.mark.parametrize(
    "dtype, bands, tile_format, words",
    [
        ("float32", 1, "PNG", ["PNG", "Float32"]),
        ("uint8", 5, "PNG", ["PNG", "5"]),
        ("complex64", 1, "JPEG", ["JPEG", "CFloat32"]),
    ],
)
def test_what_a_format_cannot_hold_is_refused(tmp_path, dtype, bands, tile_format, words):
    line = refused(source(tmp_path / "a.tif", noise(bands, 64, 64, dtype)), tmp_path / "out", f"FORMAT={tile_format}")
    assert all(word in line for word in words), line


def test_ground_control_points_and_attribute_tables_are_refused_in_words(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    dataset = gdal.GetDriverByName("MEM").CreateCopy("", gdal.Open(path))
    table = gdal.RasterAttributeTable()
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.SetRowCount(1)
    dataset.GetRasterBand(1).SetDefaultRAT(table)
    assert "attribute table" in refused(dataset, tmp_path / "out", strict=True)
    made, messages = errors_while(lambda: copy(dataset, tmp_path / "out"))
    assert made is not None and any("attribute table" in text for kind, text in messages if kind == gdal.CE_Warning)
    dataset = gdal.GetDriverByName("MEM").Create("", 64, 64)
    dataset.SetGCPs([gdal.GCP(0, 0, 0, 0, 0), gdal.GCP(1, 0, 0, 64, 0), gdal.GCP(0, 1, 0, 0, 64)], made.GetProjection())
    assert "ground control points" in refused(dataset, tmp_path / "gcp", strict=True)


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "notes.txt").write_text("keep")
    made, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").CreateCopy(str(folder), gdal.Open(path)))
    assert made is None and "notes.txt" in messages[-1][1]
    assert [each.name for each in folder.iterdir()] == ["notes.txt"]
    notes = str(folder / "notes.txt")
    made, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").CreateCopy(notes, gdal.Open(path)))
    assert made is None and "is a file" in messages[-1][1]
    assert (folder / "notes.txt").read_text() == "keep"


def test_a_dataset_that_is_there_is_replaced(tmp_path):
    folder = tmp_path / "out"
    copy(source(tmp_path / "a.tif", noise(1, 200, 200)), folder, "TILE_SIZE=32", "FORMAT=PNG")
    pixels = noise(1, 70, 64, seed=2)
    path = source(tmp_path / "b.tif", pixels)
    made = copy(path, folder, "TILE_SIZE=64")
    assert numpy.array_equal(read(made), pixels)
    assert not list(folder.rglob("*.png"))
    assert not list(folder.rglob("successor"))


def files(folder):
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@asks_first
def test_a_dataset_stays_as_it_is_until_its_successor_is_whole(tmp_path):
    folder = tmp_path / "out"
    copy(source(tmp_path / "a.tif", noise(1, 200, 200)), folder, "TILE_SIZE=32")
    (folder / "1" / "0" / "notes.txt").write_text("mine")
    before = files(folder)
    path = source(tmp_path / "b.tif", noise(1, 300, 300, seed=2))
    driver = gdal.GetDriverByName("TileDir")
    during = []

    def stop_late(done, *_):
        during.append(all((folder / name).read_bytes() == text for name, text in before.items()))
        return done < 0.9

    made, _ = errors_while(lambda: driver.CreateCopy(str(folder), gdal.Open(path), False, ["TILE_SIZE=32"], stop_late))
    assert made is None and len(during) > 1 and all(during)
    assert files(folder) == before
    made = copy(path, folder, "TILE_SIZE=32")
    assert numpy.array_equal(read(made)[:, :300, :300], gdal.Open(path).ReadAsArray()[None])
    assert (folder / "1" / "0" / "notes.txt").read_text() == "mine"
    copy(path, tmp_path / "fresh", "TILE_SIZE=32")
    tiles, fresh = ({n: text for n, text in files(of).items() if n.endswith("tif")} for of in (folder, tmp_path / "fresh"))
    assert tiles == fresh


SPELLINGS = {
    "dot": lambda out: (f"{out.parent}/./out", out),
    "slash": lambda out: (f"{out}/", out),
    "a link to it": lambda out: (out.parent / "link", out),
    "into a link to it": lambda out: (out, out.parent / "link"),
    "its item": lambda out: (out / "stac.json", out),
    "a prefix": lambda out: (f"TILEDIR:{out}", out),
    "a tile of it": lambda out: (out / "2" / "0" / "0.tif", out),
    "a link to a tile of it": lambda out: (out.parent / "tile.tif", out),
    "an item elsewhere": lambda out: (out.parent / "item.json", out),
    "a VRT": lambda out: (out.parent / "one.vrt", out),
    "a VRT of a VRT": lambda out: (out.parent / "two.vrt", out),
    "a VRT of a prefix": lambda out: (out.parent / "prefix.vrt", out),
    "a VRT of a tile": lambda out: (out.parent / "tile.vrt", out),
    "a warped VRT": lambda out: (out.parent / "warped.vrt", out),
    "onto a prefix": lambda out: (out, f"TILEDIR:{out}"),
    "onto a prefix with quotes": lambda out: (out, f'TILEDIR:"{out}"'),
    "onto its item": lambda out: (out, out / "stac.json"),
    "onto its item by a link": lambda out: (out, out.parent / "link" / "stac.json"),
    "a tile of it onto a prefix": lambda out: (out / "2" / "0" / "0.tif", f"TILEDIR:{out}"),
    "a tile of it onto its item": lambda out: (out / "2" / "0" / "0.tif", out / "stac.json"),
    "a VRT of a tile onto its item": lambda out: (out.parent / "tile.vrt", out / "stac.json"),
    "a warped VRT onto a prefix": lambda out: (out.parent / "warped.vrt", f"TILEDIR:{out}"),
}


@asks_first
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_is_copied_is_not_overwritten_by_whatever_name(tmp_path, spelling):
    out = tmp_path / "out"
    copy(source(tmp_path / "a.tif", noise(1, 120, 120)), out, "TILE_SIZE=32")
    (tmp_path / "link").symlink_to("out")
    (tmp_path / "tile.tif").symlink_to(out / "2" / "0" / "0.tif")
    item = json.loads((out / "stac.json").read_text())
    for template in item["asset_templates"].values():
        template["href"] = "link/" + template["href"]
    (tmp_path / "item.json").write_text(json.dumps(item))
    for name, of in [("one", out), ("two", tmp_path / "one.vrt"), ("prefix", f"TILEDIR:{out}"), ("tile", out / "2" / "0" / "0.tif")]:
        gdal.BuildVRT(f"{tmp_path}/{name}.vrt", [str(of)]).FlushCache()
    gdal.Warp(f"{tmp_path}/warped.vrt", str(out), format="VRT", dstSRS="EPSG:3857").FlushCache()
    before = files(out)
    original, target = SPELLINGS[spelling](out)
    for dataset in (gdal.Open(str(original)), gdal.Translate("", str(original), format="VRT", outputType=gdal.GDT_Float32)):
        assert dataset is not None
        made, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").CreateCopy(str(target), dataset))
        assert made is None and "is what is to be copied" in messages[-1][1], messages
        assert files(out) == before


@pytest.mark.parametrize("target", ["TILEDIR:{}", "{}/stac.json", "{}"])
def test_another_raster_replaces_it_by_each_of_its_names(tmp_path, target):
    out = tmp_path / "out"
    copy(source(tmp_path / "a.tif", noise(1, 64, 64)), out, "TILE_SIZE=32")
    other = gdal.Open(source(tmp_path / "b.tif", noise(1, 64, 64, seed=5)))
    assert gdal.GetDriverByName("TileDir").CreateCopy(target.format(out), other, options=["TILE_SIZE=32"]) is not None
    assert numpy.array_equal(gdal.Open(str(out)).ReadAsArray(0, 0, 64, 64), other.ReadAsArray())


def test_what_shares_no_file_with_the_target_is_copied_over_it(tmp_path):
    out = tmp_path / "out"
    copy(source(tmp_path / "a.tif", noise(1, 64, 64)), out, "TILE_SIZE=32")
    copy(source(tmp_path / "b.tif", noise(1, 64, 64, seed=3)), tmp_path / "out2", "TILE_SIZE=32")
    gdal.BuildVRT(f"{tmp_path}/out.vrt", [str(tmp_path / "out2")]).FlushCache()
    made = copy(str(tmp_path / "out.vrt"), out, "TILE_SIZE=32")
    assert numpy.array_equal(read(made), noise(1, 64, 64, seed=3))


@asks_first
def test_what_fails_before_it_begins_leaves_the_dataset_that_is_there(tmp_path):
    folder = tmp_path / "out"
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    copy(path, folder, "TILE_SIZE=64")
    driver = gdal.GetDriverByName("TileDir")
    made, messages = errors_while(lambda: driver.CreateCopy(str(folder), gdal.Open(path), False, ["COMPRES=LZW"]))
    assert made is None and gdal.Open(str(folder)).RasterXSize == 64
    made, messages = errors_while(lambda: driver.CreateCopy(str(folder), gdal.Open(str(folder))))
    assert made is None and "name another folder" in messages[-1][1]
    assert gdal.Open(str(folder)).ReadAsArray() is not None


def test_a_source_that_breaks_leaves_nothing(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 600, 600), options=["TILED=YES", "COMPRESS=DEFLATE"])
    content = bytearray((tmp_path / "a.tif").read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    (tmp_path / "a.tif").write_bytes(content)
    dataset = gdal.Open(path)
    if dataset is None:
        pytest.skip("the directory is at the end of the file")
    assert "a.tif" in refused(path, tmp_path / "out", "TILE_SIZE=32")
    assert not (tmp_path / "out").exists()


def test_gdals_own_reader_gives_the_same_pixels(tmp_path):
    pixels = noise(3, 300, 500)
    made = copy(source(tmp_path / "a.tif", pixels, 0), tmp_path / "out", "TILE_SIZE=64")
    theirs = gdal.OpenEx(str(tmp_path / "out" / "stac.json"), allowed_drivers=["STACTA"])
    assert theirs is not None
    assert numpy.array_equal(theirs.ReadAsArray(0, 0, 500, 300), pixels)
    assert theirs.GetGeoTransform() == pytest.approx(made.GetGeoTransform())
    assert theirs.GetRasterBand(1).GetNoDataValue() == 0


@pytest.mark.parametrize("options", [[], ["GRID=WebMercatorQuad", "DATETIME=2024-05-31T12:00:00Z", "FORMAT=PNG"]])
def test_the_item_is_valid_by_the_tiled_assets_schema(tmp_path, shared, options):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((shared / "spec" / "tiled-assets" / "schema.json").read_text())
    # The core schema lies on the web.
    core = "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json"
    elsewhere = {core: {"definitions": {"asset": {"type": "object", "required": ["href"]}}}}
    resolver = jsonschema.RefResolver.from_schema(schema, store=elsewhere)
    copy(source(tmp_path / "a.tif", noise(3, 100, 90)), tmp_path / "out", "TILE_SIZE=64", *options)
    item = json.loads((tmp_path / "out" / "stac.json").read_text())
    assert [error.message for error in jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(item)] == []


def test_pystac_reads_the_item(tmp_path):
    pystac = pytest.importorskip("pystac")
    copy(source(tmp_path / "a.tif", noise(1, 64, 64)), tmp_path / "out", "TILE_SIZE=64")
    item = pystac.Item.from_file(str(tmp_path / "out" / "stac.json"))
    assert item.id == "out" and len(item.bbox) == 4


def test_gdal_translate_makes_one(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 100, 100))
    made = gdal.Translate(str(tmp_path / "out"), path, format="TileDir", creationOptions=["TILE_SIZE=64", "ZLEVEL=9"])
    assert numpy.array_equal(made.ReadAsArray(0, 0, 100, 100), gdal.Open(path).ReadAsArray())
