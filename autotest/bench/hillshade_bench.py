"""Hillshade of a synthetic elevation model: tiledir against mapchete, against gdalwarp and gdaldem, against GDAL 3.13's `gdal raster`, and
against its own parts.

Every contender runs in each round, one after the other; the table gives medians over the rounds, and ratios. The table
goes to standard output, all figures to WORK/hillshade.json, progress to standard error. Run it on a quiet machine. `gdal raster` runs in the chroot of
Debian sid that autotest/interop/gdal_versions.sh makes, which needs root, on the same files.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "tools"))

import contenders
import marked_section
import speed_table
import tiled_alike
from gdal_release import GdalRelease
from mapchete_venv import mapchete_venv
from measured_run import measured_run
from peers import ENVIRONMENT
from reference import Output
from rounds import say

GRIDS = ["WorldCRS84Quad", "WebMercatorQuad"]
ZLEVELS = [6, 1]
METATILES = [1, 4]
THREADS = [1, 2]
CONTENDERS = ["tiledir", "parts", "gdal", "gdal-raster", "mapchete"]
MORE_CONTENDERS = ["mapchete-sequential"]
GDAL_RASTER = [contenders.GdalPipeline, contenders.GdalPipelineShadedFirst, contenders.GdalRasterTile]


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=8192, help="rows and columns of the elevation model (1024 to try it)")
    parser.add_argument("--runs", type=int, default=3, help="rounds")
    parser.add_argument("--grids", nargs="+", choices=GRIDS, default=GRIDS)
    parser.add_argument("--zlevels", nargs="+", type=int, choices=range(1, 10), default=ZLEVELS, metavar="1-9")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS + MORE_CONTENDERS, default=CONTENDERS)
    parser.add_argument("--skip-mapchete", action="store_true", help="no virtual environment, nothing from PyPI")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bin" / "tiledir-process")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench", help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/reference/benchmarks.md")
    parser.add_argument("--table-of", type=pathlib.Path, metavar="JSON", help="run nothing: the table of an earlier run")
    arguments = parser.parse_args()
    if arguments.skip_mapchete:
        arguments.only = [name for name in arguments.only if "mapchete" not in name]
    if not arguments.table_of and not arguments.program.exists():
        parser.error(f"{arguments.program} is not there: cmake --preset release && cmake --build build")
    arguments.program, arguments.work = arguments.program.absolute(), arguments.work.absolute()
    arguments.work.mkdir(parents=True, exist_ok=True)
    return arguments


def all_contenders(arguments, programs, newest_gdal):
    made = {
        "tiledir": lambda: [contenders.Tiledir(arguments.program, t, m) for m in METATILES for t in THREADS],
        "parts": lambda: [contenders.PartsAlone(m) for m in METATILES],
        "gdal": lambda: [contenders.GdalChain(t) for t in THREADS],
        "gdal-raster": lambda: [contender(newest_gdal, t) for contender in GDAL_RASTER for t in THREADS],
        "mapchete": lambda: [contenders.Mapchete(programs / "mapchete", t, m) for m in METATILES for t in THREADS],
        "mapchete-sequential": lambda: [contenders.MapcheteSequential(programs / "mapchete", 1, m) for m in METATILES],
    }
    return [contender for name in arguments.only for contender in made[name]()]


def run(contender, job, geometry, work):
    """In a folder of its own, the first of what is given back; what earlier runs have left to write is on disk before.

    Nothing is removed until the end: for minutes ext4 is slow to make files where others were just removed.
    """
    folder = pathlib.Path(tempfile.mkdtemp(dir=work))
    command = contender.command(job, geometry, folder)
    os.sync()
    return folder, *measured_run(command, folder, ENVIRONMENT)


def tile_bytes(folder):
    return sum(path.stat().st_size for path in (folder / "out").rglob("*.tif"))


def surveyed(program, job, work):
    """Where the elevation model lies on the grid's level, and how gdaldem's output differs from each metatile's."""
    outputs = {}
    for metatile in METATILES:
        folder, _, _ = run(contenders.Tiledir(program, max(THREADS), metatile), job, None, work)
        outputs[metatile] = Output(folder / "out")
    level = str(contenders.LEVEL)
    scales = outputs[1].recipe()["input"]["dem"]["scales"][contenders.LEVEL]
    geometry = contenders.Geometry(outputs[1].bounds(level), outputs[1].cell_size(level), tuple(scales))
    folder, _, _ = run(contenders.GdalChain(max(THREADS)), job, geometry, work)
    whole = folder / "out" / "hillshade.tif"
    alike = {metatile: tiled_alike.compared(output, level, job, whole) for metatile, output in outputs.items()}
    return geometry, alike


def measure(contender, job, geometry, work):
    folder, cost, out = run(contender, job, geometry, work)
    record = {
        "contender": contender.name,
        "threads": contender.threads,
        "metatile": contender.metatile,
        "grid": job.grid,
        "zlevel": job.zlevel,
        "wall": cost.wall,
        "cpu": cost.cpu,
        "peak": cost.peak,
        "bytes": tile_bytes(folder),
    }
    if contender.name == "tiledir":
        record["thread_seconds"] = json.loads(out)["thread_seconds"]
    if contender.name == "parts alone":
        record["parts"] = json.loads(out)
    return record


def described(arguments, versions):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    version = subprocess.check_output([arguments.program, "--version"], text=True).split()[-1]
    gdal = subprocess.check_output(["gdalinfo", "--version"], text=True).split()[1].rstrip(",")
    return {
        "size": arguments.size,
        "runs": arguments.runs,
        "cores": os.cpu_count(),
        "processor": model,
        "versions": {"tiledir": version, "GDAL": gdal, **versions},
    }


def bench(arguments):
    programs, versions = None, {}
    if any("mapchete" in name for name in arguments.only):
        programs, versions = mapchete_venv(arguments.work / "mapchete-venv", ENVIRONMENT)
    newest_gdal = GdalRelease("sid", arguments.work)
    if "gdal-raster" in arguments.only:
        versions["GDAL of gdal raster"] = newest_gdal.prepare().version()
    every = all_contenders(arguments, programs, newest_gdal)
    results = {"machine": described(arguments, versions), "alike": [], "runs": []}
    with tempfile.TemporaryDirectory(dir=arguments.work) as work:
        dem = pathlib.Path(work) / "terrain.tif"
        subprocess.run([sys.executable, HERE / "terrain.py", dem, "--size", str(arguments.size)], check=True)
        jobs = {}
        for grid in arguments.grids:
            for zlevel in arguments.zlevels:
                job = contenders.Job(grid, zlevel, dem)
                jobs[job], alike = surveyed(arguments.program, job, work)
                for metatile, facts in alike.items():
                    results["alike"].append({"grid": grid, "zlevel": zlevel, "metatile": metatile, **facts})
        for number in range(1, arguments.runs + 1):
            for job, geometry in jobs.items():
                for contender in every:
                    record = measure(contender, job, geometry, work)
                    results["runs"].append(record)
                    say(f"run {number}/{arguments.runs}  {line(record)}")
                    (arguments.work / "hillshade.json").write_text(json.dumps(results, indent=1))
    return results


def line(record):
    return (
        f"{record['grid']} ZLEVEL {record['zlevel']}  {record['contender']}"
        f" threads {record['threads']} metatile {record['metatile'] or '-'}:"
        f" {record['wall']:.2f} s, {record['cpu']:.2f} s CPU, {record['peak'] / 1e6:.0f} MB"
    )


def main():
    arguments = parsed_arguments()
    results = json.loads(arguments.table_of.read_text()) if arguments.table_of else bench(arguments)
    text = speed_table.markdown(results)
    print(text)
    if arguments.update:
        marked_section.replace(arguments.update, "table", text)


if __name__ == "__main__":
    main()
