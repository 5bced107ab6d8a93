"""What users set of a dataset that is open for update is there when another process opens it, or is refused in words."""

import json
import multiprocessing
import subprocess
import sys

import numpy
import pytest
from osgeo import gdal, osr

from tile_folder import TileFolder, errors_while, pyramid

STAC_1_0 = {
    "eo:bands": [{"name": "b1", "common_name": "red"}, {"name": "b2"}],
    "raster:bands": [{"data_type": "uint8", "scale": 2.0}, {"data_type": "uint8"}],
}


def folder_in(path, **options):
    return TileFolder(path / "tiles", pyramid(tile=16, tiles=(2, 2), levels=2), **options)


def update(path):
    return gdal.OpenEx(str(path), gdal.OF_UPDATE, allowed_drivers=["TileDir"])


def seen_by_another_process(path, expression):
    program = (
        "import sys; from osgeo import gdal\n"
        f"dataset = gdal.OpenEx(sys.argv[1], allowed_drivers=['TileDir']); band = dataset.GetRasterBand(1)\nprint(repr({expression}))"
    )
    return eval(subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True).stdout)


def item_of(folder):
    return json.loads((folder.path / "stac.json").read_text())


def asset_of(folder):
    return item_of(folder)["asset_templates"]["tiles"]


SET = {
    "description": (lambda band: band.SetDescription("Height"), "band.GetDescription()", "Height"),
    "unit": (lambda band: band.SetUnitType("m"), "band.GetUnitType()", "m"),
    "scale": (lambda band: band.SetScale(0.1), "band.GetScale()", 0.1),
    "offset": (lambda band: band.SetOffset(-7.5), "band.GetOffset()", -7.5),
    "color": (lambda band: band.SetColorInterpretation(gdal.GCI_BlueBand), "band.GetColorInterpretation()", gdal.GCI_BlueBand),
    "color without a word": (
        lambda band: band.SetColorInterpretation(gdal.GCI_HueBand),
        "band.GetColorInterpretation()",
        gdal.GCI_HueBand,
    ),
    "categories": (lambda band: band.SetCategoryNames(["a", "b"]), "band.GetCategoryNames()", ["a", "b"]),
    "statistics": (lambda band: band.SetStatistics(1, 9, 4, 2), "band.GetStatistics(False, False)", [1, 9, 4, 2]),
    "metadata": (lambda band: band.SetMetadata({"A": "b"}), "band.GetMetadataItem('A')", "b"),
    "own domain": (lambda band: band.SetMetadataItem("A", "b", "MINE"), "band.GetMetadata('MINE')", {"A": "b"}),
}


@pytest.mark.parametrize("what", SET)
@pytest.mark.parametrize("described", ["STAC 1.1", "STAC 1.0", "not at all"])
def test_what_is_set_of_a_band_is_seen_by_another_process(tmp_path, what, described):
    folder = folder_in(tmp_path, bands=2, describe_bands=described == "STAC 1.1")
    if described == "STAC 1.0":
        folder.item["asset_templates"]["tiles"].update(STAC_1_0)
        folder.write_item()
    action, expression, expected = SET[what]
    dataset = update(folder.path)
    result, messages = errors_while(lambda: action(dataset.GetRasterBand(1)))
    assert messages == [] and result in (None, gdal.CE_None)
    assert eval(expression, {"band": dataset.GetRasterBand(1)}) == expected
    del dataset
    assert seen_by_another_process(folder.path, expression) == expected
    assert numpy.array_equal(gdal.Open(str(folder.path)).ReadAsArray(), folder.finest.pixels)


def test_the_item_holds_what_stac_has_a_word_for_and_nothing_else_of_it_changes(tmp_path):
    folder = folder_in(tmp_path, bands=2)
    dataset = update(folder.path)
    band = dataset.GetRasterBand(2)
    band.SetDescription("Height")
    band.SetUnitType("m")
    band.SetScale(0.5)
    band.SetOffset(3)
    band.SetColorInterpretation(gdal.GCI_GreenBand)
    del band, dataset
    expected = folder.item
    expected["asset_templates"]["tiles"]["bands"][1].update(
        {"description": "Height", "unit": "m", "raster:scale": 0.5, "raster:offset": 3.0, "eo:common_name": "green"}
    )
    assert item_of(folder) == expected
    assert not (folder.path / "stac.json.aux.xml").exists()


def test_an_item_of_stac_1_0_keeps_its_lists(tmp_path):
    folder = folder_in(tmp_path, bands=2, describe_bands=False)
    folder.item["asset_templates"]["tiles"].update(STAC_1_0)
    folder.write_item()
    dataset = update(folder.path)
    dataset.GetRasterBand(1).SetScale(4)
    dataset.GetRasterBand(1).SetDescription("Red")
    dataset.GetRasterBand(2).SetColorInterpretation(gdal.GCI_GreenBand)
    del dataset
    asset = asset_of(folder)
    assert "bands" not in asset
    assert asset["raster:bands"] == [{"data_type": "uint8", "scale": 4.0}, {"data_type": "uint8"}]
    assert asset["eo:bands"] == [
        {"name": "b1", "common_name": "red", "description": "Red"},
        {"name": "b2", "common_name": "green"},
    ]


def test_what_is_taken_away_is_gone(tmp_path):
    folder = folder_in(tmp_path)
    folder.item["asset_templates"]["tiles"]["bands"][0].update({"unit": "m", "description": "Height", "eo:common_name": "red"})
    folder.write_item()
    dataset = folder.open()
    dataset.GetRasterBand(1).ComputeStatistics(False)  # the .aux.xml says the description, too
    del dataset
    dataset = update(folder.path)
    band = dataset.GetRasterBand(1)
    band.SetUnitType("")
    band.SetDescription("")
    band.SetColorInterpretation(gdal.GCI_Undefined)
    dataset.SetMetadataItem("TITLE", None)
    del band, dataset
    seen = "[band.GetUnitType(), band.GetDescription(), band.GetColorInterpretation(), dataset.GetMetadataItem('TITLE')]"
    assert seen_by_another_process(folder.path, seen) == ["", "b1", gdal.GCI_GrayIndex, None]


def test_what_the_item_says_of_itself_changes_there(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    dataset.SetMetadata({"TITLE": "Other", "DATETIME": "2024-05-31T12:00:00Z", "MORE": "1"})
    dataset.SetMetadataItem("ID", "other")
    del dataset
    item = item_of(folder)
    assert (item["id"], item["properties"]["title"]) == ("other", "Other")
    assert item["properties"]["datetime"] == "2024-05-31T12:00:00Z"
    expected = {"ID": "other", "TITLE": "Other", "DATETIME": "2024-05-31T12:00:00Z", "MORE": "1"}
    assert seen_by_another_process(folder.path, "dataset.GetMetadata()") == expected


def test_metadata_that_is_set_as_a_whole_leaves_what_an_item_must_say(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    dataset.SetMetadata({"A": "1", "B": "2"})
    dataset.SetMetadata({"B": "3"})
    del dataset
    expected = {"ID": "by-hand", "TITLE": "Made by hand", "DATETIME": "2020-02-03T04:05:06Z", "B": "3"}
    assert seen_by_another_process(folder.path, "dataset.GetMetadata()") == expected


def crs(code):
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(code)
    return reference


REFUSED = {
    "nodata": (lambda dataset, band: band.SetNoDataValue(7), "nodata value stays"),
    "no nodata": (lambda dataset, band: band.DeleteNoDataValue(), "nodata value stays"),
    "geotransform": (lambda dataset, band: dataset.SetGeoTransform((1, 2, 0, 3, 0, -2)), "geotransform is that of its grid"),
    "CRS": (lambda dataset, band: dataset.SetSpatialRef(crs(32633)), "CRS is that of its grid"),
    "points": (lambda dataset, band: dataset.SetGCPs([gdal.GCP(1, 2, 3, 4, 5)], crs(3857)), "no ground control points"),
    "table": (lambda dataset, band: band.SetDefaultRAT(gdal.RasterAttributeTable()), "no raster attribute table"),
    "alpha": (lambda dataset, band: band.SetColorInterpretation(gdal.GCI_AlphaBand), "which band is alpha stays"),
    "not a number": (lambda dataset, band: band.SetScale(float("nan")), "should be a number"),
    "time": (lambda dataset, band: dataset.SetMetadataItem("DATETIME", "yesterday"), "should be as 2024-05-31T12:00:00Z"),
    "no id": (lambda dataset, band: dataset.SetMetadataItem("ID", None), "not taken away"),
    "grid": (lambda dataset, band: dataset.SetMetadataItem("TILE_MATRIX", "9", "TILEDIR"), "domain TILEDIR"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_set_is_refused_in_one_line_and_nothing_changes(tmp_path, what):
    folder = folder_in(tmp_path, nodata=0)
    action, why = REFUSED[what]
    dataset = update(folder.path)
    result, messages = errors_while(lambda: action(dataset, dataset.GetRasterBand(1)))
    assert result == gdal.CE_Failure
    assert [kind for kind, _ in messages] == [gdal.CE_Failure] and why in messages[0][1]
    _, messages = errors_while(dataset.FlushCache)
    del dataset
    assert messages == [] and item_of(folder) == folder.item
    assert not (folder.path / "stac.json.aux.xml").exists()


def test_what_is_so_already_may_be_set(tmp_path):
    folder = folder_in(tmp_path, nodata=0)
    dataset = update(folder.path)
    band = dataset.GetRasterBand(1)
    results = [
        band.SetNoDataValue(0),
        dataset.SetGeoTransform(dataset.GetGeoTransform()),
        dataset.SetSpatialRef(crs(3857)),
        dataset.SetGCPs([], None),
        dataset.SetMetadata(dataset.GetMetadata()),
        band.SetColorInterpretation(band.GetColorInterpretation()),
        band.SetUnitType(band.GetUnitType()),
    ]
    band.SetDescription(band.GetDescription())
    assert results == [gdal.CE_None] * len(results)
    del band, dataset
    assert item_of(folder) == folder.item


def test_without_update_the_item_stays_and_what_it_says_is_not_overruled(tmp_path):
    folder = folder_in(tmp_path)
    folder.item["asset_templates"]["tiles"]["bands"][0].update({"raster:scale": 2, "description": "Height"})
    folder.write_item()
    dataset = folder.open()
    band = dataset.GetRasterBand(1)
    for action in (
        lambda: band.SetScale(3),
        lambda: band.SetDescription("Depth"),
        lambda: dataset.SetMetadataItem("TITLE", "Other"),
        lambda: dataset.SetGeoTransform((1, 2, 0, 3, 0, -2)),
    ):
        _, messages = errors_while(action)
        assert [kind for kind, _ in messages] == [gdal.CE_Failure], messages
    assert band.SetOffset(5) == gdal.CE_None
    del band, dataset
    assert item_of(folder) == folder.item
    seen = "[band.GetScale(), band.GetOffset(), band.GetDescription()]"
    assert seen_by_another_process(folder.path, seen) == [2, 5, "Height"]


def test_a_colour_table_that_is_in_the_tiles_stays(tmp_path):
    table, other = gdal.ColorTable(), gdal.ColorTable()
    table.SetColorEntry(1, (10, 20, 30, 255))
    other.SetColorEntry(1, (30, 20, 10, 255))
    source = gdal.GetDriverByName("MEM").Create("", 32, 32)
    source.SetGeoTransform((1000000, 10, 0, 6000000, 0, -10))
    source.SetSpatialRef(crs(3857))
    source.GetRasterBand(1).Fill(1)
    source.GetRasterBand(1).SetColorTable(table)
    gdal.Translate(str(tmp_path / "tiles"), source, format="TileDir", creationOptions=["TILE_SIZE=16"])
    dataset = update(tmp_path / "tiles")
    band = dataset.GetRasterBand(1)
    assert band.SetColorTable(band.GetColorTable()) == gdal.CE_None
    result, messages = errors_while(lambda: band.SetColorTable(other))
    assert result == gdal.CE_Failure and "colour table is in every tile" in messages[0][1]
    assert band.GetColorTable().GetColorEntry(1) == (10, 20, 30, 255)


def test_a_colour_table_of_tiles_without_one_is_kept_beside_them(tmp_path):
    folder = folder_in(tmp_path)
    table = gdal.ColorTable()
    table.SetColorEntry(1, (10, 20, 30, 255))
    dataset = update(folder.path)
    dataset.GetRasterBand(1).SetColorTable(table)
    del dataset
    assert seen_by_another_process(folder.path, "band.GetColorTable().GetColorEntry(1)") == (10, 20, 30, 255)


def test_pixels_and_descriptions_are_written_together(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    dataset.GetRasterBand(1).SetUnitType("m")
    dataset.WriteArray(numpy.full((8, 8), 9, "uint8"))
    dataset.FlushCache()
    assert asset_of(folder)["bands"][0]["unit"] == "m"
    dataset.GetRasterBand(1).SetUnitType("km")
    del dataset
    assert asset_of(folder)["bands"][0]["unit"] == "km"
    assert (gdal.Open(str(folder.path)).ReadAsArray(0, 0, 8, 8) == 9).all()


def set_scale(path, number, ready):
    dataset = update(path)
    ready.wait()
    dataset.GetRasterBand(number).SetScale(number / 2)


def test_many_who_set_at_once_lose_nothing(tmp_path):
    bands = 12
    folder = folder_in(tmp_path, bands=bands)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(bands)
    processes = [context.Process(target=set_scale, args=(folder.path, band + 1, ready)) for band in range(bands)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [band["raster:scale"] for band in asset_of(folder)["bands"]] == [(band + 1) / 2 for band in range(bands)]


def test_an_item_that_is_gone_is_told_when_it_is_written(tmp_path):
    folder = folder_in(tmp_path)
    dataset = update(folder.path)
    dataset.GetRasterBand(1).SetUnitType("m")
    (folder.path / "stac.json").unlink()
    _, messages = errors_while(dataset.FlushCache)
    assert len(messages) == 1 and "stac.json: is gone" in messages[0][1]
    folder.write_item()
    del dataset
    assert asset_of(folder)["bands"][0]["unit"] == "m"
