"""Folders without STAC in a bucket: they are listed, and what came over the network is asked for once."""

import json

import numpy
import pytest
from osgeo import gdal

from mapchete_output_test import mapchete_metadata
from tile_tree import Tree, opened, refused, web_mercator, world


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    gdal.DontUseExceptions()


@pytest.mark.parametrize("extension, scheme", [("tif", "XYZ"), ("tif", "ZYX_TMS"), ("png", "TMS")])
def test_tiles_in_a_bucket_tell_grid_and_scheme(s3, extension, scheme):
    levels = {4: (2, 3), 5: (4, 6), 6: (8, 12)}
    tree = Tree(s3.folder / "tree", web_mercator(), scheme, levels, extension=extension)
    tree.check(opened(f"TILEDIR:s3://{s3.name}/tree"))
    requests = s3.proxy.requests()
    # Three documents, the levels and each level's names; a few tiles that say where they lie, with what lies beside.
    assert len([request for request in requests if "prefix=" in request.query]) == 2 + len(levels)  # is it being made, the levels, each one
    tiles = [request.path for request in requests if request.path.endswith("." + extension)]
    assert len(tiles) == len(set(tiles))


def test_tiles_that_the_listing_did_not_show_are_not_asked_for(s3):
    missing = {(6, 9, 12), (6, 10, 13), (5, 4, 6)}
    tree = Tree(s3.folder / "tree", web_mercator(), "XYZ", {5: (4, 6), 6: (8, 12)}, missing=missing)
    dataset = opened(f"TILEDIR:s3://{s3.name}/tree")
    tree.check(dataset)
    dataset.GetRasterBand(1).GetOverview(0).ReadAsArray()
    asked = {request.path for request in s3.proxy.requests()}
    for name in missing:
        assert f"/{s3.name}/tree/{tree.path(*name).relative_to(tree.folder)}" not in asked
    assert f"/{s3.name}/tree/{tree.path(6, 8, 12).relative_to(tree.folder)}" in asked


def test_plain_images_in_a_bucket_need_scheme(s3):
    tree = Tree(s3.folder / "tree", web_mercator(), "TMS", {4: (2, 3), 5: (4, 6)}, extension="png", place="nowhere")
    assert "SCHEME" in refused(f"TILEDIR:s3://{s3.name}/tree")
    tree.check(opened(f"TILEDIR:s3://{s3.name}/tree", "SCHEME=TMS"))


def test_mapchete_output_in_a_bucket_opens_by_its_folder(s3):
    tree = Tree(s3.folder / "out", world(256), "ZYX", {7: (67, 38), 8: (135, 76)}, size=(2, 1), place="nowhere")
    (tree.folder / "metadata.json").write_text(json.dumps(mapchete_metadata()))
    for name in [f"s3://{s3.name}/out", f"/vsis3/{s3.name}/out", f"/vsis3/{s3.name}/out/metadata.json"]:
        tree.check(opened(name))


def test_a_tile_from_a_bucket_that_names_local_files_is_not_opened(s3, tmp_path):
    secret = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "secret.tif"), 16, 16)
    secret.WriteArray(numpy.full((16, 16), 7, numpy.uint8))
    del secret
    tree = Tree(s3.folder / "tree", web_mercator(), "XYZ", {4: (2, 3)}, size=(1, 1))
    gdal.Translate(str(tmp_path / "a.vrt"), str(tmp_path / "secret.tif"), format="VRT")
    tree.path(4, 2, 3).write_bytes((tmp_path / "a.vrt").read_bytes().replace(b'relativeToVRT="1"', b'relativeToVRT="0"'))
    assert "not a raster" in refused(f"TILEDIR:s3://{s3.name}/tree")


def test_an_empty_prefix_is_told(s3):
    (s3.folder / "note.txt").write_text("")
    assert "no such folder" in refused(f"TILEDIR:s3://{s3.name}/nothing")
