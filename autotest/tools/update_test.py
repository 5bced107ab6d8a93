"""Inputs that change under a finished output: --update makes again what the difference touches, and nothing else."""

import json
import math
import os
import shutil

import numpy as np
import pytest
from conftest import snapshot
from osgeo import gdal
from reference import Output, mosaic

HALF = 20037508.342789244
SIDE = 10  # pieces along each side of the model
TILE_SIZE = 16
LEVEL = 14


@pytest.fixture
def pieces(tiledir, jacksboro):
    """A hundred files that are the model together."""
    whole = gdal.Open(mosaic(jacksboro, tiledir.folder))
    (tiledir.folder / "dem").mkdir()
    width, height = whole.RasterXSize // SIDE, whole.RasterYSize // SIDE
    paths = []
    for row in range(SIDE):
        for col in range(SIDE):
            path = tiledir.folder / "dem" / f"{row}{col}.tif"
            gdal.Translate(str(path), whole, srcWin=[col * width, row * height, width, height])
            paths.append(path)
    return paths


def recipe(tiledir, inputs="dem/*.tif", **keys):
    return tiledir.recipe(
        **{
            "process": "hillshade",
            "input": {"dem": inputs},
            "grid": {"tile_size": TILE_SIZE},
            "levels": f"{LEVEL - 2}-{LEVEL}",
            "output": "out",
            **keys,
        }
    )


def raise_land(path):
    """The same ground, with a bump in it."""
    file = gdal.Open(str(path), gdal.GA_Update)
    pixels = file.ReadAsArray()
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    file.GetRasterBand(1).WriteArray(pixels + (40 * np.sin(x / 2.0) + 30 * np.sin(y / 3.0)).astype(pixels.dtype))
    file = None


def times(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.glob("*/*/*.tif")}


def made_since(folder, before):
    """Base tiles that were written since."""
    return {
        tuple(map(int, name[:-4].split("/")[1:]))
        for name, time in times(folder).items()
        if name.startswith(f"{LEVEL}/") and before.get(name) != time
    }


def mercator_row(lat):
    y = HALF / math.pi * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return (HALF - y) / (2 * HALF / 2**LEVEL)


def tiles_around(path, source_pixels, grid_pixels):
    """Base tiles of a file's rectangle, grown by pixels of the file and then by pixels of the grid."""
    file = gdal.Open(str(path))
    left, cell, _, top, _, step = file.GetGeoTransform()
    west, east = left - source_pixels * cell, left + (file.RasterXSize + source_pixels) * cell
    north, south = top - source_pixels * step, top + (file.RasterYSize + source_pixels) * step
    margin = grid_pixels / TILE_SIZE
    cols = [(180 + x) / 360 * 2**LEVEL for x in (west, east)]
    rows = [mercator_row(north), mercator_row(south)]
    return {
        (row, col)
        for row in range(math.floor(rows[0] - margin), math.ceil(rows[1] + margin))
        for col in range(math.floor(cols[0] - margin), math.ceil(cols[1] + margin))
    }


def again(tiledir, name="again"):
    """The saved recipe, run in an empty folder."""
    saved = tiledir.folder / "saved.yaml"
    shutil.copy(tiledir.folder / "out" / ".tiledir" / "recipe.yaml", saved)
    tiledir.make(saved, "--output", name)
    return Output(tiledir.folder / name).files()


def test_replacing_one_of_a_hundred_inputs_makes_the_tiles_it_touches(tiledir, pieces):
    path = recipe(tiledir)
    tiledir.make(path)
    out = tiledir.folder / "out"
    old, before = Output(out).files(), times(out)
    raise_land(pieces[44])
    line = tiledir.refused(path)
    assert "44.tif has changed since" in line and "--update" in line
    assert times(out) == before
    tiledir.make(path, "--update")
    new = Output(out).files()
    made = made_since(out, before)
    # Bilinear reaches (1 + its radius) pixels, hillshade 1, and the grid's pixels are larger than the file's.
    scale = float(Output(out).recipe()["input"]["dem"]["scales"][LEVEL][0])
    nearly_all = tiles_around(pieces[44], 1 + math.ceil(1 / min(scale, 1)), 2)
    changed = {tuple(map(int, name[:-4].split("/")[1:])) for name in new if name[:2] == str(LEVEL) and new[name] != old[name]}
    assert len(changed) > 3 and changed <= made <= nearly_all
    assert len(made) < len(old) / 10
    assert new == again(tiledir)
    assert tiledir.make(path)["planned"] == 0
    before = snapshot(out)
    assert tiledir.make(path, "--update")["planned"] == 0
    assert snapshot(out) == before


@pytest.mark.parametrize("overviews", ["children", "process"])
@pytest.mark.parametrize("resampling", ["nearest", "cubic", "lanczos", "average"])
def test_what_is_updated_equals_what_is_made_from_nothing(tiledir, pieces, resampling, overviews):
    path = recipe(tiledir, {"path": "dem/*.tif", "resampling": resampling}, overviews={"from": overviews})
    tiledir.make(path)
    count = len(Output(tiledir.folder / "out").files())
    raise_land(pieces[0])
    raise_land(pieces[57])
    planned = tiledir.make(path, "--update")["planned"]
    assert 0 < planned < count / 4
    assert Output(tiledir.folder / "out").files() == again(tiledir)


PROCESSES = {
    "slope": {"process": "slope"},
    "an expression": {"process": "expression", "parameters": {"expression": "dem / 2 + 1"}},
    "steps whose buffers add up": {"process": ["slope", {"name": "slope", "parameters": {"scale": 1}}, "tpi", "hillshade"]},
}


@pytest.mark.parametrize("name", PROCESSES)
def test_any_process_is_updated_where_what_it_depends_on_has_changed(tiledir, pieces, name):
    path = recipe(tiledir, **PROCESSES[name])
    tiledir.make(path)
    old = Output(tiledir.folder / "out").files()
    raise_land(pieces[44])
    planned = tiledir.make(path, "--update")["planned"]
    new = Output(tiledir.folder / "out").files()
    assert 0 < sum(new[key] != old[key] for key in new) <= planned < len(old) / 4
    assert new == again(tiledir)


def test_files_that_come_and_go_and_change_places_are_followed(tiledir, pieces):
    """One of the files lies over two others, and its place in the list matters."""
    patch = tiledir.folder / "patch.tif"
    left, cell, _, top, _, step = gdal.Open(str(pieces[33])).GetGeoTransform()
    gdal.Translate(str(patch), str(pieces[33]))
    file = gdal.Open(str(patch), gdal.GA_Update)
    file.SetGeoTransform((left + 20 * cell, cell, 0, top + 10 * step, 0, step))
    file = None
    names = list(map(str, pieces))
    steps = [
        (names + [str(patch)], "patch.tif is new"),
        ([str(patch)] + names, "patch.tif is in another place"),
        (names[:50] + [str(patch)] + names[50:], "patch.tif is in another place"),
        (names, "patch.tif is gone"),
    ]
    tiledir.make(recipe(tiledir, names))
    count = len(Output(tiledir.folder / "out").files())
    first = Output(tiledir.folder / "out").files()
    for number, (inputs, words) in enumerate(steps):
        path = recipe(tiledir, inputs)
        assert words in tiledir.refused(path)
        assert 0 < tiledir.make(path, "--update")["planned"] < count / 4
        assert Output(tiledir.folder / "out").files() == again(tiledir, f"again{number}")
    assert Output(tiledir.folder / "out").files() == first


def test_land_that_grows_and_shrinks_leaves_no_stale_tile(tiledir, pieces):
    """The last column of files is missing at first, comes, and goes."""
    column = [path for path in pieces if path.stem.endswith("9")]
    away = tiledir.folder / "away"
    away.mkdir()
    for path in column:
        path.rename(away / path.name)
    path = recipe(tiledir)
    tiledir.make(path)
    small = Output(tiledir.folder / "out").files()
    for each in column:
        (away / each.name).rename(each)
    tiledir.make(path, "--update")
    large = Output(tiledir.folder / "out").files()
    assert len(large) > len(small)
    assert large == again(tiledir)
    for each in column:
        each.rename(away / each.name)
    tiledir.make(path, "--update")
    assert Output(tiledir.folder / "out").files() == small


def test_an_update_that_was_cut_off_after_it_had_begun_leaves_nothing_stale(tiledir, pieces):
    """As a kill leaves it: the journal says what is to be made again, the recipe is the new one, old tiles lie there."""
    path = recipe(tiledir, levels=LEVEL)
    tiledir.make(path)
    out = tiledir.folder / "out"
    tiles = Output(out).files()
    pieces[9].unlink()
    tiledir.make(path, "--update")
    gone = sorted(set(tiles) - set(Output(out).files()))
    assert gone
    rows = [tuple(map(int, name[:-4].split("/"))) for name in gone]
    for name in gone:
        (out / name).write_bytes(tiles[name])
    (out / ".tiledir" / "journal" / "00000099-0redo-x-000001").write_text(
        "tiledir journal 1\n" + "".join(f"redo {level} {row} {col} {col}\n" for level, row, col in rows)
    )
    # Where no file lies any more, no region selects a tile: any run makes those.
    tiledir.make(path, "--bounds", "-84.5,36.1,-84.3,36.3")
    assert len([name for name in gone if (out / name).exists()]) < len(gone)
    tiledir.make(path)
    assert not [name for name in gone if (out / name).exists()]


def test_another_process_parameter_makes_all_again(tiledir, jacksboro):
    tiledir.make(recipe(tiledir, list(map(str, jacksboro))))
    changed = recipe(tiledir, list(map(str, jacksboro)), parameters={"altitude": 30})
    before = times(tiledir.folder / "out")
    # A region does not keep the rest from being made again: no output is of two recipes.
    tiledir.make(changed, "--update", "--bounds", "-84.3,36.2,-84.2,36.3")
    after = times(tiledir.folder / "out")
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in after)
    assert tiledir.make(changed)["planned"] == 0
    assert Output(tiledir.folder / "out").files() == again(tiledir)


def test_the_saved_recipe_stands_for_the_regions_of_all_runs(tiledir, jacksboro):
    path = recipe(tiledir, list(map(str, jacksboro)))
    west, east, inner = "-84.5,36.1,-84.3,36.5", "-84.3,36.1,-84.1,36.5", "-84.45,36.2,-84.4,36.3"
    tiledir.make(path, "--bounds", west)
    assert Output(tiledir.folder / "out").recipe()["bounds"] == [-84.5, 36.1, -84.3, 36.5]
    tiledir.make(path, "--bounds", inner, "--overwrite")
    assert Output(tiledir.folder / "out").recipe()["bounds"] == [-84.5, 36.1, -84.3, 36.5]
    tiledir.make(path, "--bounds", east)
    assert Output(tiledir.folder / "out").recipe()["bounds"] is None


def test_another_grid_is_no_update(tiledir, jacksboro):
    tiledir.make(recipe(tiledir, list(map(str, jacksboro))))
    before = snapshot(tiledir.folder / "out")
    line = tiledir.refused(recipe(tiledir, list(map(str, jacksboro)), grid={"tile_size": 32}), "--update")
    assert "grid.tile_size: 16 there, 32 here" in line and "cannot be mixed" in line
    assert snapshot(tiledir.folder / "out") == before


def test_levels_and_kernel_scales_stay_when_finer_inputs_come(tiledir, jacksboro):
    path = recipe(tiledir, list(map(str, jacksboro)), levels="auto")
    tiledir.make(path)
    saved = Output(tiledir.folder / "out").recipe()
    fine = tiledir.folder / "fine.tif"
    gdal.Translate(str(fine), str(jacksboro[0]), srcWin=[100, 100, 50, 50], width=200, height=200)
    path = recipe(tiledir, [*map(str, jacksboro), str(fine)], levels="auto")
    tiledir.make(path, "--update")
    now = Output(tiledir.folder / "out").recipe()
    assert now["levels"] == saved["levels"]
    assert now["input"]["dem"]["scales"] == saved["input"]["dem"]["scales"]
    assert Output(tiledir.folder / "out").files() == again(tiledir)
    assert tiledir.make(path)["planned"] == 0
    tiledir.make(path, "--overwrite")
    assert Output(tiledir.folder / "out").recipe()["levels"] != saved["levels"]


def test_kernel_scales_that_a_recipe_gives_are_compared(tiledir, jacksboro):
    inputs = list(map(str, jacksboro))
    tiledir.make(recipe(tiledir, inputs, levels=LEVEL))
    line = tiledir.refused(recipe(tiledir, {"path": inputs, "scales": {LEVEL: [0.5, 0.25]}}, levels=LEVEL))
    assert f"input.dem.scales.{LEVEL}: [" in line and "there, [0.5, 0.25] here" in line
    again(tiledir)  # the saved recipe gives them too
    assert tiledir.make("saved.yaml", "--output", "out")["planned"] == 0


def test_files_that_are_known_are_opened_only_where_they_are_read(tiledir, pieces):
    path = recipe(tiledir)
    tiledir.make(path, "--bounds", "-84.42,36.38,-84.38,36.42")
    rubbish = pieces[99]
    state = rubbish.stat()
    rubbish.write_bytes(b"x" * state.st_size)
    os.utime(rubbish, ns=(state.st_atime_ns, state.st_mtime_ns))
    report = tiledir.make(path, "--bounds", "-84.42,36.35,-84.35,36.42")
    assert report["planned"] > 0
    result = tiledir.run(path, "--json")
    assert result.returncode == 3
    assert all("99.tif" in failure["reason"] for failure in json.loads(result.stdout)["failed"])


def test_a_pattern_stands_for_its_files_in_order(tiledir, pieces):
    nested = tiledir.folder / "dem" / "nested"
    nested.mkdir()
    pieces[7].rename(nested / "07.tif")
    inputs = ["dem/0?.tif", "dem/n*/*.tif", "dem/[1-9]*.tif"]
    tiledir.make(recipe(tiledir, inputs))
    saved = Output(tiledir.folder / "out").recipe()["input"]["dem"]["path"]
    expected = [*pieces[:7], *pieces[8:10], nested / "07.tif", *pieces[10:]]
    assert saved == list(map(str, expected))
    line = tiledir.refused(recipe(tiledir, "dem/*.tiff", output="other"))
    assert "input.dem" in line and "dem/*.tiff" in line
