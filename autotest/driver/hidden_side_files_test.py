"""Servers that refuse what is absent, as S3 does to those who may not list: side files are optional there too."""

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid
from web_folder import served


@pytest.fixture
def refusing(tmp_path):
    """Answers 403 for all that is not there, by HTTP and as an S3 bucket named `bucket`."""
    with served(tmp_path, refusal=403) as address:
        yield address


@pytest.mark.parametrize("way", ["http", "prefix", "s3"])
@pytest.mark.parametrize("options", [[], ["ABSENT_STATUS=403"]])
def test_a_side_file_that_is_refused_is_none(tmp_path, refusing, monkeypatch, way, options):
    folder = TileFolder(tmp_path / "bucket" / "ds", pyramid(tile=16, tiles=(4, 4), levels=2))
    item = f"http://{refusing}/bucket/ds/stac.json"
    name = {"http": item, "prefix": f"TILEDIR:{item}", "s3": "s3://bucket/ds"}[way]
    settings = {"AWS_NO_SIGN_REQUEST": "YES", "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE", "AWS_S3_ENDPOINT": refusing}
    for key, value in settings.items():
        monkeypatch.setenv(key, value)  # which GDAL reads as its own options
    dataset, messages = errors_while(lambda: gdal.OpenEx(name, open_options=options))
    assert dataset is not None and messages == [], messages
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels[0])
    assert [path.rsplit("/", 1)[-1] for path in dataset.GetFileList()] == ["stac.json"]
