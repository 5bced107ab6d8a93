"""What gdalwarp and then gdaldem do, in one process: gdal_chain.py ORDER.json OUTPUT.tif

The warped elevations stay in memory. The order is written by contenders.py.
"""

import json
import sys

from osgeo import gdal

gdal.UseExceptions()


def main(order_path, output):
    with open(order_path) as file:
        order = json.load(file)
    threads = order["threads"]
    x_scale, y_scale = order["kernel_scale"]
    warped = gdal.Warp(
        "",
        order["dem"],
        format="MEM",
        dstSRS=order["crs"],
        outputBounds=order["bounds"],
        xRes=order["cell_size"],
        yRes=order["cell_size"],
        errorThreshold=0,
        outputType=gdal.GDT_Float32,
        dstNodata=order["nodata"],
        resampleAlg="bilinear",
        multithread=threads > 1,
        warpOptions=[f"XSCALE={x_scale!r}", f"YSCALE={y_scale!r}", f"NUM_THREADS={threads}"],
    )
    options = [f"{key}={value}" for key, value in order["options"].items()]
    options += ["TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", f"NUM_THREADS={threads}"]
    gdal.DEMProcessing(output, warped, "hillshade", scale=order["scale"], creationOptions=options)


if __name__ == "__main__":
    main(*sys.argv[1:])
