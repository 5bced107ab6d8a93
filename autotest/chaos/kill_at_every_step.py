"""SIGKILL at every rename, unlink and syncfs of a run in turn, then the same command again: it must leave the tiles of a
run that nobody disturbed, and nothing in .tiledir/tmp.

Needs strace, and takes about six minutes: kill_at_every_step.py [JOB...]. The jobs are in JOBS; all without a name.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "autotest" / "data"
PROGRAM = ROOT / "build" / "bin" / "tiledir-process"
CALLS = ["rename", "unlink", "syncfs"]

PLAIN = {"grid": {"tile_size": 64}}
LOWER = {"grid": {"tile_size": 64}, "parameters": {"altitude": 30}}
ELSEWHERE = {"grid": "WorldCRS84Quad"}
REGION = ["--bounds", "-84.3,36.2,-84.2,36.3"]
JOBS = {  # what was run before, undisturbed; what is killed
    "first": (None, (PLAIN, [])),
    "region-then-whole": ((PLAIN, REGION), (PLAIN, [])),
    "overwrite": ((PLAIN, []), (PLAIN, ["--overwrite"])),
    "other-parameters": ((PLAIN, []), (LOWER, ["--overwrite"])),
    "other-grid": ((PLAIN, []), (ELSEWHERE, ["--overwrite"])),
}


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


class Bench:
    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.out = self.work / "out"

    def command(self, job, folder):
        more, flags = job
        dem = [str(DATA / name) for name in ("jacksboro_west.tif", "jacksboro_east.tif")]
        recipe = {"process": "hillshade", "input": {"dem": dem}, "output": {"path": "out"}, "threads": 1, **more}
        path = self.work / "recipe.yaml"
        path.write_text(json.dumps(recipe))
        return [PROGRAM, path, "--output", folder, "--quiet", *flags]

    def make(self, job, folder):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(self.command(job, folder), check=True)
        return folder

    def killed_at(self, call, number, command):
        """False where the run was over before."""
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"]
        return subprocess.run(["strace", "-f", "-o", "/dev/null", *inject, *command], capture_output=True).returncode != 0

    def failures(self, name):
        before, job = JOBS[name]
        expected = tiles(self.make((job[0], []), self.work / "whole"))
        earlier = before and self.make(before, self.work / "earlier")
        failed = kills = 0
        for call in CALLS:
            number = 1
            while True:
                shutil.rmtree(self.out, ignore_errors=True)
                if earlier:
                    shutil.copytree(earlier, self.out)
                command = self.command(job, self.out)
                if not self.killed_at(call, number, command):
                    break
                again = subprocess.run(command, capture_output=True, text=True)
                left = list((self.out / ".tiledir" / "tmp").glob("*"))
                if again.returncode != 0 or tiles(self.out) != expected or left:
                    failed += 1
                    print(f"{name}: killed at {call} {number}: {again.stderr.strip()} {left}", flush=True)
                number += 1
            kills += number - 1
        print(f"{name}: {kills} kills, {failed} failed", flush=True)
        return failed


def main():
    names = sys.argv[1:] or list(JOBS)
    unknown = [name for name in names if name not in JOBS]
    if unknown or not shutil.which("strace"):
        sys.exit(f"no such job: {unknown[0]}; there are {', '.join(JOBS)}" if unknown else "strace is not installed")
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(work)
        sys.exit(sum(bench.failures(name) for name in names) > 0)


if __name__ == "__main__":
    main()
