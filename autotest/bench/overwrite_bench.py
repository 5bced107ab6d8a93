"""A tenth of a finished hillshade with overviews made again: time, and what is made.

The job is hillshade_bench.py's at WorldCRS84Quad with ZLEVEL 6, and the levels above it. After the first run the tenth is made again as a
user asks for it: bounds and --overwrite. Tiles of tiledir must be as they were before, byte for byte, as nothing else has changed.
"""

import hashlib
import json
import os
import pathlib
import statistics
import tempfile
import time

import mapchete_job
from contenders import METRES_A_DEGREE
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

SIZE, QUICK_SIZE = 8192, 2048
LEVELS = [6, 11]
WORKERS = 2
METATILES = [1, 4]  # of mapchete's tasks; all files are single tiles
OPTIONS = {"COMPRESS": "DEFLATE", "ZLEVEL": 6, "PREDICTOR": 1}


def part_of(size):
    """Rows and columns of the finest level, whole tasks of mapchete's: 20 x 12 of some 46 x 46."""
    step = max(METATILES)
    tall, wide = (20, 12) if size == SIZE else (step, step)
    rows, cols = (axis[len(axis) // 3 // step * step :] for axis in tiles_within(LEVELS[1], size, step))
    return rows[:tall], cols[:wide]


def files(folder):
    """What is stored: time and digest by level/row/column; mapchete's prototype files are none."""
    found = {}
    for path in (folder / "out").glob("*/*/*.tif"):
        stat = path.stat()
        found[str(path.relative_to(folder / "out"))] = stat.st_mtime_ns, hashlib.md5(path.read_bytes()).hexdigest()
    return found


def by_level(names):
    counts = {}
    for name in names:
        level = int(name.split("/")[0])
        counts[level] = counts.get(level, 0) + 1
    return [counts.get(level, 0) for level in range(LEVELS[1], LEVELS[0] - 1, -1)]


def needed(rows, cols):
    """Tiles by level that show a pixel of these."""
    counts = []
    for _ in range(LEVELS[1], LEVELS[0] - 1, -1):
        counts.append(len(rows) * len(cols))
        rows = range(rows[0] // 2, rows[-1] // 2 + 1)
        cols = range(cols[0] // 2, cols[-1] // 2 + 1)
    return counts


def measured(folder, whole, part, environment):
    """A first run, then the part of it."""
    os.sync()
    figures = {"whole": measured_run(whole, folder, environment)[0]}
    before = files(folder)
    time.sleep(0.01)
    os.sync()
    figures["part"] = measured_run(part, folder, environment)[0]
    after = files(folder)
    figures["all"] = by_level(before)
    figures["made again"] = by_level(name for name in before if after[name][0] != before[name][0])
    figures["same"] = all(after[name][1] == before[name][1] for name in before)
    return figures


def by_tiledir(arguments, folder, dem, rows, cols):
    recipe = {
        "process": "hillshade",
        "parameters": {"scale": METRES_A_DEGREE},
        "input": {"dem": str(dem)},
        "grid": {"tile_matrix_set": "WorldCRS84Quad"},
        "levels": f"{LEVELS[0]}-{LEVELS[1]}",
        "output": {"path": "out", "options": OPTIONS},
        "threads": WORKERS,
    }
    bounds = ",".join(map(repr, bounds_of(LEVELS[1], rows, cols)))
    whole = tiledir_command(arguments.program, folder, recipe)
    figures = measured(folder, whole, [*whole, "--overwrite", f"--bounds={bounds}"], None)
    if not figures["same"] or figures["made again"] != needed(rows, cols):
        raise SystemExit(f"tiledir did not make the part again as it was: {figures}")
    return figures


def by_mapchete(program, folder, dem, rows, cols, metatile):
    how = {"scale": METRES_A_DEGREE, "process_metatile": metatile}
    config = mapchete_job.hillshade(dem, "WorldCRS84Quad", LEVELS, OPTIONS, **how)
    whole = mapchete_command(program, folder, config, WORKERS)
    return measured(folder, whole, [*whole, "--overwrite", "--bounds", *bounds_of(LEVELS[1], rows, cols)], ENVIRONMENT)


def bench(arguments, mapchete, folder):
    size = QUICK_SIZE if arguments.quick else SIZE
    dem = elevation_model(folder, size)
    rows, cols = part_of(size)
    runs = {}
    for round_number in range(arguments.rounds):
        contenders = {"tiledir": lambda place: by_tiledir(arguments, place, dem, rows, cols)}
        for metatile in METATILES if mapchete else []:
            name = f"mapchete, {metatile} x {metatile} tiles a task"
            contenders[name] = lambda place, metatile=metatile: by_mapchete(
                mapchete, place, dem, rows, cols, metatile
            )
        for name, run in contenders.items():
            figures = run(pathlib.Path(tempfile.mkdtemp(dir=folder)))
            runs.setdefault(name, []).append(figures)
            say(f"{name}: {figures}")
    return runs, needed(rows, cols)


def text_of(arguments, versions, runs, needs):
    def median(name, which, figure):
        return statistics.median(getattr(figures[which], figure) for figures in runs[name])

    lines = []
    for name, all_figures in runs.items():
        whole, part = (median(name, which, "wall") for which in ("whole", "part"))
        costs = [number(figure, 2) for figure in (whole, median(name, "whole", "cpu"), part, median(name, "part", "cpu"))]
        ratio = number(part / median("tiledir", "part", "wall"), 1)
        again = "-".join(map(str, all_figures[0]["made again"]))
        lines.append([name, *costs, number(part / whole, 2), ratio, number(median(name, "part", "peak") / 1e6, 0), again])
    header = ["contender", "whole, wall s", "CPU s", "part, wall s", "CPU s", "part / whole"]
    header += ["part, wall / tiledir (goal: 10)", "part, peak MB", "files made again, level 11-6"]
    said = f"{needs[0]} of {runs['tiledir'][0]['all'][0]} tiles of level {LEVELS[1]} and the overviews above them, "
    said += f"{'-'.join(map(str, needs))}; {WORKERS} threads or workers. "
    return f"{said}{machine_line(arguments.rounds, versions)}\n\n{table(header, lines)}"


def main():
    arguments = peer_arguments(__doc__, rounds=3, quick="a small model, one round").parse_args()
    if arguments.quick:
        arguments.rounds = 1
    mapchete, versions = prepared(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        runs, needs = bench(arguments, mapchete, pathlib.Path(folder))
    finish(arguments, "overwrite", text_of(arguments, versions, runs, needs))


if __name__ == "__main__":
    main()
