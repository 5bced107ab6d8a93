"""Folders that mapchete's metadata.json describes."""

import json

import numpy
import pytest
from osgeo import gdal, osr

from tile_tree import Grid, Tree, opened, refused, web_mercator, world



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


def write_nodata(path):
    """The tile says that 0 is nodata, as mapchete's do."""
    tile = gdal.Open(str(path), gdal.GA_Update)
    tile.GetRasterBand(1).SetNoDataValue(0)


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
    write_nodata(tree.path(8, 0, 0))
    tree.check(opened(tree.folder))


def test_a_first_tile_with_data_counts_wherever_the_others_are(tmp_path):
    grid = world(256)
    tree = Tree(tmp_path / "out", grid, "ZYX", {4: (9, 5)}, size=(2, 1), place="nowhere")
    write_metadata(tree.folder)
    tree.write(4, 0, 0, numpy.full((256, 256), 9, numpy.uint8))
    write_nodata(tree.path(4, 0, 0))
    dataset = opened(tree.folder)
    assert (dataset.ReadAsArray(0, 0, 256, 256) == 9).all()
    assert (dataset.ReadAsArray(9 * 256, 5 * 256, 512, 256) == tree.pixels[4]).all()


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


@pytest.mark.parametrize("is_global", [True, False])
def test_a_pixel_buffer_is_cut_off(tmp_path, is_global):
    """Tiles of two columns and rows, each with 8 pixels more around; with none beyond the poles where there are such."""
    size, buffer = 2 * 256, 8
    around = numpy.random.default_rng(11).integers(1, 255, (size + 2 * buffer, size + 2 * buffer), numpy.uint8)
    for row in range(2):
        for col in range(2):
            top = row * 256 + (buffer if is_global and row == 0 else 0)
            bottom = row * 256 + 256 + 2 * buffer - (buffer if is_global and row == 1 else 0)
            part = around[top:bottom, col * 256 : col * 256 + 256 + 2 * buffer]
            path = tmp_path / "1" / str(row) / f"{col}.tif"
            path.parent.mkdir(parents=True, exist_ok=True)
            tile = gdal.GetDriverByName("GTiff").Create(str(path), part.shape[1], part.shape[0])
            tile.WriteArray(part)
            del tile
    extent, srs = [0, 0, 1024, 1024], {"epsg": 3857}
    grid = {"bounds": extent, "shape": [1, 1], "srs": srs, "is_global": is_global, "grid": "custom"}
    dataset = opened(write_metadata(tmp_path, grid=grid, pixelbuffer=buffer))
    assert (dataset.ReadAsArray() == around[buffer:-buffer, buffer:-buffer]).all()
