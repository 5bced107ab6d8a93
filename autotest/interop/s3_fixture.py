"""The pytest fixtures of S3: `s3`, a bucket of a test's own behind a proxy that counts, holds and spoils requests.

    def test_x(s3):
        TileFolder(s3.folder / "tiles", pyramid())
        s3.tag()  # if ETags matter: files have none
        dataset = gdal.Open(s3.path + "/tiles")
        assert len(s3.proxy.requests()) == 2
        with s3.proxy.fault(503, path="/2/", times=1, each_path=True): ...

GDAL is told of the bucket's server while the test runs; other processes are by `env=s3.environment`.
"""

import dataclasses
import itertools
import os
import pathlib

import pytest

import go_program
from go_program import NoGoProgram
from latency_proxy import LatencyProxy
from s3_server import S3Server

NUMBERS = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Bucket:
    server: S3Server
    name: str
    folder: pathlib.Path  # its objects are files here
    proxy: LatencyProxy  # of no delay, until it is told of one
    config: dict  # GDAL's configuration options

    @property
    def path(self):
        return f"/vsis3/{self.name}"

    def tag(self):
        """Gives all that is in the bucket now its ETag; again after a file has changed."""
        self.server.tag(self.name)

    @property
    def environment(self):
        return {**os.environ, **self.config}


@pytest.fixture(scope="session")
def s3_programs():
    """For tests that start servers of their own: skips them where these cannot be had."""
    try:
        go_program.versitygw(), go_program.latency_proxy()
    except NoGoProgram as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    try:
        with S3Server(tmp_path_factory.mktemp("s3")) as server:
            yield server
    except NoGoProgram as reason:
        pytest.skip(str(reason))


@pytest.fixture
def s3(s3_server):
    # A name and a port that no test had before: what GDAL has cached of others is not taken for this one's.
    gdal = pytest.importorskip("osgeo.gdal")
    name = f"bucket-{next(NUMBERS)}"
    folder = s3_server.bucket(name)
    try:
        proxy = s3_server.latency(milliseconds=0).__enter__()
    except NoGoProgram as reason:
        pytest.skip(str(reason))
    config = s3_server.gdal_config(proxy.endpoint)
    before = {key: gdal.GetConfigOption(key) for key in config}
    try:
        for key, value in config.items():
            gdal.SetConfigOption(key, value)
        yield Bucket(s3_server, name, folder, proxy, config)
    finally:
        for key, value in before.items():
            gdal.SetConfigOption(key, value)
        gdal.VSICurlClearCache()
        proxy.__exit__(None, None, None)
