"""Which names are claimed, and which are left to other drivers."""

import json
import os
import subprocess

import pytest
from osgeo import gdal

from file_server import FileServer
from tile_folder import EXTENSION, TileFolder, errors_while, pyramid


@pytest.fixture
def folder(tmp_path):
    return TileFolder(tmp_path / "tiles", pyramid(tiles=(2, 2), levels=2), bands=2)


def driver_of(path):
    driver = gdal.IdentifyDriverEx(str(path))
    return None if driver is None else driver.ShortName


@pytest.mark.parametrize(
    "name", ["{}", "{}/", "{}//", "{}/stac.json", "TILEDIR:{}", "TILEDIR:{}/", "tiledir:{}", "TILEDIR:{}/stac.json"]
)
def test_every_spelling_opens_the_same_pixels(folder, name):
    name = name.format(folder.path)
    assert driver_of(name) == "TileDir"
    dataset = gdal.Open(name)
    assert (dataset.ReadAsArray() == folder.finest.pixels).all()
    assert dataset.GetFileList()[0] == f"{folder.path}/stac.json"


@pytest.mark.parametrize("name", [".", "./", "stac.json", "./stac.json", "TILEDIR:.", "TILEDIR:stac.json"])
def test_relative_names_open(folder, name, monkeypatch):
    monkeypatch.chdir(folder.path)
    assert (gdal.Open(name).ReadAsArray() == folder.finest.pixels).all()


def test_a_path_with_spaces_and_colons_opens(tmp_path):
    folder = TileFolder(tmp_path / "a b: ä", pyramid(tiles=(1, 1), levels=1))
    assert driver_of(folder.path) == "TileDir"
    assert gdal.Open(f"TILEDIR:{folder.path}") is not None


@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize("sort_keys", [False, True])
def test_an_item_is_known_however_its_json_is_written(folder, indent, sort_keys):
    item = folder.path / "renamed.json"
    item.write_text(json.dumps(folder.item, indent=indent, sort_keys=sort_keys))
    assert driver_of(item) == "TileDir"


def test_an_item_is_known_whose_large_geometry_comes_first(folder):
    ring = [[index / 10000, index % 2] for index in range(10000)]
    geometry = {"type": "Polygon", "coordinates": [ring + ring[:1]]}
    item = folder.path / "renamed.json"
    item.write_text(json.dumps({"geometry": geometry, **{k: v for k, v in folder.item.items() if k != "geometry"}}))
    assert item.read_text().index("tiled-assets") > 100000
    assert driver_of(item) == "TileDir"
    assert (gdal.Open(str(item)).ReadAsArray() == folder.finest.pixels).all()


def test_an_item_with_escaped_slashes_is_known(folder):
    item = folder.path / "renamed.json"
    item.write_text(json.dumps(folder.item).replace("/", "\\/"))
    assert "stac-extensions.github.io\\/tiled-assets" in item.read_text()
    assert (gdal.Open(str(item)).ReadAsArray() == folder.finest.pixels).all()


@pytest.mark.parametrize("kind", ["Collection", "Catalog"])
def test_collections_and_catalogs_with_asset_templates_are_known(folder, kind):
    item = dict(folder.item, type=kind, **folder.item["properties"])
    del item["properties"]
    (folder.path / "stac.json").write_text(json.dumps(item))
    assert (gdal.Open(str(folder.path)).ReadAsArray() == folder.finest.pixels).all()


def test_large_files_of_others_are_not_read_whole(tmp_path):
    many = {"features": [GEOJSON["features"][0]] * 50000}
    contents = [dict(many, type="FeatureCollection"), dict(GEOJSON, **many), {"type": "Topology", "arcs": many}]
    for number, content in enumerate(contents):
        (tmp_path / f"{number}.json").write_text(json.dumps(content))
    with FileServer(tmp_path) as server:
        for number in range(len(contents)):
            name = f"/vsicurl/{server.url}/{number}.json"
            assert gdal.OpenEx(name, allowed_drivers=["TileDir", "PNG"]) is None
    assert 0 < server.bytes_sent < 200000


def test_the_short_name_of_the_extension_is_known(folder):
    folder.item["stac_extensions"] = ["tiled-assets"]
    folder.write_item()
    assert driver_of(folder.path) == "TileDir"


GEOJSON = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}],
}
STAC_ITEM = {
    "type": "Feature",
    "stac_version": "1.1.0",
    "stac_extensions": ["https://stac-extensions.github.io/eo/v2.0.0/schema.json"],
    "id": "other",
    "geometry": None,
    "properties": {"datetime": None, "description": "no tiled-assets here"},
    "links": [],
    "assets": {},
}
MENTION = dict(STAC_ITEM, links=[{"rel": "about", "href": "https://stac-extensions.github.io/tiled-assets/"}])
COLLECTION = {"type": "Collection", "stac_version": "1.1.0", "stac_extensions": [EXTENSION], "id": "c"}
SEARCH = {"type": "FeatureCollection", "features": [dict(STAC_ITEM, stac_extensions=[EXTENSION])]}


@pytest.mark.parametrize("content", [GEOJSON, STAC_ITEM, MENTION, COLLECTION, SEARCH, [], {}, "tiled-assets", 3])
@pytest.mark.parametrize("name", ["stac.json", "other.json"])
def test_other_json_is_not_claimed(tmp_path, content, name):
    (tmp_path / name).write_text(json.dumps(content))
    assert driver_of(tmp_path / name) != "TileDir"
    assert driver_of(tmp_path) != "TileDir"


def test_geojson_is_still_read_by_its_own_driver(tmp_path):
    (tmp_path / "points.json").write_text(json.dumps(GEOJSON))
    assert gdal.OpenEx(str(tmp_path / "points.json")).GetDriver().ShortName == "GeoJSON"


def test_vector_opens_are_left_alone(folder):
    vector = gdal.OpenEx(str(folder.path / "stac.json"), gdal.OF_VECTOR)
    assert vector is None or vector.GetDriver().ShortName != "TileDir"


def test_folders_and_files_of_other_things_are_not_claimed(tmp_path, folder, data):
    (tmp_path / "notes.txt").write_text("tiled-assets")
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "broken.json").write_text('{"stac_version": "1.1.0", "stac_ext')
    (tmp_path / "binary.json").write_bytes(bytes(range(256)))
    (tmp_path / "dir" / "stac.json").mkdir(parents=True)
    for name in ["notes.txt", "empty.json", "broken.json", "binary.json", "dir", "dir/stac.json", "", "absent"]:
        assert driver_of(tmp_path / name) != "TileDir", name
    assert driver_of(folder.path / "0") != "TileDir"
    assert driver_of(folder.tile_path("1", 0, 0)) == "GTiff"
    assert driver_of(data / "jacksboro_west.tif") == "GTiff"


def test_identify_says_nothing(tmp_path):
    (tmp_path / "stac.json").write_text('{"stac_version": 1, "assets": "tiled-assets" ')
    assert errors_while(lambda: driver_of(tmp_path)) == ("TileDir", [])


@pytest.mark.parametrize(
    "name, told", [("absent", "absent"), ("", "no such folder"), ("{}:nothing", "no asset template nothing")]
)
def test_a_prefixed_name_that_leads_nowhere_is_an_error(folder, name, told):
    dataset, messages = errors_while(lambda: gdal.Open("TILEDIR:" + name.format(folder.path)))
    assert dataset is None
    assert len(messages) == 1 and told in messages[0][1]


def test_real_items_open(shared):
    item = shared / "data" / "stac" / "eoxcloudless-viewing-basic.json"
    assert driver_of(item) == "TileDir"


def test_gdalinfo_has_no_errors_and_lists_the_overviews(folder, build):
    environment = dict(os.environ, GDAL_DRIVER_PATH=str(build / "gdalplugins"))
    done = subprocess.run(
        ["gdalinfo", "-stats", "-checksum", str(folder.path)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert "ERROR" not in done.stdout
    assert "Driver: TileDir" in done.stdout
    assert "Overviews: 16x16" in done.stdout


def test_the_driver_says_what_it_can(build):
    driver = gdal.GetDriverByName("TileDir")
    assert driver.GetMetadataItem(gdal.DCAP_RASTER) == "YES"
    assert driver.GetMetadataItem(gdal.DCAP_VECTOR) is None
    assert driver.GetMetadataItem("DMD_CONNECTION_PREFIX") == "TILEDIR:"


def test_the_plugin_exports_nothing_but_its_registration(build):
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", "-C", str(build / "gdalplugins" / "gdal_TileDir.so")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [line.split()[-1] for line in listed] == ["GDALRegister_TileDir"]
