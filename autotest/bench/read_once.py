"""Opens a dataset and reads from it as an order says, in a process that has read nothing yet: read_once.py ORDER

The order is JSON: dataset, driver, operation (one of those below), size and offset of the window, count and seed of
the random ones. Prints JSON: seconds to open and to read, memory before and after, and a checksum of what was read.
"""

import json
import random
import sys
import time
import zlib

import numpy as np
from osgeo import gdal

gdal.UseExceptions()


def memory(key):
    """Bytes, from the kernel: VmRSS is now, VmHWM the most so far."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key + ":"))


def window(dataset, order):
    pixels = np.empty((dataset.RasterCount, order["size"], order["size"]), np.uint8)

    def read():
        dataset.ReadAsArray(order["offset"], order["offset"], order["size"], order["size"], buf_obj=pixels)
        return pixels

    return read


def copy(dataset, _):
    def read():
        gdal.Translate("/vsimem/copy.tif", dataset, format="GTiff")
        return b""

    return read


def at_random(dataset, order, side):
    chosen = random.Random(order["seed"])
    places = [
        (chosen.randrange(dataset.RasterXSize - side + 1), chosen.randrange(dataset.RasterYSize - side + 1))
        for _ in range(order["count"])
    ]

    def read():
        checksum = 0
        for x, y in places:
            checksum = zlib.adler32(dataset.ReadRaster(x, y, side, side), checksum)
        return str(checksum).encode()

    return read


def open_again(_, order):
    def read():
        gdal.OpenEx(order["dataset"], gdal.OF_RASTER, allowed_drivers=[order["driver"]])
        return b""

    return read


OPERATIONS = {
    "open": lambda dataset, order: lambda: b"",
    "open again": open_again,
    "window": window,
    "copy": copy,
    "windows": lambda dataset, order: at_random(dataset, order, 256),
    "pixels": lambda dataset, order: at_random(dataset, order, 1),
}


def main(order):
    if order["driver"] == "STACTA":
        # 3.6 takes an item by name only where its content has the extension's short name.
        order["dataset"] = f'STACTA:"{order["dataset"]}"'
    before, began = memory("VmRSS"), time.perf_counter()
    dataset = gdal.OpenEx(order["dataset"], gdal.OF_RASTER, allowed_drivers=[order["driver"]])
    opened = time.perf_counter()
    # How large the dataset is known only now; what it takes to have it is no part of the opening.
    memory_opened = memory("VmRSS") - before
    read = OPERATIONS[order["operation"]](dataset, order)
    began_reading = time.perf_counter()
    pixels = read()
    ended = time.perf_counter()
    if order["operation"] == "copy":
        pixels = gdal.Open("/vsimem/copy.tif").ReadAsArray()
    print(
        json.dumps(
            {
                "open": opened - began,
                "read": ended - began_reading,
                "memory_opened": memory_opened,
                "peak": memory("VmHWM"),
                "size": [dataset.RasterXSize, dataset.RasterYSize],
                "checksum": zlib.crc32(pixels),
            }
        )
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
