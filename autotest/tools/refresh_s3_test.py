"""`tiledir refresh` and `tiledir verify` on an object store."""

import subprocess

import numpy
import pytest
from osgeo import gdal
from refresh_command_test import Folder


def put(path, content):
    file = gdal.VSIFOpenL(path, "wb")
    assert gdal.VSIFWriteL(content, 1, len(content), file) == len(content)
    assert gdal.VSIFCloseL(file) == 0


@pytest.fixture
def run(build, s3):
    def run(*arguments, code=0):
        words = [str(build / "bin" / "tiledir"), *arguments]
        result = subprocess.run(words, capture_output=True, text=True, env=s3.environment)
        assert result.returncode == code, (result.stdout, result.stderr)
        return result.stdout

    return run


@pytest.fixture
def folder(s3, tmp_path):
    """Local, and the same in the bucket."""
    folder = Folder(tmp_path / "out")
    for path in folder.path.rglob("*"):
        if path.is_file() and ".tiledir" not in path.parts:
            put(f"{s3.path}/out/{path.relative_to(folder.path)}", path.read_bytes())
    return folder


def test_a_tile_of_others_is_found_by_a_list_and_its_overviews_are_made(run, s3, folder):
    url = f"s3://{s3.name}/out"
    assert "level 0: 1 tiles, 0 faults" in run("verify", url)
    folder.write_with_gdal(3, 4, 77)
    put(f"{s3.path}/out/{folder.tile(3, 4).relative_to(folder.path)}", folder.tile(3, 4).read_bytes())
    (fault,) = run("verify", url, "--quiet", code=3).splitlines()
    assert fault.startswith(f"{s3.path}/out/2/1/2.tif: is stale: ")
    assert "base tiles: 64 " in run("refresh", url, "--since", "1d", "--dry-run")
    assert "written: 3, removed: 0, unchanged: 18" in run("refresh", url, "--since", "1d")
    assert run("verify", url, "--quiet") == ""
    ours = gdal.OpenEx(f"{s3.path}/out", allowed_drivers=["TileDir"])
    expected = folder.one_file()
    expected.BuildOverviews("AVERAGE", [2, 4, 8])
    for index in range(3):
        overview = expected.GetRasterBand(1).GetOverview(index).ReadAsArray()
        assert numpy.array_equal(ours.GetRasterBand(1).GetOverview(index).ReadAsArray(), overview)


def test_a_store_that_refuses_is_said_to_and_nothing_is_taken_for_absent(run, s3, folder):
    with s3.proxy.fault(403, path="/out/3/", times=1000):
        run("verify", f"s3://{s3.name}/out", code=4)
        run("refresh", f"s3://{s3.name}/out", "--all", code=4)
    assert run("verify", f"s3://{s3.name}/out", "--quiet") == ""
