"""Items and tiles that come compressed, and items in other encodings than UTF-8."""

import gzip
import json
import os
import subprocess

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid
from web_folder import served

TITLE = "Höhen – 高さ 𝄞"


@pytest.fixture
def folder(tmp_path):
    folder = TileFolder(tmp_path / "bucket" / "ds", pyramid(tile=16, tiles=(4, 4), levels=2))
    folder.item["properties"]["title"] = TITLE
    folder.write_item()
    return folder


def pixels_of(folder):
    pixels = folder.finest.pixels
    return pixels[0] if len(pixels) == 1 else pixels


def check(dataset, folder):
    assert dataset is not None and numpy.array_equal(dataset.ReadAsArray(), pixels_of(folder))
    assert dataset.GetMetadataItem("TITLE") == TITLE


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("way", ["url", "vsicurl", "prefix", "s3", "vsis3"])
def test_what_a_server_sends_compressed_is_read(tmp_path, folder, monkeypatch, encoding, way):
    with served(tmp_path, encoding=encoding) as address:
        for key, value in {
            "AWS_NO_SIGN_REQUEST": "YES", "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE", "AWS_S3_ENDPOINT": address
        }.items():
            monkeypatch.setenv(key, value)
        item = f"http://{address}/bucket/ds/stac.json"
        name = {
            "url": item, "vsicurl": f"/vsicurl/{item}", "prefix": f"TILEDIR:http://{address}/bucket/ds",
            "s3": "s3://bucket/ds", "vsis3": "/vsis3/bucket/ds/stac.json"
        }[way]
        check(gdal.Open(name), folder)


@pytest.mark.parametrize("way", ["file", "prefix", "url", "vsicurl"])
def test_an_item_is_a_compressed_file(tmp_path, folder, way):
    item = folder.path / "stac.json"
    compressed = folder.path / "stac.json.gz"
    compressed.write_bytes(gzip.compress(item.read_bytes()))
    item.unlink()
    with served(tmp_path) as address:
        url = f"http://{address}/bucket/ds/stac.json.gz"
        names = {"file": compressed, "prefix": f"TILEDIR:{compressed}", "url": url, "vsicurl": f"/vsicurl/{url}"}
        name = str(names[way])
        check(gdal.Open(name), folder)
    if way == "file":
        dataset, messages = errors_while(lambda: gdal.OpenEx(name, gdal.OF_UPDATE))
        assert dataset is None and any("opens read-only: it is compressed" in text for _, text in messages)


def test_what_is_compressed_and_corrupt_or_too_large_is_said_to_be(folder):
    item = folder.path / "stac.json"
    for content in (gzip.compress(item.read_bytes())[:-200], gzip.compress(b" " * (17 << 20))):
        item.write_bytes(content)
        dataset, messages = errors_while(lambda: gdal.Open(f"TILEDIR:{folder.path}"))
        assert dataset is None
        assert [text for _, text in messages if "is compressed, and corrupt or larger than 16 MiB" in text], messages


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("way", ["file", "folder", "prefix", "url"])
def test_encodings_that_tell_themselves_are_read_and_updated(tmp_path, folder, encoding, way):
    item = folder.path / "stac.json"
    item.write_bytes(json.dumps(folder.item, ensure_ascii=False).encode(encoding))
    with served(tmp_path) as address:
        name = {
            "file": str(item), "folder": str(folder.path), "prefix": f"TILEDIR:{folder.path}",
            "url": f"http://{address}/bucket/ds/stac.json"
        }[way]
        check(gdal.Open(name), folder)
    if way == "url":
        return
    dataset = gdal.OpenEx(name, gdal.OF_UPDATE)
    dataset.GetRasterBand(1).WriteArray(numpy.full((4, 4), 77, "uint8"), 3, 3)
    del dataset
    assert (gdal.Open(name).GetRasterBand(1).ReadAsArray(3, 3, 4, 4) == 77).all()
    assert gdal.Open(name).GetMetadataItem("TITLE") == TITLE


@pytest.mark.parametrize("way", ["{}", "TILEDIR:{}", "{}/stac.json"])
def test_an_item_in_latin_1_is_refused_in_one_line(folder, way):
    folder.item["properties"]["title"] = "Höhen"
    (folder.path / "stac.json").write_bytes(json.dumps(folder.item, ensure_ascii=False).encode("latin-1"))
    dataset, messages = errors_while(lambda: gdal.Open(way.format(folder.path)))
    (line,) = [text for kind, text in messages if kind == gdal.CE_Failure and "stac.json" in text]
    assert dataset is None and "UTF-8" in line and "\n" not in line


LATIN = b"H\xf6he"


def raster(path):
    file = gdal.GetDriverByName("GTiff").Create(str(path), 32, 32)
    file.SetGeoTransform((0, 10, 0, 0, 0, -10))
    file.SetProjection("EPSG:3857")
    file.GetRasterBand(1).Fill(7)
    return path


def test_texts_in_latin_1_become_utf_8_in_the_item(tmp_path):
    """Of options, of the folder's name, and of the source, which tells its band in Latin-1."""
    source = raster(tmp_path / "source.tif")
    gdal.Translate(str(tmp_path / "source.vrt"), str(source), format="VRT").FlushCache()
    text = (tmp_path / "source.vrt").read_bytes()
    told = b"<Description>" + LATIN + b"</Description><UnitType>" + LATIN + b"</UnitType>"
    band = text.index(b">", text.index(b"<VRTRasterBand")) + 1
    (tmp_path / "latin.vrt").write_bytes(text[:band] + told + text[band:])
    folder = os.fsencode(tmp_path) + b"/" + LATIN
    subprocess.run(["gdal_translate", "-q", "-of", "TileDir", "-co", b"TITLE=" + LATIN, tmp_path / "latin.vrt", folder],
                   check=True)
    with open(folder + b"/stac.json", encoding="utf-8") as file:
        item = json.load(file)
    (band,) = item["asset_templates"]["tiles"]["bands"]
    assert {item["id"], item["properties"]["title"], band["description"], band["unit"]} == {"Höhe"}
    for name in (folder, b"TILEDIR:" + folder, folder + b"/stac.json"):
        done = subprocess.run(["gdalinfo", "-checksum", name], capture_output=True, check=True)
        assert b"Checksum=" in done.stdout and b"ERROR" not in done.stderr
