"""Sources whose pixels cannot be read: functions that make one in a folder, and what an error has to name."""

import os
import pathlib
import subprocess

import numpy
from osgeo import gdal, osr

SIDE = 256
TILED = ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=DEFLATE"]


def raster(path, driver="GTiff", options=(), bands=1, left=10):
    """Of noise, so that compression leaves something to cut."""
    cell = 1 / 1200
    values = numpy.random.default_rng(1).integers(50, 250, (bands, SIDE, SIDE))
    memory = gdal.GetDriverByName("MEM").Create("", SIDE, SIDE, bands, gdal.GDT_Byte)
    memory.SetGeoTransform([left, cell, 0, 50, 0, -cell])
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    memory.SetSpatialRef(crs)
    for band in range(bands):
        memory.GetRasterBand(band + 1).WriteArray(values[band])
    gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=list(options)).FlushCache()
    return path


def cut(path, part=0.5):
    os.truncate(path, int(path.stat().st_size * part))
    return path


def masked(path):
    raster(path, options=TILED)
    mask = pathlib.Path(f"{path}.msk")
    raster(mask, options=[*TILED, "INTERLEAVE=BAND"])
    file = gdal.Open(str(mask), gdal.GA_Update)
    file.SetMetadataItem("INTERNAL_MASK_FLAGS_1", str(gdal.GMF_PER_DATASET))
    file = None
    return mask


def truncated(folder):
    return cut(raster(folder / "cut.tif", options=TILED))


def truncated_jpeg(folder):
    return cut(raster(folder / "cut.jpg", "JPEG"))


def vrt_of_a_truncated_jpeg(folder):
    path = folder / "jpeg.vrt"
    gdal.BuildVRT(str(path), [str(truncated_jpeg(folder))]).FlushCache()
    return path


def truncated_alpha(folder):
    path = folder / "alpha.tif"
    raster(path, options=[*TILED, "INTERLEAVE=BAND", "ALPHA=YES"], bands=2)
    return cut(path, 0.8)


def missing_in_a_vrt(folder):
    gone = raster(folder / "gone.tif", left=10 + SIDE / 1200)
    path = folder / "mosaic.vrt"
    gdal.BuildVRT(str(path), [str(raster(folder / "whole.tif")), str(gone)]).FlushCache()
    gone.unlink()
    return path


def truncated_in_a_vrt(folder):
    path = folder / "mosaic.vrt"
    gdal.BuildVRT(str(path), [str(raster(folder / "whole.tif", left=11)), str(truncated(folder))]).FlushCache()
    return path


def warped_by_a_vrt(folder):
    path = folder / "warped.vrt"
    gdal.Warp(str(path), str(truncated(folder)), format="VRT", dstSRS="EPSG:3857").FlushCache()
    return path


def truncated_mask(folder):
    return pathlib.Path(str(cut(masked(folder / "masked.tif"), 0.7))[: -len(".msk")])


def empty_mask(folder):
    return pathlib.Path(str(cut(masked(folder / "masked.tif"), 0))[: -len(".msk")])


def mask_of_text(folder):
    mask = masked(folder / "masked.tif")
    mask.write_text("an error page\n" * 50)
    return folder / "masked.tif"


def truncated_tile(folder):
    path = folder / "source"
    gdal.Translate(str(path), str(raster(folder / "whole.tif")), format="TileDir",
                   creationOptions=["TILE_SIZE=128"]).FlushCache()
    cut(next(path.glob("1/1/1.*")))
    return path


BROKEN = {
    truncated: "cut.tif",
    truncated_jpeg: "cut.jpg",
    vrt_of_a_truncated_jpeg: "jpeg.vrt",
    truncated_alpha: "alpha.tif",
    missing_in_a_vrt: "gone.tif",
    truncated_in_a_vrt: "mosaic.vrt",
    warped_by_a_vrt: "",
    truncated_mask: "masked.tif",
    empty_mask: "masked.tif.msk",
    mask_of_text: "masked.tif.msk",
    truncated_tile: "1/1/1.",
}


def program(*arguments):
    return subprocess.run([str(each) for each in arguments], capture_output=True, text=True, timeout=120)
