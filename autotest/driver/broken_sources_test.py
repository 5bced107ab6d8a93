"""Pixels of a source that cannot be read are an error on every way into tiles, never nodata."""

import pytest
from broken_sources import BROKEN, program, truncated_tile


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("grid", [None, "WebMercatorQuad", "EuropeanETRS89_LAEAQuad"])
def test_a_copy_of_a_source_that_cannot_be_read_fails_by_its_name(tmp_path, broken, grid):
    source = broken(tmp_path)
    options = [] if grid is None else ["-co", f"GRID={grid}"]
    made = program("gdal_translate", "-q", "-of", "TileDir", *options, source, tmp_path / "copy")
    assert made.returncode != 0
    assert BROKEN[broken] in made.stderr
    assert "ERROR" in made.stderr
    assert not (tmp_path / "copy" / "stac.json").exists()


def test_a_warp_of_tiles_one_of_which_is_cut_short_fails(tmp_path):
    source = truncated_tile(tmp_path)
    for name, options in (("copy.tif", ()), ("copy", ("-of", "TileDir"))):
        made = program("gdalwarp", "-q", "-t_srs", "EPSG:3857", *options, source, tmp_path / name)
        assert made.returncode != 0
        assert "1/1/1." in made.stderr
    program("gdalwarp", "-q", "-t_srs", "EPSG:3857", "-of", "VRT", source, tmp_path / "warped.vrt")
    assert program("gdal_translate", "-q", tmp_path / "warped.vrt", tmp_path / "copy.png").returncode != 0
