"""Steps equal the same processes run one after the other through tiles."""

import numpy as np
import pytest
from reference import Output

GRID = {"tile_matrix_set": "WebMercatorQuad"}
RISE = {"name": "expression", "parameters": {"expression": "dem * 1.5 + 10"}}


def made(tiledir, name, **keys):
    recipe = tiledir.recipe(f"{name}.yaml", **{"grid": GRID, "levels": 10, "output": name, **keys})
    tiledir.make(recipe)
    return Output(tiledir.folder / name)


def through_tiles(tiledir, before, process, parameters, **keys):
    """A process over the base tiles of an output, not resampled."""
    tiles = {"dem": {"path": str(tiledir.folder / before), "resampling": "nearest"}}
    tiledir.environment["GDAL_DRIVER_PATH"] = str(tiledir.program.parent.parent / "gdalplugins")
    return made(tiledir, f"{process}_of_{before}", process=process, parameters=parameters, input=tiles, **keys)


def inner(pixels):
    """Without what lies beside tiles that were not made: their pixels are computed in memory, and are absent in a folder."""
    return pixels[2:-2, 2:-2]


def test_terrain_of_an_expression(tiledir, jacksboro):
    made(tiledir, "risen", process="expression", parameters=RISE["parameters"], input={"dem": jacksboro})
    expected = through_tiles(tiledir, "risen", "slope", {"scale": 1})
    steps = [RISE, {"name": "slope", "parameters": {"scale": 1}}]
    ours = made(tiledir, "steps", process=steps, input={"dem": jacksboro})
    one, other = (output.pixels(output.base, -9999, np.float32) for output in (ours, expected))
    assert np.count_nonzero(one != -9999) > 30000
    assert np.array_equal(inner(one), inner(other))


def test_buffers_add_up(tiledir, jacksboro):
    """Slope of slope, whatever the tiles; the recipe that is saved makes the same bytes."""
    steps = [{"name": "slope"}, {"name": "slope", "parameters": {"scale": 1}}, {"name": "hillshade"}]
    outputs = []
    for metatile, threads in ((1, 1), (8, 2)):
        grid = {**GRID, "metatile": metatile}
        name = f"steps{metatile}"
        outputs.append(made(tiledir, name, process=steps, input={"dem": jacksboro}, grid=grid, threads=threads))
    small, large = outputs
    cell = small.cell_size(small.base)
    left, _, _, top = small.bounds(small.base)
    large_left, _, _, large_top = large.bounds(large.base)
    col, row = round((left - large_left) / cell), round((large_top - top) / cell)
    pixels = small.pixels(small.base)
    assert np.count_nonzero(pixels) > 30000
    assert np.array_equal(pixels, large.pixels(large.base)[row : row + pixels.shape[0], col : col + pixels.shape[1]])
    tiledir.make(tiledir.folder / "steps1/.tiledir/recipe.yaml", "--output", "again")
    assert Output(tiledir.folder / "again").files() == small.files()


def test_a_step_reads_the_recipe_s_inputs_and_what_was_made(tiledir, jacksboro):
    steps = [
        {"name": "expression", "parameters": {"expression": "2 * a"}},
        {"name": "expression", "parameters": {"expression": ["previous - a", "previous"], "names": ["once", "twice"]}},
    ]
    output = made(tiledir, "steps", process=steps, input={"a": jacksboro})
    once, twice = output.pixels(output.base, np.nan, np.float32, bands=2)
    assert np.nanmax(once) > 500
    assert np.allclose(twice, 2 * once, rtol=1e-6, equal_nan=True)


def test_opacity_of_a_step_says_where_the_next_one_has_no_data(tiledir, jacksboro):
    colors = {"name": "color-relief", "parameters": {"colors": ["0 0 0 0", "1000 100 100 100"]}}
    grey = {"name": "expression", "parameters": {"expression": "previous[1] + 1"}}
    output = made(tiledir, "steps", process=[colors, grey], input={"dem": jacksboro})
    pixels = output.pixels(output.base, np.nan, np.float32)
    assert np.isnan(pixels).any()
    assert 20 < np.nanmin(pixels) < np.nanmax(pixels) < 110


def test_a_run_goes_on_and_notices_changed_steps(tiledir, jacksboro):
    steps = [RISE, {"name": "slope"}]
    recipe = tiledir.recipe(process=steps, input={"dem": jacksboro}, levels=10, output="out")
    tiledir.make(recipe)
    assert tiledir.make(recipe)["planned"] == 0
    changed = [{**RISE, "parameters": {"expression": "dem"}}, {"name": "slope"}]
    recipe = tiledir.recipe(process=changed, input={"dem": jacksboro}, levels=10, output="out")
    result = tiledir.run(recipe)
    assert result.returncode == 2
    assert "dem * 1.5 + 10" in result.stderr


@pytest.mark.parametrize(
    ("process", "more", "said"),
    [
        ([], {}, "process: is not a name or a list of steps"),
        ({"name": "slope"}, {}, "process: is not a name or a list of steps"),
        (["slop"], {}, "the nearest known one is 'slope'"),
        ([{"name": "slope", "parameters": {"units": "percent"}}], {}, "process[0].parameters.units: unknown key"),
        (["slope", "hillshade"], {"parameters": {"z": 1}}, "parameters: of a process of steps each step has its own"),
        ([{"name": "slope", "input": {"dem": "previous"}}], {}, "process[0]: input.dem: the first step has no 'previous'"),
        (["slope", {"name": "slope", "input": {"d": "dem"}}], {}, "process[1]: input.d: slope has no such input; it takes 'dem'"),
        (["slope", {"name": "expression", "parameters": {"expression": "previous * b"}}], {}, "input.b: is missing"),
        (
            ["slope", {"name": "expression", "parameters": {"expression": "previous * dem"}}],
            {},
            "input 'dem' is elevations to one step, and pixels as they are to expression",
        ),
        (["slope", {"name": "expression", "parameters": {"expression": "previous[2]"}}], {}, "input 'previous' has bands 1 to 1"),
        ("slope", {"input": {"previous": "a.tif"}}, "input.previous: is the name of what a step before has made"),
    ],
)
def test_steps_that_do_not_fit_are_refused(tiledir, jacksboro, process, more, said):
    recipe = tiledir.recipe(**{"process": process, "input": {"dem": jacksboro}, "output": "out", **more})
    assert said in tiledir.refused(recipe)
    assert not (tiledir.folder / "out").exists()
