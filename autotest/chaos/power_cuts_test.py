"""A few cuts of power_cuts.py on each file system at every run of the tests; the full number is 50 (--cuts)."""

import os
import pathlib
import subprocess

import pytest
from loop_device import LACKING, MAKE

SCRIPT = pathlib.Path(__file__).with_name("power_cuts.py")


@pytest.mark.parametrize("seed, kind", enumerate(MAKE))
def test_what_was_said_before_a_power_cut_is_there_after_it(build, seed, kind):
    if not (build / "bin" / "tiledir").exists():
        pytest.skip("the commands are not built")
    environment = {**os.environ, "TILEDIR_BUILD": str(build)}
    command = ["/usr/bin/python3", SCRIPT, "--cuts", "5", "--file-systems", kind, "--seed", str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode == LACKING:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
