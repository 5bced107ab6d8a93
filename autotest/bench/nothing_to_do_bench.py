"""A second run of a finished output: what it takes to find that there is nothing to do.

The first run makes some 100,000 tiles of 16 x 16 pixels of the elevation model in autotest/data; it is not measured.
"""

import argparse
import json
import pathlib
import statistics
import tempfile

import marked_section
from measured_run import measured_run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "autotest" / "data"
RECIPE = {
    "process": "hillshade",
    "input": {"dem": [str(DATA / "jacksboro_west.tif"), str(DATA / "jacksboro_east.tif")]},
    "grid": {"tile_matrix_set": "WebMercatorQuad", "tile_size": 16},
    "levels": 19,
    "bounds": [-84.5, 36.24, -84.0, 36.36],
    "output": "out",
}


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bin" / "tiledir-process")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench", help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/benchmarks.md")
    return parser.parse_args()


def bench(arguments, folder):
    (folder / "recipe.yaml").write_text(json.dumps(RECIPE))
    command = [arguments.program.absolute(), "recipe.yaml", "--quiet", "--json"]
    first = json.loads(measured_run(command, folder)[1])
    costs = []
    for _ in range(arguments.runs):
        cost, out = measured_run(command, folder)
        if json.loads(out)["planned"] != 0:
            raise SystemExit("the second run found something to do")
        costs.append(cost)
    tiles = sum(level["stored"] + level["empty"] for level in first["levels"].values())
    wall, peak = (statistics.median(getattr(cost, figure) for cost in costs) for figure in ("wall", "peak"))
    return tiles, first["seconds"], wall, peak


def main():
    arguments = parsed_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        tiles, first, wall, peak = bench(arguments, pathlib.Path(folder))
    text = (
        "| finished tiles | first run s | run with nothing to do s (goal: under 2) | its peak MB (goal: under 100) |\n"
        "|---|---|---|---|\n"
        f"| {tiles} | {first:.1f} | {wall:.2f} | {peak / 1e6:.0f} |"
    )
    print(text)
    if arguments.update:
        marked_section.replace(arguments.update, "nothing to do", text)


if __name__ == "__main__":
    main()
