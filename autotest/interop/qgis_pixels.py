"""What QGIS sees of rasters, without a window: qgis_pixels.py NAME PIXELS.npy [NAME PIXELS.npy]...

Prints a line of JSON for each: CRS and geotransform, or the error. Needs Debian's python3-qgis. Without the plugin in
GDAL_DRIVER_PATH a layer is one of GDAL's own drivers.
"""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy
from qgis.core import Qgis, QgsApplication, QgsRasterLayer

TYPES = {Qgis.DataType.Byte: numpy.uint8, Qgis.DataType.Int16: numpy.int16}


def seen(name, target):
    layer = QgsRasterLayer(name, "layer", "gdal")
    if not layer.isValid():
        return {"error": layer.error().summary()}
    width, height, provider, extent = layer.width(), layer.height(), layer.dataProvider(), layer.extent()
    bands = []
    for number in range(1, layer.bandCount() + 1):
        block = provider.block(number, extent, width, height)
        if not block.isValid():
            return {"error": block.error().summary() or "the block is not valid"}
        pixels = numpy.frombuffer(bytes(block.data()), TYPES[block.dataType()])
        bands.append(pixels.reshape(height, width))
    numpy.save(target, numpy.stack(bands))
    place = [extent.xMinimum(), extent.width() / width, 0, extent.yMaximum(), 0, -extent.height() / height]
    return {"crs": layer.crs().toWkt(), "geotransform": place}


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    for pair in zip(sys.argv[1::2], sys.argv[2::2]):
        print(json.dumps(seen(*pair)))
    sys.stdout.flush()
    application.exitQgis()
