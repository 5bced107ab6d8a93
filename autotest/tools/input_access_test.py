"""Inputs on an object store whose credentials expire while they are read, and those that are refused."""

import json

import pytest
from osgeo import gdal
from reference import mosaic
from s3_server import S3Server
from waiting import ended

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

    def held(self):
        """Keeps whoever reads more than a file's header."""
        return self.proxy.fault("hold", path="[.]tif$", range="bytes=[1-9]")

    def wait_until_refused_for(self, seconds, run):
        def is_refused(requests):
            times = [request.at for request in requests if request.status == 403]
            return times and max(times) - min(times) > seconds

        self.proxy.wait_until(is_refused, run)


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


def recipe_of(tiledir, source, name="recipe.yaml", output="out", gates=None, **keys):
    parameters = {"gates": gates and str(gates)}
    job = {"grid": {"tile_size": 64}, "levels": "11-14", "threads": 2, "output": output, **keys}
    return tiledir.recipe(name, process="bad_hillshade", parameters=parameters, input={"dem": source}, **job)


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


@pytest.fixture
def expected(bad_tiledir, inputs):
    """The tiles of the same objects, read as files."""
    files = sorted((inputs.server.folder / "elevation" / "in").iterdir())
    bad_tiledir.make(recipe_of(bad_tiledir, files, "plain.yaml", output="plain"))
    return tiles(bad_tiledir.folder / "plain")


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_a_run_waits_for_credentials_of_its_inputs_that_have_expired(bad_tiledir, inputs, expected, executor):
    """For longer than a tile may take."""
    seconds = 4
    recipe = recipe_of(bad_tiledir, inputs.keys())
    with inputs.held():
        run = bad_tiledir.start(recipe, "--json", "--executor", executor, "--tile-timeout", seconds)
        inputs.proxy.wait_until(lambda _: inputs.proxy.held(), run)
        inputs.keep_out()
    inputs.wait_until_refused_for(seconds, run)
    inputs.let_in()
    out, err = ended(run)
    assert run.returncode == 0, err
    report = json.loads(out)
    assert report["failed"] == [] and report["dead_workers"] == 0
    assert tiles(bad_tiledir.folder / "out") == expected


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_inputs_that_stay_refused_stop_the_run_and_the_same_command_goes_on(
    bad_tiledir, inputs, expected, executor, gate
):
    """Those of the first tiles have been read."""
    bad_tiledir.environment["TILEDIR_HTTP_PATIENCE"] = "1"
    recipe = recipe_of(bad_tiledir, inputs.keys(), gates=gate.folder)
    run = bad_tiledir.start(recipe, "--json", "--quiet", "--executor", executor)
    gate.wait_for(run, 2)
    inputs.keep_out()
    gate.open()
    out, err = ended(run)
    assert run.returncode == 4, err
    (line,) = err.strip().splitlines()
    assert "/vsis3/elevation/in/" in line and "InvalidAccessKeyId" in line
    report = json.loads(out)
    assert report["state"] == "stopped" and "InvalidAccessKeyId" in report["cause"]
    assert report["failed"] == [] and 0 < report["pending"] < report["planned"]
    inputs.let_in()
    assert bad_tiledir.make(recipe)["planned"] == report["pending"]
    assert tiles(bad_tiledir.folder / "out") == expected


def test_inputs_that_are_denied_stop_the_run_at_once(bad_tiledir, inputs, gate):
    bad_tiledir.environment["TILEDIR_HTTP_PATIENCE"] = "1e6"  # with credentials
    run = bad_tiledir.start(recipe_of(bad_tiledir, inputs.keys(), gates=gate.folder), "--json")
    gate.wait_for(run)
    with inputs.proxy.fault(403, path="[.]tif"):
        gate.open()
        out, err = ended(run)
    assert run.returncode == 4, err
    assert json.loads(out)["failed"] == []


def test_a_run_that_begins_without_its_inputs_tells_so_in_the_report(bad_tiledir, inputs):
    bad_tiledir.environment["TILEDIR_HTTP_PATIENCE"] = "0"
    inputs.keep_out()
    result = bad_tiledir.run(recipe_of(bad_tiledir, inputs.keys()), "--json")
    assert result.returncode == 4, result.stderr
    report = json.loads(result.stdout)
    assert report["state"] == "stopped" and "InvalidAccessKeyId" in report["cause"] and report["planned"] is None
    assert not (bad_tiledir.folder / "out").exists()
