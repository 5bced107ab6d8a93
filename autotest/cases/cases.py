"""Runs reproducers against a build and says which are right: cases.py [FOLDER] [--build BUILD] [--only WORD]

FOLDER (../shared/cases beside the checkout) has a folder for each case, NUMBER-NAME, with a script or with data. The
checks of case_checks.py know by name what is right. Prints a table: case, "right", "refused in words" or "wrong",
seconds. A case without a check is listed and counts as no fault. Exit code 1 where one is wrong.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 180  # seconds


def environment(build):
    """Programs and plugin of the build; the Python that has GDAL's bindings."""
    path = ":".join([str(build / "bin"), "/usr/bin", os.environ["PATH"]])
    return {**os.environ, "PATH": path, "GDAL_DRIVER_PATH": str(build / "gdalplugins"), "CHECKOUT": str(ROOT)}


def script_of(case):
    return next((case / name for name in ("run.sh", "repro.sh") if (case / name).is_file()), None)


def output_of(command, folder, environment):
    """What a script says, in order, and how it ends, as a last line."""
    try:
        done = subprocess.run(command, cwd=folder, env=environment, text=True, timeout=LONGEST,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    except subprocess.TimeoutExpired as ended:
        return (ended.stdout or b"").decode(errors="replace") + f"\nnot done after {LONGEST} s\n"
    return done.stdout + f"\nexit code {done.returncode}\n"


def outcome_of(case, environment):
    """(outcome, faults) of one case."""
    from case_checks import CHECKS, REFUSED  # which need the plugin's folder in the environment
    check = CHECKS.get(re.sub(r"^\d+-", "", case.name))
    if check is None:
        return "no check", []
    with tempfile.TemporaryDirectory() as folder:
        script = script_of(case)
        output = output_of(["bash", str(script)], script.parent, environment) if script else ""
        try:
            answer = check(output, case, Path(folder))
        except (AssertionError, LookupError, TypeError, ValueError, RuntimeError, OSError) as fault:
            said = f"{type(fault).__name__}: {fault}".strip()
            return "wrong", [said, *output.splitlines()[-20:]]
    return ("refused in words" if answer == REFUSED else "right"), []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "cases")
    parser.add_argument("--build", type=Path, default=Path(os.environ.get("TILEDIR_BUILD") or ROOT / "build"))
    parser.add_argument("--only", default="", help="cases that have this in their names")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    os.environ.update(environment(build))
    wrong = 0
    for case in sorted(path for path in arguments.folder.iterdir() if path.is_dir() and arguments.only in path.name):
        start = time.monotonic()
        outcome, lines = outcome_of(case.resolve(), dict(os.environ))
        wrong += outcome == "wrong"
        print(f"{case.name:45} {outcome:17} {time.monotonic() - start:6.1f}", *lines, sep="\n    ", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
