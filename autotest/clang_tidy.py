"""Runs clang-tidy on every .cpp file of a build: clang_tidy.py BUILD

BUILD is a configured Ninja build with compile_commands.json. clang-tidy is that of BUILD/lint, where `pip install
--target` has put it, else Debian's, which looks at every header of other libraries too and takes twice as long. A file
found clean is remembered in ~/.cache/tiledir/clang-tidy under a digest of all that clang-tidy reads (the file, every
header it includes, its command, .clang-tidy, clang-tidy's version), and not looked at again, where the build is a
finished one, which knows its headers.
"""

import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tiledir" / "clang-tidy"


@functools.lru_cache(maxsize=None)
def digest_of_file(path):
    return hashlib.sha256(Path(path).read_bytes()).digest()


def headers_by_output(build):
    """What Ninja has recorded for every object file: its path in the build, then its headers, indented."""
    headers, current = {}, []
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        if line.startswith(" "):
            current.append(str((build / line.strip()).resolve()))
        elif ": #deps" in line:
            current = headers.setdefault(line.split(": #deps")[0], [])
    return headers


def output_of(entry):
    return re.search(r" -o (\S+) -c ", entry["command"])[1]


def digest(entry, headers, settings):
    result = hashlib.sha256(settings)
    result.update(entry["command"].replace(str(ROOT), "").encode())
    for path in [entry["file"], *sorted(headers)]:
        result.update(digest_of_file(path))
    return result.hexdigest()


def program(build):
    wheels = build / "lint" / "clang_tidy" / "data" / "bin" / "clang-tidy"
    return wheels if wheels.exists() else "clang-tidy"


def is_clean(entry, build, headers, settings):
    # Without its headers known a file has no key that could be trusted.
    known = CACHE / digest(entry, headers, settings) if headers else None
    if known and known.exists():
        return True
    run = subprocess.run([program(build), "--quiet", "-p", build, entry["file"]], capture_output=True, text=True)
    if run.returncode != 0:
        print(run.stdout or run.stderr, flush=True)
        return False
    if known:
        CACHE.mkdir(parents=True, exist_ok=True)
        known.touch()
    return True


def main(build):
    entries = json.loads((build / "compile_commands.json").read_text())
    # A build tree may lie inside the checkout: what it generates is not ours to read.
    entries = [entry for entry in entries if not Path(entry["file"]).is_relative_to(build)]
    version = subprocess.run([program(build), "--version"], check=True, capture_output=True).stdout
    settings = version + (ROOT / ".clang-tidy").read_bytes()
    headers = headers_by_output(build)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        clean = list(pool.map(lambda entry: is_clean(entry, build, headers.get(output_of(entry), []), settings), entries))
    print(f"clang-tidy: {sum(clean)} of {len(clean)} files are clean")
    return 0 if clean and all(clean) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
