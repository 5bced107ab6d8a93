"""Folders of tiles that no STAC item describes: gdal2tiles', mapchete's, GDAL's, and trees that only their names tell of.

Expected pixels are put together by NumPy from the tiles' files, or made by GDAL's warper from what was tiled.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy
import osgeo_utils.gdal2tiles
import pytest
from osgeo import gdal, osr

from file_server import FileServer
from tile_folder import errors_while

MERCATOR = 20037508.342789244


@pytest.fixture(scope="module")
def terrain(data, tmp_path_factory):
    """Bytes of real terrain, EPSG:4326, 230 x 344 pixels."""
    path = tmp_path_factory.mktemp("terrain") / "terrain.tif"
    gdal.Translate(str(path), str(data / "jacksboro_west.tif"), outputType=gdal.GDT_Byte, scaleParams=[[150, 1000, 1, 250]])
    return path


def gdal2tiles(source, target, *options):
    """Where gdal2tiles is `gdal raster tile` underneath (GDAL 3.13), as it was before: the other writes no XML."""
    legacy = ["--legacy"] if "--legacy" in pathlib.Path(osgeo_utils.gdal2tiles.__file__).read_text() else []
    command = [sys.executable, "-m", "osgeo_utils.gdal2tiles", "-q", "-r", "near", *legacy, *options, source, target]
    command = [str(part) for part in command]
    subprocess.run(command, check=True, capture_output=True)
    return target


def opened(name, *options):
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(name), open_options=list(options)))
    assert dataset is not None, messages
    assert dataset.GetDriver().ShortName == "TileDir"
    assert messages == []
    return dataset


def refused(name, *options):
    """The one line that says why."""
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(name), open_options=list(options)))
    assert dataset is None and len(messages) == 1, messages
    assert "\n" not in messages[0][1]
    return messages[0][1]


def bounds(dataset):
    left, cell, _, top, _, _ = dataset.GetGeoTransform()
    return left, top - dataset.RasterYSize * cell, left + dataset.RasterXSize * cell, top


def warped_onto(dataset, source):
    return gdal.Warp(
        "", str(source), format="MEM", dstSRS=dataset.GetSpatialRef().ExportToWkt(), outputBounds=bounds(dataset),
        width=dataset.RasterXSize, height=dataset.RasterYSize, resampleAlg="near",
    )  # fmt: skip


def best_shift(pixels, expected, mask):
    """By how many pixels the one should be shifted to be most like the other: gdal2tiles resamples twice."""

    def unlikeness(shift):
        shifted = numpy.roll(pixels, shift, (0, 1))
        return numpy.abs(shifted[mask].astype(int) - expected[mask]).mean()

    return min(((rows, cols) for rows in range(-3, 4) for cols in range(-3, 4)), key=unlikeness)


# gdal2tiles' profiles: its options, the finest level's cell size.
PROFILES = {
    "mercator": (["-p", "mercator", "-z", "9-11"], 2 * MERCATOR / 256 / 2**11),
    "mercator-512": (["-p", "mercator", "-z", "8-10", "--tilesize=512"], 2 * MERCATOR / 512 / 2**10),
    "geodetic": (["-p", "geodetic", "-z", "8-10"], 360 / 256 / 2**10),
    "geodetic-tms": (["-p", "geodetic", "--tmscompatible", "-z", "8-10"], 180 / 256 / 2**10),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_gdal2tiles_output_lies_where_gdal2tiles_put_it(terrain, tmp_path, profile):
    options, cell = PROFILES[profile]
    dataset = opened(gdal2tiles(terrain, tmp_path / "out", *options))
    assert dataset.GetGeoTransform()[1] == pytest.approx(cell, rel=1e-12)
    assert dataset.RasterCount == 2 and dataset.GetRasterBand(1).GetOverviewCount() >= 2
    pixels, alpha = dataset.ReadAsArray()
    expected = warped_onto(dataset, terrain).ReadAsArray()
    assert (alpha > 0).sum() == pytest.approx((expected > 0).sum(), rel=0.02)
    rows, cols = best_shift(pixels, expected, (alpha > 0) & (expected > 0))
    assert abs(rows) <= 1 and abs(cols) <= 1


def test_the_raster_profile_of_gdal2tiles_gives_the_source_back(terrain, tmp_path):
    dataset = opened(gdal2tiles(terrain, tmp_path / "out", "-p", "raster"))
    source = gdal.Open(str(terrain))
    assert dataset.GetSpatialRef().IsSame(source.GetSpatialRef())
    left, bottom, _, top = bounds(dataset)
    source_bounds = bounds(source)
    assert left == pytest.approx(source_bounds[0], abs=1e-9) and bottom == pytest.approx(source_bounds[1], abs=1e-9)
    rows = dataset.RasterYSize - source.RasterYSize
    assert (dataset.GetRasterBand(1).ReadAsArray(0, rows, 230, 344) == source.ReadAsArray()).all()
    assert (dataset.GetRasterBand(2).ReadAsArray(0, 0, 230, rows) == 0).all()


def test_gdal2tiles_output_in_xyz_order_needs_scheme_and_has_the_same_pixels(terrain, tmp_path):
    tms = opened(gdal2tiles(terrain, tmp_path / "tms", *PROFILES["mercator"][0]))
    folder = gdal2tiles(terrain, tmp_path / "xyz", "--xyz", *PROFILES["mercator"][0])
    why = refused(f"TILEDIR:{folder}")
    for told in ["open option SCHEME", "XYZ", "TMS", "ZYX", "ZYX_TMS", "{z}/{x}/{-y}.png"]:
        assert told in why
    for scheme in ["XYZ", "xyz", "{z}/{x}/{y}.png", "{TileMatrix}/{TileCol}/{TileRow}.png"]:
        xyz = opened(f"TILEDIR:{folder}", f"SCHEME={scheme}")
        assert xyz.GetGeoTransform() == tms.GetGeoTransform()
        assert (xyz.ReadAsArray() == tms.ReadAsArray()).all()
    assert opened(f"TILEDIR:{folder}", "SCHEME=TMS").GetGeoTransform() != tms.GetGeoTransform()


def test_scheme_and_grid_overrule_a_document(terrain, tmp_path):
    folder = gdal2tiles(terrain, tmp_path / "out", *PROFILES["mercator"][0])
    told = opened(f"TILEDIR:{folder}", "SCHEME=TMS", "GRID=WorldMercatorWGS84Quad")
    assert told.GetSpatialRef().GetAuthorityCode(None) == "3395"


def test_the_driver_named_alone_opens_a_bare_tree(terrain, tmp_path):
    folder = gdal2tiles(terrain, tmp_path / "xyz", "--xyz", *PROFILES["mercator"][0])
    assert gdal.IdentifyDriverEx(str(folder)) is None
    options = ["SCHEME=XYZ"]
    assert gdal.OpenEx(str(folder), open_options=options) is None
    assert gdal.OpenEx(str(folder), open_options=options, allowed_drivers=["TileDir"]) is not None
    assert gdal.OpenEx(str(folder), open_options=options, allowed_drivers=["TileDir", "GTiff"]) is None


def test_broken_tile_maps_are_told_of_in_one_line(terrain, tmp_path):
    folder = gdal2tiles(terrain, tmp_path / "out", *PROFILES["mercator"][0])
    document = folder / "tilemapresource.xml"
    text = document.read_text()
    for old, new, told in [
        ('width="256"', 'width="0"', "TileFormat"),
        ("units-per-pixel", "units", "units-per-pixel"),
        ("</TileMap>", "</TileMa>", "TileMap"),
        ('extension="png"', 'extension="tif"', "no tiles"),
    ]:
        document.write_text(text.replace(old, new))
        why = refused(f"TILEDIR:{folder}")
        assert told in why and str(folder) in why


# Trees made by hand ---------------------------------------------------------------------------------------------------

SCHEMES = {
    "XYZ": lambda col, row, height: (col, row),
    "TMS": lambda col, row, height: (col, height - 1 - row),
    "ZYX": lambda col, row, height: (row, col),
    "ZYX_TMS": lambda col, row, height: (height - 1 - row, col),
}


class Grid:
    """A pyramid of tiles that halves its cells; `rows` and `cols` are level 0's."""

    def __init__(self, code, left, top, cell, cols=1, rows=1, tile=16):
        self.code, self.left, self.top, self.cell, self.cols, self.rows, self.tile = code, left, top, cell, cols, rows, tile

    def height(self, level):
        return self.rows * 2**level

    def geotransform(self, level, col, row):
        cell = self.cell / 2**level
        return (self.left + col * self.tile * cell, cell, 0, self.top - row * self.tile * cell, 0, -cell)


def web_mercator(tile=16):
    return Grid(3857, -MERCATOR, MERCATOR, 2 * MERCATOR / tile, tile=tile)


def world(tile=16):
    return Grid(4326, -180, 90, 180 / tile, cols=2, tile=tile)


class Tree:
    """Tiles of random pixels, each level's in a block of `cols` x `rows` tiles; {level: (first col, first row)}."""

    def __init__(self, folder, grid, scheme, levels, size=(3, 2), extension="tif", place="file", zeros=0, missing=()):
        self.folder, self.grid, self.scheme = pathlib.Path(folder), grid, scheme
        self.extension, self.place, self.zeros, self.missing = extension, place, zeros, set(missing)
        self.cols, self.rows = size
        self.levels, self.pixels = levels, {}
        random = numpy.random.default_rng(7)
        for level, (first_col, first_row) in levels.items():
            tile = grid.tile
            pixels = random.integers(1, 255, (self.rows * tile, self.cols * tile), numpy.uint8)
            for row in range(self.rows):
                for col in range(self.cols):
                    part = pixels[row * tile : (row + 1) * tile, col * tile : (col + 1) * tile]
                    if (level, first_col + col, first_row + row) in self.missing:
                        part[:] = 0
                    else:
                        self.write(level, first_col + col, first_row + row, part)
            self.pixels[level] = pixels

    def path(self, level, col, row):
        first, second = SCHEMES[self.scheme](col, row, self.grid.height(level))
        return self.folder / f"{level:0{self.zeros}d}" / str(first) / f"{second}.{self.extension}"

    def write(self, level, col, row, pixels):
        path = self.path(level, col, row)
        path.parent.mkdir(parents=True, exist_ok=True)
        place = self.grid.geotransform(level, col, row)
        bands = 3 if self.extension == "webp" else 1
        tile = gdal.GetDriverByName("MEM").Create("", self.grid.tile, self.grid.tile, bands)
        for band in range(1, bands + 1):
            tile.GetRasterBand(band).WriteArray(pixels)
        if self.place == "file":
            tile.SetGeoTransform(place)
            srs = osr.SpatialReference()
            srs.ImportFromEPSG(self.grid.code)
            tile.SetProjection(srs.ExportToWkt())
        drivers = {"tif": "GTiff", "png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
        options = ["LOSSLESS=YES"] if self.extension == "webp" else []
        assert gdal.GetDriverByName(drivers[self.extension]).CreateCopy(str(path), tile, options=options) is not None
        if self.place == "world":
            _, cell, _, top, _, _ = place
            lines = [cell, 0, 0, -cell, place[0] + cell / 2, top - cell / 2]
            path.with_suffix(".wld").write_text("".join(f"{line!r}\n" for line in lines))
        if self.place == "nowhere" and pathlib.Path(f"{path}.aux.xml").exists():
            os.remove(f"{path}.aux.xml")

    def check(self, dataset):
        level = max(self.levels)
        expected = self.grid.geotransform(level, *self.levels[level])
        assert dataset.GetGeoTransform() == pytest.approx(expected, rel=1e-12, abs=1e-9)
        assert (dataset.GetRasterBand(dataset.RasterCount).ReadAsArray() == self.pixels[level]).all()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("grid", [web_mercator(), world(), web_mercator(256)])
def test_georeferenced_tiles_tell_grid_and_scheme(tmp_path, scheme, grid):
    tree = Tree(tmp_path / "tree", grid, scheme, {4: (2, 3), 5: (4, 6)})
    dataset = opened(f"TILEDIR:{tree.folder}")
    tree.check(dataset)
    assert dataset.GetSpatialRef().GetAuthorityCode(None) == str(grid.code)
    name = {3857: "WebMercatorQuad", 4326: "WGS1984Quad"}[grid.code] + ("" if grid.tile == 256 else "_16")
    assert dataset.GetMetadataItem("TILE_MATRIX_SET", "TILEDIR") == name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_georeferenced_tiles_on_a_grid_of_their_own_tell_it(tmp_path, scheme):
    grid = Grid(25832, 500012.5, 5800000, 80, cols=3, rows=5)
    tree = Tree(tmp_path / "tree", grid, scheme, {2: (1, 2), 3: (2, 4)})
    dataset = opened(f"TILEDIR:{tree.folder}")
    tree.check(dataset)
    assert dataset.GetSpatialRef().GetAuthorityCode(None) == "25832"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_tile_on_the_diagonal_does_not_mislead(tmp_path, scheme):
    tree = Tree(tmp_path / "tree", web_mercator(), scheme, {4: (7, 7), 5: (15, 15)}, size=(2, 2))
    tree.check(opened(f"TILEDIR:{tree.folder}"))


def test_one_tile_is_where_it_says(tmp_path):
    tree = Tree(tmp_path / "tree", Grid(25832, 500000, 5800000, 10), "XYZ", {0: (0, 0)}, size=(1, 1))
    tree.check(opened(f"TILEDIR:{tree.folder}"))


@pytest.mark.parametrize("scheme", ["XYZ", "ZYX_TMS"])
@pytest.mark.parametrize("extension, place", [("png", "file"), ("png", "world"), ("webp", "file"), ("tif", "world")])
def test_plain_images_with_places_beside_them_tell_grid_and_scheme(tmp_path, scheme, extension, place):
    if gdal.GetDriverByName(extension.upper() if extension == "webp" else "PNG") is None:
        pytest.skip("GDAL has no such driver")
    tree = Tree(tmp_path / "tree", web_mercator(), scheme, {4: (2, 3), 5: (4, 6)}, extension=extension, place=place)
    tree.check(opened(f"TILEDIR:{tree.folder}"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_plain_images_are_read_as_scheme_and_grid_say(tmp_path, scheme):
    tree = Tree(tmp_path / "tree", world(), scheme, {4: (2, 3), 5: (4, 6)}, extension="png", place="nowhere")
    assert "SCHEME" in refused(f"TILEDIR:{tree.folder}")
    tree.check(opened(f"TILEDIR:{tree.folder}", f"SCHEME={scheme}", "GRID=WGS1984Quad"))


def test_a_wrong_scheme_is_told_where_tiles_say_otherwise(tmp_path):
    tree = Tree(tmp_path / "tree", web_mercator(), "XYZ", {4: (2, 3), 5: (4, 6)})
    tree.check(opened(f"TILEDIR:{tree.folder}", "SCHEME=XYZ", "GRID=WebMercatorQuad"))
    why = refused(f"TILEDIR:{tree.folder}", "SCHEME=ZYX", "GRID=WebMercatorQuad")
    assert "elsewhere" in why and "SCHEME" in why


def test_numbers_beyond_the_grid_are_told(tmp_path):
    tree = Tree(tmp_path / "tree", world(), "XYZ", {4: (20, 3)}, extension="png", place="nowhere")
    why = refused(f"TILEDIR:{tree.folder}", "SCHEME=XYZ")
    assert "22/4" in why and "16 columns" in why and "GRID" in why
    tree = Tree(tmp_path / "deep", world(), "XYZ", {40: (20, 3)}, extension="png", place="nowhere")
    assert "0 to 24" in refused(f"TILEDIR:{tree.folder}", "SCHEME=XYZ")


@pytest.mark.parametrize("option, told", [("SCHEME=YZX", "ZYX_TMS"), ("GRID=Mars", "WebMercatorQuad")])
def test_unknown_values_of_options_are_told_with_the_known(tmp_path, option, told):
    tree = Tree(tmp_path / "tree", web_mercator(), "XYZ", {4: (2, 3)})
    assert told in refused(f"TILEDIR:{tree.folder}", option)


def test_other_files_and_gaps_do_not_count(tmp_path):
    grid = web_mercator()
    tree = Tree(tmp_path / "tree", grid, "XYZ", {4: (2, 3), 5: (4, 6)}, missing=[(5, 4, 7), (5, 5, 6)])
    for name in ["index.html", "doc.kml", "5/9/99.kml", "5/9/99.tif.aux.xml", "5/thumbnail.tif", "5/4/001.tif", "5/4/-3.tif"]:
        (tree.folder / name).parent.mkdir(exist_ok=True)
        (tree.folder / name).write_text("no tile")
    (tree.folder / "7").mkdir()
    (tree.folder / "2024" / "1").mkdir(parents=True)
    tree.check(opened(f"TILEDIR:{tree.folder}"))


def test_levels_may_have_zeros_before_them(tmp_path):
    tree = Tree(tmp_path / "tree", web_mercator(), "XYZ", {9: (2, 3), 10: (4, 6)}, zeros=3)
    dataset = opened(f"TILEDIR:{tree.folder}")
    tree.check(dataset)
    assert dataset.GetMetadataItem("TILE_MATRIX", "TILEDIR") == "010"


def test_coarser_levels_are_overviews(tmp_path):
    tree = Tree(tmp_path / "tree", web_mercator(), "TMS", {4: (2, 4), 5: (4, 8)}, size=(2, 2))
    dataset = opened(f"TILEDIR:{tree.folder}")
    assert (dataset.GetRasterBand(1).GetOverview(0).ReadAsArray() == tree.pixels[4][:16, :16]).all()


def test_tiles_of_two_formats_are_told_and_a_template_chooses(tmp_path):
    Tree(tmp_path / "tree", web_mercator(), "XYZ", {4: (0, 0)}, extension="jpg", place="nowhere")
    tree = Tree(tmp_path / "tree", web_mercator(), "XYZ", {4: (2, 3)}, extension="png", place="nowhere")
    why = refused(f"TILEDIR:{tree.folder}")
    assert "jpg, png" in why and "SCHEME={z}/{x}/{y}.jpg" in why
    tree.check(opened(f"TILEDIR:{tree.folder}", "SCHEME={z}/{x}/{y}.png"))


@pytest.mark.parametrize("template", ["{z}-{x}-{y}.png", "{q}.png"])
def test_templates_of_other_shapes_open_with_level_and_extent(tmp_path, template):
    random = numpy.random.default_rng(3)
    pixels = random.integers(1, 255, (512, 512), numpy.uint8)
    quadkeys = {(0, 0): "0", (1, 0): "1", (0, 1): "2", (1, 1): "3"}
    for (col, row), key in quadkeys.items():
        tile = gdal.GetDriverByName("MEM").Create("", 256, 256)
        tile.WriteArray(pixels[row * 256 : row * 256 + 256, col * 256 : col * 256 + 256])
        name = template.format(z=1, x=col, y=row, q=key)
        gdal.GetDriverByName("PNG").CreateCopy(str(tmp_path / name), tile)
    dataset = opened(f"TILEDIR:{tmp_path}", f"SCHEME={template}", "LEVEL=1")
    assert (dataset.ReadAsArray() == pixels).all()
    assert dataset.GetGeoTransform()[0] == pytest.approx(-MERCATOR, rel=1e-15)


def test_a_web_server_that_lists_nothing_is_read_by_a_template(tmp_path):
    tree = Tree(tmp_path / "tree", web_mercator(256), "XYZ", {1: (0, 0)}, size=(2, 2), extension="png", place="nowhere")
    with FileServer(tree.folder) as server:
        assert "SCHEME" in refused(f"TILEDIR:{server.url}")
        tree.check(opened(f"TILEDIR:{server.url}", "SCHEME={z}/{x}/{y}.png", "LEVEL=1"))


def test_a_level_too_large_to_be_listed_has_the_limits_of_the_one_above(tmp_path):
    tree = Tree(tmp_path / "tree", web_mercator(), "XYZ", {8: (20, 60)}, size=(1, 1), extension="png", place="nowhere")
    tile = tree.path(8, 20, 60)
    for level, count in [(7, 80), (8, 160)]:
        for first in range(count):
            folder = tree.folder / str(level) / str(10 * (level - 6) + first)
            folder.mkdir(parents=True, exist_ok=True)
            for second in range(30 * (level - 6), 30 * (level - 6) + count):
                if folder / f"{second}.png" != tile:
                    os.link(tile, folder / f"{second}.png")
    dataset = opened(f"TILEDIR:{tree.folder}", "SCHEME=XYZ")
    # Folders of the finest level: 20 to 179. Its rows: those of the 30 to 109 above.
    assert (dataset.RasterXSize, dataset.RasterYSize) == (160 * 16, 160 * 16)
    expected = web_mercator().geotransform(8, 20, 60)
    assert dataset.GetGeoTransform() == pytest.approx(expected, rel=1e-12)


def test_an_empty_folder_is_told(tmp_path):
    (tmp_path / "4" / "2").mkdir(parents=True)
    assert "no tiles" in refused(f"TILEDIR:{tmp_path}")
    assert "absent" in refused(f"TILEDIR:{tmp_path}/absent")


# mapchete -------------------------------------------------------------------------------------------------------------


def mapchete_metadata(grid="geodetic", metatiling=1, pixelbuffer=0, tile_size=256, **driver):
    """As mapchete 2026.7.0 wrote it for a process with `pyramid: {grid: geodetic, metatiling: 1}`."""
    named = {
        "geodetic": ([-180.0, -90.0, 180.0, 90.0], [1, 2], 4326),
        "mercator": ([-20037508.3427892, -20037508.3427892, 20037508.3427892, 20037508.3427892], [1, 1], 3857),
    }
    if isinstance(grid, str):
        extent, shape, code = named[grid]
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(code)
        grid = {"bounds": extent, "grid": grid, "is_global": True, "shape": shape, "srs": {"wkt": srs.ExportToWkt()}}
    delimiters = {
        "bounds": [-84.41, 36.16, -84.08, 36.44],
        "effective_area": None,
        "effective_bounds": [-85.78125, 35.15625, -82.96875, 36.5625],
        "process_bounds": [-84.41, 36.16, -84.08, 36.44],
        "process_zoom": [7, 8],
        "zoom": [7, 8],
    }
    about = {"bands": 1, "delimiters": delimiters, "dtype": "uint8", "format": "GTiff", "mode": "continue", "nodata": 0}
    about.update(driver)
    pyramid = {"grid": grid, "metatiling": metatiling, "pixelbuffer": pixelbuffer, "tile_size": tile_size}
    return {"driver": about, "pyramid": pyramid}


def write_metadata(folder, **members):
    (folder / "metadata.json").write_text(json.dumps(mapchete_metadata(**members), indent=4))
    return folder


def test_mapchete_output_is_read_by_its_metadata_json(tmp_path):
    grid = world(256)
    tree = Tree(tmp_path / "out", grid, "ZYX", {7: (67, 38), 8: (135, 76)}, size=(2, 1), place="nowhere")
    write_metadata(tree.folder)
    tree.check(opened(tree.folder))
    tree.check(opened(tree.folder / "metadata.json"))
    assert gdal.IdentifyDriverEx(str(tree.folder)).ShortName == "TileDir"


def test_the_empty_tiles_that_mapchete_leaves_for_others_do_not_count(tmp_path):
    grid = world(256)
    tree = Tree(tmp_path / "out", grid, "ZYX", {7: (67, 38), 8: (135, 76)}, size=(2, 1), place="nowhere")
    write_metadata(tree.folder)
    for level in [7, 8]:
        tree.write(level, 0, 0, numpy.zeros((256, 256), numpy.uint8))
    tree.check(opened(tree.folder))


def test_a_first_tile_with_neighbours_counts(tmp_path):
    tree = Tree(tmp_path / "out", world(256), "ZYX", {3: (0, 0)}, size=(2, 2), place="nowhere")
    write_metadata(tree.folder)
    tree.check(opened(tree.folder))


@pytest.mark.parametrize("grid, cols, rows", [("mercator", 1, 1), ("geodetic", 2, 1)])
def test_metatiles_are_cut_where_the_pyramid_ends(tmp_path, grid, cols, rows):
    """Level 0 is one tile or two, where a metatile has room for 4 x 4."""
    width, height = cols * 256, rows * 256
    pixels = numpy.random.default_rng(5).integers(1, 255, (height, width), numpy.uint8)
    (tmp_path / "0" / "0").mkdir(parents=True)
    tile = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "0" / "0" / "0.tif"), width, height)
    tile.WriteArray(pixels)
    del tile
    dataset = opened(write_metadata(tmp_path, grid=grid, metatiling=4))
    assert dataset.GetRasterBand(1).GetBlockSize() == [1024, 1024]
    read = dataset.ReadAsArray()
    assert (read[:height, :width] == pixels).all()
    assert (read[height:, :] == 0).all() and (read[:, width:] == 0).all()


def test_mapchete_grids_of_ones_own_are_read(tmp_path):
    grid = Grid(25832, 500000, 5800000, 100, cols=2, rows=3, tile=256)
    tree = Tree(tmp_path / "out", grid, "ZYX", {1: (1, 2), 2: (2, 4)}, size=(2, 2), place="nowhere")
    extent = [500000, 5800000 - 3 * 256 * 100, 500000 + 2 * 256 * 100, 5800000]
    srs = {"epsg": 25832}
    write_metadata(tree.folder, grid={"bounds": extent, "shape": [3, 2], "srs": srs, "is_global": False, "grid": "custom"})
    dataset = opened(tree.folder)
    tree.check(dataset)
    assert dataset.GetSpatialRef().GetAuthorityCode(None) == "25832"


@pytest.mark.parametrize("format_name", ["PNG", "PNG_hillshade"])
def test_mapchete_pngs_are_read_and_their_aux_files_are_no_tiles(tmp_path, format_name):
    tree = Tree(tmp_path / "out", web_mercator(256), "ZYX", {7: (33, 50), 8: (67, 101)}, size=(2, 1), extension="png")
    assert list(tree.folder.glob("8/*/*.png.aux.xml"))
    write_metadata(tree.folder, grid="mercator", format=format_name)
    tree.check(opened(tree.folder))


@pytest.mark.parametrize("members", [{"format": "GeoJSON"}, {"format": "FlatGeobuf"}, {"format": None}])
def test_mapchete_output_of_other_formats_is_left_alone(tmp_path, members):
    write_metadata(tmp_path, **members)
    assert gdal.IdentifyDriverEx(str(tmp_path)) is None


@pytest.mark.parametrize(
    "change, told",
    [
        ({"grid": {"bounds": [0, 0, 1], "shape": [1, 1], "srs": {"epsg": 3857}}}, "pyramid.grid.bounds"),
        ({"grid": {"bounds": [0, 0, 2, 1], "shape": [1, 1], "srs": {"epsg": 3857}}}, "not square"),
        ({"grid": {"bounds": [0, 0, 1, 1], "shape": [0, 1], "srs": {"epsg": 3857}}}, "pyramid.grid.shape"),
        ({"metatiling": 0}, "pyramid.metatiling"),
        ({"tile_size": -1}, "pyramid.tile_size"),
    ],
)
def test_broken_metadata_is_told_of_in_one_line(tmp_path, change, told):
    write_metadata(tmp_path, **change)
    why = refused(tmp_path)
    assert told in why and "metadata.json" in why


MAPCHETE_PROCESS = "def execute(dem):\n    return 'empty' if dem.is_empty() else dem.read()\n"
MAPCHETE_CONFIG = """
process: process.py
input: {{dem: {dem}}}
pyramid: {{grid: {grid}, metatiling: {metatiling}}}
output: {{path: {path}, format: GTiff, bands: 1, dtype: int16, nodata: -32768, metatiling: {metatiling}}}
zoom_levels: {{min: 7, max: 9}}
bounds: [-84.41, 36.16, -84.23, 36.44]
bounds_crs: EPSG:4326
"""


@pytest.mark.parametrize("grid, metatiling", [("geodetic", 1), ("geodetic", 4), ("mercator", 1)])
def test_real_mapchete_output_lies_where_its_tiles_say(tmp_path, data, grid, metatiling):
    program = os.environ.get("MAPCHETE") or shutil.which("mapchete")
    if program is None:
        pytest.skip("mapchete is absent, and MAPCHETE names none")
    (tmp_path / "process.py").write_text(MAPCHETE_PROCESS)
    config = MAPCHETE_CONFIG.format(dem=data / "jacksboro_west.tif", grid=grid, metatiling=metatiling, path=tmp_path / "out")
    if grid == "mercator":
        config = config.replace("-84.41, 36.16, -84.23, 36.44", "-9397000, 4323000, -9377000, 4361000").replace("4326", "3857")
    (tmp_path / "run.mapchete").write_text(config)
    environment = {key: value for key, value in os.environ.items() if key != "GDAL_DRIVER_PATH"}
    command = [program, "execute", "run.mapchete", "--concurrency", "none", "--no-pbar"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=environment)
    dataset = opened(tmp_path / "out")
    tiles = [path for path in (tmp_path / "out" / "9").glob("*/*.tif") if path.parent.name != "0"]
    assert tiles
    left, cell, _, top, _, _ = dataset.GetGeoTransform()
    covered = 0
    for path in tiles:
        tile = gdal.Open(str(path))
        place = tile.GetGeoTransform()
        col, row = round((place[0] - left) / cell), round((top - place[3]) / cell)
        read = dataset.ReadAsArray(col, row, tile.RasterXSize, tile.RasterYSize)
        assert (read == tile.ReadAsArray()).all()
        assert place[1] == pytest.approx(cell, rel=1e-9)
        covered += tile.RasterXSize * tile.RasterYSize
    assert covered == dataset.RasterXSize * dataset.RasterYSize


# gdal raster tile -----------------------------------------------------------------------------------------------------


def test_gdal_raster_tile_output_opens_by_its_stacta_json(terrain, tmp_path):
    program = shutil.which("gdal")
    if program is None or int(gdal.VersionInfo()) < 3120000:
        pytest.skip("gdal raster tile is new in GDAL 3.12")
    folder = tmp_path / "out"
    command = [program, "raster", "tile", "-q", "-r", "near", "--min-zoom=9", "--max-zoom=11", terrain, folder]
    subprocess.run([str(part) for part in command], check=True)
    dataset = opened(folder / "stacta.json")
    tree = opened(f"TILEDIR:{folder}", "SCHEME=XYZ")
    assert dataset.GetGeoTransform() == pytest.approx(tree.GetGeoTransform(), rel=1e-12)
    expected = warped_onto(dataset, terrain).ReadAsArray()
    assert (expected > 0).sum() > 1000
    rows, cols = best_shift(dataset.ReadAsArray()[0], expected, expected > 0)
    assert abs(rows) <= 1 and abs(cols) <= 1
