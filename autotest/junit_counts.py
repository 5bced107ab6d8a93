"""Counts the test cases in JUnit files, as ctest and pytest write them: junit_counts.py FOLDER

Prints "N passed, N failed, N skipped" over all *.xml files of the folder.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    # ctest says skipped, too, of a test whose program it could not start.
    if case.get("status") == "notrun" and not case.find("skipped").get("message", "").startswith("SKIP_"):
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "disabled":
        return "skipped"
    return "passed"


def count(folder):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(Path(folder).glob("*.xml")):
        for case in ElementTree.parse(path).iter("testcase"):
            counts[outcome(case)] += 1
    return counts


if __name__ == "__main__":
    print(", ".join(f"{number} {word}" for word, number in count(sys.argv[1]).items()))
