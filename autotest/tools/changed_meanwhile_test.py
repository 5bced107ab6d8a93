"""A run that another one overtakes between its first look and its intent."""

import os
import shutil
import signal
import subprocess

import pytest
from waiting import wait_until


def stopped(log):
    """The traced process, once it is stopped; None before."""
    lines = log.read_text().splitlines() if log.exists() else []
    return next((int(line.split()[0]) for line in lines if "stopped by SIGSTOP" in line), None)


def test_a_run_that_another_has_overtaken_refuses_and_changes_nothing(tiledir, jacksboro, tmp_path):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    keys = {"process": "hillshade", "input": {"dem": jacksboro}, "levels": "5-9", "output": "out"}
    one = tiledir.recipe("one.yaml", **keys)
    other = tiledir.recipe("other.yaml", **keys, parameters={"altitude": 30})
    inject = ["-e", "trace=mkdir", "-e", "inject=mkdir:signal=STOP:when=1"]  # of its first file, after its look
    log = tmp_path / "log"
    overtaken = subprocess.Popen(
        ["strace", "-f", "-o", str(log), *inject, str(tiledir.program), str(one)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    tiledir.started.append(overtaken)
    wait_until(lambda: stopped(log) is not None, overtaken)
    tiledir.make(other)
    tiles = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.tif")}
    os.kill(stopped(log), signal.SIGCONT)
    _, err = overtaken.communicate(timeout=600)
    assert overtaken.returncode == 2, err
    assert "another run has changed it meanwhile" in err
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.tif")} == tiles
