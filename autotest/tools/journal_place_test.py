"""A journal elsewhere, and one on an object store."""

import json
import os
import shutil
import subprocess

import pytest
from conftest import snapshot
from reference import Output
from s3_server import S3Server
from secrets_test import files_with


def recipe_of(tiledir, inputs, **keys):
    grid = {"tile_size": 64}
    return tiledir.recipe(**{"process": "hillshade", "input": {"dem": inputs}, "grid": grid, "output": "out", **keys})


def test_a_journal_elsewhere_resumes_and_is_found_from_the_output(tiledir, jacksboro):
    recipe = recipe_of(tiledir, jacksboro, journal="journal")
    tiledir.make(recipe)
    assert [path.name for path in (tiledir.folder / "out" / ".tiledir" / "journal").iterdir()] == ["elsewhere"]
    assert tiledir.make(recipe)["planned"] == 0
    known = subprocess.run(
        [str(tiledir.commands), "status", "out", "--json"], cwd=tiledir.folder, capture_output=True, check=True
    )
    assert json.loads(known.stdout)["state"] == "finished"


def test_a_journal_of_another_output_is_refused_and_left_alone(tiledir, jacksboro):
    tiledir.make(recipe_of(tiledir, jacksboro, journal="journal"))
    before = snapshot(tiledir.folder)
    line = tiledir.refused(recipe_of(tiledir, jacksboro, journal="journal"), "--output", "other")
    assert "another output" in line and "/out" in line
    assert not (tiledir.folder / "other").exists()
    after = snapshot(tiledir.folder)
    after.pop(str(tiledir.folder / "recipe.yaml"))
    before.pop(str(tiledir.folder / "recipe.yaml"))
    assert after == before


def test_a_journal_that_is_elsewhere_is_not_looked_for_in_the_output_and_the_other_way_round(tiledir, jacksboro):
    tiledir.make(recipe_of(tiledir, jacksboro, journal="journal"))
    assert "elsewhere" in tiledir.refused(recipe_of(tiledir, jacksboro))
    assert "is not the journal of" in tiledir.refused(recipe_of(tiledir, jacksboro, journal="nowhere"))
    tiledir.make(recipe_of(tiledir, jacksboro), "--output", "plain")
    assert "leave the key out" in tiledir.refused(recipe_of(tiledir, jacksboro, journal="second"), "--output", "plain")


def test_output_and_journal_may_be_moved_each_by_itself(tiledir, jacksboro):
    tiledir.make(recipe_of(tiledir, jacksboro, journal="journal"))
    shutil.move(tiledir.folder / "journal", tiledir.folder / "moved")
    shutil.move(tiledir.folder / "out", tiledir.folder / "there")
    assert "is not the journal of" in tiledir.refused(recipe_of(tiledir, jacksboro, journal="journal"), "--output", "there")
    assert tiledir.make(recipe_of(tiledir, jacksboro, journal="moved"), "--output", "there")["planned"] == 0


def test_a_finished_output_on_an_object_store_takes_few_requests_to_find_so(tiledir, jacksboro, s3):
    recipe = recipe_of(tiledir, jacksboro, grid={"tile_size": 16}, output=f"{s3.path}/out")
    first = tiledir.run(recipe, "--json", env=s3.environment)
    assert first.returncode == 0, first.stderr
    s3.proxy.forget()
    second = tiledir.run(recipe, "--json", env=s3.environment)
    assert json.loads(second.stdout)["planned"] == 0
    requests = s3.proxy.requests()
    assert len(requests) < 40, [(request.method, request.path, request.query) for request in requests]
    assert not [request for request in requests if request.path.endswith(".tif") or request.method in ("PUT", "DELETE")]


def test_tiles_removed_from_an_object_store_are_found_by_lists(tiledir, jacksboro, s3):
    recipe = recipe_of(tiledir, jacksboro, levels="9-13", output=f"{s3.path}/out")
    made = tiledir.run(recipe, "--json", env=s3.environment)
    assert made.returncode == 0, made.stderr
    whole = Output(s3.folder / "out").files()
    gone = sorted(name for name in whole if name.startswith("13/"))[3]
    os.unlink(s3.folder / "out" / gone)
    s3.proxy.forget()
    checked = tiledir.run(recipe, "--check", "--json", env=s3.environment)
    assert checked.returncode == 0, checked.stderr
    assert Output(s3.folder / "out").files() == whole
    rows = {name.rsplit("/", 1)[0] for name in whole}
    assert sum("list-type" in request.query or "prefix" in request.query for request in s3.proxy.requests()) < 2 * len(rows)


def test_output_here_journal_on_an_object_store(tiledir, jacksboro, s3):
    recipe = recipe_of(tiledir, jacksboro, journal=f"s3://{s3.name}/journal")
    made = tiledir.run(recipe, env=s3.environment)
    assert made.returncode == 0, made.stderr
    assert any("-1done-" in path.name for path in (s3.folder / "journal").iterdir())
    again = tiledir.run(recipe, "--json", env=s3.environment)
    assert json.loads(again.stdout)["planned"] == 0


@pytest.fixture
def elsewhere(tmp_path):
    """Another server than that of the output, with other keys."""
    (tmp_path / "elsewhere").mkdir()
    with S3Server(tmp_path / "elsewhere", key="writer", secret="geheim4711") as server:
        server.bucket("journals")
        yield server


def test_output_and_journal_on_two_endpoints(tiledir, jacksboro, s3, elsewhere):
    options = {
        **elsewhere.gdal_config(),
        "AWS_ACCESS_KEY_ID": "${JOURNAL_USER}",
        "AWS_SECRET_ACCESS_KEY": "${JOURNAL_KEY}",
    }
    journal = {"path": "s3://journals/out", "gdal_options": options}
    recipe = recipe_of(tiledir, jacksboro, journal=journal, output=f"s3://{s3.name}/out")
    environment = {**s3.environment, "JOURNAL_USER": "writer", "JOURNAL_KEY": "geheim4711"}
    made = tiledir.run(recipe, "--json", env=environment)
    assert made.returncode == 0, made.stderr
    assert any("-1done-" in path.name for path in (elsewhere.folder / "journals" / "out").iterdir())
    again = tiledir.run(recipe, "--json", env=environment)
    assert json.loads(again.stdout)["planned"] == 0
    status = [str(tiledir.commands), "status", f"s3://{s3.name}/out", "--json"]
    known = subprocess.run(status, cwd=tiledir.folder, env=environment, capture_output=True, text=True)
    assert known.returncode == 0, known.stderr
    assert json.loads(known.stdout)["state"] == "finished"
    assert files_with(s3.folder, "geheim4711") == files_with(elsewhere.folder, "geheim4711") == []
    assert "geheim4711" not in made.stdout + made.stderr + known.stdout + known.stderr


def test_options_of_a_journal_without_a_place_are_refused(tiledir, jacksboro):
    line = tiledir.refused(recipe_of(tiledir, jacksboro, journal={"gdal_options": {"AWS_PROFILE": "x"}}))
    assert "journal.path: is missing" in line
    assert not (tiledir.folder / "out").exists()
