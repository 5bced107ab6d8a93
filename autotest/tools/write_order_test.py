"""What a program has made is durable when it says so, and in the order of docs/explanation/journal.md: seen by strace."""

import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "chaos"))

import write_order  # noqa: E402

CONTENT = "what replaces is durable before it has its name"
BELIEVED = "what is believed is durable before it has its name"
RECIPE = "redo is durable before the recipe changes"
TILES = "redo is durable before a tile changes"
WORDS = "tiles are durable before the journal says so"
GONE = "what replaces files of the journal is durable before they go"
END = "all is durable at the end"
RUN = {BELIEVED, RECIPE, TILES, WORDS, END}

# The rules that each has to be seen to keep.
SUBJECTS = {
    "run-in-new-folders": RUN,
    "other-parameter": RUN | {CONTENT},
    "other-grid": RUN | {CONTENT, GONE},
    "many-small-runs": RUN | {GONE},
    "long-run": RUN,
    "gdal-update": {CONTENT, BELIEVED, WORDS, END},
    "refresh": {CONTENT, END},
    "copy": {BELIEVED, END},
}


@pytest.fixture(params=["the temporary folder", "ramfs"])
def bench(request, tmp_path):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    if request.param != "ramfs":
        yield write_order.Bench(tmp_path)
        return
    with write_order.ramfs(tmp_path / "ramfs") as folder:
        if folder is None:
            pytest.skip("only root mounts")
        yield write_order.Bench(folder)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_is_said_or_named_before_it_is_durable(bench, subject):
    broken, checked = bench.broken(subject)
    assert broken == []
    assert SUBJECTS[subject] <= set(checked)
