"""What the driver writes into a run's output is kept when the run goes on, and replaced by --overwrite."""

import numpy
import pytest
from conftest import snapshot
from osgeo import gdal
from run_test import main_job


def journal_lines(folder):
    files = sorted((folder / ".tiledir" / "journal").iterdir())
    return [line for path in files for line in path.read_text().splitlines()[1:]]


def middle(dataset):
    return dataset.RasterXSize // 2, dataset.RasterYSize // 2


def draw(folder):
    dataset = gdal.OpenEx(str(folder), gdal.OF_UPDATE, allowed_drivers=["TileDir"])
    dataset.WriteArray(numpy.full((20, 30), 77, "uint8"), *middle(dataset))
    del dataset


def pixels(folder):
    dataset = gdal.OpenEx(str(folder), allowed_drivers=["TileDir"])
    return dataset.ReadAsArray(*middle(dataset), 30, 20)


def tiles_of(files):
    return {name: content for name, (content, _) in files.items() if name.endswith(".tif")}


@pytest.fixture
def finished(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro, levels="7-11")
    tiledir.make(recipe)
    return recipe


def test_foreign_tiles_are_kept_by_resuming_and_replaced_by_overwriting(tiledir, finished):
    out = tiledir.folder / "out"
    before = snapshot(out)
    draw(out)
    assert (pixels(out) == 77).all()
    assert any(line.startswith("foreign 11 ") for line in journal_lines(out))
    drawn = {name for name, content in snapshot(out).items() if before.get(name) != content}
    assert {name.split("/")[-3] for name in drawn if name.endswith(".tif")} == {"11", "10", "9", "8", "7"}
    assert tiledir.make(finished)["planned"] == 0
    assert (pixels(out) == 77).all()
    tiledir.make(finished, "--overwrite")
    assert tiles_of(snapshot(out)) == tiles_of(before)
    assert not any(line.startswith("foreign 11 ") for line in journal_lines(out)[-3:])


def test_overviews_of_the_process_are_left_to_it(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro, levels="9-11", overviews={"from": "process"})
    tiledir.make(recipe)
    out = tiledir.folder / "out"
    before = snapshot(out)
    draw(out)
    changed = {name.split("/")[-3] for name, content in snapshot(out).items() if before.get(name) != content and name.endswith(".tif")}
    assert "11" in changed and "10" not in changed and "9" not in changed
    assert any(line.startswith("redo 10 ") for line in journal_lines(out))
    assert tiledir.make(recipe)["planned"] > 0
    assert (pixels(out) == 77).all()
