"""The rules of docs/explanation/journal.md, "What durable means", of the calls that a program has made in an output."""

import os
import re

from power_cut_model import Disk

TILE = re.compile(r"(\d+)/(\d+)/(\d+)\.\w+$")
BELIEVED = {"stac.json", ".tiledir/version", ".tiledir/recipe.yaml", ".tiledir/inputs.json"}
JOURNAL = ".tiledir/journal/"
INPUTS = ".tiledir/inputs.json"
RECIPE = ".tiledir/recipe.yaml"


def words_of(text):
    """Kind, level, row, col of each tile that a file of the journal names."""
    lines = text.decode().splitlines()
    assert lines and lines[0] == "tiledir journal 1", f"{lines[:1]}: a packed file: take a smaller output"
    found = set()
    for line in lines[1:]:
        kind, level, row, first, last = line.split()[:5]
        found |= {(kind, f"{level}/{row}/{col}") for col in range(int(first), int(last) + 1)}
    return found


class Rules:
    """Of one program and one output; `says` what is broken, with lines of the log."""

    def __init__(self, output, is_run):
        self.disk = Disk(output)
        self.is_run = is_run
        self.broken = []
        self.checked = {}
        self.last = {}  # of a name: its last change
        self.redo = []
        folder = os.path.join(self.disk.root, JOURNAL)
        self.words = {}  # of files of the journal that are there or were
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), "rb") as file:
                self.words[JOURNAL + name] = words_of(file.read())

    def want(self, rule, is_kept, path, *lines):
        self.checked[rule] = self.checked.get(rule, 0) + 1
        if not is_kept:
            self.broken.append(f"{rule}: {path} at line {', '.join(map(str, lines))}")

    def see(self, call):
        change = self.disk.apply(call)
        if change is None:
            return
        key = os.path.relpath(change.path, self.disk.root)
        if key.startswith(".tiledir/tmp/"):
            return
        self.check_content(key, change)
        if key.startswith(JOURNAL):
            self.check_journal(key, change)
        elif tile := TILE.match(key):
            self.check_tile(key, change)
            self.last["/".join(tile.groups())] = change
        elif key == RECIPE and self.is_run and change.kind != "removed":
            kept = self.is_redo_durable(change.begin)
            self.want("redo is durable before the recipe changes", kept, key, change.begin)
        self.last[key] = change

    def check_content(self, key, change):
        if change.kind == "replaced":
            kept = self.disk.has_content(change.content, change.begin)
            self.want("what replaces is durable before it has its name", kept, key, change.begin)
        if change.kind != "removed" and (key in BELIEVED or key.startswith(JOURNAL)):
            kept = self.disk.has_content(change.content, change.begin)
            self.want("what is believed is durable before it has its name", kept, key, change.begin)

    def is_redo_durable(self, until):
        return any(self.disk.is_durable(redo, until) for redo in self.redo)

    def is_wiping(self, until):
        inputs = self.last.get(INPUTS)
        return inputs is not None and inputs.kind == "removed" and self.disk.is_durable(inputs, until)

    def check_tile(self, key, change):
        if not self.is_run:
            return
        kept = self.is_redo_durable(change.begin) or (change.kind == "removed" and self.is_wiping(change.begin))
        self.want("redo is durable before a tile changes", kept, key, change.begin)

    def check_journal(self, key, change):
        name = os.path.basename(key)
        if name in ("elsewhere", "output"):
            return
        if change.kind == "removed":
            self.check_removed_word(key, change)
            return
        self.words[key] = words_of(change.content.text)
        if "-0redo-" in name:
            self.redo.append(change)
        for kind, tile in self.words[key]:
            before = self.last.get(tile)
            if kind in ("stored", "empty", "foreign") and before:
                kept = self.disk.is_durable(before, change.begin)
                where = f"{tile} in {name}"
                self.want("tiles are durable before the journal says so", kept, where, before.begin, change.begin)

    def check_removed_word(self, key, change):
        said = {tile for _, tile in self.words[key]}
        kept = any(
            said <= {tile for _, tile in self.words[other]}
            for other, word in self.last.items()
            if other.startswith(JOURNAL) and word.kind != "removed" and self.disk.is_durable(word, change.begin)
        )
        if not kept and self.is_wiping(change.begin):
            tiles = [last for other, last in self.last.items() if TILE.match(other)]
            kept = all(self.disk.is_durable(last, change.begin) for last in tiles)
        self.want("what replaces files of the journal is durable before they go", kept, key, change.begin)

    def check_end(self, line):
        """All names are durable, but intents and what is deleted of the journal."""
        for key, change in self.last.items():
            is_state = key in BELIEVED or (key.startswith(JOURNAL) and change.kind != "removed")
            if is_state or TILE.match(key):
                self.want("all is durable at the end", self.disk.is_durable(change, line), key, change.begin, line)
