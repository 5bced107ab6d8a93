"""Inputs on an object store: many are listed, not asked for one by one; what has changed is seen."""

import os

import pytest
from osgeo import gdal
from reference import mosaic

SIDE = 5


@pytest.fixture
def pieces(s3, tiledir, jacksboro):
    """Objects that are the model together."""
    whole = gdal.Open(mosaic(jacksboro, tiledir.folder))
    (s3.folder / "in").mkdir()
    width, height = whole.RasterXSize // SIDE, whole.RasterYSize // SIDE
    for row in range(SIDE):
        for col in range(SIDE):
            path = s3.folder / "in" / f"{row}{col}.tif"
            gdal.Translate(str(path), whole, srcWin=[col * width, row * height, width, height])
    return sorted((s3.folder / "in").iterdir())


@pytest.mark.parametrize("by", ["pattern", "name"])
def test_a_run_that_knows_its_inputs_lists_them_once(tiledir, s3, pieces, by):
    tiledir.environment.update(s3.config)
    names = [f"s3://{s3.name}/in/{path.name}" for path in pieces]
    inputs = {"pattern": f"s3://{s3.name}/in/*.tif", "name": names}[by]
    path = tiledir.recipe(process="hillshade", input={"dem": inputs}, output="out", levels="9-11")
    tiledir.make(path)
    plain = tiledir.recipe("plain.yaml", process="hillshade", input={"dem": pieces}, output="plain", levels="9-11")
    tiledir.make(plain)
    for each in (tiledir.folder / "plain").glob("*/*/*.tif"):
        assert (tiledir.folder / "out" / each.relative_to(tiledir.folder / "plain")).read_bytes() == each.read_bytes()
    s3.proxy.forget()
    assert tiledir.make(path)["planned"] == 0
    assert 1 <= len(s3.proxy.requests()) <= 4 < len(pieces)
    changed = s3.folder / "in" / "22.tif"
    later = changed.stat().st_mtime + 10  # times on S3 have whole seconds
    changed.write_bytes((s3.folder / "in" / "21.tif").read_bytes())
    os.utime(changed, (later, later))
    assert "22.tif has changed since" in tiledir.refused(path)


def names_of(s3, pieces):
    return [f"s3://{s3.name}/in/{path.name}" for path in pieces]


def rewrite(path, second):
    """Another value of a pixel; the size and the second stay."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(second, second))


@pytest.mark.parametrize("count", [3, SIDE * SIDE])  # asked for by themselves, and listed
def test_an_object_that_is_rewritten_within_a_second_at_its_size_is_noticed(tiledir, s3, pieces, count):
    tiledir.environment.update(s3.config)
    path = tiledir.recipe(process="hillshade", input={"dem": names_of(s3, pieces[:count])}, output="out", levels="9-11")
    s3.tag()
    tiledir.make(path)
    rewrite(pieces[1], pieces[1].stat().st_mtime_ns)
    s3.tag()
    assert "01.tif has changed since" in tiledir.refused(path)
    report = tiledir.make(path, "--update")
    assert report["planned"] > 0
    assert tiledir.make(path)["planned"] == 0


def test_an_object_that_is_written_again_with_the_same_bytes_is_the_same(tiledir, s3, pieces):
    tiledir.environment.update(s3.config)
    path = tiledir.recipe(process="hillshade", input={"dem": names_of(s3, pieces)}, output="out", levels="9-11")
    s3.tag()
    tiledir.make(path)
    later = pieces[0].stat().st_mtime + 100
    for piece in pieces:
        os.utime(piece, (later, later))
    assert tiledir.make(path)["planned"] == 0
