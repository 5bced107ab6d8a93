"""CreateCopy onto another grid: gdalwarp onto the pixels of the grid's level gives the same."""

import json

import numpy
import pytest
from osgeo import gdal

from copy_test import copy, noise, read, refused, source, with_colour_table

HALF_EQUATOR = 20037508.342789244


def scales(path, made):
    """Input cell / output cell at the raster's centre: what the copy's kernels are fixed to."""
    transformer = gdal.Transformer(gdal.Open(path), made, [])
    dataset = gdal.Open(path)
    x, y = dataset.RasterXSize / 2, dataset.RasterYSize / 2
    points = [transformer.TransformPoint(0, *point)[1] for point in ((x - 0.5, y), (x + 0.5, y), (x, y - 0.5), (x, y + 0.5))]
    return tuple(float(numpy.hypot(*numpy.subtract(points[i], points[j])[:2])) for i, j in ((0, 1), (2, 3)))


def warped(path, made, kernel, **more):
    """The whole extent of the copy's base level, by GDAL."""
    left, cell, _, top, _, _ = made.GetGeoTransform()
    bounds = (left, top - made.RasterYSize * cell, left + made.RasterXSize * cell, top)
    x, y = scales(path, made)
    return gdal.Warp(
        "",
        path,
        format="MEM",
        dstSRS=made.GetProjection(),
        outputBounds=bounds,
        width=made.RasterXSize,
        height=made.RasterYSize,
        resampleAlg=kernel,
        errorThreshold=0,
        warpOptions=[f"XSCALE={x!r}", f"YSCALE={y!r}", "SOURCE_EXTRA=30", "SAMPLE_GRID=YES"],
        **more,
    )


def differing(one, other, by=0):
    return (numpy.abs(one.astype("float64") - other.astype("float64")) > by).mean()


@pytest.mark.parametrize("kernel", ["nearest", "bilinear", "cubic", "average", "lanczos"])
@pytest.mark.parametrize("dtype, nodata", [("uint8", 0), ("int16", -99), ("float32", -99), ("int32", 7), ("float64", -1e300)])
def test_pixels_are_those_of_gdalwarp(tmp_path, kernel, dtype, nodata):
    pixels = noise(1, 200, 260, dtype)
    pixels[0, 50:90, 100:130] = nodata
    path = source(tmp_path / "a.tif", pixels, nodata)
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad", "TILE_SIZE=64", f"RESAMPLING={kernel}", "LEVELS=15")
    theirs = warped(path, made, "near" if kernel == "nearest" else kernel).ReadAsArray()
    ours = made.ReadAsArray()
    assert made.GetRasterBand(1).GetNoDataValue() == nodata
    assert (theirs != nodata).mean() > 0.3
    assert differing(ours == nodata, theirs == nodata) < 2e-4
    both = (ours != nodata) & (theirs != nodata)
    assert differing(ours[both], theirs[both], 1e-3 if dtype.startswith("float") else 0) < 2e-4


def test_the_level_is_the_nearest_in_cell_size_and_the_overviews_reach_one_tile(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300), 0)
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad")
    cells = [2 * HALF_EQUATOR / 256 / 2**level for level in range(25)]
    suggested = gdal.AutoCreateWarpedVRT(gdal.Open(path), None, made.GetProjection()).GetGeoTransform()[1]
    nearest = min(range(25), key=lambda level: abs(numpy.log(cells[level] / suggested)))
    levels = sorted(int(each.name) for each in (tmp_path / "out").iterdir() if each.name.isdigit())
    assert levels[-1] == nearest
    assert levels == list(range(levels[0], nearest + 1))
    assert len(list((tmp_path / "out" / str(levels[0])).rglob("*.tif"))) == 1
    theirs = gdal.Translate(str(tmp_path / "cog.tif"), path, format="COG", creationOptions=["TILING_SCHEME=GoogleMapsCompatible"])
    assert made.GetGeoTransform()[1] == pytest.approx(theirs.GetGeoTransform()[1])


@pytest.mark.parametrize("tile_format", ["GTiff", "PNG"])
def test_alpha_is_resampled_as_gdalwarp_does(tmp_path, tile_format):
    pixels = noise(4, 200, 200)
    pixels[3] = 255
    pixels[3, 50:100, 60:120] = 0
    pixels[3, 120:140] = 100
    colors = [gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand]
    path = source(tmp_path / "a.tif", pixels, colors=colors)
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad", "RESAMPLING=bilinear", f"FORMAT={tile_format}", "LEVELS=15")
    theirs = warped(path, made, "bilinear").ReadAsArray()
    ours = made.ReadAsArray()
    assert (theirs[3] > 0).mean() > 0.1 and (theirs[3] == 0).mean() > 0.1
    assert differing(ours[3], theirs[3]) < 2e-4
    assert differing(ours[:, theirs[3] > 0], theirs[:, theirs[3] > 0]) < 2e-4


@pytest.mark.parametrize("tile_format, bands", [("GTiff", 3), ("PNG", 4), ("WEBP", 4)])
def test_what_the_source_does_not_cover_is_no_data(tmp_path, tile_format, bands):
    path = source(tmp_path / "a.tif", noise(3, 100, 100), colors=[gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand])
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad", f"FORMAT={tile_format}", "LEVELS=14")
    assert made.RasterCount == bands
    theirs = warped(path, made, "cubic", dstAlpha=True).ReadAsArray()
    mask = made.GetRasterBand(1).GetMaskBand().ReadAsArray()
    assert (theirs[3] > 0).any() and (theirs[3] == 0).any()
    assert differing(mask > 0, theirs[3] > 0) < 1e-3


@pytest.mark.parametrize("dtype", ["int64", "uint64", "complex64"])
def test_numbers_that_float_does_not_hold_are_warped_too(tmp_path, dtype):
    if dtype != "complex64" and gdal.GetDriverByName("GTiff") is None:
        pytest.skip("no 64-bit integers")
    pixels = noise(1, 100, 100, dtype)
    path = source(tmp_path / "a.tif", pixels)
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad", "RESAMPLING=nearest", "LEVELS=14")
    theirs = warped(path, made, "near").ReadAsArray()
    mask = made.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0
    assert mask.mean() > 0.1
    assert (made.ReadAsArray()[mask] == theirs[mask]).mean() > 0.9998


def test_a_colour_table_goes_by_the_nearest(tmp_path):
    pixels = (noise(1, 100, 100) % 4 + 1).astype("uint8")
    path = with_colour_table(source(tmp_path / "a.tif", pixels, 0))
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad", "LEVELS=13-14")
    assert differing(made.ReadAsArray(), warped(path, made, "near").ReadAsArray()) < 2e-4
    assert set(numpy.unique(made.GetRasterBand(1).GetOverview(0).ReadAsArray())) <= {0, 1, 2, 3, 4}


def test_floats_say_with_nan_where_there_is_nothing(tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 100, 100, "float32"))
    made = copy(path, tmp_path / "out", "GRID=WebMercatorQuad", "LEVELS=14")
    assert numpy.isnan(made.GetRasterBand(1).GetNoDataValue())
    assert numpy.isnan(made.ReadAsArray()).any() and not numpy.isnan(made.ReadAsArray()).all()


@pytest.mark.parametrize("form", ["text", "file", "memory"])
def test_a_grid_is_given_as_json_too(tmp_path, form):
    grid = {
        "id": "Own",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/25832",
        "orderedAxes": ["E", "N"],
        "tileMatrices": [
            {
                "id": f"L{level}",
                "scaleDenominator": 40 / 2**level / 0.00028,
                "cellSize": 40 / 2**level,
                "pointOfOrigin": [400000, 5700000],
                "tileWidth": 100,
                "tileHeight": 100,
                "matrixWidth": 100 * 2**level,
                "matrixHeight": 100 * 2**level,
            }
            for level in range(3)
        ],
    }
    path = source(tmp_path / "a.tif", noise(1, 200, 200), 0)
    name = text = json.dumps(grid)
    if form == "file":
        name = str(tmp_path / "grid.json")
        (tmp_path / "grid.json").write_text(text)
    if form == "memory":
        name = "/vsimem/copy_to_grid.json"
        gdal.FileFromMemBuffer(name, text)
    made = copy(path, tmp_path / "out", f"GRID={name}")
    assert made.GetGeoTransform() == pytest.approx((500000, 10, 0, 5600000, 0, -10))
    assert numpy.array_equal(made.ReadAsArray(0, 0, 200, 200), gdal.Open(path).ReadAsArray())
    assert (tmp_path / "out" / "L2" / "100" / "100.tif").exists()


def test_a_source_in_memory_is_warped_as_a_file_is(tmp_path):
    path = source(tmp_path / "a.tif", noise(3, 300, 300), 0)
    copy(path, tmp_path / "file", "GRID=WebMercatorQuad", "NUM_THREADS=3")
    memory = gdal.GetDriverByName("MEM").CreateCopy("", gdal.Open(path))
    copy(memory, tmp_path / "memory", "GRID=WebMercatorQuad", "NUM_THREADS=3")
    names = {tile.relative_to(tmp_path / "file") for tile in (tmp_path / "file").rglob("*.tif")}
    assert names == {tile.relative_to(tmp_path / "memory") for tile in (tmp_path / "memory").rglob("*.tif")}
    assert all((tmp_path / "file" / name).read_bytes() == (tmp_path / "memory" / name).read_bytes() for name in names)


@pytest.mark.parametrize(
    "options, words",
    [
        (["GRID=WebMercator"], ["GRID", "WebMercatorQuad"]),
        (["GRID={}"], ["GRID", "id"]),
        (["GRID=WebMercatorQuad", "LEVELS=25"], ["LEVELS", "0 to 24"]),
        (["GRID=WebMercatorQuad", "LEVELS=a-b"], ["LEVELS", "auto"]),
        (["GRID=UPSAntarcticWGS84Quad"], ["UPSAntarcticWGS84Quad"]),
    ],
)
def test_a_grid_that_does_not_fit_is_one_clear_line(tmp_path, options, words):
    line = refused(source(tmp_path / "a.tif", noise(1, 64, 64), 0), tmp_path / "out", *options)
    assert all(word in line for word in words), line


def test_a_raster_without_place_lies_on_no_grid(tmp_path):
    file = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "a.tif"), 64, 64)
    del file
    line = refused(str(tmp_path / "a.tif"), tmp_path / "out", "GRID=WebMercatorQuad")
    assert "coordinate reference system" in line or "geotransform" in line
