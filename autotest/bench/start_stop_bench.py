"""From a command to its end where there is nothing to do, and from Ctrl-C to the prompt.

Ctrl-C goes to all processes of a run, as a terminal sends it, at moments from the first milliseconds to seconds into the work; the time
is that until the run has ended, and no process of it may be left. Runs on S3 read and write through a proxy that lets every request
wait 50 ms (autotest/interop). The planned run has 10^8 tiles over 20,000 files, known from an earlier run (plan_bench.py).
"""

import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))

import mapchete_job
import plan_bench
from measured_run import PeakMemory
from osgeo import gdal
from peers import (
    ENVIRONMENT,
    elevation_model,
    machine_line,
    mapchete_command,
    peer_arguments,
    prepared,
    tiledir_command,
)
from rounds import finish, say
from s3_server import S3Server
from speed_table import number, table

SIZE, QUICK_SIZE = 4096, 1024
LEVELS = [6, 13]
WORKERS = 2
OPTIONS = {"COMPRESS": "DEFLATE", "ZLEVEL": 6}
DELAY = 50  # milliseconds
MOMENTS = [0.03, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 4]
PLANNING_MOMENTS = [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 2, 3]
MAPCHETE_MOMENTS = [0.5, 1, 2, 4, 6]
MAPCHETE_ROUNDS = 5
TAIL_MOMENTS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2]
TAIL_JOB = [2, 10]
TAIL_LEVELS = 5  # the coarsest, made from stored tiles
PLAN = {"files": 20_000, "levels": "5-14"}
QUICK_PLAN = {"files": 200, "levels": "5-9"}
TERMINAL_EXIT_CODE = 128 + signal.SIGINT


def seconds_to_end(command, folder, code):
    """Started as a shell does it: spawned, without a pipe to read from."""
    words = list(map(str, command))
    said = folder / "said"
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    opens = [(os.POSIX_SPAWN_OPEN, number, os.fspath(said), writing, 0o644) for number in (1, 2)]
    os.chdir(folder)
    begun = time.perf_counter()
    process = os.posix_spawn(words[0], words, ENVIRONMENT, file_actions=opens)
    _, status = os.waitpid(process, 0)
    seconds = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != code:
        raise SystemExit(f"{words}: not exit code {code}: {said.read_text()}")
    return seconds


def starts(arguments, mapchete, folder, dem):
    """Seconds of all runs, by what is asked."""
    recipe = {"process": "hillshade", "input": {"dem": str(dem)}, "output": "out"}
    lost = {"dem": "none.tif"}
    misspelt = tiledir_command(arguments.program, folder / "misspelt", {**recipe, "proces": "hillshade"})[:2]
    no_input = tiledir_command(arguments.program, folder / "lost", {**recipe, "input": lost})[:2]
    commands = {
        "tiledir-process --help": (folder, [arguments.program, "--help"], 0),
        "tiledir-process, a misspelt key": (folder / "misspelt", misspelt, 2),
        "tiledir-process, an input that is not there": (folder / "lost", no_input, 2),
    }
    if mapchete:
        config = mapchete_job.hillshade(lost["dem"], "WorldCRS84Quad", LEVELS, OPTIONS)
        command = mapchete_command(mapchete, folder / "lost", config, WORKERS)
        commands["mapchete execute --help"] = folder, [mapchete, "execute", "--help"], 0
        commands["mapchete execute, an input that is not there"] = folder / "lost", command, 1
    seconds = {}
    for number_of_round in range(arguments.rounds):
        for name, (place, command, code) in commands.items():
            if name.startswith("mapchete") and number_of_round >= MAPCHETE_ROUNDS:
                continue
            seconds.setdefault(name, []).append(seconds_to_end(command, place, code))
    return seconds


def seconds_to_stop(command, folder, environment, moment):
    """From SIGINT to the end; nothing where it had ended before."""
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(moment)
        return None
    except subprocess.TimeoutExpired:
        pass
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.wait()
    seconds = time.monotonic() - begun
    left = PeakMemory(process.pid).members()
    if left:
        os.killpg(process.pid, signal.SIGKILL)
    return seconds, process.returncode, len(left)


def stops(command_of, environment, moments):
    """By moment: seconds. `command_of` gives a command and its folder anew."""
    times = {}
    for moment in moments:
        command, folder = command_of()
        stopped = seconds_to_stop(command, folder, environment, moment)
        if stopped is None:
            continue
        seconds, code, left = stopped
        if left or ("tiledir" in str(command[0]) and code not in (-signal.SIGINT, TERMINAL_EXIT_CODE)):
            raise SystemExit(f"{command}, stopped after {moment} s: exit code {code}, {left} processes are left")
        times[moment] = seconds
    return times


class Jobs:
    """Commands of runs long enough to be stopped."""

    def __init__(self, arguments, mapchete, folder, dem):
        self.arguments, self.mapchete, self.folder, self.dem = arguments, mapchete, folder, dem
        self.count = 0

    def fresh(self):
        self.count += 1
        folder = self.folder / f"run{self.count}"
        folder.mkdir()
        return folder

    def tiledir(self, executor, source=None, bucket=None, levels=LEVELS):
        folder = self.fresh()
        recipe = {
            "process": "hillshade",
            "input": {"dem": source or str(self.dem)},
            "grid": {"tile_matrix_set": "WorldCRS84Quad"},
            "levels": "{}-{}".format(*levels),
            "output": {"path": f"s3://{bucket}/{folder.name}" if bucket else "out", "options": OPTIONS},
            "threads": WORKERS,
            "executor": executor,
        }
        return tiledir_command(self.arguments.program, folder, recipe), folder

    def tail(self, executor, server, environment):
        """Of a finished run on S3 whose coarsest overviews were removed: what is left is to make these."""
        command, folder = self.tiledir(executor, "s3://elevation/terrain.tif", "tiles", TAIL_JOB)
        subprocess.run(list(map(str, command)), cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        for level in range(TAIL_JOB[0], TAIL_JOB[0] + TAIL_LEVELS):
            shutil.rmtree(server.folder / "tiles" / folder.name / str(level))
        return [*command, "--check"], folder

    def mapchete_run(self):
        folder = self.fresh()
        config = mapchete_job.hillshade(self.dem, "WorldCRS84Quad", LEVELS, OPTIONS)
        return mapchete_command(self.mapchete, folder, config, WORKERS), folder


def planned_run(arguments, folder):
    """A command over many files that are known already."""
    plan = QUICK_PLAN if arguments.quick else PLAN
    folder.mkdir()
    plan_bench.make_files(folder / "dem", plan["files"])
    recipe = {"process": "hillshade", "input": {"dem": "dem/*.tif"}, "levels": plan["levels"], "output": "out"}
    command = tiledir_command(arguments.program, folder, recipe)
    seconds_to_stop(command, folder, ENVIRONMENT, 1 if arguments.quick else 30)
    return command, folder


def bench(arguments, mapchete, folder):
    dem = elevation_model(folder, QUICK_SIZE if arguments.quick else SIZE)
    seconds = starts(arguments, mapchete, folder, dem)
    jobs = Jobs(arguments, mapchete, folder, dem)
    moments = MOMENTS[::4] if arguments.quick else MOMENTS
    stopped = {}

    def add(name, command_of, environment, moments):
        stopped[name] = stops(command_of, environment, moments)
        say(f"{name}: {stopped[name]}")

    for executor in ("threads", "workers"):
        add(f"tiledir, {executor}", lambda: jobs.tiledir(executor), ENVIRONMENT, moments)
    if not arguments.skip_s3:
        (folder / "s3").mkdir()
        with S3Server(folder / "s3") as server, server.latency(DELAY) as proxy:
            gdal.Translate(str(server.bucket("elevation") / "terrain.tif"), str(dem), format="COG")
            server.bucket("tiles")
            environment = {**ENVIRONMENT, **server.gdal_config(proxy.endpoint)}
            for executor in ("threads", "workers"):
                run = lambda: jobs.tiledir(executor, "s3://elevation/terrain.tif", "tiles")  # noqa: E731
                add(f"tiledir, {executor}, S3 with {DELAY} ms", run, environment, moments)
            run = lambda: jobs.tail("threads", server, environment)  # noqa: E731
            few = TAIL_MOMENTS[::4] if arguments.quick else TAIL_MOMENTS
            add(f"tiledir, coarsest overviews, S3 with {DELAY} ms", run, environment, few)
    planned = planned_run(arguments, folder / "planned")
    moments = PLANNING_MOMENTS[::4] if arguments.quick else PLANNING_MOMENTS
    add("tiledir, plan of many files", lambda: planned, ENVIRONMENT, moments)
    if mapchete:
        add("mapchete, processes", jobs.mapchete_run, ENVIRONMENT, MAPCHETE_MOMENTS)
    return seconds, stopped


def text_of(arguments, versions, seconds, stopped):
    rows = [[name, number(statistics.median(all_runs) * 1000, 1)] for name, all_runs in seconds.items()]
    text = f"{machine_line(arguments.rounds, versions)}\n\n{table(['command', 'ms to its end (goal: 50)'], rows)}\n\n"
    rows = []
    for name, times in stopped.items():
        if not times:
            rows.append([name, "never: it had ended", "", "", ""])
            continue
        slowest = max(times, key=times.get)
        moments = f"{min(times)}-{max(times)} s, {len(times)} moments"
        rows.append([name, moments, number(statistics.median(times.values()), 3), number(times[slowest], 3), f"{slowest} s"])
    header = ["run", "stopped after", "s to the prompt, median", "at most (goal: 1)", "that was after"]
    return text + table(header, rows)


def main():
    parser = peer_arguments(__doc__, rounds=21, quick="a small model, few moments")
    parser.add_argument("--skip-s3", action="store_true", help="no server, which is built with Go")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds = 3
    mapchete, versions = prepared(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        seconds, stopped = bench(arguments, mapchete, pathlib.Path(folder))
    finish(arguments, "start and stop", text_of(arguments, versions, seconds, stopped))


if __name__ == "__main__":
    main()
