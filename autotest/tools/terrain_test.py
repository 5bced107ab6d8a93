"""Terrain modes equal gdaldem on the whole, whatever the tiles."""

import numpy as np
import pytest
from reference import Output, gdaldem, warp

COLORS = ["0 110 220 110 255", "300 240 250 160 255", "600 230 220 170 128", "900 220 220 220 255"]
NODATA = -9999

# Name: process, its parameters, mode of gdaldem, its options.
FLOAT_MODES = {
    "slope": ("slope", {"scale": 1}, "slope", {}),
    "slope of ZevenbergenThorne": ("slope", {"scale": 1, "algorithm": "ZevenbergenThorne"}, "slope", {"alg": "ZevenbergenThorne"}),
    "slope in percent": ("slope", {"scale": 2, "unit": "percent"}, "slope", {"slopeFormat": "percent", "scale": 2}),
    "slope to the edges": ("slope", {"scale": 1, "compute_edges": True}, "slope", {"computeEdges": True}),
    "aspect": ("aspect", {}, "aspect", {}),
    "aspect of ZevenbergenThorne": ("aspect", {"algorithm": "ZevenbergenThorne"}, "aspect", {"alg": "ZevenbergenThorne"}),
    "aspect as angles": ("aspect", {"trigonometric": True}, "aspect", {"trigonometric": True}),
    "aspect of the flat": ("aspect", {"zero_for_flat": True}, "aspect", {"zeroForFlat": True}),
    "tri": ("tri", {}, "TRI", {"alg": "Riley"}),
    "tri of Wilson": ("tri", {"algorithm": "Wilson"}, "TRI", {"alg": "Wilson"}),
    "tpi": ("tpi", {}, "TPI", {}),
    "tpi to the edges": ("tpi", {"compute_edges": True}, "TPI", {"computeEdges": True}),
    "roughness": ("roughness", {}, "roughness", {}),
}
COLOR_MODES = {"interpolate": None, "nearest": "nearest_color_entry", "exact": "exact_color_entry"}


def made(tiledir, inputs, process, parameters, **keys):
    keys = {"levels": 10, "grid": {"tile_matrix_set": "WebMercatorQuad", "metatile": 2}, **keys}
    recipe = tiledir.recipe(process=process, parameters=parameters, input={"dem": inputs}, output="out", **keys)
    tiledir.make(recipe)
    return Output(tiledir.folder / "out")


@pytest.mark.parametrize("name", FLOAT_MODES)
def test_a_mode_equals_gdaldem_on_the_whole(tiledir, jacksboro, name):
    process, parameters, mode, options = FLOAT_MODES[name]
    output = made(tiledir, jacksboro, process, parameters)
    dem = warp(jacksboro, output, output.base, "EPSG:3857", tiledir.folder)
    expected = gdaldem(dem, tiledir.folder, mode, **options)
    ours = output.pixels(output.base, NODATA, np.float32)
    assert np.count_nonzero(expected != NODATA) > 30000
    assert np.array_equal(ours == NODATA, expected == NODATA)
    different = np.abs(ours - expected) > 1e-4 * np.maximum(1, np.abs(expected))
    assert np.count_nonzero(different) <= 20e-6 * different.size


@pytest.mark.parametrize("alpha", [True, False])
@pytest.mark.parametrize("between", COLOR_MODES)
def test_colours_equal_those_of_gdaldem_on_the_whole(tiledir, jacksboro, between, alpha):
    table = tiledir.folder / "colors.txt"
    table.write_text("# elevation red green blue alpha\n" + "\n".join(COLORS) + "\n")
    parameters = {"color_file": "colors.txt", "alpha": alpha, "between": between}
    output = made(tiledir, {"path": jacksboro, "resampling": "nearest"}, "color-relief", parameters)
    assert output.recipe()["parameters"]["colors"] == COLORS
    dem = warp(jacksboro, output, output.base, "EPSG:3857", tiledir.folder, "near")
    mode = {"colorFilename": str(table), "addAlpha": alpha, "colorSelection": COLOR_MODES[between]}
    expected = gdaldem(dem, tiledir.folder, "color-relief", **mode)
    expected[:, dem.ReadAsArray()[1:-1, 1:-1] == -32768] = 0  # gdaldem takes them for deep places
    ours = output.pixels(output.base, bands=4 if alpha else 3)
    assert len(np.unique(expected)) > 2 or between == "exact"  # of which GDAL 3.6 makes nothing
    assert np.count_nonzero(np.abs(ours.astype(int) - expected) > 1) <= 20e-6 * ours.size


def test_pixels_without_data_have_the_colour_that_the_table_gives_them(tiledir, jacksboro):
    output = made(tiledir, jacksboro, "color-relief", {"colors": [*COLORS, "nv 1 2 3 4"]})
    dem = warp(jacksboro, output, output.base, "EPSG:3857", tiledir.folder)
    outside = dem.ReadAsArray()[1:-1, 1:-1] == -32768
    pixels = output.pixels(output.base, bands=4)[:, outside]
    assert outside.any()
    assert (pixels == np.array([[1], [2], [3], [4]])).all()


def test_a_saved_recipe_makes_the_same_colours_without_the_file(tiledir, jacksboro):
    table = tiledir.folder / "colors.txt"
    table.write_text("\n".join(COLORS))
    output = made(tiledir, jacksboro, "color-relief", {"color_file": "colors.txt"})
    before = output.files()
    table.unlink()
    tiledir.make(tiledir.folder / "out/.tiledir/recipe.yaml", "--output", "again")
    assert Output(tiledir.folder / "again").files() == before


@pytest.mark.parametrize("process", ["slope", "aspect", "tri", "tpi", "roughness", "color-relief"])
def test_tiles_do_not_change_pixels(tiledir, jacksboro, process):
    parameters = {"colors": COLORS} if process == "color-relief" else {}
    options = {"process": process, "parameters": parameters, "input": {"dem": jacksboro}, "levels": 10}
    pixels = []
    for metatile, threads, executor in ((1, 2, "threads"), (4, 1, "serial"), (8, 2, "workers")):
        grid = {"tile_matrix_set": "WebMercatorQuad", "metatile": metatile}
        name = f"out{metatile}"
        tiledir.make(tiledir.recipe(grid=grid, threads=threads, executor=executor, output=name, **options))
        output = Output(tiledir.folder / name)
        bands = 4 if process == "color-relief" else None
        whole = output.pixels(output.base, 0 if bands else NODATA, np.uint8 if bands else np.float32, bands)
        left, _, _, top = output.bounds(output.base)
        pixels.append((left, top, whole))
    cell = output.cell_size(output.base)
    (left, top, smallest), *others = pixels
    for other_left, other_top, other in others:
        col, row = round((left - other_left) / cell), round((other_top - top) / cell)
        part = other[..., row : row + smallest.shape[-2], col : col + smallest.shape[-1]]
        assert np.array_equal(part, smallest)


def test_slope_is_true_on_the_ground(tiledir, jacksboro):
    """Mercator's cells are longer than the ground by 1 / cos(latitude)."""
    automatic = made(tiledir, jacksboro, "slope", {})
    ours = automatic.pixels(automatic.base, NODATA, np.float32)
    tiledir.make(tiledir.recipe(name="flat.yaml", **{**automatic.recipe(), "parameters": {"scale": 1}, "output": "flat"}))
    flat = Output(tiledir.folder / "flat")
    on_map = flat.pixels(flat.base, NODATA, np.float32)
    valid = (ours != NODATA) & (on_map > 1)
    ratio = np.median(np.tan(np.radians(ours[valid])) / np.tan(np.radians(on_map[valid])))
    _, bottom, _, top = automatic.bounds(automatic.base)
    latitude = 2 * np.arctan(np.exp((bottom + top) / 2 / 6378137)) - np.pi / 2
    assert ratio == pytest.approx(1 / np.cos(latitude), rel=0.01)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "color_file or colors"),
        ({"colors": ["0% 0 0 0"]}, "percentage"),
        ({"color_file": "none.txt"}, "none.txt: no such file"),
        ({"color_file": "."}, "is a folder, should be a text file"),
        ({"colors": ["# nothing"]}, "has no line"),
    ],
)
def test_colours_that_say_nothing_are_refused(tiledir, jacksboro, parameters, said):
    recipe = tiledir.recipe(process="color-relief", parameters=parameters, input={"dem": jacksboro}, output="out")
    assert said in tiledir.refused(recipe)
    assert not (tiledir.folder / "out").exists()
