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

from system_calls import BUILD, DATA, failures_of, need_strace, restored, tiles

PROGRAM = BUILD / "bin" / "tiledir-process"
CALLS = ["rename", "renameat2", "unlink", "syncfs"]

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

    def failures(self, name):
        before, job = JOBS[name]
        expected = tiles(self.make((job[0], []), self.work / "whole"))
        earlier = before and self.make(before, self.work / "earlier")
        command = self.command(job, self.out)

        def fault():
            again = subprocess.run(command, capture_output=True, text=True)
            left = list((self.out / ".tiledir" / "tmp").glob("*"))
            if again.returncode != 0 or tiles(self.out) != expected or left:
                return f"{again.stderr.strip()} {left}"

        return failures_of(name, CALLS, command, lambda: restored(self.out, earlier), fault)


def main():
    names = sys.argv[1:] or list(JOBS)
    unknown = [name for name in names if name not in JOBS]
    if unknown:
        sys.exit(f"no such job: {unknown[0]}; there are {', '.join(JOBS)}")
    need_strace()
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(work)
        sys.exit(sum(bench.failures(name) for name in names) > 0)


if __name__ == "__main__":
    main()
