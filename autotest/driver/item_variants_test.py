"""Items as others write them: collections, sets that are linked, several sets, other templates."""

import json

import numpy
import pytest
from osgeo import gdal, osr

from tile_folder import TileFolder, errors_while, pyramid


def properties(folder):
    return folder.item["properties"]


def pixels_of(path):
    dataset = gdal.Open(str(path))
    assert dataset is not None, gdal.GetLastErrorMsg()
    return dataset.ReadAsArray()


def test_a_collection_opens(tmp_path):
    folder = TileFolder(tmp_path, pyramid())
    inner = folder.item.pop("properties")
    folder.item.update(inner, type="Collection", license="MIT", extent={})
    folder.write_item()
    assert numpy.array_equal(pixels_of(tmp_path), folder.finest.pixels[0])
    assert gdal.Open(str(tmp_path)).GetMetadataItem("ID") == "by-hand"


def test_a_folder_with_an_item_that_has_the_name_of_gdals(tmp_path):
    folder = TileFolder(tmp_path, pyramid())
    (tmp_path / "stac.json").rename(tmp_path / "stacta.json")
    assert numpy.array_equal(pixels_of(tmp_path), folder.finest.pixels[0])
    (tmp_path / "stacta.json").write_text("{}")
    assert gdal.OpenEx(str(tmp_path), gdal.OF_RASTER) is None


@pytest.mark.parametrize("name", ["a", "a:b", "a b:tiles", "a:tiles"])
def test_a_path_in_quotes(tmp_path, name):
    """As STACTA writes its subdatasets: colons are the path's."""
    folder = TileFolder(tmp_path / name, pyramid())
    folder.item["asset_templates"]["more"] = dict(folder.item["asset_templates"]["tiles"], href="none/{TileRow}")
    folder.write_item()
    for path in (folder.path, folder.path / "stac.json"):
        assert len(gdal.OpenEx(f'TILEDIR:"{path}"').GetSubDatasets()) == 2
        for part in ("tiles", "tiles:Test"):
            assert numpy.array_equal(pixels_of(f'TILEDIR:"{path}":{part}'), folder.finest.pixels[0])
    for wrong in (f'TILEDIR:"{folder.path}":none', f'TILEDIR:"{folder.path}:tiles"', f'TILEDIR:"{folder.path}"tiles'):
        dataset, messages = errors_while(lambda: gdal.OpenEx(wrong))
        assert dataset is None and len(messages) == 1


@pytest.mark.parametrize("code, epsg", [("CRS84", 4326), ("CRS83", 4269), ("CRS27", 4267)])
def test_a_crs_with_longitude_first_is_told_as_other_drivers_do(tmp_path, code, epsg):
    """By its EPSG code with data axes longitude, latitude: WGS 84 of a GeoTIFF is the model."""
    folder = TileFolder(tmp_path / "tiles", pyramid())
    grid = properties(folder)["tiles:tile_matrix_sets"]["Test"]
    grid["crs"] = f"http://www.opengis.net/def/crs/OGC/1.3/{code}"
    for index, matrix in enumerate(grid["tileMatrices"]):
        matrix.update(cellSize=0.1 / 2**index, scaleDenominator=0.1 / 2**index * 111319.49 / 0.00028)
        matrix.update(pointOfOrigin=[-10, 40])
    folder.write_item()
    model = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "model.tif"), 2, 2)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    model.SetProjection(crs.ExportToWkt())
    model.SetGeoTransform((-10, 0.1, 0, 40, 0, -0.1))
    del model
    expected = gdal.Open(str(tmp_path / "model.tif")).GetSpatialRef()
    found = gdal.Open(str(folder.path)).GetSpatialRef()
    assert found.GetAuthorityCode(None) == str(epsg)
    assert found.GetDataAxisToSRSAxisMapping() == expected.GetDataAxisToSRSAxisMapping() == [2, 1]
    assert found.IsSame(expected)
    assert gdal.Open(str(folder.path)).GetGeoTransform()[:4:3] == (-10, 40)


@pytest.mark.parametrize("key", ["#Other", "grids/set.json", "grids/sets.json#Test", "./grids/set.json#Test"])
def test_the_set_is_found_where_its_link_leads(tmp_path, key):
    folder = TileFolder(tmp_path, pyramid())
    grid = properties(folder)["tiles:tile_matrix_sets"].pop("Test")
    (tmp_path / "grids").mkdir()
    (tmp_path / "grids/set.json").write_text(json.dumps(grid))
    (tmp_path / "grids/sets.json").write_text(json.dumps({"Test": grid, "Bad": 1}))
    properties(folder)["tiles:tile_matrix_sets"] = {"Other": grid}
    properties(folder)["tiles:tile_matrix_links"]["Test"]["url"] = key
    folder.write_item()
    assert numpy.array_equal(pixels_of(tmp_path), folder.finest.pixels[0])


@pytest.mark.parametrize(
    "url, reason",
    [
        ("none.json", "none.json: no such file"),
        ("stac.json#Test", "stac.json"),
        ("#None", "the url of its link leads to none"),
    ],
)
def test_a_set_that_is_not_found_is_one_error(tmp_path, url, reason):
    folder = TileFolder(tmp_path, pyramid())
    del properties(folder)["tiles:tile_matrix_sets"]
    properties(folder)["tiles:tile_matrix_links"]["Test"]["url"] = url
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.Open(str(tmp_path)))
    assert dataset is None
    assert len(messages) == 1 and reason in messages[0][1]


def test_a_link_to_a_well_known_set_by_its_uri(tmp_path):
    folder = TileFolder(tmp_path, pyramid())
    del properties(folder)["tiles:tile_matrix_sets"]
    uri = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
    properties(folder)["tiles:tile_matrix_links"] = {"mine": {"url": uri, "limits": {"2": {}}}}
    folder.write_item()
    dataset = gdal.Open(str(tmp_path))
    assert dataset is not None, gdal.GetLastErrorMsg()
    assert (dataset.RasterXSize, dataset.RasterYSize) == (1024, 1024)
    assert dataset.GetGeoTransform()[1] == pytest.approx(2 * 20037508.342789244 / 1024, rel=1e-12)


def test_rows_counted_from_the_south(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(2, 4)))
    for row in range(2):
        for col in range(2):
            one, other = folder.tile_path("0", row, col), folder.tile_path("0", 3 - row, col)
            content = one.read_bytes()
            one.write_bytes(other.read_bytes())
            other.write_bytes(content)
    folder.item["asset_templates"]["tiles"]["href"] = "{z}/{-y}/{x}.tif"
    folder.write_item()
    assert numpy.array_equal(pixels_of(tmp_path), folder.finest.pixels[0])


def test_several_sets_are_subdatasets(tmp_path):
    levels = pyramid()
    folder = TileFolder(tmp_path, levels)
    grid = properties(folder)["tiles:tile_matrix_sets"]["Test"]
    coarse = dict(grid, id="Coarse", tileMatrices=grid["tileMatrices"][:1])
    properties(folder)["tiles:tile_matrix_sets"]["Coarse"] = coarse
    properties(folder)["tiles:tile_matrix_links"]["Coarse"] = {"url": "#Coarse"}
    folder.write_item()
    names = [name for name, _ in gdal.Open(str(tmp_path)).GetSubDatasets()]
    assert names == [f"TILEDIR:{tmp_path}:tiles:Coarse", f"TILEDIR:{tmp_path}:tiles:Test"]
    assert numpy.array_equal(pixels_of(names[0]), levels[0].pixels[0])
    assert numpy.array_equal(pixels_of(names[1]), folder.finest.pixels[0])


@pytest.mark.parametrize("name", ["TILEDIR:{}/tiles", "TILEDIR:{}/tiles/stac.json", "/vsicurl/{}/tiles/stac.json"])
def test_an_item_on_the_web_opens(tmp_path, web, name):
    folder = TileFolder(tmp_path / "tiles", pyramid(), absent={("2", 3, 4)})
    assert numpy.array_equal(pixels_of(name.format(web)), folder.finest.pixels[0])


def test_an_item_on_the_web_leads_to_no_local_file(tmp_path, web):
    folder = TileFolder(tmp_path / "tiles", pyramid())
    folder.item["asset_templates"]["tiles"]["href"] = f"{tmp_path}/tiles/{{z}}/{{y}}/{{x}}.tif"
    folder.write_item()
    name = f"TILEDIR:{web}/tiles"
    dataset, messages = errors_while(lambda: gdal.Open(name))
    assert dataset is None
    assert "may lead to http, https, s3, gs and az only; open option ALLOW_LOCAL=YES trusts it" in messages[-1][1]
    trusted = gdal.OpenEx(name, open_options=["ALLOW_LOCAL=YES"])
    assert numpy.array_equal(trusted.ReadAsArray(), folder.finest.pixels[0])
    assert numpy.array_equal(pixels_of(tmp_path / "tiles"), folder.finest.pixels[0])


@pytest.mark.parametrize("href", ["file:///etc/{z}/{y}/{x}", "/vsimem/{z}/{y}/{x}", "/vsicurl?url=x/{z}/{y}/{x}"])
def test_an_item_on_the_web_leads_to_no_other_handler(tmp_path, web, href):
    folder = TileFolder(tmp_path / "tiles", pyramid())
    folder.item["asset_templates"]["tiles"]["href"] = href
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.Open(f"TILEDIR:{web}/tiles"))
    assert dataset is None
    assert "ALLOW_LOCAL" in messages[-1][1]


def band_folders(tmp_path, names):
    """One directory of tiles a band, and all their pixels."""
    folders = [
        TileFolder(tmp_path / name, pyramid(levels=2, tiles=(2, 2)), dtype="int16", seed=seed, nodata=-7)
        for seed, name in enumerate(names)
    ]
    return folders, numpy.concatenate([folder.finest.pixels for folder in folders])


def write_item(tmp_path, folder, assets):
    folder.item["asset_templates"] = assets
    (tmp_path / "stac.json").write_text(json.dumps(folder.item))


def band_json(name, color=None):
    described = {"name": name, "data_type": "int16", "nodata": -7}
    return dict(described, **{"eo:common_name": color}) if color else described


def test_one_asset_a_band_is_one_dataset(tmp_path):
    names = ["B02", "B03", "B04"]
    folders, expected = band_folders(tmp_path, names)
    folders[1].tile_path("1", 0, 1).unlink()
    expected[1, :16, 16:] = -7
    colors = dict(zip(names, ["blue", "green", "red"]))
    assets = {
        name: {"href": f"{name}/{TileFolder.template}", "bands": [band_json(name, colors[name])]} for name in names
    }
    write_item(tmp_path, folders[0], assets)
    dataset = gdal.Open(str(tmp_path))
    assert dataset is not None, gdal.GetLastErrorMsg()
    assert numpy.array_equal(dataset.ReadAsArray(), expected)
    assert numpy.array_equal(dataset.ReadAsArray(5, 7, 3, 4), expected[:, 7:11, 5:8])
    assert numpy.array_equal(dataset.ReadAsArray(band_list=[3, 1]), expected[[2, 0]])
    bands = [dataset.GetRasterBand(number) for number in (1, 2, 3)]
    assert [band.GetDescription() for band in bands] == names
    interpretations = [gdal.GCI_BlueBand, gdal.GCI_GreenBand, gdal.GCI_RedBand]
    assert [band.GetColorInterpretation() for band in bands] == interpretations
    for name, band in zip(names, bands):
        assert f"{name}/1/0/0.tif" in band.GetMetadataItem("Pixel_0_0", "LocationInfo")
    overview = numpy.stack([band.GetOverview(0).ReadAsArray() for band in bands])
    assert numpy.array_equal(overview, numpy.concatenate([folder.levels[0].pixels for folder in folders]))
    assert numpy.array_equal(pixels_of(f"TILEDIR:{tmp_path}:B03"), expected[1])


def test_a_template_with_the_band_in_it_is_one_dataset(tmp_path):
    names = ["B08", "B04"]
    folders, expected = band_folders(tmp_path, names)
    asset = {"href": "{eo:band}/" + TileFolder.template, "bands": [band_json(name) for name in names]}
    write_item(tmp_path, folders[0], {"tiles": asset})
    assert numpy.array_equal(pixels_of(tmp_path), expected)


def test_bands_that_only_their_tiles_tell_of(tmp_path):
    names = ["B08", "B04"]
    folders, expected = band_folders(tmp_path, names)
    asset = {"href": "{eo:band}/" + TileFolder.template, "eo:bands": [{"name": name} for name in names]}
    write_item(tmp_path, folders[0], {"tiles": asset})
    dataset = gdal.Open(str(tmp_path))
    assert dataset is not None, gdal.GetLastErrorMsg()
    assert numpy.array_equal(dataset.ReadAsArray(), expected)
    assert [dataset.GetRasterBand(number).GetNoDataValue() for number in (1, 2)] == [-7, -7]


def test_unlike_assets_are_subdatasets(tmp_path):
    folders, expected = band_folders(tmp_path, ["B02", "B03"])
    assets = {
        name: {"href": f"{name}/{TileFolder.template}", "bands": [dict(band_json(name), data_type=data_type)]}
        for name, data_type in [("B02", "int16"), ("B03", "float32")]
    }
    write_item(tmp_path, folders[0], assets)
    names = [name for name, _ in gdal.Open(str(tmp_path)).GetSubDatasets()]
    assert names == [f"TILEDIR:{tmp_path}:B02", f"TILEDIR:{tmp_path}:B03"]
    assert numpy.array_equal(pixels_of(names[1]), expected[1])


def test_a_template_with_the_band_in_it_needs_bands(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1))
    folder.item["asset_templates"] = {"tiles": {"href": "{eo:band}/" + TileFolder.template}}
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.Open(str(tmp_path)))
    assert dataset is None
    assert "asset_templates.tiles: its href has {eo:band}, and it has no eo:bands" in messages[0][1]


def test_what_an_item_says_of_itself_is_metadata_of_a_domain(tmp_path):
    folder = TileFolder(tmp_path / "ds", pyramid(tile=16, tiles=(2, 2), levels=1))
    told = {"title": "Höhen", "description": "a=b, and\nmore", "eo:cloud_cover": 12.5, "own": {"list": [1, None]}}
    folder.item["properties"].update(told)
    folder.write_item()
    shown = gdal.Open(str(folder.path)).GetMetadata("STAC")
    expected = {"title": "Höhen", "description": "a=b, and\nmore", "eo_cloud_cover": "12.5", "own": '{"list":[1,null]}'}
    assert {name: shown[name] for name in expected} == expected
    assert not [name for name in shown if name.startswith(("tiles", "proj"))]
    assert gdal.Open(str(folder.path)).GetMetadata().get("TITLE") == "Höhen"
    dataset = gdal.OpenEx(str(folder.path), gdal.OF_UPDATE)
    dataset.SetMetadataItem("OWN", "kept")  # in a side file
    del dataset
    assert gdal.Open(str(folder.path)).GetMetadata("STAC") == shown
    del folder.item["properties"]["eo:cloud_cover"]
    folder.write_item()
    assert "eo_cloud_cover" not in gdal.Open(str(folder.path)).GetMetadata("STAC")
