"""Executors make the same bytes; what a worker says, and what a report tells."""

import json
import subprocess
import time

import pytest
from failures_test import BAD, JOB, all_but, bad_job, clean  # noqa: F401 (a fixture)
from gate import Gate
from reference import Output
from waiting import ended, wait_until


def job(tiledir, inputs, **keys):
    return tiledir.recipe(**{"process": "hillshade", "input": {"dem": inputs}, **JOB, **keys})


@pytest.mark.parametrize("overviews", [{}, {"resampling": "cubic"}, {"from": "process"}])
def test_all_executors_make_the_same_bytes(tiledir, jacksboro, overviews):
    recipe = job(tiledir, jacksboro, overviews=overviews)
    made = {}
    for executor in ("serial", "threads", "workers"):
        report = tiledir.make(recipe, "--executor", executor, "--output", executor)
        files = Output(tiledir.folder / executor).files()
        assert sum(level["stored"] for level in report["levels"].values()) == len(files)
        assert report["bytes"] == sum(map(len, files.values()))
        made[executor] = files
    assert made["serial"] == made["threads"] == made["workers"] and made["serial"]


class Worker:
    """`tiledir worker`, spoken to by hand."""

    def __init__(self, build, folder):
        self.process = subprocess.Popen(
            [build / "bin" / "tiledir", "worker", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self.read()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, batch):
        """The answers to a batch, by what they say."""
        self.process.stdin.write(json.dumps(batch) + "\n")
        self.process.stdin.flush()
        answers = []
        while not answers or "end" not in answers[-1]:
            answers.append(self.read())
            if "refused" in answers[-1]:
                break
        return answers

    def end(self, line='{"end":true}'):
        out, _ = self.process.communicate(line + "\n" if line else None, timeout=60)
        assert out == ""
        return self.process.returncode


def test_a_worker_makes_the_batches_of_a_saved_recipe(tiledir, build, jacksboro):
    tiledir.make(job(tiledir, jacksboro))
    out = tiledir.folder / "out"
    before = Output(out).files()
    for name in ("11/802/543", "11/802/544", "10/401/271"):
        (out / f"{name}.tif").unlink()
    worker = Worker(build, out)
    assert worker.ready["ready"] == 1
    answers = worker.ask({"make": "tiles", "level": "11", "tiles": [[802, 543, 544]], "overviews": {"10": [[401, 271, 271]]}})
    assert answers[0] == {"at": ["11", 802, 802, 543, 544]}
    made = [tile for answer in answers for tile in answer.get("made", [])]
    sizes = {f"{level}/{row}/{col}": (stored, size) for level, row, col, stored, size in made}
    assert sizes == {name: (1, len(before[f"{name}.tif"])) for name in ("11/802/543", "11/802/544", "10/401/271")}
    assert Output(out).files() == before
    (out / "9/200/135.tif").unlink()
    worker.ask({"make": "overviews", "level": "9", "tiles": [[200, 135, 135]]})
    assert Output(out).files() == before
    assert worker.end() == 0


def test_a_worker_refuses_what_is_no_batch_in_one_line(tiledir, build, jacksboro):
    tiledir.make(job(tiledir, jacksboro))
    worker = Worker(build, tiledir.folder / "out")
    (answer,) = worker.ask({"make": "tiles", "level": "99", "tiles": []})
    assert answer == {"refused": "batch: '99' is no tile matrix of WebMercatorQuad_128"}
    assert worker.end(None) == 4


def test_a_worker_without_a_run_is_refused(tiledir, build):
    worker = Worker(build, tiledir.folder / "nothing")
    assert "nothing/.tiledir/recipe.yaml: is absent" in worker.ready["refused"]
    assert worker.end(None) == 4


def test_a_small_budget_makes_fewer_batches_at_once(bad_tiledir, jacksboro, gate):
    keys = {"process": "bad_hillshade", "parameters": {"gates": str(gate.folder)}, "levels": "8-13"}
    recipe = job(bad_tiledir, jacksboro, **keys)
    run = bad_tiledir.start(recipe, "--threads", 4, "--output", "plenty", "--json")
    gate.wait_for(run, 2)
    gate.open()
    plenty = json.loads(ended(run)[0])
    little = bad_tiledir.make(recipe, "--threads", 4, "--memory", "64MB")
    assert plenty["memory"]["most_batches_at_once"] > 1
    assert little["memory"]["most_batches_at_once"] == 1
    assert little["memory"]["budget"] == 64 * 2**20
    assert Output(bad_tiledir.folder / "out").files() == Output(bad_tiledir.folder / "plenty").files()


@pytest.mark.parametrize("memory", ["much", "0", "12 parsecs"])
def test_an_amount_of_memory_that_is_none_is_refused(tiledir, jacksboro, memory):
    line = tiledir.refused(job(tiledir, jacksboro), "--memory", memory)
    assert f"memory: '{memory}' is no amount of memory; one is 2GB, 512MB or 50%" in line
    assert not (tiledir.folder / "out").exists()


def test_progress_with_json_is_lines_of_json(bad_tiledir, jacksboro):
    """The run waits at its last base tile until it has told of others."""
    gates = bad_tiledir.folder / "gates"
    recipe = bad_job(bad_tiledir, jacksboro, tiles=["11/803/545"], gates=str(gates))
    lines = []
    with Gate(gates, "11-803-545") as gate:
        run = bad_tiledir.start(recipe, "--json", "--executor", "serial")
        gate.wait_for(run)
        while not lines or lines[-1]["tiles"] == 0:
            lines.append(json.loads(run.stderr.readline()))
    out, _ = ended(run)
    report = json.loads(out)
    assert [failure["tile"] for failure in report["failed"]] == ["11/803/545"]
    assert all(line["event"] == "progress" and line["of"] == report["planned"] for line in lines)
    assert lines[-1]["tiles"] < lines[-1]["of"] and lines[-1]["seconds_left"] >= 0
    assert lines[-1]["failed"] == 0


def test_the_report_names_the_slowest_tiles(bad_tiledir, jacksboro, clean):  # noqa: F811
    """One waits until all others of its level are made."""
    gates, slow = bad_tiledir.folder / "gates", "11/801/543"
    others = [bad_tiledir.folder / "out" / name for name in all_but(clean, {slow, BAD}) if name.startswith("11/")]
    recipe = bad_job(bad_tiledir, jacksboro, gates=str(gates))
    with Gate(gates, slow.replace("/", "-")) as gate:
        run = bad_tiledir.start(recipe, "--json", "--executor", "workers")
        gate.wait_for(run)
        began = time.monotonic()
        wait_until(lambda: all(path.exists() for path in others), run)
        seconds = time.monotonic() - began
    report = json.loads(ended(run)[0])
    slowest = report["slowest"]
    assert 1 <= len(slowest) <= 10
    assert [each["seconds"] for each in slowest] == sorted((each["seconds"] for each in slowest), reverse=True)
    assert [each["seconds"] >= seconds for each in slowest if each["tiles"] == slow] == [True]
    assert report["failed"][0]["tile"] == BAD
