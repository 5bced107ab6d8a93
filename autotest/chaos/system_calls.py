"""SIGKILL at system calls of a command, one after the other. Needs strace."""

import itertools
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("TILEDIR_BUILD") or ROOT / "build").resolve()
DATA = ROOT / "autotest" / "data"


def need_strace():
    if not shutil.which("strace"):
        sys.exit("strace is not installed")


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


def killed_at(call, number, command, environment=None):
    """False where the command was over before."""
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"]
    strace = ["strace", "-f", "-o", "/dev/null", *inject, *map(str, command)]
    return subprocess.run(strace, capture_output=True, env=environment).returncode != 0


def failures_of(name, calls, command, prepare, fault, environment=None):
    """Kills `command` at the first, second, ... of each of the calls until it lives to its end. `prepare()` goes before
    each kill, `fault()` after it: what is wrong then, or nothing. Prints faults and a summary; returns their number."""
    failed = kills = 0
    for call in calls:
        for number in itertools.count(1):
            prepare()
            if not killed_at(call, number, command, environment):
                break
            kills += 1
            found = fault()
            if found:
                failed += 1
                print(f"{name}: killed at {call} {number}: {found}", flush=True)
    print(f"{name}: {kills} kills, {failed} failed", flush=True)
    return failed


def restored(folder, earlier):
    """The folder as it was in `earlier`, or gone where there is none."""
    shutil.rmtree(folder, ignore_errors=True)
    if earlier:
        shutil.copytree(earlier, folder)
