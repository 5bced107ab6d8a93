"""Runs over elevation models at 180 degrees and at the poles make the tiles that they make elsewhere, moved."""

import json
import pathlib

import numpy as np
import pytest
from elevation_model import dem
from osgeo import gdal


def finest(folder):
    return max(int(each.name) for each in folder.iterdir() if each.name.isdigit())


def tiles(folder):
    """Of the finest level, as plain files."""
    found = (folder / str(finest(folder))).rglob("*.tif")
    return {(int(each.parent.name), int(each.stem)): gdal.Open(str(each)).ReadAsArray() for each in found}


def run(tiledir, name, inputs, grid, **keys):
    path = tiledir.recipe(f"{name}.yaml", process="hillshade", input={"dem": inputs}, grid={"tile_matrix_set": grid},
                          output=name, **keys)
    tiledir.make(path)
    return pathlib.Path(tiledir.folder / name)


def expect_same_half_a_turn_away(there, here, grid):
    assert finest(there) == finest(here)
    count = 2 ** (finest(here) + (grid == "WorldCRS84Quad"))
    expected = {(row, (col + count // 2) % count): pixels for (row, col), pixels in tiles(here).items()}
    made = tiles(there)
    assert set(made) == set(expected)
    for place, pixels in expected.items():
        difference = np.abs(made[place].astype(int) - pixels)
        assert (difference > 0).mean() < 1e-3
    return {col for _, col in made}, count


@pytest.mark.parametrize("grid", ["WebMercatorQuad", "WorldCRS84Quad"])
@pytest.mark.parametrize("crs, here, there", [
    ("EPSG:4326", [-0.12], [179.88]),
    ("EPSG:4326", [-0.12], [-180.12]),
    ("EPSG:4326", [-0.12, 0], [179.88, -180]),
    ("EPSG:32760", [819458 - 6000], [819458 - 6000]),
])
def test_levels_tiles_and_shades_at_180_are_those_of_other_meridians(tiledir, grid, crs, here, there):
    degrees = crs == "EPSG:4326"
    cell, top, width = (0.002, -16.9, 120 // len(here)) if degrees else (100, 8120000, 120)
    made = {}
    for name, crs_of_it, lefts in (("here", "EPSG:4326" if degrees else "EPSG:32730", here), ("there", crs, there)):
        inputs = [dem(tiledir.folder / f"{name}{number}.tif", crs_of_it, left, top, cell, width, 80)
                  for number, left in enumerate(lefts)]
        made[name] = run(tiledir, name, inputs, grid)
    cols, count = expect_same_half_a_turn_away(made["there"], made["here"], grid)
    assert {0, count - 1} <= cols and len(cols) < 10
    item = json.loads((made["there"] / "stac.json").read_text())
    west, _, east, _ = item["bbox"]
    assert 179.8 < west < 180 and -180 < east < -179.8
    assert item["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize("grid", ["WebMercatorQuad", "WorldCRS84Quad"])
def test_kernels_at_180_and_at_a_pole_are_as_wide_as_cells_differ(tiledir, grid):
    noise = np.random.default_rng(1).integers(0, 400, (500, 600))
    scales = {}
    for zone in (30, 60):
        path = dem(tiledir.folder / f"{zone}.tif", f"EPSG:327{zone}", 819458 - 6000, 8120000, 20, pixels=noise)
        out = run(tiledir, f"zone{zone}", [path], grid, levels=9)
        text = (out / ".tiledir" / "recipe.yaml").read_text()
        scales[zone] = text[text.index("scales:"):].splitlines()[1]
    x, y = (float(number) for number in scales[60].split("[")[1].rstrip("]").split(","))
    assert [x, y] == pytest.approx([float(each) for each in scales[30].split("[")[1].rstrip("]").split(",")], rel=1e-6)
    assert 0.02 < x < 0.2 and 0.02 < y < 0.2


def test_the_globe_has_no_seam(tiledir):
    """A plane over longitude that comes back to itself: its slope is the same everywhere on a parallel."""
    cols = (np.arange(720) + 0.5) / 2
    heights = np.tile(1e5 * np.sin(np.radians(cols * 4)), (360, 1))
    shades = {}
    for begin in (0, -180, -50.5):
        rolled = np.roll(heights, -round(2 * begin), axis=1)
        path = dem(tiledir.folder / "globe.tif", "EPSG:4326", begin, 90, 0.5, pixels=rolled)
        out = run(tiledir, f"out{begin}", [path], "WorldCRS84Quad", levels=1, parameters={"scale": 111120})
        whole = np.hstack([np.vstack([tiles(out)[row, col] for row in range(2)]) for col in range(4)])
        shades[begin] = whole.astype(int)
        # Four waves around the globe: a quarter turn on, the same shades, also over 180 degrees and the raster's ends.
        assert (np.abs(whole[:, :256].astype(int) - whole[:, 256:512]) > 1).sum() == 0
        assert (np.abs(np.roll(whole, 256, axis=1).astype(int) - whole) > 1).sum() == 0
    for begin in (0, -50.5):
        assert np.abs(shades[begin] - shades[-180]).max() <= 1
