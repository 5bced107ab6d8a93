"""Peak memory by the size of a region: 1,000 tiles and 100,000 of 256 x 256 pixels of one job, with overviews.

All processes of a run together, what they share counted once (PSS), sampled every 50 ms. The elevation model is enlarged some ten times, as
only the number of tiles matters. mapchete makes the small region alone: the large one would take it the better part of an hour.
"""

import json
import pathlib
import tempfile

import mapchete_job
from crs84_tiles import bounds_of, tiles_within
from measured_run import measured_run
from peers import (
    ENVIRONMENT,
    elevation_model,
    machine_line,
    mapchete_command,
    peer_arguments,
    prepared,
    tiledir_command,
)
from rounds import finish, say
from speed_table import number, table

SIZE, QUICK_SIZE = 7168, 1024
LEVELS, QUICK_LEVELS = [8, 14], [8, 12]
SMALL, QUICK_SMALL = 32, 4  # tiles a side of the small region
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
        "grid": {"tile_matrix_set": "WorldCRS84Quad"},
        "levels": "{}-{}".format(*arguments.levels),
        "bounds": bounds_of(arguments.levels[1], rows, cols),
        "output": {"path": "out", "options": OPTIONS},
        "threads": WORKERS,
        "executor": executor,
    }
    cost, out = measured_run(tiledir_command(arguments.program, folder, recipe), folder)
    return cost, sum(level["stored"] for level in json.loads(out)["levels"].values())


def by_mapchete(arguments, program, folder, dem, rows, cols, concurrency):
    bounds = bounds_of(arguments.levels[1], rows, cols)
    config = mapchete_job.hillshade(dem, "WorldCRS84Quad", arguments.levels, OPTIONS, bounds=bounds)
    cost, _ = measured_run(
        mapchete_command(program, folder, config, WORKERS, concurrency=concurrency), folder, ENVIRONMENT
    )
    return cost, len(list((folder / "out").glob("*/*/*.tif"))) - (arguments.levels[1] - arguments.levels[0] + 1)


def bench(arguments, mapchete):
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
        if mapchete:
            for name, concurrency in (("mapchete, 2 processes", "processes"), ("mapchete, sequential", "none")):
                add(name, lambda *job: by_mapchete(arguments, mapchete, *job), *small, concurrency)
    return results


def text_of(versions, results):
    least = min((cost.peak for name, _, cost in results if name.startswith("mapchete")), default=None)
    smallest = {}
    rows = []
    for name, tiles, cost in results:
        smallest.setdefault(name, cost.peak)
        grows = number(cost.peak / smallest[name]) if cost.peak != smallest[name] else ""
        share = number(cost.peak / least) if least and name.startswith("tiledir") else ""
        rows.append([name, f"{tiles:,}", number(cost.peak / 1e6, 0), grows, share, number(cost.wall, 1)])
    header = ["contender", "tiles", "peak MB", "peak / that of the small region", "peak / mapchete's least (goal: 0.33)"]
    return f"{machine_line(1, versions)}\n\n{table([*header, 'wall s'], rows)}"


def main():
    arguments = peer_arguments(__doc__, rounds=1, quick="64 tiles and some 1,000").parse_args()
    arguments.levels = QUICK_LEVELS if arguments.quick else LEVELS
    mapchete, versions = prepared(arguments)
    finish(arguments, "memory", text_of(versions, bench(arguments, mapchete)))


if __name__ == "__main__":
    main()
