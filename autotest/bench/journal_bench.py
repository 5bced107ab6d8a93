"""What it takes to resume runs of twenty million tiles whose output and journal are on S3: requests, bytes a finished tile, memory.

The journals are written by journal_maker, which makes no tiles but notes them as runs do. `coast` and `scattered` are finished: the same
command again finds nothing to do. `half` was killed: --dry-run and `tiledir status` say what is left. The server is versitygw
on this machine, behind a proxy that counts requests (autotest/interop).
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))

import marked_section
from measured_run import measured_run
from s3_server import S3Server

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "autotest" / "data"
MOST_REQUESTS = 200
MOST_BYTES_A_TILE = 1.0
BASE_LEVEL, QUICK_BASE_LEVEL = 22, 18
TILES_A_FILE = 10_000
PATTERNS = {"coast": [], "scattered": [], "half": ["--dry-run"]}


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="86,000 tiles")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench", help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/reference/benchmarks.md")
    return parser.parse_args()


def write_recipe(folder, bucket, pattern, base):
    recipe = folder / f"{pattern}.yaml"
    keys = {
        "process": "hillshade",
        "input": {"dem": [str(DATA / "jacksboro_west.tif"), str(DATA / "jacksboro_east.tif")]},
        "levels": f"5-{base}",
        "output": f"/vsis3/{bucket}/{pattern}",
    }
    recipe.write_text(json.dumps(keys))
    return recipe


def journal_files(folder):
    return [path for path in (folder / ".tiledir" / "journal").iterdir() if path.is_file()]


def counted(proxy, command, folder, environment):
    """Requests, cost and output of a command."""
    proxy.forget()
    cost, out = measured_run(command, folder, environment)
    return len(proxy.requests()), cost, out


def bench(arguments, folder, server, proxy, pattern):
    bucket = server.bucket("journals")
    base = QUICK_BASE_LEVEL if arguments.quick else BASE_LEVEL
    recipe = write_recipe(folder, "journals", pattern, base)
    environment = {**os.environ, **server.gdal_config(proxy.endpoint)}
    maker = arguments.build.absolute() / "autotest" / "journal_maker"
    process, status = (arguments.build.absolute() / "bin" / f"tiledir-{name}" for name in ("process", "status"))
    writes, making, out = counted(proxy, [maker, recipe, pattern, TILES_A_FILE], folder, environment)
    made = json.loads(out)
    files = journal_files(bucket / pattern)
    size = sum(path.stat().st_size for path in files)
    resumes = [process, recipe, "--json", "--quiet", *PATTERNS[pattern]]
    requests, cost, out = counted(proxy, resumes, folder, environment)
    told = json.loads(out)
    left = told["tiles" if pattern == "half" else "planned"]
    if left != made["tiles"] - made["done"]:
        raise SystemExit(f"{pattern}: {left} tiles are left of {made}")
    asked, _, out = counted(proxy, [status, f"s3://journals/{pattern}", "--json"], folder, environment)
    levels = json.loads(out)["levels"].values()
    if sum(level["stored"] + level["empty"] for level in levels) != made["done"]:
        raise SystemExit(f"{pattern}: status counts otherwise: {out}")
    if max(requests, asked) > MOST_REQUESTS or size > MOST_BYTES_A_TILE * made["done"]:
        raise SystemExit(f"{pattern}: {requests} and {asked} requests, {size} bytes for {made['done']} tiles")
    return (
        f"| {pattern} | {made['done']:,} of {made['tiles']:,} | {writes} | {making.peak / 1e6:.0f} | {len(files)} "
        f"| {size / made['done']:.3f} | {requests} | {cost.cpu:.1f} | {cost.peak / 1e6:.0f} | {asked} |"
    )


def main():
    arguments = parsed_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    rows = [
        f"| journal | tiles done | requests to write it, {TILES_A_FILE:,} tiles a file | peak MB | files | bytes a done tile (goal: 1) "
        f"| requests to resume (goal: {MOST_REQUESTS}) | CPU s | peak MB | requests of status |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder, S3Server(pathlib.Path(folder)) as server:
        with server.latency(milliseconds=0) as proxy:
            for pattern in PATTERNS:
                rows.append(bench(arguments, pathlib.Path(folder), server, proxy, pattern))
                print(rows[-1], file=sys.stderr)
    text = "\n".join(rows)
    print(text)
    if arguments.update:
        marked_section.replace(arguments.update, "journal", text)


if __name__ == "__main__":
    main()
