import subprocess
import sys


def test_resuming_many_tiles_takes_few_requests_and_bytes(root, build, s3_programs, tmp_path):
    bench = [sys.executable, str(root / "autotest" / "bench" / "journal_bench.py"), "--quick"]
    result = subprocess.run([*bench, "--build", str(build), "--work", str(tmp_path)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
