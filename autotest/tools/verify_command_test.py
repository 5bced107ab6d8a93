"""`tiledir verify` names each tile that is not what it should be, and mends overviews."""

import json
import subprocess
from types import SimpleNamespace

import pytest
from conftest import snapshot
from osgeo import gdal
from refresh_command_test import TILE, Folder, run  # noqa: F401 (run is a fixture)

NOT_RIGHT = 3


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "out")


@pytest.fixture
def faults(build):
    def faults(folder):
        words = [str(build / "bin" / "tiledir"), "verify", str(folder.path), "--quiet"]
        result = subprocess.run(words, capture_output=True, text=True)
        assert result.returncode == (NOT_RIGHT if result.stdout else 0), (result.stdout, result.stderr)
        assert result.stderr == ""
        return result.stdout.splitlines()

    return faults


def test_what_is_right_has_no_faults(run, folder):  # noqa: F811
    before = snapshot(folder.path)
    out = run("verify", folder.path)
    assert out.splitlines() == [
        "level 3: 64 tiles, 0 faults",
        "level 2: 16 tiles, 0 faults",
        "level 1: 4 tiles, 0 faults",
        "level 0: 1 tiles, 0 faults",
    ]
    assert snapshot(folder.path) == before


def test_a_damaged_tile_is_named(faults, folder):
    tile = folder.tile(2, 3)
    tile.write_bytes(tile.read_bytes()[:100])
    (fault,) = faults(folder)
    assert fault.startswith(f"{tile}: ")
    tile.write_bytes(b"")
    (fault,) = faults(folder)
    assert fault == f"{tile}: is not a readable raster: the file is empty"


@pytest.mark.parametrize(
    "size, bands, kind, why",
    [
        (TILE // 2, 1, gdal.GDT_Byte, "is 16 x 16 pixels, should be 32 x 32"),
        (TILE, 2, gdal.GDT_Byte, "has 2 bands, should have 1"),
        (TILE, 1, gdal.GDT_Int16, "is of type Int16, should be Byte"),
    ],
)
def test_a_tile_of_another_kind_is_named(faults, folder, size, bands, kind, why):
    tile = folder.tile(2, 3)
    gdal.GetDriverByName("GTiff").Create(str(tile), size, size, bands, kind)
    found = faults(folder)
    assert f"{tile}: {why}" in found


def test_an_alpha_band_of_which_the_item_does_not_tell_is_no_fault(faults, tmp_path):
    """As of gdal raster tile: where a picture's tiles are not opaque they have one band more."""
    item_path = tmp_path / "out" / "stac.json"
    pixels = gdal.GetDriverByName("MEM").Create("", 2 * TILE, TILE)
    pixels.SetGeoTransform((0, 1, 0, 0, 0, -1))
    pixels.SetProjection("EPSG:3857")
    pixels.GetRasterBand(1).Fill(7)
    options = ["FORMAT=PNG", f"TILE_SIZE={TILE}"]
    assert gdal.GetDriverByName("TileDir").CreateCopy(str(tmp_path / "out"), pixels, options=options) is not None
    item = json.loads(item_path.read_text())
    del item["properties"]["tiledir:format"]
    item_path.write_text(json.dumps(item))
    (tile,) = tmp_path.glob("out/1/0/1.png")
    with_alpha = gdal.GetDriverByName("MEM").Create("", TILE, TILE, 2)
    with_alpha.GetRasterBand(1).Fill(7)
    with_alpha.GetRasterBand(2).Fill(255)
    with_alpha.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
    gdal.GetDriverByName("PNG").CreateCopy(str(tile), with_alpha)
    assert faults(SimpleNamespace(path=tmp_path / "out")) == []


def test_a_stale_overview_is_named_and_mended(run, faults, folder):  # noqa: F811
    overview = folder.tile(2, 2, 2)
    stale = int((gdal.Open(str(overview)).ReadAsArray()[: TILE // 2, : TILE // 2] != 77).sum())
    folder.write_with_gdal(4, 4, 77)
    assert faults(folder) == [f"{overview}: is stale: {stale} of 1024 pixels are not what the tiles under it give"]
    assert "repaired: 3 written, 0 removed" in run("verify", folder.path, "--repair")
    assert faults(folder) == []
    folder.check()


def test_missing_and_damaged_overviews_are_named_and_mended(run, faults, folder):  # noqa: F811
    missing, damaged = folder.tile(1, 1, 2), folder.tile(0, 1, 1)
    missing.unlink()
    damaged.write_bytes(b"no tile")
    found = faults(folder)
    assert f"{missing}: is missing: there are tiles with data under it" in found
    assert any(fault.startswith(f"{damaged}: is not a readable raster") for fault in found)
    assert "repaired: 2 written" in run("verify", folder.path, "--repair")
    assert faults(folder) == []
    folder.check()


def test_tiles_of_the_base_level_are_not_mended(run, folder):  # noqa: F811
    folder.tile(2, 3).write_bytes(b"no tile")
    message = run("verify", folder.path, "--repair", code=NOT_RIGHT)
    assert str(folder.tile(2, 3)) in message


def test_overviews_without_tiles_under_them_are_named_and_removed(run, faults, tmp_path):  # noqa: F811
    folder = Folder(tmp_path / "out", nodata=0)
    for row in (0, 1):
        for col in (0, 1):
            folder.tile(row, col).unlink()
    found = faults(folder)
    assert f"{folder.tile(0, 0, 2)}: should not be there: there is no tile under it" in found
    assert "1 removed" in run("verify", folder.path, "--repair")
    assert faults(folder) == []
    assert not folder.tile(0, 0, 2).exists()


def test_a_missing_folder_and_a_wrong_flag_are_said_in_one_line(run, folder):  # noqa: F811
    for arguments, why in ((["nowhere"], "no such file"), ([folder.path, "--repar"], "--repair")):
        message = run("verify", *arguments, code=2)
        assert why in message and len(message.strip().splitlines()) == 1


def test_few_tiles_in_a_wide_range_are_all_looked_at(run, faults, folder):  # noqa: F811
    kept = {folder.tile(0, 0, level) for level in range(4)}
    kept |= {folder.tile(7, 7), folder.tile(3, 3, 2), folder.tile(1, 1, 1)}
    for tile in folder.path.glob("*/*/*.tif"):
        if tile not in kept:
            tile.unlink()
    run("refresh", folder.path, "--all")
    out = run("verify", folder.path)
    assert [line.split(": ")[1] for line in out.splitlines()] == [f"{count} tiles, 0 faults" for count in (2, 2, 2, 1)]
    folder.tile(3, 3, 2).rename(folder.tile(0, 3, 2))
    found = faults(folder)
    assert any(line.startswith(f"{folder.tile(3, 3, 2)}: is missing") for line in found), found
    assert any(line.startswith(f"{folder.tile(0, 3, 2)}: should not be there") for line in found), found
