"""The proxy before the S3 server does what the tests of the driver take for granted."""

import concurrent.futures
import hashlib
import http.client
import subprocess
import sys
import time

import numpy
import pytest
from osgeo import gdal

from latency_proxy import LatencyProxy

GAVE_UP = 499
CODE = "import sys\nfrom osgeo import gdal\nsys.exit(gdal.VSIStatL(sys.argv[1]) is None)"

WRITE = """
import sys
from osgeo import gdal
file = gdal.VSIFOpenL(sys.argv[1], "wb")
gdal.VSIFWriteL(b"x", 1, 1, file)
gdal.VSIFCloseL(file)
"""


def read(path):
    file = gdal.VSIFOpenL(path, "rb")
    if file is None:
        return None
    try:
        return bytes(gdal.VSIFReadL(1, 1 << 20, file) or b"")
    finally:
        gdal.VSIFCloseL(file)


def answered(proxy, path):
    return [request.status for request in proxy.requests() if request.path == path]


@pytest.fixture(autouse=True)
def quiet():
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    yield
    gdal.PopErrorHandler()


def test_an_object_read_through_the_proxy_is_the_file_in_the_bucket(s3):
    content = numpy.random.default_rng(1).bytes(30000)
    (s3.folder / "a=b c.bin").write_bytes(content)
    assert read(f"{s3.path}/a=b c.bin") == content
    request = s3.proxy.requests()[-1]
    assert (request.method, request.path, request.status) == ("GET", f"/{s3.name}/a=b c.bin", 206)
    assert request.range.startswith("bytes=0-")
    assert request.bytes == 30000


def test_an_object_written_through_the_proxy_is_a_file_in_the_bucket(s3):
    content = numpy.random.default_rng(2).bytes(3000000)
    file = gdal.VSIFOpenL(f"{s3.path}/new.bin", "wb")
    gdal.VSIFWriteL(content, 1, len(content), file)
    assert gdal.VSIFCloseL(file) == 0
    assert (s3.folder / "new.bin").read_bytes() == content


def test_a_tagged_object_has_the_etag_of_its_content(s3):
    path = s3.folder / "tagged.bin"
    for content in (b"one", b"another"):
        path.write_bytes(content)
        s3.tag()
        gdal.VSICurlClearCache()
        read(f"{s3.path}/tagged.bin")
        headers = gdal.GetFileMetadata(f"{s3.path}/tagged.bin", "HEADERS")
        assert {name.lower(): value for name, value in headers.items()}["etag"] == f'"{hashlib.md5(content).hexdigest()}"'


def test_an_object_asked_for_in_two_ranges_is_asked_for_again(s3):
    for name in ("once.bin", "twice.bin"):
        (s3.folder / name).write_bytes(b"x" * 100000)
    gdal.SetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "YES")
    try:
        for name, places in (("once.bin", [0]), ("twice.bin", [0, 90000])):
            file = gdal.VSIFOpenL(f"{s3.path}/{name}", "rb")
            for place in places:
                gdal.VSIFSeekL(file, place, 0)
                gdal.VSIFReadL(1, 10, file)
            gdal.VSIFCloseL(file)
    finally:
        gdal.SetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", None)
    assert s3.proxy.asked_again() == {f"/{s3.name}/twice.bin": 2}


def test_a_wrong_secret_is_refused(s3):
    (s3.folder / "secret.bin").write_bytes(b"x" * 100)
    gdal.SetConfigOption("AWS_SECRET_ACCESS_KEY", "wrong")
    assert read(f"{s3.path}/secret.bin") is None
    assert set(answered(s3.proxy, f"/{s3.name}/secret.bin")) == {403}


def test_another_process_is_told_by_its_environment(s3):
    (s3.folder / "there.bin").write_bytes(b"x")
    command = [sys.executable, "-c", CODE, f"{s3.path}/there.bin"]
    assert subprocess.run(command, env=s3.environment).returncode == 0
    assert subprocess.run([*command[:-1], f"{s3.path}/absent.bin"], env=s3.environment).returncode == 1


def read_all(s3, count):
    """By as many threads."""
    for number in range(count):
        (s3.folder / f"{number}.bin").write_bytes(b"x" * 100)
    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return list(threads.map(read, [f"{s3.path}/{number}.bin" for number in range(count)]))


def test_a_request_waits(s3):
    (s3.folder / "late.bin").write_bytes(b"x")
    s3.proxy.delay(300)
    began = time.monotonic()
    assert read(f"{s3.path}/late.bin") == b"x"
    assert time.monotonic() - began > 0.3


def test_requests_wait_beside_one_another(s3):
    with s3.proxy.gather(64, path="bin$"):
        assert read_all(s3, 64) == [b"x" * 100] * 64
    assert max(request.in_flight for request in s3.proxy.requests()) >= 64


def test_a_gathering_that_too_few_come_to_ends_after_its_time(s3):
    with s3.proxy.fault("gather", at_once=5, seconds=0.1, path="bin$"):
        assert read_all(s3, 4) == [b"x" * 100] * 4
    assert max(request.in_flight for request in s3.proxy.requests()) <= 4


def test_a_request_is_held_as_long_as_it_is_told(s3):
    for name in ("first", "second", "third"):
        (s3.folder / f"{name}.bin").write_bytes(b"x")
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        with s3.proxy.fault("hold", path="bin$", after=1):
            assert read(f"{s3.path}/first.bin") == b"x"
            second = threads.submit(read, f"{s3.path}/second.bin")
            s3.proxy.wait_until(lambda _: s3.proxy.held())
            with s3.proxy.fault(404, path="third"):
                assert not read(f"{s3.path}/third.bin")
            assert [request.path for request in s3.proxy.held()] == [f"/{s3.name}/second.bin"]
            assert not second.done()
        assert second.result() == b"x"


def test_what_is_held_of_a_client_that_is_gone_does_not_reach_the_server(s3):
    with s3.proxy.fault("hold", method="PUT"):
        client = subprocess.Popen([sys.executable, "-c", WRITE, f"{s3.path}/new.bin"], env=s3.environment)
        s3.proxy.wait_until(lambda _: s3.proxy.held(), client)
        client.kill()
        client.wait()
        s3.proxy.wait_until(lambda requests: [each.status for each in requests if each.method == "PUT"] == [GAVE_UP])
    assert not (s3.folder / "new.bin").exists()


@pytest.mark.parametrize("status", [204, 403, 404, 500, 503])
def test_a_status_is_answered_in_the_servers_place(s3, status):
    (s3.folder / "good.bin").write_bytes(b"good")
    (s3.folder / "bad.bin").write_bytes(b"bad")
    with s3.proxy.fault(status, path="bad"):
        assert not read(f"{s3.path}/bad.bin")
        assert read(f"{s3.path}/good.bin") == b"good"
    assert set(answered(s3.proxy, f"/{s3.name}/bad.bin")) == {status}
    gdal.VSICurlClearCache()
    assert read(f"{s3.path}/bad.bin") == b"bad"


@pytest.mark.parametrize("body", ["", "<html>not found</html>"])
def test_a_status_may_be_answered_in_words_that_are_not_s3s(s3_server, body):
    (s3_server.bucket("bodies") / "file").write_bytes(b"x")
    with s3_server.latency(0) as proxy, proxy.fault(404, body=body):
        connection = http.client.HTTPConnection(proxy.endpoint, timeout=10)
        connection.request("GET", "/bodies/file")
        answer = connection.getresponse()
        assert (answer.status, answer.read().decode()) == (404, body)
        connection.close()


def put(path, content):
    file = gdal.VSIFOpenL(path, "wb")
    gdal.VSIFWriteL(content, 1, len(content), file)
    return gdal.VSIFCloseL(file)


def test_a_request_that_is_kept_comes_when_it_is_let_go(s3):
    with s3.proxy.fault("keep", method="PUT", path="late"):
        assert put(f"{s3.path}/late.bin", b"late") != 0
    assert put(f"{s3.path}/other.bin", b"other") == 0
    assert not (s3.folder / "late.bin").exists()
    assert s3.proxy.send_kept() == [200]
    assert (s3.folder / "late.bin").read_bytes() == b"late"
    assert s3.proxy.send_kept() == []


def test_a_fault_may_strike_each_path_once(s3):
    for name in ("a", "b"):
        (s3.folder / name).write_bytes(b"content")
    gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", "3")
    gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.01")
    try:
        with s3.proxy.fault(503, times=1, each_path=True):
            assert [read(f"{s3.path}/{name}") for name in ("a", "b")] == [b"content"] * 2
    finally:
        gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", None)
        gdal.SetConfigOption("GDAL_HTTP_RETRY_DELAY", None)
    for name in ("a", "b"):
        assert answered(s3.proxy, f"/{s3.name}/{name}")[:2] == [503, 206]


def test_a_reset_connection_has_no_answer(s3):
    (s3.folder / "reset.bin").write_bytes(b"content")
    with s3.proxy.fault("reset"):
        assert not read(f"{s3.path}/reset.bin")
    assert set(answered(s3.proxy, f"/{s3.name}/reset.bin")) == {0}
    assert {request.fault for request in s3.proxy.requests()} == {"reset"}


def test_a_truncated_answer_announces_all_and_sends_half(s3_server):
    (s3_server.bucket("truncated") / "file").write_bytes(b"x" * 1000)
    with s3_server.latency(0) as proxy, proxy.fault("truncate"):
        connection = http.client.HTTPConnection(proxy.endpoint, timeout=10)
        connection.request("GET", "/truncated/file")
        answer = connection.getresponse()
        announced = int(answer.headers["Content-Length"])
        with pytest.raises(http.client.IncompleteRead) as stopped:
            answer.read()
        connection.close()
    assert len(stopped.value.partial) == announced // 2


def test_a_hanging_request_ends_when_the_client_gives_up(s3):
    (s3.folder / "slow.bin").write_bytes(b"content")
    gdal.SetConfigOption("GDAL_HTTP_TIMEOUT", "1")
    try:
        with s3.proxy.fault("hang"):
            assert not read(f"{s3.path}/slow.bin")
    finally:
        gdal.SetConfigOption("GDAL_HTTP_TIMEOUT", None)
    assert {(request.status, request.fault) for request in s3.proxy.requests()} == {(0, "hang")}


def test_a_fault_that_is_none_is_refused(s3):
    with pytest.raises(ValueError, match="none of status, reset, truncate, hang"):
        with s3.proxy.fault("explode"):
            pass


def test_the_proxy_ends_with_its_block(s3_server):
    with LatencyProxy(s3_server.endpoint) as proxy:
        process = proxy.process
        assert process.poll() is None
    assert process.returncode is not None
