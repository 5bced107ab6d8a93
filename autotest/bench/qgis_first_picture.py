"""QGIS's first picture of a dataset on S3 that is 90% empty, 50 ms a request: seconds from loading the layer to the finished
rendering of all of it, 800 x 600, and the requests that took.

Debian's QGIS without a window, on this system's GDAL; versitygw behind a proxy that delays every request (autotest/interop).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

INTEROP = pathlib.Path(__file__).resolve().parent.parent / "interop"
sys.path.insert(0, str(INTEROP))

import rounds
import sample_tiles
from gdal_release import HOST
from s3_server import S3Server
from speed_table import number, table

# Of GDAL 3.6; it opens nothing whose coarsest level lacks the tile in the middle: --levels 7.
STACTA = {"GDAL_SKIP": "TileDir", "GDAL_STACTA_SKIP_MISSING_METATILE": "YES"}
CONTENDERS = {"TileDir": ("/vsis3/sparse/stac.json", {}), "STACTA": ('STACTA:"/vsis3/sparse/stac.json"', STACTA)}
# Columns and rows of tiles, and where there are any: three squares. The coarsest level has 8 x 8 tiles, as outputs have that
# begin at some level of a grid of the world.
TILES, PATCH, PLACES = 64, 11, [(5, 8), (30, 44), (48, 20)]
LEVELS = 4


def parsed_arguments():
    parser = rounds.bench_arguments(__doc__, 5, "one round", releases=False)
    parser.add_argument("--milliseconds", type=int, default=50, help="of delay, each request")
    parser.add_argument("--contenders", nargs="+", choices=list(CONTENDERS), default=["TileDir"])
    parser.add_argument("--levels", type=int, default=LEVELS, help="7: the coarsest is one tile")
    parser.add_argument("--log", action="store_true", help="every request to standard error")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds = 1
    arguments.releases = [HOST]
    return arguments


def write_sparse(folder, levels):
    pixels = np.zeros((1, TILES * sample_tiles.TILE, TILES * sample_tiles.TILE), np.uint8)
    side = PATCH * sample_tiles.TILE
    patch = sample_tiles.picture(side, 1)
    for row, col in PLACES:
        top, left = row * sample_tiles.TILE, col * sample_tiles.TILE
        pixels[:, top : top + side, left : left + side] = patch
    sample_tiles.write_tiles(folder, pixels, levels, nodata=0)


def measure(source, environment, proxy, folder, log):
    proxy.forget()
    picture = folder / "picture.png"
    command = ["/usr/bin/python3", INTEROP / "qgis_picture.py", source, picture]
    process = subprocess.run(command, env=environment, capture_output=True, text=True)
    if process.returncode != 0:
        raise SystemExit(f"qgis_picture.py: exit code {process.returncode}\n{process.stderr.strip()}")
    said = json.loads(process.stdout.splitlines()[-1])
    if not said["valid"] or said["errors"]:
        raise SystemExit(f"{source}: QGIS says {said}")
    requests, again = proxy.requests(), proxy.asked_again()
    if log:
        for request in requests:
            rounds.say(f"{request.at:9.3f} {request.status} {request.method} {request.object} {request.range}")
        rounds.say(f"asked for again: {again}")
    return {
        "loaded": said["loaded"],
        "finished": said["finished"],
        "requests": len(requests),
        "written": sum(request.method == "PUT" for request in requests),
        "absent": sum(request.status == 404 for request in requests),
        "asked again": len(again),
        "at once": max(request.in_flight for request in requests),
    }


def bench(arguments, release, folder):
    figures = rounds.Figures()
    with S3Server(folder) as server, server.latency(arguments.milliseconds) as proxy:
        bucket = server.bucket("sparse")
        write_sparse(bucket, arguments.levels)
        server.tag(bucket.name)
        home = folder / "home"
        home.mkdir()
        for _ in range(arguments.rounds):
            for contender in arguments.contenders:
                source, settings = CONTENDERS[contender]
                environment = {**os.environ, "HOME": str(home), "GDAL_DRIVER_PATH": str(release.plugins)}
                environment.update({**server.gdal_config(proxy.endpoint), **settings})
                figures.add((contender,), measure(source, environment, proxy, folder, arguments.log))
                # Statistics that QGIS had computed: no run is to profit from an earlier one.
                for beside in bucket.glob("*.aux.xml"):
                    beside.unlink()
    return figures


def main():
    arguments = parsed_arguments()
    release = rounds.prepared_releases(arguments)[0]
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        figures = bench(arguments, release, pathlib.Path(folder))
    rows = [
        [contender, number(figures.median((contender,), "loaded")), number(figures.median((contender,), "finished"))]
        + [number(figures.median((contender,), name), 0) for name in ("requests", "absent", "asked again", "written", "at once")]
        for contender in arguments.contenders
    ]
    header = ["driver", "layer loaded s", "first picture s (goal: under 2)", "requests", "of them absent"]
    text = f"{TILES} x {TILES} tiles of {sample_tiles.TILE}, {len(PLACES) * PATCH**2} of them there, {arguments.levels} levels, "
    text += f"{arguments.milliseconds} ms a request. {rounds.machine_line([release], arguments.rounds)}\n\n"
    rounds.finish(arguments, "qgis", text + table([*header, "asked for again (goal: 0)", "written", "at once"], rows))


if __name__ == "__main__":
    main()
