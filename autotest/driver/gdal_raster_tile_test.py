"""Output of `gdal raster tile`, which GDAL has since 3.12, opens by its stacta.json where its tiles are."""

import subprocess

import numpy
import pytest
from osgeo import gdal, osr

import reader_matrix
from tile_folder import errors_while

pytestmark = pytest.mark.gdal(since=(3, 12))

# Where the source lies for each scheme: an EPSG code and the centre there, as far as possible inside of the set.
SCHEMES = {
    "raster": (32616, 740000, 4030000),
    "WebMercatorQuad": (4326, -84.2, 36.3),
    "WorldCRS84Quad": (4326, -84.2, 36.3),
    "WorldMercatorWGS84Quad": (4326, -84.2, 36.3),
    "GoogleCRS84Quad": (4326, -84.2, 36.3),
    "PseudoTMS_GlobalMercator": (4326, -84.2, 36.3),
    "GlobalGeodeticOriginLat270": (4326, -84.2, 36.3),
    "LINZAntarticaMapTilegrid": (5482, 5000000, 4000000),
    "CBMTILE": (3978, 300000, 500000),
    "NZTM2000": (2193, 1750000, 5430000),
}


def source(path, data, place, bands=1, code=gdal.GDT_Int16):
    epsg, x, y = place
    whole = gdal.Warp("", [str(data / "jacksboro_east.tif"), str(data / "jacksboro_west.tif")], format="MEM")
    pixels = whole.ReadAsArray()
    if code == gdal.GDT_Byte:
        pixels = pixels // 8 + 1
    height, width = pixels.shape
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    cell = 1 / 1200 if reference.IsGeographic() else 100.0
    made = gdal.GetDriverByName("GTiff").Create(str(path), width, height, bands, code)
    made.SetGeoTransform((x - width // 2 * cell, cell, 0, y + height // 2 * cell, 0, -cell))
    made.SetSpatialRef(reference)
    for band in range(bands):
        made.GetRasterBand(band + 1).WriteArray(numpy.roll(pixels, 7 * band, 1))
    return path


def tiled(path, folder, *options):
    command = ["gdal", "raster", "tile", "-q", "-r", "nearest", "--webviewer", "stac", *options, path, folder]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return folder / "stacta.json"


def seen(name, options=()):
    """CRS, geotransform, pixels; 0 where the mask leaves them out."""
    opened = errors_while(lambda: gdal.OpenEx(str(name), allowed_drivers=["TileDir"], open_options=list(options)))
    dataset, messages = opened
    assert dataset is not None, messages
    pixels = dataset.ReadAsArray()
    pixels[..., dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() == 0] = 0
    return dataset.GetProjection(), dataset.GetGeoTransform(), pixels


@pytest.mark.parametrize("size", [None, 512])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_scheme_is_read_where_its_tiles_are(tmp_path, data, scheme, size):
    path = source(tmp_path / "source.tif", data, SCHEMES[scheme])
    options = ["--tiling-scheme", scheme, "-f", "GTiff", "--output-nodata", -32768]
    item = tiled(path, tmp_path / "out", *options, *(["--tile-size", size] if size else []))
    reader_matrix.check(path, *seen(item))
    reader_matrix.check(path, *seen(item.parent))


@pytest.mark.parametrize("scheme", ["raster", "WebMercatorQuad", "WorldCRS84Quad"])
@pytest.mark.parametrize(
    "format_name, bands", [("PNG", 1), ("PNG", 3), ("WEBP", 3), ("JPEG", 1), ("JPEG", 3), ("GTiff", 1), ("GTiff", 3)]
)
def test_each_format_is_read_where_its_tiles_are(tmp_path, data, scheme, bands, format_name):
    path = source(tmp_path / "source.tif", data, SCHEMES[scheme], bands, gdal.GDT_Byte)
    lossless = {"WEBP": ["--co", "LOSSLESS=YES"], "JPEG": ["--co", "QUALITY=100"]}.get(format_name, [])
    item = tiled(path, tmp_path / "out", "--tiling-scheme", scheme, "-f", format_name, *lossless)
    # JPEG keeps colours of two pixels by two.
    close = {1: 16, 3: 48}[bands] if format_name == "JPEG" else 0
    crs, geotransform, pixels = seen(item)
    reader_matrix.check(path, crs, geotransform, pixels, close=close)


def test_an_item_that_names_other_levels_than_its_tiles_have_is_told_of(tmp_path, data):
    """APSTILE: the tiles are in 11/, and the item's matrix is 0. The tree alone is right."""
    path = source(tmp_path / "source.tif", data, (5936, 2100000, 1900000))
    item = tiled(path, tmp_path / "out", "--tiling-scheme", "APSTILE", "-f", "GTiff", "--output-nodata", -32768)
    assert not (item.parent / "0").exists()
    _, messages = errors_while(lambda: gdal.OpenEx(str(item), allowed_drivers=["TileDir"]).ReadAsArray())
    assert any(f"{item.parent}/0/" in message for kind, message in messages if kind == gdal.CE_Warning), messages
    item.unlink()
    reader_matrix.check(path, *seen(f"TILEDIR:{item.parent}"))


@pytest.mark.parametrize("convention", ["xyz", "tms"])
def test_levels_are_overviews_and_the_tree_alone_is_read_too(tmp_path, data, convention):
    path = source(tmp_path / "source.tif", data, SCHEMES["WebMercatorQuad"])
    options = ["--min-zoom", 8, "--max-zoom", 11, "--convention", convention, "-f", "GTiff"]
    item = tiled(path, tmp_path / "out", *options, "--output-nodata", -32768)
    # There is an item of tiles that are numbered from above only.
    assert item.exists() == (convention == "xyz")
    for name in [f"TILEDIR:{item.parent}"] + [item] * item.exists():
        reader_matrix.check(path, *seen(name))
        assert gdal.Open(str(name)).GetRasterBand(1).GetOverviewCount() == 3


@pytest.mark.parametrize("convention, scheme", [("xyz", "XYZ"), ("tms", "TMS")])
def test_plain_images_are_read_as_the_options_say(tmp_path, data, convention, scheme):
    path = source(tmp_path / "source.tif", data, SCHEMES["WebMercatorQuad"], 3, gdal.GDT_Byte)
    item = tiled(path, tmp_path / "out", "--convention", convention)
    if item.exists():
        item.unlink()
    options = [f"SCHEME={scheme}", "GRID=WebMercatorQuad"]
    reader_matrix.check(path, *seen(f"TILEDIR:{item.parent}", options))
