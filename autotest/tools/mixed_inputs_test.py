"""Files of one input that differ count as each of them says, or are refused by name."""

import pathlib

import numpy as np
import pytest
from elevation_model import dem
from osgeo import gdal, osr
from singular_places_test import tiles

CELL = 1 / 1200


def heights(width=300, height=300):
    rows, cols = np.mgrid[0:height, 0:width]
    return 500 + 300 * np.sin(cols / 7.3) + 300 * np.cos(rows / 9.1)


def tell(path, unit=None, scale=None, offset=None):
    file = gdal.Open(path, gdal.GA_Update)
    band = file.GetRasterBand(1)
    if unit is not None:
        band.SetUnitType(unit)
    if scale is not None:
        band.SetScale(scale)
    if offset is not None:
        band.SetOffset(offset)
    file = None
    return path


def run(tiledir, name, inputs, **keys):
    path = tiledir.recipe(f"{name}.yaml", process="hillshade", input={"dem": inputs}, levels=11, output=name, **keys)
    tiledir.make(path)
    return tiles(pathlib.Path(tiledir.folder / name))


def expect_same(one, other):
    assert set(one) == set(other)
    for place, pixels in one.items():
        assert (np.abs(pixels.astype(int) - other[place]) > 0).mean() < 2e-3
        assert np.abs(pixels.astype(int) - other[place]).max() <= 1


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("unit, metres", [("ft", 0.3048), ("us-ft", 1200 / 3937)])
def test_each_file_counts_in_its_own_unit(tiledir, unit, metres, order):
    west = tell(dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights()), "m")
    east = dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights())
    expected = run(tiledir, "metres", [west, east])
    feet = tell(dem(tiledir.folder / "feet.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights() / metres), unit)
    expect_same(run(tiledir, "mixed", [west, feet][::order]), expected)


def test_scale_and_offset_count_for_elevations_file_by_file(tiledir):
    # What whole numbers of decimetres above 250 m hold.
    raw = np.round((heights() - 250) * 10)
    west = dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=raw / 10 + 250)
    east = dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=raw / 10 + 250)
    expected = run(tiledir, "plain", [west, east])
    scaled = [tell(dem(tiledir.folder / f"{left}.tif", "EPSG:4326", left, 50, CELL, pixels=raw), scale=0.1, offset=250)
              for left in (10, 10.25)]
    expect_same(run(tiledir, "scaled", scaled), expected)
    expect_same(run(tiledir, "mixed", [west, scaled[1]]), expected)
    # The second run knows the files from the first.
    tiledir.make(tiledir.folder / "mixed.yaml", "--overwrite")
    expect_same(tiles(tiledir.folder / "mixed"), expected)


def test_a_unit_that_is_not_known_is_refused_beside_another(tiledir):
    west = tell(dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights()), "m")
    east = tell(dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights()), "fathom")
    path = tiledir.recipe(process="hillshade", input={"dem": [west, east]}, levels=11, output="out")
    line = tiledir.refused(path)
    assert "east.tif" in line and "'fathom'" in line and "'m'" in line
    assert not (tiledir.folder / "out" / "11").exists()


@pytest.mark.parametrize("told", [{"unit": "ft"}, {"scale": 0.1}, {"offset": 5}])
def test_processes_that_take_pixels_as_they_are_refuse_files_that_differ(bad_tiledir, told):
    west = dem(bad_tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights())
    east = tell(dem(bad_tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights()), **told)
    path = bad_tiledir.recipe(process="bad_hillshade", input={"dem": [west, east]}, levels=11, output="out")
    line = bad_tiledir.refused(path)
    assert "east.tif" in line and next(iter(told)) in line


def test_a_coarser_file_comes_to_the_lattice_by_the_inputs_resampling(tiledir):
    """As elevation models whose cells widen towards the pole: gdalwarp makes the finer cells beforehand."""
    def terrain(width, height, left, top, cell_x):
        x = left + (np.arange(width) + 0.5) * cell_x
        y = top - (np.arange(height) + 0.5) * CELL
        return 500 + 300 * np.sin(x * 60)[None, :] + 300 * np.cos(y * 80)[:, None]

    def file(name, width, top, cell_x):
        path = tiledir.folder / f"{name}.tif"
        pixels = terrain(width, 300, 10, top, cell_x)
        dem(path, "EPSG:4326", 10, top, CELL, pixels=pixels)
        opened = gdal.Open(str(path), gdal.GA_Update)
        opened.SetGeoTransform([10, cell_x, 0, top, 0, -CELL])
        opened = None
        return str(path)

    south = file("south", 300, 50, CELL)
    north = file("north", 200, 50.25, 1.5 * CELL)
    finer = str(tiledir.folder / "finer.tif")
    gdal.Warp(finer, north, xRes=CELL, yRes=CELL, outputBounds=(10, 50, 10.25, 50.25), resampleAlg="bilinear")
    by_gdal = run(tiledir, "by_gdal", [south, finer])
    made = run(tiledir, "made", [south, north])
    truth = run(tiledir, "truth", [south, file("fine", 300, 50.25, CELL)])
    assert set(made) == set(by_gdal)
    both = [(made[place].astype(int), by_gdal[place].astype(int), truth[place].astype(int)) for place in made]
    differing = sum((np.abs(one - other) > 1).sum() for one, other, _ in both)
    valid = sum((one > 0).sum() for one, _, _ in both)
    # Beside the files' borders kernels of ours go on, and those of gdalwarp do not.
    assert differing < valid * 0.005
    off = [np.abs(one - best)[(one > 0) & (best > 0)] for one, _, best in both]
    assert np.concatenate(off).mean() < 1


HOLE = (slice(100, 150), slice(100, 180))


def with_hole(value):
    pixels = heights()
    pixels[HOLE] = value
    return pixels


def raster(path, left=10.25, data_type=gdal.GDT_Float32, bands=1, pixels=None, options=(), crs=4326):
    """As dem() has it, of any type; without nodata."""
    pixels = np.round(heights()) if pixels is None else pixels
    file = gdal.GetDriverByName("GTiff").Create(str(path), 300, 300, bands, data_type, list(options))
    file.SetGeoTransform([left, CELL, 0, 50, 0, -CELL])
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(crs)
    file.SetSpatialRef(reference)
    for band in range(bands):
        file.GetRasterBand(band + 1).WriteArray(pixels)
    return file


def hide_hole(band):
    band.WriteArray(np.where(np.isnan(with_hole(np.nan)), 0, 255).astype("uint8"))


def with_nodata(path, value, data_type):
    file = raster(path, data_type=data_type, pixels=with_hole(value))
    file.GetRasterBand(1).SetNoDataValue(value)


def with_mask(path, internal):
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", internal)
    file = raster(path, pixels=heights())
    file.CreateMaskBand(gdal.GMF_PER_DATASET)
    hide_hole(file.GetRasterBand(1).GetMaskBand())
    file = None
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)


def with_alpha(path):
    file = raster(path, bands=2, pixels=heights(), options=["ALPHA=YES"])
    hide_hole(file.GetRasterBand(2))


HOLES = {
    "another nodata": lambda path: with_nodata(path, -32768, gdal.GDT_Float32),
    "nodata of a narrower type": lambda path: with_nodata(path, 65535, gdal.GDT_Float32),
    "NaN, and no nodata": lambda path: raster(path, pixels=with_hole(np.nan)),
    "a mask in the file": lambda path: with_mask(path, "YES"),
    "a mask beside the file": lambda path: with_mask(path, "NO"),
    "alpha": with_alpha,
}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("kind", HOLES)
def test_each_file_says_in_its_own_way_where_data_is(tiledir, kind, order):
    west = dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=with_hole(-9999))
    east = dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=with_hole(-9999))
    expected = run(tiledir, "expected", [west, east])
    HOLES[kind](tiledir.folder / "other.tif")
    expect_same(run(tiledir, "mixed", [west, str(tiledir.folder / "other.tif")][::order]), expected)


def test_a_value_that_is_nodata_in_another_file_is_a_value(tiledir):
    west = dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights())
    raster(tiledir.folder / "zero.tif", pixels=with_hole(-9999)).FlushCache()
    made = run(tiledir, "made", [west, str(tiledir.folder / "zero.tif")])
    east = dem(tiledir.folder / "east.tif", "EPSG:4326", 10.25, 50, CELL, pixels=heights())
    whole = run(tiledir, "whole", [west, east])
    assert sum((each > 0).sum() for each in made.values()) > 0.99 * sum((each > 0).sum() for each in whole.values())


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("west_type, east_type", [
    ("Int16", "UInt16"), ("Byte", "Int16"), ("Int32", "Float32"), ("UInt32", "Float64"), ("Float32", "Float64"),
])
def test_types_of_files_may_differ(tiledir, west_type, east_type, order):
    def pixels(data_type):
        low, high = {"Byte": (0, 255), "Int16": (-300, 32000)}.get(data_type, (0, 60000))
        return np.round(low + (heights() + 100) / 1300 * (high - low) * 0.9)

    made = {}
    for name, types in (("floats", ["Float64", "Float64"]), ("mixed", [west_type, east_type])):
        for place, data_type, of in zip((10, 10.25), types, (west_type, east_type)):
            raster(tiledir.folder / f"{name}{place}.tif", place, getattr(gdal, f"GDT_{data_type}"), pixels=pixels(of))
        made[name] = run(tiledir, name, [str(tiledir.folder / f"{name}{place}.tif") for place in (10, 10.25)][::order])
    expect_same(made["mixed"], made["floats"])


@pytest.mark.parametrize("order", [1, -1])
def test_signed_bytes_are_signed_beside_others(tiledir, order):
    pixels = np.round(heights() / 10)
    names = [str(tiledir.folder / name) for name in ("west.tif", "signed.tif")]
    floats = [str(tiledir.folder / name) for name in ("west.tif", "floats.tif")]
    raster(names[0], 10, pixels=pixels).FlushCache()
    raster(floats[1], pixels=pixels).FlushCache()
    if hasattr(gdal, "GDT_Int8"):
        raster(names[1], data_type=gdal.GDT_Int8, pixels=pixels).FlushCache()
    else:
        raster(names[1], data_type=gdal.GDT_Byte, pixels=pixels.astype("int8").view("uint8"),
               options=["PIXELTYPE=SIGNEDBYTE"]).FlushCache()
    expect_same(run(tiledir, "mixed", names[::order]), run(tiledir, "expected", floats[::order]))


def palette(path, left, colors):
    file = raster(path, left, gdal.GDT_Byte, pixels=np.round(heights()) % 7)
    table = gdal.ColorTable()
    for index in range(7):
        table.SetColorEntry(index, colors(index))
    file.GetRasterBand(1).SetColorTable(table)


def color(path, left, bands, order=(gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)):
    file = raster(path, left, gdal.GDT_Byte, bands, options=["PHOTOMETRIC=MINISBLACK"])
    for band, kind in enumerate(order[:bands]):
        file.GetRasterBand(band + 1).SetColorInterpretation(kind)


def reds(index):
    return index * 40, 0, 0, 255


def greens(index):
    return 0, index * 40, 0, 255


KINDS = {
    "reds": lambda path, left: palette(path, left, reds),
    "greens": lambda path, left: palette(path, left, greens),
    "gray": lambda path, left: color(path, left, 1, [gdal.GCI_GrayIndex]),
    "rgb": lambda path, left: color(path, left, 3),
    "bgr": lambda path, left: color(path, left, 3, [gdal.GCI_BlueBand, gdal.GCI_GreenBand, gdal.GCI_RedBand]),
    "rgba": lambda path, left: color(path, left, 4, [*range(gdal.GCI_RedBand, gdal.GCI_AlphaBand + 1)]),
    "four": lambda path, left: color(path, left, 4),
    "utm": lambda path, left: raster(path, left, crs=32632),
    "other zone": lambda path, left: raster(path, left, crs=32633),
}


@pytest.mark.parametrize("first, second, words", [
    ("reds", "greens", "another colour table"),
    ("reds", "gray", "has no colour table"),
    ("gray", "reds", "has a colour table"),
    ("reds", "rgb", "3 bands"),
    ("rgb", "bgr", "Blue,Green,Red"),
    ("rgb", "four", "4 bands"),
    ("rgb", "gray", "1 bands"),
    ("utm", "other zone", "EPSG:32633"),
])
def test_files_of_unlike_bands_or_places_are_refused_by_name(tiledir, first, second, words):
    names = []
    for left, kind in ((10, first), (10.25, second)):
        names.append(str(tiledir.folder / f"{kind.replace(' ', '_')}.tif"))
        KINDS[kind](names[-1], left)
    line = tiledir.refused(tiledir.recipe(process="hillshade", input={"dem": names}, levels=11, output="out"))
    assert names[1] in line and words in line


@pytest.mark.parametrize("first, second", [("reds", "reds"), ("rgb", "rgba"), ("rgba", "rgb"), ("bgr", "bgr")])
def test_files_of_like_bands_go_together(tiledir, first, second):
    names = []
    for left, kind in ((10, first), (10.25, second)):
        names.append(str(tiledir.folder / f"{kind}{left}.tif"))
        KINDS[kind](names[-1], left)
    recipe = tiledir.recipe(process="hillshade", input={"dem": names}, levels=11, output="out")
    tiledir.make(recipe)
    tiledir.make(recipe)  # knows the files


@pytest.mark.parametrize("options", [("TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=16"), ("BLOCKYSIZE=300",)])
def test_blocks_of_files_may_differ(tiledir, options):
    names = [str(tiledir.folder / name) for name in ("west.tif", "plain.tif", "blocks.tif")]
    raster(names[0], 10).FlushCache()
    raster(names[1]).FlushCache()
    raster(names[2], options=options).FlushCache()
    expect_same(run(tiledir, "made", [names[0], names[2]]), run(tiledir, "expected", names[:2]))


@pytest.mark.parametrize("output, words", [
    ({"format": "JPEG"}, "JPEG"),
    ({"options": {"COMPRESS": "JPEG"}}, "COMPRESS=JPEG"),
    ({"format": "PNG"}, ""),
    ({}, ""),
])
def test_a_run_into_lossy_tiles_says_that_nodata_blurs(tiledir, output, words):
    west = dem(tiledir.folder / "west.tif", "EPSG:4326", 10, 50, CELL, pixels=heights())
    recipe = tiledir.recipe(process="hillshade", input={"dem": [west]}, levels=9, output={"path": "out", **output})
    result = tiledir.run(recipe)
    assert result.returncode == 0, result.stderr
    assert ("event=lossy_nodata" in result.stderr) == bool(words) and words in result.stderr
