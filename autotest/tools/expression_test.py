"""Expressions equal NumPy on what gdalwarp makes of the inputs, whatever the tiles."""

import numpy as np
import pytest
from osgeo import gdal
from pixel_grid import pixel_grid
from reference import Output, warp

NODATA = -32768
SCENE = "S2A_33TWL_20230815_0_L2A"


@pytest.fixture
def bands(shared):
    folder = shared / "data" / "sentinel2" / SCENE
    return {"red": str(folder / "B04.tif"), "nir": str(folder / "B08.tif")}


def made(tiledir, inputs, expression, name="out", more=None, **keys):
    keys = {"grid": {"tile_matrix_set": "WebMercatorQuad"}, "levels": 10, **keys}
    output = {"path": name, **keys.pop("output", {})}
    parameters = {"expression": expression, **(more or {})}
    tiledir.make(tiledir.recipe(process="expression", parameters=parameters, input=inputs, output=output, **keys))
    return Output(tiledir.folder / name)


def warped(inputs, output, folder):
    """Float64, NaN without data."""
    pixels = {}
    for name, path in inputs.items():
        whole = warp([path], output, output.base, "EPSG:3857", folder, name=name).ReadAsArray()[1:-1, 1:-1]
        pixels[name] = np.where(whole == NODATA, np.nan, whole.astype(float))
    return pixels


FORMULAS = {
    "(nir - red) / (nir + red)": lambda nir, red: (nir - red) / (nir + red),
    "nir > 2 * red ? 1 : red / 10000": lambda nir, red: np.where(nir > 2 * red, 1, red / 10000),
    "sqrt(nir) + min(nir, red)^2 - 1e-3": lambda nir, red: np.sqrt(nir) + np.minimum(nir, red) ** 2 - 1e-3,
    "nir >= 3000 && red != 0 || nir < 10": lambda nir, red: ((nir >= 3000) & (red != 0) | (nir < 10)).astype(float),
    "1 / (nir - nir) + red": lambda nir, red: np.full_like(nir, np.nan),
}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_an_expression_equals_numpy(tiledir, bands, formula):
    output = made(tiledir, bands, formula)
    pixels = warped(bands, output, tiledir.folder)
    valid = ~np.isnan(pixels["nir"]) & ~np.isnan(pixels["red"])
    expected = np.where(valid, FORMULAS[formula](**pixels), np.nan)
    expected[~np.isfinite(expected)] = np.nan
    ours = output.pixels(output.base, np.nan, np.float32)
    assert valid.sum() > 10000
    assert np.array_equal(np.isnan(ours), np.isnan(expected))
    # gdalwarp's pixels and ours differ by a bit here and there.
    close = np.isclose(ours, expected, rtol=1e-6, atol=1e-6, equal_nan=True)
    assert np.count_nonzero(~close) <= 20e-6 * close.size


def test_integers_are_exact(tiledir):
    rng = np.random.default_rng(7)
    one, other = rng.integers(-(2**31) + 2, 2**31 - 1, (2, 128, 192), dtype=np.int32)
    inputs, keys = pixel_grid(tiledir.folder, [one, other])
    output = made(tiledir, inputs, ["a[2]", "a[1]"], output={"data_type": "Int32", "nodata": -(2**31)}, **keys)
    ours = output.pixels("0", data_type=np.int32, bands=2)
    assert np.array_equal(ours[0], other)
    assert np.array_equal(ours[1], one)


def test_values_are_rounded_clamped_and_kept_off_nodata(tiledir):
    values = np.tile(np.array([-7, 0, 1, 254, 255, 300, 100, 13], np.int32), (64, 8))
    inputs, keys = pixel_grid(tiledir.folder, [values], nodata=13)
    output = made(tiledir, inputs, "a + 0.4", output={"data_type": "Byte", "nodata": 0}, **keys)
    row = output.pixels("0")[0, :8]
    assert row.tolist() == [1, 1, 1, 254, 255, 255, 100, 0]


def test_nodata_nan_and_valid(tiledir):
    values = np.arange(64 * 64, dtype=np.int32).reshape(64, 64)
    other = np.where(values % 2 == 0, values, -1)
    inputs, keys = pixel_grid(tiledir.folder, [values, other], nodata=-1)
    output = made(tiledir, inputs, ["a[1] + a[2]", "valid(a[2]) ? a[2] : -a[1]", "valid( a[2] )"], **keys)
    both, either, there = output.pixels("0", np.nan, np.float32, bands=3)
    even = values % 2 == 0
    assert np.array_equal(both, np.where(even, 2 * values, np.nan).astype(np.float32), equal_nan=True)
    assert np.array_equal(either, np.where(even, values, -values))
    assert np.array_equal(there, even)


def test_a_mask_in_place_of_nodata(tiledir):
    values = np.arange(64 * 64, dtype=np.int32).reshape(64, 64)
    inputs, keys = pixel_grid(tiledir.folder, [values], nodata=5)
    output = made(tiledir, inputs, "a", output={"data_type": "Int16", "nodata": "none", "mask": True}, **keys)
    tile = gdal.Open(str(output.tile_path("0", 0, 0)))
    assert tile.GetRasterBand(1).GetNoDataValue() is None
    assert np.array_equal(tile.GetRasterBand(1).GetMaskBand().ReadAsArray(), np.where(values == 5, 0, 255))
    assert np.array_equal(tile.ReadAsArray(), np.where(values == 5, 0, values))


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "average", "mode"])
def test_chosen_bands_are_those_of_the_files(tiledir, resampling):
    """In their order, one of them twice; by the separable resampler and by the warper."""
    arrays = [np.full((64, 64), 10 * band, np.int32) for band in (1, 2, 3)]
    inputs, keys = pixel_grid(tiledir.folder, arrays)
    inputs["a"].update(bands=[3, 1, 3], resampling=resampling)
    output = made(tiledir, inputs, ["a[1]", "a[2]", "a[3]"], output={"data_type": "Int16", "nodata": -1}, **keys)
    pixels = output.pixels("0", data_type=np.int16, bands=3)[:, 32, 32]
    assert pixels.tolist() == [30, 10, 30]
    assert output.recipe()["input"]["a"]["bands"] == [3, 1, 3]
    recipe = tiledir.recipe(
        process="expression", parameters={"expression": "a"}, input={"a": {**inputs["a"], "bands": [2]}}, output="out", **keys
    )
    assert tiledir.run(recipe).returncode == 2


@pytest.mark.parametrize(
    ("bands", "said"),
    [([4], "has no band 4, but 1 to 3"), ([0], "0 is no number of a band"), ([1.5], "1.5 is no number"), (["x"], "bands")],
)
def test_bands_that_are_not_there_are_refused(tiledir, bands, said):
    inputs, keys = pixel_grid(tiledir.folder, [np.ones((64, 64), np.int32)] * 3)
    inputs["a"]["bands"] = bands
    recipe = tiledir.recipe(process="expression", parameters={"expression": "a"}, input=inputs, output="out", **keys)
    assert said in tiledir.refused(recipe)


def test_names_of_bands_are_in_the_item(tiledir):
    inputs, keys = pixel_grid(tiledir.folder, [np.ones((64, 64), np.int32)])
    output = made(tiledir, inputs, ["a", "2 * a"], more={"names": ["one", "two"]}, **keys)
    (asset,) = output.item["asset_templates"].values()
    assert [band["name"] for band in asset["bands"]] == ["one", "two"]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("a +", "'a +'"),
        ("a + b", "input.b: is missing; expression needs it"),
        ("2 * (aa - 1)", "input.aa: is missing; expression needs it; the nearest that is given is 'a'"),
        ("a[3]", "at 'a[3]': input 'a' has bands 1 to 2"),
        ("a[x]", "a band is as a[1]"),
        ("a = 3", "at '= 3': nothing can be assigned; equal is =="),
        ("a, a", "at ', a': is a list"),
        ("foo(a)", "at '"),
        ("valid(a + 1)", "valid() takes one band"),
        ("1 + 1", "parameters.expression: names no input"),
        ("", "parameters.expression"),
    ],
)
def test_what_does_not_parse_is_refused_with_its_place(tiledir, expression, said):
    inputs, keys = pixel_grid(tiledir.folder, [np.ones((64, 64), np.int32)] * 2)
    parameters = {"expression": expression}
    recipe = tiledir.recipe(process="expression", parameters=parameters, input=inputs, output="out", **keys)
    assert said in tiledir.refused(recipe)
    assert not (tiledir.folder / "out").exists()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"data_type": "Byte"}, "output.nodata: nan is no value of Byte"),
        ({"nodata": 7, "mask": True}, "output.mask: beside a nodata value"),
    ],
)
def test_outputs_that_cannot_be_are_refused(tiledir, output, said):
    inputs, keys = pixel_grid(tiledir.folder, [np.ones((64, 64), np.int32)])
    recipe = tiledir.recipe(
        process="expression", parameters={"expression": "a"}, input=inputs, output={"path": "out", **output}, **keys
    )
    assert said in tiledir.refused(recipe)


def test_tiles_and_executors_do_not_change_bytes(tiledir, bands):
    files = [
        made(tiledir, bands, "(nir - red) / (nir + red)", f"out{threads}{executor}", threads=threads, executor=executor).files()
        for threads, executor in ((1, "serial"), (2, "threads"), (2, "workers"))
    ]
    assert files[0] and files[0] == files[1] == files[2]
