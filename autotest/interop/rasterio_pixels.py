"""What rasterio sees of datasets: rasterio_pixels.py NAME PIXELS.npy [NAME PIXELS.npy]...

Prints a line of JSON for each: CRS and geotransform, or the error. Needs a Python that has rasterio.
"""

import json
import sys

import numpy
import rasterio


def seen(name, target):
    with rasterio.open(name) as dataset:
        numpy.save(target, dataset.read())
        return {"crs": dataset.crs.to_wkt(), "geotransform": dataset.transform.to_gdal()}


if __name__ == "__main__":
    for pair in zip(sys.argv[1::2], sys.argv[2::2]):
        try:
            print(json.dumps(seen(*pair)))
        except rasterio.errors.RasterioError as error:
            print(json.dumps({"error": str(error)}))
