"""A short run of concurrent_updates.py; the long one is for a person to start."""

import os
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).with_name("concurrent_updates.py")
sys.path.insert(0, str(SCRIPT.parent.parent / "interop"))


@pytest.mark.parametrize("regions", ["halves", "overlapping"])
@pytest.mark.parametrize("store", ["local", "s3"])
def test_no_pixel_and_no_overview_is_lost(build, store, regions):
    if not (build / "bin" / "tiledir").exists():
        pytest.skip("the commands are not built")
    if store == "s3":
        from go_program import NoGoProgram, versitygw

        try:
            versitygw()
        except NoGoProgram as reason:
            pytest.skip(str(reason))
    environment = {**os.environ, "TILEDIR_BUILD": str(build), "GDAL_DRIVER_PATH": str(build / "gdalplugins")}
    numbers = ["--processes", "4", "--updates", "12", "--kills", "2", "--pause", "0.1"]
    command = ["/usr/bin/python3", SCRIPT, "--store", store, "--regions", regions, *numbers]
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
