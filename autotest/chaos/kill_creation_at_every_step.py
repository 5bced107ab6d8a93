"""SIGKILL at every mkdir, rename, unlink and rmdir of a gdal_translate to a directory of tiles in turn, a new one and one
that replaces another, then the same command again: it must leave the tiles of one that nobody disturbed, `tiledir verify`
finds no fault, and nothing is left in .tiledir/tmp and .tiledir/intents.

Needs strace, takes a minute: kill_creation_at_every_step.py
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from system_calls import BUILD, DATA, failures_of, need_strace, restored, tiles

CALLS = ["mkdir", "rename", "renameat2", "unlink", "rmdir"]
COPY = ["gdal_translate", "-q", "-of", "TileDir", "-co", "TILE_SIZE=64", "-co", "NUM_THREADS=1"]
ENVIRONMENT = {**os.environ, "GDAL_DRIVER_PATH": str(BUILD / "gdalplugins")}


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, env=ENVIRONMENT)


def failures(work, earlier):
    out = work / "out"
    command = [*COPY, DATA / "jacksboro_west.tif", out]

    def fault():
        again, verified = run(*command), run(BUILD / "bin" / "tiledir", "verify", out)
        left = [path for name in ("tmp", "intents") for path in (out / ".tiledir" / name).glob("*")]
        if again.returncode or again.stderr or verified.returncode or tiles(out) != tiles(work / "whole") or left:
            return f"{again.stderr.strip()} {verified.stderr.strip()} {left}"

    name, before = ("over another", work / "whole") if earlier else ("new", None)
    return failures_of(name, CALLS, command, lambda: restored(out, before), fault, ENVIRONMENT)


def main():
    need_strace()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        run(*COPY, DATA / "jacksboro_west.tif", work / "whole")
        sys.exit(failures(work, earlier=False) + failures(work, earlier=True) > 0)


if __name__ == "__main__":
    main()
