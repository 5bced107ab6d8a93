"""What is in an output folder, and what is wrong with it after a power cut."""

import dataclasses
import json
import math

import numpy as np
from journal_words import journal_words
from osgeo import gdal
from system_calls import tiles

gdal.UseExceptions()

GRIDS = {  # the upper left corner, and the width of the tiles of level 0
    "WebMercatorQuad": (-math.pi * 6378137, math.pi * 6378137, 2 * math.pi * 6378137),
    "WorldCRS84Quad": (-180, 90, 180),
}
RECORDS = (".tiledir/recipe.yaml", ".tiledir/inputs.json")


@dataclasses.dataclass
class Output:
    """An output as it is at a moment."""

    tiles: dict  # bytes by their names
    records: dict  # recipe and inputs that are recorded
    words: dict  # of the journal, by names of tiles
    item: bytes  # None where there is none

    @classmethod
    def of(cls, folder):
        words = {f"{level}/{row}/{col}.tif": word for (level, row, col), word in journal_words(folder).items()}
        records = {name: content for name in RECORDS if (content := content_of(folder / name)) is not None}
        return cls(tiles(folder), records, words, content_of(folder / "stac.json"))


def content_of(path):
    return path.read_bytes() if path.exists() else None


def level_of(name):
    return int(name.split("/")[0])


def few(names):
    names = sorted(names)
    return f"{len(names)} ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})"


def size_of(found, name):
    """ext4 may leave the whole length, and zeros."""
    if name not in found:
        return f"{name} absent"
    zeros = " of zeros" if found[name] and not any(found[name]) else ""
    return f"{name} of {len(found[name])} bytes{zeros}"


def faults_of_kept_tiles(found, history):
    """Tiles that are there in every state of the history, and so at all times: each is whole, one of these states'."""
    always = set.intersection(*(set(state.tiles) for state in history))
    wrong = [name for name in always if found.get(name) not in [state.tiles[name] for state in history]]
    return [f"durable tiles cut short or gone: {few(size_of(found, name) for name in wrong)}"] if wrong else []


def faults_of_words(output, history):
    """Tiles that the journal calls done: each is whole, made by the recorded recipe from the recorded inputs."""
    recorded = [state for state in history if state.records == output.records] or history
    wrong = []
    for name, word in output.words.items():
        if word == "stored" and output.tiles.get(name) not in [state.tiles.get(name, 0) for state in recorded]:
            wrong.append(size_of(output.tiles, name))
        if word == "empty" and name in output.tiles:
            wrong.append(f"{name} empty and there")
    return [f"done by the journal's word, and wrong: {few(wrong)}"] if wrong else []


def faults_of_promise(output, coming):
    """After exit 0, `coming` being the output then and after each command that follows: all that no later command
    changes is there, and known to be done."""
    state = coming[0]
    kept = [name for name in state.tiles if all(state.tiles[name] == later.tiles.get(name) for later in coming)]
    base = max(map(level_of, state.tiles))
    lost = [name for name in kept if output.tiles.get(name) != state.tiles[name]]
    said = [name for name in kept if name in state.words and (len(coming) == 1 or level_of(name) == base)]
    unsaid = [name for name in said if output.words.get(name) != state.words[name]]
    faults = [f"lost after exit 0: {few(size_of(output.tiles, name) for name in lost)}"] if lost else []
    return faults + ([f"not known any more after exit 0: {few(unsaid)}"] if unsaid else [])


def faults_of_records(output, history):
    """What was recorded and durable before is as in one of the states, and the item is whole."""
    faults = []
    for name in history[0].records:
        if output.records.get(name) not in [state.records[name] for state in history]:
            faults.append(size_of(output.records, name))
    return faults + ([] if is_whole(output.item) else ["stac.json is cut short or gone"])


def is_whole(item):
    try:
        return isinstance(json.loads(item or b""), dict)
    except ValueError:
        return False


def lasting(item, wanted):
    """An item without what tells of time, and without a bbox that holds the wanted one: whoever takes over from a dead
    writer makes it hold all of its tiles, which it need not have told of."""
    properties = {key: value for key, value in item["properties"].items() if "datetime" not in key}
    west, south, east, north = item["bbox"]
    left, low, right, high = wanted["bbox"]
    holds = west <= left and south <= low and east >= right and north >= high
    where = {"bbox": wanted["bbox"], "geometry": wanted["geometry"]} if holds else {}
    return {**item, "properties": properties, **where}


def faults_of_end(output, expected):
    """The same tiles, and the same item but for its times, as in an undisturbed life."""
    names = {*output.tiles, *expected.tiles}
    wrong = [name for name in names if output.tiles.get(name) != expected.tiles.get(name)]
    faults = [f"at the end other bytes: {few(size_of(output.tiles, name) for name in wrong)}"] if wrong else []
    if not is_whole(output.item):
        return [*faults, "at the end no whole stac.json"]
    wanted = json.loads(expected.item)
    there, wanted = lasting(json.loads(output.item), wanted), lasting(wanted, wanted)
    differing = [key for key in {*there, *wanted} if there.get(key) != wanted.get(key)]
    other = [f"{key} {there.get(key)}, not {wanted.get(key)}" for key in differing]
    faults += [f"at the end another stac.json: {'; '.join(other)[:500]}"] if other else []
    return faults


def pixels_by_driver(folder, name, grid):
    """The pixels of a tile as the driver reads them; None where it says that it cannot."""
    level, row, col = (int(part) for part in name.removesuffix(".tif").split("/"))
    west, north, width = GRIDS[grid]
    width /= 2**level
    try:
        dataset = gdal.OpenEx(str(folder), allowed_drivers=["TileDir"], open_options=[f"LEVEL={level}"])
        left, cell, _, top, _, _ = dataset.GetGeoTransform()
        side = dataset.GetRasterBand(1).GetBlockSize()[0]
        x, y = round((west + col * width - left) / cell), round((top - north + row * width) / cell)
        return dataset.ReadAsArray(x, y, side, side)
    except RuntimeError:
        return None


def pixels_of_file(content):
    gdal.FileFromMemBuffer("/vsimem/expected.tif", content)
    try:
        return gdal.Open("/vsimem/expected.tif").ReadAsArray()
    finally:
        gdal.Unlink("/vsimem/expected.tif")


def faults_of_reading(folder, found, history, grid):
    """A tile that is none of any state is an error to who reads it, or has the right pixels: never silently nodata."""
    wrong = []
    for name, content in found.items():
        known = [state.tiles[name] for state in history if name in state.tiles]
        if not known or content in known:
            continue
        read = pixels_by_driver(folder, name, grid)
        if read is not None and not any(np.array_equal(read, pixels_of_file(each)) for each in known):
            wrong.append(size_of(found, name))
    return [f"cut short, and read without an error: {few(wrong)}"] if wrong else []
