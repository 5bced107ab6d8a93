"""A second run of a finished output of 100,000 tiles: what it takes to find that there is nothing to do.

The tiles have 16 x 16 pixels: neither program opens one. tiledir makes its own. mapchete would need an hour for its; it looks for files
by their names, so all of its are copies of one that it has made. That it finds them, and misses one that is gone, is checked.
"""

import json
import pathlib
import statistics
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

SIZE, QUICK_SIZE = 950, 120  # of the elevation model
LEVEL = 17
TILE_SIZE = 16
WORKERS = 2
OPTIONS = {"COMPRESS": "DEFLATE", "ZLEVEL": 6}
# Tiles a side that mapchete computes at once, and how it looks for many files.
MOST_AT_ONCE = 16
SETTINGS = [(metatile, looks) for metatile in (1, MOST_AT_ONCE) for looks in ("threads", "none")]


def finished_by_tiledir(arguments, folder, dem, rows, cols):
    recipe = {
        "process": "hillshade",
        "input": {"dem": str(dem)},
        "grid": {"tile_matrix_set": "WorldCRS84Quad", "tile_size": TILE_SIZE},
        "levels": LEVEL,
        "bounds": bounds_of(LEVEL, rows, cols),
        "output": {"path": "out", "options": OPTIONS},
        "threads": WORKERS,
    }
    command = tiledir_command(arguments.program, folder, recipe)
    first = json.loads(measured_run(command, folder)[1])
    if first["levels"][str(LEVEL)]["stored"] != len(rows) * len(cols):
        raise SystemExit("mapchete would miss the empty tiles")
    return command


def again_by_tiledir(command, folder):
    cost, out = measured_run(command, folder)
    if json.loads(out)["planned"] != 0:
        raise SystemExit("tiledir found something to do")
    return cost


def tile_path(folder, row, col):
    return folder / "out" / str(LEVEL) / str(row) / f"{col}.tif"


def config_of(dem, rows, cols, process_metatile=1):
    how = {"tile_size": TILE_SIZE, "process_metatile": process_metatile, "bounds": bounds_of(LEVEL, rows, cols)}
    return mapchete_job.hillshade(dem, "WorldCRS84Quad", LEVEL, OPTIONS, **how)


def finished_for_mapchete(program, folder, dem, rows, cols):
    """All tiles as copies of the first."""
    command = mapchete_command(program, folder, config_of(dem, rows[:1], cols[:1]), WORKERS)
    measured_run(command, folder, ENVIRONMENT)
    content = tile_path(folder, rows[0], cols[0]).read_bytes()
    for row in rows:
        tile_path(folder, row, 0).parent.mkdir(exist_ok=True)
        for col in cols:
            tile_path(folder, row, col).write_bytes(content)


def newest(folder, rows, cols):
    """When a tile was last written; mapchete's prototype files are none."""
    return max(tile_path(folder, row, col).stat().st_mtime_ns for row in rows for col in cols)


def again_by_mapchete(command, folder, rows, cols, looks):
    """Nothing may be written anew. As mapchete looks for files: with threads, which is what it does unless told otherwise, or without."""
    before = newest(folder, rows, cols)
    cost, _ = measured_run(command, folder, {**ENVIRONMENT, "MAPCHETE_TILES_EXIST_CONCURRENCY": looks})
    if newest(folder, rows, cols) != before:
        raise SystemExit("mapchete found something to do")
    return cost


def check_that_it_looks(program, folder, dem, rows, cols):
    gone = tile_path(folder, rows[len(rows) // 2], cols[len(cols) // 2])
    gone.unlink()
    measured_run(mapchete_command(program, folder, config_of(dem, rows, cols, MOST_AT_ONCE), WORKERS), folder, ENVIRONMENT)
    if not gone.exists():
        raise SystemExit("mapchete did not make a tile that was gone")


def bench(arguments, mapchete, folder):
    """Number of tiles, and costs by contender."""
    size = QUICK_SIZE if arguments.quick else SIZE
    dem = elevation_model(folder, size)
    rows, cols = tiles_within(LEVEL, size, MOST_AT_ONCE)
    ours = folder / "tiledir"
    command = finished_by_tiledir(arguments, ours, dem, rows, cols)
    costs = {"tiledir": [again_by_tiledir(command, ours) for _ in range(arguments.rounds)]}
    if mapchete:
        theirs = folder / "mapchete"
        finished_for_mapchete(mapchete, theirs, dem, rows, cols)
        for _ in range(arguments.rounds):
            for metatile, looks in SETTINGS:
                command = mapchete_command(mapchete, theirs, config_of(dem, rows, cols, metatile), WORKERS)
                name = f"mapchete, {metatile} x {metatile} tiles a task, looks with {looks}"
                costs.setdefault(name, []).append(again_by_mapchete(command, theirs, rows, cols, looks))
                say(f"{name}: {costs[name][-1]}")
        check_that_it_looks(mapchete, theirs, dem, rows, cols)
    return len(rows) * len(cols), costs


def text_of(arguments, versions, tiles, costs):
    def median(name, figure):
        return statistics.median(getattr(cost, figure) for cost in costs[name])

    rows = []
    for name in costs:
        wall, cpu, peak = (median(name, figure) for figure in ("wall", "cpu", "peak"))
        ratios = [number(wall / median("tiledir", "wall"), 1), number(peak / median("tiledir", "peak"), 1)]
        rows.append([name, number(wall, 3), number(cpu, 3), number(peak / 1e6, 0), *ratios])
    header = ["finished run again", "wall s (goal: under 2)", "CPU s", "peak MB (goal: under 100)"]
    header += ["wall / tiledir (goal: 50)", "peak / tiledir (goal: 3)"]
    return f"{tiles:,} tiles. {machine_line(arguments.rounds, versions)}\n\n{table(header, rows)}"


def main():
    arguments = peer_arguments(__doc__, rounds=3, quick="some 1,000 tiles, one round").parse_args()
    if arguments.quick:
        arguments.rounds = 1
    mapchete, versions = prepared(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        tiles, costs = bench(arguments, mapchete, pathlib.Path(folder))
    finish(arguments, "nothing to do", text_of(arguments, versions, tiles, costs))


if __name__ == "__main__":
    main()
