"""The pages say what the programs do: generated tables, examples, commands and links."""

import json
import math
import os
import pathlib
import re
import shutil
import subprocess

import pages
import pytest
import python_peers
from go_program import NoGoProgram
from osgeo import gdal
from s3_server import S3Server

gdal.UseExceptions()
ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {str(page.relative_to(ROOT)): page for page in pages.pages(ROOT)}
RUN = [name for name, page in PAGES.items() if any(block.mark == "run" for block in pages.blocks(page))]


def between(text, begin, end):
    """What stands between two lines."""
    return text.split(f"\n{begin}\n", 1)[1].split(f"{end}\n", 1)[0]


def block(root, page, marker):
    """The fenced block below a marker comment."""
    return re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```\n", (root / page).read_text(), re.DOTALL)[1]


SOME_COUNTRY = {"type": "Polygon", "coordinates": [[[-84.4, 36.2], [-84.1, 36.2], [-84.2, 36.4], [-84.4, 36.2]]]}


def output_of(build, *command):
    return subprocess.run([str(build / "bin" / command[0]), *command[1:]], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(root, build, data, tmp_path):
    """Looks like the checkout after the quickstart, but what is made in it is made elsewhere."""
    for name in ("autotest", "tools", "stac", "driver"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / "build").symlink_to(build)
    shutil.copytree(root / "docs", tmp_path / "docs")
    command = [str(build / "bin" / "tiledir-process"), str(data / "hillshade.yaml"), "--output", "out/jacksboro", "--quiet"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def person(checkout):
    """The environment of somebody who has no build on the path and no plugin yet."""
    (checkout / "home").mkdir()
    path = [folder for folder in os.environ["PATH"].split(":") if not (pathlib.Path(folder) / "tiledir").exists()]
    others = {key: value for key, value in os.environ.items() if not re.match("GDAL_|AWS_|TILEDIR_|PYTEST", key)}
    return {**others, "PATH": ":".join(path), "HOME": str(checkout / "home")}


@pytest.fixture
def buckets(s3_programs, checkout, tmp_path_factory, jacksboro):
    """What the pages about S3 have: elevations, tiles, profiles with keys. The variables that name the server, which AWS's needs not."""
    with S3Server(tmp_path_factory.mktemp("buckets")) as server:
        (server.bucket("elevation") / "srtm").mkdir()
        for path in jacksboro:
            shutil.copy(path, server.bucket("elevation") / "srtm")
        server.bucket("tiles")
        (checkout / "country.geojson").write_text(json.dumps(SOME_COUNTRY))
        shutil.copytree(checkout / "out" / "jacksboro", server.bucket("maps") / "jacksboro")
        for bucket in ("elevation", "maps"):
            server.tag(bucket)
        config = server.gdal_config()
        (checkout / "home" / ".aws").mkdir()
        keys = [f"{name.lower()} = {config.pop(name)}\n" for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
        (checkout / "home" / ".aws" / "credentials").write_text("".join(["[survey]\n", *keys]))
        (checkout / "home" / ".aws" / "config").write_text(f"[profile survey]\nregion = {config.pop('AWS_REGION')}\n")
        yield config


@pytest.mark.parametrize("name", RUN)
def test_the_commands_of_a_page_do_what_it_says(name, build, checkout, person, request):
    for program in ("gdalinfo", "gdalwarp", "gdaldem"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if "cmake --install build" in pages.script(PAGES[name]) and not (build / "cmake_install.cmake").exists():
        pytest.skip("the build folder can install nothing")
    if "mapchete execute" in pages.script(PAGES[name]):
        try:
            person["PATH"] += f":{python_peers.programs()}"
        except (python_peers.NoMapchete, NoGoProgram) as reason:
            pytest.skip(str(reason))
    if "qgis.core" in pages.script(PAGES[name]):
        pytest.importorskip("qgis", reason="no QGIS: bash tools/install_packages.sh qgis")
    if "s3://" in pages.script(PAGES[name]):
        person.update(request.getfixturevalue("buckets"))
    printed = pages.run(PAGES[name], checkout, person)
    for before, after in zip(pages.blocks(PAGES[name]), pages.blocks(PAGES[name])[1:]):
        if after.mark == "prints":
            said = printed[before.line]
            missing = pages.missing(after.text.splitlines(), said)
            assert missing is None, f"{name}:{after.line}: {missing}\n" + "\n".join(said[-100:])
    if check := LEFT_BEHIND.get(name):
        check(checkout, printed)


def has_relief(*paths):
    for path in paths:
        dataset = gdal.Open(str(path))
        assert dataset.GetRasterBand(1).ComputeRasterMinMax(False)[1] > 100, path


def after_the_first_ten_minutes(checkout, _):
    has_relief(*(checkout / "out" / name for name in ("jacksboro", "part", "evening", "half.png", "utm.tif", "west")))
    assert not (checkout / "out" / "finer").exists()


def after_the_driver_page(checkout, _):
    has_relief(*(checkout / "out" / name for name in ("part.tif", "coarse.tif", "dem", "picture")))
    assert not (checkout / "out" / "classes").exists()


def after_the_pixels_page(checkout, printed):
    """Another GDAL may round a few pixels to the other side."""
    tiles = gdal.Open(str(checkout / "out" / "check" / "tiles"))
    assert int(list(printed.values())[-1][-1]) <= 20e-6 * tiles.RasterXSize * tiles.RasterYSize


def after_the_install_page(checkout, printed):
    for page in [*PAGES, "LICENSE"]:
        assert page.startswith("autotest") or any(line.endswith(f"/{page}") for line in list(printed.values())[0]), page
    assert not [path for path in (checkout / "home" / ".local").rglob("*") if not path.is_dir()]


def after_the_development_page(checkout, _):
    assert (checkout / "docs/reference/recipe.md").read_bytes() == (ROOT / "docs/reference/recipe.md").read_bytes()


LEFT_BEHIND = {
    "docs/tutorial/first_ten_minutes.md": after_the_first_ten_minutes,
    "docs/reference/driver.md": after_the_driver_page,
    "docs/explanation/pixels.md": after_the_pixels_page,
    "docs/howto/install.md": after_the_install_page,
    "docs/development.md": after_the_development_page,
}


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_commands_is_run_or_says_why_not(name):
    for block in pages.blocks(PAGES[name]):
        where = f"{name}:{block.line}"
        assert block.language, f"{where}: a fence names its language"
        if by := re.fullmatch(r"run by (\S+)", block.mark):
            assert PAGES[name].name in (ROOT / by[1]).read_text(), f"{where}: {by[1]} does not know this page"
        elif block.language == "json":
            json.loads(f"{{{block.text}}}")
        elif block.language in pages.COMMANDS:
            assert re.fullmatch(r"run|not run: \w.{9,}", block.mark), f"{where}: neither run nor said why not"
            for program in re.findall(r"(?:autotest|tools)/[\w/]+\.(?:py|sh)", block.text):
                assert (ROOT / program).exists(), f"{where}: {program}"
    assert pages.indented(PAGES[name]) == [], f"{name}: a block is fenced, so that its language tells whether it is run"


def test_what_pages_print_stands_below_what_prints_it():
    assert len(RUN) > 7
    for name in RUN:
        found = pages.blocks(PAGES[name])
        for before, after in zip([None, *found], found):
            assert after.mark != "prints" or before.mark == "run", f"{name}:{after.line}"


def test_a_page_whose_example_is_wrong_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- run -->\n```sh\necho level 10: 6 done, 0.1 s\n```\n\n<!-- prints -->\n```text\nlevel 10: ... s\n```\n\n    indented\n")
    (said,) = pages.run(page, tmp_path, os.environ).values()
    assert pages.missing(["level 10: ... s"], said) is None
    assert pages.missing(["level 11: ... s"], said) == "level 11: ... s"
    assert pages.indented(page) == ["indented"]
    page.write_text("<!-- run -->\n```sh\nfalse\necho here\n```\n")
    with pytest.raises(AssertionError):
        pages.run(page, tmp_path, os.environ)


@pytest.mark.parametrize(("page", "command"), [("recipe", "recipe"), ("processes", "processes --all")])
def test_a_page_of_tables_holds_what_the_command_prints(root, build, page, command):
    text = (root / "docs" / "reference" / f"{page}.md").read_text()
    shown = between(text, f"<!-- begin: tiledir {command} -->", f"<!-- end: tiledir {command} -->")
    assert shown == output_of(build, "tiledir", *command.split())


def test_the_processes_page_shows_a_recipe_of_each(root, build):
    text = (root / "docs" / "reference" / "processes.md").read_text()
    names = [line.split(":")[0] for line in output_of(build, "tiledir", "processes").splitlines()]
    assert len(names) > 1
    assert set(re.findall(r"^process: (\S+)$", text, re.MULTILINE)) == set(names)


def test_the_recipe_in_full_says_every_key(root, build):
    yaml = pytest.importorskip("yaml")
    recipe = yaml.safe_load(block(root, "docs/reference/recipe.md", "example"))
    whole = json.loads(output_of(build, "tiledir", "recipe", "--schema"))
    schema = whole["properties"]
    (kind,) = (kind for kind in whole["allOf"] if kind["if"]["properties"]["process"]["const"] == recipe["process"])
    parameters = kind["then"]["properties"]["parameters"]
    assert recipe["process"] in schema["process"]["anyOf"][0]["enum"]
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


def test_the_readme_shows_the_recipe_that_lies_in_the_data(root, data):
    assert (data / "hillshade.yaml").read_text() in (root / "README.md").read_text()
    assert (data / "hillshade.yaml").read_text() in (root / "docs" / "reference" / "recipe.md").read_text()


def test_every_link_between_pages_leads_somewhere(root):
    assert len(PAGES) > 15
    for page in PAGES.values():
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
    for page in PAGES.values():
        for block in pages.blocks(page):
            if block.language == "yaml":
                jsonschema.validate(yaml.safe_load(block.text), schema)
                seen += 1
    assert seen > 2


def test_every_page_is_in_the_list_of_pages(root):
    docs = root / "docs"
    listed = (docs / "README.md").read_text()
    names = [str(page.relative_to(docs)) for page in docs.rglob("*.md") if page != docs / "README.md"]
    assert [page for page in names if f"({page})" not in listed] == []


def test_the_citation_is_of_this_version(root, build):
    assert f"version: {output_of(build, 'tiledir', '--version').split()[-1]}\n" in (root / "docs" / "CITATION.cff").read_text()
