"""A plan of 10^8 tiles over 20,000 input files: indexing them, planning, the first tile, memory.

The files are squares of a degree, scattered over the land and the sea between 60 degrees south and 70 degrees north; 16
pixels a side are enough, as no plan depends on them. Nothing but the first tiles is made.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

import marked_section
from measured_run import measured_run
from osgeo import gdal, osr

gdal.UseExceptions()

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PIXELS = 16


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--levels", default="5-14")
    parser.add_argument("--quick", action="store_true", help="200 files, levels 5-9")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bin" / "tiledir-process")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench", help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/reference/benchmarks.md")
    return parser.parse_args()


def make_files(folder, count):
    folder.mkdir()
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    driver = gdal.GetDriverByName("GTiff")
    heights = bytes(range(256)) * (PIXELS * PIXELS * 2 // 256)
    cells = random.Random(1).sample([(lon, lat) for lon in range(-180, 180) for lat in range(-60, 70)], count)
    for lon, lat in cells:
        file = driver.Create(str(folder / f"{lat:+03d}{lon:+04d}.tif"), PIXELS, PIXELS, 1, gdal.GDT_Int16)
        file.SetGeoTransform((lon, 1 / PIXELS, 0, lat + 1, 0, -1 / PIXELS))
        file.SetSpatialRef(crs)
        file.WriteRaster(0, 0, PIXELS, PIXELS, heights)
        file = None


def first_tile(program, folder):
    """Seconds from the start of a run to its first tile; then the run is stopped."""
    begun = time.monotonic()
    process = subprocess.Popen([program, "recipe.yaml", "--quiet"], cwd=folder)
    try:
        while not any(path.suffix == ".tif" for path in (folder / "out").glob("*/*/*")):
            if process.poll() is not None:
                raise SystemExit(f"the run ended early: {process.returncode}")
            time.sleep(0.02)
        return time.monotonic() - begun
    finally:
        process.terminate()
        process.wait()


def bench(arguments, folder):
    count, levels = (200, "5-9") if arguments.quick else (arguments.files, arguments.levels)
    program = arguments.program.absolute()
    make_files(folder / "dem", count)
    recipe = {"process": "hillshade", "input": {"dem": "dem/*.tif"}, "levels": levels, "output": "out"}
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    dry_run = [program, "recipe.yaml", "--dry-run", "--json"]
    indexing, text = measured_run(dry_run, folder)
    tiles = json.loads(text)["tiles"]
    first_tile(program, folder)
    # What is kept of a run is the index alone.
    index = folder / "out" / ".tiledir" / "inputs.json"
    shutil.move(index, folder / "inputs.json")
    shutil.rmtree(folder / "out")
    index.parent.mkdir(parents=True)
    shutil.move(folder / "inputs.json", index)
    planning, text = measured_run(dry_run, folder)
    assert json.loads(text)["tiles"] == tiles
    seconds = first_tile(program, folder)
    return [
        f"{tiles:,} tiles of levels {levels} over {count:,} files:",
        "",
        "| | wall s | CPU s | memory MB |",
        "| --- | --: | --: | --: |",
        f"| plan, every file opened | {indexing.wall:.1f} | {indexing.cpu:.1f} | {indexing.peak / 1e6:.0f} |",
        f"| plan, files known from an earlier run | {planning.wall:.1f} | {planning.cpu:.1f} | {planning.peak / 1e6:.0f} |",
        f"| first tile of a run, files known | {seconds:.1f} | | |",
    ]


def main():
    arguments = parsed_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.work) as name:
        lines = bench(arguments, pathlib.Path(name))
    print("\n".join(lines))
    if arguments.update:
        marked_section.replace(arguments.update, "plan", "\n".join(lines))


if __name__ == "__main__":
    main()
