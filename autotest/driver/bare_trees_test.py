"""Trees of tiles that no document describes: what their tiles, their names and the options say."""

import os

import numpy
import pytest
from osgeo import gdal

from file_server import FileServer
from tile_tree import MERCATOR, SCHEMES, Grid, Tree, opened, refused, web_mercator, world


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
        part = opened(f"TILEDIR:{server.url}", "SCHEME={z}/{x}/{y}.png", "LEVEL=1", f"EXTENT=1,1,{MERCATOR},{MERCATOR}")
        assert (part.ReadAsArray() == tree.pixels[1][:256, 256:]).all()


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
