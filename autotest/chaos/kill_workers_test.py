"""A few kills of kill_workers.py at every run of the tests; the full number is 100 (--kills)."""

import random

import pytest
from kill_workers import Bench
from system_calls import tiles


@pytest.fixture(scope="module")
def clean(build, tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("clean"), build / "autotest" / "tiledir-test").clean()


@pytest.mark.parametrize("victim", ["workers", "run"])
def test_kills_cost_what_was_in_work_and_no_byte(build, tmp_path, request, clean, victim):
    bench = Bench(tmp_path, build / "autotest" / "tiledir-test")
    most = request.config.getoption("kills")
    kill = bench.kill_workers if victim == "workers" else bench.kill_runs
    result = kill(most, random.Random(1), len(clean))
    assert 0 < result.kills <= most
    assert not result.faults()
    assert tiles(bench.out) == clean
    assert not bench.left()
