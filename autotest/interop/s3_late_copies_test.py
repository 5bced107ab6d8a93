"""A request that its client gave up, made again, and that comes long after: what was written since stays."""

import pytest
from osgeo import gdal
from s3_write_test import folder_in
from store_process import client, on_s3, started  # noqa: F401
from write_test import check_levels, random_pixels, update


def content(s3, key="a"):
    return (s3.folder / "tiles" / key).read_text()


@pytest.mark.parametrize("newer", ["write", "write_blindly"])
@pytest.mark.parametrize("older", ["write", "write_new", "write_looking"])
@pytest.mark.parametrize("same", [True, False], ids=["the same process", "another process"])
def test_a_late_write_of_a_new_object_replaces_nothing(s3, on_s3, older, newer, same):
    first = on_s3()
    with s3.proxy.fault("keep", method="PUT", times=1):
        assert first(older, "a", "old") == "done"
    second = first if same else on_s3()
    assert second(newer, "a", "new") == "done"
    assert s3.proxy.send_kept() == [412]
    assert content(s3) == "new"


def test_nor_does_one_of_an_object_that_was_read_or_written_before(s3, on_s3):
    on_s3()("write", "a", "first")
    client = on_s3()
    assert client("read", "a") == "first"
    for text in ("second", "third", "fourth"):
        with s3.proxy.fault("keep", method="PUT", times=1):
            assert client("write", "a", text) == "done"
    assert on_s3()("write", "a", "fifth") == "done"
    assert s3.proxy.send_kept() == [412] * 3
    assert content(s3) == "fifth"


def test_nor_does_one_that_failed_in_the_end(s3, client):
    client("write", "a", "first")
    with s3.proxy.fault("keep", method="PUT"):
        assert client("write", "a", "second").startswith("TileError: ")
    assert client("write", "a", "third") == "done"
    assert set(s3.proxy.send_kept()) == {412}
    assert content(s3) == "third"


def test_one_that_comes_before_the_newer_one_is_replaced_by_it(s3, client):
    client("write", "a", "first")
    with s3.proxy.fault("keep", method="PUT"):
        assert client("write", "a", "second").startswith("TileError: ")
    assert s3.proxy.send_kept()[0] == 200
    assert client("write", "a", "third") == "done"
    assert content(s3) == "third"


def test_a_late_write_of_what_was_deleted_since_does_not_bring_it_back(s3, client):
    client("write", "a", "first")
    with s3.proxy.fault("keep", method="PUT", times=1):
        client("write", "a", "second")
    assert client("remove", "a") == "yes"
    assert s3.proxy.send_kept() == [404]
    assert client("read", "a") == "-"


def test_a_late_delete_takes_nothing_newer_away(s3, client):
    client("write", "a", "first")
    with s3.proxy.fault("keep", method="DELETE", times=1):
        assert client("remove", "a") == "yes"
    client("write", "a", "second")
    assert s3.proxy.send_kept() == [412]
    assert content(s3) == "second"


def test_writes_and_deletes_of_what_is_known_are_one_request_each(s3, client):
    for command in [("write", "a", "1"), ("write", "a", "2"), ("read", "a"), ("write", "a", "3"), ("remove", "a")]:
        client(*command)
    for command in [("write_new", "b", "1"), ("write_blindly", "b", "2")]:
        client(*command)
    asked = [f"{request.method} {request.status}" for request in s3.proxy.requests()]
    assert asked == ["PUT 200", "PUT 200", "GET 200", "PUT 200", "DELETE 204", "PUT 200", "PUT 200"]


def test_a_tile_that_replaces_another_is_looked_at_before_where_a_late_write_must_do_nothing(s3, client):
    client("write_new", "a", "first")
    with s3.proxy.fault("keep", method="PUT", times=1):
        client("write_looking", "a", "second")
    client("write_looking", "a", "third")
    assert s3.proxy.send_kept() == [412]
    assert content(s3) == "third"
    s3.proxy.forget()
    client("write_looking", "a", "fourth")
    client("write_looking", "b", "first")
    asked = [f"{request.method} {request.status}" for request in s3.proxy.requests()]
    assert asked == ["HEAD 200", "PUT 200", "HEAD 404", "PUT 200"]


def test_a_late_tile_of_an_update_replaces_nothing_of_the_next_one(s3):
    folder_in(s3)
    name = f"s3://{s3.name}/tiles"
    first, second = random_pixels(), 255 - random_pixels()
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.01")
    try:
        with s3.proxy.fault("keep", method="PUT", path="tif$", times=1, each_path=True):
            update(name).WriteArray(first)
    finally:
        gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", None)
    check_levels(name, first)
    update(name).WriteArray(second)
    statuses = s3.proxy.send_kept()
    assert len(statuses) >= 64 + 16 + 4 and set(statuses) == {412}
    check_levels(name, second)
