"""Where tiles are: hrefs as people write them, folders of any name, and one warning where they lead to nothing."""

import json
import shutil
import subprocess

import numpy
import pytest
from osgeo import gdal

from copy_test import copy, noise, read, source
from tile_folder import TileFolder, errors_while, pyramid

NAMES = ["tiles{x}", "{TileRow}", "a{", "b}", "{}", "{z}{z", "per%20cent", "100%", "ümläut é", "sp ace"]


def folder_in(path):
    return TileFolder(path, pyramid(tile=16, tiles=(4, 4), levels=3))


def read_through(item, href):
    """Pixels and messages where the item says this href."""
    text = json.loads(item.read_text())
    for template in text["asset_templates"].values():
        template["href"] = href
    item.write_text(json.dumps(text))
    dataset = gdal.Open(str(item))
    return errors_while(lambda: (dataset.ReadAsArray(), dataset.ReadAsArray()))


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_is_made_read_updated_verified_and_deleted(build, tmp_path, name):
    pixels = noise(1, 100, 100)
    folder = tmp_path / name / "ds"
    made = copy(source(tmp_path / "a.tif", pixels), folder, "TILE_SIZE=32")
    assert numpy.array_equal(read(made, 0, 0, 100, 100), pixels)
    dataset = gdal.OpenEx(str(folder), gdal.OF_UPDATE)
    dataset.GetRasterBand(1).WriteArray(numpy.full((20, 20), 7, "uint8"), 40, 40)
    pixels[0, 40:60, 40:60] = 7
    del dataset, made
    for path in (str(folder), str(folder / "stac.json"), f"TILEDIR:{folder}"):
        dataset, messages = errors_while(lambda: gdal.Open(path))
        assert messages == [] and numpy.array_equal(read(dataset, 0, 0, 100, 100), pixels)
    program = build / "bin" / "tiledir"
    if program.exists():  # where the driver alone is built there is none
        done = subprocess.run([program, "verify", folder], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert gdal.GetDriverByName("TileDir").Delete(str(folder)) == 0 and not folder.exists()


HREFS = [
    "d s/{TileMatrix}/{TileRow}/{TileCol}.tif",
    "d%20s/{TileMatrix}/{TileRow}/{TileCol}.tif",
    "./d%20s/{TileMatrix}/{TileRow}/{TileCol}.tif",
    "%64%20s/{TileMatrix}/{TileRow}/{TileCol}%2Etif",
    "file://HERE/d%20s/{TileMatrix}/{TileRow}/{TileCol}.tif",
    "file://HERE/d s/{TileMatrix}/{TileRow}/{TileCol}.tif",
    "HERE/d%20s/{TileMatrix}/{TileRow}/{TileCol}.tif",
]


@pytest.mark.parametrize("href", HREFS)
def test_hrefs_of_a_disk_are_uris(tmp_path, href):
    folder = folder_in(tmp_path / "d s")
    shutil.copy(folder.path / "stac.json", tmp_path / "i.json")
    (first, _), messages = read_through(tmp_path / "i.json", href.replace("HERE", str(tmp_path)))
    assert messages == [] and numpy.array_equal(first, folder.finest.pixels[0] if first.ndim == 2 else folder.finest.pixels)


def test_a_folder_that_is_called_as_the_href_is_written_wins(tmp_path):
    folder = folder_in(tmp_path / "d%20s")
    shutil.copy(folder.path / "stac.json", tmp_path / "i.json")
    (first, _), messages = read_through(tmp_path / "i.json", "d%20s/{TileMatrix}/{TileRow}/{TileCol}.tif")
    assert messages == [] and first.any()


@pytest.mark.parametrize("href", [
    "nothere/{TileMatrix}/{TileRow}/{TileCol}.tif",
    "d s\\{TileMatrix}\\{TileRow}\\{TileCol}.tif",
    "d s/{TileMatrix}/{TileRow}/{TileCol}.TIF",
    "d s/{TileMatrix}/x{TileRow}/{TileCol}.tif",
])
def test_where_not_one_tile_is_found_one_warning_names_the_first_path(tmp_path, href):
    folder = folder_in(tmp_path / "d s")
    shutil.copy(folder.path / "stac.json", tmp_path / "i.json")
    _, messages = read_through(tmp_path / "i.json", href)
    (line,) = [text for kind, text in messages if kind == gdal.CE_Warning]
    first = href.replace("{TileMatrix}", "2").replace("{TileRow}", "0").replace("{TileCol}", "0")
    assert line.startswith(f"{tmp_path}/{first}: absent") and "\n" not in line
    assert len(messages) == 1


def test_an_absent_tile_beside_others_is_no_reason_to_warn(tmp_path):
    folder = folder_in(tmp_path / "tiles")
    for tile in folder.path.glob("[01]/*/*.tif"):
        tile.unlink()
    for tile in folder.path.glob("2/[012]/*.tif"):
        tile.unlink()
    dataset = gdal.Open(str(folder.path))
    _, messages = errors_while(lambda: dataset.ReadAsArray(0, 0, 16, 16))
    assert messages == []


def test_who_makes_the_first_tiles_is_not_warned(tmp_path):
    folder = folder_in(tmp_path / "tiles")
    for tile in folder.path.glob("*/*/*.tif"):
        tile.unlink()
    dataset = gdal.OpenEx(str(folder.path), gdal.OF_UPDATE)
    _, messages = errors_while(lambda: dataset.ReadAsArray())
    assert messages == []


def test_tiles_of_other_levels_than_the_items_are_none_of_its_tiles(tmp_path):
    folder = folder_in(tmp_path / "tiles")
    for level in "210":
        (folder.path / level).rename(folder.path / str(int(level) + 11))
    dataset = gdal.Open(str(folder.path))
    _, messages = errors_while(lambda: dataset.ReadAsArray())
    (line,) = [text for kind, text in messages if kind == gdal.CE_Warning]
    assert line.startswith(f"{folder.path}/2/0/0.tif: absent")


@pytest.mark.parametrize("template", ["{TileMatrix}/{TileCol}.tif", "{TileMatrix}/{TileRow}.tif"])
def test_a_template_without_one_of_the_numbers_has_tiles(tmp_path, template):
    cols, rows = (4, 1) if "TileCol" in template else (1, 4)
    folder = TileFolder(tmp_path / "tiles", pyramid(tile=16, tiles=(cols, rows), levels=1))
    for number in range(4):
        place = ("0", 0, number) if cols == 4 else ("0", number, 0)
        shutil.move(folder.tile_path(*place), folder.path / "0" / f"at-{number}.tif")
    for path in (folder.path / "0").glob("at-*.tif"):
        path.rename(path.with_name(path.name[3:]))
    folder.item["asset_templates"]["tiles"]["href"] = template
    folder.write_item()
    (folder.path / "0" / "0.tif").unlink()
    dataset = gdal.Open(str(folder.path))
    (read, messages) = errors_while(lambda: dataset.ReadAsArray(0, 0, 16, 16))
    assert messages == [] and not read.any()
    assert numpy.array_equal(gdal.Open(str(folder.path)).ReadAsArray()[-16:, -16:], folder.finest.pixels[0][-16:, -16:])
