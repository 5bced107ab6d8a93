"""HTTP 404 in the place of a store's answer, as proxies and load balancers give it: an error, and never absence."""

import numpy
import pytest
from osgeo import gdal
from s3_read_test import always_asked, failure_of, folder_in, opened, quick_retries  # noqa: F401
from store_process import client, on_s3, started  # noqa: F401

BODIES = ["", "<html><body>404 Not Found</body></html>"]

CALLS = [
    ("read", "read", "a"),
    ("read", "read_stamped", "a"),
    ("read", "stamp", "a"),
    ("read", "age", "a"),
    ("write", "write", "a", "new"),
    ("write", "write_new", "a", "new"),
    ("write", "write_blindly", "a", "new"),
    ("write", "write_looking", "a", "new"),
    ("write", "write_if", "a", "new", "-"),
    ("delete", "remove", "a"),
    ("read", "remove_if", "a", '"1"'),
]


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    gdal.DontUseExceptions()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[1])
@pytest.mark.parametrize("body", BODIES, ids=["empty", "html"])
def test_no_function_of_the_store_believes_it(s3, client, call, body):
    client("write", "a", "old")
    with s3.proxy.fault(404, body=body):
        says = "HTTP 404 that is not the store's, but of a proxy before it (4 attempts)"
        assert client(*call[1:]) == f"TileError: {s3.path}/tiles/a: cannot {call[0]}: {says}"
    assert (s3.folder / "tiles" / "a").read_text() == "old"
    with s3.proxy.fault(404, body=body, times=2):
        assert not client(*call[1:]).startswith("TileError")


@pytest.mark.parametrize("body", BODIES, ids=["empty", "html"])
def test_no_listing_believes_it(s3, client, body):
    client("write", "5/a", "text")
    with s3.proxy.fault(404, body=body):
        assert client("list", "5").startswith(f"StoreError: {s3.path}/tiles/5: cannot list: ")
    with s3.proxy.fault(404, body=body, times=2):
        assert client("list", "5") == "a"


@pytest.mark.parametrize("body", BODIES, ids=["empty", "html"])
def test_nor_is_it_believed_where_gdal_asks(s3, on_s3, body):
    client = on_s3(AWS_REQUEST_PAYER="requester")
    client("write", "a", "old")
    with s3.proxy.fault(404, body=body):
        for call in ("read", "stamp", "age", "read_stamped"):
            assert client(call, "a").startswith(f"TileError: {s3.path}/tiles/a: cannot read: ")
        assert client("write_if", "a", "new", "-").startswith("TileError: ")
    assert client("read", "a") == "old"
    assert client("read", "b") == client("stamp", "b") == "-"


def test_what_the_store_calls_absent_is_and_a_look_at_it_costs_one_request_more(s3, client):
    assert client("read", "a") == "-"
    assert client("stamp", "a") == "-"
    assert client("age", "a") == "-"
    asked = [f"{request.method} {request.status}" for request in s3.proxy.requests()]
    assert asked == ["GET 404"] + 2 * ["HEAD 404", "GET 404"]


@pytest.mark.parametrize("body", BODIES, ids=["empty", "html"])
def test_a_tile_is_never_nodata_for_it(s3, quick_retries, always_asked, body):
    folder = folder_in(s3, nodata=7, absent={("2", 0, 0)})
    dataset = opened(s3)
    with s3.proxy.fault(404, path="/2/3/4.tif$", body=body):
        failure = failure_of(dataset)
        assert f"{s3.path}/tiles/2/3/4.tif: cannot read: HTTP 404 that is not the store's" in failure
        assert "4 attempts" in failure and "ABSENT_STATUS=404" in failure
        pixels = opened(s3, ABSENT_STATUS="404").ReadAsArray()
        assert (pixels[48:64, 64:80] == 7).all()
    with s3.proxy.fault(404, path="tif$", body=body, times=2, each_path=True):
        assert numpy.array_equal(opened(s3).ReadAsArray(), folder.finest.pixels[0])


def test_an_item_is_not_taken_for_absent(s3, quick_retries):
    folder_in(s3)
    with s3.proxy.fault(404, path="stac.json$", body=""):
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            assert gdal.OpenEx(f"TILEDIR:s3://{s3.name}/tiles") is None
        finally:
            gdal.PopErrorHandler()
    assert "stac.json: cannot read: HTTP 404 that is not the store's" in gdal.GetLastErrorMsg()
