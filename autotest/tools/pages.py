"""The pages as tests see them: fenced blocks, each with the mark above it, and the commands of a page run as they stand.

    <!-- run -->                 sh or python: the blocks of a page are one script, in the checkout's root after the quickstart
    <!-- prints -->              what the block before prints, among other lines; ... stands for anything
    <!-- file: relief.yaml -->   is written to that file before what follows runs
    <!-- run by FILE -->         another test runs it
    <!-- not run: why -->        a person runs it
"""

import dataclasses
import re
import subprocess

COMMANDS = ("sh", "bash", "console", "python")


@dataclasses.dataclass(frozen=True)
class Block:
    mark: str  # the comment above it, or nothing
    language: str
    text: str
    line: int  # of its fence, from 1


def pages(root):
    return [root / "README.md", root / "autotest" / "data" / "README.md", *sorted((root / "docs").rglob("*.md"))]


def blocks(page):
    """All that is fenced, in order."""
    found, lines = [], page.read_text().split("\n")
    at = 0
    while at < len(lines):
        if lines[at].startswith("```"):
            end = lines.index("```", at + 1)
            mark = re.fullmatch(r"<!-- (.*) -->", lines[at - 1])
            text = "".join(line + "\n" for line in lines[at + 1 : end])
            found.append(Block(mark[1] if mark else "", lines[at][3:], text, at + 1))
            at = end
        at += 1
    return found


def indented(page):
    """Lines of blocks that no fence says the language of: indented by four, after an empty line."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"(?:^|\n)\n    (\S.*)", text)


def script(page):
    """The commands of a page that are marked to be run, as one script for bash. Before each block it prints a line @@ LINE."""
    lines = ["set -euo pipefail"]
    for block in blocks(page):
        if file := re.fullmatch(r"file: (\S+)", block.mark):
            lines.append(f"cat >{file[1]} <<'@@'\n{block.text}@@")
        elif block.mark == "run":
            text = block.text if block.language != "python" else f"/usr/bin/python3 - <<'@@'\n{block.text}@@\n"
            lines.append(f"echo; echo '@@ {block.line}'\n{text}")
    return "\n".join(lines)


def run(page, folder, environment):
    """Runs them in a folder; what each block has printed, errors too, by the line of its fence."""
    command = ["bash", "-c", script(page)]
    result = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert result.returncode == 0, result.stdout[-4000:]
    parts = re.split(r"^@@ (\d+)\n", result.stdout, flags=re.MULTILINE)
    return {int(line): said.splitlines() for line, said in zip(parts[1::2], parts[2::2])}


def missing(expected, printed):
    """The first of the lines that was not printed, after those before it."""
    rest = iter(printed)
    for line in expected:
        pattern = ".*".join(map(re.escape, line.split("...")))
        if not any(re.fullmatch(pattern, other.rstrip()) for other in rest):
            return line
    return None
