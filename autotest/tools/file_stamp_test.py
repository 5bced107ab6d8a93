"""Local inputs are told by size, time and inode."""

import json
import os
import shutil

import pytest


@pytest.fixture
def inputs(tiledir, jacksboro):
    (tiledir.folder / "in").mkdir()
    return [shutil.copy2(path, tiledir.folder / "in") for path in jacksboro]


@pytest.fixture
def finished(tiledir, inputs):
    recipe = tiledir.recipe(process="hillshade", input={"dem": inputs}, output="out", levels="9-11")
    tiledir.make(recipe)
    return recipe


def test_a_file_exchanged_for_one_of_its_size_and_time_is_noticed(tiledir, inputs, finished):
    time = os.stat(inputs[0]).st_mtime_ns
    other = tiledir.folder / "other.tif"
    content = bytearray(open(inputs[0], "rb").read())
    content[len(content) // 2] ^= 1
    other.write_bytes(content)
    os.utime(other, ns=(time, time))
    other.replace(inputs[0])
    assert "jacksboro_west.tif has changed since" in tiledir.refused(finished)


def test_what_an_earlier_release_has_saved_of_inputs_counts(tiledir, finished):
    """It knew neither ETags nor inodes."""
    saved = tiledir.folder / "out" / ".tiledir" / "inputs.json"
    document = json.loads(saved.read_text())
    assert all("inode" in file for file in document["files"]["dem"])
    for file in document["files"]["dem"]:
        file.pop("inode")
    saved.write_text(json.dumps(document))
    assert tiledir.make(finished)["planned"] == 0


def test_inodes_of_another_file_system_tell_nothing(tiledir, finished):
    """As after all was copied to another machine, with times."""
    saved = tiledir.folder / "out" / ".tiledir" / "inputs.json"
    document = json.loads(saved.read_text())
    for file in document["files"]["dem"]:
        system, number = file["inode"].split(":")
        file["inode"] = f"{int(system, 16) ^ 1:016x}:{int(number) + 1}"
    saved.write_text(json.dumps(document))
    assert tiledir.make(finished)["planned"] == 0
