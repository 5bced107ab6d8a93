"""Secrets are in none of the files that a run leaves, and in nothing that it says; ${NAME} is."""

import http.server
import os
import threading

import pytest

SECRET = "geheim4711"


def recipe_of(tiledir, path, **keys):
    return tiledir.recipe(**{"process": "hillshade", "input": {"dem": path}, "output": "out", **keys})


def files_with(folder, text):
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.fixture
def hidden(tiledir, jacksboro):
    """The inputs in a folder whose name is the secret; the environment that says so."""
    (tiledir.folder / SECRET).mkdir()
    for path in jacksboro:
        (tiledir.folder / SECRET / path.name).write_bytes(path.read_bytes())
    return {**os.environ, "TOKEN": SECRET, "DATA": str(tiledir.folder)}


def test_a_variable_in_a_path_is_saved_as_it_is_written(tiledir, jacksboro, hidden):
    paths = ["${DATA}/${TOKEN}/jacksboro_west.tif", "${TOKEN}/jacksboro_east.tif"]
    recipe = recipe_of(tiledir, paths)
    made = tiledir.run(recipe, "--json", env=hidden)
    assert made.returncode == 0, made.stderr
    saved = tiledir.folder / "out" / ".tiledir" / "recipe.yaml"
    assert paths[0] in saved.read_text() and paths[1] in saved.read_text()
    assert files_with(tiledir.folder / "out", SECRET) == []
    assert SECRET not in made.stdout + made.stderr
    assert '"planned": 0' in tiledir.run(recipe, "--json", env=hidden).stdout
    again = tiledir.run(saved, "--json", "--output", "again", env=hidden)
    assert again.returncode == 0, again.stderr


def test_a_message_names_the_variable_and_not_what_it_stands_for(tiledir, hidden):
    failed = tiledir.run(recipe_of(tiledir, "${TOKEN}/nothere.tif"), env=hidden)
    assert failed.returncode == 2
    assert "${TOKEN}/nothere.tif" in failed.stderr and SECRET not in failed.stderr


def test_a_variable_that_is_not_set_is_named(tiledir):
    line = tiledir.refused(recipe_of(tiledir, "${TILEDIR_NOT_SET}/dem.tif"))
    assert "input.dem.path" in line and "no variable TILEDIR_NOT_SET" in line
    assert not (tiledir.folder / "out").exists()


def test_failures_are_told_without_secrets(tiledir, jacksboro, hidden):
    east = tiledir.folder / SECRET / "jacksboro_east.tif"
    whole = east.read_bytes()
    east.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2))
    failed = tiledir.run(recipe_of(tiledir, "${TOKEN}/jacksboro_east.tif"), "--json", env=hidden)
    assert failed.returncode == 3, failed.stderr
    assert "${TOKEN}/jacksboro_east.tif" in failed.stdout
    assert SECRET not in failed.stdout + failed.stderr
    assert files_with(tiledir.folder / "out", SECRET) == []


@pytest.fixture
def web(jacksboro):
    """A web server of the inputs' folder: HOST:PORT."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(jacksboro[0].parent))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_password_in_a_url_is_saved_nowhere(tiledir, web):
    recipe = recipe_of(tiledir, f"/vsicurl/http://ann:{SECRET}@{web}/jacksboro_west.tif")
    made = tiledir.run(recipe, "--json")
    assert made.returncode == 0, made.stderr
    assert "ann:***@" in (tiledir.folder / "out" / ".tiledir" / "recipe.yaml").read_text()
    assert files_with(tiledir.folder / "out", SECRET) == []
    assert SECRET not in made.stdout + made.stderr
    assert '"planned": 0' in tiledir.run(recipe, "--json").stdout
