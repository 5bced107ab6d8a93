import subprocess
import sys

from go_program import NoGoProgram, latency_proxy, versitygw

import pytest


def test_resuming_many_tiles_takes_few_requests_and_bytes(root, build, tmp_path):
    try:
        versitygw(), latency_proxy()
    except NoGoProgram as reason:
        pytest.skip(str(reason))
    bench = [sys.executable, str(root / "autotest" / "bench" / "journal_bench.py"), "--quick"]
    result = subprocess.run([*bench, "--build", str(build), "--work", str(tmp_path)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
