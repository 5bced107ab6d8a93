"""What the driver writes into a run's output is kept when the run goes on, and replaced by --overwrite."""

import contextlib
import os
import subprocess

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


def fill_a_tile(folder):
    """What a program does that knows nothing of journals; its level, row and column."""
    path = next(path for path in sorted((folder / "11").rglob("*.tif")))
    tile = gdal.Open(str(path), gdal.GA_Update)
    tile.GetRasterBand(1).Fill(77)
    del tile
    return path, f"11 {path.parent.name} {path.stem} {path.stem}"


def let_time_pass(folder):
    """All that is there becomes older: what is written now is newer, by any clock."""
    for path in folder.rglob("*"):
        state = path.stat()
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns - 100 * 10**9))


def bounds_of(path):
    tile = gdal.Open(str(path))
    left, width, _, top, _, height = tile.GetGeoTransform()
    return f"--bounds={left + width},{top + 9 * height},{left + 9 * width},{top + height}"


def refresh(build, folder, *arguments):
    subprocess.run([build / "bin" / "tiledir", "refresh", "--quiet", folder, *arguments], check=True)


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
    assert any(line.startswith("part 11 ") for line in journal_lines(out))
    drawn = {name for name, content in snapshot(out).items() if before.get(name) != content}
    assert {name.split("/")[-3] for name in drawn if name.endswith(".tif")} == {"11", "10", "9", "8", "7"}
    assert tiledir.make(finished)["planned"] == 0
    assert (pixels(out) == 77).all()
    tiledir.make(finished, "--overwrite")
    assert tiles_of(snapshot(out)) == tiles_of(before)
    assert not any(line.startswith(("foreign 11 ", "part 11 ")) for line in journal_lines(out)[-3:])


@pytest.mark.parametrize("which", ["--since", "--bounds", "--all"])
def test_a_refresh_tells_the_journal_of_the_tiles_that_are_newer_than_the_run(tiledir, finished, build, which):
    out = tiledir.folder / "out"
    let_time_pass(out)
    path, tile = fill_a_tile(out)
    refresh(build, out, *{"--since": ["--since", "1d"], "--bounds": [bounds_of(path)], "--all": ["--all"]}[which])
    assert [line for line in journal_lines(out) if line.startswith("foreign")] == [f"foreign {tile}"]


def test_a_refresh_takes_no_tile_of_the_run_for_a_foreign_one(tiledir, finished, build):
    out = tiledir.folder / "out"
    before = journal_lines(out)
    refresh(build, out, "--since", "1d")
    assert journal_lines(out) == before


def test_a_run_that_goes_on_keeps_the_tiles_that_a_refresh_has_told_of(tiledir, finished, build):
    out = tiledir.folder / "out"
    path, tile = fill_a_tile(out)
    for told in (False, True):
        # As a run leaves it that was killed before it came to the tile.
        (out / ".tiledir" / "journal" / f"0000000{7 + told}-0redo-test-000001").write_text(f"tiledir journal 1\nredo {tile}\n")
        let_time_pass(out)
        path, tile = fill_a_tile(out)
        if told:
            refresh(build, out, bounds_of(path))
        tiledir.make(finished)
        assert (gdal.Open(str(path)).ReadAsArray() == 77).all() == told


def test_a_run_that_goes_on_makes_a_tile_of_which_others_have_written_a_part(tiledir, finished):
    out = tiledir.folder / "out"
    before = snapshot(out)
    # As a run leaves it that was killed before it came to any tile.
    tiles = [(path.parent.name, path.stem) for path in (out / "11").rglob("*.tif")]
    (out / ".tiledir" / "journal" / "00000007-0redo-test-000001").write_text(
        "tiledir journal 1\n" + "".join(f"redo 11 {row} {col} {col}\n" for row, col in tiles)
    )
    draw(out)
    assert (pixels(out) == 77).all()
    tiledir.make(finished)
    assert tiles_of(snapshot(out)) == tiles_of(before)


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


def test_a_dataset_that_was_opened_before_the_output_was_made_anew_writes_nothing(tiledir, jacksboro, tmp_path):
    keys = {"process": "hillshade", "input": {"dem": list(map(str, jacksboro))}, "output": str(tmp_path / "out")}
    tiledir.make(tiledir.recipe(**keys, levels="8-11"))
    dataset = gdal.OpenEx(str(tmp_path / "out"), gdal.OF_UPDATE, allowed_drivers=["TileDir"])
    tiledir.make(tiledir.recipe(**keys, levels="8-10"), "--overwrite")
    before = snapshot(tmp_path / "out")
    dataset.GetRasterBand(1).WriteArray(numpy.full((20, 30), 77, "uint8"), *middle(dataset))
    with pytest.raises(RuntimeError, match="its tiles are made otherwise since it was opened"):
        dataset.FlushCache()
    gdal.DontUseExceptions()  # it says so once more
    with gdal.quiet_errors() if hasattr(gdal, "quiet_errors") else contextlib.nullcontext():
        del dataset
    assert snapshot(tmp_path / "out") == before


def test_nothing_is_removed_under_a_dataset_that_is_being_written_to(tiledir, jacksboro, tmp_path):
    keys = {"process": "hillshade", "input": {"dem": list(map(str, jacksboro))}, "output": str(tmp_path / "out")}
    tiledir.make(tiledir.recipe(**keys, levels="8-11"))
    dataset = gdal.OpenEx(
        str(tmp_path / "out"), gdal.OF_UPDATE, allowed_drivers=["TileDir"], open_options=["REFRESH=CLOSE"]
    )
    dataset.GetRasterBand(1).WriteArray(numpy.full((20, 30), 77, "uint8"), *middle(dataset))
    dataset.FlushCache()
    other = tiledir.recipe(**keys, levels="8-10")
    before = tiles_of(snapshot(tmp_path / "out"))
    assert "is being written to" in tiledir.refused(other, "--overwrite")
    assert tiles_of(snapshot(tmp_path / "out")) == before
    del dataset
    assert (pixels(tmp_path / "out") == 77).all()
    tiledir.make(other, "--overwrite")
    assert not list((tmp_path / "out" / "11").rglob("*.tif"))
