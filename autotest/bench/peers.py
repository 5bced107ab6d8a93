"""What the benches have in common that set mapchete beside tiledir: one elevation model, one way to ask for both programs."""

import json
import os
import pathlib
import subprocess
import sys

from gdal_release import ROOT
from mapchete_venv import mapchete_venv
from rounds import bench_arguments

HERE = pathlib.Path(__file__).resolve().parent
# mapchete's wheels have a GDAL of their own, which the plugin does not fit.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "GDAL_DRIVER_PATH"}


def peer_arguments(description, rounds, quick):
    parser = bench_arguments(description, rounds, quick, releases=False)
    parser.add_argument("--skip-mapchete", action="store_true", help="no virtual environment, nothing from PyPI")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bin" / "tiledir-process")
    return parser


def prepared(arguments):
    """The path of mapchete's program, and versions by name; none where it is skipped."""
    arguments.work, arguments.program = arguments.work.absolute(), arguments.program.absolute()
    arguments.work.mkdir(parents=True, exist_ok=True)
    version = subprocess.check_output([arguments.program, "--version"], text=True).split()[-1]
    if arguments.skip_mapchete:
        return None, {"tiledir": version}
    programs, versions = mapchete_venv(arguments.work / "mapchete-venv", ENVIRONMENT)
    return programs / "mapchete", {"tiledir": version, **versions}


def machine_line(rounds, versions):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"Medians of {rounds} rounds, {os.cpu_count()} cores ({model}); {said}."


def elevation_model(folder, size):
    dem = folder / "terrain.tif"
    subprocess.run([sys.executable, HERE / "terrain.py", dem, "--size", str(size)], check=True)
    return dem


def tiledir_command(program, folder, recipe, *more):
    folder.mkdir(exist_ok=True)
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    return [program, "recipe.yaml", "--quiet", "--json", *more]


def mapchete_command(program, folder, config, workers, *more, concurrency="processes"):
    folder.mkdir(exist_ok=True)
    (folder / "hillshade.mapchete").write_text(json.dumps(config))
    how = ["--concurrency", concurrency, "--workers", workers]
    return [program, "execute", "hillshade.mapchete", "--no-pbar", *how, *more]
