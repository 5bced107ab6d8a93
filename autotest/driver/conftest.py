"""Tests of the driver look at return values and error messages, whatever other tests have chosen."""

import pytest
from osgeo import gdal


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    gdal.DontUseExceptions()
