"""Peak memory by the size of a region: 1,000 tiles and 100,000 of 128 x 128 pixels of one job, with overviews.

All processes of a run together, what they share counted once (PSS), sampled every 50 ms. The elevation model is enlarged some twenty times,
as only the number of tiles matters. mapchete's peaks beside tiledir's, of one job, are in hillshade_bench.py and overwrite_bench.py.
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
SMALL, QUICK_SMALL = 32, 4  # tiles a side of the small region
TILE_SIZE = 128
WORKERS = 2
EXECUTORS = ["threads", "workers"]
OPTIONS = {"COMPRESS": "DEFLATE", "ZLEVEL": 1}


def regions(arguments):
    """Rows and columns by the number of tiles of the finest level."""
    size, small = (QUICK_SIZE, QUICK_SMALL) if arguments.quick else (SIZE, SMALL)
    rows, cols = tiles_within(arguments.levels[1], size, 4)
    return [(rows[:small], cols[:small]), (rows, cols)]


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
        small, large = regions(arguments)

        def add(name, run, *more):
            with tempfile.TemporaryDirectory(dir=work) as folder:
                cost, tiles = run(pathlib.Path(folder), dem, *more)
            results.append((name, tiles, cost))
            say(f"{name}, {tiles} tiles: {cost}")

        for executor in EXECUTORS:
            for region in (small, large):
                name = f"tiledir, 2 {executor}"
                add(name, lambda *job: by_tiledir(arguments, *job), *region, executor)
    return results


def text_of(versions, results):
    smallest = {}
    rows = []
    for name, tiles, cost in results:
        smallest.setdefault(name, cost.peak)
        grows = number(cost.peak / smallest[name]) if cost.peak != smallest[name] else ""
        rows.append([name, f"{tiles:,}", number(cost.peak / 1e6, 0), grows, number(cost.wall, 1)])
    header = ["contender", "tiles", "peak MB", "peak / that of the small region"]
    return f"{machine_line(1, versions)}\n\n{table([*header, 'wall s'], rows)}"


def main():
    arguments = peer_arguments(__doc__, rounds=1, quick="64 tiles and some 1,000").parse_args()
    arguments.levels = QUICK_LEVELS if arguments.quick else LEVELS
    arguments.skip_mapchete = True
    _, versions = prepared(arguments)
    finish(arguments, "memory", text_of(versions, bench(arguments)))


if __name__ == "__main__":
    main()
