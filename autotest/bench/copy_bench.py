"""CreateCopy against `gdal raster tile` on the same GDAL: one raster becomes tiles with all overviews.

Native: the source's own pixels; WebMercatorQuad: warped onto it (bilinear), from the level of the source's pixels to a single tile. Both write the
same levels as GTiff of one DEFLATE block, overviews by average, with 1 and 2 threads. The rasters: a synthetic picture of three bands, and two real
SRTM sets as one file. Each run is a process of its own in an empty folder, after a sync; the page
cache is warm. What tiledir writes survives a power cut when it ends, which takes the disk's time; --work /dev/shm measures without disks.
"""

import os
import pathlib
import tempfile

import rounds
import sample_tiles
from measured_run import measured_run
from osgeo import gdal
from speed_table import number, table

DEM = rounds.ROOT.parent / "shared" / "data" / "dem"
GRIDS = {"native": "raster", "WebMercatorQuad": "WebMercatorQuad"}
LEVELS = {("picture", "WebMercatorQuad"): (8, 14), ("srtm", "WebMercatorQuad"): (7, 11)}
TILE = 256
GOAL = 1.5


def parsed_arguments():
    parser = rounds.bench_arguments(__doc__, 5, "2,048 pixels instead of 8,192, and one round", releases=False)
    parser.add_argument("--release", default="sid", help="whose GDAL is measured: a chroot with GDAL 3.12 or later")
    parser.add_argument("--size", type=int, default=8192, help="rows and columns of the picture, a multiple of 256")
    parser.add_argument("--zlevel", type=int, default=6)
    parser.add_argument("--rasters", nargs="+", choices=["picture", "srtm"], default=["picture", "srtm"])
    arguments = parser.parse_args()
    arguments.releases = [arguments.release]
    if arguments.quick:
        arguments.size, arguments.rounds = 2048, 1
    return arguments


def write_picture(path, size):
    options = ["TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1"]
    file = gdal.GetDriverByName("GTiff").Create(str(path), size, size, 3, gdal.GDT_Byte, options)
    file.SetGeoTransform([sample_tiles.LEFT, sample_tiles.CELL, 0, sample_tiles.TOP, 0, -sample_tiles.CELL])
    file.SetProjection("EPSG:3857")
    file.WriteArray(sample_tiles.picture(size, 3))


def write_srtm(path, _):
    names = [str(each) for each in sorted(DEM.glob("*.hgt.zip"))]
    if not names:
        raise SystemExit(f"{DEM}: has no SRTM sets; --rasters picture does without")
    gdal.Warp(str(path), names, creationOptions=["TILED=YES", "COMPRESS=DEFLATE"])


WRITERS = {"picture": write_picture, "srtm": write_srtm}


def ours(path, grid, levels, threads, arguments):
    options = [f"NUM_THREADS={threads}", f"ZLEVEL={arguments.zlevel}"]
    if grid != "native":
        options += [f"GRID={grid}", "RESAMPLING=bilinear", "LEVELS={}-{}".format(*levels)]
    return ["gdal_translate", "-q", "-of", "TileDir", path, "out", *(word for each in options for word in ("-co", each))]


def theirs(path, grid, levels, threads, arguments):
    options = ["COMPRESS=DEFLATE", f"ZLEVEL={arguments.zlevel}", "TILED=YES", f"BLOCKXSIZE={TILE}", f"BLOCKYSIZE={TILE}"]
    words = ["gdal", "raster", "tile", "-q", "-f", "GTiff", *(word for each in options for word in ("--co", each))]
    words += ["--tiling-scheme", GRIDS[grid], "--min-zoom", levels[0] if levels else 0, "--no-alpha", "--webviewer", "none"]
    words += ["--max-zoom", levels[1]] if levels else []
    resampling = "nearest" if grid == "native" else "bilinear"
    return [*words, "-r", resampling, "--overview-resampling", "average", "-j", threads, path, "out"]


CONTENDERS = {"tiledir": ours, "gdal raster tile": theirs}


def run(release, command, folder):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        os.sync()
        cost, _ = measured_run(release.command(command, folder=place))
        tiles = list((pathlib.Path(place) / "out").rglob("*.tif"))
        size = sum(tile.stat().st_size for tile in tiles)
    return {"wall": cost.wall, "cpu": cost.cpu, "peak": cost.peak / 1e6, "tiles": len(tiles), "MB": size / 1e6}


def bench(arguments, release, folder):
    figures = rounds.Figures()
    for raster in arguments.rasters:
        WRITERS[raster](folder / f"{raster}.tif", arguments.size)
    for _ in range(arguments.rounds):
        for raster in arguments.rasters:
            for grid in GRIDS:
                for threads in (1, 2):
                    for name, command in CONTENDERS.items():
                        words = command(folder / f"{raster}.tif", grid, LEVELS.get((raster, grid)), threads, arguments)
                        figures.add((raster, grid, threads, name), run(release, words, folder))
    figures.must_agree("tiles")
    return figures


def tables(figures, arguments):
    rows = []
    for raster in arguments.rasters:
        for grid in GRIDS:
            for threads in (1, 2):
                key = (raster, grid, threads)
                us, them = ((*key, name) for name in CONTENDERS)
                wall, cpu = (figures.median(them, name) / figures.median(us, name) for name in ("wall", "cpu"))
                cells = [raster, grid, str(threads), str(figures.runs[us][0]["tiles"])]
                for name, digits in (("wall", 3), ("cpu", 3), ("peak", 3), ("MB", 3)):
                    cells += [number(figures.median(each, name), digits) for each in (us, them)]
                rows.append([*cells, number(wall), number(cpu)])
    names = ["wall s", "CPU s", "peak MB", "output MB"]
    header = ["raster", "grid", "threads", "tiles", *(f"{name}, {who}" for name in names for who in ("tiledir", "gdal"))]
    return table([*header, "wall, gdal / tiledir", "CPU, gdal / tiledir"], rows)


def main():
    arguments = parsed_arguments()
    (release,) = rounds.prepared_releases(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        figures = bench(arguments, release, pathlib.Path(folder))
    size = f"The picture is {arguments.size} x {arguments.size} Byte in 3 bands; goal: {GOAL} times faster, under 300 MB. "
    text = size + rounds.machine_line([release], arguments.rounds) + "\n\n" + tables(figures, arguments)
    rounds.finish(arguments, "copy", text)


if __name__ == "__main__":
    main()
