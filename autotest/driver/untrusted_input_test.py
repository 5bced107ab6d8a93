"""Items and tiles of an attacker: no local file is read for them, no memory or time without bounds is spent."""

import json
import os

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid

VRT = """<VRTDataset rasterXSize="16" rasterYSize="16"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename relativeToVRT="0">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>
</VRTDataset>"""


@pytest.fixture
def secret(tmp_path):
    """A local raster that no item from elsewhere may show."""
    path = str(tmp_path / "secret.tif")
    raster = gdal.GetDriverByName("GTiff").Create(path, 16, 16)
    raster.GetRasterBand(1).Fill(77)
    del raster
    return path


@pytest.fixture
def folder(tmp_path):
    return TileFolder(tmp_path / "tiles", pyramid(tiles=(2, 2), levels=2))


def properties(folder):
    return folder.item["properties"]


def grid(folder):
    return properties(folder)["tiles:tile_matrix_sets"]["Test"]


def refusal(name, **options):
    """The one line that opening it ends with."""
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(name), **options))
    assert dataset is None
    assert len(messages) == 1, messages
    assert messages[0][0] == gdal.CE_Failure
    assert messages[0][1].isprintable()
    assert len(messages[0][1]) <= 2000
    return messages[0][1]


@pytest.mark.parametrize("extension", ["tif", "vrt"])
def test_a_vrt_as_a_tile_from_the_web_shows_no_local_file(folder, web, secret, extension):
    folder.item["asset_templates"]["tiles"]["href"] = "{z}/{y}/{x}." + extension
    folder.write_item()
    (folder.path / f"1/0/0.{extension}").write_text(VRT.format(secret))
    dataset = gdal.Open(f"TILEDIR:{web}/tiles")
    pixels, messages = errors_while(lambda: dataset.ReadAsArray(0, 0, 16, 16))
    assert pixels is None
    assert any("/1/0/0." in message and "of no format that is read over a network" in message for _, message in messages)


def test_a_vrt_from_the_web_is_no_prototype_of_bands(folder, web, secret):
    del folder.item["asset_templates"]["tiles"]["bands"]
    folder.write_item()
    for tile in (folder.path / "0").rglob("*.tif"):
        tile.write_text(VRT.format(secret))
    assert "/tiles/0/0/0.tif: is not a readable raster: its content is of no format that is read" in refusal(f"TILEDIR:{web}/tiles")


def test_a_vrt_as_a_tile_on_the_local_disk_is_one(folder, secret):
    folder.tile_path("1", 0, 0).write_text(VRT.format(secret))
    assert (folder.open().ReadAsArray(0, 0, 16, 16) == 77).all()


@pytest.mark.parametrize("driver", ["PNG", "BMP", "GIF", "PNM"])
def test_tiles_of_plain_formats_come_over_the_web(folder, web, driver):
    if gdal.GetDriverByName(driver) is None:
        pytest.skip(f"GDAL has no {driver}")
    for path in folder.path.rglob("*.tif"):
        gdal.Translate(f"/vsimem/tile.{driver}", str(path), format=driver)
        handle = gdal.VSIFOpenL(f"/vsimem/tile.{driver}", "rb")
        path.write_bytes(gdal.VSIFReadL(1, 10**6, handle))
        gdal.VSIFCloseL(handle)
    assert numpy.array_equal(gdal.Open(f"TILEDIR:{web}/tiles").ReadAsArray(), folder.finest.pixels[0])


@pytest.mark.parametrize(
    "href",
    [
        "/etc/{z}/{y}/{x}",
        "//etc/{z}/{y}/{x}",
        "file:///etc/{z}/{y}/{x}",
        "/vsimem/{z}/{y}/{x}",
        "/vsizip//etc/{z}/{y}/{x}.zip",
        "/vsisubfile/0_10,/etc/{z}/{y}/{x}",
        "/vsicurl?url=file:///etc/{z}/{y}/{x}",
        "/vsicurl/file:///etc/{z}/{y}/{x}",
        "/vsicurl/{z}/{y}/{x}",
        "/vsicurl_streaming/http://127.0.0.1/{z}/{y}/{x}",
        "/vsi{eo:band}/{z}/{y}/{x}",
        "/{TileMatrixSet}/{z}/{y}/{x}",
    ],
)
def test_a_template_from_the_web_leads_to_no_local_file(folder, web, href):
    folder.item["asset_templates"]["tiles"]["href"] = href
    folder.write_item()
    assert "may lead to http, https, s3, gs and az only" in refusal(f"TILEDIR:{web}/tiles")


@pytest.mark.parametrize("value", ["/etc", "//etc", "/vsimem/x", "../../../etc", "..\\etc", "%2Fetc", "file:///etc", "C:/x"])
@pytest.mark.parametrize("parameter", ["eo:band", "TileMatrixSet", "TileMatrix"])
def test_a_value_from_the_web_leads_to_no_local_file(folder, web, parameter, value):
    folder.item["asset_templates"]["tiles"]["href"] = "{" + parameter + "}/{z}/{y}/{x}.tif"
    if parameter == "eo:band":
        folder.item["asset_templates"]["tiles"]["bands"] = [{"name": value, "data_type": "uint8"}]
    elif parameter == "TileMatrixSet":
        for member in ("tiles:tile_matrix_links", "tiles:tile_matrix_sets"):
            properties(folder)[member] = {value: properties(folder)[member]["Test"]}
    else:
        grid(folder)["tileMatrices"][1]["id"] = value
        del properties(folder)["tiles:tile_matrix_links"]["Test"]["limits"]
    folder.write_item()
    dataset = gdal.Open(f"TILEDIR:{web}/tiles")
    info = dataset.GetRasterBand(1).GetMetadataItem("Pixel_0_0", "LocationInfo")
    assert info.startswith(f"<LocationInfo><File>/vsicurl/{web}/tiles/{value}/")


@pytest.mark.parametrize("url", ["/etc/hostname", "file:///etc/hostname#Test", "/vsimem/set.json", "//etc/hostname"])
def test_a_link_from_the_web_leads_to_no_local_file(folder, web, url):
    del properties(folder)["tiles:tile_matrix_sets"]
    properties(folder)["tiles:tile_matrix_links"]["Test"]["url"] = url
    folder.write_item()
    assert "may lead to http, https, s3, gs and az only" in refusal(f"TILEDIR:{web}/tiles")


@pytest.mark.parametrize("crs", ["{}", "+init={}:1", "+proj=longlat +nadgrids={}", "http://127.0.0.1:1/crs"])
def test_a_crs_is_neither_file_nor_url(folder, tmp_path, crs):
    definition = tmp_path / "crs.txt"
    definition.write_text("<1> +proj=longlat +datum=WGS84 <>\n" if "init" in crs else "EPSG:4326")
    grid(folder)["crs"] = crs.format(definition)
    folder.write_item()
    assert "crs" in refusal(folder.path)


def test_a_folder_whose_name_has_that_of_a_network_handler_is_local(tmp_path):
    folder = TileFolder(tmp_path / "vsis3" / "tiles", pyramid(levels=1))
    folder.item["asset_templates"]["tiles"]["href"] = f"{folder.path}/{{z}}/{{y}}/{{x}}.tif"
    folder.write_item()
    assert numpy.array_equal(gdal.Open(str(folder.path)).ReadAsArray(), folder.finest.pixels[0])


@pytest.mark.parametrize("where", ["item", "linked set"])
def test_a_document_of_brackets_is_refused(folder, where):
    deep = "[" * 1000000
    if where == "item":
        (folder.path / "stac.json").write_text('{"stac_extensions": ["tiled-assets"], "x": ' + deep)
    else:
        del properties(folder)["tiles:tile_matrix_sets"]
        properties(folder)["tiles:tile_matrix_links"]["Test"]["url"] = "set.json"
        (folder.path / "set.json").write_text(deep)
        folder.write_item()
    assert "nested more than 100 deep" in refusal(folder.path)


def test_a_linked_set_that_is_too_large_is_refused(folder):
    del properties(folder)["tiles:tile_matrix_sets"]
    properties(folder)["tiles:tile_matrix_links"]["Test"]["url"] = "set.json"
    folder.write_item()
    (folder.path / "set.json").write_text(" " * (2**24 + 1))
    assert "is larger than 16 MiB" in refusal(folder.path)


HUGE = {"tileWidth": 2**31 - 1, "tileHeight": 2**22 - 1, "matrixWidth": 1, "matrixHeight": 1}


@pytest.mark.parametrize(
    "change, reason",
    [
        (HUGE, "GB in memory"),
        ({"tileWidth": 65536, "tileHeight": 65536}, "GB in memory"),
        ({"matrixWidth": 2**53}, "should be a whole number"),
        ({"matrixWidth": 2**49, "matrixHeight": 2**49}, "GDAL takes at most"),
        ({"cellSize": 1e290, "matrixWidth": 2**40}, "GDAL takes at most"),
        ({"cellSize": 1e308}, "beyond all numbers"),
        ({"pointOfOrigin": [1e308, -1e308], "cellSize": 1e307}, "beyond all numbers"),
        ({"cellSize": 0}, "should be more than 0"),
        ({"tileWidth": 2**31}, "should be a whole number"),
        ({"tileWidth": -(2**63)}, "should be a whole number"),
        ({"id": "a\nb"}, "has a control character"),
    ],
)
def test_a_matrix_beyond_all_measure_is_refused(folder, change, reason):
    del properties(folder)["tiles:tile_matrix_links"]
    grid(folder)["tileMatrices"] = [dict(grid(folder)["tileMatrices"][1], **change)]
    folder.write_item()
    assert reason in refusal(folder.path)


@pytest.mark.parametrize("cell, origin", [(1e-300, [0, 0]), (1e-300, [1e308, 1e308]), (1e300, [-1e302, 1e302])])
def test_cells_of_any_size_open(folder, cell, origin):
    for level, matrix in enumerate(grid(folder)["tileMatrices"]):
        matrix.update(cellSize=cell * 2 ** (1 - level), pointOfOrigin=origin)
    folder.write_item()
    dataset = gdal.Open(str(folder.path))
    assert dataset.GetGeoTransform()[1] == cell
    assert numpy.array_equal(dataset.ReadAsArray(), folder.finest.pixels[0])


def test_tile_numbers_near_the_largest_have_their_paths(folder):
    last = 2**53 - 1
    matrix = dict(grid(folder)["tileMatrices"][1], tileWidth=1, tileHeight=1, matrixWidth=2**53, matrixHeight=2**53)
    grid(folder)["tileMatrices"] = [matrix]
    limits = {"min_tile_row": last, "max_tile_row": 2**53, "min_tile_col": last}
    properties(folder)["tiles:tile_matrix_links"]["Test"]["limits"] = {"1": limits}
    folder.item["asset_templates"]["tiles"]["href"] = "{z}/{y}/{x}/{-y}/{q}"
    folder.write_item()
    dataset = gdal.Open(str(folder.path))
    assert f"/1/{last}/{last}/0/{'3' * 53}<" in dataset.GetRasterBand(1).GetMetadataItem("Pixel_0_0", "LocationInfo")


def test_more_choices_than_anyone_reads_are_refused(folder):
    asset = folder.item["asset_templates"]["tiles"]
    folder.item["asset_templates"] = {str(number): asset for number in range(4000)}
    properties(folder)["tiles:tile_matrix_sets"] = {str(number): grid(folder) for number in range(100)}
    del properties(folder)["tiles:tile_matrix_links"]
    folder.write_item()
    assert "has 400000 assets on tile matrix sets" in refusal(folder.path)
    assert gdal.Open(f"TILEDIR:{folder.path}:17:99").ReadAsArray() is not None


def test_thousands_of_bands_open(folder):
    described = [{"name": str(number), "data_type": "uint8"} for number in range(10000)]
    folder.item["asset_templates"]["tiles"]["bands"] = described
    folder.write_item()
    assert gdal.Open(str(folder.path)).RasterCount == 10000


def test_a_tile_of_another_size_than_the_item_says_is_not_decoded(folder):
    """A GeoTIFF of a kilobyte that says that it is 100,000 pixels wide and high."""
    path = str(folder.tile_path("1", 0, 0))
    os.unlink(path)
    options = ["SPARSE_OK=YES", "TILED=YES", "BLOCKXSIZE=65536", "BLOCKYSIZE=65536"]
    gdal.GetDriverByName("GTiff").Create(path, 100000, 100000, 1, gdal.GDT_Byte, options)
    pixels, messages = errors_while(folder.open().ReadAsArray)
    assert pixels is None
    assert any("100000 x 100000 pixels" in message for _, message in messages)


def test_an_item_that_says_it_is_not_one_is_left_alone(folder):
    folder.write_item()
    item = json.loads((folder.path / "stac.json").read_text())
    item["stac_extensions"] = []
    (folder.path / "stac.json").write_text(json.dumps(item))
    assert gdal.IdentifyDriver(str(folder.path)) is None


def tree(tmp_path, name, text, extension="tif"):
    """Tiles without an item, and a document that tells of them."""
    made = TileFolder(tmp_path / "tree", pyramid(tiles=(2, 2), levels=2))
    (made.path / "stac.json").unlink()
    for path in made.path.rglob("*.tif"):
        path.rename(path.with_suffix("." + extension))
    (made.path / name).write_text(text)
    return made.path


def mapchete(grid, **pyramid_members):
    pyramid_members = dict({"metatiling": 1, "tile_size": 16}, **pyramid_members)
    return json.dumps({"driver": {"format": "GTiff"}, "pyramid": dict(pyramid_members, grid=grid)})


SQUARE = {"bounds": [0, 0, 1000, 1000], "shape": [1, 1], "srs": {"epsg": 3857}}


def test_a_grid_of_mapchete_without_measure_is_refused(tmp_path):
    grid = dict(SQUARE, bounds=[-1e308, -1e308, 1e308, 1e308])
    assert "reaches beyond all numbers" in refusal(tree(tmp_path, "metadata.json", mapchete(grid)))


@pytest.mark.parametrize("crs", ["+proj=longlat +nadgrids={}", "+init={}:1"])
def test_a_crs_of_mapchete_names_no_file(tmp_path, crs):
    grid = dict(SQUARE, srs={"proj": crs.format(tmp_path / "file")})
    assert "crs: names a file" in refusal(tree(tmp_path, "metadata.json", mapchete(grid)))


def test_mapchetes_document_of_brackets_is_not_claimed(tmp_path):
    path = tree(tmp_path, "metadata.json", '{"pyramid": ' + "[" * 1000000)
    assert gdal.IdentifyDriver(str(path)) is None


@pytest.mark.parametrize(
    "units, srs, reason",
    [
        ("1e308", "EPSG:3857", "beyond all numbers"),
        ("8", "+proj=longlat +nadgrids=/etc/passwd", "crs: names a file"),
    ],
)
def test_a_tile_map_without_measure_is_refused(tmp_path, units, srs, reason):
    text = f"""<TileMap><SRS>{srs}</SRS><BoundingBox minx="0" miny="0" maxx="256" maxy="256"/><Origin x="0" y="0"/>
        <TileFormat width="16" height="16" extension="tif"/><TileSets profile="raster">
        <TileSet href="0" units-per-pixel="{units}"/><TileSet href="1" units-per-pixel="{units}"/></TileSets></TileMap>"""
    assert reason in refusal(tree(tmp_path, "tilemapresource.xml", text))


def test_a_tile_map_of_nothing_but_elements_overflows_no_stack(tmp_path):
    text = "<TileMap><TileSets><TileFormat>" + "<a>" * 1000000
    assert gdal.Open(str(tree(tmp_path, "tilemapresource.xml", text))) is None
