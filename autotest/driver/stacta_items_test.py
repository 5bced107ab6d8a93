"""Items that GDAL's own STACTA driver opens open here too, with the same pixels where STACTA's are right."""

import json

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid

GLOBE = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@pytest.fixture
def folder(tmp_path):
    """With version 1 JSON and the short name of the extension, which STACTA needs before GDAL 3.10."""
    made = TileFolder(tmp_path, pyramid(tiles=(4, 4), levels=3), bands=3)
    grid = made.item["properties"]["tiles:tile_matrix_sets"]["Test"]
    grid.update(type="TileMatrixSetType", identifier=grid.pop("id"), supportedCRS=grid.pop("crs"))
    grid["tileMatrix"] = grid.pop("tileMatrices")
    del grid["orderedAxes"]
    made.item["stac_extensions"].append("tiled-assets")
    for matrix in grid["tileMatrix"]:
        matrix.update(identifier=matrix.pop("id"), topLeftCorner=matrix.pop("pointOfOrigin"))
        del matrix["cellSize"]
    return made.write_item()


def properties(folder):
    return folder.item["properties"]


def matrices(folder):
    return properties(folder)["tiles:tile_matrix_sets"]["Test"]["tileMatrix"]


def asset(folder):
    return folder.item["asset_templates"]["tiles"]


def ours(folder):
    dataset, messages = errors_while(lambda: gdal.Open(str(folder.path / "stac.json")))
    assert dataset is not None, messages
    assert dataset.GetDriver().ShortName == "TileDir"
    return dataset, [message for kind, message in messages if kind == gdal.CE_Warning]


def assert_as_stacta(folder):
    """The same size, place and pixels, at full resolution and in the overviews."""
    if gdal.GetDriverByName("STACTA") is None:
        pytest.skip("GDAL has no STACTA")
    dataset, _ = ours(folder)
    stacta = gdal.OpenEx(str(folder.path / "stac.json"), allowed_drivers=["STACTA"])
    assert stacta is not None, gdal.GetLastErrorMsg()
    assert dataset.RasterCount == stacta.RasterCount
    assert dataset.GetGeoTransform() == pytest.approx(stacta.GetGeoTransform(), rel=1e-9)
    assert dataset.GetSpatialRef().IsSame(stacta.GetSpatialRef())
    assert numpy.array_equal(dataset.ReadAsArray(), stacta.ReadAsArray())
    band, reference = dataset.GetRasterBand(1), stacta.GetRasterBand(1)
    assert band.GetOverviewCount() == reference.GetOverviewCount()
    for index in range(band.GetOverviewCount()):
        assert numpy.array_equal(band.GetOverview(index).ReadAsArray(), reference.GetOverview(index).ReadAsArray())


def test_bands_that_are_only_named(folder):
    folder.item["stac_extensions"] = ["eo", "tiled-assets"]
    del asset(folder)["bands"]
    asset(folder)["eo:bands"] = [{"name": name, "common_name": color} for name, color in zip("abc", "rgb")]
    assert_as_stacta(folder.write_item())


def test_assets_that_say_nothing_of_bands(folder):
    del asset(folder)["bands"]
    assert_as_stacta(folder.write_item())


def test_the_set_as_a_part_of_the_path(folder):
    (folder.path / "Test").mkdir()
    for name in "012":
        (folder.path / name).rename(folder.path / "Test" / name)
    asset(folder)["href"] = "./{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.tif"
    assert_as_stacta(folder.write_item())


def test_an_absolute_path(folder):
    asset(folder)["href"] = f"{folder.path}/{folder.template}"
    assert_as_stacta(folder.write_item())


def test_a_file_url(folder):
    asset(folder)["href"] = f"file://{folder.path}/{folder.template}"
    assert_as_stacta(folder.write_item())


def test_an_absolute_url(folder, web):
    asset(folder)["href"] = f"{web}/{folder.template}"
    assert_as_stacta(folder.write_item())


def test_an_item_without_a_type(folder):
    del folder.item["type"]
    assert_as_stacta(folder.write_item())


def test_one_matrix(folder):
    del matrices(folder)[:2]
    del properties(folder)["tiles:tile_matrix_links"]
    assert_as_stacta(folder.write_item())


def test_matrices_from_the_finest_to_the_coarsest_show_the_finest(folder):
    """STACTA takes the last one of the list for the finest."""
    matrices(folder).reverse()
    dataset, _ = ours(folder.write_item())
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)
    assert dataset.GetRasterBand(1).GetOverviewCount() == 2


def test_tiles_of_other_sizes_at_each_level(tmp_path):
    """As GDAL's test data have them: one tile of 64 x 32, one of 128 x 64, two of 128 x 128."""
    levels = pyramid(tile=32, tiles=(1, 1), levels=1)
    folder = TileFolder(tmp_path, levels)
    random = numpy.random.default_rng(7)
    pixels = {}
    described = []
    for name, (width, height), count, cell in [("0", (64, 32), 1, 4), ("1", (128, 64), 1, 2), ("2", (128, 128), 2, 1)]:
        pixels[name] = random.integers(1, 255, (1, height, width * count), dtype=numpy.uint8)
        for col in range(count):
            folder.write_tile(folder.tile_path(name, 0, col), pixels[name][:, :, col * width : (col + 1) * width])
        described.append(
            dict(identifier=name, scaleDenominator=cell / 0.00028, topLeftCorner=[0, 1000], tileWidth=width)
            | dict(tileHeight=height, matrixWidth=count, matrixHeight=1)
        )
    grid = {"identifier": "Test", "supportedCRS": "EPSG:32633", "tileMatrix": described}
    properties(folder)["tiles:tile_matrix_sets"]["Test"] = grid
    del properties(folder)["tiles:tile_matrix_links"]
    dataset, _ = ours(folder.write_item())
    assert numpy.array_equal(dataset.ReadAsArray(), pixels["2"][0])
    band = dataset.GetRasterBand(1)
    overviews = [band.GetOverview(index).ReadAsArray() for index in range(band.GetOverviewCount())]
    assert [overview.shape for overview in overviews] == [(64, 128), (32, 64)]
    assert all(numpy.array_equal(one, pixels[name][0]) for one, name in zip(overviews, "10"))


def test_limits_of_matrices_that_are_not_there(folder):
    properties(folder)["tiles:tile_matrix_links"]["Test"]["limits"]["17"] = {"min_tile_col": 9, "max_tile_col": 10}
    assert_as_stacta(folder.write_item())
    _, warnings = ours(folder)
    assert len(warnings) == 1 and warnings[0].endswith(".limits.17: is no tile matrix of Test")


def test_limits_that_leave_a_matrix_out(folder):
    empty = {"min_tile_col": 1, "max_tile_col": 0, "min_tile_row": 0, "max_tile_row": 0}
    properties(folder)["tiles:tile_matrix_links"]["Test"]["limits"]["1"] = empty
    assert_as_stacta(folder.write_item())


def test_a_listed_matrix_without_a_tile(folder):
    """STACTA reads such an overview only with SKIP_MISSING_METATILE."""
    folder.tile_path("1", 0, 0).unlink()
    dataset, _ = ours(folder)
    overview = dataset.GetRasterBand(1).GetOverview(0).ReadAsArray()
    expected = folder.levels[1].pixels[0].copy()
    expected[:16, :16] = 0
    assert numpy.array_equal(overview, expected)


def test_feet(folder):
    """Cell sizes come from scale denominators alone, so a unit's length counts."""
    properties(folder)["tiles:tile_matrix_sets"]["Test"]["supportedCRS"] = "http://www.opengis.net/def/crs/EPSG/0/2225"
    assert_as_stacta(folder.write_item())


def test_degrees_of_an_uncommon_crs(folder):
    properties(folder)["tiles:tile_matrix_sets"]["Test"]["supportedCRS"] = "EPSG:4148"
    for level, matrix in enumerate(matrices(folder)):
        matrix.update(topLeftCorner=[90, -180], scaleDenominator=1e8 / 2**level)
    dataset, _ = ours(folder.write_item())
    left, cell, _, top, _, _ = dataset.GetGeoTransform()
    assert (left, top) == (-180, 90)
    assert cell == pytest.approx(0.25e8 * 0.00028 / (numpy.pi / 180 * 6378137), rel=1e-12)


def test_raster_bands_of_every_kind(folder):
    """No tile is there: what the bands are is in the item alone."""
    asset(folder).update(
        {
            "href": "none/{TileMatrix}/{TileRow}/{TileCol}.tif",
            "raster:bands": [
                {"data_type": "uint8", "nodata": 1, "scale": 10, "offset": 1.2, "unit": "dn", "bits_per_sample": 7},
                {"data_type": "float32", "nodata": 1.5},
                {"data_type": "float32", "nodata": "inf"},
                {"data_type": "float32", "nodata": "-inf"},
                {"data_type": "float32", "nodata": "nan"},
                {"data_type": "float32"},
                {"data_type": "float32", "nodata": "-9999"},
                {"data_type": "float32", "nodata": "none of these"},
            ],
        }
    )
    del asset(folder)["bands"]
    dataset, warnings = ours(folder.write_item())
    assert len(warnings) == 1 and "raster:bands[7].nodata" in warnings[0]
    bands = [dataset.GetRasterBand(number) for number in range(1, 9)]
    assert [gdal.GetDataTypeName(band.DataType) for band in bands] == ["Byte"] + ["Float32"] * 7
    nodata = [band.GetNoDataValue() for band in bands]
    assert nodata[:4] == [1, 1.5, numpy.inf, -numpy.inf]
    assert numpy.isnan(nodata[4])
    assert nodata[5:] == [None, -9999, None]
    assert (bands[0].GetScale(), bands[0].GetOffset(), bands[0].GetUnitType()) == (10, 1.2, "dn")
    assert [band.ReadAsArray(0, 0, 1, 1)[0, 0] for band in bands[:4]] == [1, 1.5, numpy.inf, -numpy.inf]


def test_raster_bands_that_are_fewer_than_the_names(folder):
    del asset(folder)["bands"]
    asset(folder)["eo:bands"] = [{"name": name} for name in "abc"]
    asset(folder)["raster:bands"] = [{"data_type": "float64"}]
    folder.write_item()
    dataset, warnings = ours(folder)
    assert len(warnings) == 1 and "raster:bands" in warnings[0]
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)


@pytest.mark.parametrize("member, value", [("bbox", [1]), ("bbox", "x"), ("id", 7)])
def test_members_that_matter_to_no_pixel(folder, member, value):
    folder.item[member] = value
    assert_as_stacta(folder.write_item())


@pytest.mark.parametrize("member, value", [("title", {}), ("datetime", 3), ("proj:epsg", "4326"), ("keywords", "x")])
def test_properties_that_matter_to_no_pixel(folder, member, value):
    properties(folder)[member] = value
    assert_as_stacta(folder.write_item())


def test_several_assets_and_sets_are_the_same_subdatasets(folder):
    folder.item["asset_templates"]["more"] = asset(folder)
    grids = properties(folder)["tiles:tile_matrix_sets"]
    grids["Other"] = dict(grids["Test"], identifier="Other")
    links = properties(folder)["tiles:tile_matrix_links"]
    links["Other"] = links["Test"]
    dataset, _ = ours(folder.write_item())
    stacta = gdal.OpenEx(str(folder.path / "stac.json"), allowed_drivers=["STACTA"])
    assert len(dataset.GetSubDatasets()) == len(stacta.GetSubDatasets()) == 4
    for name, _ in dataset.GetSubDatasets():
        assert numpy.array_equal(gdal.Open(name).ReadAsArray(), folder.finest.pixels)


def test_escaped_slashes(folder):
    text = json.dumps(folder.item).replace("/", "\\/")
    (folder.path / "stac.json").write_text(text)
    dataset, _ = ours(folder)
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels)


@pytest.mark.parametrize(
    "told",
    [
        {"bands": [{"name": "a"}, {"name": "b", "data_type": "uint16"}, {"name": "c"}]},
        {"eo:bands": [{"name": name} for name in "abc"], "raster:bands": [{"data_type": "uint16"}]},
        {"bands": [{"name": "a", "description": 'its "data_type" is in the tile'}, {"name": "b"}, {"name": "c"}]},
        {"bands": [{"name": name} for name in "abc"], "title": '"data_type"'},
    ],
)
@pytest.mark.parametrize("update", [False, True])
def test_types_that_are_not_told_are_those_of_a_tile(folder, told, update):
    del asset(folder)["bands"]
    asset(folder).update(told)
    value = numpy.uint16(3000)
    for level in folder.levels:
        for row in range(level.rows):
            for col in range(level.cols):
                pixels = numpy.full((3, level.tile, level.tile), value)
                folder.write_tile(folder.tile_path(level.name, row, col), pixels)
    folder.write_item()
    flags = gdal.OF_UPDATE if update else gdal.OF_READONLY
    dataset, _ = errors_while(lambda: gdal.OpenEx(str(folder.path / "stac.json"), flags))
    bands = [dataset.GetRasterBand(number) for number in (1, 2, 3)]
    assert [gdal.GetDataTypeName(band.DataType) for band in bands] == ["UInt16"] * 3
    assert numpy.all(dataset.ReadAsArray() == value)
    if update:
        bands[0].WriteArray(numpy.full((4, 4), 4000, numpy.uint16))
        del bands, dataset
        tile = gdal.Open(str(folder.tile_path("2", 0, 0)))
        assert tile.GetRasterBand(1).DataType == gdal.GDT_UInt16
        assert tile.ReadAsArray()[:, 0, 0].tolist() == [4000, 3000, 3000]


def test_types_that_some_bands_tell_stand_for_the_others_where_there_is_no_tile(folder):
    asset(folder)["href"] = "none/{TileMatrix}/{TileRow}/{TileCol}.tif"
    asset(folder)["bands"] = [{"name": "a"}, {"name": "b", "data_type": "float32"}, {"name": "c"}]
    dataset, _ = ours(folder.write_item())
    assert [gdal.GetDataTypeName(dataset.GetRasterBand(number).DataType) for number in (1, 2, 3)] == ["Float32"] * 3
