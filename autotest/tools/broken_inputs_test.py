"""A run over pixels that cannot be read says which."""

import json

import pytest
from broken_sources import BROKEN, program


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("grid", ["WebMercatorQuad", "EuropeanETRS89_LAEAQuad"])
def test_a_run_over_a_source_that_cannot_be_read_says_which(tmp_path, build, broken, grid):
    source = broken(tmp_path)
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(json.dumps({"process": "hillshade", "input": {"dem": str(source)}, "grid": grid,
                                  "output": str(tmp_path / "out")}))
    for _ in range(2):  # the second run makes what failed again
        made = program(build / "bin" / "tiledir-process", recipe)
        assert made.returncode in (2, 3)
        assert BROKEN[broken] in made.stderr
        assert "unknown cause" not in made.stderr and "no reason" not in made.stderr
