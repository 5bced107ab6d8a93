"""Finds the plugin of the build and the data, before osgeo is imported.

TILEDIR_BUILD names the build folder; without it, it is build/ in the root.
"""

import os
import pathlib
import signal
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("TILEDIR_BUILD") or ROOT / "build").resolve()
# Shells start what they leave in the background deaf to Ctrl-C, and so would be the programs that tests send it to.
signal.signal(signal.SIGINT, signal.default_int_handler)
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


def pytest_configure(config):
    config.addinivalue_line("markers", "gdal(since, before): a test of what only these releases of GDAL do: (3, 12)")


def pytest_collection_modifyitems(config, items):
    """Tests of other GDALs are left to the runs on those (gdal_versions.sh): here nothing would make them possible."""
    gdal = pytest.importorskip("osgeo.gdal")
    here = int(gdal.VersionInfo()) // 10000
    release = (here // 100, here % 100)
    others = []
    for item in items:
        bounds = [mark.kwargs for mark in item.iter_markers("gdal")]
        if any(not bound.get("since", release) <= release < bound.get("before", (99,)) for bound in bounds):
            others.append(item)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=10, help="kill -9 a run this often (the full number is 100)")
