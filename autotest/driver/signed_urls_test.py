"""Items at URLs with a query: a token, or a signature of a folder or of the item alone."""

import json
import subprocess
import urllib.parse

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid
from web_folder import served

TOKENS = [
    "token=abc",
    "sig=abc%2Fdef%3D&se=2030-01-01T00%3A00%3A00Z&sp=rl&sr=c",
    "sig=abc/def=&se=2030-01-01T00:00:00Z&sr=c",  # characters that need no encoding in a query, but mean more in paths
    "Policy=a_b~&Signature=x{y}&Key-Pair-Id=K1",
]
OF_THE_ITEM = [
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20301231%2Fs3&X-Amz-Signature=0f0f",
    "GoogleAccessId=a%40b&Expires=1&Signature=c",
    "sv=2022-11-02&sr=b&sig=abc%3D",
]


def names_of(address, query):
    item = f"http://{address}/ds/stac.json?{query}"
    encoded = urllib.parse.quote(item, safe="")
    return {
        "url": item,
        "vsicurl": f"/vsicurl/{item}",
        "options": f"/vsicurl?use_head=no&url={encoded}",
        "prefix": f"TILEDIR:{item}",
        "prefix and vsicurl": f"TILEDIR:/vsicurl/{item}",
        "quotes": f'TILEDIR:"{item}"',
        "quotes and options": f'TILEDIR:"/vsicurl?url={encoded}"',
        "folder": f'TILEDIR:"http://{address}/ds?{query}"',
        "folder with a slash": f'TILEDIR:"http://{address}/ds/?{query}"',
    }


WAYS = list(names_of("", ""))


def same(query, other):
    return urllib.parse.unquote(query) == urllib.parse.unquote(other)


def pixels_of(folder):
    pixels = folder.finest.pixels
    return pixels[0] if len(pixels) == 1 else pixels


@pytest.fixture
def folder(tmp_path):
    return TileFolder(tmp_path / "ds", pyramid(tile=16, tiles=(4, 4), levels=2))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", TOKENS)
def test_a_token_counts_for_the_tiles_too(tmp_path, folder, way, query):
    with served(tmp_path, allows=lambda _, asked: same(asked, query)) as address:
        dataset, messages = errors_while(lambda: gdal.Open(names_of(address, query)[way]))
        assert dataset is not None and messages == [], messages
        assert numpy.array_equal(dataset.ReadAsArray(), pixels_of(folder))
        assert dataset.GetRasterBand(1).GetOverviewCount() == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", OF_THE_ITEM)
def test_a_signature_of_the_item_alone_is_not_sent_with_other_requests(tmp_path, folder, way, query):
    asked = []

    def allows(path, with_query):
        return same(with_query, query) if path.endswith(".json") else with_query == ""

    with served(tmp_path, allows=allows, asked=asked) as address:
        dataset = gdal.Open(names_of(address, query)[way])
        assert numpy.array_equal(dataset.ReadAsArray(), pixels_of(folder))
    assert all("?" not in path for path in asked if path.endswith(".tif"))


def test_an_href_with_a_query_or_to_another_server_keeps_to_what_it_says(tmp_path, folder):
    asked, elsewhere = [], []
    with served(tmp_path, asked=asked) as address, served(tmp_path, asked=elsewhere) as other:
        for href, requests, wanted in (
            ("{TileMatrix}/{TileRow}/{TileCol}.tif?own=1", asked, "own=1"),
            (f"http://{other}/ds/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.tif", elsewhere, ""),
        ):
            folder.item["asset_templates"]["tiles"]["href"] = href
            folder.write_item()
            dataset = gdal.Open(f"http://{address}/ds/stac.json?token={wanted or 'none'}")
            assert numpy.array_equal(dataset.ReadAsArray(), pixels_of(folder))
            tiles = [path for path in requests if ".tif" in path]
            assert tiles and {path.partition("?")[2] for path in tiles} == {wanted}


def test_subdatasets_of_a_signed_item_open(tmp_path, folder):
    templates = folder.item["asset_templates"]
    templates["again"] = json.loads(json.dumps(templates["tiles"]))
    folder.write_item()
    with served(tmp_path, allows=lambda _, query: same(query, TOKENS[2])) as address:
        choices = gdal.Open(f"http://{address}/ds/stac.json?{TOKENS[2]}").GetSubDatasets()
        assert len(choices) >= 2
        for name, _ in choices:
            assert gdal.Open(name).GetRasterBand(1).ReadAsArray().any(), name


def test_options_that_only_gdal_would_follow_are_refused_by_name(tmp_path, folder):
    with served(tmp_path) as address:
        encoded = urllib.parse.quote(f"http://{address}/ds/stac.json", safe="")
        dataset, messages = errors_while(lambda: gdal.Open(f'TILEDIR:"/vsicurl?pc_url_signing=yes&url={encoded}"'))
    assert dataset is None and any("pc_url_signing is not known here" in text for _, text in messages)


def test_a_signed_item_is_the_input_of_gdals_programs(tmp_path, folder):
    with served(tmp_path, allows=lambda _, query: query == TOKENS[0]) as address:
        name = f"http://{address}/ds/stac.json?{TOKENS[0]}"
        subprocess.run(["gdal_translate", "-q", name, str(tmp_path / "copy.tif")], check=True)
        subprocess.run(["gdalwarp", "-q", "-of", "VRT", name, str(tmp_path / "warped.vrt")], check=True)
        for path in ("copy.tif", "warped.vrt"):
            assert numpy.array_equal(gdal.Open(str(tmp_path / path)).ReadAsArray(), pixels_of(folder))
