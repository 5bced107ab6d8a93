"""Runs programs as a user who may write nothing."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

NOBODY = 65534


def as_nobody(*words, **options):
    """LANG is C, so that the system's words are English."""
    return subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env={**os.environ, "LC_ALL": "C", "HOME": "/nonexistent"},
        cwd="/",
        **options,
    )


@pytest.fixture
def seen_by_all():
    """A folder that all may read: pytest's own are their user's alone."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    if as_nobody("test", "-r", pathlib.Path(os.environ["GDAL_DRIVER_PATH"]) / "gdal_TileDir.so").returncode != 0:
        pytest.skip("the build is not readable by all")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tiledir-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def contents(folder):
    """Every file and folder, to show that nothing was changed."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in sorted(pathlib.Path(folder).rglob("*"))
    }
