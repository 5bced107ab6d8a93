"""What is right of each reproducer, by its name: from what its script prints, or from its data."""

import re
import shutil
import subprocess
import sys

import numpy
from osgeo import gdal

gdal.UseExceptions()

REFUSED = "refused"


def numbers(pattern, text):
    """All numbers that a pattern's one group finds."""
    return [float(number) for number in re.findall(pattern, text)]


def same_checksums(output, count):
    sums = re.findall(r"Checksum=(-?\d+)", output)
    assert len(sums) == count and len(set(sums)) == 1 and sums[0] != "-1", f"checksums {sums}"


def antimeridian_auto(output, *_):
    counts = numbers(r"rc=0 tiles=(\d+)", output)
    assert len(counts) == 4 and all(count >= 4 for count in counts), counts


def antimeridian_copy(output, *_):
    """Whole rows of the grid from the one side of 180 degrees to the other."""
    lines = re.findall(r"(\w+) (\w+): rc=0 tiles=(\d+) Size is (\d+), \d+ Origin = \((-?[\d.]+)", output)
    assert len(lines) == 4, lines
    for _, grid, tiles, width, west in lines:
        assert int(tiles) >= 4 and int(width) >= 1 << 17, (tiles, width)
        assert float(west) < {"WorldCRS84Quad": -179, "WebMercatorQuad": -2e7}[grid], west


def kernel_scale(output, *_):
    levels = re.findall(r"^\s+(\d+): \[([\d.e+-]+), ([\d.e+-]+)\]", output, re.MULTILINE)
    scales = {level: [(float(x), float(y)) for each, x, y in levels if each == level] for level, _, _ in levels}
    assert len(scales["10"]) == 2 and numpy.allclose(scales["10"], 0.137, rtol=0.01), scales
    (pole,) = scales["2"]  # cells of 10 km seen from ones of 0.176 degrees: between one and two of them at 70 degrees
    assert all(0.3 < each < 3 for each in pole), pole
    rough = numbers(r"std of the hillshade ([\d.]+)", output)
    assert len(rough) == 2 and abs(rough[0] - rough[1]) < 0.1, rough


def braces(output, *_):
    same_checksums(output, 3)
    assert "0 faults" in output and re.search(r"<File>tiles\{x\}/ds/", output) and "ERROR" not in output


def side_file_403(output, *_):
    same_checksums(output, 5)


def copy_onto_itself(output, *_):
    lines = re.findall(r"rc=(\d+), tiles left (\d+) of 14: (.*)", output)
    assert len(lines) == 7 and all(code == "1" and left == "14" and "ERROR" in why for code, left, why in lines), lines
    return REFUSED


def over_other_tiles(output, *_):
    assert re.findall(r"rc=(\d+)", output) == ["2", "2"] and output.count("choose another output") == 2
    assert output.count("Size is 100, 100") == 2 and output.count("Type=Float32") == 2
    return REFUSED


def mixed_resolution(output, *_):
    both, alone = numbers(r"full resolution ([\d.]+) grey", output)
    assert both < alone + 0.1, (both, alone)


def mixed_units(output, *_):
    lines = re.findall(r"rc=(\d+): std west ([\d.]+) \(metres\), east ([\d.]+)", output)
    assert lines == [("0", "74.8", "28.8")] * 2, lines


def scale_offset(output, *_):
    (mean, deviation), (other_mean, other_deviation) = re.findall(r"MEAN=([\d.]+)\s+\S+STDDEV=([\d.]+)", output)
    assert (mean, deviation) == (other_mean, other_deviation)


def bounds(output, *_):
    assert re.search(r"^:\s+level 13: 196 tiles", output, re.MULTILINE)
    assert re.search(r"45\.02\]:\s+level 13: 1 tiles", output)
    assert output.count("is it in another CRS?") == 4
    return REFUSED


def datetimes(output, *_):
    refusals = re.findall(r"is '(\S+)', should be as 2024-05-31T12:00:00Z", output)
    assert refusals == [each for each in ("yesterday", "2024-13-45", "2024-01-01") for _ in range(2)], refusals
    assert output.count("rc=2") == 3
    return REFUSED


def bare_nan(output, *_):
    same_checksums(output, 2)
    assert "ERROR" not in output


def wrong_href(output, *_):
    lines = [line for line in output.splitlines() if "{TileMatrix}" in line]
    expected = re.search(r"Checksum=(\d+)", output)[1]
    right = [line for line in lines if "%20s" in line or line.startswith("d s/{TileMatrix}/{TileRow}/{TileCol}.tif")]
    assert len(right) == 3 and all(f"Checksum={expected}" in line and "arning" not in line for line in right), right
    absent = [line for line in lines if line not in right]
    assert len(absent) == 2 and all(line.count("arning") == 1 and "absent" in line for line in absent), absent


def by_rectangle(output, *_):
    lines = re.findall(r"tiledir (\w+) .*: rc=(\d+) (\d+) ms", output)
    assert len(lines) == 6 and all(code == "0" for _, code, _ in lines), lines
    assert max(int(time) for _, _, time in lines) < 2000, lines


def signed_url(output, *_):
    parts = output.split("== ")[1:]
    assert len(parts) == 3 and all("Size is" in part and "ERROR" not in part for part in parts), parts


def small_things(output, *_):
    for words in ("make it north-up with gdalwarp", "EPSG:4979", "a second document begins", "rot.tif: is rotated"):
        assert words in output, words
    assert re.search(r"two documents: rc=2 made:\s*$", output, re.MULTILINE)
    return REFUSED


def northing_first(_, case, __):
    for item in sorted(case.glob("*/stacta.json")):
        dataset = gdal.OpenEx(str(item), allowed_drivers=["TileDir"])
        across, cell, _, down, _, height = dataset.GetGeoTransform()
        for path in sorted(item.parent.glob("*/*/*.tif")):
            tile = gdal.Open(str(path))
            west, size, _, north, _, _ = tile.GetGeoTransform()
            if abs(size - cell) > 1e-9 * cell:
                continue  # of an overview
            col, row = round((west - across) / cell), round((north - down) / height)
            assert col >= 0 and row >= 0, (col, row)
            window = [col, row, tile.RasterXSize, tile.RasterYSize]
            bands = (each.GetRasterBand(1).ReadAsArray(*part) for each, part in ((dataset, window), (tile, ())))
            assert numpy.array_equal(*bands), path.name


def untold_types(_, case, folder):
    done = subprocess.run([sys.executable, case / "make.py"], cwd=folder, capture_output=True, text=True, check=True)
    names = re.findall(r"^(\w+) \{", done.stdout, re.MULTILINE)
    assert len(names) >= 4, done.stdout
    for name in names:
        dataset = gdal.OpenEx(str(folder / name / "stac.json"), allowed_drivers=["TileDir"])
        assert all(dataset.GetRasterBand(band).DataType == gdal.GDT_UInt16 for band in (1, 2)), name
        assert (dataset.ReadAsArray() == 3000).all(), name


def kept_alpha(_, case, folder):
    for name in ("before", "after"):
        shutil.copytree(case / "before", folder / name)
    subprocess.run([sys.executable, case / "run.py"], cwd=folder, check=True, capture_output=True)
    for path in sorted((folder / "before").glob("12/*/*.png")):
        paths = [folder / name / path.relative_to(folder / "before") for name in ("before", "after")]
        before, after = (gdal.Open(str(each)) for each in paths)
        assert before.RasterCount == after.RasterCount, path.name
        changed = (before.ReadAsArray() != after.ReadAsArray()).any(axis=0)
        assert int(changed.sum()) <= 400, path.name


def self_alias(output, *_):
    assert re.search(r"exit code 2\n", output) and "alias" in output
    return REFUSED


def unmatched_brace(output, *_):
    assert output.count("'{' without a '}'") == 2 and "open2 rc=1" in output
    assert all(time < 5 for time in numbers(r"([\d.]+) s, \d+ kB", output))
    return REFUSED


CHECKS = {
    "antimeridian-auto-empty": antimeridian_auto,
    "antimeridian-copy-empty": antimeridian_copy,
    "kernel-scale-antimeridian-pole": kernel_scale,
    "braces-in-folder-name": braces,
    "403-sidecar-refuses-open": side_file_403,
    "copy-onto-itself-destroys": copy_onto_itself,
    "output-over-other-tiles": over_other_tiles,
    "mixed-resolution-nearest": mixed_resolution,
    "mixed-units": mixed_units,
    "scale-offset-ignored": scale_offset,
    "bounds-select-everything": bounds,
    "datetime-not-checked": datetimes,
    "bare-NaN-in-item": bare_nan,
    "wrong-href-is-silent": wrong_href,
    "verify-by-rectangle": by_rectangle,
    "signed-item-url": signed_url,
    "small-things": small_things,
    "northing-first-items": northing_first,
    "untold-types": untold_types,
    "update-drops-alpha": kept_alpha,
    "yaml-self-alias": self_alias,
    "unmatched-brace-hangs-delete": unmatched_brace,
}
