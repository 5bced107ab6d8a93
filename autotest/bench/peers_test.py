import subprocess
import sys

from go_program import NoGoProgram, latency_proxy, versitygw

import pytest

BENCHES = ["nothing_to_do_bench.py", "overwrite_bench.py", "memory_bench.py", "start_stop_bench.py"]


@pytest.mark.parametrize("name", BENCHES)
def test_benches_beside_mapchete_run_without_it(root, build, tmp_path, name):
    more = []
    if name == "start_stop_bench.py":
        try:
            versitygw(), latency_proxy()
        except NoGoProgram:
            more = ["--skip-s3"]
    bench = [sys.executable, str(root / "autotest" / "bench" / name), "--quick", "--skip-mapchete", *more]
    program = build / "bin" / "tiledir-process"
    result = subprocess.run(
        [*bench, "--program", str(program), "--work", str(tmp_path)], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "| tiledir" in result.stdout
