"""What other drivers open, or none does, is opened by the same one with this plugin as without it."""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys

import pytest
from osgeo import gdal, osr

from tile_folder import EXTENSION, errors_while

KINDS = {}


def kind(driver=None):
    """A function that writes a dataset into a folder and returns its name; the driver that opens it, if any does."""

    def register(write):
        KINDS[write.__name__.replace("_", " ")] = (write, driver)
        return write

    return register


def write_json(path, content, **options):
    path.write_text(json.dumps(content, **options))
    return path


def feature(**members):
    point = {"type": "Point", "coordinates": [10, 50]}
    return dict({"type": "Feature", "properties": {"a": 1}, "geometry": point}, **members)


def square(points=4):
    ring = [[index / points, index % 2] for index in range(points)]
    return {"type": "Polygon", "coordinates": [ring + ring[:1]]}


def stac_item(**members):
    plain = {"stac_version": "1.0.0", "id": "other", "bbox": [10, 50, 11, 51], "links": [], "stac_extensions": []}
    plain["properties"] = {"datetime": "2020-01-01T00:00:00Z"}
    plain["assets"] = {"data": {"href": "data.tif", "type": "image/tiff"}}
    return feature(**{**plain, **members})


@kind("GeoJSON")
def features(folder):
    return write_json(folder / "a.json", {"type": "FeatureCollection", "features": [feature(), feature()]})


@kind("GeoJSON")
def features_with_their_type_last(folder):
    many = [feature(properties={"text": "x" * 100}) for _ in range(1000)]
    return write_json(folder / "a.json", {"features": many, "type": "FeatureCollection"})


@kind("GeoJSON")
def a_feature(folder):
    return write_json(folder / "a.json", feature())


@kind("GeoJSON")
def a_feature_with_a_large_geometry_first(folder):
    return write_json(folder / "a.json", {"geometry": square(10000), "type": "Feature", "properties": {}})


@kind()  # GeoJSON on 3.6; later STACTA claims it by the mention, and fails
def a_feature_that_speaks_of_tiled_assets(folder):
    return write_json(folder / "a.json", feature(properties={"url": EXTENSION, "stac_extensions": EXTENSION}))


@kind("GeoJSON")
def features_named_stac_json(folder):
    return write_json(folder / "stac.json", {"type": "FeatureCollection", "features": [feature()]})


@kind("GeoJSON")
def a_stac_item_without_tiled_assets(folder):
    return write_json(folder / "stac.json", stac_item())


@kind()
def a_search_result_of_tiled_assets_items(folder):
    items = [stac_item(stac_extensions=[EXTENSION], asset_templates={"a": {"href": "{TileMatrix}.tif"}})]
    return write_json(folder / "a.json", {"type": "FeatureCollection", "features": items})


@kind("STACIT")
def a_search_result_of_rasters(folder):
    properties = {"proj:epsg": 32632, "proj:transform": [10, 0, 500000, 0, -10, 5600000], "proj:shape": [64, 64]}
    asset = {"href": str(folder / "a.tif"), "type": "image/tiff", "eo:bands": [{"name": "B1"}]}
    gdal.GetDriverByName("GTiff").Create(str(folder / "a.tif"), 64, 64)
    extension = "https://stac-extensions.github.io/projection/v1.0.0/schema.json"
    item = stac_item(properties=properties, assets={"B1": asset}, stac_extensions=[extension])
    return write_json(folder / "a.json", {"type": "FeatureCollection", "stac_version": "1.0.0", "features": [item]})


@kind("TopoJSON")
def topology(folder):
    objects = {"example": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}]}}
    transform = {"scale": [1, 1], "translate": [0, 0]}
    return write_json(folder / "a.json", {"type": "Topology", "transform": transform, "objects": objects, "arcs": []})


@kind("ESRIJSON")
def features_of_esri(folder):
    content = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4326},
        "fields": [{"name": "a", "type": "esriFieldTypeInteger"}],
        "features": [{"attributes": {"a": 1}, "geometry": {"x": 1, "y": 2}}],
    }
    return write_json(folder / "a.json", content)


@kind("GeoJSONSeq")
def a_sequence_of_features(folder):
    path = folder / "a.json"
    path.write_text("".join(json.dumps(feature()) + "\n" for _ in range(3)))
    return path


@kind()
def a_tilejson(folder):
    content = {"tilejson": "2.2.0", "tiles": ["https://tiles.example/{z}/{x}/{y}.png"], "scheme": "xyz", "maxzoom": 5}
    return write_json(folder / "metadata.json", content)


@kind()
def a_folder_with_a_metadata_json_of_another_program(folder):
    write_json(folder / "metadata.json", {"driver": {"name": "x"}, "pyramid": {"tiles": 3}, "created": "2020"})
    return folder


@kind()
def a_folder_of_tiles_with_the_metadata_json_of_an_mbtiles_file(folder):
    about = {"name": "world", "format": "png", "minzoom": "0", "maxzoom": "1", "scheme": "tms", "bounds": "-180,-85,180,85"}
    write_json(folder / "metadata.json", about)
    tile = gdal.GetDriverByName("MEM").Create("", 256, 256)
    (folder / "0" / "0").mkdir(parents=True)
    gdal.GetDriverByName("PNG").CreateCopy(str(folder / "0" / "0" / "0.png"), tile)
    return folder


@kind()
def a_tree_of_tiles_that_nothing_describes(folder):
    tile = gdal.GetDriverByName("MEM").Create("", 256, 256)
    (folder / "0" / "0").mkdir(parents=True)
    gdal.GetDriverByName("GTiff").CreateCopy(str(folder / "0" / "0" / "0.tif"), tile)
    return folder


@kind("MVT")
def a_level_of_vector_tiles_with_metadata_json(folder):
    gdal.VectorTranslate(str(folder / "tiles"), str(features(folder)), format="MVT", datasetCreationOptions=["MAXZOOM=0"])
    assert (folder / "tiles" / "metadata.json").exists()
    return folder / "tiles" / "0"


@kind()
def settings_of_a_program(folder):
    return write_json(folder / "package.json", {"name": "x", "version": "1.0.0", "assets": ["tiled-assets"]})


@kind()
def a_list(folder):
    return write_json(folder / "a.json", [stac_item(stac_extensions=[EXTENSION])])


@kind()
def a_stac_catalog(folder):
    content = {"type": "Catalog", "stac_version": "1.0.0", "id": "c", "links": [], "stac_extensions": [EXTENSION]}
    write_json(folder / "stac.json", content)
    return folder


@kind("Zarr")
def a_zarr_array(folder):
    target = folder / "a.zarr"
    gdal.GetDriverByName("Zarr").Create(str(target), 8, 8)
    write_json(target / "metadata.json", {"pyramid": {}, "driver": {}})
    return target


@kind("Zarr")
def a_zarr_group(folder):
    gdal.GetDriverByName("Zarr").CreateMultiDimensional(str(folder / "a.zarr")).GetRootGroup().CreateGroup("g")
    return folder / "a.zarr"


def vector_folder(target, driver, options=()):
    source = features(target.parent)
    gdal.VectorTranslate(str(target), str(source), format=driver, layerCreationOptions=list(options))
    return target


@kind("ESRI Shapefile")
def shapefiles(folder):
    target = vector_folder(folder / "shapes", "ESRI Shapefile")
    write_json(target / "metadata.json", {"pyramid": {"grid": "x"}})
    return target


@kind("CSV")
def tables(folder):
    return vector_folder(folder / "tables", "CSV", ["GEOMETRY=AS_XY"])


@kind("MapInfo File")
def mapinfo_files(folder):
    return vector_folder(folder / "mapinfo", "MapInfo File")


@kind("OpenFileGDB")
def a_file_geodatabase(folder):
    return vector_folder(folder / "a.gdb", "OpenFileGDB")


@kind("ENVI")
def a_raster_of_envi(folder):
    gdal.GetDriverByName("ENVI").Create(str(folder / "a.img"), 8, 8)
    return folder / "a.img"


@kind("EHdr")
def a_raster_of_esri(folder):
    gdal.GetDriverByName("EHdr").Create(str(folder / "a.bil"), 8, 8)
    return folder / "a.bil"


@kind("WMS")
def a_tile_map_resource_as_a_file(folder):
    path = folder / "tilemapresource.xml"
    path.write_text(
        """<?xml version="1.0" encoding="utf-8"?>
    <TileMap version="1.0.0" tilemapservice="http://tms.osgeo.org/1.0.0">
      <Title>a</Title><Abstract></Abstract><SRS>EPSG:3857</SRS>
      <BoundingBox minx="-20037508.34" miny="-20037508.34" maxx="20037508.34" maxy="20037508.34"/>
      <Origin x="-20037508.34" y="-20037508.34"/>
      <TileFormat width="256" height="256" mime-type="image/png" extension="png"/>
      <TileSets profile="mercator"><TileSet href="http://127.0.0.1:1/0" units-per-pixel="156543.0339" order="0"/></TileSets>
    </TileMap>"""
    )
    return path


@kind()
def a_folder_with_another_tilemapresource_xml(folder):
    (folder / "tilemapresource.xml").write_text("<resources><TileMaps/></resources>")
    return folder


@kind("KMLSUPEROVERLAY")
def a_super_overlay_of_kml(folder):
    source = gdal.GetDriverByName("MEM").Create("", 64, 64, 3)
    source.SetGeoTransform((10, 0.01, 0, 50, 0, -0.01))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4326)
    source.SetProjection(srs.ExportToWkt())
    gdal.GetDriverByName("KMLSUPEROVERLAY").CreateCopy(str(folder / "doc.kml"), source)
    return folder / "doc.kml"


@kind("ESRIC")
def a_tile_cache_of_esri(folder):
    path = folder / "conf.xml"
    path.write_text(
        """<?xml version="1.0" encoding="utf-8"?>
<CacheInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <TileCacheInfo><SpatialReference><WKID>3857</WKID><LatestWKID>3857</LatestWKID></SpatialReference>
    <TileOrigin><X>-20037508.342787</X><Y>20037508.342787</Y></TileOrigin><TileCols>256</TileCols><TileRows>256</TileRows>
    <DPI>96</DPI><LODInfos><LODInfo><LevelID>0</LevelID><Scale>591657527.591555</Scale>
    <Resolution>156543.033928</Resolution></LODInfo></LODInfos></TileCacheInfo>
  <TileImageInfo><CacheTileFormat>PNG</CacheTileFormat></TileImageInfo>
  <CacheStorageInfo><StorageFormat>esriMapCacheStorageModeCompactV2</StorageFormat><PacketSize>128</PacketSize>
  </CacheStorageInfo></CacheInfo>"""
    )
    return path


@kind("SAFE")
def a_product_of_sentinel_1(folder):
    product = folder / "S1.SAFE"
    (product / "measurement").mkdir(parents=True)
    (product / "manifest.safe").write_text(
        '<?xml version="1.0"?><xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1"><dataObjectSection/>'
        "<metadataSection/></xfdu:XFDU><!-- sentinel-1 -->"
    )
    return product


@kind("SENTINEL2")
def metadata_of_sentinel_2(folder):
    product = folder / "S2.SAFE"
    product.mkdir()
    path = product / "MTD_MSIL1C.xml"
    path.write_text('<n1:Level-1C_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-1C.xsd"/>')
    return path


@kind()
def a_folder_of_sentinel_2(folder):
    metadata_of_sentinel_2(folder)
    return folder / "S2.SAFE"


@kind("MBTiles")
def an_mbtiles_file(folder):
    path = folder / "a.mbtiles"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        tile = gdal.GetDriverByName("MEM").Create("", 256, 256)
        gdal.GetDriverByName("PNG").CreateCopy(str(folder / "a.png"), tile)
        about = [("name", "a"), ("format", "png"), ("minzoom", "0"), ("maxzoom", "0"), ("bounds", "-180,-85,180,85")]
        database.executemany("INSERT INTO metadata VALUES (?, ?)", about)
        database.execute("INSERT INTO tiles VALUES (0, 0, 0, ?)", [(folder / "a.png").read_bytes()])
    database.close()
    return path


@kind("VRT")
def a_virtual_raster(folder):
    path = folder / "a.vrt"
    path.write_text('<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Byte" band="1"/></VRTDataset>')
    return path


@kind()
def an_empty_folder(folder):
    return folder


def answers(name):
    """The drivers that identify and that open it."""
    identified = gdal.IdentifyDriverEx(str(name))
    dataset, _ = errors_while(lambda: gdal.OpenEx(str(name)))
    return identified and identified.ShortName, dataset and dataset.GetDriver().ShortName


def answers_without_the_plugin(name):
    """Those of another process: here the plugin would be the last driver afterwards."""
    code = "import json, sys, left_to_others_test; print(json.dumps(left_to_others_test.answers(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(name)],
        env=dict(os.environ, GDAL_DRIVER_PATH="disable", PYTHONPATH=str(pathlib.Path(__file__).parent)),
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("name", KINDS)
def test_the_same_driver_is_chosen_with_and_without_the_plugin(tmp_path, name):
    write, expected = KINDS[name]
    if expected is not None and gdal.GetDriverByName(expected) is None:
        pytest.skip(f"GDAL has no driver {expected}")
    dataset = write(tmp_path)
    with_plugin = answers(dataset)
    without = answers_without_the_plugin(dataset)
    assert with_plugin == without
    assert "TileDir" not in with_plugin
    assert expected is None or expected in without


def test_there_are_enough_kinds():
    assert len(KINDS) >= 20
