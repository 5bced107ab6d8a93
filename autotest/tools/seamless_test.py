"""Every base tile equals the matching window of gdalbuildvrt, gdalwarp and gdaldem on the whole."""

import numpy as np
import pytest
from reference import Output, cascade, hillshade, warp

CRS = {"WebMercatorQuad": "EPSG:3857", "WorldCRS84Quad": "OGC:CRS84"}
ALGORITHMS = {
    "Horn": ({"algorithm": "Horn"}, {"alg": "Horn"}),
    "ZevenbergenThorne": ({"algorithm": "ZevenbergenThorne"}, {"alg": "ZevenbergenThorne"}),
    "multidirectional": ({"variant": "multidirectional"}, {"multiDirectional": True}),
    "combined": ({"variant": "combined"}, {"combined": True}),
}


def compare(ours, theirs):
    """Share of pixels that differ, and the largest difference."""
    difference = np.abs(ours.astype(int) - theirs.astype(int))
    return np.count_nonzero(difference) / difference.size, difference.max()


def made(tiledir, inputs, parameters, grid, **keys):
    recipe = tiledir.recipe(
        process="hillshade", parameters={"scale": 1, **parameters}, input={"dem": inputs}, grid=grid, output="out", **keys
    )
    tiledir.make(recipe)
    return Output(tiledir.folder / "out")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("tile_size", [256, 512])
@pytest.mark.parametrize("metatile", [1, 4])
def test_base_tiles_equal_gdalwarp_and_gdaldem_on_the_whole(tiledir, jacksboro, algorithm, tile_size, metatile):
    parameters, options = ALGORITHMS[algorithm]
    grid = {"tile_matrix_set": "WebMercatorQuad", "tile_size": tile_size, "metatile": metatile}
    output = made(tiledir, jacksboro, parameters, grid, levels=11)
    dem = warp(jacksboro, output, output.base, "EPSG:3857", tiledir.folder)
    expected = hillshade(dem, tiledir.folder, **options)
    share, largest = compare(output.pixels(output.base), expected)
    assert np.count_nonzero(expected) > 100000
    assert share <= 20e-6 and largest <= 1


@pytest.mark.parametrize("grid", CRS)
@pytest.mark.parametrize("level", [8, 10, 12])
def test_every_level_equals_gdalwarp_and_gdaldem_up_and_down(tiledir, jacksboro, grid, level):
    scale = 111120 if grid == "WorldCRS84Quad" else 1
    output = made(tiledir, jacksboro, {"scale": scale}, grid, levels=level)
    dem = warp(jacksboro, output, output.base, CRS[grid], tiledir.folder)
    share, largest = compare(output.pixels(output.base), hillshade(dem, tiledir.folder, scale=scale))
    assert share <= 20e-6 and largest <= 1


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic", "average"])
def test_each_resampling_of_our_own_equals_the_warper(tiledir, jacksboro, resampling):
    recipe = tiledir.recipe(
        process="hillshade",
        parameters={"scale": 1},
        input={"dem": {"path": list(map(str, jacksboro)), "resampling": resampling}},
        levels=10,
        output="out",
    )
    tiledir.make(recipe)
    output = Output(tiledir.folder / "out")
    warper = {"nearest": "near"}.get(resampling, resampling)
    dem = warp(jacksboro, output, output.base, "EPSG:3857", tiledir.folder, warper)
    share, largest = compare(output.pixels(output.base), hillshade(dem, tiledir.folder))
    assert share <= 20e-6 and largest <= 1


@pytest.mark.parametrize("grid", CRS)
def test_neighbouring_srtm_tiles_in_their_zips_make_no_seam(tiledir, shared, grid):
    inputs = [f"/vsizip/{shared}/data/dem/{name}.hgt.zip/{name}.hgt" for name in ("N53E027", "N53E028")]
    scale = 111120 if grid == "WorldCRS84Quad" else 1
    output = made(tiledir, inputs, {"scale": scale}, grid)
    dem = warp(inputs, output, output.base, CRS[grid], tiledir.folder)
    expected = hillshade(dem, tiledir.folder, scale=scale)
    share, largest = compare(output.pixels(output.base), expected)
    assert np.count_nonzero(expected) > 1000000
    assert share <= 20e-6 and largest <= 1


def test_overviews_equal_gdaladdo_on_the_padded_base_level(tiledir, jacksboro):
    output = made(tiledir, jacksboro, {}, "WebMercatorQuad", levels="7-11")
    coarse, base = output.limits["7"], output.limits["11"]
    factor = 2 ** (11 - 7)
    size = output.tile_size("11")
    rows = (coarse["max_tile_row"] - coarse["min_tile_row"] + 1) * factor
    cols = (coarse["max_tile_col"] - coarse["min_tile_col"] + 1) * factor
    padded = np.zeros((rows * size, cols * size), np.uint8)
    top = (base["min_tile_row"] - coarse["min_tile_row"] * factor) * size
    left = (base["min_tile_col"] - coarse["min_tile_col"] * factor) * size
    pixels = output.pixels("11")
    padded[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    for steps, expected in enumerate(cascade(padded, 4), 1):
        level = str(11 - steps)
        whole = np.zeros_like(expected)
        limits, cut = output.limits[level], 2 ** (4 - steps)
        ours = output.pixels(level)
        top = (limits["min_tile_row"] - coarse["min_tile_row"] * cut) * size
        left = (limits["min_tile_col"] - coarse["min_tile_col"] * cut) * size
        whole[top : top + ours.shape[0], left : left + ours.shape[1]] = ours
        assert np.count_nonzero(whole) > 0
        assert np.array_equal(whole, expected), level
