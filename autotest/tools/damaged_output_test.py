"""An output whose own files were damaged or lost: the same command, or --overwrite, makes it as it should be."""

import shutil

import pytest
from conftest import snapshot

LEVELS = "8-11"


def empty(path):
    path.write_bytes(b"")


def zeros(path):
    path.write_bytes(bytes(20))


def half(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def gone(path):
    path.unlink()


DAMAGES = [empty, zeros, half, gone]


def tiles_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.tif")}


@pytest.fixture
def job(tiledir, jacksboro):
    def write(levels, **keys):
        hillshade = {"process": "hillshade", "input": {"dem": list(map(str, jacksboro))}, "threads": 2}
        return tiledir.recipe(**hillshade, output=str(tiledir.folder / "out"), levels=levels, **keys)

    return write


@pytest.fixture
def expected(tiledir, jacksboro):
    """Tiles of an output that nobody has disturbed."""

    def make(levels):
        folder = tiledir.folder / f"expected {levels}"
        keys = {"process": "hillshade", "input": {"dem": list(map(str, jacksboro))}, "levels": levels}
        tiledir.make(tiledir.recipe(f"{levels}.yaml", **keys, output=str(folder)))
        return tiles_in(folder)

    return make


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["version", "recipe.yaml", "inputs.json"])
def test_overwrite_makes_an_output_again_whose_own_file_is_damaged(tiledir, job, expected, name, damage):
    tiledir.make(job(LEVELS))
    damage(tiledir.folder / "out" / ".tiledir" / name)
    tiledir.make(job(LEVELS), "--overwrite")
    tiledir.make(job(LEVELS), "--check")
    assert tiles_in(tiledir.folder / "out") == expected(LEVELS)


@pytest.mark.parametrize("name, damage", [("recipe.yaml", half), ("inputs.json", half), ("inputs.json", gone)])
def test_what_cannot_be_understood_is_told_with_the_way_out(tiledir, job, name, damage):
    tiledir.make(job(LEVELS))
    damage(tiledir.folder / "out" / ".tiledir" / name)
    before = snapshot(tiledir.folder / "out")
    error = tiledir.refused(job(LEVELS))
    assert name in error and "--overwrite" in error
    assert snapshot(tiledir.folder / "out") == before


@pytest.mark.parametrize("damage", [empty, zeros, gone])
def test_a_run_without_its_recipe_leaves_no_tile_of_before(tiledir, job, expected, damage):
    tiledir.make(job(LEVELS))
    damage(tiledir.folder / "out" / ".tiledir" / "recipe.yaml")
    result = tiledir.run(job("8-10"))
    assert result.returncode == 0 and "event=recipe_lost" in result.stderr
    assert tiles_in(tiledir.folder / "out") == expected("8-10")


@pytest.mark.parametrize("damage", [empty, zeros])
def test_overwrite_makes_an_output_again_whose_journal_is_damaged_in_its_middle(tiledir, job, expected, damage):
    tiledir.make(job(LEVELS))
    first, *later = sorted((tiledir.folder / "out" / ".tiledir" / "journal").iterdir())
    assert later
    damage(first)
    assert "--overwrite" in tiledir.refused(job(LEVELS), code=3)
    tiledir.make(job("8-10"), "--overwrite")
    assert tiles_in(tiledir.folder / "out") == expected("8-10")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_journal_elsewhere_is_found_again_by_its_output(tiledir, job, expected, damage):
    journal = str(tiledir.folder / "journal")
    tiledir.make(job(LEVELS, journal=journal))
    pointer = tiledir.folder / "out" / ".tiledir" / "journal" / "elsewhere"
    whole = pointer.read_bytes()
    damage(pointer)
    before = tiles_in(tiledir.folder / "out")
    victim = next(iter((tiledir.folder / "out" / "11").rglob("*.tif")))
    victim.unlink()
    tiledir.make(job(LEVELS, journal=journal), "--check")
    assert tiles_in(tiledir.folder / "out") == before == expected(LEVELS)
    assert pointer.read_bytes() == whole


def test_a_journal_that_is_lost_is_told_with_the_way_out(tiledir, job, expected):
    journal = tiledir.folder / "journal"
    tiledir.make(job(LEVELS, journal=str(journal)))
    shutil.rmtree(journal)
    pointer = tiledir.folder / "out" / ".tiledir" / "journal" / "elsewhere"
    assert str(pointer) in tiledir.refused(job(LEVELS, journal=str(journal)))
    pointer.unlink()
    tiledir.make(job(LEVELS, journal=str(journal)))
    assert tiles_in(tiledir.folder / "out") == expected(LEVELS)
