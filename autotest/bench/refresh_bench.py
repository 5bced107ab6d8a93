"""Making overviews again after a hundredth of a pyramid has changed, beside building all of it.

A pyramid of 8192 x 8192 pixels, tiles of 256, DEFLATE: seconds of gdal_translate, then those of `tiledir refresh` after one window of a
tenth of each side was written with REFRESH=NO: both with the start of their processes. Beside them, in a process that runs already: seconds
of CreateCopy, and of closing a dataset whose window was written. The tiles must be byte by byte those of a copy of the changed raster.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from osgeo import gdal

import rounds
import sample_tiles
from gdal_release import HOST
from speed_table import number, table

METHODS = ["AVERAGE", "NEAREST", "MODE", "CUBIC"]
PLACE = (500000.0, 10.0, 0, 6000000.0, 0, -10.0)
gdal.UseExceptions()


def parsed_arguments():
    parser = rounds.bench_arguments(__doc__, 3, "2,048 pixels and one round", releases=False)
    parser.add_argument("--size", type=int, default=8192)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.size, arguments.rounds = 2048, 1
    arguments.releases = [HOST]
    return arguments


def source_of(path, pixels):
    height, width = pixels.shape
    file = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 1, gdal.GDT_Byte, ["TILED=YES", "COMPRESS=DEFLATE"])
    file.SetGeoTransform(PLACE)
    file.SetProjection("EPSG:3857")
    file.WriteArray(pixels)


def seconds_of(words, environment):
    started = time.monotonic()
    subprocess.run([str(word) for word in words], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def copy(source, target, method, environment):
    options = ["-co", f"OVERVIEW_RESAMPLING={method}", "-co", "NUM_THREADS=2", "-co", "COMPRESS=DEFLATE"]
    return seconds_of(["gdal_translate", "-q", "-of", "TileDir", *options, source, target], environment)


def copy_here(source, target, method):
    options = [f"OVERVIEW_RESAMPLING={method}", "NUM_THREADS=2", "COMPRESS=DEFLATE"]
    started = time.monotonic()
    gdal.Translate(str(target), str(source), format="TileDir", creationOptions=options)
    return time.monotonic() - started


def change(folder, window, pixels, refresh="NO"):
    """Seconds of closing, after the tiles were stored."""
    dataset = gdal.OpenEx(str(folder), gdal.OF_UPDATE, allowed_drivers=["TileDir"], open_options=[f"REFRESH={refresh}"])
    col, row, side = window
    dataset.WriteArray(pixels[row : row + side, col : col + side], col, row)
    dataset.FlushCache()
    started = time.monotonic()
    dataset.Close() if hasattr(dataset, "Close") else dataset.__swig_destroy__(dataset)
    return time.monotonic() - started


def tiles(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


def measure(arguments, folder, method, environment):
    pixels = sample_tiles.picture(arguments.size, 1)[0]
    side = arguments.size // 10
    window = (arguments.size // 3, arguments.size // 2, side)
    source_of(folder / "before.tif", pixels)
    pixels[window[1] : window[1] + side, window[0] : window[0] + side] = 255 - pixels[
        window[1] : window[1] + side, window[0] : window[0] + side
    ]
    source_of(folder / "after.tif", pixels)
    built = copy(folder / "before.tif", folder / "out", method, environment)
    change(folder / "out", window, pixels)
    refreshed = seconds_of([pathlib.Path(arguments.program) / "tiledir", "refresh", folder / "out"], environment)
    copied = copy_here(folder / "before.tif", folder / "here", method)
    closed = change(folder / "here", window, pixels, "CLOSE")
    copy(folder / "after.tif", folder / "whole", method, environment)
    for made in ("out", "here"):
        if tiles(folder / made) != tiles(folder / "whole"):
            raise SystemExit(f"{method}: not the tiles of a copy of the changed raster")
    return {"built": built, "refreshed": refreshed, "copied": copied, "closed": closed}


def main():
    arguments = parsed_arguments()
    release = rounds.prepared_releases(arguments)[0]
    arguments.program = release.build / "bin"
    environment = {**os.environ, "GDAL_DRIVER_PATH": str(release.plugins), "GDAL_NUM_THREADS": "2"}
    gdal.SetConfigOption("GDAL_DRIVER_PATH", str(release.plugins))
    gdal.AllRegister()
    figures = rounds.Figures()
    for _ in range(arguments.rounds):
        for method in arguments.methods:
            with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
                figures.add((method,), measure(arguments, pathlib.Path(folder), method, environment))
    rows = []
    for method in arguments.methods:
        row = [method.lower()]
        for whole, part in (("built", "refreshed"), ("copied", "closed")):
            seconds = [figures.median((method,), name) for name in (whole, part)]
            row += [*(number(each, 3) for each in seconds), f"{100 * seconds[1] / seconds[0]:.1f} %"]
        rows.append(row)
    text = f"{arguments.size} x {arguments.size} Byte, a window of a hundredth changed. "
    text += rounds.machine_line([release], arguments.rounds) + "\n\n"
    goal = "of building (goal: at most 3 %)"
    header = ["method", "build s", "refresh s", goal, "CreateCopy s", "close s", goal]
    rounds.finish(arguments, "refresh", text + table(header, rows))


if __name__ == "__main__":
    sys.exit(main())
