"""What GDAL makes of a directory of tiles is what it makes of one file with the same pixels and overviews."""

import numpy
import pytest
from osgeo import gdal

from tile_folder import TileFolder, errors_while, pyramid


@pytest.fixture
def folder(tmp_path):
    absent = [("2", 1, 1), ("2", 4, 7), ("1", 2, 3)]
    return TileFolder(tmp_path / "tiles", pyramid(), dtype="int16", bands=2, nodata=-99, absent=absent)


@pytest.fixture
def whole(folder, tmp_path):
    """One GeoTIFF, whose overviews are the coarser levels."""
    path = tmp_path / "whole.tif"
    gdal.Translate(str(path), write_level(tmp_path / "2.tif", folder.finest))
    file = gdal.Open(str(path), gdal.GA_Update)
    file.BuildOverviews("NEAREST", [2, 4])
    for index, level in enumerate(reversed(folder.levels[:-1])):
        for band in (1, 2):
            file.GetRasterBand(band).GetOverview(index).WriteArray(level.pixels[band - 1])
    del file
    return path


def write_level(path, level):
    left, bottom, right, top = level.bounds
    bands, height, width = level.pixels.shape
    file = gdal.GetDriverByName("GTiff").Create(str(path), width, height, bands, gdal.GDT_Int16)
    file.SetGeoTransform([left, level.cell, 0, top, 0, -level.cell])
    file.SetProjection("EPSG:3857")
    file.WriteArray(level.pixels)
    for band in range(bands):
        file.GetRasterBand(band + 1).SetNoDataValue(-99)
    return file


@pytest.mark.parametrize("size", [(64, 64), (100, 70), (32, 32), (31, 20), (300, 260)])
@pytest.mark.parametrize("kernel", [gdal.GRIORA_NearestNeighbour, gdal.GRIORA_Bilinear, gdal.GRIORA_Average])
def test_resampled_reads(folder, whole, size, kernel):
    width, height = size
    ours, one = (
        gdal.Open(str(name)).ReadAsArray(0, 0, 128, 128, buf_xsize=width, buf_ysize=height, resample_alg=kernel)
        for name in (folder.path, whole)
    )
    assert numpy.array_equal(ours, one)


@pytest.mark.parametrize("options", [[], ["OVERVIEW_LEVEL=0"], ["OVERVIEW_LEVEL=1"], ["OVERVIEW_LEVEL=NONE"]])
def test_one_overview_alone(folder, whole, options):
    ours, one = (gdal.OpenEx(str(name), open_options=options) for name in (folder.path, whole))
    assert numpy.array_equal(ours.ReadAsArray(), one.ReadAsArray())
    assert ours.GetGeoTransform() == pytest.approx(one.GetGeoTransform())
    assert ours.GetRasterBand(1).GetOverviewCount() == one.GetRasterBand(1).GetOverviewCount()


@pytest.mark.parametrize("kernel", ["near", "bilinear", "cubic", "average"])
@pytest.mark.parametrize("overviews", ["AUTO", "NONE"])
@pytest.mark.parametrize("cells", [None, 45.0])
def test_warped_reads(folder, whole, kernel, overviews, cells):
    """At the resolution of the tiles and at a coarser one, in another CRS."""
    options = dict(format="MEM", dstSRS="EPSG:25832", resampleAlg=kernel, overviewLevel=overviews, xRes=cells, yRes=cells)
    ours, one = (gdal.Warp("", str(name), **options) for name in (folder.path, whole))
    assert ours.GetGeoTransform() == one.GetGeoTransform()
    assert numpy.array_equal(ours.ReadAsArray(), one.ReadAsArray())


def test_a_warped_mosaic_of_the_plain_tiles(folder, tmp_path):
    """A VRT of the tiles themselves, which have a place of their own here."""
    tiles = []
    level = folder.finest
    for path in sorted((folder.path / "2").rglob("*.tif")):
        tile = gdal.Open(str(path), gdal.GA_Update)
        left = level.bounds[0] + int(path.stem) * level.tile * level.cell
        top = level.bounds[3] - int(path.parent.name) * level.tile * level.cell
        tile.SetGeoTransform([left, level.cell, 0, top, 0, -level.cell])
        tile.SetProjection("EPSG:3857")
        tile.GetRasterBand(1).SetNoDataValue(-99)
        tiles.append(str(path))
        del tile
    mosaic = gdal.BuildVRT(str(tmp_path / "mosaic.vrt"), tiles, outputBounds=level.bounds)
    options = dict(format="MEM", dstSRS="EPSG:4326", resampleAlg="bilinear", overviewLevel="NONE")
    ours, one = (gdal.Warp("", source, **options) for source in (str(folder.path), mosaic))
    assert numpy.array_equal(ours.ReadAsArray(), one.ReadAsArray())


def test_a_copy_as_cog(folder, whole, tmp_path):
    copies = []
    for number, name in enumerate((folder.path, whole)):
        path = str(tmp_path / f"{number}.tif")
        gdal.Translate(path, str(name), format="COG", creationOptions=["OVERVIEWS=FORCE_USE_EXISTING"])
        copies.append(gdal.Open(path))
    assert numpy.array_equal(copies[0].ReadAsArray(), folder.finest.pixels)
    overviews = [copy.GetRasterBand(2).GetOverview(1).ReadAsArray() for copy in copies]
    assert numpy.array_equal(overviews[0], folder.levels[0].pixels[1])
    assert numpy.array_equal(*overviews)


def test_statistics_and_histogram(folder, whole):
    datasets = [gdal.Open(str(name)) for name in (folder.path, whole)]
    for number in (1, 2):
        ours, one = (dataset.GetRasterBand(number) for dataset in datasets)
        assert ours.ComputeStatistics(False) == pytest.approx(one.ComputeStatistics(False))
        assert ours.GetHistogram(approx_ok=0) == one.GetHistogram(approx_ok=0)


def test_the_files_are_the_item_and_its_statistics(folder):
    dataset = folder.open()
    assert dataset.GetFileList() == [str(folder.path / "stac.json")]
    dataset.GetRasterBand(1).ComputeStatistics(False)
    del dataset
    assert folder.open().GetFileList() == [str(folder.path / name) for name in ("stac.json", "stac.json.aux.xml")]


def test_statistics_stay_in_memory_where_nothing_can_be_written(folder, web, tmp_path):
    """No error, no warning; the web server takes no files."""
    name = f"/vsicurl/{web}/tiles/stac.json"

    def compute():
        dataset = gdal.Open(name)
        dataset.GetRasterBand(1).ComputeStatistics(False)
        known = dataset.GetRasterBand(1).GetStatistics(False, False)
        dataset.FlushCache()
        del dataset
        return known

    known, messages = errors_while(compute)
    valid = folder.finest.pixels[0][folder.finest.pixels[0] != -99]
    assert known[:2] == [valid.min(), valid.max()]
    assert messages == []
    assert not (folder.path / "stac.json.aux.xml").exists()
