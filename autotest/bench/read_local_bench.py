"""Reading a directory of tiles on the local disk: tiledir against STACTA and a VRT of the same tiles, on the same GDAL.

Whole: one RasterIO of all. Copy: gdal_translate to an uncompressed GTiff in memory. 1,000 random windows of 256 x 256 and 1,000 single pixels. All
contenders may use as many threads as GDAL_NUM_THREADS says. The page cache is warm; each run is a process of its own.
"""

import pathlib
import tempfile

import rounds
import sample_tiles
from speed_table import number, table

CONTENDERS = {"TileDir": "TileDir", "STACTA": "STACTA", "VRT": "VRT"}
OPERATIONS = ["window", "copy", "windows", "pixels"]
TITLES = {"window": "whole", "copy": "copy", "windows": "1,000 windows", "pixels": "1,000 pixels"}
GOALS = {"window": "at least 1.8 (STACTA)", "copy": "", "windows": "at least 1", "pixels": "at least 1"}
BANDS = 3


def parsed_arguments():
    quick = "2,048 pixels instead of 8,192, and one round"
    parser = rounds.bench_arguments(__doc__, 5, quick)
    parser.add_argument("--size", type=int, default=8192, help="rows and columns, a multiple of 256")
    parser.add_argument("--formats", nargs="+", choices=list(sample_tiles.FORMATS), default=list(sample_tiles.FORMATS))
    parser.add_argument("--operations", nargs="+", choices=OPERATIONS, default=OPERATIONS)
    parser.add_argument("--contenders", nargs="+", choices=list(CONTENDERS), default=list(CONTENDERS))
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.size, arguments.rounds = 2048, 1
    return arguments


def write_all(folder, arguments):
    pixels = sample_tiles.picture(arguments.size, BANDS)
    for form in arguments.formats:
        sample_tiles.write_tiles(folder / form, pixels, 1, form)
        tiles = arguments.size // sample_tiles.TILE
        sample_tiles.write_vrt(folder / form / "tiles.vrt", folder / form, tiles, "0", BANDS, form)


def order_of(folder, form, operation, contender, arguments):
    file = "tiles.vrt" if contender == "VRT" else "stac.json"
    return {
        "dataset": str(folder / form / file),
        "driver": CONTENDERS[contender],
        "operation": operation,
        "offset": 0,
        "size": arguments.size,
        "count": 1000,
        "seed": 3,
    }


def bench(arguments, releases, folder):
    write_all(folder, arguments)
    environment = {"GDAL_NUM_THREADS": arguments.threads}
    figures = rounds.Figures()
    for _ in range(arguments.rounds):
        for release in releases:
            for form in arguments.formats:
                for operation in arguments.operations:
                    for contender in arguments.contenders:
                        order = order_of(folder, form, operation, contender, arguments)
                        found = rounds.read_once(release, order, environment)
                        figures.add((release.release, form, operation, contender), found)
    figures.must_agree("checksum")
    return figures


def tables(figures, arguments, releases):
    rows = []
    for release in releases:
        for form in arguments.formats:
            for operation in arguments.operations:
                seconds = {
                    contender: figures.median((release.release, form, operation, contender), "read")
                    for contender in arguments.contenders
                }
                ours = seconds.get("TileDir")
                others = [contender for contender in arguments.contenders if contender != "TileDir"]
                ratios = [number(seconds[contender] / ours) if ours else "" for contender in others]
                cells = [release.version(), form, TITLES[operation], *(number(each, 3) for each in seconds.values())]
                rows.append([*cells, *ratios, GOALS[operation]])
    header = ["GDAL", "tiles", "read", *(f"{contender} s" for contender in arguments.contenders)]
    header += [f"{contender} / TileDir" for contender in arguments.contenders if contender != "TileDir"]
    return table([*header, "goal"], rows)


def main():
    arguments = parsed_arguments()
    releases = rounds.prepared_releases(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        figures = bench(arguments, releases, pathlib.Path(folder))
    size = f"{arguments.size} x {arguments.size} Byte, {BANDS} bands, tiles of 256, GDAL_NUM_THREADS={arguments.threads}. "
    text = size + rounds.machine_line(releases, arguments.rounds) + "\n\n" + tables(figures, arguments, releases)
    rounds.finish(arguments, "read local", text)


if __name__ == "__main__":
    main()
