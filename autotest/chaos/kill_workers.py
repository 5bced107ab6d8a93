"""SIGKILL at random moments: of a run's workers, or of the run itself and then the same command again, until it ends. It
must leave the tiles of a run that nobody disturbed, nothing in .tiledir/tmp, and make again nothing but what was in
work.

kill_workers.py [--victim workers|run] [--store local|s3] [--kills 100] [--seed 1]
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "autotest" / "data"
PROGRAM = ROOT / "build" / "autotest" / "tiledir-test"
PAUSE = 20  # ms that each portion takes longer, so that a run lives to see its kills
WORKERS = 2
BATCH = 64 + 16 + 4 + 1  # tiles at most


def children(process):
    found = []
    for task in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:  # it has just ended
            pass
    return found


class Bench:
    """Of an output in a folder, or in a bucket whose objects are files of a folder."""

    def __init__(self, work, program=PROGRAM, bucket=None, environment=None):
        self.work = pathlib.Path(work)
        self.program = shutil.copy(program, self.work)  # one may build meanwhile
        self.out = (bucket or self.work) / "out"
        self.url = f"s3://{bucket.name}/out" if bucket else str(self.out)
        self.environment = {**os.environ, **(environment or {})}

    def command(self, output, pause):
        recipe = {
            "process": "bad_hillshade",
            "parameters": {"milliseconds": pause},
            "input": {"dem": [str(DATA / name) for name in ("jacksboro_west.tif", "jacksboro_east.tif")]},
            "output": output,
            "grid": {"tile_size": 256},
            "levels": "8-15",
            "threads": WORKERS,
            "executor": "workers",
        }
        path = self.work / "recipe.yaml"
        path.write_text(json.dumps(recipe))
        return [str(self.program), "process", str(path), "--json", "--quiet"]

    def tiles(self, folder):
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}

    def stamps(self):
        """When each tile was written."""
        found = {}
        for path in self.out.rglob("*.tif"):
            status = path.stat()
            found[path] = (status.st_ino, status.st_mtime_ns)
        return found

    def left(self):
        """Temporary files."""
        return list((self.out / ".tiledir" / "tmp").glob("*"))

    def start(self):
        return subprocess.Popen(
            self.command(self.url, PAUSE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        )

    def clean(self):
        folder = self.work / "clean"
        subprocess.run(self.command(str(folder), 0), check=True, capture_output=True)
        return self.tiles(folder)

    def kill_workers(self, kills, moments):
        """Of one run, as often as it lives to see; the kills, and the tiles that were written twice or more."""
        run, done, again, before = self.start(), 0, set(), {}
        while done < kills and run.poll() is None:
            time.sleep(moments.uniform(0.02, 0.3))
            victims = children(run.pid)
            if not victims:
                continue
            try:
                subprocess.run(["kill", "-9", str(moments.choice(victims))], check=True, capture_output=True)
            except subprocess.CalledProcessError:
                continue  # it had just ended
            done += 1
            now = self.stamps()
            again |= {path for path, stamp in before.items() if now.get(path, stamp) != stamp}
            before = now
        out, err = run.communicate()
        now = self.stamps()
        again |= {path for path, stamp in before.items() if now.get(path, stamp) != stamp}
        if run.returncode != 0:
            raise SystemExit(f"the run ended with {run.returncode}: {err.strip()[-500:]}")
        report = json.loads(out)
        if report["failed"]:
            raise SystemExit(f"tiles failed: {report['failed']}")
        return done, len(again)

    def kill_runs(self, kills, moments):
        """One after the other, of runs into one output; the kills, and the most tiles that one run made again."""
        done, most, before = 0, 0, {}
        while True:
            run = self.start()
            try:
                _, err = run.communicate(timeout=moments.uniform(0.05, 4) if done < kills else None)
            except subprocess.TimeoutExpired:
                run.kill()
                _, err = run.communicate()
                done += 1
            if run.returncode not in (0, -9):
                raise SystemExit(f"the run ended with {run.returncode}: {err.strip()[-500:]}")
            now = self.stamps()
            most = max(most, sum(now.get(path) != stamp for path, stamp in before.items()))
            before = now
            if run.returncode == 0 and done >= kills:
                return done, most
            if run.returncode == 0:
                shutil.rmtree(self.out)
                before = {}


@contextlib.contextmanager
def bench_of(store):
    with tempfile.TemporaryDirectory() as work:
        if store == "local":
            yield Bench(work)
            return
        sys.path.insert(0, str(ROOT / "autotest" / "interop"))
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
        kills, again = kill(arguments.kills, random.Random(arguments.seed))
        same = bench.tiles(bench.out) == expected
        left = bench.left()
        print(f"{kills} kills, {len(expected)} tiles, {again} made again, {'the same' if same else 'OTHER'} bytes, {left}")
        sys.exit(not same or bool(left))


if __name__ == "__main__":
    main()
