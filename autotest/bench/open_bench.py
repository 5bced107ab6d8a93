"""Opening a dataset of 10^8 possible tiles: tiledir, STACTA, and for scale a VRT of 10^5 tiles, on the same GDAL.

Only the first row of tiles is there. Each opening is the first one of its process; what a second one takes is told too.
"""

import pathlib
import tempfile

import numpy as np

import rounds
import sample_tiles
from speed_table import number, table

CONTENDERS = {"TileDir": "stac.json", "STACTA": "stac.json", "VRT": "tiles.vrt"}


def parsed_arguments():
    parser = rounds.bench_arguments(__doc__, 9, "10^6 possible tiles, a VRT of 1,024, one round")
    parser.add_argument("--side", type=int, default=10000, help="columns and rows of possible tiles")
    parser.add_argument("--vrt-side", type=int, default=317, help="columns and rows of the VRT's tiles")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.side, arguments.vrt_side, arguments.rounds = 1000, 32, 1
    return arguments


def write_all(folder, arguments):
    levels = max(1, arguments.side.bit_length())
    sample_tiles.write_item(folder, arguments.side, levels, 1)
    tile = np.full((1, sample_tiles.TILE, sample_tiles.TILE), 7, np.uint8)
    for up in range(levels):
        cell = sample_tiles.CELL * 2**up
        for col in range(min(8, -(-arguments.side // 2**up))):
            origin = (sample_tiles.LEFT + col * sample_tiles.TILE * cell, sample_tiles.TOP)
            sample_tiles.write_tile(folder / f"{levels - 1 - up}/0/{col}.tif", tile, origin, cell, "GTiff")
    sample_tiles.write_vrt(folder / "tiles.vrt", folder, arguments.vrt_side, str(levels - 1), 1)


def bench(arguments, releases, folder):
    write_all(folder, arguments)
    figures = rounds.Figures()
    for _ in range(arguments.rounds):
        for release in releases:
            for contender, file in CONTENDERS.items():
                order = {"dataset": str(folder / file), "driver": contender, "operation": "open again"}
                figures.add((release.release, contender), rounds.read_once(release, order, {}))
    return figures


def tables(figures, arguments, releases):
    rows = []
    for release in releases:
        for contender in CONTENDERS:
            key = (release.release, contender)
            tiles = (arguments.vrt_side if contender == "VRT" else arguments.side) ** 2
            first, again = (figures.median(key, name) * 1000 for name in ("open", "read"))
            memory = figures.median(key, "memory_opened") / 1e6
            rows.append([release.version(), contender, f"{tiles:,}", number(first), number(again), number(memory, 1)])
    header = ["GDAL", "driver", "possible tiles", "first opening ms (goal: under 10)", "second ms"]
    return table([*header, "memory of the first MB"], rows)


def main():
    arguments = parsed_arguments()
    releases = rounds.prepared_releases(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        figures = bench(arguments, releases, pathlib.Path(folder))
    text = rounds.machine_line(releases, arguments.rounds) + "\n\n" + tables(figures, arguments, releases)
    rounds.finish(arguments, "open", text)


if __name__ == "__main__":
    main()
