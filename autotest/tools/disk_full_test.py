"""A disk that is full in the middle of a run, and has room again."""

import json
import subprocess

import pytest


@pytest.fixture
def disk(tmp_path):
    """A disk of 2 MB, which can be made larger."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("only root mounts")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_the_same_command_goes_on_once_there_is_room(tiledir, disk, jacksboro, executor):
    keys = {"process": "hillshade", "input": {"dem": jacksboro}, "levels": "5-13", "executor": executor}
    tiledir.make(tiledir.recipe("whole.yaml", output="whole", **keys))
    recipe = tiledir.recipe(output=str(disk / "out"), **keys)
    result = tiledir.run(recipe, "--json")
    assert result.returncode == 4, result.stderr
    (line,) = [line for line in result.stderr.splitlines() if "No space left on device" in line]
    assert str(disk / "out") in line
    stopped = json.loads(result.stdout)
    assert stopped["state"] == "stopped" and "No space left on device" in stopped["cause"]
    assert stopped["failed"] == [] and 0 < stopped["pending"] < stopped["planned"]
    assert not list((disk / "out" / ".tiledir" / "tmp").glob("*"))
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    report = tiledir.make(recipe)
    whole = tiles(tiledir.folder / "whole")
    assert 0 < report["planned"] <= len(whole)
    assert report["pending"] == 0 and "cause" not in report
    assert tiles(disk / "out") == whole
