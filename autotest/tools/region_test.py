"""A run is about the tiles that its region and its inputs touch, and about no others."""

import json
import math

import numpy as np
import pytest
from osgeo import gdal, ogr, osr
from reference import Output

HALF = 20037508.342789244
TILE_SIZE = 16
LEVEL = 14
CELL = 2 * HALF / 2**LEVEL / TILE_SIZE


def recipe(tiledir, inputs, **keys):
    return tiledir.recipe(
        **{
            "process": "hillshade",
            "input": {"dem": list(map(str, inputs))},
            "grid": {"tile_size": TILE_SIZE},
            "levels": LEVEL,
            "output": "out",
            **keys,
        }
    )


def base_tiles(folder, level=LEVEL):
    """(row, col) of the files of a level."""
    return {(int(path.parent.name), int(path.stem)) for path in folder.glob(f"{level}/*/*.tif")}


def planned(tiledir, path, *arguments):
    result = tiledir.run(path, "--dry-run", "--json", *arguments)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["tiles"]


def mercator(lon, lat):
    return HALF * lon / 180, HALF / math.pi * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def tiles_touched(geometry):
    """Tiles of LEVEL whose squares share an area with a geometry in EPSG:3857: by OGR, one after the other."""
    side = TILE_SIZE * CELL
    west, east, south, north = geometry.GetEnvelope()
    found = set()
    for row in range(int((HALF - north) // side), int((HALF - south) // side) + 1):
        for col in range(int((west + HALF) // side), int((east + HALF) // side) + 1):
            x, y = col * side - HALF, HALF - row * side
            square = ogr.CreateGeometryFromWkt(
                f"POLYGON (({x} {y}, {x + side} {y}, {x + side} {y - side}, {x} {y - side}, {x} {y}))"
            )
            if square.Intersection(geometry).Area() > 1e-3:
                found.add((row, col))
    return found


def in_mercator(wkt, epsg=4326):
    source, target = osr.SpatialReference(), osr.SpatialReference()
    source.ImportFromEPSG(epsg)
    source.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    target.ImportFromEPSG(3857)
    geometry = ogr.CreateGeometryFromWkt(wkt)
    geometry.Segmentize((geometry.GetEnvelope()[1] - geometry.GetEnvelope()[0]) / 500)
    geometry.Transform(osr.CoordinateTransformation(source, target))
    return geometry


SHAPES = {
    "triangle": "POLYGON ((-84.35 36.2, -84.1 36.25, -84.2 36.42, -84.35 36.2))",
    "with a hole": "POLYGON ((-84.38 36.2, -84.1 36.2, -84.1 36.42, -84.38 36.42, -84.38 36.2), "
    "(-84.33 36.25, -84.17 36.25, -84.17 36.37, -84.33 36.37, -84.33 36.25))",
    "two parts": "MULTIPOLYGON (((-84.4 36.2, -84.35 36.2, -84.35 36.25, -84.4 36.2)), "
    "((-84.2 36.3, -84.15 36.3, -84.15 36.35, -84.2 36.3)))",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_polygon_as_wkt_selects_the_tiles_it_touches(tiledir, jacksboro, shape):
    tiledir.make(recipe(tiledir, jacksboro, region=SHAPES[shape]))
    expected = tiles_touched(in_mercator(SHAPES[shape]))
    assert len(expected) > 15
    assert base_tiles(tiledir.folder / "out") == expected


def test_a_file_of_polygons_in_another_crs_selects_the_tiles_they_touch(tiledir, jacksboro):
    wkt = "POLYGON ((740000 4010000, 752000 4012000, 748000 4024000, 740000 4010000))"
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(26916)
    file = ogr.GetDriverByName("GPKG").CreateDataSource(str(tiledir.folder / "land.gpkg"))
    layer = file.CreateLayer("land", crs, ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
    layer.CreateFeature(feature)
    layer = file = None
    path = recipe(tiledir, jacksboro, region="land.gpkg")
    tiledir.make(path)
    expected = tiles_touched(in_mercator(wkt, 26916))
    assert len(expected) > 15
    assert base_tiles(tiledir.folder / "out") == expected
    tiledir.make(recipe(tiledir, jacksboro), "--region", "land.gpkg", "--output", "flag")
    assert base_tiles(tiledir.folder / "flag") == expected
    assert Output(tiledir.folder / "out").recipe()["region"]["polygon"] == str(tiledir.folder / "land.gpkg")


def test_a_region_cuts_nothing(tiledir, jacksboro):
    tiledir.make(recipe(tiledir, jacksboro), "--output", "whole")
    tiledir.make(recipe(tiledir, jacksboro, region=SHAPES["triangle"]))
    whole = Output(tiledir.folder / "whole").files()
    part = Output(tiledir.folder / "out").files()
    assert 0 < len(part) < len(whole)
    assert all(whole[name] == content for name, content in part.items())


def test_a_point_is_the_tile_that_it_lies_in(tiledir, jacksboro):
    x, y = mercator(-84.2, 36.3)
    side = TILE_SIZE * CELL
    expected = {(int((HALF - y) // side), int((x + HALF) // side))}
    tiledir.make(recipe(tiledir, jacksboro, region={"point": [-84.2, 36.3]}))
    assert base_tiles(tiledir.folder / "out") == expected
    tiledir.make(recipe(tiledir, jacksboro, bounds=[0, 0, 1, 1]), "--point=-84.2,36.3", "--output", "flag")
    assert base_tiles(tiledir.folder / "flag") == expected


def test_a_tile_is_itself_or_the_base_tiles_under_it(tiledir, jacksboro):
    path = recipe(tiledir, jacksboro, levels=f"{LEVEL - 2}-{LEVEL}")
    x, y = mercator(-84.2, 36.3)
    side = TILE_SIZE * CELL
    row, col = int((HALF - y) // side), int((x + HALF) // side)
    tiledir.make(path, "--tile", f"{LEVEL}/{row}/{col}", "--output", "one")
    assert base_tiles(tiledir.folder / "one") == {(row, col)}
    tiledir.make(path, "--tile", f"{LEVEL - 1}/{row // 2}/{col // 2}", "--output", "four")
    first_row, first_col = row // 2 * 2, col // 2 * 2
    assert base_tiles(tiledir.folder / "four") == {(first_row + i, first_col + j) for i in (0, 1) for j in (0, 1)}


def dem(path, west, north, width, height, cell=0.1):
    file = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 1, gdal.GDT_Int16)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    file.SetGeoTransform((west, cell, 0, north, 0, -cell))
    file.SetSpatialRef(crs)
    file.GetRasterBand(1).WriteArray((np.add.outer(np.arange(height) * 13, np.arange(width) * 29) % 3000).astype(np.int16))
    file = None
    return path


ACROSS = {"one file to 190": [(170, 5, 200, 100)], "a file on each side": [(170, 5, 100, 100), (-180, 5, 100, 100)]}


@pytest.mark.parametrize("files", ACROSS)
def test_regions_and_inputs_may_lie_across_the_antimeridian(tiledir, files):
    inputs = [dem(tiledir.folder / f"{number}.tif", *each) for number, each in enumerate(ACROSS[files])]
    path = recipe(tiledir, inputs, grid="WebMercatorQuad", levels=6)
    # Tiles of level 6 are 5.625 degrees wide; the equator is between rows 31 and 32.
    tiledir.make(path)
    assert base_tiles(tiledir.folder / "out", 6) == {(row, col) for row in (31, 32) for col in (0, 1, 62, 63)}
    for number, region in enumerate([
        {"bounds": [175, -4, -175, 4]},
        {"polygon": "POLYGON ((175 -4, 185 -4, 185 4, 175 4, 175 -4))"},
        {"polygon": "MULTIPOLYGON (((175 -4, 180 -4, 180 4, 175 4, 175 -4)), "
                    "((-180 -4, -175 -4, -175 4, -180 4, -180 -4)))"},
    ]):
        tiledir.make(recipe(tiledir, inputs, grid="WebMercatorQuad", levels=6, region=region, output=f"part{number}"))
        expected = {(row, col) for row in (31, 32) for col in (0, 63)}
        assert base_tiles(tiledir.folder / f"part{number}", 6) == expected
    assert planned(tiledir, path, "--bounds", "175,-4,176,4", "--output", "narrow") == 2


def test_the_plan_follows_the_files_and_not_the_rectangle_around_them(tiledir):
    inputs = [dem(tiledir.folder / "a.tif", 0, 1, 100, 100, 0.01), dem(tiledir.folder / "b.tif", 40, 31, 100, 100, 0.01)]
    path = recipe(tiledir, inputs, grid="WebMercatorQuad", levels=9)
    side = 360 / 2**9
    cols = [range(int((180 + west) // side), int((181 + west) // side) + 1) for west in (0, 40)]
    rows = [
        range(*(int((HALF - mercator(0, lat)[1]) // (2 * HALF / 2**9)) + i for i, lat in enumerate((south + 1, south))))
        for south in (0, 30)
    ]
    touched = sum(len(c) * len(r) for c, r in zip(cols, rows))
    # A file may show in a tile that a kernel reaches from it.
    ring = sum(2 * (len(c) + len(r)) + 4 for c, r in zip(cols, rows))
    assert touched <= planned(tiledir, path) <= touched + ring
    tiledir.make(path)
    assert base_tiles(tiledir.folder / "out", 9) <= {(r, c) for i in (0, 1) for r in rows[i] for c in cols[i]}


def test_a_utm_file_shows_in_every_tile_in_which_it_has_pixels(tiledir, jacksboro):
    """The footprint is bent on the grid: no tile is lost at its edges."""
    path = tiledir.folder / "utm.tif"
    gdal.Warp(str(path), [str(each) for each in jacksboro], dstSRS="EPSG:26916", dstNodata=-32768)
    # A region around all of it selects by rectangle what the footprint selects by shape.
    tiledir.make(recipe(tiledir, [path]))
    warped = gdal.Warp("", str(path), format="MEM", dstSRS="EPSG:3857", xRes=CELL, yRes=CELL, targetAlignedPixels=True,
                       errorThreshold=0, dstNodata=-32768, resampleAlg="bilinear")
    left, _, _, top, _, _ = warped.GetGeoTransform()
    rows, cols = np.nonzero(warped.ReadAsArray() != -32768)
    side = TILE_SIZE * CELL
    tile_rows = ((HALF - top + (rows + 0.5) * CELL) // side).astype(int)
    tile_cols = ((left + HALF + (cols + 0.5) * CELL) // side).astype(int)
    counts = {}
    for tile in zip(tile_rows.tolist(), tile_cols.tolist()):
        counts[tile] = counts.get(tile, 0) + 1
    # Hillshade has no pixel beside nodata: a tile of a few pixels may be empty.
    assert {tile for tile, count in counts.items() if count > TILE_SIZE * 4} <= base_tiles(tiledir.folder / "out")


REFUSED = {
    "no area": ({"region": "POLYGON EMPTY"}, ["region.polygon", "holds no polygon"]),
    "a point as WKT": ({"region": "POINT (1 2)"}, ["region.polygon", "holds no polygon"]),
    "broken WKT": ({"region": "POLYGON ((1 2, 3"}, ["region.polygon", "is not WKT"]),
    "no such file": ({"region": "nothere.gpkg"}, ["region.polygon", "nothere.gpkg"]),
    "outside": ({"region": "POLYGON ((1 2, 3 2, 3 4, 1 2))"}, ["region.polygon", "outside of the inputs", "-84.4"]),
    "point outside": ({"region": {"point": [1, 2]}}, ["region.point", "outside of the inputs", "-84.4"]),
    "two regions": ({"region": {"point": [1, 2], "tile": "1/0/0"}}, ["region.tile", "region.point"]),
    "bounds and region": ({"bounds": [1, 2, 3, 4], "region": {"point": [1, 2]}}, ["region.point", "bounds"]),
    "no tile": ({"region": {"tile": "11/5"}}, ["region.tile", "LEVEL/ROW/COL"]),
    "tile beyond the grid": ({"region": {"tile": "1/2/0"}}, ["region.tile", "rows 0 to 1"]),
    "tile too fine": ({"region": {"tile": f"{LEVEL + 1}/0/0"}}, ["region.tile", "finer than the base level"]),
    "bounds without width": ({"bounds": [1, 2, 1, 4]}, ["bounds", "west < east"]),
    "west after east in metres": ({"bounds": [9, 2, 1, 4], "bounds_crs": "EPSG:3857"}, ["bounds", "west < east"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_region_is_refused_in_one_line(tiledir, jacksboro, case):
    changes, words = REFUSED[case]
    line = tiledir.refused(recipe(tiledir, jacksboro, **changes))
    assert all(word in line for word in words), line
    assert not (tiledir.folder / "out").exists()


def test_ceilings_are_held_before_anything_is_changed(tiledir, jacksboro):
    path = recipe(tiledir, jacksboro)
    tiles = planned(tiledir, path)
    line = tiledir.refused(path, "--max-tiles", tiles - 1)
    assert str(tiles) in line and "--max-tiles" in line
    line = tiledir.refused(path, "--max-bytes", "1KB")
    assert str(tiles * TILE_SIZE * TILE_SIZE) in line and "--max-bytes" in line
    assert not (tiledir.folder / "out").exists()
    tiledir.make(path, "--max-tiles", tiles, "--max-bytes", tiles * TILE_SIZE * TILE_SIZE)
