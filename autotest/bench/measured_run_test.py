import sys

import measured_run
import pytest

MIB = 2**20


def python(program):
    return measured_run.measured_run([sys.executable, "-c", program])


def test_memory_of_one_process_is_its_highest_even_when_it_is_freed_at_once():
    cost, _ = python(f"import time; b = b'x' * (200 * {MIB}); del b; time.sleep(0.3)")
    assert 200 * MIB < cost.peak < 300 * MIB


def test_memory_of_several_processes_is_counted_together_and_what_they_share_once():
    program = f"""
import os, time
shared = b'x' * (100 * {MIB})
if os.fork() == 0:
    own = b'x' * (100 * {MIB})
    time.sleep(0.5)
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
