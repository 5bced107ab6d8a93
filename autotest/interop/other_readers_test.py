"""What this driver writes, read by programs without the plugin: rasterio's wheel, mapchete, QGIS."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy
import pytest

import python_peers
import reader_matrix
from go_program import NoGoProgram

HERE = pathlib.Path(__file__).resolve().parent
READERS = {"rasterio": "rasterio_pixels.py", "mapchete": "mapchete_pixels.py", "QGIS": "qgis_pixels.py"}


def python_of(reader):
    if reader != "QGIS":
        try:
            return python_peers.programs() / "python"
        except (python_peers.NoMapchete, NoGoProgram) as reason:
            pytest.skip(str(reason))
    if importlib.util.find_spec("qgis") is None:
        pytest.skip("no QGIS: bash tools/install_packages.sh qgis")
    return sys.executable


@pytest.fixture(scope="module")
def outputs(data, tmp_path_factory):
    return reader_matrix.make_all(tmp_path_factory.mktemp("outputs"), data)


@pytest.fixture(scope="module", params=READERS)
def reader(request, outputs, tmp_path_factory):
    """The reader's name, and what it saw of each output: a dictionary and a file of pixels."""
    folder, targets = tmp_path_factory.mktemp("seen"), {}
    command = [python_of(request.param), HERE / READERS[request.param]]
    for number, (name, (tiles, _)) in enumerate(outputs.items()):
        targets[name] = folder / f"{number}.npy"
        command += [tiles / "stac.json", targets[name]]
    environment = dict(python_peers.ENVIRONMENT, GDAL_STACTA_SKIP_MISSING_METATILE="YES")
    environment["HOME"] = environment["XDG_RUNTIME_DIR"] = str(folder)
    process = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True, timeout=300)
    assert process.returncode == 0, process.stderr
    lines = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == len(outputs), process.stderr
    return request.param, dict(zip(outputs, zip(lines, targets.values())))


@pytest.mark.parametrize("name", reader_matrix.OUTPUTS)
def test_readers_see_the_pixels_in_their_places(outputs, reader, name):
    (reader, seen), path = reader, outputs[name][1]
    told, target = seen[name]
    if name in reader_matrix.LIMITS[reader]:
        assert not reader_matrix.is_right(path, told, target)
        return
    assert "error" not in told
    reader_matrix.check(path, told["crs"], told["geotransform"], numpy.load(target))


def test_the_page_tells_what_each_reader_reads(root):
    assert reader_matrix.table() in (root / "docs" / "reference" / "interoperability.md").read_text()
