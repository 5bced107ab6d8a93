"""`tiledir refresh`: overviews above tiles that others wrote are those that GDAL makes of the same pixels."""

import json
import os
import pathlib
import subprocess

import numpy
import pytest
from conftest import snapshot
from osgeo import gdal
from run_test import main_job

TILE, SIDE = 32, 8
SIZE = TILE * SIDE
CORNER = (1000000.0, 6000000.0)


class Folder:
    """Random pixels as a directory of tiles, and the same pixels in memory."""

    def __init__(self, path, resampling="AVERAGE", nodata=None):
        self.path = path
        self.pixels = numpy.random.default_rng(7).integers(1, 250, (SIZE, SIZE)).astype("uint8")
        options = [f"TILE_SIZE={TILE}", f"OVERVIEW_RESAMPLING={resampling}"]
        if nodata is not None:
            options.append(f"NODATA={nodata}")
        gdal.Translate(str(path), self.one_file(), format="TileDir", creationOptions=options)
        self.resampling, self.nodata = resampling, nodata
        self.base = max(int(entry.name) for entry in path.iterdir() if entry.name.isdigit())

    def one_file(self, name="/vsimem/pixels.tif"):
        file = gdal.GetDriverByName("GTiff").Create(name, SIZE, SIZE, 1, gdal.GDT_Byte)
        file.SetGeoTransform((CORNER[0], 10, 0, CORNER[1], 0, -10))
        file.SetProjection("EPSG:3857")
        file.WriteArray(self.pixels)
        return file

    def tile(self, row, col, level=None):
        template = json.loads((self.path / "stac.json").read_text())["asset_templates"]["tiles"]["href"]
        for name, value in (("TileMatrix", self.base if level is None else level), ("TileRow", row), ("TileCol", col)):
            template = template.replace("{" + name + "}", str(value))
        return self.path / template

    def write_with_gdal(self, row, col, value):
        """What another program does that knows nothing of overviews."""
        tile = gdal.Open(str(self.tile(row, col)), gdal.GA_Update)
        tile.GetRasterBand(1).Fill(value)
        del tile
        self.pixels[row * TILE : (row + 1) * TILE, col * TILE : (col + 1) * TILE] = value

    def bounds(self, row, col):
        """Inside of a tile."""
        west, north = CORNER[0] + (col * TILE + 1) * 10, CORNER[1] - (row * TILE + 1) * 10
        return f"--bounds={west},{north - 50},{west + 50},{north}"

    def check(self):
        """The overviews are those of gdaladdo."""
        expected = self.one_file()
        if self.nodata is not None:
            expected.GetRasterBand(1).SetNoDataValue(self.nodata)
        dataset = gdal.OpenEx(str(self.path), allowed_drivers=["TileDir"])
        ours = dataset.GetRasterBand(1)
        count = ours.GetOverviewCount()
        assert count == 3
        expected.BuildOverviews(self.resampling, [2 ** (index + 1) for index in range(count)])
        assert numpy.array_equal(ours.ReadAsArray(), self.pixels)
        for index in range(count):
            overview = expected.GetRasterBand(1).GetOverview(index).ReadAsArray()
            assert numpy.array_equal(ours.GetOverview(index).ReadAsArray(), overview), index


@pytest.fixture
def run(build, tmp_path):
    def run(*arguments, code=0):
        words = [str(build / "bin" / "tiledir"), *map(str, arguments)]
        result = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
        assert result.returncode == code, (result.stdout, result.stderr)
        return result.stdout if code == 0 else result.stderr

    return run


@pytest.mark.parametrize("resampling", ["AVERAGE", "NEAREST", "MODE", "CUBIC", "BILINEAR"])
def test_overviews_above_tiles_of_others_are_those_of_gdaladdo(run, tmp_path, resampling):
    folder = Folder(tmp_path / "out", resampling)
    folder.check()
    folder.write_with_gdal(3, 4, 77)
    run("refresh", folder.path, folder.bounds(3, 4))
    folder.check()


def test_no_other_tile_is_touched(run, tmp_path):
    folder = Folder(tmp_path / "out")
    folder.write_with_gdal(5, 2, 77)
    before = snapshot(folder.path)
    out = run("refresh", folder.path, folder.bounds(5, 2))
    assert "written: 3, removed: 0, unchanged: 0" in out
    after = snapshot(folder.path)
    made = {str(folder.tile(row, col, level)) for row, col, level in ((2, 1, 2), (1, 0, 1), (0, 0, 0))}
    assert {name for name in after if name.endswith(".tif") and before.get(name) != after[name]} == made


def test_tiles_are_found_by_when_they_were_written(run, tmp_path):
    folder = Folder(tmp_path / "out")
    for path in folder.path.rglob("*.tif"):
        os.utime(path, (1000000000, 1000000000))
    folder.write_with_gdal(1, 1, 77)
    folder.write_with_gdal(6, 3, 78)
    out = run("refresh", folder.path, "--since", "2001-10-01T00:00:00Z")
    assert "base tiles: 2 " in out
    folder.check()
    assert "base tiles: 64 " in run("refresh", folder.path, "--since", "2001-09-01", "--dry-run")
    assert "base tiles: 2 " in run("refresh", folder.path, "--since", "1d", "--dry-run")


def test_what_a_writer_left_behind_is_refreshed_without_being_asked_for(run, tmp_path):
    folder = Folder(tmp_path / "out")
    dataset = gdal.OpenEx(str(folder.path), gdal.OF_UPDATE, allowed_drivers=["TileDir"], open_options=["REFRESH=NO"])
    folder.pixels[100:140, 30:50] = 9
    dataset.WriteArray(folder.pixels[100:140, 30:50], 30, 100)
    del dataset
    assert len(list((folder.path / ".tiledir" / "intents").iterdir())) == 1
    run("refresh", folder.path)
    folder.check()
    assert list((folder.path / ".tiledir" / "intents").iterdir()) == []
    assert "base tiles: 0 " in run("refresh", folder.path)


def test_overviews_go_with_the_tiles_under_them(run, tmp_path):
    folder = Folder(tmp_path / "out", nodata=0)
    for row in (0, 1):
        for col in (0, 1):
            folder.tile(row, col).unlink()
    folder.pixels[: 2 * TILE, : 2 * TILE] = 0
    run("refresh", folder.path, folder.bounds(0, 0))
    assert folder.tile(0, 0, folder.base - 1).exists() is False
    folder.check()


def test_a_dry_run_changes_nothing(run, tmp_path):
    folder = Folder(tmp_path / "out")
    folder.write_with_gdal(0, 0, 77)
    before = snapshot(folder.path)
    out = run("refresh", folder.path, "--all", "--dry-run")
    assert "level 2: 16 overviews" in out and "level 0: 1 overviews" in out
    assert snapshot(folder.path) == before


def test_all_overviews_are_made_again_on_request(run, tmp_path):
    folder = Folder(tmp_path / "out")
    folder.write_with_gdal(0, 0, 77)
    folder.write_with_gdal(7, 7, 78)
    for path in (folder.path / "1").rglob("*.tif"):
        path.unlink()
    run("refresh", folder.path, "--all", "--threads", "2")
    folder.check()


def test_the_item_grows_with_tiles_that_others_add(run, tmp_path):
    folder = Folder(tmp_path / "out")
    item = json.loads((folder.path / "stac.json").read_text())
    (link,) = item["properties"]["tiles:tile_matrix_links"].values()
    for limits in link["limits"].values():
        limits["max_tile_col"] = limits["max_tile_row"] = 0
    (folder.path / "stac.json").write_text(json.dumps(item))
    run("refresh", folder.path, "--since", "1d")
    (grown,) = json.loads((folder.path / "stac.json").read_text())["properties"]["tiles:tile_matrix_links"].values()
    assert grown["limits"]["3"] == {"min_tile_col": 0, "max_tile_col": 7, "min_tile_row": 0, "max_tile_row": 7}
    assert grown["limits"]["1"]["max_tile_row"] == 1


def test_the_item_shrinks_where_others_have_removed_tiles(run, tmp_path):
    folder = Folder(tmp_path / "out", nodata=0)
    item = json.loads((folder.path / "stac.json").read_text())
    del item["properties"]["proj:shape"], item["properties"]["proj:transform"]  # its tiles are all that it is
    (folder.path / "stac.json").write_text(json.dumps(item))
    for row in range(SIDE):
        folder.tile(row, 7).unlink()
        folder.tile(row, 6).unlink()
    run("refresh", folder.path, folder.bounds(3, 7))
    shrunk = json.loads((folder.path / "stac.json").read_text())
    (link,) = shrunk["properties"]["tiles:tile_matrix_links"].values()
    assert link["limits"]["3"] == {"min_tile_col": 0, "max_tile_col": 5, "min_tile_row": 0, "max_tile_row": 7}
    assert link["limits"]["1"]["max_tile_col"] == 1
    east = gdal.Info(gdal.Open(str(folder.path)), format="json")["wgs84Extent"]["coordinates"][0][2][0]
    assert shrunk["bbox"][2] == pytest.approx(east) and item["bbox"][2] > east


def test_statistics_are_computed_on_request_and_go_with_the_next_change(run, tmp_path):
    folder = Folder(tmp_path / "out", nodata=0)
    folder.pixels[:40, :50] = 0
    dataset = gdal.Open(str(folder.path), gdal.GA_Update)
    dataset.WriteArray(folder.pixels[:40, :50])
    del dataset
    run("refresh", folder.path, "--statistics")
    valid = folder.pixels[folder.pixels != 0].astype("float64")
    numbers = [valid.min(), valid.max(), valid.mean(), valid.std()]
    dataset = gdal.OpenEx(str(folder.path), allowed_drivers=["TileDir"])
    assert dataset.GetRasterBand(1).GetStatistics(False, False) == pytest.approx(numbers, rel=1e-12)
    item = json.loads((folder.path / "stac.json").read_text())
    statistics = item["asset_templates"]["tiles"]["bands"][0]["statistics"]
    assert list(statistics.values()) == pytest.approx([*numbers, 100 * valid.size / folder.pixels.size], rel=1e-12)
    assert "tiledir:statistics_by" not in item["properties"]
    folder.write_with_gdal(3, 4, 77)
    run("refresh", folder.path, folder.bounds(3, 4))
    assert "statistics" not in (folder.path / "stac.json").read_text()


def test_overviews_of_a_process_are_left_to_it(run, tiledir, jacksboro):
    recipe = main_job(tiledir, jacksboro, levels="9-11", overviews={"from": "process"})
    tiledir.make(recipe)
    out = tiledir.folder / "out"
    path = sorted((out / "11").rglob("*.tif"))[-1]
    tile = gdal.Open(str(path), gdal.GA_Update)
    tile.GetRasterBand(1).Fill(77)
    del tile
    overviews = {name: content for name, content in snapshot(out).items() if "/10/" in name or "/9/" in name}
    assert "tiledir-process makes them" in run("refresh", out, "--all")
    assert {name: content for name, content in snapshot(out).items() if name in overviews} == overviews
    assert tiledir.make(recipe)["planned"] > 0
    assert (gdal.Open(str(path)).ReadAsArray() == 77).all()


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["nowhere"], "nowhere/stac.json: no such file"),
        (["out", "--sinc", "1h"], "the nearest known to --sinc is --since"),
        (["out", "--since", "yesterday"], "--since: is 'yesterday'"),
        (["out", "--bounds", "1,2,3"], "--bounds"),
        (["out", "--bounds", "0,0,1,1"], "bounds: lie beyond the grid"),
        (["out", "--bounds", "1000000,5999000,1000100,x"], "--bounds"),
        (["out", "--all", "--since", "1h"], "--since"),
        (["out", "--threads", "0"], "--threads"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_changes(run, tmp_path, arguments, why):
    folder = Folder(tmp_path / "out")
    before = snapshot(folder.path)
    message = run("refresh", *arguments, code=2)
    assert why in message and len(message.strip().splitlines()) == 1
    assert snapshot(folder.path) == before


def test_a_folder_of_a_newer_tiledir_is_left_alone(run, tmp_path):
    folder = Folder(tmp_path / "out")
    (folder.path / ".tiledir").mkdir(exist_ok=True)
    (folder.path / ".tiledir" / "version").write_text("2\n")
    assert "made by a newer tiledir" in run("refresh", folder.path, "--all", code=2)


@pytest.mark.parametrize("command, flags", [("refresh", ["--bounds", "--since", "--dry-run"]), ("verify", ["--repair"])])
def test_help_tells_the_flags(run, command, flags):
    out = run(command, "--help")
    assert all(flag in out for flag in [*flags, "--threads", "DIR"])


def test_all_of_few_tiles_in_wide_limits_are_those_that_are_there(run, build, tmp_path):
    """Two specks at the corners of the world: 3e8 places between them at level 14, of which a few have tiles."""
    for name, west, north in (("a", -150, 60), ("b", 150, -60)):
        file = gdal.GetDriverByName("GTiff").Create(str(tmp_path / f"{name}.tif"), 50, 50, 1, gdal.GDT_Float32)
        file.SetGeoTransform((west, 1e-4, 0, north, 0, -1e-4))
        file.SetProjection("EPSG:4326")
        file.GetRasterBand(1).SetNoDataValue(-9999)
        file.WriteArray(numpy.add.outer(numpy.arange(50.0), numpy.arange(50.0)))
        del file
    recipe = tmp_path / "r.yaml"
    recipe.write_text("process: hillshade\ninput: {dem: [a.tif, b.tif]}\nlevels: 8-14\noutput: out\n")
    subprocess.run([build / "bin" / "tiledir-process", recipe, "--quiet"], check=True)
    out = tmp_path / "out"
    there = {level: len(list(out.glob(f"{level}/*/*.tif"))) for level in range(8, 15)}
    assert min(there.values()) >= 2
    lines = run("refresh", out, "--all", "--dry-run").splitlines()
    assert lines[0].startswith(f"base tiles: {there[14]} ")
    assert lines[1:] == [f"  level {level}: {there[level]} overviews above them" for level in range(13, 7, -1)]
    stale, *_, bare = sorted(out.glob("12/*/*.tif"))
    stale.unlink()
    for tile in out.glob("14/*/*.tif"):
        if int(tile.parent.name) > 8192 and int(tile.stem) > 8192:  # the speck in the south east
            tile.unlink()
    run("refresh", out, "--all", "--quiet")
    assert stale.exists() and not bare.exists()
    assert run("verify", out, "--quiet") == ""
