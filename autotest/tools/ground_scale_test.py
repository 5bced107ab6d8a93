"""scale: auto is true on the ground: against NumPy with the cell size of each row, at most one grey level."""

import numpy as np
import pytest
from osgeo import gdal
from reference import NODATA, Output, warp

SEMI_MAJOR, FLATTENING = 6378137.0, 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
CRS = {"WebMercatorQuad": "EPSG:3857", "WorldCRS84Quad": "OGC:CRS84", "WorldMercatorWGS84Quad": "EPSG:3395"}


def latitudes(grid, y):
    if grid == "WorldCRS84Quad":
        return np.radians(y)
    spherical = 2 * np.arctan(np.exp(y / SEMI_MAJOR)) - np.pi / 2
    if grid == "WebMercatorQuad":
        return spherical
    # Isometric latitude of the ellipsoid, solved by bisection: another way than the program's.
    low, high = np.full_like(y, -1.57), np.full_like(y, 1.57)
    e = np.sqrt(ECCENTRICITY_2)
    for _ in range(80):
        middle = (low + high) / 2
        isometric = np.arctanh(np.sin(middle)) - e * np.arctanh(e * np.sin(middle))
        low, high = np.where(isometric < y / SEMI_MAJOR, middle, low), np.where(isometric < y / SEMI_MAJOR, high, middle)
    return (low + high) / 2


def ground_cells(grid, latitude, cell):
    """Metres west to east and north to south of a cell at each latitude."""
    w = np.sqrt(1 - ECCENTRICITY_2 * np.sin(latitude) ** 2)
    n, m = SEMI_MAJOR / w, SEMI_MAJOR * (1 - ECCENTRICITY_2) / w**3
    if grid == "WorldCRS84Quad":
        return n * np.cos(latitude) * np.radians(cell), m * np.radians(cell)
    longitude_step = cell / SEMI_MAJOR
    if grid == "WebMercatorQuad":
        return n * np.cos(latitude) * longitude_step, m * np.cos(latitude) * cell / SEMI_MAJOR
    return n * np.cos(latitude) * longitude_step, n * np.cos(latitude) * longitude_step


def horn(dem, dx, dy, z=1.0, azimuth=315.0, altitude=45.0):
    """Horn's hillshade in double precision; dx and dy by row."""
    a = {(i, j): dem[1 + i : dem.shape[0] - 1 + i, 1 + j : dem.shape[1] - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)}
    x = (a[-1, -1] + 2 * a[0, -1] + a[1, -1] - a[-1, 1] - 2 * a[0, 1] - a[1, 1]) / (8 * dx[:, None]) * z
    y = (a[1, -1] + 2 * a[1, 0] + a[1, 1] - a[-1, -1] - 2 * a[-1, 0] - a[-1, 1]) / (8 * dy[:, None]) * z
    # Surface normal (x to the west and y to the north are downhill positive) against the light's direction.
    normal = np.stack([x, y, np.ones_like(x)]) / np.sqrt(x * x + y * y + 1)
    azimuth, altitude = np.radians(azimuth), np.radians(altitude)
    towards = (np.sin(azimuth) * np.cos(altitude), np.cos(azimuth) * np.cos(altitude), np.sin(altitude))
    light = sum(component * part for component, part in zip(towards, normal))
    return np.where(light <= 0, 1, 1 + 254 * light)


@pytest.mark.parametrize("grid", CRS)
@pytest.mark.parametrize("level", ["9", "11"])
def test_hillshade_with_scale_auto_is_within_one_grey_level_of_numpy(tiledir, shared, grid, level):
    inputs = [f"/vsizip/{shared}/data/dem/{name}.hgt.zip/{name}.hgt" for name in ("N53E027", "N53E028")]
    tiledir.make(tiledir.recipe(process="hillshade", input={"dem": inputs}, grid=grid, levels=level, output="out"))
    output = Output(tiledir.folder / "out")
    dem = warp(inputs, output, level, CRS[grid], tiledir.folder).ReadAsArray().astype(float)
    dem[dem == NODATA] = np.nan
    cell = output.cell_size(level)
    _, _, _, top = output.bounds(level)
    rows = top - (np.arange(dem.shape[0] - 2) + 0.5) * cell
    expected = horn(dem, *ground_cells(grid, latitudes(grid, rows), cell))
    ours = output.pixels(level).astype(float)
    valid = np.isfinite(expected)
    assert ((ours != 0) == valid).all()
    assert valid.sum() > 10000
    assert np.abs(ours[valid] - expected[valid]).max() <= 1


def test_a_dem_in_feet_counts_as_feet(tiledir, jacksboro):
    feet = str(tiledir.folder / "feet.tif")
    gdal.Translate(feet, str(jacksboro[0]), outputType=gdal.GDT_Float32, scaleParams=[[0, 3048, 0, 10000]])
    dataset = gdal.Open(feet, gdal.GA_Update)
    dataset.GetRasterBand(1).SetUnitType("ft")
    dataset = None
    for name, source in (("metres", jacksboro[0]), ("feet", feet)):
        tiledir.make(tiledir.recipe(process="hillshade", input={"dem": str(source)}, levels="11", output=name))
    metres, feet = (Output(tiledir.folder / name).pixels("11").astype(int) for name in ("metres", "feet"))
    assert (metres != 0).sum() > 10000
    assert np.abs(metres - feet).max() <= 1
