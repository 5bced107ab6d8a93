"""Where grids lie whose JSON writers take in more ways than one: the order of axes, and scales.

What the tiles themselves say is right, and so are GDAL's STACTA and its geotransforms of them."""

import json

import numpy
import pytest
from osgeo import gdal, osr

from tile_folder import EXTENSION, errors_while

# Where GDAL's PROJ puts 1580480, 5520000 and 1591232, 5505664 of EPSG:2193 (New Zealand, northing first).
LEFT, TOP, CELL = 1580480.0, 5520000.0, 14.0


def crs84_box(epsg, left, bottom, right, top):
    grid, degrees = osr.SpatialReference(), osr.SpatialReference()
    grid.ImportFromEPSG(epsg)
    degrees.ImportFromEPSG(4326)
    for crs in (grid, degrees):
        crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return list(osr.CoordinateTransformation(grid, degrees).TransformBounds(left, bottom, right, top, 21))


class Tiles:
    """One level of 3 x 4 tiles, each of one value, in a corner of its matrix; the item is of the kind GDAL writes."""

    def __init__(self, path, epsg=2193, left=LEFT, top=TOP, cell=CELL, size=256, placed=True, extension="tif"):
        self.path, self.cell, self.size = path, cell, size
        self.first_col, self.first_row, self.cols, self.rows = 5, 7, 3, 4
        self.left, self.top = left, top
        self.origin = (left - self.first_col * size * cell, top + self.first_row * size * cell)
        crs = osr.SpatialReference()
        crs.ImportFromEPSG(epsg)
        for col in range(self.cols):
            for row in range(self.rows):
                folder = path / "6" / str(self.first_col + col)
                folder.mkdir(parents=True, exist_ok=True)
                tile = gdal.GetDriverByName("GTiff").Create(
                    str(folder / f"{self.first_row + row}.tif"), size, size, 1, options=["COMPRESS=DEFLATE"]
                )
                tile.GetRasterBand(1).Fill(self.value(col, row))
                if placed:
                    tile.SetProjection(crs.ExportToWkt())
                    tile.SetGeoTransform((left + col * size * cell, cell, 0, top - row * size * cell, 0, -cell))
        self.matrix = {
            "type": "TileMatrixType",
            "identifier": "6",
            "scaleDenominator": cell / 0.00028,
            "topLeftCorner": list(self.origin),
            "tileWidth": size,
            "tileHeight": size,
            "matrixWidth": 128,
            "matrixHeight": 64,
        }
        self.grid = {
            "type": "TileMatrixSetType",
            "identifier": "Test",
            "supportedCRS": f"http://www.opengis.net/def/crs/EPSG/0/{epsg}",
            "tileMatrix": [self.matrix],
        }
        limits = {
            "min_tile_col": self.first_col,
            "max_tile_col": self.first_col + self.cols - 1,
            "min_tile_row": self.first_row,
            "max_tile_row": self.first_row + self.rows - 1,
        }
        self.right, self.bottom = left + self.cols * size * cell, top - self.rows * size * cell
        self.item = {
            "type": "Feature",
            "stac_version": "1.1.0",
            "stac_extensions": [EXTENSION],
            "id": "test",
            "geometry": None,
            "bbox": crs84_box(epsg, left, self.bottom, self.right, top),
            "properties": {
                "datetime": "2020-02-03T04:05:06Z",
                "keywords": ["tiled-assets"],
                "tiles:tile_matrix_sets": {"Test": self.grid},
                "tiles:tile_matrix_links": {"Test": {"url": "#Test", "limits": {"6": limits}}},
            },
            "asset_templates": {
                "bands": {
                    "href": "./{TileMatrix}/{TileCol}/{TileRow}.tif",
                    "type": "image/tiff; application=geotiff",
                    "bands": [{"name": "b1", "data_type": "uint8"}],
                }
            },
            "assets": {},
            "links": [],
        }

    @staticmethod
    def value(col, row):
        return 1 + col + 16 * row

    @property
    def properties(self):
        return self.item["properties"]

    def open(self, flags=0):
        (self.path / "stac.json").write_text(json.dumps(self.item))
        dataset, messages = errors_while(
            lambda: gdal.OpenEx(str(self.path / "stac.json"), flags, allowed_drivers=["TileDir"])
        )
        assert dataset is not None, messages
        return dataset, [message for _, message in messages]

    def assert_right(self, warnings=0):
        dataset, messages = self.open()
        expected = (self.left, self.cell, 0, self.top, 0, -self.cell)
        assert dataset.GetGeoTransform() == pytest.approx(expected, rel=1e-12)
        assert (dataset.RasterXSize, dataset.RasterYSize) == (self.cols * self.size, self.rows * self.size)
        pixels = dataset.ReadAsArray()[self.size // 2 :: self.size, self.size // 2 :: self.size]
        expected = [[self.value(col, row) for col in range(self.cols)] for row in range(self.rows)]
        assert numpy.array_equal(pixels, expected)
        assert len(messages) == warnings, messages


@pytest.fixture(params=["x, y", "y, x"])
def tiles(request, tmp_path):
    made = Tiles(tmp_path)
    if request.param == "y, x":
        made.matrix["topLeftCorner"].reverse()
    return made


def test_the_bbox_tells_the_order_of_axes(tiles):
    tiles.assert_right()


@pytest.mark.parametrize("exchanged", [False, True])
def test_the_bounding_box_of_the_set_tells_the_order_of_axes(tmp_path, exchanged):
    tiles = Tiles(tmp_path, placed=False)
    del tiles.item["bbox"]
    left, top = tiles.origin
    box = [[left, top - 64 * 256 * CELL], [left + 128 * 256 * CELL, top]]
    if exchanged:
        box = [corner[::-1] for corner in box]
    tiles.grid["boundingBox"] = {"type": "BoundingBoxType", "lowerCorner": box[0], "upperCorner": box[1]}
    tiles.assert_right()


def test_proj_transform_tells_the_order_of_axes(tmp_path):
    """GDAL 3.12 writes its top with another sign."""
    tiles = Tiles(tmp_path, placed=False)
    del tiles.item["bbox"]
    tiles.properties["proj:transform"] = [CELL, 0, LEFT, 0, -CELL, 2 * tiles.origin[1] - TOP]
    tiles.assert_right()


def test_proj_bbox_tells_the_order_of_axes(tmp_path):
    tiles = Tiles(tmp_path, placed=False)
    del tiles.item["bbox"]
    tiles.properties["proj:bbox"] = [tiles.left, tiles.bottom, tiles.right, tiles.top]
    tiles.assert_right()


def test_a_tile_tells_the_order_of_axes(tiles):
    tiles.item["bbox"] = None
    tiles.assert_right()


def test_a_bbox_in_units_of_the_crs_tells_nothing_and_a_tile_does(tiles):
    tiles.item["bbox"] = [tiles.left, tiles.bottom, tiles.right, tiles.top]
    tiles.assert_right()


def test_a_bbox_that_is_elsewhere_does_not_stand_against_a_tile(tiles):
    tiles.item["bbox"] = [10, 45, 11, 46]
    tiles.assert_right()


def test_where_nothing_tells_the_crs_does(tmp_path):
    tiles = Tiles(tmp_path, placed=False)
    tiles.item["bbox"] = None
    tiles.matrix["topLeftCorner"].reverse()
    tiles.assert_right()


def test_degrees_with_a_corner_that_could_be_either(tmp_path):
    """Scales of geographic CRSs that were made without the length of a degree."""
    tiles = Tiles(tmp_path, epsg=4326, left=-84.4, top=36.4, cell=0.0008)
    tiles.assert_right(warnings=1)
    tiles.item["bbox"] = None
    tiles.assert_right(warnings=1)


@pytest.mark.parametrize("witness", ["bbox", "boundingBox", "proj:transform", "tile"])
@pytest.mark.parametrize("epsg, left, top", [(3857, -9397760.0, 4367360.0), (2193, LEFT, TOP)])
def test_scales_of_tiles_that_got_another_size(tmp_path, witness, epsg, left, top):
    """512 pixels a side, with the scale denominator of 256."""
    tiles = Tiles(tmp_path, epsg=epsg, left=left, top=top, size=512, placed=witness == "tile")
    tiles.matrix["scaleDenominator"] *= 2
    if witness != "bbox":
        del tiles.item["bbox"]
    if witness == "boundingBox":
        left, top = tiles.origin
        right, bottom = left + 128 * 512 * CELL, top - 64 * 512 * CELL
        tiles.grid["boundingBox"] = {"lowerCorner": [left, bottom], "upperCorner": [right, top]}
    if witness == "proj:transform":
        tiles.properties["proj:transform"] = [CELL, 0, tiles.left, 0, -CELL, tiles.top]
    tiles.assert_right(warnings=1)


def test_a_scale_that_contradicts_a_cell_size(tmp_path):
    tiles = Tiles(tmp_path, epsg=3857)
    tiles.matrix["cellSize"] = 2 * CELL
    tiles.assert_right(warnings=1)
    tiles.matrix.update(cellSize=CELL, scaleDenominator=2 * tiles.matrix["scaleDenominator"])
    tiles.assert_right()


def test_an_update_writes_tiles_where_the_others_are(tiles):
    dataset, _ = tiles.open(gdal.OF_UPDATE)
    dataset.GetRasterBand(1).WriteArray(numpy.full((256, 256), 99, "u1"), 256, 256)
    del dataset
    tile = gdal.Open(str(tiles.path / "6" / str(tiles.first_col + 1) / f"{tiles.first_row + 1}.tif"))
    assert tile.GetGeoTransform() == pytest.approx((LEFT + 256 * CELL, CELL, 0, TOP - 256 * CELL, 0, -CELL))
    assert numpy.all(tile.ReadAsArray() == 99)


GRIDS = {
    "native 4326": (4326, (-84.4, 0.0008, 0, 36.4, 0, -0.0008), []),
    "native 2193": (2193, (LEFT, CELL, 0, TOP, 0, -CELL), []),
    "native 3035": (3035, (4321000.0, 10, 0, 3210000.0, 0, -10), []),
    "EuropeanETRS89_LAEAQuad": (3035, (4321000.0, 10, 0, 3210000.0, 0, -10), ["GRID=EuropeanETRS89_LAEAQuad"]),
    "WGS1984Quad": (4326, (-84.4, 0.0008, 0, 36.4, 0, -0.0008), ["GRID=WGS1984Quad"]),
    "native 32633": (32633, (500000.0, 10, 0, 5500000.0, 0, -10), []),
}


@pytest.mark.parametrize("name", GRIDS)
def test_stacta_finds_our_datasets_where_they_are(tmp_path, name):
    epsg, geotransform, options = GRIDS[name]
    source = gdal.GetDriverByName("MEM").Create("", 300, 280)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    source.SetProjection(crs.ExportToWkt())
    source.SetGeoTransform(geotransform)
    source.WriteArray(numpy.random.default_rng(1).integers(1, 255, (280, 300), dtype=numpy.uint8))
    assert gdal.GetDriverByName("TileDir").CreateCopy(str(tmp_path / "out"), source, options=options) is not None
    item = str(tmp_path / "out" / "stac.json")
    ours = gdal.OpenEx(item, allowed_drivers=["TileDir"], open_options=["EXTENT=LIMITS"])
    stacta = gdal.OpenEx(item, allowed_drivers=["STACTA"])
    if gdal.GetDriverByName("STACTA") is None:
        pytest.skip("GDAL has no STACTA")
    assert stacta is not None, gdal.GetLastErrorMsg()
    left, cell, _, top, _, _ = ours.GetGeoTransform()
    assert (left, top) == pytest.approx((geotransform[0], geotransform[3]), abs=256 * cell)  # within a tile
    assert stacta.GetGeoTransform()[1] == pytest.approx(cell, rel=1e-9)
    col = (left - stacta.GetGeoTransform()[0]) / cell
    row = (stacta.GetGeoTransform()[3] - top) / cell
    assert (col, row) == pytest.approx((round(col), round(row)), abs=1e-3)
    pixels = stacta.ReadAsArray(round(col), round(row), ours.RasterXSize, ours.RasterYSize)
    assert numpy.array_equal(ours.ReadAsArray(), pixels)
    assert pixels.max() > 0
