"""Copies onto grids at 180 degrees and at the poles: gdalwarp far from these places, moved there, gives the same."""

import json
import math
import pathlib

import numpy
import pytest
from osgeo import gdal, osr

from copy_test import copy
from elevation_model import NODATA, dem

HALF_EQUATOR = 20037508.342789244
# Left and upper end of the world, and the cell of the level 0.
WORLDS = {
    "WebMercatorQuad": (3857, -HALF_EQUATOR, HALF_EQUATOR, HALF_EQUATOR / 128),
    "WorldCRS84Quad": (4326, -180, 90, 180 / 256),
}


def stored(folder, level):
    """Tiles by row and column, read as plain files."""
    tiles = (pathlib.Path(folder) / str(level)).rglob("*.tif")
    return {(int(each.parent.name), int(each.stem)): gdal.Open(str(each)).ReadAsArray() for each in tiles}


def finest(folder):
    return max(int(each.name) for each in pathlib.Path(folder).iterdir() if each.name.isdigit())


def scale_at_centre(path, epsg, cell):
    source = gdal.Open(path)
    to_grid = gdal.Transformer(source, None, [f"DST_SRS=EPSG:{epsg}", "DST_METHOD=NO_GEOTRANSFORM"])
    col, row = source.RasterXSize / 2, source.RasterYSize / 2
    ends = ((col - 0.5, row), (col + 0.5, row), (col, row - 0.5), (col, row + 0.5))
    points = [to_grid.TransformPoint(0, *at)[1] for at in ends]
    return [float(numpy.hypot(*numpy.subtract(points[i], points[i + 1])[:2])) / cell for i in (0, 2)]


def has_another_kernel(*scales):
    """Since 3.13 gdalwarp widens bilinear and cubic only where it shrinks by more than 2, before that by more than 1.05."""
    return int(gdal.VersionInfo()) >= 3130000 and any(0.5 < scale < 0.95 for scale in scales)


def expect_as_if_moved_by_half_a_turn(folder, grid, path_at_0):
    """gdalwarp of the same DEM half a turn away, tile for tile."""
    epsg, left, top, cell_0 = WORLDS[grid]
    level = finest(folder)
    cell = cell_0 / 2**level
    count = 2 ** (level + (grid == "WorldCRS84Quad"))
    tiles = stored(folder, level)
    rows = [row for row, _ in tiles]
    first, last = min(rows) - 1, max(rows) + 1
    x, y = scale_at_centre(path_at_0, epsg, cell)
    side = 256 * cell
    cols = range(count // 2 - 8, count // 2 + 8)
    bounds = (left + cols.start * side, top - (last + 1) * side, left + cols.stop * side, top - first * side)
    warped = gdal.Warp("", path_at_0, format="MEM", dstSRS=f"EPSG:{epsg}", outputBounds=bounds, width=16 * 256,
                       height=(last - first + 1) * 256, resampleAlg="bilinear", errorThreshold=0, dstNodata=NODATA,
                       warpOptions=[f"XSCALE={x!r}", f"YSCALE={y!r}", "SOURCE_EXTRA=30", "SAMPLE_GRID=YES"])
    there = warped.ReadAsArray()
    expected = {}
    for row in range(first, last + 1):
        for col in cols:
            down, across = (row - first) * 256, (col - cols.start) * 256
            part = there[down : down + 256, across : across + 256]
            if (part != NODATA).any():
                expected[row, (col + count // 2) % count] = part
    assert set(tiles) == set(expected)
    for place, theirs in expected.items():
        assert ((tiles[place] == NODATA) != (theirs == NODATA)).mean() < 1e-3
        both = (tiles[place] != NODATA) & (theirs != NODATA)
        if not has_another_kernel(x, y):
            assert (numpy.abs(tiles[place] - theirs)[both] > 0.01).mean() < 1e-3
    return sorted({col for _, col in expected}), count


@pytest.mark.parametrize("grid", WORLDS)
@pytest.mark.parametrize("middle", [179.9, 180, -180, 179, 182])
@pytest.mark.parametrize("north", [-16.9, 60, 84.5])
def test_a_dem_in_degrees_lies_on_both_sides_of_180(tmp_path, grid, middle, north):
    at_0 = dem(tmp_path / "at_0.tif", "EPSG:4326", middle - math.copysign(180, middle) - 0.3, north, 0.01)
    path = dem(tmp_path / "at_180.tif", "EPSG:4326", middle - 0.3, north, 0.01)
    copy(path, tmp_path / "out", f"GRID={grid}", "RESAMPLING=bilinear")
    cols, count = expect_as_if_moved_by_half_a_turn(tmp_path / "out", grid, at_0)
    item = json.loads((tmp_path / "out" / "stac.json").read_text())
    west, south, east, top = item["bbox"]
    assert south == pytest.approx(north - 0.4, abs=0.02) and top == pytest.approx(north, abs=0.02)
    if abs(middle) in (180, 179.9):
        assert cols[0] == 0 and cols[-1] == count - 1
        assert west > east and item["geometry"]["type"] == "MultiPolygon"  # RFC 7946, 5.2 and 3.1.9
        assert west == pytest.approx((middle - 0.3) % 360, abs=0.02)
        assert east == pytest.approx((middle + 0.3) % 360 - 360, abs=0.02)
    else:
        assert west < east and item["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("grid", WORLDS)
def test_a_utm_zone_reaches_over_180(tmp_path, grid):
    # Zones 30 and 60 are one map, half a turn apart; 819,458 m east lies at the meridian between two zones.
    at_0 = dem(tmp_path / "zone_30.tif", "EPSG:32730", 819458 - 3000, 8120000, 100)
    path = dem(tmp_path / "zone_60.tif", "EPSG:32760", 819458 - 3000, 8120000, 100)
    copy(path, tmp_path / "out", f"GRID={grid}", "RESAMPLING=bilinear")
    cols, count = expect_as_if_moved_by_half_a_turn(tmp_path / "out", grid, at_0)
    assert cols[0] == 0 and cols[-1] == count - 1
    west, _, east, _ = json.loads((tmp_path / "out" / "stac.json").read_text())["bbox"]
    assert 179.9 < west < 180 and -180 < east < -179.9


def test_a_copy_of_own_pixels_across_180_has_a_bbox_that_runs_over_it(tmp_path):
    copy(dem(tmp_path / "a.tif", "EPSG:4326", 179.7, 10, 0.01), tmp_path / "out")
    item = json.loads((tmp_path / "out" / "stac.json").read_text())
    assert item["bbox"] == pytest.approx([179.7, 9.6, -179.7, 10])
    corners = [ring[0][0] for ring in item["geometry"]["coordinates"]]
    assert corners == [pytest.approx([179.7, 9.6]), pytest.approx([-180, 9.6])]


GRIDS = {
    "EPSG:3413": (-4194304, 4194304, 4096 * 8),
    "EPSG:32660": (-2000000, 10240000, 5000 * 8),
}


@pytest.mark.parametrize("crs, west, north", [
    ("EPSG:3413", 179.7, 85), ("EPSG:3413", -180.3, 85), ("EPSG:3413", 0, 90), ("EPSG:3413", 179.7, 90),
    ("EPSG:32660", 179.7, 60), ("EPSG:32660", -180.3, 60), ("EPSG:32660", 179.7, 85), ("EPSG:32660", 176, 90),
])
def test_maps_that_run_on_over_180_and_the_pole_are_those_of_gdalwarp(tmp_path, crs, west, north):
    left, top, cell_0 = GRIDS[crs]
    denominators = [cell_0 / 2**level / 0.00028 for level in range(8)]
    matrices = [{"id": str(level), "scaleDenominator": denominators[level], "cellSize": cell_0 / 2**level,
                 "pointOfOrigin": [left, top], "tileWidth": 256, "tileHeight": 256, "matrixWidth": 2**level,
                 "matrixHeight": 2**level} for level in range(8)]
    grid = {"id": "polar", "crs": f"http://www.opengis.net/def/crs/EPSG/0/{crs[5:]}", "orderedAxes": ["X", "Y"],
            "tileMatrices": matrices}
    (tmp_path / "grid.json").write_text(json.dumps(grid))
    path = dem(tmp_path / "a.tif", "EPSG:4326", west, north, 0.01)
    made = copy(path, tmp_path / "out", f"GRID={tmp_path / 'grid.json'}", "RESAMPLING=bilinear", "LEVELS=6")
    x, _, _, y, _, _ = made.GetGeoTransform()
    cell = cell_0 / 64
    bounds = (x, y - made.RasterYSize * cell, x + made.RasterXSize * cell, y)
    scale = scale_at_centre(path, crs[5:], cell)
    theirs = gdal.Warp("", path, format="MEM", dstSRS=crs, outputBounds=bounds, width=made.RasterXSize,
                       height=made.RasterYSize, resampleAlg="bilinear", errorThreshold=0, dstNodata=NODATA,
                       warpOptions=[f"XSCALE={scale[0]!r}", f"YSCALE={scale[1]!r}", "SOURCE_EXTRA=30",
                                    "SAMPLE_GRID=YES"])
    theirs, ours = theirs.ReadAsArray(), made.ReadAsArray()
    assert (theirs != NODATA).sum() > 20
    assert ((ours == NODATA) != (theirs == NODATA)).sum() <= (theirs != NODATA).sum() * 0.01
    both = (ours != NODATA) & (theirs != NODATA)
    assert (numpy.abs(ours - theirs)[both] > 0.01).mean() < 0.01


@pytest.mark.parametrize("grid", WORLDS)
def test_a_polar_map_with_the_pole_within_is_copied_all_around_it(tmp_path, grid):
    """Each pixel's height is its colatitude, which tells what any grid must hold there."""
    epsg, left, top, cell_0 = WORLDS[grid]
    polar = osr.SpatialReference()
    polar.ImportFromEPSG(3413)
    degrees = osr.SpatialReference()
    degrees.SetFromUserInput("OGC:CRS84")
    centres = -1995000 + 10000 * numpy.arange(400)
    points = numpy.array([(x, y) for y in centres[::-1] for x in centres])
    latitudes = numpy.array(osr.CoordinateTransformation(polar, degrees).TransformPoints(points))[:, 1]
    path = dem(tmp_path / "pole.tif", "EPSG:3413", -2000000, 2000000, 10000, 400, 400, latitudes.reshape(400, 400))
    made = copy(path, tmp_path / "out", f"GRID={grid}", "RESAMPLING=bilinear")
    x, cell, _, y, _, _ = made.GetGeoTransform()
    # 10 km are 0.09 degrees of latitude; at 72 degrees north 0.29 of longitude.
    assert 0.05 < cell / cell_0 * (360 / 256 if epsg == 3857 else 180 / 256) < 0.4
    assert x == pytest.approx(left) and made.RasterXSize * cell == pytest.approx(-2 * left)
    ours = made.ReadAsArray()
    ys = y - (numpy.arange(made.RasterYSize) + 0.5) * cell
    mercator = numpy.degrees(2 * numpy.arctan(numpy.exp(ys / HALF_EQUATOR * numpy.pi)) - numpy.pi / 2)
    expected = ys if epsg == 4326 else mercator
    for row in range(made.RasterYSize):
        if 72.5 < expected[row] < 89.5:
            assert (ours[row] != NODATA).all()
            assert numpy.abs(ours[row] - expected[row]).max() < 0.1
    assert json.loads((tmp_path / "out" / "stac.json").read_text())["bbox"][::2] == pytest.approx([-180, 180])
