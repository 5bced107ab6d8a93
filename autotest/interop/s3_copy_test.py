"""CreateCopy into a bucket: the same objects as the files on a disk, one request for each, nothing left of a failed one."""

import numpy
import pytest
from osgeo import gdal

from copy_test import copy, noise, source
from killed_creation_test import kill, stopped_copy
from tile_folder import errors_while


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    gdal.DontUseExceptions()


def objects(folder):
    """But for the lock file of a disk."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_a_copy_in_a_bucket_is_the_copy_on_disk(s3, tmp_path):
    path = source(tmp_path / "a.tif", noise(2, 300, 400, "int16"), -99)
    copy(path, tmp_path / "out", "TILE_SIZE=64", "DATETIME=2024-05-31T12:00:00Z", "NUM_THREADS=4")
    made = copy(path, f"{s3.path}/out", "TILE_SIZE=64", "DATETIME=2024-05-31T12:00:00Z", "NUM_THREADS=4")
    assert numpy.array_equal(made.ReadAsArray(), gdal.Open(path).ReadAsArray())
    del made
    assert objects(s3.folder / "out") == objects(tmp_path / "out")
    puts = [request.path for request in s3.proxy.requests() if request.method == "PUT" and "/intents/" not in request.path]
    assert len(puts) == len(set(puts)) == len(objects(s3.folder / "out"))
    assert puts[-1].endswith("stac.json")


def test_a_url_names_the_bucket_too(s3, tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    made = copy(path, f"s3://{s3.name}/deep/down/out", "TILE_SIZE=64")
    assert numpy.array_equal(made.ReadAsArray(), gdal.Open(path).ReadAsArray())
    assert (s3.folder / "deep" / "down" / "out" / "stac.json").exists()


def test_a_prefix_that_holds_something_is_left_as_it_is(s3, tmp_path):
    (s3.folder / "out").mkdir()
    (s3.folder / "out" / "notes.txt").write_text("keep")
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    made, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").CreateCopy(f"{s3.path}/out", gdal.Open(path)))
    assert made is None and "notes.txt" in messages[-1][1]
    assert [each.name for each in (s3.folder / "out").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("fault", [404, 403, 500])
def test_a_prefix_that_cannot_be_listed_is_not_taken_for_an_empty_one(s3, tmp_path, fault):
    path = source(tmp_path / "a.tif", noise(1, 64, 64))
    copy(path, f"{s3.path}/out", "TILE_SIZE=64")
    before = objects(s3.folder)
    gdal.VSICurlClearCache()
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.01")
    try:
        for pattern in (f"^/{s3.name}/", f"^/{s3.name}/$"):
            with s3.proxy.fault(fault, path=pattern, method="GET", body=""):
                made, messages = errors_while(
                    lambda: gdal.GetDriverByName("TileDir").CreateCopy(f"{s3.path}/out", gdal.Open(path))
                )
                assert made is None and f"{s3.path}/out: cannot list: " in messages[-1][1]
    finally:
        gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", None)
    assert objects(s3.folder) == before


def test_a_server_that_refuses_is_told_with_the_tile_and_leaves_no_item(s3, tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    with s3.proxy.fault(403, path="/2/1/"):
        made, messages = errors_while(
            lambda: gdal.GetDriverByName("TileDir").CreateCopy(f"{s3.path}/out", gdal.Open(path), False, ["TILE_SIZE=64"])
        )
    (line,) = [text for kind, text in messages if kind == gdal.CE_Failure]
    assert made is None and "403" in line and "/out/2/1/" in line
    assert not (s3.folder / "out" / "stac.json").exists()
    assert not list(s3.folder.rglob("*.tif"))


def test_a_server_that_slows_down_now_and_then_is_asked_again(s3, tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 300, 300))
    with s3.proxy.fault(503, path="/3/", times=1, each_path=True):
        made, _ = errors_while(lambda: copy(path, f"{s3.path}/out", "TILE_SIZE=64"))
    assert numpy.array_equal(made.ReadAsArray(), gdal.Open(path).ReadAsArray())


@pytest.mark.parametrize("done", [0.0, 0.5, 0.9])
def test_the_same_command_makes_it_after_a_kill(s3, tmp_path, done):
    path = source(tmp_path / "a.tif", noise(1, 100, 100))
    process = stopped_copy(path, f"{s3.path}/out", done, env=s3.environment)
    before = objects(s3.folder / "out")
    target = (f"{s3.path}/out", gdal.Open(path), False, ["TILE_SIZE=16"])
    made, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").CreateCopy(*target))
    assert made is None and f"process {process.pid} since" in messages[-1][1]
    assert objects(s3.folder / "out") == before
    kill(process)
    made, messages = errors_while(lambda: gdal.GetDriverByName("TileDir").CreateCopy(*target))
    assert messages == [] and numpy.array_equal(made.ReadAsArray(), gdal.Open(path).ReadAsArray())
    copy(path, tmp_path / "fresh", "TILE_SIZE=16")
    assert set(objects(s3.folder / "out")) == set(objects(tmp_path / "fresh"))


def test_delete_takes_what_a_killed_copy_left(s3, tmp_path):
    path = source(tmp_path / "a.tif", noise(1, 100, 100))
    kill(stopped_copy(path, f"{s3.path}/out", 0.5, env=s3.environment))
    assert objects(s3.folder / "out")
    assert gdal.GetDriverByName("TileDir").Delete(f"{s3.path}/out") == 0
    assert not (s3.folder / "out").exists() or objects(s3.folder / "out") == {}
