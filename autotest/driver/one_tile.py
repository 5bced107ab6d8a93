"""A directory of one tile that any of GDAL's drivers may have written, and what that tile alone is to GDAL."""

import numpy
from osgeo import gdal, gdal_array, osr

from tile_folder import Level, TileFolder, errors_while


class OneTile:
    """`bands` are the item's; None leaves them to the tile."""

    def __init__(self, path, extension, content, size=64, bands=None, media_type="image/any"):
        self.path, self.name = path, f"0.{extension}" if extension else "0"
        folder = TileFolder(path, [Level("0", 10.0, size, (1, 1))])
        folder.tile_path("0", 0, 0).unlink()
        (path / self.name).write_bytes(content)
        asset = {"href": "./" + self.name.replace("0", "{TileMatrix}", 1), "type": media_type}
        if bands is not None:
            asset["bands"] = bands
        folder.item["asset_templates"] = {"tiles": asset}
        folder.write_item()

    def open(self):
        dataset = gdal.Open(str(self.path))
        assert dataset is not None, gdal.GetLastErrorMsg()
        assert dataset.GetDriver().ShortName == "TileDir"
        return dataset

    def error(self):
        """The one error of a whole read."""
        dataset = self.open()
        result, messages = errors_while(dataset.ReadAsArray)
        assert result is None and messages
        return messages[0][1]


def image(bands=1, dtype="uint8", size=64, seed=3):
    """Smooth, with some noise."""
    random = numpy.random.default_rng(seed)
    slope = numpy.add.outer(numpy.arange(size), numpy.arange(size) * 2) % 200
    return numpy.stack([(slope + 10 * band + random.integers(0, 9, slope.shape)) for band in range(bands)]).astype(dtype)


def memory_raster(pixels):
    """On the place of the tile."""
    bands, height, width = pixels.shape
    type_code = gdal_array.NumericTypeCodeToGDALTypeCode(pixels.dtype)
    raster = gdal.GetDriverByName("MEM").Create("", width, height, bands, type_code)
    raster.WriteArray(pixels)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(3857)
    raster.SetSpatialRef(crs)
    raster.SetGeoTransform([1000000.0, 10.0, 0, 6000000.0, 0, -10.0])
    return raster


def encoded(driver, raster, options=(), name="tile"):
    """The one file that a driver makes of a raster, as bytes; None where it makes none or several."""
    folder = "/vsimem/one_tile"
    extension = gdal.GetDriverByName(driver).GetMetadataItem("DMD_EXTENSION") or "bin"
    path = f"{folder}/{name}.{extension}"
    gdal.RmdirRecursive(folder)
    gdal.Mkdir(folder, 0o755)
    gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")
    try:
        copy, _ = errors_while(lambda: gdal.GetDriverByName(driver).CreateCopy(path, raster, False, list(options)))
        made = copy is not None
        del copy
        files = gdal.ReadDir(folder) or []
        if not made or [file for file in files if file not in (".", "..")] != [f"{name}.{extension}"]:
            return None
        file = gdal.VSIFOpenL(path, "rb")
        if file is None:
            return None
        content = gdal.VSIFReadL(1, gdal.VSIStatL(path).size, file)
        gdal.VSIFCloseL(file)
        return bytes(content)
    finally:
        gdal.SetConfigOption("GDAL_PAM_ENABLED", None)
        gdal.RmdirRecursive(folder)
