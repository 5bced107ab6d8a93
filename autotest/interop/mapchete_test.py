"""Output of mapchete itself: its tiles lie where mapchete put them, by its metadata.json and by its STAC item."""

import json
import subprocess

import numpy
import pytest
from osgeo import gdal

import python_peers
import reader_matrix
from go_program import NoGoProgram
from tile_tree import opened

PROCESS = "def execute(dem):\n    return 'empty' if dem.is_empty() else dem.read()\n"
BOUNDS = {"geodetic": (4326, [-84.41, 36.16, -84.23, 36.44]), "mercator": (3857, [-9397000, 4323000, -9377000, 4361000])}
NODATA = -32768


@pytest.fixture(scope="module")
def mapchete():
    try:
        return python_peers.programs() / "mapchete"
    except (python_peers.NoMapchete, NoGoProgram) as reason:
        pytest.skip(str(reason))


@pytest.fixture
def execute(mapchete, tmp_path):
    """Runs a process that brings a raster onto a grid, and returns the folder of its output."""

    def executed(source, grid, metatiling, buffer=0, **output):
        (tmp_path / "process.py").write_text(PROCESS)
        code, bounds = BOUNDS[grid]
        about = {"format": "GTiff", "bands": 1, "dtype": "int16", "nodata": NODATA, **output}
        config = {
            "process": "process.py",
            "input": {"dem": str(source)},
            "pyramid": {"grid": grid, "metatiling": metatiling, "pixelbuffer": buffer},
            "output": {"path": str(tmp_path / "out"), "pixelbuffer": buffer, **about},
            "zoom_levels": {"min": 7, "max": 9},
            "bounds": bounds,
            "bounds_crs": f"EPSG:{code}",
        }
        (tmp_path / "run.mapchete").write_text(json.dumps(config))
        command = [mapchete, "execute", "run.mapchete", "--concurrency", "none", "--no-pbar"]
        environment = python_peers.ENVIRONMENT
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=environment)
        return tmp_path / "out"

    return executed


@pytest.mark.parametrize(
    "grid, metatiling, buffer", [("geodetic", 1, 0), ("geodetic", 4, 10), ("mercator", 1, 0), ("mercator", 2, 5)]
)
def test_mapchete_output_lies_where_its_tiles_say(execute, data, grid, metatiling, buffer):
    folder = execute(data / "jacksboro_west.tif", grid, metatiling, buffer)
    dataset = opened(folder)
    tiles = [path for path in (folder / "9").glob("*/*.tif") if path.parent.name != "0"]
    assert tiles
    left, cell, _, top, _, _ = dataset.GetGeoTransform()
    covered = 0
    for path in tiles:
        tile = gdal.Open(str(path))
        place = tile.GetGeoTransform()
        col, row = round((place[0] - left) / cell), round((top - place[3]) / cell)
        width, height = tile.RasterXSize - 2 * buffer, tile.RasterYSize - 2 * buffer
        read = dataset.ReadAsArray(col + buffer, row + buffer, width, height)
        assert (read == tile.ReadAsArray(buffer, buffer, width, height)).all()
        assert place[1] == pytest.approx(cell, rel=1e-9)
        covered += width * height
    assert covered == dataset.RasterXSize * dataset.RasterYSize


def seen_right(dataset, source):
    """How many of the valid pixels are the source's there: at edges of cells mapchete and gdalwarp may differ."""
    around = gdal.Warp("", str(source), format="VRT", dstSRS=dataset.GetProjection())
    left, cell, _, top, _, row_cell = around.GetGeoTransform()
    # Items of mapchete have limits that are the whole Earth.
    window = [left, top, left + around.RasterXSize * cell, top + around.RasterYSize * row_cell]
    dataset = gdal.Translate("", dataset, format="VRT", projWin=window)
    left, cell, _, top, _, row_cell = dataset.GetGeoTransform()
    width, height = dataset.RasterXSize, dataset.RasterYSize
    bounds = (left, top + height * row_cell, left + width * cell, top)
    grid = dict(outputBounds=bounds, width=width, height=height)
    expected, there = reader_matrix.on_grid(source, dataset.GetProjection(), **grid)
    pixels = dataset.GetRasterBand(1).ReadAsArray()
    valid = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0
    both = valid & there
    assert both.sum() > 2000 and both.sum() > 0.9 * valid.sum()
    return (pixels == expected[0])[both].mean()


@pytest.mark.parametrize("grid, metatiling", [("geodetic", 1), ("geodetic", 4), ("mercator", 2)])
def test_mapchetes_item_and_metadata_give_the_same_place_and_the_sources_pixels(execute, data, grid, metatiling):
    source = data / "jacksboro_west.tif"
    folder = execute(source, grid, metatiling)
    for name in (folder / "out.json", folder):
        assert seen_right(opened(name), source) > 0.97


@pytest.mark.parametrize("grid", ["geodetic", "mercator"])
def test_mapchetes_pngs_lie_where_mapchete_put_them(execute, data, tmp_path, grid):
    source = tmp_path / "gray.tif"
    gdal.Translate(
        str(source), str(data / "jacksboro_west.tif"), outputType=gdal.GDT_Byte, scaleParams=[[150, 1000, 1, 250]]
    )
    folder = execute(source, grid, 1, format="PNG", dtype="uint8", nodata=0)
    assert seen_right(opened(folder), source) > 0.97


def test_the_folder_and_its_metadata_json_are_one_dataset(execute, data):
    folder = execute(data / "jacksboro_west.tif", "geodetic", 1)
    assert gdal.IdentifyDriver(str(folder)).ShortName == "TileDir"
    assert numpy.array_equal(opened(folder).ReadAsArray(), opened(folder / "metadata.json").ReadAsArray())
