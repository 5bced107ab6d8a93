"""SIGKILL at every mkdir, rename, unlink and rmdir of a gdal_translate to a directory of tiles in turn, a new one and one
that replaces another, then the same command again: it must leave the tiles of one that nobody disturbed, `tiledir verify`
finds no fault, and nothing is left in .tiledir/tmp and .tiledir/intents.

Needs strace, takes a minute: kill_creation_at_every_step.py
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from kill_at_every_step import DATA, ROOT, tiles

CALLS = ["mkdir", "rename", "unlink", "rmdir"]
COPY = ["gdal_translate", "-q", "-of", "TileDir", "-co", "TILE_SIZE=64", "-co", "NUM_THREADS=1"]
ENVIRONMENT = {**os.environ, "GDAL_DRIVER_PATH": str(ROOT / "build" / "gdalplugins")}


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, env=ENVIRONMENT)


def failures(work, earlier):
    out = work / "out"
    command = [*COPY, DATA / "jacksboro_west.tif", out]
    failed = kills = 0
    for call in CALLS:
        number = 1
        while True:
            shutil.rmtree(out, ignore_errors=True)
            if earlier:
                shutil.copytree(work / "whole", out)
            inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"]
            if run("strace", "-f", "-o", "/dev/null", *inject, *command).returncode == 0:
                break
            again, verified = run(*command), run(ROOT / "build" / "bin" / "tiledir", "verify", out)
            left = [path for name in ("tmp", "intents") for path in (out / ".tiledir" / name).glob("*")]
            if again.returncode or again.stderr or verified.returncode or tiles(out) != tiles(work / "whole") or left:
                failed += 1
                print(f"killed at {call} {number}: {again.stderr.strip()} {verified.stderr.strip()} {left}", flush=True)
            number += 1
        kills += number - 1
    print(f"{'over another' if earlier else 'new'}: {kills} kills, {failed} failed", flush=True)
    return failed


def main():
    if not shutil.which("strace"):
        sys.exit("strace is not installed")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        run(*COPY, DATA / "jacksboro_west.tif", work / "whole")
        sys.exit(failures(work, earlier=False) + failures(work, earlier=True) > 0)


if __name__ == "__main__":
    main()
