"""Bad input gets one line that says what, where and what would be right, and changes nothing."""

import json
import re
import shutil
import subprocess

import pytest
from conftest import snapshot
from failures_test import JOB, bad_job, started_on
from osgeo import gdal


def keys(inputs, **changes):
    recipe = {"process": "hillshade", "input": {"dem": list(map(str, inputs))}, "output": "out", **changes}
    return {key: value for key, value in recipe.items() if value is not None}


BAD_KEYS = {
    "unknown key": ({"outptu": "x"}, ["outptu", "'output'"]),
    "unknown key inside": ({"grid": {"tile_matrixset": "x"}}, ["grid.tile_matrixset", "'tile_matrix_set'"]),
    "unknown parameter": ({"parameters": {"azimut": 3}}, ["parameters.azimut", "'azimuth'"]),
    "wrong type": ({"threads": "many"}, ["threads", "'many'", "whole number"]),
    "out of range": ({"parameters": {"altitude": 91}}, ["parameters.altitude", "91", "0 to 90"]),
    "wrong word": ({"parameters": {"algorithm": "horne"}}, ["parameters.algorithm", "'horne'", "'Horn'"]),
    "unknown process": ({"process": "hilshade"}, ["hilshade", "'hillshade'"]),
    "unknown input": ({"input": {"dtm": "x.tif"}}, ["input.dem", "'dtm'"]),
    "surplus input": ({"input": {"dem": "x.tif", "dtm": "x.tif"}}, ["input.dtm", "'dem'"]),
    "missing output": ({"output": None}, ["output", "missing"]),
    "unknown format": ({"output": {"path": "out", "format": "GTif"}}, ["GTif", "GTiff"]),
    "unknown option": ({"output": {"path": "out", "options": {"COMPRES": "LZW"}}}, ["COMPRES", "COMPRESS"]),
    "unknown data type": ({"output": {"path": "out", "data_type": "Bite"}}, ["output.data_type", "Bite"]),
    "data type too small": ({"output": {"path": "out", "data_type": "Int8"}}, ["output.data_type"]),
    "nodata of another type": ({"output": {"path": "out", "nodata": -1}}, ["output.nodata", "-1"]),
    "nodata among the values": ({"output": {"path": "out", "nodata": 255}}, ["output.nodata", "255", "1 to 255"]),
    "level too fine": ({"levels": "5-31"}, ["levels", "31", "finest"]),
    "levels upside down": ({"levels": "11-5"}, ["levels", "upside down", "5-11"]),
    "no level": ({"levels": "fine"}, ["levels", "'fine'", "0-24"]),
    "bounds outside": ({"bounds": [10, 50, 11, 51]}, ["bounds", "outside", "-84.4"]),
    "bounds upside down": ({"bounds": [-84, 36.5, -84.5, 36.1]}, ["bounds", "west < east"]),
    "three bounds": ({"bounds": [1, 2, 3]}, ["bounds", "a list of 3 is not a list of 4 numbers"]),
    "unknown CRS": ({"bounds": [-84.5, 36.1, -84, 36.5], "bounds_crs": "EPSG:999999"}, ["EPSG:999999"]),
    "unknown grid": ({"grid": "WebMercatorQuads"}, ["grid.tile_matrix_set", "WebMercatorQuads", "WebMercatorQuad"]),
    "missing grid file": ({"grid": "nothere.json"}, ["grid.tile_matrix_set", "nothere.json"]),
    "tile size nought": ({"grid": {"tile_size": 0}}, ["grid.tile_size", "0"]),
    "no such resampling": ({"overviews": {"resampling": "averge"}}, ["overviews.resampling", "'average'"]),
    "metres for degrees": ({"bounds": [-9354000, 4320000, -9353000, 4321000]}, ["bounds", "-360 to 360", "another CRS"]),
    "more than a turn": ({"bounds": [600, 36.1, 600.1, 36.2]}, ["bounds", "-360 to 360"]),
    "beyond the poles": ({"bounds": [-84.4, -91, -84.3, 450]}, ["bounds", "-90 to 90"]),
    "a point in metres": ({"region": {"point": [-9354000, 4320000]}}, ["region.point", "-360 to 360"]),
    "a polygon in metres": ({"region": "POLYGON ((0 36, 4e6 36, 4e6 37, 0 36))"}, ["region", "-360 to 360"]),
    "beyond a projection": (
        {"bounds": [1e12, 1e12, 2e12, 2e12], "bounds_crs": "EPSG:32616"},
        ["bounds", "beyond what its CRS, EPSG:32616"],
    ),
    "no time": ({"stac": {"datetime": "yesterday"}}, ["stac.datetime", "'yesterday'", "2024-05-31T12:00:00Z"]),
    "no such day": ({"stac": {"datetime": "2024-13-45T00:00:00Z"}}, ["stac.datetime", "2024-13-45"]),
    "a day alone": ({"stac": {"datetime": "2024-01-01"}}, ["stac.datetime", "2024-01-01"]),
    "missing file": ({"input": {"dem": "nothere.tif"}}, ["input.dem", "nothere.tif"]),
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_bad_key_is_named_with_what_would_be_right(tiledir, jacksboro, case):
    changes, words = BAD_KEYS[case]
    line = tiledir.refused(tiledir.recipe(**keys(jacksboro, **changes)))
    for word in words:
        assert word in line, line
    assert not (tiledir.folder / "out").exists()


@pytest.mark.parametrize("text, words", [
    ("process: hillshade\ninput: [\n", ["line"]),
    ("- process\n", ["is not a recipe"]),
    ("", ["is not a recipe"]),
    ("process: hillshade\nprocess: hillshade\n", ["process", "twice"]),
    ("process: hillshade\nparameters: &all {azimuth: *all}\n", ["line 2", "alias"]),
    ("process: hillshade\ninput: &all [1, [*all]]\n", ["line 2", "alias"]),
    ("process: hillshade\nparameters: &all {a: {? *all : 1}}\n", ["line 2", "alias"]),
    ("a0: &a0 [1, 1]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)), ["aliases", "more than"]),
    ("---\nprocess: hillshade\n---\nprocess: hillshade\n", ["line 4", "second document"]),
    ("process: hillshade\n...\n[]\n", ["line 3", "second document"]),
])
def test_what_is_no_recipe_is_refused(tiledir, text, words):
    path = tiledir.folder / "recipe.yaml"
    path.write_text(text)
    line = tiledir.refused(path)
    assert all(word in line for word in ["recipe.yaml", *words]), line


def test_a_recipe_that_is_not_there_or_a_folder_is_refused(tiledir):
    assert "nothere.yaml: no such file" in tiledir.refused("nothere.yaml")
    assert "is a folder" in tiledir.refused(tiledir.folder)


def test_an_unknown_flag_is_answered_with_the_nearest(tiledir):
    assert "--overwrite" in tiledir.refused("recipe.yaml", "--overwrit")
    assert "--threads" in tiledir.refused("recipe.yaml", "--threds", "2")


def test_a_file_that_is_no_raster_is_named(tiledir):
    (tiledir.folder / "text.tif").write_text("no raster")
    assert "text.tif" in tiledir.refused(tiledir.recipe(**keys(["text.tif"])))


def test_a_raster_without_crs_is_named(tiledir, jacksboro):
    copy = str(tiledir.folder / "bare.tif")
    source = gdal.Open(str(jacksboro[0]))
    bare = gdal.GetDriverByName("GTiff").Create(copy, source.RasterXSize, source.RasterYSize, 1, gdal.GDT_Int16)
    bare.SetGeoTransform(source.GetGeoTransform())
    bare = None
    line = tiledir.refused(tiledir.recipe(**keys([copy])))
    assert "bare.tif" in line and "coordinate reference system" in line


def test_ground_control_points_alone_are_named(tiledir, jacksboro):
    gcps = [gdal.GCP(-84.4, 36.5, 0, 0, 0), gdal.GCP(-84.3, 36.5, 0, 50, 0), gdal.GCP(-84.4, 36.4, 0, 0, 50)]
    path = str(tiledir.folder / "gcps.tif")
    gdal.Translate(path, str(jacksboro[0]), GCPs=gcps, outputSRS="EPSG:4326", width=50, height=50).FlushCache()
    line = tiledir.refused(tiledir.recipe(**keys([path])))
    assert "gcps.tif" in line and "ground control points" in line and "gdalwarp" in line


def test_crs_of_the_same_name_are_told_apart(tiledir, jacksboro):
    path = str(tiledir.folder / "heights.tif")
    gdal.Translate(path, str(jacksboro[1]), outputSRS="EPSG:4979").FlushCache()
    line = tiledir.refused(tiledir.recipe(**keys([jacksboro[0], path])))
    assert "(EPSG:4979)" in line and "heights.tif" in line


def test_inputs_of_two_crs_are_refused(tiledir, jacksboro):
    other = str(tiledir.folder / "utm.tif")
    gdal.Warp(other, str(jacksboro[1]), dstSRS="EPSG:32616")
    assert "utm.tif" in tiledir.refused(tiledir.recipe(**keys([jacksboro[0], other])))


@pytest.mark.parametrize("grid, words", [
    ("{", ["not JSON"]),
    ("{}", []),
    ('{"id": "x", "crs": "EPSG:3857", "tileMatrices": []}', ["tileMatrices"]),
])
def test_a_bad_grid_is_refused(tiledir, jacksboro, grid, words):
    (tiledir.folder / "grid.json").write_text(grid)
    line = tiledir.refused(tiledir.recipe(**keys(jacksboro, grid="grid.json")))
    assert all(word in line for word in ["grid.json", *words]), line


def finished(tiledir, jacksboro):
    recipe = tiledir.recipe(**keys(jacksboro))
    tiledir.make(recipe)
    return recipe, tiledir.folder / "out"


def test_an_output_of_another_grid_is_left_alone(tiledir, jacksboro):
    _, out = finished(tiledir, jacksboro)
    before = snapshot(out)
    line = tiledir.refused(tiledir.recipe(**keys(jacksboro, grid="WorldCRS84Quad")))
    assert "grid.tile_matrix_set: WebMercatorQuad there, WorldCRS84Quad here" in line
    assert snapshot(out) == before


def test_an_output_of_a_newer_version_is_left_alone(tiledir, jacksboro):
    recipe, out = finished(tiledir, jacksboro)
    (out / ".tiledir" / "version").write_text("2\n")
    before = snapshot(out)
    line = tiledir.refused(recipe, "--overwrite")
    assert "version 2" in line and "newer" in line
    assert snapshot(out) == before


def test_a_dataset_that_is_not_ours_is_left_alone(tiledir, jacksboro):
    out = tiledir.folder / "out"
    out.mkdir()
    (out / "stac.json").write_text("{}")
    assert "choose another output" in tiledir.refused(tiledir.recipe(**keys(jacksboro)))
    assert (out / "stac.json").read_text() == "{}"


def tree(folder, tile, document=None, text="{}"):
    """Tiles that others have made."""
    (folder / tile).parent.mkdir(parents=True)
    (folder / tile).write_bytes(b"mine")
    if document:
        (folder / document).write_text(text)
    return folder


TREES = {
    "mapchete": ("11/735/1109.tif", "metadata.json", "metadata.json"),
    "gdal2tiles": ("11/735/1109.png", "tilemapresource.xml", "tilemapresource.xml"),
    "gdal raster tile": ("11/735/1109.png", "stacta.json", "stacta.json"),
    "no document": ("11/735/1109.png", None, "11/735/1109.png"),
    "levels that are no numbers": ("EPSG:3857:11/735/1109.png", None, "EPSG:3857:11/735/1109.png"),
    "another level": ("3/1/2.tif", None, "3/1/2.tif"),
    "an item alone": (".tiledir/tmp/x", "stacta.json", "stacta.json"),
}


@pytest.mark.parametrize("flag", ["--resume", "--overwrite", "--dry-run"])
@pytest.mark.parametrize("kind", TREES)
def test_tiles_that_others_have_made_are_left_alone(tiledir, jacksboro, kind, flag):
    tile, document, named = TREES[kind]
    out = tree(tiledir.folder / "out", tile, document)
    before = snapshot(out)
    line = tiledir.refused(tiledir.recipe(**keys(jacksboro)), flag)
    assert "did not make" in line and named in line and "choose another output" in line
    assert snapshot(out) == before


def test_a_folder_that_holds_no_tiles_may_be_an_output(tiledir, jacksboro):
    out = tiledir.folder / "out"
    (out / "2024" / "maps").mkdir(parents=True)
    (out / "2024" / "1.txt").write_text("mine")
    (out / "notes.json").write_text("{}")
    tiledir.make(tiledir.recipe(**keys(jacksboro)))
    assert (out / "2024" / "1.txt").read_text() == "mine" and (out / "stac.json").exists()


@pytest.mark.parametrize("way", ["itself", "a link"])
def test_the_outputs_own_tiles_are_no_input_of_it(tiledir, jacksboro, way):
    _, out = finished(tiledir, jacksboro)
    (tiledir.folder / "link").symlink_to("out")
    place = {"itself": out, "a link": tiledir.folder / "link"}[way]
    before = snapshot(out)
    for flag in ("--resume", "--overwrite", "--update"):
        line = tiledir.refused(tiledir.recipe(**keys([f"{place}/11/*/*.tif"])), flag)
        assert "is a tile of the output" in line and str(place) in line
    assert snapshot(out) == before


def vrt_of(folder, sources):
    path = str(folder / "tiles.vrt")
    gdal.BuildVRT(path, list(map(str, sources))).FlushCache()
    return path


def vrt_of_a_vrt(folder, sources):
    path = str(folder / "outer.vrt")
    gdal.BuildVRT(path, [vrt_of(folder, sources)]).FlushCache()
    return path


def vrt_through_a_link(folder, sources):
    (folder / "link.tif").symlink_to(sources[0])
    return vrt_of(folder, [folder / "link.tif"])


def part_of_a_file(folder, sources):
    return f"/vsisubfile/0_{sources[0].stat().st_size},{sources[0]}"


def folder_itself(folder, sources):
    return str(sources[0].parents[2])


@pytest.mark.parametrize("spelled", [vrt_of, vrt_of_a_vrt, vrt_through_a_link, part_of_a_file, folder_itself])
def test_what_is_made_of_the_outputs_own_tiles_is_no_input_of_it(tiledir, jacksboro, spelled):
    _, out = finished(tiledir, jacksboro)
    source = spelled(tiledir.folder, sorted((out / "11").rglob("*.tif")))
    before = snapshot(out)
    for flag in ("--resume", "--overwrite", "--update"):
        line = tiledir.refused(tiledir.recipe(**keys([source])), flag)
        assert "tile of the output" in line and source in line
    assert snapshot(out) == before
    elsewhere = keys([source], output="elsewhere", levels=11)
    tiledir.make(tiledir.recipe("elsewhere.yaml", **elsewhere))


@pytest.mark.parametrize("flag", ["--resume", "--overwrite", "--check", "--retry-failed", "--dry-run"])
def test_a_journal_of_a_newer_version_is_left_alone(tiledir, jacksboro, flag):
    recipe, out = finished(tiledir, jacksboro)
    name = "00000099-1done-0000000000000001-000001"
    (out / ".tiledir" / "journal" / name).write_text("tiledir journal 2\nstored 11 1 1 1\n")
    before = snapshot(out)
    line = tiledir.refused(recipe, flag)
    assert all(word in line for word in [name, "'tiledir journal 2'", "newer", "'tiledir journal 1'"]), line
    assert snapshot(out) == before


def test_a_file_where_the_output_would_be_is_left_alone(tiledir, jacksboro):
    (tiledir.folder / "out").write_text("mine")
    line = tiledir.refused(tiledir.recipe(**keys(jacksboro)), code=4)
    assert f"{tiledir.folder}/out" in line and "Not a directory" in line
    assert (tiledir.folder / "out").read_text() == "mine"


def test_an_endpoint_that_does_not_answer_is_named_in_one_line_and_in_the_report(tiledir, jacksboro):
    options = {"AWS_S3_ENDPOINT": "127.0.0.1:1", "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE", "GDAL_HTTP_MAX_RETRY": "0"}
    tiledir.environment.update({"AWS_ACCESS_KEY_ID": "me", "AWS_SECRET_ACCESS_KEY": "mine"})
    recipe = tiledir.recipe(**keys(jacksboro, output={"path": "s3://bucket/out", "gdal_options": options}))
    assert "/vsis3/bucket/out" in tiledir.refused(recipe, code=4)
    result = tiledir.run(recipe, "--json")
    assert result.returncode == 4
    (line,) = result.stderr.strip().splitlines()
    assert "127.0.0.1 port 1" in line
    report = json.loads(result.stdout)
    assert report["state"] == "stopped" and report["planned"] is None and "127.0.0.1 port 1" in report["cause"]


def test_a_run_that_waits_for_an_endpoint_says_so(tiledir, jacksboro):
    options = {"AWS_S3_ENDPOINT": "127.0.0.1:1", "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE"}
    options |= {"GDAL_HTTP_MAX_RETRY": "4", "GDAL_HTTP_RETRY_DELAY": "0.05"}
    tiledir.environment.update({"AWS_ACCESS_KEY_ID": "me", "AWS_SECRET_ACCESS_KEY": "mine"})
    recipe = tiledir.recipe(**keys(jacksboro, output={"path": "s3://bucket/out", "gdal_options": options}))
    result = tiledir.run(recipe)
    assert result.returncode == 4
    *lines, last = result.stderr.strip().splitlines()
    assert [line for line in lines if re.search(r'event=no_answer requests=\d+ reason="[^"]*127\.0\.0\.1 port 1', line)]
    assert last.startswith("tiledir-process: ") and "127.0.0.1 port 1" in last


def test_a_second_recipe_gives_way_to_a_run_that_goes_on(bad_tiledir, jacksboro):
    """The first run hangs at a tile until it is told to stop."""
    mark = bad_tiledir.folder / "mark"
    first = bad_job(bad_tiledir, jacksboro, how="hang", once=str(mark))
    other = bad_tiledir.recipe(process="hillshade", input={"dem": jacksboro}, **JOB)
    run = started_on(bad_tiledir, first, mark, "--executor", "serial")
    try:
        before = snapshot(bad_tiledir.folder)
        line = bad_tiledir.refused(other, "--overwrite")
        assert f"{bad_tiledir.folder}/out" in line and "another run makes this output" in line
        after = snapshot(bad_tiledir.folder)
    finally:
        run.kill()
        run.communicate()
    # The first one goes on saying what it has made.
    own = [name for name in {*before, *after} if "/.tiledir/journal/" not in name and "/.tiledir/intents/" not in name]
    assert {name: before.get(name) for name in own} == {name: after.get(name) for name in own}


def test_a_damaged_journal_is_named(tiledir, jacksboro):
    recipe, out = finished(tiledir, jacksboro)
    (out / ".tiledir" / "journal" / "00000009-1done-x-000001").write_text("rubbish\n")
    assert "00000009-1done-x-000001" in tiledir.refused(recipe, code=3)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]).returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_a_full_disk_stops_the_run_and_the_same_command_goes_on(tiledir, jacksboro, small_disk, executor):
    recipe = tiledir.recipe(**keys(jacksboro, levels="5-13", executor=executor))
    (small_disk / "ballast").write_bytes(b"x" * 700_000)
    result = tiledir.run(recipe, "--output", small_disk / "out", "--quiet")
    assert result.returncode == 4, result.stderr
    (line,) = result.stderr.strip().splitlines()
    assert "No space left on device" in line
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    tiledir.make(recipe, "--output", small_disk / "out")
    tiledir.make(recipe, "--output", "fresh")
    made = {path.relative_to(small_disk / "out"): path.read_bytes() for path in (small_disk / "out").glob("*/*/*.tif")}
    fresh = tiledir.folder / "fresh"
    assert made == {path.relative_to(fresh): path.read_bytes() for path in fresh.glob("*/*/*.tif")}


def test_an_output_without_permission_is_refused(tiledir, jacksboro, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(locked)]).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        line = tiledir.refused(tiledir.recipe(**keys(jacksboro)), "--output", locked / "out", code=4)
        assert "locked/out" in line and ("Read-only" in line or "ermission" in line)
    finally:
        subprocess.run(["umount", "-l", str(locked)], check=True)


def test_an_unreadable_part_of_an_input_fails_its_tiles_alone(tiledir, jacksboro):
    """The east file loses its last bytes: the tiles that need them fail, all others are made."""
    east = tiledir.folder / "east.tif"
    shutil.copy(jacksboro[1], east)
    whole = east.read_bytes()
    offset = max(struct_offsets(east))
    east.write_bytes(whole[:offset] + b"\xff" * (len(whole) - offset))
    result = tiledir.run(tiledir.recipe(**keys([jacksboro[0], east], grid={"tile_size": 64})), "--json")
    report = json.loads(result.stdout)
    assert result.returncode == 3
    assert report["state"] == "finished with failures"
    assert 0 < len(report["failed"]) < report["levels"]["11"]["stored"]
    assert all("east.tif" in failure["reason"] for failure in report["failed"])


def struct_offsets(path):
    """Where the blocks of a TIFF begin."""
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    width, height = band.GetBlockSize()
    cols, rows = -(-band.XSize // width), -(-band.YSize // height)
    return [
        int(band.GetMetadataItem(f"BLOCK_OFFSET_{col}_{row}", "TIFF")) for row in range(rows) for col in range(cols)
    ]


LATIN = "H\udcf6he"  # Python's name of a file whose bytes are Latin-1


@pytest.mark.parametrize("where", ["recipe", "input", "output", "recipe's name", "comment"])
def test_names_and_texts_that_are_not_utf_8_are_said_to_be_so(tiledir, jacksboro, where):
    """What is written of a run has these names."""
    files = {"recipe": "recipe.yaml", "recipe's name": f"{LATIN}.yaml"}
    recipe = tiledir.folder / files.get(where, "recipe.yaml")
    shutil.copy(jacksboro[0], tiledir.folder / f"{LATIN}.tif")
    dem = {"recipe": f"{LATIN}.tif", "input": "*.tif"}.get(where, str(jacksboro[0]))
    comment = f"# {LATIN}\n" if where == "comment" else ""
    text = f"{comment}process: hillshade\ninput: {{dem: '{dem}'}}\noutput: out\n"
    recipe.write_bytes(text.encode("utf-8", "surrogateescape"))
    output = ["--output", f"{LATIN}_out"] if where == "output" else []
    line = tiledir.refused(recipe, *output)
    assert "not in UTF-8" in line
    assert where not in ("recipe", "comment") or f"line {2 if where == 'recipe' else 1}" in line
    assert not (tiledir.folder / "out").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_recipes_tell_their_encoding_by_a_mark(tiledir, jacksboro, encoding):
    recipe = tiledir.folder / "recipe.yaml"
    text = f"process: hillshade\ninput: {{dem: {jacksboro[0]}}}\nlevels: 8\noutput: out\nstac: {{title: Höhe}}\n"
    recipe.write_bytes(text.encode(encoding))
    tiledir.make(recipe, "--quiet")
    assert json.loads((tiledir.folder / "out" / "stac.json").read_text("utf-8"))["properties"]["title"] == "Höhe"
