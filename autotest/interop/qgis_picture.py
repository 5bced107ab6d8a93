"""Loads a raster layer in QGIS, without a window, and renders it once: qgis_picture.py LAYER PICTURE.png [WIDTH HEIGHT]

Prints JSON: seconds from before the layer is loaded until it is, and until the picture of its whole extent is finished; what the
layer says of itself, and the errors of rendering. Needs Debian's python3-qgis.
"""

import json
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def rendered(layer, width, height):
    """The finished job; its settings live as long."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(width, height))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job


def main(source, picture, width=800, height=600):
    application = QgsApplication([], False)
    application.initQgis()
    began = time.monotonic()
    layer = QgsRasterLayer(source, "layer", "gdal")
    loaded = time.monotonic()
    said = {"valid": layer.isValid()}
    if not layer.isValid():
        said["error"] = layer.error().summary()
    else:
        job = rendered(layer, int(width), int(height))
        said["finished"] = time.monotonic() - began
        job.renderedImage().save(picture)
        extent = layer.extent()
        said.update(
            crs=layer.crs().authid(),
            size=[layer.width(), layer.height()],
            bands=layer.bandCount(),
            extent=[extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
            errors=[error.message for error in job.errors()],
        )
        del job
    said["loaded"] = loaded - began
    print(json.dumps(said))
    del layer  # before exitQgis(), or QGIS crashes
    application.exitQgis()


if __name__ == "__main__":
    main(*sys.argv[1:])
