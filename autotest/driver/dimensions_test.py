"""Parameters of templates: {cube:dimensions:NAME}, both spellings of bands, the key of a matrix set."""

import json

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid

TIMES = ["2018-02-26_2018-03-11", "2018-03-12T00:00:00Z"]


@pytest.fixture
def folders(tmp_path):
    """Tiles of two times and two heights below one item; the pixels of each."""
    pixels = {}
    for seed, (time, height) in enumerate([(time, height) for time in TIMES for height in (10, 20.5)]):
        folder = TileFolder(tmp_path / time / str(height), pyramid(levels=2, tiles=(2, 2)), seed=seed)
        pixels[time, str(height)] = folder.finest.pixels[0]
    folder.path = tmp_path
    folder.item["asset_templates"]["tiles"]["href"] = (
        "{cube:dimensions:time}/{cube:dimensions:height}/" + TileFolder.template
    )
    folder.item["properties"]["cube:dimensions"] = {
        "time": {"type": "enumeration", "values": TIMES},
        "height": {"type": "spatial", "values": [10, 20.5]},
        "x": {"type": "spatial", "extent": [0, 1]},
    }
    return folder.write_item(), pixels


def opened(folder, **options):
    return gdal.OpenEx(str(folder.path), open_options=[f"{name}={value}" for name, value in options.items()])


def test_every_combination_of_values_is_a_subdataset(folders):
    folder, pixels = folders
    listed = gdal.Open(str(folder.path)).GetSubDatasets()
    assert len(listed) == 4
    seen = []
    for name, _ in listed:
        dataset = gdal.Open(name)
        told = dataset.GetMetadata("TILEDIR")
        chosen = told["DIMENSION_time"], told["DIMENSION_height"]
        assert numpy.array_equal(dataset.ReadAsArray(), pixels[chosen])
        seen.append(chosen)
    assert sorted(seen) == sorted(pixels)
    assert listed[0][0] == f"TILEDIR:{folder.path}:height=10:time={TIMES[0]}"


def test_values_are_chosen_by_an_open_option(folders):
    folder, pixels = folders
    dataset = opened(folder, DIMENSIONS=f"time={TIMES[1]},height=20.5")
    assert numpy.array_equal(dataset.ReadAsArray(), pixels[TIMES[1], "20.5"])


def test_what_is_not_chosen_is_listed(folders):
    folder, pixels = folders
    listed = opened(folder, DIMENSIONS=f"time={TIMES[1]}").GetSubDatasets()
    assert [name for name, _ in listed] == [
        f"TILEDIR:{folder.path}:height={height}:time=2018-03-12T00%3A00%3A00Z" for height in ("10", "20.5")
    ]
    assert numpy.array_equal(gdal.Open(listed[0][0]).ReadAsArray(), pixels[TIMES[1], "10"])


def test_the_only_value_needs_no_choice(folders):
    folder, pixels = folders
    dimensions = folder.item["properties"]["cube:dimensions"]
    dimensions["time"]["values"] = TIMES[:1]
    dimensions["height"]["values"] = [20.5]
    assert numpy.array_equal(folder.write_item().open().ReadAsArray(), pixels[TIMES[0], "20.5"])


@pytest.mark.parametrize(
    "options, reason",
    [
        ("time=2019", "dimension time: has no value '2019', it has 2018-02-26_2018-03-11, 2018-03-12T00:00:00Z"),
        ("time", "open option DIMENSIONS: is 'time', should be NAME=VALUE,NAME=VALUE"),
    ],
)
def test_a_choice_that_is_none_is_refused_in_one_line(folders, options, reason):
    dataset, messages = errors_while(lambda: opened(folders[0], DIMENSIONS=options))
    assert dataset is None
    assert len(messages) == 1 and reason in messages[0][1]


def test_a_dimension_without_values_takes_any(folders):
    folder, pixels = folders
    del folder.item["properties"]["cube:dimensions"]
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.Open(str(folder.path)))
    assert dataset is None
    assert "dimension height: the item lists no values; choose one with open option DIMENSIONS=height=VALUE" in messages[0][1]
    dataset = opened(folder, DIMENSIONS=f"height=10,time={TIMES[0]}")
    assert numpy.array_equal(dataset.ReadAsArray(), pixels[TIMES[0], "10"])


def test_values_of_one_of_several_assets(folders):
    folder, pixels = folders
    assets = folder.item["asset_templates"]
    assets["plain"] = dict(assets["tiles"], href=f"{TIMES[0]}/10/" + TileFolder.template)
    folder.write_item()
    names = [name for name, _ in gdal.Open(str(folder.path)).GetSubDatasets()]
    assert len(names) == 5 and names[0] == f"TILEDIR:{folder.path}:plain"
    assert names[1] == f"TILEDIR:{folder.path}:tiles:height=10:time={TIMES[0]}"
    assert numpy.array_equal(gdal.Open(names[0]).ReadAsArray(), pixels[TIMES[0], "10"])
    assert numpy.array_equal(gdal.Open(names[1]).ReadAsArray(), pixels[TIMES[0], "10"])


def test_statistics_of_each_value_are_its_own(folders):
    folder, pixels = folders
    for name, _ in gdal.Open(str(folder.path)).GetSubDatasets():
        dataset = gdal.Open(name)
        dataset.GetRasterBand(1).ComputeStatistics(False)
        del dataset
    for name, _ in gdal.Open(str(folder.path)).GetSubDatasets():
        dataset = gdal.Open(name)
        mean = dataset.GetRasterBand(1).GetStatistics(False, False)[2]
        assert mean == pytest.approx(dataset.ReadAsArray().mean())


def test_an_item_without_a_grid_lists_the_rasters_that_it_names(tmp_path):
    """As the example of the extension's specification: one raster a time and band."""
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(1, 1)))
    tile = folder.tile_path("0", 0, 0)
    for time in ("a", "b"):
        for band in ("B02", "B03"):
            (tmp_path / f"{time}_{band}.tif").write_bytes(tile.read_bytes())
    properties = folder.item["properties"]
    del properties["tiles:tile_matrix_links"], properties["tiles:tile_matrix_sets"]
    properties["cube:dimensions"] = {"time": {"type": "enumeration", "values": ["a", "b"]}}
    href = "{cube:dimensions:time}_{eo:band}.tif"
    folder.item["asset_templates"] = {"bands": {"href": href, "eo:bands": [{"name": "B02"}, {"name": "B03"}]}}
    folder.write_item()
    listed = gdal.Open(str(tmp_path)).GetSubDatasets()
    assert [title for _, title in listed] == [f"bands, time={time}, {band}" for time in "ab" for band in ("B02", "B03")]
    for name, _ in listed:
        assert numpy.array_equal(gdal.Open(name).ReadAsArray(), folder.finest.pixels[0])


def test_tiles_without_a_grid_are_refused_in_one_line(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(1, 1)))
    properties = folder.item["properties"]
    del properties["tiles:tile_matrix_links"], properties["tiles:tile_matrix_sets"]
    folder.write_item()
    dataset, messages = errors_while(lambda: gdal.OpenEx(str(tmp_path), allowed_drivers=["TileDir"]))
    assert dataset is None
    assert "has neither tiles:tile_matrix_links nor tiles:tile_matrix_sets" in messages[0][1]


@pytest.mark.parametrize("parameter", ["eo:band", "eo:bands"])
def test_both_spellings_of_bands(tmp_path, parameter):
    names = ["B08", "B04"]
    made = [TileFolder(tmp_path / name, pyramid(levels=2, tiles=(2, 2)), seed=seed) for seed, name in enumerate(names)]
    bands = [{"name": name, "data_type": "uint8"} for name in names]
    made[0].path = tmp_path
    made[0].item["asset_templates"] = {"tiles": {"href": "{" + parameter + "}/" + TileFolder.template, "bands": bands}}
    expected = numpy.concatenate([folder.finest.pixels for folder in made])
    assert numpy.array_equal(made[0].write_item().open().ReadAsArray(), expected)


def test_the_matrix_set_of_a_template_is_the_key_of_its_link(tmp_path):
    folder = TileFolder(tmp_path / "mine", pyramid(levels=2, tiles=(2, 2)))
    folder.path = tmp_path
    for group in ("tiles:tile_matrix_links", "tiles:tile_matrix_sets"):
        folder.item["properties"][group] = {"mine": folder.item["properties"][group]["Test"]}
    folder.item["properties"]["tiles:tile_matrix_links"]["mine"]["url"] = "#mine"
    folder.item["asset_templates"]["tiles"]["href"] = "{TileMatrixSet}/" + TileFolder.template
    assert numpy.array_equal(folder.write_item().open().ReadAsArray(), folder.finest.pixels[0])


def test_parameters_of_the_only_tile_may_be_left_out(tmp_path):
    folder = TileFolder(tmp_path, pyramid(levels=1, tiles=(1, 1)))
    folder.tile_path("0", 0, 0).rename(tmp_path / "only.tif")
    folder.item["asset_templates"]["tiles"]["href"] = "only.tif"
    assert numpy.array_equal(folder.write_item().open().ReadAsArray(), folder.finest.pixels[0])


def test_the_example_of_the_specification_lists_its_rasters(root, tmp_path):
    example = root.parent / "shared/spec/tiled-assets/example-tiled-assets-dimension.json"
    if not example.exists():
        pytest.skip("no examples of the specification")
    item = json.loads(example.read_text())
    (tmp_path / "stac.json").write_text(json.dumps(item))
    listed = gdal.OpenEx(str(tmp_path), allowed_drivers=["TileDir"]).GetSubDatasets()
    values = item["properties"]["cube:dimensions"]["timeSpan"]["values"]
    assert len(listed) == len(values) * len(item["asset_templates"])
    assert ("/vsicurl/" + item["assets"]["B02"]["href"]) in [name for name, _ in listed]
