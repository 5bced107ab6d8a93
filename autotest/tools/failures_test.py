"""Tiles that go wrong are reported as what they are, alone; all others are made, with the bytes of a run without them."""

import json
import shlex
import signal

import pytest
from processes import children, is_running
from reference import Output
from waiting import ended, wait_until

BAD = "11/802/543"
ABOVE = {"10/401/271", "9/200/135", "8/100/67"}
JOB = {"grid": {"tile_size": 128}, "levels": "8-11", "output": "out", "threads": 2}


def bad_job(tiledir, inputs, name="bad.yaml", tiles=(BAD,), **parameters):
    return tiledir.recipe(
        name, process="bad_hillshade", input={"dem": inputs}, parameters={"tiles": list(tiles), **parameters}, **JOB
    )


@pytest.fixture
def clean(bad_tiledir, jacksboro):
    """Files of the run in which nothing goes wrong."""
    recipe = bad_tiledir.recipe("clean.yaml", process="hillshade", input={"dem": jacksboro}, **{**JOB, "output": "clean"})
    bad_tiledir.make(recipe, "--executor", "threads")
    return Output(bad_tiledir.folder / "clean").files()


def failures(tiledir, recipe, *arguments, code=3):
    result = tiledir.run(recipe, "--json", *arguments)
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout), result.stderr


def all_but(files, tiles):
    return {name: content for name, content in files.items() if name.rsplit(".", 1)[0] not in tiles}


@pytest.mark.parametrize("executor", ["serial", "threads", "workers"])
def test_a_tile_that_cannot_be_made_fails_alone(bad_tiledir, jacksboro, clean, executor):
    report, log = failures(bad_tiledir, bad_job(bad_tiledir, jacksboro), "--executor", executor)
    (failure,) = report["failed"]
    assert (failure["tile"], failure["cause"], failure["attempts"]) == (BAD, "tile", 1)
    assert failure["reason"] == f"{BAD}: is not to be made"
    recipe = shlex.quote(f"{bad_tiledir.folder}/out/.tiledir/recipe.yaml")
    assert failure["command"] == f"tiledir-process {recipe} --tile {BAD}"
    assert f"event=failed tile={BAD} cause=tile attempts=1" in log
    assert report["held_back"] == 3
    assert Output(bad_tiledir.folder / "out").files() == all_but(clean, {BAD} | ABOVE)


@pytest.mark.parametrize("how, reason", [("crash", "SIGSEGV"), ("exit", "exit code 7")])
def test_a_tile_that_crashes_its_worker_is_found_and_fails_alone(bad_tiledir, jacksboro, clean, how, reason):
    report, log = failures(bad_tiledir, bad_job(bad_tiledir, jacksboro, how=how), "--executor", "workers")
    (failure,) = report["failed"]
    assert (failure["tile"], failure["cause"]) == (BAD, "crash")
    assert reason in failure["reason"]
    assert failure["attempts"] == report["dead_workers"] > 1
    assert "event=worker_died" in log
    assert Output(bad_tiledir.folder / "out").files() == all_but(clean, {BAD} | ABOVE)
    assert not list((bad_tiledir.folder / "out" / ".tiledir" / "tmp").iterdir())


def test_a_tile_that_takes_too_much_memory_is_told_with_its_peak_and_the_budget(bad_tiledir, jacksboro, clean):
    recipe = bad_job(bad_tiledir, jacksboro, how="memory", megabytes=1200)
    report, _ = failures(bad_tiledir, recipe, "--executor", "workers", "--memory", "1GB")
    (failure,) = report["failed"]
    assert (failure["tile"], failure["cause"]) == (BAD, "memory")
    assert "the budget of the run is 1.00 GB" in failure["reason"]
    assert 0.4 * 2**30 < report["memory"]["worker_peak"] < 2 * 2**30
    assert Output(bad_tiledir.folder / "out").files() == all_but(clean, {BAD} | ABOVE)


def test_a_tile_that_fits_into_the_budget_alone_is_made_alone(bad_tiledir, jacksboro, clean):
    """600 MB are more than the share of one of two workers: the first of them has them until it is ended."""
    recipe = bad_job(bad_tiledir, jacksboro, how="memory", megabytes=600, once=str(bad_tiledir.folder / "mark"))
    report = bad_tiledir.make(recipe, "--executor", "workers", "--memory", "1GB")
    assert report["dead_workers"] >= 1 and report["memory"]["worker_peak"] > 600 * 2**20
    assert Output(bad_tiledir.folder / "out").files() == clean


def test_a_tile_that_hangs_is_ended_by_the_time_out_of_one_tile(bad_tiledir, jacksboro, clean):
    """Without a time-out its worker makes 32 tiles at once."""
    seconds = 4  # much longer than any other tile takes on a busy machine
    report, _ = failures(bad_tiledir, bad_job(bad_tiledir, jacksboro, how="hang"), "--tile-timeout", seconds)
    assert report["seconds"] < 16 * seconds
    (failure,) = report["failed"]
    assert (failure["tile"], failure["cause"]) == (BAD, "timeout")
    assert "longer than 4 s" in failure["reason"]
    assert Output(bad_tiledir.folder / "out").files() == all_but(clean, {BAD} | ABOVE)


def test_threads_say_that_they_cannot_be_ended_in_time(bad_tiledir, jacksboro):
    result = bad_tiledir.run(
        bad_job(bad_tiledir, jacksboro, tiles=["11/0/0"]), "--executor", "threads", "--tile-timeout", "60"
    )
    assert result.returncode == 0
    assert len([line for line in result.stderr.splitlines() if "tile_timeout has no effect" in line]) == 1


@pytest.mark.parametrize("how", ["crash", "throw"])
def test_what_goes_wrong_once_costs_nothing_but_time(bad_tiledir, jacksboro, clean, how):
    recipe = bad_job(bad_tiledir, jacksboro, how=how, once=str(bad_tiledir.folder / "mark"))
    report = bad_tiledir.make(recipe, "--executor", "workers")
    assert report["dead_workers"] == (1 if how == "crash" else 0)
    assert (bad_tiledir.folder / "mark").exists()
    assert Output(bad_tiledir.folder / "out").files() == clean


def test_trouble_of_the_network_is_tried_again_before_the_tile_fails(bad_tiledir, jacksboro, clean):
    report, _ = failures(bad_tiledir, bad_job(bad_tiledir, jacksboro, how="network"), "--executor", "threads")
    (failure,) = report["failed"]
    assert (failure["tile"], failure["cause"], failure["attempts"]) == (BAD, "network", 4)
    assert report["retries"] == 3
    assert Output(bad_tiledir.folder / "out").files() == all_but(clean, {BAD} | ABOVE)


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_more_failures_than_allowed_end_the_run_and_it_goes_on(bad_tiledir, jacksboro, clean, executor):
    every = [f"11/{row}/{col}" for row in range(800, 806) for col in range(540, 550)]
    report, _ = failures(bad_tiledir, bad_job(bad_tiledir, jacksboro, tiles=every), "--fail-fast", "--executor", executor)
    assert report["state"] == "stopped after too many failures"
    assert 1 <= len(report["failed"]) < report["planned"]
    report, _ = failures(bad_tiledir, bad_job(bad_tiledir, jacksboro, tiles=every), "--max-failures", "1000")
    assert report["state"] == "finished with failures"
    assert len(report["failed"]) == report["levels"]["11"]["failed"] > 1


def started_on(tiledir, recipe, mark, *arguments):
    """A run whose bad tile is in work."""
    process = tiledir.start(recipe, "--quiet", *arguments)
    wait_until(mark.exists, process)
    return process


def workers_of(run, count):
    """Process numbers, once so many have been started."""
    wait_until(lambda: len(children(run.pid)) >= count, run)
    return children(run.pid)


@pytest.mark.parametrize("executor", ["threads", "workers"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_that_hangs_and_the_next_goes_on(bad_tiledir, jacksboro, clean, executor, number):
    mark = bad_tiledir.folder / "mark"
    recipe = bad_job(bad_tiledir, jacksboro, how="hang", once=str(mark))
    process = started_on(bad_tiledir, recipe, mark, "--executor", executor)
    workers = workers_of(process, 2 if executor == "workers" else 0)
    process.send_signal(number)
    ended(process)  # its tile would hang for ever
    assert process.returncode == 128 + number
    assert len(workers) == (2 if executor == "workers" else 0)
    wait_until(lambda: not any(map(is_running, workers)))
    assert bad_tiledir.make(recipe, "--executor", executor)["planned"] > 0
    assert Output(bad_tiledir.folder / "out").files() == clean


def test_workers_end_with_the_run_that_started_them(bad_tiledir, jacksboro):
    mark = bad_tiledir.folder / "mark"
    recipe = bad_job(bad_tiledir, jacksboro, how="hang", once=str(mark))
    process = started_on(bad_tiledir, recipe, mark, "--executor", "workers")
    workers = workers_of(process, 2)
    process.kill()
    process.communicate()
    wait_until(lambda: not any(map(is_running, workers)))
