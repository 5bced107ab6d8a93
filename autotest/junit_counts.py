"""Counts the test cases in JUnit files, as ctest and pytest write them: junit_counts.py FOLDER

Prints "N passed, N failed, N skipped" over all *.xml files of the folder, and then a line for each case that failed.
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


def cases(folder):
    for path in sorted(Path(folder).glob("*.xml")):
        yield from ElementTree.parse(path).iter("testcase")


def failure(case):
    """The case's name, and the first line of what it says."""
    said = next((child.get("message", "") for child in case if child.tag in ("failure", "error", "skipped")), "")
    names = [case.get("classname"), case.get("name")]
    name = names[1] if names[0] == names[1] else "::".join(names)
    return f"{name}: {said.splitlines()[0] if said else case.get('status', 'failed')}"


def main(folder):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failures = []
    for case in cases(folder):
        counts[outcome(case)] += 1
        if outcome(case) == "failed":
            failures.append(failure(case))
    print(", ".join(f"{number} {word}" for word, number in counts.items()))
    for line in failures:
        print(line)


if __name__ == "__main__":
    main(sys.argv[1])
