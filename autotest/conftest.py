"""Finds the plugin of the build and the data, before osgeo is imported.

TILEDIR_BUILD names the build folder; without it, it is build/ in the root.
"""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("TILEDIR_BUILD") or ROOT / "build").resolve()
os.environ["GDAL_DRIVER_PATH"] = str(BUILD / "gdalplugins")
for room in ("interop", "driver"):
    sys.path.insert(0, str(ROOT / "autotest" / room))

from s3_fixture import s3, s3_programs, s3_server  # noqa: E402,F401


@pytest.fixture(scope="session")
def root():
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def build():
    """The build folder, with the programs and gdalplugins/ in it."""
    return BUILD


@pytest.fixture(scope="session")
def data(root):
    """The data committed with the tests."""
    return root / "autotest" / "data"


@pytest.fixture(scope="session")
def shared(root):
    """The data that several checkouts share, beside this one."""
    folder = root.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent")
    return folder


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=10, help="kill -9 a run this often (the full number is 100)")
