"""Run by QGIS itself, `qgis --code qgis_window.py`: adds a layer, renders it and saves a picture of the window.

TILEDIR_LAYER is the layer's source, TILEDIR_NAME its name, TILEDIR_ZOOM how much less than the whole is shown (1: all of it),
TILEDIR_PICTURE the PNG's path. QGIS ends then, with what went wrong on standard error.
"""

import os
import sys

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

WIDTH, HEIGHT = 1000, 640
SHOWN = {"Layers"}
# Milliseconds for what Qt draws after the map is done.
SETTLE = 500


def arrange():
    window = iface.mainWindow()
    window.showNormal()
    window.resize(WIDTH, HEIGHT)
    for dock in window.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() in SHOWN)


def leave(code):
    QgsProject.instance().clear()
    sys.stderr.flush()
    # QGIS 3.22 may crash where Python ends its application.
    os._exit(code)


def save():
    saved = iface.mainWindow().grab().save(os.environ["TILEDIR_PICTURE"])
    leave(0 if saved else 1)


def show():
    source = os.environ["TILEDIR_LAYER"]
    layer = QgsRasterLayer(source, os.environ["TILEDIR_NAME"], "gdal")
    if not layer.isValid():
        print(f"{source}: {layer.error().summary()}", file=sys.stderr)
        leave(1)
    QgsProject.instance().addMapLayer(layer)
    iface.setActiveLayer(layer)
    # QGIS goes to the extent of a first layer by itself, some time after it was added.
    QTimer.singleShot(SETTLE, zoom)


def zoom():
    canvas = iface.mapCanvas()
    extent = iface.activeLayer().extent()
    extent.scale(1.05 / float(os.environ["TILEDIR_ZOOM"]))
    canvas.setExtent(extent)
    canvas.mapCanvasRefreshed.connect(lambda: QTimer.singleShot(SETTLE, save))
    canvas.refresh()


def begin():
    arrange()
    QTimer.singleShot(SETTLE, show)


QTimer.singleShot(SETTLE, begin)
