"""Runs that are cut up, killed, resumed, repeated and changed leave the same tiles."""

import json
import os
import random
import shutil
import signal

import pytest
from conftest import snapshot
from gate import Gate
from processes import send_signal
from reference import Output
from waiting import ended, wait_until

MAIN_JOB = {"process": "hillshade", "output": "out"}


def main_job(tiledir, inputs, name="recipe.yaml", **keys):
    return tiledir.recipe(name, **{**MAIN_JOB, "input": {"dem": inputs}, **keys})


def journal(folder):
    return sorted((folder / ".tiledir" / "journal").iterdir())


def test_the_main_job_makes_levels_5_to_11(tiledir, jacksboro):
    report = tiledir.make(main_job(tiledir, jacksboro))
    output = Output(tiledir.folder / "out")
    assert report["state"] == "finished"
    assert sorted(map(int, output.limits)) == list(range(5, 12))
    assert output.item["properties"]["tiledir:overviews"] == {"from": "children", "resampling": "average"}
    assert output.item["properties"]["tiledir:base_level"] == "11"


def test_a_second_run_makes_nothing(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro)
    tiledir.make(recipe)
    before = snapshot(tiledir.folder / "out")
    assert tiledir.make(recipe)["planned"] == 0
    assert snapshot(tiledir.folder / "out") == before


@pytest.mark.parametrize("overviews", ["children", "process"])
def test_threads_and_overwriting_change_no_byte(tiledir, jacksboro, overviews):
    recipe = main_job(tiledir, jacksboro, grid={"tile_size": 64}, overviews={"from": overviews})
    tiledir.make(recipe, "--threads", 1)
    one = Output(tiledir.folder / "out").files()
    tiledir.make(recipe, "--threads", 4, "--output", "again")
    assert Output(tiledir.folder / "again").files() == one
    assert tiledir.make(recipe, "--threads", 2, "--overwrite")["planned"] >= len(one)
    assert Output(tiledir.folder / "out").files() == one


def test_the_saved_recipe_alone_makes_the_same_tiles(tiledir, jacksboro):
    tiledir.make(main_job(tiledir, jacksboro, grid={"tile_size": 64, "metatile": 2}, levels="8-11"))
    saved = tiledir.folder / "saved.yaml"
    shutil.copy(tiledir.folder / "out" / ".tiledir" / "recipe.yaml", saved)
    tiledir.make(saved, "--output", "again")
    assert Output(tiledir.folder / "again").files() == Output(tiledir.folder / "out").files()


@pytest.mark.parametrize("grid", [{"tile_size": 64}, {"tile_size": 64, "metatile": 3}])
def test_two_regional_runs_equal_one_over_both(tiledir, jacksboro, grid):
    recipe = main_job(tiledir, jacksboro, grid=grid, levels="6-11")
    tiledir.make(recipe)
    tiledir.make(recipe, "--output", "parts", "--bounds", "-84.5,36.1,-84.25,36.5")
    tiledir.make(recipe, "--output", "parts", "--bounds", "-84.25,36.1,-84.0,36.5")
    whole, parts = Output(tiledir.folder / "out"), Output(tiledir.folder / "parts")
    assert parts.files() == whole.files()
    assert parts.limits == whole.limits


def test_a_region_has_the_base_tiles_of_the_whole(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro, grid={"tile_size": 64}, levels="11")
    tiledir.make(recipe)
    tiledir.make(recipe, "--output", "part", "--bounds", "-84.3,36.2,-84.2,36.3")
    whole, part = Output(tiledir.folder / "out").files(), Output(tiledir.folder / "part").files()
    assert 0 < len(part) < len(whole)
    assert all(whole[name] == content for name, content in part.items())


def test_every_tile_from_the_process_is_free_of_the_region(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro, grid={"tile_size": 64}, levels="7-11", overviews={"from": "process"})
    tiledir.make(recipe)
    tiledir.make(recipe, "--output", "part", "--bounds", "-84.3,36.2,-84.2,36.3")
    whole, part = Output(tiledir.folder / "out").files(), Output(tiledir.folder / "part").files()
    assert len({name.split("/")[0] for name in part}) == 5
    assert all(whole[name] == content for name, content in part.items())


def test_metatiles_and_sizes_hold_the_same_pixels(tiledir, jacksboro):
    pixels = []
    for metatile in (1, 2, 4, 16):
        recipe = main_job(tiledir, jacksboro, grid={"tile_size": 64, "metatile": metatile}, levels="11", output=f"m{metatile}")
        tiledir.make(recipe)
        output = Output(tiledir.folder / f"m{metatile}")
        left, bottom, right, top = output.bounds("11")
        cell = output.cell_size("11")
        pixels.append((left, top, cell, output.pixels("11")))
    left, top, cell, small = pixels[0]
    for other_left, other_top, other_cell, large in pixels[1:]:
        assert other_cell == cell
        row, col = round((other_top - top) / cell), round((left - other_left) / cell)
        inside = large[row : row + small.shape[0], col : col + small.shape[1]]
        assert (inside == small).all()
        assert (large != 0).sum() == (small != 0).sum()


def gated_job(tiledir, inputs, gates, **keys):
    """The same tiles, made by a process that waits at gates."""
    return main_job(tiledir, inputs, process="bad_hillshade", parameters={"gates": str(gates)}, **keys)


@pytest.mark.skipif("not config.getoption('kills')")
def test_a_killed_run_resumes_to_the_same_bytes(bad_tiledir, jacksboro, request):
    """kill -9 of up to three runs into one output, as each comes to a random tile, then a run to its end; again and again."""
    tiledir, gates = bad_tiledir, bad_tiledir.folder / "gates"
    recipe = gated_job(tiledir, jacksboro, gates, grid={"tile_size": 16}, levels="5-12", threads=4)
    tiledir.make(recipe)
    expected = Output(tiledir.folder / "out").files()
    base = sorted(name.removesuffix(".tif") for name in expected if name.startswith("12/"))
    moments = random.Random(1)
    kills = 0
    while kills < request.config.getoption("kills"):
        shutil.rmtree(tiledir.folder / "killed", ignore_errors=True)
        for _ in range(moments.randint(1, 3)):
            left = [name for name in base if not (tiledir.folder / "killed" / f"{name}.tif").exists()]
            with Gate(gates, moments.choice(left).replace("/", "-")) as gate:
                process = tiledir.start(recipe, "--output", "killed", "--quiet")
                gate.wait_for(process)  # the other threads are at work
                process.kill()
                process.communicate()
            shutil.rmtree(gates)
            kills += 1
        tiledir.make(recipe, "--output", "killed")
        assert Output(tiledir.folder / "killed").files() == expected
        assert not list((tiledir.folder / "killed" / ".tiledir" / "tmp").glob("*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run_and_it_goes_on(bad_tiledir, jacksboro, number):
    """The run waits at a tile, after others that the journal knows of, until it has the signal."""
    tiledir, gates = bad_tiledir, bad_tiledir.folder / "gates"
    recipe = gated_job(tiledir, jacksboro, gates, grid={"tile_size": 16}, levels="5-13", threads=2)
    tiledir.make(recipe, "--output", "fresh")
    fresh = Output(tiledir.folder / "fresh").files()
    base = sorted(name.removesuffix(".tif") for name in fresh if name.startswith("13/"))
    with Gate(gates, base[len(base) // 2].replace("/", "-")) as gate:
        process = tiledir.start(recipe, "--quiet")
        gate.wait_for(process)
        wait_until(lambda: any("done" in path.name for path in journal(tiledir.folder / "out")), process)
        send_signal(process, number)
    ended(process)
    assert process.returncode == 128 + number
    made = len(list(tiledir.folder.glob("out/*/*/*.tif")))
    planned = tiledir.make(recipe)["planned"]
    assert 0 < made < len(fresh) and len(fresh) - made <= planned < len(fresh)
    assert tiledir.make(recipe)["planned"] == 0
    assert Output(tiledir.folder / "out").files() == fresh


def test_a_changed_recipe_stops_and_shows_the_difference(tiledir, jacksboro):
    tiledir.make(main_job(tiledir, jacksboro))
    before = snapshot(tiledir.folder / "out")
    changed = main_job(tiledir, jacksboro, parameters={"altitude": 30})
    line = tiledir.refused(changed)
    assert "parameters.altitude: 45.0 there, 30.0 here" in line
    assert "--overwrite" in line and "--accept-old" in line
    assert snapshot(tiledir.folder / "out") == before


def test_a_changed_input_stops_the_run(tiledir, jacksboro):
    copies = [shutil.copy(path, tiledir.folder) for path in jacksboro]
    recipe = main_job(tiledir, copies)
    tiledir.make(recipe)
    os.utime(copies[0], (1, 1))
    assert "jacksboro_west.tif has changed since" in tiledir.refused(recipe)


def test_another_spelling_of_the_paths_is_the_same_input(tiledir, jacksboro):
    copies = [shutil.copy(path, tiledir.folder) for path in jacksboro]
    tiledir.make(main_job(tiledir, copies))
    (tiledir.folder / "link").symlink_to(tiledir.folder)
    assert tiledir.make(main_job(tiledir, ["link/jacksboro_west.tif", "./jacksboro_east.tif"]))["planned"] == 0


def test_accepting_the_old_keeps_tiles_and_notes_the_mixture(tiledir, jacksboro):
    tiledir.make(main_job(tiledir, jacksboro, bounds=[-84.5, 36.1, -84.35, 36.5]))
    before = Output(tiledir.folder / "out").files()
    changed = main_job(tiledir, jacksboro, parameters={"altitude": 30})
    tiledir.make(changed, "--accept-old")
    after = Output(tiledir.folder / "out")
    base = {name: content for name, content in before.items() if name.startswith("11/")}
    assert base and all(after.files()[name] == content for name, content in base.items())
    (note,) = after.item["properties"]["tiledir:mixed"]
    assert note["differences"] == ["parameters.altitude: 45.0 there, 30.0 here"]
    assert tiledir.make(changed)["planned"] == 0


def test_overwriting_a_region_of_a_changed_recipe_is_refused(tiledir, jacksboro):
    tiledir.make(main_job(tiledir, jacksboro, grid={"tile_size": 64}))
    before = snapshot(tiledir.folder / "out")
    changed = main_job(tiledir, jacksboro, grid={"tile_size": 64}, parameters={"altitude": 30})
    line = tiledir.refused(changed, "--overwrite", "--bounds", "-84.3,36.2,-84.2,36.3")
    assert "reaches beyond the bounds" in line
    assert snapshot(tiledir.folder / "out") == before
    tiledir.make(changed, "--overwrite")
    tiledir.make(changed, "--output", "fresh")
    assert Output(tiledir.folder / "out").files() == Output(tiledir.folder / "fresh").files()


def test_overwriting_on_another_grid_leaves_no_old_tile(tiledir, jacksboro):
    tiledir.make(main_job(tiledir, jacksboro))
    changed = main_job(tiledir, jacksboro, grid="WorldCRS84Quad", output={"path": "out", "format": "png", "options": {}})
    assert "grid.tile_matrix_set: WebMercatorQuad there, WorldCRS84Quad here" in tiledir.refused(changed, "--accept-old")
    tiledir.make(changed, "--overwrite")
    assert not list((tiledir.folder / "out").glob("*/*/*.tif"))
    tiledir.make(changed, "--output", "fresh")
    assert Output(tiledir.folder / "out").files() == Output(tiledir.folder / "fresh").files()


def test_coarser_levels_of_an_earlier_run_are_kept_up_to_date(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro, grid={"tile_size": 64}, levels="6-11")
    tiledir.make(recipe)
    tiledir.make(recipe, "--output", "parts", "--bounds", "-84.5,36.1,-84.25,36.5")
    tiledir.make(recipe, "--output", "parts", "--bounds", "-84.25,36.1,-84.0,36.5", "--levels", "10-11")
    assert Output(tiledir.folder / "parts").files() == Output(tiledir.folder / "out").files()


def test_a_dry_run_counts_and_writes_nothing(tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro)
    result = tiledir.run(recipe, "--dry-run", "--json")
    estimate = json.loads(result.stdout)
    assert not (tiledir.folder / "out").exists()
    report = tiledir.make(recipe)
    assert estimate["tiles"] == report["planned"]
    assert estimate["levels"] == "5-11"
    assert estimate["pixels"] == estimate["tiles"] * 256 * 256


def test_a_grid_whose_levels_do_not_halve_has_overviews(tiledir, jacksboro, shared):
    grid = json.loads((shared / "spec" / "tms" / "WebMercatorQuad.json").read_text())
    grid["id"] = "Thirds"
    base = next(matrix for matrix in grid["tileMatrices"] if matrix["id"] == "11")
    coarse = dict(base, id="0", cellSize=base["cellSize"] * 2.5, scaleDenominator=base["scaleDenominator"] * 2.5)
    coarse["matrixWidth"] = coarse["matrixHeight"] = 820
    grid["tileMatrices"] = [coarse, dict(base, id="1")]
    (tiledir.folder / "thirds.json").write_text(json.dumps(grid))
    tiledir.make(main_job(tiledir, jacksboro, grid="thirds.json", levels="0-1"))
    output = Output(tiledir.folder / "out")
    coarse, fine = output.pixels("0"), output.pixels("1")
    assert abs((coarse != 0).sum() * 6.25 / (fine != 0).sum() - 1) < 0.02
    assert abs(coarse[coarse != 0].mean() - fine[fine != 0].mean()) < 1
