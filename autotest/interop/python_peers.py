"""mapchete, and the rasterio whose wheel has a GDAL of its own, in a virtual environment kept in TILEDIR_CACHE.

Run as a program it makes the environment and prints its folder.
"""

import fcntl
import functools
import os
import pathlib
import shutil
import subprocess
import sys

import go_program

MAPCHETE = "mapchete==2026.7.0"
INSTALL_SECONDS = 600


class NoMapchete(Exception):
    """mapchete cannot be had here: a reason to skip a test, with its cause."""


# The plugin does not fit the wheels' GDAL, nor their Python what Debian's python3 imports.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in ("GDAL_DRIVER_PATH", "PYTHONPATH")}


@functools.lru_cache(maxsize=None)
def programs():
    """The folder of the programs. Only wheels: nothing is compiled. Two processes do not make it at once."""
    folder = go_program.cache().parent / "python" / MAPCHETE.replace("==", "-")
    folder.parent.mkdir(exist_ok=True)
    with open(folder.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            for command in [
                ["/usr/bin/python3", "-m", "venv", folder],
                [folder / "bin" / "pip", "install", "--quiet", "--only-binary", ":all:", MAPCHETE],
            ]:
                run(command)
            (folder / "whole").touch()
    return folder / "bin"


def run(command):
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise NoMapchete(f"{command[0]} took more than {INSTALL_SECONDS} s to make {MAPCHETE}") from None
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise NoMapchete(f"{MAPCHETE} cannot be installed: {said[-1]}") from None


if __name__ == "__main__":
    try:
        print(programs())
    except (NoMapchete, go_program.NoGoProgram) as error:
        sys.exit(str(error))
