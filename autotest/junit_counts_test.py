"""The counts of run.sh: the XML here is what ctest 3.25 and pytest 7.2 wrote for tests made to end so."""

import subprocess
import sys
from pathlib import Path

CTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux-c++" tests="5" failures="1" disabled="1" skipped="2">
	<testcase name="Tile.opens" classname="Tile.opens" time="0.01" status="run"><system-out></system-out></testcase>
	<testcase name="Tile.breaks" classname="Tile.breaks" time="0.01" status="fail">
		<failure message="Failed"/><system-out>Expected equality</system-out>
	</testcase>
	<testcase name="Tile.needs_data" classname="Tile.needs_data" time="0.01" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/><system-out></system-out>
	</testcase>
	<testcase name="Tile.waits" classname="Tile.waits" time="0" status="disabled">
		<system-out>Disabled</system-out>
	</testcase>
	<testcase name="Tile.has_no_program" classname="Tile.has_no_program" time="0" status="notrun">
		<skipped message="Unable to find executable"/><system-out></system-out>
	</testcase>
</testsuite>
"""

PYTEST = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.03">
<testcase classname="a_test" name="test_opens" time="0.001" />
<testcase classname="a_test" name="test_breaks" time="0.001"><failure message="assert 1 == 2">...</failure></testcase>
<testcase classname="a_test" name="test_needs_data" time="0.001"><skipped type="pytest.skip" message="absent">...</skipped>
</testcase>
<testcase classname="a_test" name="test_has_no_fixture" time="0.001"><error message="failed on setup">...</error></testcase>
</testsuite></testsuites>
"""


def printed(folder):
    script = Path(__file__).with_name("junit_counts.py")
    return subprocess.run([sys.executable, script, folder], check=True, capture_output=True, text=True).stdout.splitlines()


def test_tests_of_ctest_and_pytest_add_up(tmp_path):
    (tmp_path / "cpp.xml").write_text(CTEST)
    (tmp_path / "python.xml").write_text(PYTEST)
    assert printed(tmp_path) == [
        "2 passed, 4 failed, 3 skipped",
        "Tile.breaks: Failed",
        "Tile.has_no_program: Unable to find executable",
        "a_test::test_breaks: assert 1 == 2",
        "a_test::test_has_no_fixture: failed on setup",
    ]


def test_a_folder_without_results_counts_nothing(tmp_path):
    assert printed(tmp_path) == ["0 passed, 0 failed, 0 skipped"]
