"""Peak memory by the size of a region: 1,000, 10,000 and 100,000 tiles of 128 x 128 pixels of one job, with overviews.

All processes of a run together, what they share counted once (PSS), sampled every 50 ms. The elevation model is enlarged some twenty times,
as only the number of tiles matters. The smallest region is done before the cache of input blocks (32 MB) is full. mapchete's peaks beside
tiledir's, of one job, are in hillshade_bench.py and overwrite_bench.py.
"""

import json
import pathlib
import tempfile

from crs84_tiles import bounds_of, tiles_within
from measured_run import measured_run
from peers import (
    elevation_model,
    machine_line,
    peer_arguments,
    prepared,
    tiledir_command,
)
from rounds import finish, say
from speed_table import number, table

SIZE, QUICK_SIZE = 7168, 1024
LEVELS, QUICK_LEVELS = [8, 14], [8, 12]
SIDES, QUICK_SIDES = [32, 100], [4, 8]  # tiles a side of the smaller regions
TILE_SIZE = 128
WORKERS = 2
EXECUTORS = ["threads", "workers"]
OPTIONS = {"COMPRESS": "DEFLATE", "ZLEVEL": 1}


def regions(arguments):
    """Rows and columns by the number of tiles of the finest level."""
    size, sides = (QUICK_SIZE, QUICK_SIDES) if arguments.quick else (SIZE, SIDES)
    rows, cols = tiles_within(arguments.levels[1], size, 4)
    return [*((rows[:side], cols[:side]) for side in sides), (rows, cols)]


def by_tiledir(arguments, folder, dem, rows, cols, executor):
    recipe = {
        "process": "hillshade",
        "input": {"dem": str(dem)},
        "grid": {"tile_matrix_set": "WorldCRS84Quad", "tile_size": TILE_SIZE},
        "levels": "{}-{}".format(*arguments.levels),
        "bounds": bounds_of(arguments.levels[1], rows, cols),
        "output": {"path": "out", "options": OPTIONS},
        "threads": WORKERS,
        "executor": executor,
    }
    cost, out = measured_run(tiledir_command(arguments.program, folder, recipe), folder)
    return cost, sum(level["stored"] for level in json.loads(out)["levels"].values())


def bench(arguments):
    """Contender, tiles and cost of each run."""
    results = []
    with tempfile.TemporaryDirectory(dir=arguments.work) as work:
        work = pathlib.Path(work)
        dem = elevation_model(work, QUICK_SIZE if arguments.quick else SIZE)
        for executor in EXECUTORS:
            for region in regions(arguments):
                name = f"tiledir, 2 {executor}"
                with tempfile.TemporaryDirectory(dir=work) as folder:
                    cost, tiles = by_tiledir(arguments, pathlib.Path(folder), dem, *region, executor)
                results.append((name, tiles, cost))
                say(f"{name}, {tiles} tiles: {cost}")
    return results


def text_of(versions, results):
    before = {}
    rows = []
    for name, tiles, cost in results:
        grows = number(cost.peak / before[name]) if name in before else ""
        before[name] = cost.peak
        rows.append([name, f"{tiles:,}", number(cost.peak / 1e6, 0), grows, number(cost.wall, 1)])
    header = ["contender", "tiles", "peak MB", "peak / that of the smaller region"]
    return f"{machine_line(1, versions)}\n\n{table([*header, 'wall s'], rows)}"


def main():
    arguments = peer_arguments(__doc__, rounds=1, quick="16, 64 and some 1,000 tiles").parse_args()
    arguments.levels = QUICK_LEVELS if arguments.quick else LEVELS
    arguments.skip_mapchete = True
    _, versions = prepared(arguments)
    finish(arguments, "memory", text_of(versions, bench(arguments)))


if __name__ == "__main__":
    main()
