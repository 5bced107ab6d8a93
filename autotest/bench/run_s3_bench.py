"""A run from S3 to S3, 50 ms a request, beside the same run on a disk.

Hillshade of a synthetic elevation model in tiles of 256 x 256 pixels (terrain.py, a COG of tiles of 512). The server is versitygw on this
machine, behind a proxy that delays every request and counts it (autotest/interop). Two limits: what the cores allow, which is the run on
the disk; and what requests allow, which is all of them, 50 ms each, as many at once as were seen.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "autotest" / "interop"))

import marked_section
from osgeo import gdal
from s3_server import S3Server
from speed_table import number, table

BENCH = pathlib.Path(__file__).resolve().parent


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=4096, help="rows and columns of the elevation model")
    parser.add_argument("--milliseconds", type=int, default=50, help="of delay, each request")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a small model, one round")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bin" / "tiledir-process")
    parser.add_argument("--work", type=pathlib.Path, default=None, help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/benchmarks.md")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.size, arguments.rounds = 1024, 1
    return arguments


def run(arguments, folder, name, source, output, environment):
    recipe = folder / f"{name}.yaml"
    keys = {"process": "hillshade", "input": {"dem": str(source)}, "output": str(output), "threads": arguments.threads}
    recipe.write_text(json.dumps(keys))
    started = time.monotonic()
    command = [str(arguments.program), str(recipe), "--json", "--quiet", "--overwrite"]
    out = subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True, text=True).stdout
    return time.monotonic() - started, json.loads(out)


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in pathlib.Path(folder).rglob("*.tif")}


def bench(arguments, folder):
    plain = folder / "terrain.tif"
    subprocess.run([sys.executable, BENCH / "terrain.py", plain, "--size", str(arguments.size)], check=True)
    rows = []
    with S3Server(folder / "s3") as server, server.latency(arguments.milliseconds) as proxy:
        source = server.bucket("elevation") / "terrain.tif"
        gdal.Translate(str(source), str(plain), format="COG", creationOptions=["COMPRESS=DEFLATE"])
        server.bucket("tiles")
        environment = server.gdal_config(proxy.endpoint)
        for number_of_round in range(arguments.rounds):
            local, _ = run(arguments, folder, "local", source, folder / f"local{number_of_round}", {})
            proxy.forget()
            output = f"s3://tiles/out{number_of_round}"
            remote, report = run(arguments, folder, "remote", "s3://elevation/terrain.tif", output, environment)
            requests = proxy.requests()
            if tiles(folder / f"local{number_of_round}") != tiles(folder / "s3" / "tiles" / f"out{number_of_round}"):
                raise SystemExit("not the tiles of the run on the disk")
            at_once = max(request.in_flight for request in requests)
            puts = sum(request.method == "PUT" and request.path.endswith(".tif") for request in requests)
            by_requests = len(requests) * arguments.milliseconds / 1000 / at_once
            rows.append([local, remote, len(requests), puts, at_once, by_requests, report["memory"]["peak"] / 1e6])
            print(rows[-1], file=sys.stderr)
    return [statistics.median(column) for column in zip(*rows)]


def main():
    arguments = parsed_arguments()
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        folder = pathlib.Path(folder)
        (folder / "s3").mkdir()
        local, remote, requests, puts, at_once, by_requests, peak = bench(arguments, folder)
    header = ["on a disk s", "S3 to S3 s", "requests", "of these PUTs of tiles", "at once, at most", "requests allow s", "peak MB"]
    header += ["disk / S3 (goal: 0.8)"]
    counts = [str(int(count)) for count in (requests, puts, at_once)]
    figures = [number(local, 2), number(remote, 2), *counts, number(by_requests, 2), number(peak, 0)]
    text = f"{arguments.size} x {arguments.size} heights, {arguments.threads} threads, {arguments.milliseconds} ms. "
    text += f"Medians of {arguments.rounds} rounds, {os.cpu_count()} cores; GDAL {gdal.__version__}.\n\n"
    text += table(header, [[*figures, number(local / remote, 2)]])
    print(text)
    if arguments.update:
        marked_section.replace(arguments.update, "run on S3", text)


if __name__ == "__main__":
    main()
