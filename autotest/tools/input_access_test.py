"""Inputs on an object store whose credentials expire while they are read, and those that are refused."""

import json
import time

import pytest
from osgeo import gdal
from reference import mosaic
from s3_server import S3Server

SIDE = 6  # objects a side: each is opened when the first tile needs it
SECRET = "geheim4711"


class Inputs:
    """Objects of a server's bucket, read as a user who comes and goes."""

    def __init__(self, server, proxy, folder):
        self.server, self.proxy, self.credentials = server, proxy, folder / "credentials"
        self.number = 0
        self.let_in()

    def let_in(self):
        self.number += 1
        secret = f"{SECRET}{self.number}"
        self.server.administer("create-user", "--access", "runner", "--secret", secret, "--role", "admin")
        new = self.credentials.with_suffix(".new")
        new.write_text(f"[default]\naws_access_key_id = runner\naws_secret_access_key = {secret}\n")
        new.replace(self.credentials)

    def keep_out(self):
        self.server.administer("delete-user", "--access", "runner")

    def keys(self):
        options = {key: value for key, value in self.server.gdal_config(self.proxy.endpoint).items() if "KEY" not in key}
        return {"path": "s3://elevation/in/*.tif", "gdal_options": {**options, "CPL_AWS_CREDENTIALS_FILE": str(self.credentials)}}

    def were_refused(self):
        return any(request.status == 403 for request in self.proxy.requests())


@pytest.fixture
def inputs(tmp_path, jacksboro):
    for name in ("buckets", "users"):
        (tmp_path / name).mkdir()
    with S3Server(tmp_path / "buckets", users=tmp_path / "users") as server, server.latency(milliseconds=0) as proxy:
        folder = server.bucket("elevation") / "in"
        folder.mkdir()
        # Larger than what GDAL reads, and keeps, when it looks at a file.
        whole = gdal.Translate("", mosaic(jacksboro, tmp_path), format="MEM", widthPct=300, heightPct=300)
        width, height = whole.RasterXSize // SIDE, whole.RasterYSize // SIDE
        for row in range(SIDE):
            for col in range(SIDE):
                piece = [col * width, row * height, width, height]
                gdal.Translate(str(folder / f"{row}{col}.tif"), whole, srcWin=piece)
        yield Inputs(server, proxy, tmp_path)


def recipe_of(tiledir, source, name="recipe.yaml", milliseconds=0, output="out", **keys):
    """`milliseconds` longer for each portion."""
    parameters = {"milliseconds": milliseconds}
    job = {"grid": {"tile_size": 64}, "levels": "11-14", "threads": 2, "output": output, **keys}
    return tiledir.recipe(name, process="bad_hillshade", parameters=parameters, input={"dem": source}, **job)


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


def begun(tiledir, recipe, *arguments):
    """A run that has made its first tiles, and has most of them before it."""
    run = tiledir.start(recipe, "--json", *arguments)
    while run.poll() is None and not tiles(tiledir.folder / "out"):
        time.sleep(0.02)
    return run


@pytest.fixture
def expected(bad_tiledir, inputs):
    """The tiles of the same objects, read as files."""
    files = sorted((inputs.server.folder / "elevation" / "in").iterdir())
    bad_tiledir.make(recipe_of(bad_tiledir, files, "plain.yaml", output="plain"))
    return tiles(bad_tiledir.folder / "plain")


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_a_run_waits_for_credentials_of_its_inputs_that_have_expired(bad_tiledir, inputs, expected, executor):
    recipe = recipe_of(bad_tiledir, inputs.keys(), milliseconds=150)
    run = begun(bad_tiledir, recipe, "--executor", executor, "--tile-timeout", 4)
    inputs.keep_out()
    while run.poll() is None and not inputs.were_refused():
        time.sleep(0.02)
    assert inputs.were_refused()
    time.sleep(6)
    inputs.let_in()
    out, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    report = json.loads(out)
    assert report["failed"] == [] and report["dead_workers"] == 0
    assert tiles(bad_tiledir.folder / "out") == expected


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_inputs_that_stay_refused_stop_the_run_and_the_same_command_goes_on(bad_tiledir, inputs, expected, executor):
    bad_tiledir.environment["TILEDIR_HTTP_PATIENCE"] = "1"
    recipe = recipe_of(bad_tiledir, inputs.keys(), milliseconds=400)
    run = begun(bad_tiledir, recipe, "--quiet", "--executor", executor)
    inputs.keep_out()
    out, err = run.communicate(timeout=120)
    assert run.returncode == 4, err
    (line,) = err.strip().splitlines()
    assert "/vsis3/elevation/in/" in line and "InvalidAccessKeyId" in line
    report = json.loads(out)
    assert report["state"] == "stopped" and "InvalidAccessKeyId" in report["cause"]
    assert report["failed"] == [] and 0 < report["pending"] < report["planned"]
    inputs.let_in()
    assert bad_tiledir.make(recipe)["planned"] == report["pending"]
    assert tiles(bad_tiledir.folder / "out") == expected


def test_inputs_that_are_denied_stop_the_run_at_once(bad_tiledir, inputs):
    run = begun(bad_tiledir, recipe_of(bad_tiledir, inputs.keys(), milliseconds=400))
    since = time.monotonic()
    with inputs.proxy.fault(403, path="[.]tif"):
        out, err = run.communicate(timeout=120)
    assert run.returncode == 4, err
    assert time.monotonic() - since < 30  # the patience with credentials is two minutes
    assert json.loads(out)["failed"] == []


def test_a_run_that_begins_without_its_inputs_tells_so_in_the_report(bad_tiledir, inputs):
    bad_tiledir.environment["TILEDIR_HTTP_PATIENCE"] = "0"
    inputs.keep_out()
    result = bad_tiledir.run(recipe_of(bad_tiledir, inputs.keys()), "--json")
    assert result.returncode == 4, result.stderr
    report = json.loads(result.stdout)
    assert report["state"] == "stopped" and "InvalidAccessKeyId" in report["cause"] and report["planned"] is None
    assert not (bad_tiledir.folder / "out").exists()
