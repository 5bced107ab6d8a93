"""Output of gdal2tiles.

Where tiles should be is told by the warper: it brings what was tiled to the dataset's grid.
"""

import pathlib
import subprocess
import sys

import numpy
import osgeo_utils.gdal2tiles
import pytest
from osgeo import gdal

from tile_tree import MERCATOR, bounds, opened, refused


@pytest.fixture(scope="module")
def terrain(data, tmp_path_factory):
    """Bytes of real terrain, EPSG:4326, 230 x 344 pixels."""
    path = tmp_path_factory.mktemp("terrain") / "terrain.tif"
    gdal.Translate(str(path), str(data / "jacksboro_west.tif"), outputType=gdal.GDT_Byte, scaleParams=[[150, 1000, 1, 250]])
    return path


def gdal2tiles(source, target, *options):
    """Where gdal2tiles is `gdal raster tile` underneath (GDAL 3.13), as it was before: the other writes no XML."""
    legacy = ["--legacy"] if "--legacy" in pathlib.Path(osgeo_utils.gdal2tiles.__file__).read_text() else []
    command = [sys.executable, "-m", "osgeo_utils.gdal2tiles", "-q", "-r", "near", *legacy, *options, source, target]
    command = [str(part) for part in command]
    subprocess.run(command, check=True, capture_output=True)
    return target


def warped_onto(dataset, source):
    return gdal.Warp(
        "", str(source), format="MEM", dstSRS=dataset.GetSpatialRef().ExportToWkt(), outputBounds=bounds(dataset),
        width=dataset.RasterXSize, height=dataset.RasterYSize, resampleAlg="near",
    )  # fmt: skip


def best_shift(pixels, expected, mask):
    """By how many pixels the one should be shifted to be most like the other: gdal2tiles resamples twice."""

    def unlikeness(shift):
        shifted = numpy.roll(pixels, shift, (0, 1))
        return numpy.abs(shifted[mask].astype(int) - expected[mask]).mean()

    return min(((rows, cols) for rows in range(-3, 4) for cols in range(-3, 4)), key=unlikeness)


# gdal2tiles' profiles: its options, the finest level's cell size.
PROFILES = {
    "mercator": (["-p", "mercator", "-z", "9-11"], 2 * MERCATOR / 256 / 2**11),
    "mercator-512": (["-p", "mercator", "-z", "8-10", "--tilesize=512"], 2 * MERCATOR / 512 / 2**10),
    "geodetic": (["-p", "geodetic", "-z", "8-10"], 360 / 256 / 2**10),
    "geodetic-tms": (["-p", "geodetic", "--tmscompatible", "-z", "8-10"], 180 / 256 / 2**10),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_gdal2tiles_output_lies_where_gdal2tiles_put_it(terrain, tmp_path, profile):
    options, cell = PROFILES[profile]
    dataset = opened(gdal2tiles(terrain, tmp_path / "out", *options))
    assert dataset.GetGeoTransform()[1] == pytest.approx(cell, rel=1e-12)
    assert dataset.RasterCount == 2 and dataset.GetRasterBand(1).GetOverviewCount() >= 2
    pixels, alpha = dataset.ReadAsArray()
    expected = warped_onto(dataset, terrain).ReadAsArray()
    assert (alpha > 0).sum() == pytest.approx((expected > 0).sum(), rel=0.02)
    rows, cols = best_shift(pixels, expected, (alpha > 0) & (expected > 0))
    assert abs(rows) <= 1 and abs(cols) <= 1


def test_the_raster_profile_of_gdal2tiles_gives_the_source_back(terrain, tmp_path):
    dataset = opened(gdal2tiles(terrain, tmp_path / "out", "-p", "raster"))
    source = gdal.Open(str(terrain))
    assert dataset.GetSpatialRef().IsSame(source.GetSpatialRef())
    left, bottom, _, top = bounds(dataset)
    source_bounds = bounds(source)
    assert left == pytest.approx(source_bounds[0], abs=1e-9) and bottom == pytest.approx(source_bounds[1], abs=1e-9)
    rows = dataset.RasterYSize - source.RasterYSize
    assert (dataset.GetRasterBand(1).ReadAsArray(0, rows, 230, 344) == source.ReadAsArray()).all()
    assert (dataset.GetRasterBand(2).ReadAsArray(0, 0, 230, rows) == 0).all()


def test_gdal2tiles_output_in_xyz_order_needs_scheme_and_has_the_same_pixels(terrain, tmp_path):
    tms = opened(gdal2tiles(terrain, tmp_path / "tms", *PROFILES["mercator"][0]))
    folder = gdal2tiles(terrain, tmp_path / "xyz", "--xyz", *PROFILES["mercator"][0])
    why = refused(f"TILEDIR:{folder}")
    for told in ["open option SCHEME", "XYZ", "TMS", "ZYX", "ZYX_TMS", "{z}/{x}/{-y}.png"]:
        assert told in why
    for scheme in ["XYZ", "xyz", "{z}/{x}/{y}.png", "{TileMatrix}/{TileCol}/{TileRow}.png"]:
        xyz = opened(f"TILEDIR:{folder}", f"SCHEME={scheme}")
        assert xyz.GetGeoTransform() == tms.GetGeoTransform()
        assert (xyz.ReadAsArray() == tms.ReadAsArray()).all()
    assert opened(f"TILEDIR:{folder}", "SCHEME=TMS").GetGeoTransform() != tms.GetGeoTransform()


def test_scheme_and_grid_overrule_a_document(terrain, tmp_path):
    folder = gdal2tiles(terrain, tmp_path / "out", *PROFILES["mercator"][0])
    told = opened(f"TILEDIR:{folder}", "SCHEME=TMS", "GRID=WorldMercatorWGS84Quad")
    assert told.GetSpatialRef().GetAuthorityCode(None) == "3395"


def test_the_driver_named_alone_opens_a_bare_tree(terrain, tmp_path):
    folder = gdal2tiles(terrain, tmp_path / "xyz", "--xyz", *PROFILES["mercator"][0])
    assert gdal.IdentifyDriverEx(str(folder)) is None
    options = ["SCHEME=XYZ"]
    assert gdal.OpenEx(str(folder), open_options=options) is None
    assert gdal.OpenEx(str(folder), open_options=options, allowed_drivers=["TileDir"]) is not None
    assert gdal.OpenEx(str(folder), open_options=options, allowed_drivers=["TileDir", "GTiff"]) is None


def test_broken_tile_maps_are_told_of_in_one_line(terrain, tmp_path):
    folder = gdal2tiles(terrain, tmp_path / "out", *PROFILES["mercator"][0])
    document = folder / "tilemapresource.xml"
    text = document.read_text()
    for old, new, told in [
        ('width="256"', 'width="0"', "TileFormat"),
        ("units-per-pixel", "units", "units-per-pixel"),
        ("</TileMap>", "</TileMa>", "TileMap"),
        ('extension="png"', 'extension="tif"', "no tiles"),
    ]:
        document.write_text(text.replace(old, new))
        why = refused(f"TILEDIR:{folder}")
        assert told in why and str(folder) in why
