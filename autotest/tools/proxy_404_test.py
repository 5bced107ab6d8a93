"""Runs and refreshes on an object store before which a proxy answers 404 now and then: nothing is taken for absent."""

import contextlib

import pytest
from object_store_test import dem, on_s3, plain_run, tiles  # noqa: F401
from refresh_s3_test import folder, run  # noqa: F401

HTML = "<html><body>404 Not Found</body></html>"
SAYS = "HTTP 404 that is not the store's, but of a proxy before it"


def changes(s3):
    """Requests that were to change something."""
    return [request for request in s3.proxy.requests() if request.method in ("PUT", "DELETE")]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch):
    monkeypatch.setenv("GDAL_HTTP_RETRY_DELAY", "0.01")
    monkeypatch.setenv("GDAL_HTTP_MAX_RETRY", "4")


@pytest.mark.parametrize("name,body", [("version", ""), ("recipe.yaml", HTML), ("inputs.json", ""), ("journal/.*", HTML)])
def test_a_state_that_cannot_be_read_ends_the_run_before_it_changes_anything(tiledir, s3, on_s3, name, body):
    tiledir.make(on_s3, "--levels", "8-12")
    made = tiles(s3.folder / "out")
    s3.proxy.forget()
    with s3.proxy.fault(404, path=f"/out/.tiledir/{name}$", body=body):
        for options in ([], ["--overwrite"]):
            line = tiledir.refused(on_s3, "--levels", "8-12", "--quiet", *options, code=3)
            assert SAYS in line and f"{s3.path}/out/.tiledir/{name.split('/')[0]}" in line
    assert changes(s3) == []
    assert tiledir.make(on_s3, "--levels", "8-12")["planned"] == 0
    assert tiles(s3.folder / "out") == made


def test_a_tile_that_cannot_be_read_fails_what_needs_it_and_is_made_by_the_next_run(tiledir, s3, on_s3, jacksboro):
    tiledir.make(on_s3, "--levels", "8-13")
    part = ["--levels", "8-13", "--overwrite", "--bounds", "-84.30,36.2,-84.25,36.25"]
    with s3.proxy.fault(404, path=r"/out/13/.*tif$", method="GET", body=HTML):
        failed = tiledir.run(on_s3, *part)
    assert failed.returncode == 3 and SAYS in failed.stderr and f"{s3.path}/out/13/" in failed.stderr, failed.stderr
    tiledir.make(on_s3, "--levels", "8-13")
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro, levels="8-13")


def test_the_first_answer_to_each_path_changes_no_byte(tiledir, s3, on_s3, jacksboro):
    with contextlib.ExitStack() as faults:
        for path, body in (("/out/.*tif$", HTML), ("/out/.*[^f]$", "")):
            faults.enter_context(s3.proxy.fault(404, path=path, times=1, each_path=True, body=body))
        tiledir.make(on_s3, "--levels", "4-13")
    with s3.proxy.fault(404, path="/out/", times=1, each_path=True, body=HTML):
        tiledir.make(on_s3, "--levels", "4-13", "--overwrite", "--bounds", "-84.30,36.2,-84.25,36.25")
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro, levels="4-13")


def test_a_refresh_takes_nothing_for_absent(run, s3, folder):
    url = f"s3://{s3.name}/out"
    before = tiles(s3.folder / "out")
    for path in ("/out/3/", "/out/stac.json$", "/out/[012]/"):
        with s3.proxy.fault(404, path=path, body=HTML):
            run("refresh", url, "--all", code=3)
            run("verify", url, code=3)
    assert tiles(s3.folder / "out") == before
    run("refresh", url, "--all")
    assert run("verify", url, "--quiet") == ""
    assert tiles(s3.folder / "out") == before
