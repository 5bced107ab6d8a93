"""Runs whose inputs, output and journal lie on an object store."""

import pytest


@pytest.fixture
def dem(s3, jacksboro):
    """The elevations as objects."""
    (s3.folder / "in").mkdir()
    for path in jacksboro:
        (s3.folder / "in" / path.name).write_bytes(path.read_bytes())
    return [f"s3://{s3.name}/in/{path.name}" for path in jacksboro]


def plain_run(tiledir, jacksboro, **keys):
    """What the same recipe makes on a disk: its tiles."""
    tiledir.make(tiledir.recipe("plain.yaml", process="hillshade", input={"dem": jacksboro}, output="plain", **keys))
    return tiles(tiledir.folder / "plain")


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


def bucket_options(s3):
    return {key: value for key, value in s3.config.items() if "KEY" not in key}


@pytest.fixture
def on_s3(tiledir, s3, dem):
    """A recipe from the bucket into the bucket. Who asks is told by the environment, where by the recipe."""
    options = bucket_options(s3)
    keys = {key: s3.config[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    tiledir.environment.update(keys)
    return tiledir.recipe(
        process="hillshade",
        input={"dem": {"path": dem, "gdal_options": options}},
        output={"path": f"s3://{s3.name}/out", "gdal_options": options},
    )


def test_a_run_from_s3_to_s3_makes_the_bytes_of_one_on_a_disk(tiledir, s3, on_s3, jacksboro):
    report = tiledir.make(on_s3)
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro)
    requests = s3.proxy.requests()
    puts = [each.path for each in requests if each.method == "PUT" and each.path.endswith(".tif")]
    assert len(puts) == len(set(puts)) == sum(level["stored"] for level in report["levels"].values())
    assert report["requests"]["PUT"] == sum(each.method == "PUT" for each in requests)


def test_a_second_run_makes_nothing_and_asks_little(tiledir, s3, on_s3):
    tiledir.make(on_s3)
    s3.proxy.forget()
    assert tiledir.make(on_s3)["planned"] == 0
    assert not any(request.method in ("PUT", "DELETE") for request in s3.proxy.requests())
    assert len(s3.proxy.requests()) < 20
