"""`gdal driver tiledir refresh`, on GDAL's that have such commands."""

import subprocess

import numpy
import pytest
from osgeo import gdal

from write_test import check_levels, folder_in, levels_of, random_pixels, update

pytestmark = pytest.mark.gdal(since=(3, 12))


def refresh(*words):
    return subprocess.run(["gdal", "driver", "tiledir", "refresh", *map(str, words)], capture_output=True, text=True)


def test_it_makes_the_overviews_that_an_update_has_left(tmp_path):
    folder = folder_in(tmp_path)
    pixels = random_pixels()
    update(folder.path, "REFRESH=NO").WriteArray(pixels)
    assert numpy.array_equal(levels_of(folder.path)[1], folder.levels[1].pixels)
    done = refresh(folder.path)
    assert done.returncode == 0, done.stderr
    check_levels(folder.path, pixels)


def test_it_takes_the_words_of_tiledir_refresh(tmp_path):
    folder = folder_in(tmp_path)
    pixels = random_pixels()
    update(folder.path, "REFRESH=NO").WriteArray(pixels)
    done = refresh(folder.path, "--since", "1h", "--statistics")
    assert done.returncode == 0, done.stderr
    check_levels(folder.path, pixels)
    dataset = gdal.Open(str(folder.path))
    assert dataset.GetRasterBand(1).GetStatistics(False, False)[:2] == [pixels.min(), pixels.max()]


@pytest.mark.parametrize(
    "words, message",
    [
        (["--since", "yesterday"], "--since: is 'yesterday', should be a time like"),
        (["--all", "--since", "1h"], "all"),
        (["--all", "--bounds", "0,0,1,1"], "all"),
    ],
)
def test_it_refuses_what_tiledir_refresh_refuses(tmp_path, words, message):
    done = refresh(folder_in(tmp_path).path, *words)
    assert done.returncode == 1
    assert message in done.stderr


def test_it_says_what_is_wrong_in_one_line(tmp_path):
    done = refresh(tmp_path / "nothing")
    assert done.returncode == 1
    assert len([line for line in done.stderr.splitlines() if "no such file" in line]) == 1
