"""The STAC item: valid by the schemas, true to the tiles, open to GDAL's own reader."""

import json

import pytest
from osgeo import gdal
from reference import Output


@pytest.fixture
def output(tiledir, jacksboro):
    tiledir.make(
        tiledir.recipe(
            process="hillshade",
            input={"dem": jacksboro},
            output="out",
            stac={"id": "jacksboro", "title": "Shaded relief"},
        )
    )
    return Output(tiledir.folder / "out")


def test_the_item_is_valid_by_the_tiled_assets_schema(output, shared):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((shared / "spec" / "tiled-assets" / "schema.json").read_text())

    # The core schema lies on the web; what pystac checks of it is in the next test.
    core = "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json"
    elsewhere = {core: {"definitions": {"asset": {"type": "object", "required": ["href"]}}}}
    resolver = jsonschema.RefResolver.from_schema(schema, store=elsewhere)
    validator = jsonschema.Draft7Validator(schema, resolver=resolver)
    assert [error.message for error in validator.iter_errors(output.item)] == []
    broken = json.loads(json.dumps(output.item))
    del broken["asset_templates"]["tiles"]["href"]
    assert list(validator.iter_errors(broken))


def test_pystac_reads_the_item(output):
    pystac = pytest.importorskip("pystac")
    item = pystac.Item.from_dict(output.item)
    assert item.id == "jacksboro"
    assert item.common_metadata.start_datetime <= item.common_metadata.end_datetime
    assert item.properties["title"] == "Shaded relief"


def test_the_item_states_pixels_and_place(output):
    properties = output.item["properties"]
    template = output.item["asset_templates"]["tiles"]
    (band,) = template["bands"]
    assert output.item["stac_version"] == "1.1.0"
    assert template["href"].endswith("{TileMatrix}/{TileRow}/{TileCol}.tif")
    assert (band["data_type"], band["nodata"]) == ("uint8", 0)
    assert properties["proj:code"] == "EPSG:3857"
    west, south, east, north = output.item["bbox"]
    assert west == pytest.approx(-84.41375, abs=1e-3) and south == pytest.approx(36.1595833, abs=1e-3)
    assert east == pytest.approx(-84.0779167, abs=1e-3) and north == pytest.approx(36.44625, abs=1e-3)


def test_limits_hold_every_tile(output):
    for path in output.folder.glob("*/*/*.tif"):
        level, row, col = path.parts[-3], int(path.parts[-2]), int(path.stem)
        limits = output.limits[level]
        assert limits["min_tile_row"] <= row <= limits["max_tile_row"]
        assert limits["min_tile_col"] <= col <= limits["max_tile_col"]


def test_our_driver_gives_the_tiles_pixels_and_georeferencing(output):
    dataset = gdal.OpenEx(str(output.folder), allowed_drivers=["TileDir"])
    left, _, _, top = output.bounds("11")
    assert (dataset.ReadAsArray() == output.pixels("11")).all()
    assert dataset.GetGeoTransform()[0] == pytest.approx(left) and dataset.GetGeoTransform()[3] == pytest.approx(top)
    assert dataset.GetRasterBand(1).GetNoDataValue() == 0
    assert dataset.GetRasterBand(1).GetOverviewCount() == 6


def test_gdals_own_reader_gives_the_same_pixels(output):
    if gdal.GetDriverByName("STACTA") is None:
        pytest.skip("this GDAL has no STACTA")
    theirs = gdal.OpenEx(
        str(output.folder / "stac.json"), allowed_drivers=["STACTA"], open_options=["SKIP_MISSING_METATILE=YES"]
    )
    ours = gdal.OpenEx(str(output.folder), allowed_drivers=["TileDir"])
    left, top = (round((theirs.GetGeoTransform()[i] - ours.GetGeoTransform()[i]) / 76.437) for i in (0, 3))
    window = theirs.ReadAsArray(-left, top, ours.RasterXSize, ours.RasterYSize)
    assert (window == ours.ReadAsArray()).all()


def test_a_tile_says_where_it_lies(output):
    path = next(output.folder.glob("11/*/*.tif"))
    tile = gdal.Open(str(path))
    row, col = int(path.parts[-2]), int(path.stem)
    cell, size = output.cell_size("11"), 256
    x, y = output.origin("11")
    assert tile.GetGeoTransform()[0] == pytest.approx(x + col * size * cell)
    assert tile.GetGeoTransform()[3] == pytest.approx(y - row * size * cell)
    assert tile.GetSpatialRef().GetAuthorityCode(None) == "3857"
    assert tile.GetRasterBand(1).GetNoDataValue() == 0
