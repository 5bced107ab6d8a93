"""The pages say what the programs do: generated tables, examples, commands and links."""

import json
import math
import os
import re
import shutil
import subprocess

import pytest
from osgeo import gdal

gdal.UseExceptions()


def between(text, begin, end):
    """What stands between two lines."""
    return text.split(f"\n{begin}\n", 1)[1].split(f"{end}\n", 1)[0]


def block(root, page, marker):
    """The fenced block below a marker comment."""
    return re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```\n", (root / page).read_text(), re.DOTALL)[1]


def output_of(build, *command):
    return subprocess.run([str(build / "bin" / command[0]), *command[1:]], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(root, build, tmp_path):
    """Looks like the checkout, but what is made in it is made elsewhere."""
    (tmp_path / "build").symlink_to(build)
    (tmp_path / "autotest").symlink_to(root / "autotest")
    return tmp_path


@pytest.fixture
def after_quickstart(build, checkout):
    """Such a checkout with the output of the quickstart."""
    command = [str(build / "bin" / "tiledir-process"), "autotest/data/hillshade.yaml", "--output", "out/jacksboro", "--quiet"]
    subprocess.run(command, cwd=checkout, check=True)
    return checkout


def run_as_shown(commands, folder):
    for program in ("gdalinfo", "gdalwarp", "gdaldem"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    result = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_the_recipe_page_holds_what_the_command_prints(root, build):
    page = (root / "docs" / "reference" / "recipe.md").read_text()
    shown = between(page, "<!-- begin: tiledir recipe -->", "<!-- end: tiledir recipe -->")
    assert shown == output_of(build, "tiledir", "recipe")


def test_the_recipe_in_full_says_every_key(root, build):
    yaml = pytest.importorskip("yaml")
    recipe = yaml.safe_load(block(root, "docs/reference/recipe.md", "example"))
    schema = json.loads(output_of(build, "tiledir", "recipe", "--schema"))["properties"]
    (parameters,) = (kind for kind in schema["parameters"]["anyOf"] if kind["title"] == recipe["process"])
    assert set(recipe) == set(schema)
    assert set(recipe["parameters"]) == set(parameters["properties"])
    for key in ("grid", "overviews", "output", "stac"):
        shown = re.findall(rf"^\| `{key}\.(\w+)` ", (root / "docs" / "reference" / "recipe.md").read_text(), re.MULTILINE)
        assert list(recipe[key]) == shown


def test_the_recipe_in_full_is_one(root, tiledir, jacksboro):
    for path in jacksboro:
        (tiledir.folder / path.name).symlink_to(path)
    (tiledir.folder / "full.yaml").write_text(block(root, "docs/reference/recipe.md", "example"))
    result = tiledir.run("full.yaml", "--dry-run", "--json")
    assert result.returncode == 0, result.stderr
    estimate = json.loads(result.stdout)
    assert estimate["levels"] == "5-11"
    assert estimate["by_level"] == {str(level): tiles_of(jacksboro, level) for level in range(5, 12)}
    assert not (tiledir.folder / "out").exists()


def tiles_of(inputs, level):
    """How many tiles of WebMercatorQuad the inputs touch, by the formulas of OGC 17-083r2."""
    extents = [gdal.Info(str(path), format="json")["cornerCoordinates"] for path in inputs]
    west, east = min(e["upperLeft"][0] for e in extents), max(e["lowerRight"][0] for e in extents)
    north, south = max(e["upperLeft"][1] for e in extents), min(e["lowerRight"][1] for e in extents)

    def col(longitude):
        return math.floor((longitude + 180) / 360 * 2**level)

    def row(latitude):
        return math.floor((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**level)

    return (col(east) - col(west) + 1) * (row(south) - row(north) + 1)


@pytest.mark.parametrize("command", ["process", "refresh", "status", "verify"])
def test_the_commands_page_has_every_flag_and_no_other(root, build, command):
    section = (root / "docs" / "reference" / "commands.md").read_text().split(f"\n## tiledir-{command} ")[1].split("\n## ")[0]
    shown = re.findall(r"^\| `(--[\w-]+)", section, re.MULTILINE)
    known = re.findall(r"^  (?:-h,)?(--[\w-]+)", output_of(build, f"tiledir-{command}", "--help"), re.MULTILINE)
    assert set(shown) == set(known) - {"--help", "--version"}


def test_the_refresh_page_shows_commands_that_work(root, after_quickstart):
    lines = run_as_shown(block(root, "docs/howto/refresh.md", "try"), after_quickstart)
    assert sum(": is stale: " in line for line in lines) >= 1
    totals = [line for line in lines if line.startswith("level 10: ")]
    assert [line.endswith(" 0 faults") for line in totals] == [True, False, True]


def test_the_first_ten_minutes_are_commands_that_work(root, after_quickstart):
    before = (after_quickstart / "out" / "jacksboro" / "11" / "802" / "544.tif").read_bytes()
    run_as_shown(block(root, "docs/tutorial/first_ten_minutes.md", "next"), after_quickstart)
    out = after_quickstart / "out"
    assert (out / "jacksboro" / "11" / "802" / "544.tif").read_bytes() == before
    assert not (out / "finer").exists()
    for name in ("jacksboro", "part", "evening", "half.png", "utm.tif"):
        dataset = gdal.Open(str(out / name))
        assert dataset.GetRasterBand(1).ComputeRasterMinMax(False)[1] > 100, name


def test_the_readme_shows_the_recipe_that_lies_in_the_data(root, data):
    assert (data / "hillshade.yaml").read_text() in (root / "README.md").read_text()
    assert (data / "hillshade.yaml").read_text() in (root / "docs" / "reference" / "recipe.md").read_text()


def test_the_pixels_page_shows_what_its_commands_print(root, checkout):
    *expected, differing = block(root, "docs/explanation/pixels.md", "result").splitlines()
    printed = run_as_shown(block(root, "docs/explanation/pixels.md", "check"), checkout)
    assert [line for line in printed if line in expected] == expected
    tiles = gdal.Open(str(checkout / "out" / "check" / "tiles"))
    assert int(differing) <= int(printed[-1]) <= 20e-6 * tiles.RasterXSize * tiles.RasterYSize


def test_every_link_between_pages_leads_somewhere(root):
    pages = [root / "README.md", root / "autotest" / "data" / "README.md", *(root / "docs").rglob("*.md")]
    assert len(pages) > 5
    for page in pages:
        for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", page.read_text()):
            if not re.match(r"[a-z]+:", target):
                assert os.path.exists(page.parent / target), f"{page.name}: {target}"
                assert not anchor or anchor in anchors(page.parent / target if target else page), f"{page.name}: {target}#{anchor}"


def anchors(page):
    """Of the page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def sources(root):
    """All of our C++, literals that stand side by side joined."""
    files = [path for top in ("stac", "driver", "tools") for path in (root / top).rglob("*") if path.suffix in (".cpp", ".h")]
    return re.sub(r'"\s*"', "", "\n".join(path.read_text() for path in files))


def test_the_driver_page_shows_commands_that_work(root, after_quickstart):
    lines = run_as_shown(block(root, "docs/reference/driver.md", "examples"), after_quickstart)
    assert any(re.search(r"<File>out/jacksboro/11/\d+/\d+.tif</File>", line) for line in lines)
    assert not (after_quickstart / "out" / "classes").exists()
    for name in ("part.tif", "coarse.tif", "dem", "picture"):
        dataset = gdal.Open(str(after_quickstart / "out" / name))
        assert dataset.GetRasterBand(1).ComputeRasterMinMax(False)[1] > 100, name
    script = block(root, "docs/reference/driver.md", "python") + "print(hillshade.max())"
    done = subprocess.run(["/usr/bin/python3", "-c", script], cwd=after_quickstart, capture_output=True, text=True)
    assert done.returncode == 0 and int(done.stdout) > 100, done.stderr


def test_the_install_page_shows_commands_that_work(root, build, checkout, monkeypatch):
    monkeypatch.setenv("HOME", str(checkout / "home"))
    monkeypatch.delenv("GDAL_DRIVER_PATH")
    formats, version = run_as_shown(block(root, "docs/howto/install.md", "install"), checkout)[-2:]
    assert formats.split() == "TileDir -raster- (rw+vs): Directory of tiles with a STAC item".split()
    assert version == output_of(build, "tiledir", "--version").strip()
    assert formats.strip() in (root / "docs" / "howto" / "install.md").read_text()
    installed = checkout / "home" / ".local"
    assert (installed / "bin" / "tiledir-process").exists()
    run_as_shown(block(root, "docs/howto/install.md", "remove"), checkout)
    assert not [path for path in installed.rglob("*") if not path.is_dir()]


def test_messages_of_the_troubleshooting_page_are_those_of_the_programs(root):
    ours = sources(root)
    rows = between((root / "docs" / "howto" / "troubleshooting.md").read_text(), "## By message", "## What is tried again")
    messages = [cells[1] for cells in (line.split(" | ")[0].split("| ", 1) for line in rows.splitlines()) if len(cells) > 1]
    found = [each for cell in messages if "(GDAL)" not in cell and "(the store)" not in cell for each in re.findall(r"`([^`]+)`", cell)]
    assert len(found) > 8
    for message in found:
        assert message in ours, message


def test_the_troubleshooting_page_lists_each_event_of_the_log(root):
    rows = (root / "docs" / "howto" / "troubleshooting.md").read_text().split("## Lines of the log", 1)[1]
    listed = {name for line in rows.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split(" | ")[0])}
    assert listed == set(re.findall(r'"event=(\w+)', sources(root)))


def test_recipes_of_the_pages_fit_the_schema(root, build):
    yaml, jsonschema = pytest.importorskip("yaml"), pytest.importorskip("jsonschema")
    schema = json.loads(output_of(build, "tiledir", "recipe", "--schema"))
    seen = 0
    for page in [root / "README.md", *(root / "docs").rglob("*.md")]:
        for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
            jsonschema.validate(yaml.safe_load(text), schema)
            seen += 1
    assert seen > 2


def test_every_page_is_in_the_list_of_pages(root):
    docs = root / "docs"
    listed = (docs / "README.md").read_text()
    pages = [str(page.relative_to(docs)) for page in docs.rglob("*.md") if page != docs / "README.md"]
    assert len(pages) > 15
    assert [page for page in pages if f"({page})" not in listed] == []


def test_every_command_in_a_block_of_a_page_is_run(root):
    """Each block of commands has the mark by which a test of this file finds it."""
    here = (root / "autotest" / "tools" / "docs_test.py").read_text()
    found = 0
    for page in [root / "README.md", *(root / "docs").rglob("*.md")]:
        name = str(page.relative_to(root))
        for before in re.findall(r"(.*)\n```sh\n", page.read_text()):
            mark = re.fullmatch(r"<!-- (\w+) -->", before)
            assert mark and f'block(root, "{name}", "{mark[1]}")' in here, f"{name}: {before}"
            found += 1
    assert found > 5


def test_the_citation_is_of_this_version(root, build):
    assert f"version: {output_of(build, 'tiledir', '--version').split()[-1]}\n" in (root / "docs" / "CITATION.cff").read_text()
