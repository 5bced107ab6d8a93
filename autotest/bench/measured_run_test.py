import sys

import measured_run
import pytest

MIB = 2**20


def python(program):
    return measured_run.measured_run([sys.executable, "-c", program])


@pytest.fixture
def until_sampled(monkeypatch, tmp_path):
    """A program's lines that wait until its memory was looked at."""
    ready, seen = tmp_path / "ready", tmp_path / "seen"

    class Sampling(measured_run.PeakMemory):
        was_ready = False

        def members(self):
            """Begins a look: the one before is done."""
            if self.was_ready:
                seen.touch()
            self.was_ready = ready.exists()
            return super().members()

    monkeypatch.setattr(measured_run, "PeakMemory", Sampling)
    return f"""
    import os, pathlib, time
    pathlib.Path({str(ready)!r}).touch()
    while not os.path.exists({str(seen)!r}):
        time.sleep(0.01)
"""


def test_memory_of_one_process_is_its_highest_even_when_it_is_freed_at_once(until_sampled):
    cost, _ = python(f"b = b'x' * (200 * {MIB}); del b\nif True:{until_sampled}")
    assert 200 * MIB < cost.peak < 300 * MIB


def test_memory_of_several_processes_is_counted_together_and_what_they_share_once(until_sampled):
    program = f"""
import os
shared = b'x' * (100 * {MIB})
if os.fork() == 0:
    own = b'x' * (100 * {MIB}){until_sampled}
    os._exit(0)
os.wait()
"""
    cost, _ = python(program)
    assert 200 * MIB < cost.peak < 280 * MIB


def test_cpu_seconds_include_those_of_processes_that_it_started():
    program = """
import os, time
if os.fork() == 0:
    while time.process_time() < 0.5: pass
    os._exit(0)
os.wait()
"""
    cost, _ = python(program)
    assert 0.5 <= cost.cpu < 2


def test_wall_seconds_include_sleep_and_cpu_seconds_do_not():
    cost, out = python("import time; time.sleep(0.5); print('heard')")
    assert cost.wall >= 0.5
    assert cost.cpu < 0.5
    assert out == "heard\n"


def test_a_failure_raises_with_what_the_command_said():
    with pytest.raises(RuntimeError, match="exit code 3\nwrong"):
        python("import sys; print('wrong', file=sys.stderr); sys.exit(3)")
