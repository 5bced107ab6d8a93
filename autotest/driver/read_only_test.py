"""A user who may not write: reading works and leaves nothing behind, writing fails in one line and changes nothing."""

import sys

import pytest
from osgeo import gdal

from other_user import as_nobody, contents, seen_by_all  # noqa: F401 (a fixture)
from tile_folder import TileFolder, pyramid

DELETES_FIRST = int(gdal.VersionInfo()) >= 3130000

UPDATE = """
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
    "words, told",
    [  # the first two open without our words, and say something themselves
        (["gdalwarp", "-q", "{source}", "{folder}"], "cannot be opened in update mode"),
        (["gdaladdo", "-q", "-r", "average", "{folder}", "2"], "is open read-only"),
        ([sys.executable, "-c", UPDATE], "cannot write: Permission denied; this user needs write permission"),
    ],
)
def test_an_update_fails_in_one_line_and_changes_nothing(folder, words, told, has_been_written_to):
    if has_been_written_to:
        dataset = gdal.OpenEx(str(folder.path), gdal.OF_UPDATE)
        dataset.GetRasterBand(1).Fill(3)
        del dataset
    before = contents(folder.path.parent)
    names = {"source": str(folder.path.parent / "source.tif"), "folder": str(folder.path)}
    result = as_nobody(*(word.format(**names) for word in words))
    assert result.returncode != 0
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
    assert str(folder.path) in line and told in line
    assert contents(folder.path.parent) == before


@pytest.mark.parametrize("name", ["tiles", "new"])
def test_a_copy_fails_and_what_was_there_stays(folder, name):
    before = contents(folder.path.parent)
    target = folder.path.parent / name
    result = as_nobody("gdal_translate", "-q", "-of", "TileDir", folder.path.parent / "source.tif", target)
    assert result.returncode != 0
    lines = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
    assert len(lines) == (2 if DELETES_FIRST and name == "tiles" else 1)  # what is there is deleted first
    assert all(f"{target}" in line for line in lines) and "needs write permission" in lines[-1]
    assert contents(folder.path.parent) == before
