"""Runs whose inputs, output and journal lie on an object store."""

import collections
import contextlib
import json
import os
import re
import signal
import subprocess

import pytest
from osgeo import gdal
from processes import send_signal
from round_trips import round_trips
from s3_server import S3Server
from waiting import ended


@pytest.fixture
def dem(s3, jacksboro):
    """The elevations as objects."""
    (s3.folder / "in").mkdir()
    for path in jacksboro:
        (s3.folder / "in" / path.name).write_bytes(path.read_bytes())
    return [f"s3://{s3.name}/in/{path.name}" for path in jacksboro]


def plain_run(tiledir, jacksboro, **keys):
    """What the same recipe makes on a disk: its tiles."""
    tiledir.make(tiledir.recipe("plain.yaml", process="hillshade", input={"dem": jacksboro}, output="plain", **keys))
    return tiles(tiledir.folder / "plain")


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


def bucket_options(s3):
    return {key: value for key, value in s3.config.items() if "KEY" not in key}


@pytest.fixture
def on_s3(tiledir, s3, dem):
    """A recipe from the bucket into the bucket. Who asks is told by the environment, where by the recipe."""
    options = bucket_options(s3)
    keys = {key: s3.config[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    tiledir.environment.update(keys)
    return tiledir.recipe(
        process="hillshade",
        input={"dem": {"path": dem, "gdal_options": options}},
        output={"path": f"s3://{s3.name}/out", "gdal_options": options},
    )


def test_a_run_from_s3_to_s3_makes_the_bytes_of_one_on_a_disk(tiledir, s3, on_s3, jacksboro):
    report = tiledir.make(on_s3)
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro)
    requests = s3.proxy.requests()
    puts = [each.path for each in requests if each.method == "PUT" and each.path.endswith(".tif")]
    assert len(puts) == len(set(puts)) == sum(level["stored"] for level in report["levels"].values())
    assert report["requests"]["PUT"] == sum(each.method == "PUT" for each in requests)


def test_worker_processes_make_the_same_and_their_requests_are_counted(tiledir, s3, on_s3, jacksboro):
    report = tiledir.make(on_s3, "--executor", "workers")
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro)
    assert report["requests"]["PUT"] == sum(each.method == "PUT" for each in s3.proxy.requests())


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_writes_overlap_with_computing_and_with_each_other(tiledir, s3, on_s3, executor):
    with s3.proxy.gather(20, method="PUT", path="/out/.*tif$"):
        tiledir.make(on_s3, "--threads", 1, "--executor", executor, "--levels", "8-14")
    puts = [request for request in s3.proxy.requests() if request.method == "PUT" and is_tile(request)]
    assert len(puts) > 100
    assert max(request.in_flight for request in puts) >= 20


def test_a_second_run_makes_nothing_and_asks_little(tiledir, s3, on_s3):
    tiledir.make(on_s3)
    s3.proxy.forget()
    assert tiledir.make(on_s3)["planned"] == 0
    requests = s3.proxy.requests()
    assert not any(request.method in ("PUT", "DELETE") for request in requests)
    # Of files of the journal a slow run has more.
    assert not [path for path in s3.proxy.asked_again() if re.search("/journal/.*done", path)]
    assert len([request for request in requests if not re.search("/journal/.*done", request.path)]) < 20


def is_tile(request):
    return request.path.endswith(".tif") and "/out/" in request.path


def by_kind(requests):
    """Counts of requests, named as the estimate of --dry-run names them."""

    def kind(request):
        if request.method == "GET" and "prefix=" in request.object:
            return "LIST"
        if is_tile(request):
            return request.method, "tiles"
        return request.method, "inputs" if "/in/" in request.path else "state"

    return collections.Counter(map(kind, requests))


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_an_estimate_tells_what_the_server_will_count(tiledir, s3, on_s3, executor):
    where = ["--bounds", "-84.30,36.1,-84.05,36.4", "--levels", "6-14", "--executor", executor, "--threads", 2]
    estimate = json.loads(tiledir.run(on_s3, "--dry-run", "--json", *where).stdout)["estimated_requests"]
    s3.proxy.forget()
    levels = tiledir.make(on_s3, *where)["levels"].values()
    assert not any(level["empty"] for level in levels)
    counted = by_kind(s3.proxy.requests())
    assert estimate["PUT"]["tiles"] == counted["PUT", "tiles"] == sum(level["stored"] for level in levels)
    factor = 3
    assert counted["LIST"] / factor <= estimate["LIST"] <= counted["LIST"] * factor
    for method, kind in [("PUT", "state"), ("GET", "inputs"), ("GET", "state"), ("GET", "tiles")]:
        real = counted[method, kind]
        assert real / factor <= estimate[method][kind] <= real * factor, (method, kind, estimate, counted)


def test_an_estimate_without_a_network_tells_of_no_requests(tiledir, jacksboro):
    recipe = tiledir.recipe(process="hillshade", input={"dem": jacksboro}, output="out")
    assert "estimated_requests" not in json.loads(tiledir.run(recipe, "--dry-run", "--json").stdout)


def test_a_run_reads_none_of_the_tiles_that_it_has_just_made(tiledir, s3, on_s3):
    tiledir.make(on_s3, "--levels", "4-14")
    assert not any(request.method == "GET" and is_tile(request) for request in s3.proxy.requests())


def test_an_overwrite_reads_only_tiles_that_it_does_not_make(tiledir, s3, on_s3, jacksboro):
    tiledir.make(on_s3, "--levels", "4-14")
    s3.proxy.forget()
    tiledir.make(on_s3, "--levels", "4-14", "--overwrite", "--bounds", "-84.30,36.2,-84.25,36.25")
    requests = s3.proxy.requests()
    made = {request.path for request in requests if request.method == "PUT" and is_tile(request)}
    read = {request.path for request in requests if request.method == "GET" and is_tile(request)}
    assert read and not read & made
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro, levels="4-14")


def test_overviews_above_a_tile_that_cannot_be_written_wait_for_it(tiledir, s3, on_s3, jacksboro):
    keys = ["--levels", "11-13"]
    expected = plain_run(tiledir, jacksboro, levels=keys[1])
    bad = min(name for name in expected if name.startswith("13/"))
    with s3.proxy.fault(413, path=f"/out/{bad}$", method="PUT"):
        assert tiledir.run(on_s3, *keys).returncode == 3
    status = [str(tiledir.commands), "status", f"s3://{s3.name}/out", "--json"]
    environment = {**os.environ, **s3.config}
    levels = json.loads(subprocess.run(status, env=environment, capture_output=True, check=True).stdout)["levels"]
    assert {name: level["pending"] for name, level in levels.items()} == {"11": 1, "12": 1, "13": 0}
    s3.proxy.forget()
    tiledir.make(on_s3, *keys)
    assert sum(request.method == "PUT" and is_tile(request) for request in s3.proxy.requests()) == 3
    assert tiles(s3.folder / "out") == expected


def test_what_needs_nothing_of_each_other_is_asked_for_at_once(tiledir, s3, on_s3):
    run = tiledir.start(on_s3, "--quiet", "--levels", "4-13", "--threads", 2)
    rounds = round_trips(s3.proxy, run)
    assert run.returncode == 0, run.communicate()
    puts = [any(request.method == "PUT" and is_tile(request) for request in each) for each in rounds]
    # One look is whether tiles of others lie in the new output; the item comes after the recipe.
    assert puts.index(True) <= 12
    # The word of the last tiles, what others have written beside the run, and its own intent looked at before each.
    assert puts[::-1].index(True) <= 9


def test_a_batch_asks_for_no_block_of_an_input_twice(tiledir, s3, jacksboro):
    (s3.folder / "in").mkdir()
    options = ["COMPRESS=DEFLATE", "BLOCKSIZE=256", "OVERVIEWS=NONE"]
    gdal.Translate(str(s3.folder / "in" / "dem.tif"), str(jacksboro[0]), format="COG", width=2048, creationOptions=options)
    tiledir.environment.update(s3.config)
    dem = f"s3://{s3.name}/in/dem.tif"
    recipe = tiledir.recipe(process="hillshade", input={"dem": dem}, output=f"s3://{s3.name}/out", threads=1, levels="14")
    tiledir.make(recipe)
    header = 16384
    marks = 8  # bytes before and after a COG's blocks, which GDAL reads with either neighbour
    ranges = sorted(
        tuple(map(int, request.range.removeprefix("bytes=").split("-")))
        for request in s3.proxy.requests()
        if request.path.endswith("/in/dem.tif")
    )
    blocks = [each for each in ranges if each[1] >= header]
    assert len(blocks) > 4
    twice = [one[1] + 1 - max(other[0], header) for one, other in zip(blocks, blocks[1:])]
    assert max(twice) <= marks, ranges


def test_a_twentieth_of_spoilt_requests_changes_no_byte(tiledir, s3, on_s3, jacksboro):
    with contextlib.ExitStack() as faults:
        for action in (503, 500, "reset", "truncate", "lose", "delay"):
            faults.enter_context(s3.proxy.fault(action, fraction=0.01, seconds=2))
        tiledir.make(on_s3, "--levels", "4-13")
    assert {request.fault for request in s3.proxy.requests()} >= {"status", "reset"}
    assert tiles(s3.folder / "out") == plain_run(tiledir, jacksboro, levels="4-13")


def test_writers_settle_near_what_a_server_bears_and_nothing_fails(tiledir, s3, on_s3):
    rate = 12  # much less than a busy machine can send
    with s3.proxy.fault("limit", method="PUT", rate=rate):
        result = tiledir.run(on_s3, "--json", "--levels", "4-13", "--threads", 16)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["requests"]["slow_down"] > 0
    paces = [float(pace) for pace in re.findall(r"event=slow_down .*requests_per_second=([\d.]+)", result.stderr)]
    assert 0.5 * rate < paces[-1] < 2 * rate
    puts = [request.at for request in s3.proxy.requests() if request.method == "PUT" and request.status == 200]
    # At the end few are left that need not wait for others.
    settled = puts[4 * len(puts) // 10 : 3 * len(puts) // 4]
    refused = [request.at for request in s3.proxy.requests() if request.method == "PUT" and request.status == 503]
    assert sum(settled[0] < at < settled[-1] for at in refused) < 0.4 * len(settled)


class Credentials:
    """Users of a server, one after the other, and the file that names who may come in."""

    def __init__(self, server, path):
        self.server, self.path, self.number = server, path, 0
        self.exchange()
        self.tell()

    @property
    def user(self):
        return f"runner{self.number}"

    def exchange(self):
        """Nobody knows the new one yet."""
        if self.number:
            self.server.administer("delete-user", "--access", self.user)
        self.number += 1
        self.server.administer("create-user", "--access", self.user, "--secret", f"{self.user}'s", "--role", "admin")

    def tell(self):
        new = self.path.with_suffix(".new")
        new.write_text(f"[default]\naws_access_key_id = {self.user}\naws_secret_access_key = {self.user}'s\n")
        new.replace(self.path)


def signed_by(user):
    return f"X-Amz-Credential={user}%2F"


def test_credentials_that_expire_are_read_again(tiledir, tmp_path, jacksboro):
    """Each time some tiles have been written, and others wait until those who wrote them are not let in any more."""
    (tmp_path / "buckets").mkdir()
    (tmp_path / "users").mkdir()
    keys = {"levels": "4-14", "threads": 8}
    expected = plain_run(tiledir, jacksboro, **keys)
    with S3Server(tmp_path / "buckets", users=tmp_path / "users") as server, server.latency(milliseconds=0) as proxy:
        bucket = server.bucket("tiles")
        credentials = Credentials(server, tmp_path / "credentials")
        options = {key: value for key, value in server.gdal_config(proxy.endpoint).items() if "KEY" not in key}
        options["CPL_AWS_CREDENTIALS_FILE"] = str(credentials.path)
        output = {"path": "s3://tiles/out", "gdal_options": options}
        recipe = tiledir.recipe(process="hillshade", input={"dem": jacksboro}, output=output, **keys)

        def held():
            return proxy.fault("hold", method="PUT", path="[.]tif$", query=signed_by(credentials.user), after=5)

        def statuses(user):
            asked = [request for request in proxy.requests() if signed_by(user) in request.query]
            return {request.status for request in asked if is_tile(request)}

        run = None
        for _ in range(3):
            with held():
                credentials.tell()
                run = run or tiledir.start(recipe, "--json")
                expired = credentials.user
                proxy.wait_until(lambda _: proxy.held() and 200 in statuses(expired), run)
                credentials.exchange()
            proxy.wait_until(lambda _: 403 in statuses(expired), run)
        credentials.tell()
        _, err = ended(run)
        assert run.returncode == 0, err
        assert tiles(bucket / "out") == expected
        assert [200 in statuses(f"runner{number}") for number in (1, 2, 3, 4)] == [True] * 4


@pytest.mark.parametrize("executor", ["threads", "workers"])
def test_an_empty_tile_costs_no_request_in_a_new_output_and_is_removed_from_an_old_one(tiledir, s3, jacksboro, executor):
    tiledir.environment.update(s3.config)
    half = gdal.Translate(str(tiledir.folder / "half.tif"), str(jacksboro[0]))
    elevations = half.ReadAsArray()
    elevations[: len(elevations) // 2] = -32768
    half.GetRasterBand(1).SetNoDataValue(-32768)
    half.WriteArray(elevations)
    del half
    keys = {"process": "hillshade", "output": f"s3://{s3.name}/out", "levels": "10-14", "executor": executor}
    report = tiledir.make(tiledir.recipe(input={"dem": tiledir.folder / "half.tif"}, **keys))
    assert sum(level["empty"] for level in report["levels"].values()) > 10
    removed = [request for request in s3.proxy.requests() if request.method == "DELETE" and request.path.endswith(".tif")]
    assert removed == []
    stored = len(tiles(s3.folder / "out"))
    tiledir.make(tiledir.recipe(input={"dem": jacksboro[0]}, **keys), "--overwrite")
    assert len(tiles(s3.folder / "out")) > stored
    tiledir.make(tiledir.recipe(input={"dem": tiledir.folder / "half.tif"}, **keys), "--overwrite")
    assert len(tiles(s3.folder / "out")) == stored


def stopped_at(tiledir, s3, recipe, *arguments, **asked):
    """SIGINT while such a request waits for its answer; exit code."""
    s3.proxy.forget()
    with s3.proxy.fault("hold", **asked):
        process = tiledir.start(recipe, "--quiet", *arguments)
        s3.proxy.wait_until(lambda _: s3.proxy.held(), process)
        send_signal(process, signal.SIGINT)
    ended(process)
    return process.returncode


def test_a_signal_before_anything_is_changed_ends_the_run_where_it_is(tiledir, s3, on_s3):
    tiledir.make(on_s3)
    assert stopped_at(tiledir, s3, on_s3, "--overwrite", path="recipe.yaml$") == -signal.SIGINT
    assert not any(request.method in ("PUT", "DELETE") for request in s3.proxy.requests())


def test_a_signal_before_tiles_are_made_leaves_the_output_to_any_other_run(tiledir, s3, on_s3):
    tiledir.make(on_s3)
    finished = tiles(s3.folder / "out")
    assert stopped_at(tiledir, s3, on_s3, "--overwrite", method="PUT", path="/intents/") == 128 + signal.SIGINT
    journal = [request for request in s3.proxy.requests() if request.method == "PUT" and "/journal/" in request.path]
    assert not journal
    assert tiledir.make(on_s3)["planned"] == 0
    keys = {**json.loads(on_s3.read_text()), "parameters": {"altitude": 30}}
    other = tiledir.recipe("other.yaml", **keys)
    assert tiledir.make(other, "--overwrite")["state"] == "finished"
    assert tiles(s3.folder / "out").keys() == finished.keys()
    assert tiles(s3.folder / "out") != finished
