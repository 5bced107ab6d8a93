"""A directory of tiles that is open for update behaves as one GTiff with overviews, whatever is written to it."""

import json
import multiprocessing
import os
import shutil
import subprocess

import numpy
import pytest
from osgeo import gdal, ogr

from tile_folder import TileFolder, errors_while, pyramid

TILE, SIDE = 16, 8


def folder_in(path, **options):
    return TileFolder(path / "tiles", pyramid(tile=TILE, tiles=(SIDE, SIDE), levels=3), **options)


def update(path, *options):
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(path), gdal.OF_UPDATE, open_options=list(options)))
    assert dataset is not None and messages == [], messages
    assert dataset.GetDriver().ShortName == "TileDir"
    return dataset


def closed(dataset):
    """Errors of the last flush."""
    _, messages = errors_while(lambda: dataset.FlushCache())
    return messages


def like_one_file(pixels, resampling="AVERAGE", nodata=None):
    """The same pixels as GDAL's GTiff, and its overviews by 2 and by 4."""
    kind = gdal.GDT_Float32 if pixels.dtype == numpy.float32 else gdal.GDT_Byte
    bands, height, width = pixels.shape
    file = gdal.GetDriverByName("GTiff").Create("/vsimem/like.tif", width, height, bands, kind)
    file.WriteArray(pixels)
    if nodata is not None:
        file.GetRasterBand(1).SetNoDataValue(nodata)
    file.BuildOverviews(resampling, [2, 4])
    levels = [[file.GetRasterBand(b + 1).GetOverview(level).ReadAsArray() for b in range(bands)] for level in (0, 1)]
    del file
    gdal.Unlink("/vsimem/like.tif")
    return [pixels, *(numpy.array(level) for level in levels)]


def levels_of(path):
    dataset = gdal.Open(str(path))
    read = [dataset.ReadAsArray().reshape(dataset.RasterCount, dataset.RasterYSize, dataset.RasterXSize)]
    for level in range(dataset.GetRasterBand(1).GetOverviewCount()):
        bands = range(1, dataset.RasterCount + 1)
        read.append(numpy.array([dataset.GetRasterBand(b).GetOverview(level).ReadAsArray() for b in bands]))
    return read


def check_levels(path, pixels, **options):
    for ours, expected in zip(levels_of(path), like_one_file(pixels, **options), strict=True):
        assert numpy.array_equal(ours, expected)


def random_pixels(bands=1, dtype="uint8", seed=5):
    side = SIDE * TILE
    return (numpy.random.default_rng(seed).random((bands, side, side)) * 250 + 1).astype(dtype)


@pytest.mark.parametrize("dtype, bands", [("uint8", 1), ("uint8", 3), ("float32", 2)])
def test_all_that_is_written_is_there_and_its_overviews(tmp_path, dtype, bands):
    folder = folder_in(tmp_path, dtype=dtype, bands=bands)
    pixels = random_pixels(bands, dtype)
    dataset = update(folder.path)
    dataset.WriteArray(pixels)
    assert numpy.array_equal(dataset.ReadAsArray().reshape(pixels.shape), pixels)
    del dataset
    check_levels(folder.path, pixels)


@pytest.mark.parametrize("window", [(0, 0, 1, 1), (3, 5, 40, 9), (16, 32, 16, 16), (100, 100, 28, 28), (0, 60, 128, 1)])
def test_a_part_that_is_written_leaves_the_rest(tmp_path, window):
    folder = folder_in(tmp_path, bands=2)
    pixels = random_pixels(2)
    update(folder.path).WriteArray(pixels)
    col, row, width, height = window
    part = random_pixels(2, seed=9)[:, :height, :width]
    dataset = update(folder.path)
    dataset.WriteArray(part, col, row)
    pixels[:, row : row + height, col : col + width] = part
    assert numpy.array_equal(dataset.ReadAsArray(), pixels)
    assert numpy.array_equal(dataset.ReadAsArray(col, row, width, height), part)
    del dataset
    check_levels(folder.path, pixels)


def test_one_band_of_several_is_written_alone(tmp_path):
    folder = folder_in(tmp_path, bands=3)
    pixels = random_pixels(3)
    update(folder.path).WriteArray(pixels)
    pixels[1, 10:50, 20:30] = 7
    dataset = update(folder.path)
    dataset.GetRasterBand(2).WriteArray(pixels[1, 10:50, 20:30], 20, 10)
    del dataset
    check_levels(folder.path, pixels)


def test_only_what_lies_above_a_change_is_written_again(tmp_path):
    folder = folder_in(tmp_path)
    update(folder.path).WriteArray(random_pixels())
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*.tif")}
    update(folder.path).WriteArray(numpy.full((1, 1), 255, "uint8"), 70, 20)
    after = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*.tif")}
    changed = {str(path.relative_to(folder.path)) for path in after if after[path] != before.get(path)}
    assert changed == {"2/1/4.tif", "1/0/2.tif", "0/0/1.tif"}


def test_blocks_that_gdal_caches_are_written_too(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    dataset.GetRasterBand(1).Fill(9)
    dataset.WriteArray(numpy.full((20, 20), 8, "uint8"), 30, 30)
    pixels = numpy.full((1, SIDE * TILE, SIDE * TILE), 9, "uint8")
    pixels[0, 30:50, 30:50] = 8
    assert numpy.array_equal(dataset.ReadAsArray(), pixels[0])
    del dataset
    check_levels(folder.path, pixels)


def test_a_buffer_of_another_size_is_spread_as_gdal_does(tmp_path):
    folder = folder_in(tmp_path)
    small = random_pixels()[0, :13, :17]
    arguments = (5, 7, 60, 50, small.tobytes())
    keywords = {"buf_xsize": 17, "buf_ysize": 13, "buf_type": gdal.GDT_Byte}
    file = gdal.GetDriverByName("MEM").Create("", SIDE * TILE, SIDE * TILE)
    file.WriteArray(folder.finest.pixels[0])
    file.WriteRaster(*arguments, **keywords)
    update(folder.path).WriteRaster(*arguments, **keywords)
    assert numpy.array_equal(gdal.Open(str(folder.path)).ReadAsArray(), file.ReadAsArray())


def test_flushing_refreshes_and_the_dataset_shows_it(tmp_path):
    folder = folder_in(tmp_path)
    pixels = random_pixels()
    dataset = update(folder.path)
    overview = dataset.GetRasterBand(1).GetOverview(0)
    assert numpy.array_equal(overview.ReadAsArray(), folder.levels[1].pixels[0])
    dataset.WriteArray(pixels)
    dataset.FlushCache()
    assert numpy.array_equal(overview.ReadAsArray(), like_one_file(pixels)[1][0])


def test_refresh_at_the_end_or_not_at_all(tmp_path):
    pixels = random_pixels()
    for option, refreshed_by_flush, refreshed_by_close in [("CLOSE", False, True), ("NO", False, False)]:
        folder = folder_in(tmp_path / option)
        dataset = update(folder.path, f"REFRESH={option}")
        dataset.WriteArray(pixels)
        dataset.FlushCache()
        expected = like_one_file(pixels)
        assert numpy.array_equal(levels_of(folder.path)[0], expected[0])
        assert numpy.array_equal(levels_of(folder.path)[1], expected[1]) == refreshed_by_flush
        del dataset
        assert numpy.array_equal(levels_of(folder.path)[1], expected[1]) == refreshed_by_close
    # What was not refreshed is found by the next one who refreshes.
    assert list((tmp_path / "NO" / "tiles" / ".tiledir" / "intents").iterdir())


def test_nothing_is_left_behind(tmp_path):
    folder = folder_in(tmp_path)
    update(folder.path).WriteArray(random_pixels())
    left = [path for path in (folder.path / ".tiledir").rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []


def test_a_tile_that_becomes_empty_is_removed(tmp_path):
    folder = folder_in(tmp_path, nodata=0)
    pixels = random_pixels()
    update(folder.path).WriteArray(pixels)
    pixels[0, :64, :64] = 0
    dataset = update(folder.path)
    dataset.WriteArray(pixels[0, :64, :64])
    del dataset
    assert not any(folder.tile_path("2", row, col).exists() for row in range(4) for col in range(4))
    assert not any(folder.tile_path("1", row, col).exists() for row in range(2) for col in range(2))
    assert folder.tile_path("2", 4, 0).exists()
    check_levels(folder.path, pixels, nodata=0)


def test_without_nodata_every_tile_stays(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    dataset.GetRasterBand(1).Fill(0)
    del dataset
    assert folder.tile_path("2", 0, 0).exists()


def test_absent_tiles_are_made(tmp_path):
    absent = {("2", row, col) for row in range(8) for col in range(8)} - {("2", 7, 7)}
    folder = folder_in(tmp_path, nodata=0, absent=absent)
    dataset = update(folder.path)
    dataset.WriteArray(numpy.full((4, 4), 9, "uint8"), 2, 2)
    assert (dataset.ReadAsArray()[2:6, 2:6] == 9).all() and dataset.ReadAsArray()[0, 0] == 0
    del dataset
    assert folder.tile_path("2", 0, 0).exists() and not folder.tile_path("2", 1, 1).exists()


def test_an_update_beyond_the_limits_grows_the_dataset(tmp_path):
    levels = pyramid(tile=TILE, tiles=(4, 4), levels=3, first=(4, 4), matrix=(16, 16))
    folder = TileFolder(tmp_path / "tiles", levels, nodata=0)
    left, bottom, right, top = folder.finest.bounds
    wide = f"EXTENT={left},{bottom},{right + 4 * TILE * 10},{top}"
    dataset = update(folder.path, wide)
    assert dataset.RasterXSize == 8 * TILE
    dataset.WriteArray(numpy.full((8, 8), 77, "uint8"), 7 * TILE, 0)
    del dataset
    limits = json.loads((folder.path / "stac.json").read_text())["properties"]["tiles:tile_matrix_links"]["Test"]["limits"]
    assert limits["2"] == {"min_tile_col": 4, "max_tile_col": 11, "min_tile_row": 4, "max_tile_row": 7}
    assert limits["1"]["max_tile_col"] == 5 and limits["0"]["max_tile_col"] == 2
    dataset = gdal.Open(str(folder.path))
    assert dataset.RasterXSize == 8 * TILE
    pixels = dataset.ReadAsArray()
    assert numpy.array_equal(pixels[:, : 4 * TILE], folder.finest.pixels[0])
    assert (pixels[:8, 7 * TILE : 7 * TILE + 8] == 77).all()


def test_gdalwarp_and_gdal_rasterize_write_into_it(tmp_path):
    folder = folder_in(tmp_path)
    pixels = random_pixels()
    update(folder.path).WriteArray(pixels)
    file = gdal.GetDriverByName("GTiff").CreateCopy(str(tmp_path / "same.tif"), gdal.Open(str(folder.path)))
    source = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "source.tif"), 30, 30)
    source.SetGeoTransform((1000055.0, 13.0, 0, 5999900.0, 0, -13.0))
    source.SetSpatialRef(file.GetSpatialRef())
    source.WriteArray(random_pixels(seed=8)[0, :30, :30])
    del file, source
    shape = ogr.GetDriverByName("GeoJSON").CreateDataSource(str(tmp_path / "shape.geojson"))
    layer = shape.CreateLayer("shape")
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((1000100 5999900,1000700 5999500,1000200 5999200,1000100 5999900))"))
    layer.CreateFeature(feature)
    del feature, layer, shape
    for target in [folder.path, tmp_path / "same.tif"]:
        for command in (["gdalwarp", "-q", "-r", "bilinear", tmp_path / "source.tif", target],
                        ["gdal_rasterize", "-q", "-burn", "200", tmp_path / "shape.geojson", target]):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
    written = gdal.Open(str(tmp_path / "same.tif")).ReadAsArray()
    assert not numpy.array_equal(written, pixels[0])
    check_levels(folder.path, written[numpy.newaxis])


def test_gdaladdo_makes_all_overviews_again(tmp_path):
    folder = folder_in(tmp_path)
    done = subprocess.run(["gdaladdo", "-q", "-r", "cubic", str(folder.path), "2"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    check_levels(folder.path, folder.finest.pixels, resampling="CUBIC")


def test_overviews_are_neither_removed_nor_written_to_nor_made_read_only(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    for action, words in [
        (lambda: dataset.BuildOverviews("NONE", []), "levels of the grid"),
        (lambda: dataset.GetRasterBand(1).GetOverview(0).WriteArray(numpy.zeros((1, 1), "uint8")), "read-only mode"),
        (lambda: gdal.Open(str(folder.path)).BuildOverviews("AVERAGE", [2]), "read-only"),
    ]:
        _, messages = errors_while(action)
        assert any(words in text for _, text in messages), messages
    assert not list(folder.path.glob("*.ovr"))


def write_stripes(path, first, seed, turns=4):
    """Every other column of pixels, in several datasets one after the other."""
    gdal.DontUseExceptions()
    values = numpy.random.default_rng(seed).integers(1, 255, (SIDE * TILE, SIDE * TILE), "uint8")
    for turn in range(turns):
        dataset = gdal.OpenEx(str(path), gdal.OF_UPDATE)
        for col in range(first + 2 * turn, SIDE * TILE, 2 * turns):
            dataset.WriteArray(values[:, col : col + 1], col, 0)
        dataset.FlushCache()
        del dataset
    return values


def test_two_processes_write_halves_of_the_same_tiles(tmp_path):
    folder = folder_in(tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        even, odd = pool.starmap(write_stripes, [(folder.path, 0, 3), (folder.path, 1, 4)])
    pixels = numpy.where(numpy.arange(SIDE * TILE) % 2 == 0, even, odd)[numpy.newaxis]
    check_levels(folder.path, pixels)


def test_what_cannot_be_written_is_told_and_changes_nothing(tmp_path):
    folder = folder_in(tmp_path)
    before = {path: path.read_bytes() for path in folder.path.rglob("*.*")}
    for name, options, words in [(folder.path, ["LEVEL=1"], "LEVEL"), (folder.path, ["REFRESH=later"], "REFRESH")]:
        dataset, messages = errors_while(lambda: gdal.OpenEx(str(name), gdal.OF_UPDATE, open_options=options))
        assert dataset is None and words in messages[-1][1], messages
    item = folder.item
    item["asset_templates"]["more"] = dict(item["asset_templates"]["tiles"], href="./more/" + folder.template)
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.OpenEx(f"TILEDIR:{folder.path}:tiles", gdal.OF_UPDATE))
    assert dataset is None and len(messages) == 1, messages
    del item["asset_templates"]["more"]
    item["asset_templates"]["tiles"]["href"] = "/elsewhere/" + folder.template
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(folder.path), gdal.OF_UPDATE))
    assert dataset is None and ["opens read-only, since its tiles lie elsewhere" in text for _, text in messages] == [True]
    item["asset_templates"]["tiles"]["href"] = "./" + folder.template
    folder.write_item()
    assert before == {path: path.read_bytes() for path in folder.path.rglob("*.*") if path.is_file()}


def test_a_disk_that_is_full_is_an_error_and_keeps_what_was_there(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        folder = folder_in(disk, dtype="float32")
        (disk / "filler").write_bytes(bytes(64 * 1024))
        before = levels_of(folder.path)
        rest = os.open(disk / "rest", os.O_CREAT | os.O_WRONLY)
        with pytest.raises(OSError):
            while True:
                os.write(rest, bytes(4096))
        os.close(rest)
        dataset = update(folder.path)
        dataset.WriteArray(random_pixels(1, "float32"))
        _, messages = errors_while(dataset.FlushCache)
        assert any("No space left" in text for _, text in messages), messages
        errors_while(lambda: dataset.FlushCache())
        os.unlink(disk / "rest")
        os.unlink(disk / "filler")
        assert all(numpy.isfinite(level).all() for level in levels_of(folder.path)) and len(before) == 3
        del dataset  # there is room now
        check_levels(folder.path, random_pixels(1, "float32"))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_delete_takes_what_is_its_own(tmp_path):
    folder = folder_in(tmp_path)
    update(folder.path).WriteArray(random_pixels())
    dataset = gdal.Open(str(folder.path))
    dataset.GetRasterBand(1).ComputeStatistics(False)
    del dataset
    (folder.path / "notes.txt").write_text("mine")
    (folder.path / "2" / "0" / "0.txt").write_text("mine")
    assert gdal.GetDriverByName("TileDir").Delete(str(folder.path)) == 0
    assert sorted(str(p.relative_to(folder.path)) for p in folder.path.rglob("*") if p.is_file()) == ["2/0/0.txt", "notes.txt"]
    shutil.rmtree(folder.path)
    folder = folder_in(tmp_path)
    assert gdal.GetDriverByName("TileDir").Delete(str(folder.path / "stac.json")) == 0
    assert not folder.path.exists()


@pytest.mark.parametrize("href", ["{abc", "{z}/{y}/{x}.tif{", "{z}/{y}/{x", "{z}/{y}/{"])
def test_a_template_that_is_none_is_told_and_nothing_is_deleted(tmp_path, href):
    folder = folder_in(tmp_path)
    folder.item["asset_templates"]["tiles"]["href"] = href
    folder.write_item()
    before = sorted(folder.path.rglob("*"))
    driver = gdal.GetDriverByName("TileDir")
    for action in (lambda: driver.Delete(str(folder.path)), lambda: driver.CopyFiles(str(tmp_path / "copy"), str(folder.path))):
        _, messages = errors_while(action)
        assert [("without a '}'" in text) for _, text in messages] == [True], messages
    source = gdal.GetDriverByName("MEM").Create("", 64, 64)
    made, messages = errors_while(lambda: driver.CreateCopy(str(folder.path), source))
    assert made is None and "without a '}'" in messages[-1][1]
    assert sorted(folder.path.rglob("*")) == before


@pytest.mark.parametrize("href", ["{z}.tif", "{Name}/{Kind}/{z}.tif", "{z}/{x}.tif"])
def test_a_template_without_the_numbers_of_tiles_owns_nothing(tmp_path, href):
    folder = folder_in(tmp_path)
    for name in ("readme.tif", "0/0.tif", "a/b/c.tif"):
        (folder.path / name).parent.mkdir(exist_ok=True, parents=True)
        (folder.path / name).write_text("mine")
    folder.item["asset_templates"]["tiles"]["href"] = href
    folder.write_item()
    before = {path for path in folder.path.rglob("*") if path.is_file()}
    assert gdal.GetDriverByName("TileDir").Delete(str(folder.path / "stac.json")) == 0
    assert before - {path for path in folder.path.rglob("*") if path.is_file()} == {folder.path / "stac.json"}


def test_copy_and_rename(tmp_path):
    folder = folder_in(tmp_path)
    driver = gdal.GetDriverByName("TileDir")
    assert driver.CopyFiles(str(tmp_path / "copy"), str(folder.path)) == 0
    assert numpy.array_equal(levels_of(tmp_path / "copy")[2], folder.levels[0].pixels)
    _, messages = errors_while(lambda: driver.Rename(str(tmp_path / "copy"), str(folder.path)))
    assert len(messages) == 1 and "is there already" in messages[0][1]
    assert driver.Rename(str(tmp_path / "moved"), str(folder.path)) == 0
    assert not folder.path.exists()
    assert numpy.array_equal(levels_of(tmp_path / "moved")[0], folder.finest.pixels)


def limits_of(folder):
    return json.loads((folder.path / "stac.json").read_text())["properties"]["tiles:tile_matrix_links"]["Test"]["limits"]


def test_the_limits_follow_the_tiles_that_are_there(tmp_path):
    folder = folder_in(tmp_path, nodata=0)
    dataset = update(folder.path)
    pixels = random_pixels()
    pixels[0, : 3 * TILE] = pixels[0, :, 5 * TILE :] = 0
    dataset.WriteArray(pixels)
    del dataset
    assert limits_of(folder)["2"] == {"min_tile_col": 0, "max_tile_col": 4, "min_tile_row": 3, "max_tile_row": 7}
    assert limits_of(folder)["1"] == {"min_tile_col": 0, "max_tile_col": 2, "min_tile_row": 1, "max_tile_row": 3}
    assert numpy.array_equal(gdal.Open(str(folder.path)).ReadAsArray(), pixels[0, 3 * TILE :, : 5 * TILE])
    dataset = update(folder.path)
    dataset.GetRasterBand(1).Fill(0)
    del dataset
    assert not list(folder.path.rglob("*.tif")) and limits_of(folder)["2"]["max_tile_col"] == 4


def test_what_is_emptied_beyond_the_limits_does_not_widen_them(tmp_path):
    levels = pyramid(tile=TILE, tiles=(4, 4), levels=3, first=(4, 4), matrix=(16, 16))
    folder = TileFolder(tmp_path / "tiles", levels, nodata=0)
    before = (folder.path / "stac.json").read_text()
    left, bottom, right, top = folder.finest.bounds
    dataset = update(folder.path, f"EXTENT={left},{bottom},{right + 4 * TILE * 10},{top}")
    dataset.WriteArray(numpy.zeros((8, 8), "uint8"), 7 * TILE, 0)
    del dataset
    assert (folder.path / "stac.json").read_text() == before


def test_a_copy_keeps_its_size_when_its_tiles_are_emptied(tmp_path):
    source = gdal.GetDriverByName("MEM").Create("", 64, 64)
    source.WriteArray(random_pixels()[0, :64, :64])
    source.GetRasterBand(1).SetNoDataValue(0)
    gdal.GetDriverByName("TileDir").CreateCopy(str(tmp_path / "copy"), source, False, ["TILE_SIZE=16"])
    dataset = update(tmp_path / "copy")
    dataset.WriteArray(numpy.zeros((64, 16), "uint8"), 48, 0)
    del dataset
    assert gdal.Open(str(tmp_path / "copy")).RasterXSize == 64


def write_or_empty(path, seed):
    """Every tile in turn, in an order of one's own, with data or without."""
    gdal.DontUseExceptions()
    random = numpy.random.default_rng(seed)
    for place in random.permutation(SIDE * SIDE):
        row, col = divmod(int(place), SIDE)
        dataset = gdal.OpenEx(str(path), gdal.OF_UPDATE, open_options=["EXTENT=MATRIX"])
        value = 9 if random.random() < 0.3 else 0
        dataset.WriteArray(numpy.full((TILE, TILE), value, "uint8"), col * TILE, row * TILE)
        del dataset


def test_limits_hold_every_tile_whoever_writes_and_removes_at_the_same_time(tmp_path):
    folder = folder_in(tmp_path, nodata=0)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(write_or_empty, [(folder.path, seed) for seed in range(4)])
    there = [(int(tile.parent.name), int(tile.stem)) for tile in (folder.path / "2").rglob("*.tif")]
    limits = limits_of(folder)["2"]
    rows, cols = zip(*there)
    assert limits["min_tile_row"] <= min(rows) and max(rows) <= limits["max_tile_row"]
    assert limits["min_tile_col"] <= min(cols) and max(cols) <= limits["max_tile_col"]
