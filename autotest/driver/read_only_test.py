"""A user who may not write: reading works and leaves nothing behind, writing fails in one line and changes nothing."""

import sys

import pytest
from osgeo import gdal

from other_user import as_nobody, contents, seen_by_all  # noqa: F401 (a fixture)
from tile_folder import TileFolder, pyramid

SET_UNIT = """
from osgeo import gdal
dataset = gdal.OpenEx({folder!r}, gdal.OF_UPDATE)
raise SystemExit(0 if dataset else 1)
"""


@pytest.fixture
def folder(seen_by_all):  # noqa: F811
    folder = TileFolder(seen_by_all / "tiles", pyramid(tile=16, tiles=(4, 4), levels=3))
    source = gdal.Translate(str(seen_by_all / "source.tif"), str(folder.path), format="GTiff")
    del source
    return folder


def test_reading_works_and_leaves_nothing_behind(folder):
    before = contents(folder.path.parent)
    result = as_nobody("gdalinfo", "-stats", folder.path)
    assert (result.returncode, result.stderr) == (0, "") and "STATISTICS_MEAN" in result.stdout
    assert contents(folder.path.parent) == before


@pytest.mark.parametrize("has_been_written_to", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        ["gdalwarp", "-q", "{source}", "{folder}"],
        ["gdaladdo", "-q", "-r", "average", "{folder}", "2"],
        [sys.executable, "-c", SET_UNIT],
    ],
)
def test_an_update_fails_in_one_line_and_changes_nothing(folder, words, has_been_written_to):
    if has_been_written_to:
        dataset = gdal.OpenEx(str(folder.path), gdal.OF_UPDATE)
        dataset.GetRasterBand(1).Fill(3)
        del dataset
    before = contents(folder.path.parent)
    names = {"source": str(folder.path.parent / "source.tif"), "folder": str(folder.path)}
    result = as_nobody(*(word.format(**names) for word in words))
    assert result.returncode != 0
    told = [line for line in result.stderr.splitlines() if "Permission denied" in line]
    assert len(told) == 1 and str(folder.path) in told[0] and "needs write permission" in told[0], result.stderr
    assert contents(folder.path.parent) == before


@pytest.mark.parametrize("name", ["tiles", "new"])
def test_a_copy_fails_and_what_was_there_stays(folder, name):
    before = contents(folder.path.parent)
    target = folder.path.parent / name
    result = as_nobody("gdal_translate", "-q", "-of", "TileDir", folder.path.parent / "source.tif", target)
    assert result.returncode != 0
    assert f"{target}" in result.stderr and "needs write permission" in result.stderr
    assert contents(folder.path.parent) == before
