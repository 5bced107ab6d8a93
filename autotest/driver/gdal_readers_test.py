"""What this driver writes, read by GDAL: by this driver, and by GDAL's own."""

import bisect

import pytest
from osgeo import gdal

import reader_matrix

RELEASES = sorted(reader_matrix.STACTA, key=lambda release: int(release.split(".")[1]))


@pytest.fixture(scope="module")
def outputs(data, tmp_path_factory):
    return reader_matrix.make_all(tmp_path_factory.mktemp("outputs"), data)


@pytest.fixture
def skip_missing_metatile():
    gdal.SetConfigOption("GDAL_STACTA_SKIP_MISSING_METATILE", "YES")
    yield
    gdal.SetConfigOption("GDAL_STACTA_SKIP_MISSING_METATILE", None)


def seen(name, driver):
    """CRS, geotransform, pixels."""
    dataset = gdal.OpenEx(str(name), allowed_drivers=[driver])
    pixels = dataset and dataset.ReadAsArray()
    assert pixels is not None, gdal.GetLastErrorMsg()
    return dataset.GetProjection(), dataset.GetGeoTransform(), pixels


@pytest.mark.parametrize("name", reader_matrix.OUTPUTS)
def test_tiledir_reads_its_own_outputs(outputs, name):
    folder, path = outputs[name]
    reader_matrix.check(path, *seen(folder, "TileDir"))


@pytest.mark.parametrize("name", reader_matrix.OUTPUTS)
def test_stacta_reads_the_outputs(outputs, name, skip_missing_metatile):
    folder, path = outputs[name]
    minors = [int(release.split(".")[1]) for release in RELEASES]
    ours = int(gdal.VersionInfo()) // 10000 % 100
    if name in reader_matrix.STACTA[RELEASES[bisect.bisect(minors, ours) - 1]]:
        with pytest.raises(AssertionError):
            reader_matrix.check(path, *seen(folder / "stac.json", "STACTA"))
        return
    reader_matrix.check(path, *seen(folder / "stac.json", "STACTA"))
