"""Programs in Go that tests need, built once and kept in TILEDIR_CACHE (/var/cache/tiledir, or the user's own cache).

Run as a program it builds all of them and prints their paths.
"""

import fcntl
import functools
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
LATENCY_PROXY = pathlib.Path(__file__).resolve().parent / "latency_proxy"
BUILD_SECONDS = 900


class NoGoProgram(Exception):
    """There is no Go, or it cannot build this: a reason to skip a test, with its cause."""


@functools.lru_cache(maxsize=None)
def versitygw():
    """The path of the S3 server, which the Go module proxy has the sources of."""
    folder = cache() / VERSITYGW.replace("/", "_").replace("@", "-")
    return built(folder / "versitygw", ["install", VERSITYGW], {"GOBIN": str(folder)})


@functools.lru_cache(maxsize=None)
def latency_proxy():
    """The path of the proxy whose sources are beside this file; its name tells which sources, checkouts may differ."""
    sources = sorted(path for path in LATENCY_PROXY.iterdir() if path.suffix in (".go", ".mod"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    program = cache() / f"latency_proxy-{digest[:12]}"
    return built(program, ["build", "-o", str(program), "."], {})


@functools.lru_cache(maxsize=None)
def cache():
    """The folder of what is built; made where it is not there."""
    candidates = [pathlib.Path(os.environ.get("TILEDIR_CACHE") or "/var/cache/tiledir")]
    candidates.append(pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tiledir")
    for candidate in candidates:
        try:
            folder = candidate / "go"
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
        except OSError:
            continue
    raise NoGoProgram(f"none of these folders can be written: {', '.join(map(str, candidates))}")


def built(program, command, environment):
    """The program, after `go COMMAND` where it is not there. Two processes do not build it at once."""
    with open(cache() / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if program.exists():
            return program
        go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
        if not go:
            raise NoGoProgram(f"go is not there to build {program.name}")
        # Of a checkout that belongs to another user git tells go nothing.
        settings = {"GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0", **environment}
        try:
            subprocess.run(
                ["nice", go, *command],
                check=True,
                cwd=LATENCY_PROXY,
                env={**os.environ, **settings},
                timeout=BUILD_SECONDS,
                capture_output=True,
                text=True,
            )
        except subprocess.TimeoutExpired:
            raise NoGoProgram(f"go took more than {BUILD_SECONDS} s to build {program.name}") from None
        except subprocess.CalledProcessError as error:
            raise NoGoProgram(f"go could not build {program.name}: {error.stderr.strip().splitlines()[-1]}") from None
        return program


if __name__ == "__main__":
    try:
        print(versitygw(), latency_proxy(), sep="\n")
    except NoGoProgram as error:
        sys.exit(str(error))
