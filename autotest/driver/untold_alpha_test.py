"""Updates of tiles that have an alpha band of which the item does not tell: what is not written to keeps it.

gdal raster tile and others make them so, with fewer bands where a tile is opaque."""

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid


class Pictures(TileFolder):
    """Levels of tiles with alpha, but that the upper left one of the finest level is opaque and has no alpha band."""

    def __init__(self, path, driver, bands, dtype="uint8"):
        self.driver, self.opaque = driver, numpy.iinfo(dtype).max
        extension = {"PNG": "png", "WEBP": "webp", "GTiff": "tif"}[driver]
        self.template = "{TileMatrix}/{TileRow}/{TileCol}." + extension
        super().__init__(path, pyramid(tiles=(4, 4), levels=2), dtype=dtype, bands=bands)
        media_types = {"PNG": "image/png", "WEBP": "image/webp", "GTiff": "image/tiff; application=geotiff"}
        self.item["asset_templates"]["tiles"]["type"] = media_types[driver]
        self.write_item()

    def alpha_of(self, path):
        """Transparent, half transparent and opaque columns."""
        if self.driver == "PNG" and path == self.tile_path("1", 0, 0):
            return None
        alpha = numpy.full((16, 16), self.opaque, self.dtype)
        alpha[:, :4] = 0
        alpha[:, 4:8] = self.opaque // 3
        return alpha

    def write_tile(self, path, pixels, driver=None):
        path.parent.mkdir(parents=True, exist_ok=True)
        alpha = self.alpha_of(path)
        pixels = pixels if alpha is None else numpy.concatenate([pixels, alpha[numpy.newaxis]])
        types = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16}
        source = gdal.GetDriverByName("MEM").Create("", 16, 16, len(pixels), types[self.dtype.name])
        source.WriteArray(pixels)
        if alpha is not None:
            source.GetRasterBand(len(pixels)).SetColorInterpretation(gdal.GCI_AlphaBand)
        options = ["LOSSLESS=YES"] if self.driver == "WEBP" else []
        gdal.GetDriverByName(self.driver).CreateCopy(str(path), source, options=options)


@pytest.fixture(params=[("PNG", 3, "uint8"), ("PNG", 1, "uint8"), ("PNG", 3, "uint16"), ("GTiff", 1, "uint8"),
                        ("GTiff", 3, "uint16"), ("WEBP", 3, "uint8")], ids=str)  # fmt: skip
def pictures(request, tmp_path):
    driver, bands, dtype = request.param
    if gdal.GetDriverByName(driver) is None:
        pytest.skip(f"GDAL has no {driver}")
    return Pictures(tmp_path / "tiles", driver, bands, dtype)


def tile_of(pictures, *name):
    tile = gdal.Open(str(pictures.tile_path(*name)))
    pixels = tile.ReadAsArray()
    return pixels if pixels.ndim == 3 else pixels[numpy.newaxis]


def write(pictures, col, row, size):
    def update():
        dataset = gdal.OpenEx(str(pictures.path), gdal.OF_UPDATE)
        for band in range(1, pictures.bands + 1):
            dataset.GetRasterBand(band).WriteArray(numpy.full((size, size), 9, pictures.dtype), col, row)

    return errors_while(update)[1]


def test_alpha_of_what_is_not_written_stays(pictures):
    before = tile_of(pictures, "1", 2, 1)
    assert write(pictures, 16, 34, 6) == []  # rows 2 to 7 and columns 0 to 5 of the tile
    expected = before.copy()
    expected[:-1, 2:8, :6] = 9
    expected[-1, 2:8, :6] = pictures.opaque
    after = tile_of(pictures, "1", 2, 1)
    assert after.shape == before.shape
    # Three bands of 16 bits: their alpha has gone through a mask of 8.
    assert numpy.array_equal(after[-1], expected[-1])
    visible = expected[-1] > 0
    assert numpy.array_equal(after[:-1][:, visible], expected[:-1][:, visible])


def test_overviews_keep_the_alpha_below_them(pictures):
    write(pictures, 16, 34, 6)
    overview = tile_of(pictures, "0", 1, 0)
    assert len(overview) == pictures.bands + 1
    assert numpy.all(overview[-1, 8:, 8:10] == 0)  # under a tile that was not written to: columns 0 to 3
    assert numpy.all(overview[-1, 8:, 12:] == pictures.opaque)


def test_a_tile_that_is_written_whole_is_opaque(pictures):
    write(pictures, 32, 32, 16)
    tile = tile_of(pictures, "1", 2, 2)
    assert numpy.all(tile[: pictures.bands] == 9)
    assert len(tile) == pictures.bands or numpy.all(tile[-1] == pictures.opaque)


def test_rebuilt_overviews_keep_the_alpha_below_them(pictures):
    dataset = gdal.OpenEx(str(pictures.path), gdal.OF_UPDATE)
    assert dataset.BuildOverviews("AVERAGE", [2]) == 0
    del dataset
    overview = tile_of(pictures, "0", 1, 1)
    assert len(overview) == pictures.bands + 1
    assert numpy.all(overview[-1, :, 0:2] == 0)


def test_a_tile_that_alone_has_alpha_is_left_as_it_is(tmp_path):
    """Nothing but that tile tells that there is alpha, and GTiff has masks of its own."""
    folder = TileFolder(tmp_path, pyramid(tiles=(2, 2), levels=1))
    path = folder.tile_path("0", 1, 1)
    source = gdal.GetDriverByName("MEM").Create("", 16, 16, 2)
    source.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
    gdal.GetDriverByName("GTiff").CreateCopy(str(path), source)
    before = path.read_bytes()

    def update():
        dataset = gdal.OpenEx(str(folder.path), gdal.OF_UPDATE)
        dataset.GetRasterBand(1).WriteArray(numpy.full((4, 4), 9, numpy.uint8), 20, 20)

    _, messages = errors_while(update)
    assert path.read_bytes() == before
    assert any("0/1/1.tif: has an alpha band, which the item does not tell of" in text for _, text in messages)
