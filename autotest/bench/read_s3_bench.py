"""Reading a window of 4096 x 4096 pixels from S3, 50 ms a request: tiledir against STACTA on the same GDAL.

The server is versitygw on this machine, behind a proxy that delays every request and counts it (autotest/interop). Both drivers read the
same tiles of 256 x 256 pixels, each time in a process that knows nothing yet. Opening alone is counted apart. "STACTA, tuned" asks
for a tile in one request, which /vsis3/ by itself does in pieces of 16 KiB, and lists no folder.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))

import rounds
import sample_tiles
from s3_server import S3Server
from speed_table import number, table

TUNED = {"CPL_VSIL_CURL_CHUNK_SIZE": "1048576", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}
CONTENDERS = {"TileDir": ("TileDir", {}), "STACTA": ("STACTA", {}), "STACTA, tuned": ("STACTA", TUNED)}
BANDS = [1, 3]
LEVELS = 5
# Tiles around the window, so that it is a part of something.
MARGIN = 2


def parsed_arguments():
    parser = rounds.bench_arguments(__doc__, 3, "a window of 1,024 pixels, one round")
    parser.add_argument("--size", type=int, default=4096, help="rows and columns of the window, a multiple of 256")
    parser.add_argument("--milliseconds", type=int, default=50, help="of delay, each request")
    parser.add_argument("--bands", nargs="+", type=int, choices=BANDS, default=BANDS)
    parser.add_argument("--contenders", nargs="+", choices=list(CONTENDERS), default=list(CONTENDERS))
    parser.add_argument("--config", nargs="+", default=[], metavar="NAME=VALUE", help="GDAL's configuration options, for all")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.size, arguments.rounds = 1024, 1
    return arguments


def measure(release, proxy, environment, order):
    """The figures of one run, the requests that it made among them."""
    proxy.forget()
    figures = rounds.read_once(release, order, environment)
    requests = proxy.requests()
    figures["requests"] = len(requests)
    figures["asked again"] = len(proxy.asked_again())
    figures["at_once"] = max(request.in_flight for request in requests)
    return figures


def bench(arguments, releases, server):
    side = arguments.size + 2 * MARGIN * sample_tiles.TILE
    for bands in arguments.bands:
        sample_tiles.write_tiles(server.bucket(f"bands{bands}"), sample_tiles.picture(side, bands), LEVELS)
        server.tag(f"bands{bands}")
    figures = rounds.Figures()
    with server.latency(arguments.milliseconds) as proxy:
        environment = server.gdal_config(proxy.endpoint)
        environment.update(setting.split("=", 1) for setting in arguments.config)
        for _ in range(arguments.rounds):
            for release in releases:
                for bands in arguments.bands:
                    for operation in ("open", "window"):
                        for contender in arguments.contenders:
                            driver, tuning = CONTENDERS[contender]
                            order = {"dataset": f"/vsis3/bands{bands}/stac.json", "driver": driver}
                            order.update(operation=operation, size=arguments.size, offset=MARGIN * sample_tiles.TILE)
                            found = measure(release, proxy, {**environment, **tuning}, order)
                            figures.add((release.release, bands, operation, contender), found)
    figures.must_agree("checksum")
    return figures


def tables(figures, arguments, releases):
    rows = []
    for release in releases:
        for bands in arguments.bands:
            ours = (release.release, bands, "window", "TileDir")
            for contender in arguments.contenders:
                opening, key = ((release.release, bands, operation, contender) for operation in ("open", "window"))
                seconds, to_open = figures.median(key, "read"), figures.median(opening, "requests")
                rows.append(
                    [
                        release.version(),
                        str(bands),
                        contender,
                        number(figures.median(opening, "open"), 3),
                        number(to_open, 0),
                        number(seconds),
                        number(figures.median(key, "requests") - to_open, 0),
                        number(figures.median(key, "asked again"), 0),
                        number(figures.median(key, "at_once"), 0),
                        number(seconds / figures.median(ours, "read"), 1) if ours in figures.runs else "",
                    ]
                )
    header = ["GDAL", "bands", "driver", "open s", "requests to open", "read s", "requests to read", "objects asked for again"]
    return table([*header, "at once", "read / TileDir (goal: 10)"], rows)


def main():
    arguments = parsed_arguments()
    releases = rounds.prepared_releases(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder, S3Server(folder) as server:
        figures = bench(arguments, releases, server)
    tiles = (arguments.size // sample_tiles.TILE) ** 2
    text = f"{arguments.size} x {arguments.size} Byte, {tiles} tiles, {arguments.milliseconds} ms a request. "
    text += rounds.machine_line(releases, arguments.rounds) + "\n\n" + tables(figures, arguments, releases)
    rounds.finish(arguments, "read s3", text)


if __name__ == "__main__":
    main()
