import subprocess
import sys


def test_a_run_on_s3_makes_the_tiles_of_one_on_a_disk(root, build, s3_programs, tmp_path):
    bench = [sys.executable, root / "autotest" / "bench" / "run_s3_bench.py", "--quick", "--work", tmp_path]
    command = [*bench, "--program", build / "bin" / "tiledir-process"]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "| 1024 x 1024 | tiledir |" in result.stdout
