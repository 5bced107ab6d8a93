"""Tile directories in a bucket: which requests are made, what a server's answers mean. The server is a real one."""

import collections
import json

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    gdal.DontUseExceptions()


@pytest.fixture
def quick_retries():
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.01")
    yield
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", None)


def fresh_for(seconds):
    gdal.SetConfigOption("TILEDIR_NETWORK_FRESH", seconds)
    yield
    gdal.SetConfigOption("TILEDIR_NETWORK_FRESH", None)


@pytest.fixture
def always_asked():
    """Nothing is fresh: each dataset asks anew."""
    yield from fresh_for("0")


@pytest.fixture
def never_asked():
    """Whatever is known is fresh."""
    yield from fresh_for("1e6")


def folder_in(s3, **options):
    return TileFolder(s3.folder / "tiles", pyramid(), **options)


def opened(s3, **options):
    pairs = [f"{name}={value}" for name, value in options.items()]
    dataset = gdal.OpenEx(f"TILEDIR:s3://{s3.name}/tiles", open_options=pairs)
    assert dataset is not None, gdal.GetLastErrorMsg()
    return dataset


def put(s3, path):
    """Makes an object of a file: then it has an ETag."""
    content = path.read_bytes()
    path.unlink()
    file = gdal.VSIFOpenL(f"{s3.path}/{path.relative_to(s3.folder)}", "wb")
    gdal.VSIFWriteL(content, 1, len(content), file)
    assert gdal.VSIFCloseL(file) == 0


def failure_of(dataset, *window):
    pixels, messages = errors_while(lambda: dataset.ReadAsArray(*window))
    assert pixels is None
    return [text for kind, text in messages if kind == gdal.CE_Failure][0]


def asked(s3, ending=".tif"):
    return collections.Counter(request.path for request in s3.proxy.requests() if request.path.endswith(ending))


NAMES = ["TILEDIR:s3://{0}/tiles", "TILEDIR:s3://{0}/tiles/", "TILEDIR:s3://{0}/tiles/stac.json", "s3://{0}/tiles"]
NAMES += ["TILEDIR:/vsis3/{0}/tiles", "/vsis3/{0}/tiles", "/vsis3/{0}/tiles/stac.json", "s3://{0}/tiles/stac.json"]
NAMES += ["TILEDIR:s3://{0}/tiles:tiles", "TILEDIR:s3://{0}/tiles/stac.json:tiles:Test"]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_opens(s3, name):
    folder = folder_in(s3, bands=2)
    dataset = gdal.Open(name.format(s3.name))
    assert dataset is not None, gdal.GetLastErrorMsg()
    assert dataset.GetDriver().ShortName == "TileDir"
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)


def test_a_url_that_leads_to_no_item_is_left_to_others(s3):
    (s3.folder / "note.json").write_text("{}")
    for name in ["s3://{}/note.json", "s3://{}/none", "s3://nowhere-at-all/x"]:
        dataset, _ = errors_while(lambda: gdal.Open(name.format(s3.name)))
        assert dataset is None


def test_opening_asks_for_the_item_and_its_statistics(s3):
    folder_in(s3)
    opened(s3)
    paths = [request.path for request in s3.proxy.requests()]
    assert sorted(paths) == [f"/{s3.name}/tiles/stac.json", f"/{s3.name}/tiles/stac.json.aux.xml"]


@pytest.mark.parametrize("allowed", [[], ["TileDir"]])
def test_what_gdal_has_read_of_the_item_is_not_asked_for_again(s3, allowed):
    folder = folder_in(s3)
    dataset = gdal.OpenEx(f"/vsis3/{s3.name}/tiles/stac.json", allowed_drivers=allowed)
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels[0])
    requests = [request for request in s3.proxy.requests() if not request.path.endswith(".tif")]
    assert [request.path for request in requests] == [f"/{s3.name}/", f"/{s3.name}/tiles/stac.json"]
    assert "prefix=" in requests[0].query


def test_an_item_that_changed_since_gdal_read_it_is_read_again(s3, never_asked):
    folder = folder_in(s3)
    name = f"/vsis3/{s3.name}/tiles/stac.json"
    item = json.loads((folder.path / "stac.json").read_text())
    known = gdal.Open(name).GetMetadataItem("TITLE")
    for title in ["once", "twice"]:
        item["properties"]["title"] = title
        (folder.path / "stac.json").write_text(json.dumps(item))
        for fresh, expected in [("1e6", known), ("0", title)]:
            gdal.SetConfigOption("TILEDIR_NETWORK_FRESH", fresh)
            assert gdal.Open(name).GetMetadataItem("TITLE") == expected
        known = title


def test_statistics_in_a_bucket_are_found_by_the_listing_or_asked_for(s3):
    folder = folder_in(s3)
    band = '<PAMRasterBand band="1"><Metadata><MDI key="STATISTICS_MEAN">7</MDI></Metadata></PAMRasterBand>'
    (folder.path / "stac.json.aux.xml").write_text(f"<PAMDataset>{band}</PAMDataset>")
    for name in [f"/vsis3/{s3.name}/tiles/stac.json", f"s3://{s3.name}/tiles"]:
        assert gdal.Open(name).GetRasterBand(1).GetMetadataItem("STATISTICS_MEAN") == "7"


def test_each_tile_is_one_request_and_many_are_under_way(s3):
    folder = folder_in(s3, absent={("2", 3, 4), ("2", 0, 0)})
    dataset = opened(s3)
    s3.proxy.forget()
    with s3.proxy.gather(17, after=16):  # one more with each answer
        assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels[0])
    requests = s3.proxy.requests()
    assert len(requests) == 64
    assert set(asked(s3).values()) == {1}
    assert max(request.in_flight for request in requests) > 16


def test_what_was_asked_for_is_shared_by_datasets(s3):
    folder = folder_in(s3, absent={("2", 3, 4)})
    opened(s3).ReadAsArray()
    s3.proxy.forget()
    assert numpy.array_equal(opened(s3).ReadAsArray(), folder.finest.pixels[0])
    assert s3.proxy.requests() == []


def test_an_absent_tile_is_not_asked_for_again_while_the_dataset_is_open(s3, always_asked):
    folder_in(s3, absent={("2", 3, 4)})
    dataset = opened(s3)
    dataset.ReadAsArray()
    dataset.ReadAsArray()
    assert asked(s3)[f"/{s3.name}/tiles/2/3/4.tif"] == 1


def test_the_next_dataset_asks_with_the_etag_and_sees_what_changed(s3, always_asked):
    folder = folder_in(s3, absent={("2", 3, 4)})
    for path in sorted(folder.path.glob("2/*/*.tif")):
        put(s3, path)
    opened(s3).ReadAsArray()
    changed = numpy.full((1, 16, 16), 200, "uint8")
    for name in [("2", 0, 0), ("2", 3, 4)]:
        folder.write_tile(folder.tile_path(*name), changed)
        put(s3, folder.tile_path(*name))
    s3.proxy.forget()
    pixels = opened(s3).ReadAsArray()
    assert (pixels[:16, :16] == 200).all() and (pixels[48:64, 64:80] == 200).all()
    statuses = collections.Counter(request.status for request in s3.proxy.requests() if request.path.endswith(".tif"))
    assert statuses == {304: 62, 200: 2}


@pytest.mark.parametrize("reading", ["downsampled", "by lines", "copied"])
def test_reading_by_blocks_asks_for_many_tiles_at_once(s3, reading):
    folder = folder_in(s3)
    dataset = opened(s3)
    s3.proxy.forget()
    expected = folder.finest.pixels[0]
    with s3.proxy.gather(8, path="/tiles/2/"):
        if reading == "downsampled":
            pixels = dataset.ReadAsArray(buf_xsize=100, buf_ysize=100)
            expected = None
        elif reading == "by lines":
            pixels = numpy.concatenate([dataset.ReadAsArray(0, line, 128, 1) for line in range(128)])
        else:
            pixels = gdal.Translate("", dataset, format="MEM").ReadAsArray()
    assert expected is None or numpy.array_equal(pixels, expected)
    requests = [request for request in s3.proxy.requests() if "/tiles/2/" in request.path]
    assert len(requests) == 64 and set(asked(s3).values()) == {1}
    assert max(request.in_flight for request in requests) >= 8


@pytest.mark.parametrize("fault", [500, 502, 503, 504, 429, "reset", "truncate"])
def test_a_failure_that_passes_is_tried_again(s3, quick_retries, fault):
    folder = folder_in(s3)
    with s3.proxy.fault(fault, path="tif$", times=2, each_path=True):
        assert numpy.array_equal(opened(s3).ReadAsArray(), folder.finest.pixels[0])
    assert set(asked(s3).values()) == {3}


@pytest.mark.parametrize("fault", [500, 503, "reset", "truncate"])
def test_a_failure_that_stays_is_an_error_that_names_the_tile(s3, quick_retries, fault):
    folder_in(s3)
    dataset = opened(s3)
    with s3.proxy.fault(fault, path="/2/3/4.tif$"):
        failure = failure_of(dataset)
    assert f"/vsis3/{s3.name}/tiles/2/3/4.tif: cannot read: " in failure
    assert "4 attempts" in failure
    assert dataset.ReadAsArray() is not None


def test_a_server_that_says_nothing_is_an_error_after_a_time(s3, quick_retries):
    folder_in(s3)
    dataset = opened(s3)
    gdal.SetConfigOption("GDAL_HTTP_TIMEOUT", "0.2")
    gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", "1")
    try:
        with s3.proxy.fault("hang", path="/2/3/4.tif$"):
            # This tile alone: a busy machine may be late with others too.
            assert "2/3/4.tif: cannot read: Operation timed out" in failure_of(dataset, 64, 48, 16, 16)
    finally:
        gdal.SetConfigOption("GDAL_HTTP_TIMEOUT", None)
        gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", None)


@pytest.mark.parametrize("status", [403, 204, 410])
def test_other_statuses_mean_absent_only_where_the_user_says_so(s3, status, always_asked):
    folder = folder_in(s3, absent={("2", 3, 4)}, nodata=7)
    with s3.proxy.fault(status, path="/2/3/4.tif$"):
        failure = failure_of(opened(s3))
        assert f"HTTP {status}" in failure and "2/3/4.tif" in failure
        assert ("ABSENT_STATUS=" in failure) == (status in (403, 204))
        pixels = opened(s3, ABSENT_STATUS=f"{status}, 418").ReadAsArray()
    assert numpy.array_equal(pixels, folder.finest.pixels[0])


def test_statuses_that_are_none_are_refused(s3):
    folder_in(s3)
    dataset, messages = errors_while(
        lambda: gdal.OpenEx(f"TILEDIR:s3://{s3.name}/tiles", open_options=["ABSENT_STATUS=never"])
    )
    assert dataset is None and "ABSENT_STATUS: is 'never'" in messages[0][1]


def test_a_bucket_that_is_not_there_is_no_absent_tile(s3):
    folder = folder_in(s3)
    folder.item["asset_templates"]["tiles"]["href"] = "s3://no-such-bucket/{z}/{y}/{x}.tif"
    folder.write_item()
    assert "NoSuchBucket" in failure_of(opened(s3))


def test_wrong_credentials_are_an_error(s3):
    folder_in(s3)
    gdal.SetConfigOption("AWS_SECRET_ACCESS_KEY", "another")
    dataset, messages = errors_while(lambda: gdal.Open(f"TILEDIR:s3://{s3.name}/tiles"))
    assert dataset is None
    assert "stac.json: cannot read: HTTP 403 SignatureDoesNotMatch" in messages[0][1]


def test_where_urls_cannot_be_signed_gdal_reads(s3):
    folder = folder_in(s3, absent={("2", 3, 4)})
    gdal.SetConfigOption("AWS_REQUEST_PAYER", "requester")
    try:
        with s3.proxy.gather(9, path="tif$"):
            assert numpy.array_equal(opened(s3).ReadAsArray(), folder.finest.pixels[0])
    finally:
        gdal.SetConfigOption("AWS_REQUEST_PAYER", None)
    requests = [request for request in s3.proxy.requests() if request.path.endswith(".tif")]
    assert not any("X-Amz-Signature" in request.query for request in requests)
    assert max(request.in_flight for request in requests) > 8


def test_a_missing_tile_may_be_an_error(s3):
    folder_in(s3, absent={("2", 3, 4)})
    assert "2/3/4.tif: absent" in failure_of(opened(s3, MISSING_TILES="ERROR"))


def test_bands_that_the_item_leaves_out_cost_one_request_more(s3):
    folder_in(s3, describe_bands=False)
    opened(s3)
    assert sum(asked(s3).values()) == 1


def test_tiles_of_several_bands_are_asked_for_together(s3):
    names = ["B02", "B03"]
    folders = [TileFolder(s3.folder / "tiles" / name, pyramid(), dtype="int16", seed=3) for name in names]
    assets = {
        name: {"href": f"{name}/{TileFolder.template}", "bands": [{"name": name, "data_type": "int16"}]}
        for name in names
    }
    folders[0].item["asset_templates"] = assets
    folders[0].path = s3.folder / "tiles"
    folders[0].write_item()
    dataset = opened(s3)
    s3.proxy.forget()
    expected = numpy.concatenate([folder.finest.pixels for folder in folders])
    with s3.proxy.gather(49, after=48):  # up to 64, one more with each answer
        assert numpy.array_equal(dataset.ReadAsArray(), expected)
    assert max(request.in_flight for request in s3.proxy.requests()) > 48
