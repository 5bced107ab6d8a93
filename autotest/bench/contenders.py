"""Who makes the hillshade, and how each is told to: same resampling, same compression, files of one block."""

import dataclasses
import json
import pathlib
import shlex
import sys

import mapchete_job
from gdal_release import GdalRelease

HERE = pathlib.Path(__file__).resolve().parent
LEVEL = 11
NODATA = -32768
METRES_A_DEGREE = 111120


@dataclasses.dataclass(frozen=True)
class Job:
    grid: str  # id of a tile matrix set
    zlevel: int
    dem: pathlib.Path

    @property
    def crs(self):
        """The elevation model's own, where it can be: the warper then transforms no coordinates."""
        return "EPSG:4326" if self.grid == "WorldCRS84Quad" else "EPSG:3857"

    @property
    def scale(self):
        """Of gdaldem: metres are everywhere as many in a degree, and a Mercator metre is one."""
        return METRES_A_DEGREE if self.grid == "WorldCRS84Quad" else 1

    @property
    def options(self):
        return {"COMPRESS": "DEFLATE", "ZLEVEL": self.zlevel, "PREDICTOR": 1}


@dataclasses.dataclass(frozen=True)
class Geometry:
    """Of a grid's level, where the elevation model lies."""

    bounds: tuple  # of the tiles: min x, min y, max x, max y
    cell_size: float
    kernel_scale: tuple  # input cell / level cell, x and y


@dataclasses.dataclass(frozen=True)
class Tiledir:
    program: pathlib.Path
    threads: int
    metatile: int
    name = "tiledir"

    def command(self, job, geometry, folder):
        recipe = {
            "process": "hillshade",
            "parameters": {"scale": job.scale},
            "input": {"dem": str(job.dem)},
            "grid": {"tile_matrix_set": job.grid, "metatile": self.metatile},
            "levels": LEVEL,
            "output": {"path": "out", "format": "GTiff", "options": job.options},
            "threads": self.threads,
        }
        (folder / "recipe.yaml").write_text(json.dumps(recipe))
        return [self.program, "recipe.yaml", "--quiet", "--json"]


@dataclasses.dataclass(frozen=True)
class Mapchete:
    """With its own hillshade (mapchete_job.py)."""

    program: pathlib.Path
    threads: int  # worker processes
    metatile: int
    concurrency = "processes"
    name = "mapchete"

    def command(self, job, geometry, folder):
        config = mapchete_job.hillshade(
            job.dem, job.grid, LEVEL, job.options, metatile=self.metatile, scale=job.scale
        )
        (folder / "hillshade.mapchete").write_text(json.dumps(config))
        how = ["--concurrency", self.concurrency, "--workers", self.threads]
        return [self.program, "execute", "hillshade.mapchete", "--no-pbar", *how]


class MapcheteSequential(Mapchete):
    """No pool of workers: one process does all."""

    concurrency = "none"
    name = "mapchete, sequential"


@dataclasses.dataclass(frozen=True)
class GdalChain:
    """gdalwarp into memory, then gdaldem into one tiled GTiff, in one process."""

    threads: int
    metatile = None
    name = "gdalwarp, gdaldem"

    def command(self, job, geometry, folder):
        (folder / "out").mkdir()
        write_order(job, geometry, folder, nodata=NODATA, threads=self.threads)
        return [sys.executable, HERE / "gdal_chain.py", "order.json", "out/hillshade.tif"]


@dataclasses.dataclass(frozen=True)
class GdalRaster:
    """GDAL 3.13's own way to tiles, in the chroot of a release that has it."""

    release: GdalRelease
    threads: int
    metatile = 1

    def command(self, job, geometry, folder):
        lines = [["gdal", "raster", *words] for words in self.lines(job, geometry)]
        script = " && ".join(shlex.join(map(str, line)) for line in lines)
        return self.release.command(["bash", "-c", script], folder=folder)

    def tile(self, job, *more):
        options = {**job.options, "TILED": "YES", "BLOCKXSIZE": 256, "BLOCKYSIZE": 256}
        creation = [word for key, value in options.items() for word in ("--co", f"{key}={value}")]
        where = ["--tiling-scheme", job.grid, "--min-zoom", LEVEL, "--max-zoom", LEVEL]
        how = ["--no-alpha", "--webviewer", "none", "-j", self.threads]
        return ["tile", *more, "-f", "GTiff", *creation, *where, *how]

    def shade(self, scale, *more):
        return ["hillshade", *more, "--xscale", scale, "--yscale", scale]


class GdalPipeline(GdalRaster):
    """The job as it is: elevations on the grid's level, shaded, cut into tiles."""

    name = "gdal raster pipeline"

    def lines(self, job, geometry):
        x_scale, y_scale = geometry.kernel_scale
        warp = ["reproject", "-d", job.crs, "-r", "bilinear", "--et", 0, "--output-nodata", NODATA, "-j", self.threads]
        # A bound on the edge of a tile counts as the next tile's, which then is made too.
        west, south, east, north = geometry.bounds
        inner = (west, south + geometry.cell_size, east - geometry.cell_size, north)
        warp += ["--bbox", ",".join(map(repr, inner))]
        warp += ["--resolution", f"{geometry.cell_size!r},{geometry.cell_size!r}"]
        warp += ["--wo", f"XSCALE={x_scale!r}", "--wo", f"YSCALE={y_scale!r}"]
        tile = self.tile(job, "-r", "nearest")
        steps = [["read", job.dem], ["set-type", "--ot", "Float32"], warp, self.shade(job.scale, "--no-edges")]
        steps.append([*tile, "out"])
        yield ["pipeline", "-q", *(word for step in steps for word in ["!", *step])]


class GdalPipelineShadedFirst(GdalRaster):
    """Less than the job: shades are resampled, not elevations."""

    name = "gdal raster pipeline, shaded first"

    def lines(self, job, _):
        shade, tile = self.shade(METRES_A_DEGREE), self.tile(job, "-r", "bilinear")
        yield ["pipeline", "-q", "read", job.dem, "!", *shade, "!", *tile, "out"]


class GdalRasterTile(GdalRaster):
    """As GdalPipelineShadedFirst, in two commands with a file between them."""

    name = "gdal raster hillshade, tile"

    def lines(self, job, _):
        yield [*self.shade(METRES_A_DEGREE, "-q"), job.dem, "shaded.tif"]
        yield self.tile(job, "-q", "shaded.tif", "out", "-r", "bilinear")


@dataclasses.dataclass(frozen=True)
class PartsAlone:
    metatile: int
    threads = 1
    name = "parts alone"

    def command(self, job, geometry, folder):
        (folder / "out").mkdir()
        write_order(job, geometry, folder, tile_size=256 * self.metatile)
        return [sys.executable, HERE / "parts_alone.py", "order.json", "out"]


def write_order(job, geometry, folder, **more):
    """What the programs beside this one are told."""
    order = {"dem": str(job.dem), "crs": job.crs, "scale": job.scale, "options": job.options}
    order.update(dataclasses.asdict(geometry), **more)
    (folder / "order.json").write_text(json.dumps(order))
