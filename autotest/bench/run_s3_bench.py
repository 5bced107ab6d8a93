"""A run from S3 to S3, 50 ms a request: tiledir beside the same run on a disk, and mapchete beside both.

Hillshade of a synthetic elevation model (terrain.py, a COG of tiles of 512) in tiles of 256 x 256 pixels, all levels down to one tile. The
server is versitygw on this machine, behind a proxy that delays every request and counts it (autotest/interop). Limits of the wall time:

- what the cores allow: the run on the disk. On this machine they also carry the server and the proxy, whose CPU seconds are measured: with
  these, all CPU seconds divided by the cores.
- what requests allow: all of them, 50 ms each, as many at once as were seen.

The share is the greatest of the limits, divided by the wall time.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "autotest" / "interop"))

import mapchete_job
import marked_section
from mapchete_venv import mapchete_venv
from measured_run import measured_run
from osgeo import gdal
from peers import ENVIRONMENT, elevation_model, mapchete_command, tiledir_command
from s3_server import S3Server
from speed_table import number, table


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[4096, 8192], help="rows and columns of the elevation model")
    parser.add_argument("--milliseconds", type=int, default=50, help="of delay, each request")
    parser.add_argument("--threads", type=int, default=2, help="of tiledir; workers of mapchete")
    parser.add_argument("--mapchete-venv", type=pathlib.Path, help="made before, or to be made")
    parser.add_argument("--mapchete-rounds", type=int, default=1, help="it takes minutes")
    parser.add_argument("--mapchete-sizes", type=int, nargs="+", default=[4096])
    parser.add_argument("--skip-mapchete", action="store_true", help="no virtual environment, nothing from PyPI")
    parser.add_argument("--quick", action="store_true", help="a small model, one round, no mapchete")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bin" / "tiledir-process")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench", help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/reference/benchmarks.md")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.sizes, arguments.rounds, arguments.skip_mapchete = [1024], 1, True
    arguments.work.mkdir(parents=True, exist_ok=True)
    return arguments


class Tiledir:
    name = "tiledir"

    def __init__(self, arguments):
        self.program, self.threads = arguments.program.absolute(), arguments.threads

    def command(self, folder, source, output):
        keys = {"process": "hillshade", "input": {"dem": str(source)}, "output": str(output), "threads": self.threads}
        return tiledir_command(self.program, folder, keys, "--overwrite")


class Mapchete:
    """The same levels and tiles with its own hillshade; overviews from the tiles below by average."""

    name = "mapchete"

    def __init__(self, arguments, programs, levels):
        self.program, self.workers, self.levels = programs / "mapchete", arguments.threads, levels

    def command(self, folder, source, output):
        config = mapchete_job.hillshade(source, "WebMercatorQuad", self.levels, {"COMPRESS": "DEFLATE"})
        config["output"]["path"] = str(output)
        return mapchete_command(self.program, folder, config, self.workers)


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Place:
    """The server with its proxy, and a folder on the disk."""

    def __init__(self, arguments, folder, server, proxy, source):
        self.arguments, self.folder, self.server, self.proxy, self.source = arguments, folder, server, proxy, source
        # The last one is for those that ask without GDAL.
        asks = {**server.gdal_config(proxy.endpoint), "AWS_ENDPOINT_URL": f"http://{proxy.endpoint}"}
        self.environment = {**ENVIRONMENT, **asks}
        self.runs = 0

    def run(self, contender):
        """Figures, and the folders of tiles on the disk and on S3."""
        self.runs += 1
        folder = self.folder / f"run{self.runs}"
        folder.mkdir()
        local, _ = measured_run(contender.command(folder, self.source, folder / "out"), folder, ENVIRONMENT)
        self.proxy.forget()
        helpers = [cpu_seconds(self.server.process), cpu_seconds(self.proxy.process)]
        command = contender.command(folder, "s3://elevation/terrain.tif", f"s3://tiles/run{self.runs}")
        remote, _ = measured_run(command, folder, self.environment)
        helpers = cpu_seconds(self.server.process) + cpu_seconds(self.proxy.process) - sum(helpers)
        requests = self.proxy.requests()
        at_once = max(request.in_flight for request in requests)
        figures = {
            "disk": local.wall,
            "s3": remote.wall,
            "disk_cpu": local.cpu,
            "s3_cpu": remote.cpu,
            "helpers_cpu": helpers,
            "peak": remote.peak / 1e6,
            "requests": len(requests),
            "puts": sum(each.method == "PUT" and each.path.endswith(".tif") for each in requests),
            "input_gets": sum(each.path == "/elevation/terrain.tif" for each in requests),
            "at_once": at_once,
            "by_disk": local.wall,
            "by_cores": (remote.cpu + helpers) / os.cpu_count(),
            "by_requests": len(requests) * self.arguments.milliseconds / 1000 / at_once,
        }
        print(contender.name, json.dumps(figures), file=sys.stderr)
        return figures, folder / "out", self.server.bucket("tiles") / f"run{self.runs}"


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


def levels_of(folder):
    levels = sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())
    return levels[0], levels[-1]


def bench(arguments, folder, size, programs):
    """Medians by contender."""
    plain = elevation_model(folder, size)
    rounds = {}
    (folder / "s3").mkdir()
    with S3Server(folder / "s3") as server, server.latency(arguments.milliseconds) as proxy:
        source = server.bucket("elevation") / "terrain.tif"
        gdal.Translate(str(source), str(plain), format="COG", creationOptions=["COMPRESS=DEFLATE"])
        server.bucket("tiles")
        place = Place(arguments, folder, server, proxy, source)
        for number_of_round in range(arguments.rounds):
            figures, local, remote = place.run(Tiledir(arguments))
            if tiles(local) != tiles(remote):
                raise SystemExit("not the tiles of the run on the disk")
            rounds.setdefault(Tiledir.name, []).append(figures)
            if programs and size in arguments.mapchete_sizes and number_of_round < arguments.mapchete_rounds:
                figures, _, _ = place.run(Mapchete(arguments, programs, levels_of(local)))
                rounds.setdefault(Mapchete.name, []).append(figures)
    return {
        name: {key: statistics.median(each[key] for each in figures) for key in figures[0]} for name, figures in rounds.items()
    }


def row(size, name, figures, fastest):
    limits = {"disk": figures["by_disk"], "cores": figures["by_cores"], "requests": figures["by_requests"]}
    binding = max(limits, key=limits.get)
    without_helpers = max(figures["by_disk"], figures["by_requests"])
    counts = [str(math.ceil(figures[key])) for key in ("requests", "puts", "input_gets", "at_once")]
    seconds = [number(figures[key], 2) for key in ("disk", "s3", "disk_cpu", "s3_cpu", "helpers_cpu")]
    allowed = [number(limits[key], 2) for key in ("cores", "requests")]
    shares = [f"{limit / figures['s3']:.0%}" for limit in (without_helpers, limits[binding])]
    ratio = number(figures["s3"] / fastest, 2)
    return [f"{size} x {size}", name, *seconds, number(figures["peak"], 0), *counts, *allowed, binding, *shares, ratio]


HEADER = [
    "heights",
    "contender",
    "on a disk s",
    "S3 to S3 s",
    "its CPU s on a disk",
    "its CPU s on S3",
    "CPU s of server and proxy",
    "peak MB",
    "requests",
    "PUTs of tiles",
    "GETs of the input",
    "at once, at most",
    "cores allow s",
    "requests allow s",
    "binds",
    "greater of disk and requests / S3",
    "greatest limit / S3 (goal: 80%)",
    "S3 / tiledir",
]


def main():
    arguments = parsed_arguments()
    programs, versions = None, {}
    if not arguments.skip_mapchete:
        venv = arguments.mapchete_venv or arguments.work / "mapchete-s3-venv"
        programs, versions = mapchete_venv(venv, ENVIRONMENT, "mapchete[s3]")
    rows = []
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
            figures = bench(arguments, pathlib.Path(folder).absolute(), size, programs)
        rows += [row(size, name, each, figures[Tiledir.name]["s3"]) for name, each in figures.items()]
    text = f"{arguments.threads} threads or workers, {arguments.milliseconds} ms a request. "
    text += f"Medians of {arguments.rounds} rounds ({arguments.mapchete_rounds} of mapchete), {os.cpu_count()} cores; GDAL {gdal.__version__}"
    text += "".join(f", {name} {version}" for name, version in versions.items()) + ".\n\n"
    text += table(HEADER, rows)
    print(text)
    if arguments.update:
        marked_section.replace(arguments.update, "run on s3", text)


if __name__ == "__main__":
    main()
