"""What the journal knows of an output: status, failures and their retry, tiles removed by hand, runs side by side."""

import contextlib
import json
import os
import shutil
import subprocess

import pytest
from conftest import snapshot
from osgeo import gdal
from reference import Output


def recipe_of(tiledir, inputs, name="recipe.yaml", **keys):
    grid = {"tile_size": 64}
    return tiledir.recipe(name, **{"process": "hillshade", "input": {"dem": inputs}, "grid": grid, "output": "out", **keys})


def status(tiledir, folder="out", code=0):
    command = [str(tiledir.commands), "status", str(folder)]
    result = subprocess.run([*command, "--json"], cwd=tiledir.folder, capture_output=True, text=True)
    assert result.returncode == code, result.stderr
    if code != 0:
        return result.stderr.strip()
    told = subprocess.run(command, cwd=tiledir.folder, capture_output=True, text=True, check=True).stdout
    known = json.loads(result.stdout)
    assert f"state: {known['state']}\n" in told
    return known


def total(known, word):
    return sum(level[word] for level in known["levels"].values())


def item_state(tiledir):
    return json.loads((tiledir.folder / "out" / "stac.json").read_text())["properties"]["tiledir:state"]


def tiles(folder):
    return Output(folder).files()


@pytest.fixture
def damaged(tiledir, jacksboro):
    """The inputs, of which the east one cannot be read in part, and a function that mends it."""
    east = tiledir.folder / "east.tif"
    shutil.copy(jacksboro[1], east)
    whole, before = east.read_bytes(), east.stat()
    dataset = gdal.Open(str(east))
    band = dataset.GetRasterBand(1)
    rows = -(-band.YSize // band.GetBlockSize()[1])
    offset = int(band.GetMetadataItem(f"BLOCK_OFFSET_0_{rows - 1}", "TIFF"))
    dataset = None

    def put(content):
        east.write_bytes(content)
        os.utime(east, ns=(before.st_atime_ns, before.st_mtime_ns))

    put(whole[:offset] + b"\xff" * (len(whole) - offset))
    return [jacksboro[0], east], lambda: put(whole)


def fail(tiledir, recipe):
    result = tiledir.run(recipe, "--json")
    assert result.returncode == 3, result.stderr
    return json.loads(result.stdout)


def test_a_finished_run_is_finished(tiledir, jacksboro):
    report = tiledir.make(recipe_of(tiledir, jacksboro))
    before = snapshot(tiledir.folder / "out")
    known = status(tiledir)
    assert known["state"] == item_state(tiledir) == "finished"
    assert total(known, "stored") == report["planned"] == len(tiles(tiledir.folder / "out"))
    assert total(known, "pending") == total(known, "failed") == 0
    assert known["by"] == known["failed"] == []
    assert known["started"] <= known["updated"]
    assert snapshot(tiledir.folder / "out") == before


def test_failed_tiles_are_told_with_their_reasons_and_the_overviews_above_wait(tiledir, damaged):
    report = fail(tiledir, recipe_of(tiledir, damaged[0]))
    known = status(tiledir)
    assert known["state"] == item_state(tiledir) == "finished with failures"
    assert {each["tile"]: each["reason"] for each in known["failed"]} == {
        each["tile"]: each["reason"] for each in report["failed"]
    }
    assert all("east.tif" in each["reason"] for each in known["failed"])
    above = set()
    for each in known["failed"]:
        level, row, col = map(int, each["tile"].split("/"))
        above |= {(level - up, row >> up, col >> up) for up in range(1, level - 4)}
    assert total(known, "pending") == len(above) == report["held_back"]


def test_a_retry_makes_the_failed_tiles_and_what_is_above_them_and_nothing_else(tiledir, damaged):
    inputs, mend = damaged
    recipe = recipe_of(tiledir, inputs)
    report = fail(tiledir, recipe)
    again = tiledir.run(recipe, "--retry-failed", "--json")
    assert json.loads(again.stdout)["planned"] == len(report["failed"]) + report["held_back"]
    assert status(tiledir)["state"] == "finished with failures"
    mend()
    made = tiledir.make(recipe, "--retry-failed")
    assert made["planned"] == len(report["failed"]) + report["held_back"]
    assert status(tiledir)["state"] == item_state(tiledir) == "finished"
    assert tiledir.make(recipe, "--retry-failed")["planned"] == tiledir.make(recipe)["planned"] == 0
    tiledir.make(recipe, "--output", "fresh")
    assert tiles(tiledir.folder / "out") == tiles(tiledir.folder / "fresh")


def test_a_plain_run_tries_the_failed_tiles_again(tiledir, damaged):
    inputs, mend = damaged
    recipe = recipe_of(tiledir, inputs)
    report = fail(tiledir, recipe)
    mend()
    assert tiledir.make(recipe)["planned"] == len(report["failed"]) + report["held_back"]


def test_a_retry_leaves_pending_tiles_and_the_overviews_above_them(tiledir, damaged):
    """The journal forgets a tile beside a failed one: the parent of both is made again by the run that makes it."""
    inputs, mend = damaged
    recipe = recipe_of(tiledir, inputs)
    fail(tiledir, recipe)
    failed = status(tiledir)["failed"][0]["tile"]
    level, row, col = map(int, failed.split("/"))
    journal = tiledir.folder / "out" / ".tiledir" / "journal"
    (journal / "00000009-0redo-x-000001").write_text(f"tiledir journal 1\nredo {level} {row} {col ^ 1} {col ^ 1}\n")
    (tiledir.folder / "out" / str(level) / str(row) / f"{col ^ 1}.tif").unlink(missing_ok=True)
    mend()
    tiledir.make(recipe, "--retry-failed")
    known = status(tiledir)
    assert known["state"] == "stopped"
    assert total(known, "pending") == 1 + level - 5
    tiledir.make(recipe)
    tiledir.make(recipe, "--output", "fresh")
    assert tiles(tiledir.folder / "out") == tiles(tiledir.folder / "fresh")


def test_tiles_removed_by_hand_are_made_again_by_a_check(tiledir, jacksboro):
    recipe = recipe_of(tiledir, jacksboro)
    tiledir.make(recipe)
    whole = tiles(tiledir.folder / "out")
    base = sorted(name for name in whole if name.startswith("13/"))
    gone = [base[0], base[7], next(name for name in whole if name.startswith("11/"))]
    for name in gone:
        (tiledir.folder / "out" / name).unlink()
    assert tiledir.make(recipe)["planned"] == 0
    assert tiledir.make(recipe, "--check")["planned"] >= len(gone)
    assert tiles(tiledir.folder / "out") == whole
    assert tiledir.make(recipe, "--check")["planned"] == 0


def test_a_row_removed_by_hand_is_made_again(tiledir, jacksboro):
    recipe = recipe_of(tiledir, jacksboro)
    tiledir.make(recipe)
    whole = tiles(tiledir.folder / "out")
    shutil.rmtree(sorted((tiledir.folder / "out" / "13").iterdir())[1])
    tiledir.make(recipe, "--check")
    assert tiles(tiledir.folder / "out") == whole


def gated_recipe(tiledir, inputs, gate, **keys):
    return recipe_of(tiledir, inputs, process="bad_hillshade", parameters={"gates": str(gate.folder)}, **keys)


@contextlib.contextmanager
def held_run(tiledir, inputs, gate, **keys):
    """A run that waits at its first tiles; killed at the end."""
    recipe = gated_recipe(tiledir, inputs, gate, name="held.yaml", **keys)
    process = tiledir.start(recipe, "--quiet")
    try:
        gate.wait_for(process)
        yield recipe
    finally:
        process.kill()
        process.communicate()
        gate.open()


def test_a_run_is_seen_while_it_goes_and_stopped_once_it_is_killed(bad_tiledir, jacksboro, gate):
    with held_run(bad_tiledir, jacksboro, gate):
        known = status(bad_tiledir)
        assert known["state"] == item_state(bad_tiledir) == "running"
        assert len(known["by"]) == 1 and " process " in known["by"][0]
        assert total(known, "pending") > 0
    assert status(bad_tiledir)["state"] == "stopped"
    assert status(bad_tiledir)["by"] == []


def test_a_run_of_another_recipe_or_region_is_refused_while_one_goes(bad_tiledir, jacksboro, gate):
    with held_run(bad_tiledir, jacksboro, gate) as recipe:
        line = bad_tiledir.refused(recipe_of(bad_tiledir, jacksboro, parameters={"altitude": 30}), "--overwrite")
        assert "another run makes this output" in line and " process " in line
        assert "another run" in bad_tiledir.refused(recipe, "--bounds", "-84.3,36.2,-84.2,36.3")
        assert len(status(bad_tiledir)["by"]) == 1
    bad_tiledir.make(recipe_of(bad_tiledir, jacksboro, levels="5-6"), "--overwrite")


def test_two_runs_of_the_same_recipe_end_alike(bad_tiledir, jacksboro, gate):
    """Both have tiles in work before either goes on."""
    recipe = gated_recipe(bad_tiledir, jacksboro, gate, grid={"tile_size": 16}, threads=2)
    both = []
    for _ in range(2):
        both.append(bad_tiledir.start(recipe, "--quiet"))
        gate.wait_for(both[-1], 2 * len(both))
    gate.open()
    for process in both:
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err
    assert bad_tiledir.make(recipe)["planned"] == 0
    assert status(bad_tiledir)["state"] == "finished"
    bad_tiledir.make(recipe, "--output", "fresh")
    assert tiles(bad_tiledir.folder / "out") == tiles(bad_tiledir.folder / "fresh")


def test_a_killed_run_leaves_its_mark_until_its_tiles_are_made(bad_tiledir, jacksboro, gate):
    marks = bad_tiledir.folder / "out" / ".tiledir" / "intents"
    with held_run(bad_tiledir, jacksboro, gate) as recipe:
        pass
    assert len(list(marks.iterdir())) == 1
    bad_tiledir.make(recipe)
    assert list(marks.iterdir()) == []


def test_what_is_no_output_has_no_status(tiledir):
    assert "is not the output of a run" in status(tiledir, "nowhere", code=2)


def test_a_journal_of_a_newer_version_is_left_alone(tiledir, jacksboro):
    recipe = recipe_of(tiledir, jacksboro)
    tiledir.make(recipe)
    (tiledir.folder / "out" / ".tiledir" / "journal" / "00000009-1done-x-000001").write_text("tiledir journal 2\n")
    before = snapshot(tiledir.folder / "out")
    for flags in ([], ["--overwrite"], ["--check"]):
        line = tiledir.refused(recipe, *flags)
        assert "00000009-1done-x-000001" in line and "newer tiledir" in line
    assert "newer tiledir" in status(tiledir, code=2)
    assert snapshot(tiledir.folder / "out") == before


def test_what_was_planned_on_another_grid_and_never_begun_is_forgotten(tiledir, jacksboro):
    """A kill between the first file of the journal and the recipe."""
    tiledir.make(recipe_of(tiledir, jacksboro))
    state = tiledir.folder / "out" / ".tiledir"
    for name in ("inputs.json", "recipe.yaml"):
        (state / name).unlink()
    for path in (state / "journal").iterdir():
        path.unlink()
    (state / "journal" / "00000001-0redo-x-000001").write_text("tiledir journal 1\nredo ThirdLevel 1 1 1\n")
    recipe = recipe_of(tiledir, jacksboro, grid={"tile_matrix_set": "WorldCRS84Quad", "tile_size": 64})
    tiledir.make(recipe, "--overwrite")
    known = status(tiledir)
    assert known["state"] == "finished" and total(known, "pending") == 0
