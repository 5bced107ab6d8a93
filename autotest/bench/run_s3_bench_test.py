import subprocess
import sys

from go_program import NoGoProgram, latency_proxy, versitygw

import pytest


def test_a_run_on_s3_makes_the_tiles_of_one_on_a_disk(root, build, tmp_path):
    try:
        versitygw(), latency_proxy()
    except NoGoProgram as reason:
        pytest.skip(str(reason))
    bench = [sys.executable, str(root / "autotest" / "bench" / "run_s3_bench.py"), "--quick"]
    program = build / "bin" / "tiledir-process"
    result = subprocess.run([*bench, "--program", str(program), "--work", str(tmp_path)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "| 1024 x 1024 | tiledir |" in result.stdout
