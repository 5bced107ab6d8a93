"""The floors of the sources: who may include whom (docs/explanation/design.md has the drawing)."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Lowest first. A file includes others of its own folder and of floors below, none above: so there is no circle.
FLOORS = """
    stac
    stac/json
    stac/grid
    stac/item
    driver/store
    driver/store/http
    driver/store/network
    driver/store/local
    driver/store/opening
    driver/journal
    driver/raster/pixels
    driver/raster/crs
    driver/raster/resample
    driver/raster/input
    driver/raster/warp
    driver/raster/tile
    driver/raster/pyramid
    driver/raster/upkeep
    driver/raster/folder
    driver/reading
    driver/writing
    driver/trees
    driver/item
    driver/files
    driver/creating
    driver/dataset
    driver
    tools/engine/host
    tools/engine/schema
    tools/engine/processes
    tools/engine/processes/terrain
    tools/engine/processes/algebra
    tools/engine/processes/built_in
    tools/engine/recipe
    tools/engine/resolved
    tools/engine/report
    tools/engine/output
    tools/engine/plan
    tools/engine/making
    tools/engine/executors
    tools/engine/run
    tools/commands
""".split()

ROOMS = 14  # a shelf can be read at a glance
LONGEST = 470  # lines of a file

# The engine and the commands are no part of the plugin: it brings none of their libraries into GDAL's process.
LIBRARIES_OF_TOOLS = ("CLI/", "fmt/", "spdlog/", "yaml-cpp/")


def is_source(path):
    return path.suffix in (".cpp", ".h")


def sources():
    return [path for folder in ("stac", "driver", "tools") for path in filter(is_source, (ROOT / folder).rglob("*"))]


def shelf(name):
    return list(filter(is_source, (ROOT / name).iterdir()))


def floor(path):
    return path.relative_to(ROOT).parent.as_posix()


def includes(path, form):
    return re.findall(rf"^#include {form}", path.read_text(), re.MULTILINE)


def test_every_folder_has_its_floor():
    assert {floor(path) for path in sources()} == set(FLOORS)


@pytest.mark.parametrize("name", FLOORS)
def test_a_floor_stands_on_those_below_it(name):
    height = FLOORS.index(name)
    upwards = [
        f"{path.relative_to(ROOT)} includes {header}"
        for path in shelf(name)
        for header in includes(path, r'"([^"]+)"')
        if (ROOT / header).exists() and FLOORS.index(floor(ROOT / header)) > height
    ]
    assert not upwards


@pytest.mark.parametrize("name", FLOORS)
def test_a_shelf_holds_what_can_be_seen_at_a_glance(name):
    files = shelf(name)
    headers = {path.stem for path in files if path.suffix == ".h"}
    # A class whose functions take several files is one room: tile_dataset_open.cpp is in that of tile_dataset.h.
    rooms = headers | {path.stem for path in files if not any(path.stem.startswith(f"{head}_") for head in headers)}
    assert len(rooms) <= ROOMS, sorted(rooms)


def test_no_file_is_too_long_to_be_read():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert not {path: lines for path, lines in long.items() if lines > LONGEST}


def test_the_plugin_is_free_of_the_libraries_of_the_tools():
    found = [
        (str(path.relative_to(ROOT)), header)
        for path in sources()
        if not floor(path).startswith("tools")
        for header in includes(path, "<([^>]+)>")
        if header.startswith(LIBRARIES_OF_TOOLS)
    ]
    assert not found


LISTINGS = sorted(path for top in ("stac", "driver", "tools", "autotest") for path in (ROOT / top).rglob("CMakeLists.txt"))


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_settings_of_sources_are_of_sources_that_are_there(listing):
    # CMake says nothing of a name that is no source, and the setting is lost.
    for names in re.findall(r"set_source_files_properties\(([^)]*?) PROPERTIES", listing.read_text()):
        for name in re.findall(r"\S+\.cpp", names):
            assert (listing.parent / name).is_file(), name
