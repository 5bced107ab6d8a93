"""Focal processes equal NumPy on windows of the whole, and do not know of tiles."""

import numpy as np
import pytest
from osgeo import gdal
from pixel_grid import pixel_grid
from reference import Output

SHAPE = (128, 192)
KERNEL = [0, 1, 0, 1, -4, 1, 0, 1, 0]


def made(tiledir, inputs, parameters, **keys):
    output = {"path": "out", **keys.pop("output", {})}
    tiledir.make(tiledir.recipe(process="focal", parameters=parameters, input=inputs, output=output, **keys))
    return Output(tiledir.folder / "out")


def terrain(holes=True):
    rng = np.random.default_rng(11)
    values = rng.normal(500, 200, SHAPE).astype(np.float32)
    if holes:
        values[rng.random(SHAPE) < 0.1] = np.nan
    return values


def windows(values, radius):
    """Of each pixel those around it, NaN beyond the raster: rows, columns, 2 * radius + 1 twice."""
    side = 2 * radius + 1
    return np.lib.stride_tricks.sliding_window_view(np.pad(values.astype(float), radius, constant_values=np.nan), (side, side))


def circle(radius):
    rows, cols = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return rows**2 + cols**2 <= radius**2


def gauss(values, sigma):
    radius = int(np.ceil(3 * sigma))
    rows, cols = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    weights = np.exp(-(rows**2 + cols**2) / (2 * sigma**2))
    around = windows(values, radius)
    return np.nansum(around * weights, axis=(2, 3)) / np.sum(~np.isnan(around) * weights, axis=(2, 3))


def in_circle(values, radius):
    return np.where(circle(radius), windows(values, radius), np.nan)


EXPECTED = {
    "mean": ({"radius": 2}, lambda v: np.nanmean(windows(v, 2), axis=(2, 3))),
    "min": ({"method": "min"}, lambda v: np.nanmin(windows(v, 1), axis=(2, 3))),
    "max": ({"method": "max", "radius": 4}, lambda v: np.nanmax(windows(v, 4), axis=(2, 3))),
    "max in a circle": ({"method": "max", "radius": 5, "shape": "circle"}, lambda v: np.nanmax(in_circle(v, 5), axis=(2, 3))),
    "median": ({"method": "median", "radius": 3}, lambda v: np.nanmedian(windows(v, 3), axis=(2, 3))),
    "gaussian": ({"method": "gaussian", "sigma": 1.5}, lambda v: gauss(v, 1.5)),
    "convolution": (
        {"method": "convolution", "kernel": KERNEL},
        lambda v: np.sum(windows(v, 1) * np.array(KERNEL).reshape(3, 3), axis=(2, 3)),
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.filterwarnings("ignore:All-NaN:RuntimeWarning", "ignore:Mean of empty:RuntimeWarning")
def test_a_method_equals_numpy(tiledir, name):
    parameters, numpy_s = EXPECTED[name]
    values = terrain()
    inputs, keys = pixel_grid(tiledir.folder, [values], "source", np.nan, gdal.GDT_Float32)
    output = made(tiledir, inputs, parameters, **keys)
    expected = np.where(np.isnan(values), np.nan, numpy_s(values))
    ours = output.pixels("0", np.nan, np.float32)
    assert np.count_nonzero(~np.isnan(expected)) > 1000
    assert np.array_equal(np.isnan(ours), np.isnan(expected))
    assert np.allclose(ours, expected, rtol=1e-6, equal_nan=True)


def test_integers_are_exact_and_bands_apart(tiledir):
    rng = np.random.default_rng(3)
    bands = list(rng.integers(-(2**31) + 2, 2**31 - 1, (2, 128, 64), dtype=np.int32))
    inputs, keys = pixel_grid(tiledir.folder, bands, "source")
    output = made(tiledir, inputs, {"method": "max"}, output={"data_type": "Int32", "nodata": -(2**31)}, **keys)
    ours = output.pixels("0", data_type=np.int32, bands=2)
    for band in range(2):
        assert np.array_equal(ours[band], np.nanmax(windows(bands[band], 1), axis=(2, 3)).astype(np.int32))


def test_tiles_and_executors_do_not_change_pixels(tiledir, jacksboro):
    pixels = []
    for metatile, threads, executor in ((1, 1, "serial"), (4, 2, "threads"), (2, 2, "workers")):
        recipe = tiledir.recipe(
            process="focal",
            parameters={"method": "gaussian", "sigma": 3},
            input={"source": jacksboro},
            grid={"tile_matrix_set": "WebMercatorQuad", "metatile": metatile},
            levels=10,
            threads=threads,
            executor=executor,
            output=f"out{metatile}",
        )
        tiledir.make(recipe)
        output = Output(tiledir.folder / f"out{metatile}")
        left, _, _, top = output.bounds("10")
        pixels.append((left, top, output.cell_size("10"), output.pixels("10", np.nan, np.float32)))
    left, top, cell, smallest = pixels[0]
    assert np.count_nonzero(~np.isnan(smallest)) > 30000
    for other_left, other_top, _, other in pixels[1:]:
        col, row = round((left - other_left) / cell), round((other_top - top) / cell)
        part = other[row : row + smallest.shape[0], col : col + smallest.shape[1]]
        assert np.array_equal(part, smallest, equal_nan=True)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"method": "mode"}, "parameters.method"),
        ({"method": "convolution"}, "parameters.kernel: is missing"),
        ({"method": "convolution", "kernel": [1, 2, 3]}, "parameters.kernel: has 3 weights"),
        ({"method": "convolution", "kernel": [1, 2, 3, 4]}, "parameters.kernel: has 4 weights"),
        ({"method": "mean", "sigma": 2}, "parameters.sigma: is given beside method mean"),
        ({"method": "gaussian", "radius": 2}, "parameters.radius: is given beside method gaussian"),
        ({"method": "max", "kernel": [1]}, "parameters.kernel: is given beside method max"),
        ({"radius": 0}, "parameters.radius"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(tiledir, parameters, said):
    inputs, keys = pixel_grid(tiledir.folder, [terrain()], "source", data_type=gdal.GDT_Float32)
    recipe = tiledir.recipe(process="focal", parameters=parameters, input=inputs, output="out", **keys)
    assert said in tiledir.refused(recipe)
    assert not (tiledir.folder / "out").exists()
