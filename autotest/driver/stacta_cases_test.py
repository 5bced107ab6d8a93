"""What GDAL's own tests ask of its STACTA driver, asked of this one; where it answers otherwise, the docs say why."""

import copy
import json
import math

import numpy
import pytest
from osgeo import gdal

from tile_folder import errors_while

COLORS = ["red", "green", "blue"]
# Levels of the globe: tile width and height, tiles side by side.
LEVELS = {"0": (512, 256, 1), "1": (1024, 512, 1), "2": (1024, 1024, 2)}
CELL = 360 / 2048


def globe(href="./{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.tif", **asset):
    """Three levels of unlike tiles, by version 1 of the JSON, and the short name of the extension."""
    matrices = [
        {
            "type": "TileMatrixType",
            "identifier": name,
            "scaleDenominator": 279541132.014358 / 2 ** int(name),
            "topLeftCorner": [-180, 90],
            "tileWidth": width,
            "tileHeight": height,
            "matrixWidth": tiles,
            "matrixHeight": 1,
        }
        for name, (width, height, tiles) in LEVELS.items()
    ]
    limits = {
        name: {"min_tile_col": 0, "max_tile_col": tiles - 1, "min_tile_row": 0, "max_tile_row": 0}
        for name, (_, _, tiles) in LEVELS.items()
    }
    link = {"url": "http://schemas.opengis.net/tms/1.0/json/examples/WorldCRS84Quad.json", "limits": limits}
    grid = {
        "type": "TileMatrixSetType",
        "identifier": "WorldCRS84Quad",
        "supportedCRS": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "tileMatrix": matrices,
    }
    template = {"href": href, "type": "image/tiff; application=geotiff", **asset}
    return {
        "stac_version": "1.0.0-beta.2",
        "stac_extensions": ["eo", "tiled-assets"],
        "id": "globe",
        "type": "Feature",
        # A mistake of that test's item: both edges are the pole.
        "bbox": [-180, 90, 180, 90],
        "geometry": None,
        "properties": {
            "datetime": "2019-01-01T00:00:00Z",
            "tiles:tile_matrix_links": {"WorldCRS84Quad": link},
            "tiles:tile_matrix_sets": {"WorldCRS84Quad": grid},
        },
        "asset_templates": {"bands": template},
    }


COMMON_NAMES = {"eo:bands": [{"name": f"B{4 - n}", "common_name": name} for n, name in enumerate(COLORS)]}


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """A folder of tiles whose overviews are GDAL's nearest ones, and the same as one raster."""
    folder = tmp_path_factory.mktemp("globe")
    random = numpy.random.default_rng(3)
    waves = 100 + 60 * numpy.sin(numpy.add.outer(numpy.arange(1024) / 40, numpy.arange(2048) / 60))
    whole = gdal.GetDriverByName("MEM").Create("", 2048, 1024, 3)
    whole.WriteArray(numpy.stack([waves + random.integers(1, 40, waves.shape) for _ in COLORS]).astype("u1"))
    whole.BuildOverviews("NEAR", [2, 4])
    bands = [whole.GetRasterBand(number) for number in (1, 2, 3)]
    levels = {"2": whole.ReadAsArray()}
    for index, level in enumerate("10"):
        levels[level] = numpy.stack([band.GetOverview(index).ReadAsArray() for band in bands])
    for level, (width, height, count) in LEVELS.items():
        for col in range(count):
            path = folder / "WorldCRS84Quad" / level / "0" / f"{col}.tif"
            path.parent.mkdir(parents=True, exist_ok=True)
            tile = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 3, options=["COMPRESS=DEFLATE"])
            tile.WriteArray(levels[level][:, :, col * width : (col + 1) * width])
            tile.GetRasterBand(1).SetNoDataValue(0)
            del tile
    return folder, whole


def opened(path, item, *options):
    path.write_text(json.dumps(item))
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(path), open_options=list(options)))
    assert dataset is not None, messages
    assert dataset.GetDriver().ShortName == "TileDir"
    return dataset


WINDOWS = [
    ((), {}),
    ((1000, 500, 50, 100), {}),
    ((1000, 500, 50, 100, 30, 60), {}),
    ((1000, 500, 50, 100, 10, 20), {}),
    ((1000, 500, 50, 100, 30, 60), {"resample_alg": gdal.GRIORA_Bilinear}),
    ((0.5, 500.5, 50.25, 100.25, 30, 60), {"resample_alg": gdal.GRIORA_Bilinear}),
    ((1000.5, 500.5, 50.25, 100.25, 30, 60), {"resample_alg": gdal.GRIORA_Bilinear}),
]


def check_globe(dataset):
    assert (dataset.RasterCount, dataset.RasterXSize, dataset.RasterYSize) == (3, 2048, 1024)
    assert dataset.GetSpatialRef().GetName() == "WGS 84"
    assert dataset.GetGeoTransform() == pytest.approx((-180, CELL, 0, 90, 0, -CELL), rel=1e-8)
    assert dataset.GetRasterBand(1).GetNoDataValue() == 0
    assert dataset.GetRasterBand(1).GetOverviewCount() == 2
    assert dataset.GetSubDatasets() == []


@pytest.mark.parametrize("window, how", WINDOWS, ids=str)
def test_windows_are_those_of_one_raster_with_such_overviews(tiles, window, how):
    folder, whole = tiles
    dataset = opened(folder / "item.json", globe(**COMMON_NAMES))
    check_globe(dataset)
    assert dataset.ReadRaster(*window, **how) == whole.ReadRaster(*window, **how)
    assert dataset.GetRasterBand(2).ReadRaster(*window, **how) == whole.GetRasterBand(2).ReadRaster(*window, **how)


def test_limits_that_begin_in_the_middle(tiles):
    folder, whole = tiles
    item = globe(**COMMON_NAMES)
    item["properties"]["tiles:tile_matrix_links"]["WorldCRS84Quad"]["limits"]["2"]["min_tile_col"] = 1
    dataset = opened(folder / "east.json", item, "WHOLE_METATILE=YES")
    assert (dataset.RasterXSize, dataset.RasterYSize) == (1024, 1024)
    assert dataset.GetGeoTransform() == pytest.approx((0, CELL, 0, 90, 0, -CELL), abs=1e-8)
    assert dataset.GetRasterBand(1).GetOverviewCount() == 2
    assert dataset.ReadRaster(600, 500, 50, 100, 10, 20) == whole.ReadRaster(1624, 500, 50, 100, 10, 20)


def test_templates_and_sets_are_subdatasets(tiles):
    folder, _ = tiles
    item = globe()
    one = copy.deepcopy(item["asset_templates"]["bands"])
    item["asset_templates"]["other"] = dict(one, href=one["href"].replace("{TileMatrix}", "0"))
    subdatasets = opened(folder / "templates.json", item).GetSubDatasets()
    assert len(subdatasets) == 2 and gdal.Open(subdatasets[0][0]) is not None

    item = globe()
    del item["properties"]["tiles:tile_matrix_links"]
    sets = item["properties"]["tiles:tile_matrix_sets"]
    sets["WorldCRS84Quad_one_level"] = copy.deepcopy(sets["WorldCRS84Quad"])
    del sets["WorldCRS84Quad_one_level"]["tileMatrix"][1:]
    subdatasets = opened(folder / "sets.json", item).GetSubDatasets()
    assert len(subdatasets) == 2 and gdal.Open(subdatasets[0][0]) is not None


@pytest.mark.parametrize("absent", [0, 1])
def test_an_absent_metatile_is_an_error_or_nodata_as_the_option_says(tiles, tmp_path, absent):
    """Without the option it is nodata: directories are sparse, and every other failure is an error all the same."""
    folder, _ = tiles
    for path in (folder / "WorldCRS84Quad").glob("*/*/*.tif"):
        if path.relative_to(folder).parts[1:] != ("2", "0", f"{absent}.tif"):
            target = tmp_path / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    dataset = opened(tmp_path / "item.json", globe(), "SKIP_MISSING_METATILE=NO")
    pixels, messages = errors_while(dataset.ReadAsArray)
    assert pixels is None and f"/2/0/{absent}.tif" in messages[0][1]
    for options in [["SKIP_MISSING_METATILE=YES"], []]:
        pixels = opened(tmp_path / "item.json", globe(), *options).ReadAsArray()
        there = slice(1024 * (1 - absent), 1024 * (2 - absent))
        assert pixels[:, :, there].all() and not pixels[:, :, 1024 * absent : 1024 * (absent + 1)].any()


def test_tiles_of_a_web_server(tiles, tmp_path):
    from web_folder import served

    folder, whole = tiles
    with served(folder) as address:
        item = globe(f"http://{address}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.tif", **COMMON_NAMES)
        dataset = opened(tmp_path / "item.json", item)
        check_globe(dataset)
        assert dataset.ReadRaster() == whole.ReadRaster()


FIRST = {"data_type": "uint8", "unit": "dn", "nodata": 1, "scale": 10, "offset": 1.2, "bits_per_sample": 7}
OTHERS = [{"data_type": "float32", "nodata": nodata} for nodata in (1.5, "inf", "-inf", "nan")]
OTHERS += [{"data_type": "float32"}]
NAMES = [{"name": f"B{number}"} for number in range(1, 7)]
PREFIXED = {f"raster:{key}" if key in ("scale", "offset", "bits_per_sample") else key: FIRST[key] for key in FIRST}
TOLD = {
    "raster:bands and eo:bands": {"eo:bands": NAMES, "raster:bands": [FIRST, *OTHERS]},
    "raster:bands alone": {"raster:bands": [FIRST, *OTHERS]},
    "bands of STAC 1.1": {
        "bands": [
            {**name, **band} for name, band in zip(NAMES, [dict(PREFIXED, **{"eo:common_name": "nir"}), *OTHERS])
        ]
    },
}


@pytest.mark.parametrize("told", TOLD)
def test_bands_are_as_the_item_tells_them_without_a_look_at_tiles(tmp_path, told):
    dataset = opened(tmp_path / "item.json", globe("./none/{TileMatrix}/{TileRow}/{TileCol}.tif", **TOLD[told]))
    assert dataset.RasterCount == 6
    first, second, *more = [dataset.GetRasterBand(number) for number in range(1, 7)]
    if told != "raster:bands alone":
        assert first.GetMetadataItem("name") == "B1"
    if told == "bands of STAC 1.1":
        assert first.GetMetadataItem("common_name") == "nir"
    assert (first.DataType, first.GetNoDataValue()) == (gdal.GDT_Byte, 1)
    assert (first.GetOffset(), first.GetScale(), first.GetUnitType()) == (1.2, 10, "dn")
    assert first.GetMetadataItem("NBITS", "IMAGE_STRUCTURE") == "7"
    assert (second.DataType, second.GetNoDataValue()) == (gdal.GDT_Float32, 1.5)
    assert (second.GetOffset(), second.GetScale(), second.GetUnitType()) == (None, None, "")
    assert [band.GetNoDataValue() for band in more[:2]] == [math.inf, -math.inf]
    assert math.isnan(more[2].GetNoDataValue()) and more[3].GetNoDataValue() is None


@pytest.mark.parametrize("change, told", [
    (lambda asset: asset.pop("raster:bands"), "no tile found that shows what the item leaves out"),
    (lambda asset: asset["raster:bands"].pop(4), "no tile found that shows what the item leaves out"),
    (lambda asset: asset["raster:bands"].__setitem__(0, "invalid"), "raster:bands"),
    (lambda asset: asset["raster:bands"][0].__setitem__("data_type", "invalid"), "data_type"),
])
def test_bands_that_cannot_be_are_refused_by_name(tmp_path, change, told):
    item = globe("./none/{TileMatrix}/{TileRow}/{TileCol}.tif", **copy.deepcopy(TOLD["raster:bands and eo:bands"]))
    change(item["asset_templates"]["bands"])
    (tmp_path / "item.json").write_text(json.dumps(item))
    dataset, messages = errors_while(lambda: gdal.Open(str(tmp_path / "item.json")))
    assert dataset is None and told in messages[-1][1], messages


@pytest.mark.parametrize("nodata", ["invalid", ["invalid"]], ids=str)
def test_nodata_that_is_no_number_is_read_past(tmp_path, nodata):
    item = globe("./none/{TileMatrix}/{TileRow}/{TileCol}.tif", **copy.deepcopy(TOLD["raster:bands alone"]))
    item["asset_templates"]["bands"]["raster:bands"][0]["nodata"] = nodata
    assert opened(tmp_path / "item.json", item).GetRasterBand(1).GetNoDataValue() is None


def test_the_driver_named_alone_opens_what_it_would_not_look_at(tiles):
    folder, _ = tiles
    text = json.dumps(globe(**COMMON_NAMES))
    path = folder / "globe.foo"
    path.write_text(text[0] + " " * 1000000 + text[1:])
    assert errors_while(lambda: gdal.OpenEx(str(path)))[0] is None
    dataset = gdal.OpenEx(str(path), allowed_drivers=["TileDir"])
    assert dataset.GetDriver().ShortName == "TileDir"


def test_the_driver_named_alone_takes_urls_and_no_other_files(data):
    # GDAL before 3.10 does not tell a driver that it is the only one.
    if int(gdal.VersionInfo()) >= 3100000:
        driver = gdal.IdentifyDriverEx("http://example.com", allowed_drivers=["TileDir"])
        assert driver is not None and driver.ShortName == "TileDir"
    assert gdal.IdentifyDriverEx(str(data / "jacksboro_west.tif"), allowed_drivers=["TileDir"]) is None
