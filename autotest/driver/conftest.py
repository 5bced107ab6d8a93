"""What the driver's tests share."""

import pytest
from osgeo import gdal
from web_folder import served


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    """Tests look at return values and error messages, whatever other tests have chosen."""
    gdal.DontUseExceptions()


@pytest.fixture
def web(tmp_path):
    """The folder behind a web server that lists no folders."""
    with served(tmp_path) as address:
        yield f"http://{address}"
