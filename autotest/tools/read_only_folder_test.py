"""Commands in a folder that the user may not write to."""

import pytest
from osgeo import gdal
from other_user import as_nobody, contents, seen_by_all  # noqa: F401 (a fixture)
from refresh_command_test import Folder

STORE_REFUSED = 4


@pytest.mark.parametrize("command", [["refresh", "--all", "--quiet"], ["verify", "--repair", "--quiet"]])
def test_what_would_be_written_is_refused_in_one_line_and_nothing_changes(build, seen_by_all, command):  # noqa: F811
    folder = Folder(seen_by_all / "out")
    folder.write_with_gdal(1, 1, 77)
    before = contents(folder.path)
    result = as_nobody(build / "bin" / "tiledir", *command, folder.path)
    assert result.returncode == STORE_REFUSED, result.stderr
    assert "needs write permission" in result.stderr and len(result.stderr.splitlines()) == 1
    assert contents(folder.path) == before
    assert (gdal.Open(str(folder.path)).ReadAsArray() == folder.pixels).all()


@pytest.mark.parametrize("command", [["refresh"], ["verify"]])
def test_what_has_nothing_to_write_works(build, seen_by_all, command):  # noqa: F811
    folder = Folder(seen_by_all / "out")
    before = contents(folder.path)
    result = as_nobody(build / "bin" / "tiledir", *command, folder.path)
    assert (result.returncode, result.stderr) == (0, "")
    assert contents(folder.path) == before
