"""SIGKILL whenever some more tiles have been made: of a run's workers, or of the run itself and then the same command
again, until it ends. It must leave the tiles of a run that nobody disturbed and nothing in .tiledir/tmp, write no tile
of a batch again that was done, and have no more batches begun and not done than it may (IN_FLIGHT).

kill_workers.py [--victim workers|run] [--store local|s3] [--kills 100] [--seed 1]
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from batch_log import BatchLog
from system_calls import BUILD, DATA, ROOT, tiles

sys.path.insert(0, str(ROOT / "autotest" / "interop"))

from gate import Gate
from processes import children
from waiting import wait_until

PROGRAM = BUILD / "autotest" / "tiledir-test"
PAUSE = 20  # ms that each portion takes longer, so that kills strike at work
MOST_LOOKS = 50
MOST_PAUSE = 0.2  # s between a kill's turn and the kill
WORKERS = 2
CLOCK = 0.02  # s that times of files and of the log may differ
# Batches of a worker at most: the one in work, and those made that the journal does not name yet.
IN_FLIGHT = {"local": 2, "s3": 5}


class Bench:
    """Of an output in a folder, or in a bucket whose objects are files of a folder."""

    def __init__(self, work, program=PROGRAM, bucket=None, environment=None):
        self.work = pathlib.Path(work)
        self.gates = self.work / "gates"
        self.program = shutil.copy(program, self.work)  # one may build meanwhile
        self.out = (bucket or self.work) / "out"
        self.url = f"s3://{bucket.name}/out" if bucket else str(self.out)
        self.environment = {**os.environ, **(environment or {}), "SPDLOG_LEVEL": "debug"}

    def command(self, output, pause):
        recipe = {
            "process": "bad_hillshade",
            "parameters": {"milliseconds": pause, "gates": str(self.gates)},
            "input": {"dem": [str(DATA / name) for name in ("jacksboro_west.tif", "jacksboro_east.tif")]},
            "output": output,
            "grid": {"tile_size": 256},
            "levels": "8-15",
            "threads": WORKERS,
            "executor": "workers",
        }
        path = self.work / "recipe.yaml"
        path.write_text(json.dumps(recipe))
        return [str(self.program), "process", str(path), "--json"]

    def stamps(self):
        """When each tile was written, by its name."""
        found = {}
        for path in self.out.rglob("*.tif"):
            try:
                status = path.stat()
            except FileNotFoundError:  # it is written at this moment
                continue
            found[str(path.relative_to(self.out))] = (status.st_ino, status.st_mtime_ns)
        return found

    def left(self):
        """Temporary files, after a run that finds no writer of them alive."""
        for _ in range(MOST_LOOKS):
            found = list((self.out / ".tiledir" / "tmp").glob("*"))
            if not found:
                break
            time.sleep(0.2)  # a worker may be about to end with its run
            subprocess.run(self.command(self.url, PAUSE), check=True, capture_output=True, env=self.environment)
        return found

    def start(self):
        return subprocess.Popen(
            self.command(self.url, PAUSE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        )

    def clean(self):
        folder = self.work / "clean"
        subprocess.run(self.command(str(folder), 0), check=True, capture_output=True)
        return tiles(folder)

    def come_to(self, count, run, moments):
        """Waits for so many tiles, and a moment; False where the run has ended."""
        wait_until(lambda: run.poll() is not None or len(self.stamps()) >= count)
        time.sleep(moments.uniform(0, MOST_PAUSE))
        return run.poll() is None

    def kill_workers(self, kills, moments, total):
        """Of one run: at its begin, and then as often as it lives to see while it makes so many tiles."""
        run, before = self.start(), {}
        said = Reader(run)
        result = Result()
        with Gate(self.gates) as gate:
            gate.wait_for(run, WORKERS)
            self.kill_one_of(children(run.pid), moments, result)
        for turn in range(1, kills):
            if not self.come_to((turn - 1 + moments.random()) * total / kills, run, moments):
                break
            self.kill_one_of(children(run.pid), moments, result)
            now = self.stamps()
            result.again(changed(before, now))
            before = now
        out, err = said.all()
        now = self.stamps()
        result.again(changed(before, now))
        if run.returncode != 0:
            raise SystemExit(f"the run ended with {run.returncode}: {err.strip()[-500:]}")
        report = json.loads(out)
        if report["failed"]:
            raise SystemExit(f"tiles failed: {report['failed']}")
        log = BatchLog(err)
        result.saw(log)
        for batch in filter(lambda batch: batch.is_square(), log.done):
            for tile in filter(now.__contains__, batch.base_tiles()):
                if now[tile][1] / 1e9 > batch.time + CLOCK:
                    result.twice.add(tile)
        return result

    @staticmethod
    def kill_one_of(workers, moments, result):
        with contextlib.suppress(IndexError, ProcessLookupError):  # they have just ended
            os.kill(moments.choice(workers), signal.SIGKILL)
            result.kills += 1

    def kill_runs(self, kills, moments, total):
        """One after the other, of runs into one output: before anything is made, or after up to a fifth of all tiles."""
        result, before, done = Result(), {}, set()
        while True:
            run = self.start()
            said = Reader(run)
            count = len(before) + moments.uniform(-0.1, 0.2) * total
            if result.kills < kills and self.come_to(count, run, moments):
                run.kill()
            _, err = said.all()
            result.kills += run.returncode == -signal.SIGKILL
            if run.returncode not in (0, -9):
                raise SystemExit(f"the run ended with {run.returncode}: {err.strip()[-500:]}")
            now = self.stamps()
            again = changed(before, now)
            result.again(again)
            result.twice |= again & done
            log = BatchLog(err)
            result.saw(log)
            result.left += [len(log.in_flight)] if run.returncode else []
            done.update(tile for batch in log.done for tile in batch.tiles())
            before = now
            if run.returncode == 0 and result.kills >= kills:
                return result
            if run.returncode == 0:
                shutil.rmtree(self.out)
                before, done = {}, set()


class Reader:
    """What a process says, read while it goes."""

    def __init__(self, process):
        self.process, self.said = process, None
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        self.said = self.process.communicate()

    def all(self):
        self.thread.join()
        return self.said


def changed(before, now):
    return {path for path, stamp in before.items() if now.get(path, stamp) != stamp}


class Result:
    def __init__(self):
        self.kills = 0
        self.batches = 0  # begun
        self.made_again = []  # tiles, by kill
        self.left = []  # batches begun and not done, by kill of a run
        self.twice = set()  # tiles of batches that were done
        self.most_in_flight = 0
        self.largest = 0  # batch, tiles

    def again(self, tiles):
        self.made_again.append(len(tiles))

    def saw(self, log):
        self.batches += len(log.begun)
        self.most_in_flight = max(self.most_in_flight, log.most_in_flight)
        self.largest = max([self.largest, *(batch.count for batch in log.begun)])

    def faults(self, store="local"):
        found = [f"{tile}: of a batch that was done, written again" for tile in sorted(self.twice)[:5]]
        most = IN_FLIGHT[store] * WORKERS
        if self.most_in_flight > most:
            found.append(f"{self.most_in_flight} batches in flight, more than {most}")
        if not self.batches:
            found.append("no batch was seen")
        return found

    def __str__(self):
        return (
            f"{self.kills} kills, {self.batches} batches of up to {self.largest} tiles, at most {self.most_in_flight} in flight; "
            f"made again after a kill: {max(self.made_again)} tiles at most, {sum(self.made_again) / max(1, self.kills):.1f} in "
            f"the mean, {len(self.twice)} of batches that were done"
        ) + (f"; a run left {max(self.left)} batches at most, {sum(self.left) / len(self.left):.1f} in the mean" if self.left else "")


@contextlib.contextmanager
def bench_of(store):
    with tempfile.TemporaryDirectory() as work:
        if store == "local":
            yield Bench(work)
            return
        from s3_server import S3Server

        buckets = pathlib.Path(work) / "buckets"
        buckets.mkdir()
        with S3Server(buckets) as server:
            yield Bench(work, bucket=server.bucket("chaos"), environment=server.gdal_config())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--victim", choices=["workers", "run"], default="workers")
    parser.add_argument("--store", choices=["local", "s3"], default="local")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with bench_of(arguments.store) as bench:
        expected = bench.clean()
        kill = bench.kill_workers if arguments.victim == "workers" else bench.kill_runs
        result = kill(arguments.kills, random.Random(arguments.seed), len(expected))
        same = tiles(bench.out) == expected
        left = bench.left()
        print(f"{len(expected)} tiles, {'the same' if same else 'OTHER'} bytes, {left}; {result}")
        print("\n".join(result.faults(arguments.store)))
        sys.exit(not same or bool(left) or bool(result.faults(arguments.store)))


if __name__ == "__main__":
    main()
