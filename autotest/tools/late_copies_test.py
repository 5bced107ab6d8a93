"""Runs on S3 some of whose requests their client gave up, made again, and that come after another run is done."""

import json

import pytest
from object_store_test import dem, on_s3, tiles  # noqa: F401

LEVELS = ["--levels", "8-12"]


def state(s3):
    folder = s3.folder / "out"
    names = ["stac.json", ".tiledir/recipe.yaml", ".tiledir/inputs.json", ".tiledir/version"]
    return {name: (folder / name).read_bytes() for name in names}


def made_twice(tiledir, s3, recipe, path):
    """The recipe of the second run. Of the first one each object that fits is kept back once."""
    tiledir.environment["GDAL_HTTP_RETRY_DELAY"] = "0.01"
    with s3.proxy.fault("keep", method="PUT", path=path, times=1, each_path=True):
        tiledir.make(recipe, *LEVELS)
    first = tiles(s3.folder / "out")
    other = tiledir.recipe("other.yaml", **json.loads(recipe.read_text()), parameters={"altitude": 30})
    tiledir.make(other, "--overwrite", *LEVELS)
    assert tiles(s3.folder / "out") != first
    return other


def test_a_late_tile_or_state_of_a_run_replaces_nothing_of_the_next_one(tiledir, s3, on_s3):
    other = made_twice(tiledir, s3, on_s3, path=r"/out/(\d+/.*|stac.json|.tiledir/[^/]+)$")
    made, known = tiles(s3.folder / "out"), state(s3)
    statuses = s3.proxy.send_kept()
    assert len(statuses) == len(made) + len(known)
    assert set(statuses) == {412}
    assert tiles(s3.folder / "out") == made and state(s3) == known
    assert tiledir.make(other, *LEVELS)["planned"] == 0


@pytest.mark.parametrize("folder", ["journal", "intents"])
def test_late_files_of_a_runs_journal_undo_no_later_run(tiledir, s3, on_s3, folder):
    other = made_twice(tiledir, s3, on_s3, path=f"/out/.tiledir/{folder}/")
    made = tiles(s3.folder / "out")
    assert s3.proxy.send_kept()
    assert tiledir.make(other, *LEVELS)["planned"] == 0
    assert tiles(s3.folder / "out") == made
    tiledir.make(on_s3, "--overwrite", *LEVELS)
    assert tiles(s3.folder / "out") != made
