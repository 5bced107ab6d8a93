"""What an output's journal says of its tiles, read as docs/explanation/journal.md describes it, without tiledir's own code."""

import pathlib
import zlib

HEADING = b"tiledir journal 1"


class Damaged(Exception):
    """A file that no journal would hold: cut short, or something else."""


def number_at(data, at):
    """A number of 7 bits a byte, the lowest first, and where the next one begins."""
    number = shift = 0
    while True:
        if at >= len(data):
            raise Damaged("ends in the middle of a number")
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def unfolded(number):
    return number >> 1 ^ -(number & 1)


def packed_tiles(data):
    """Rows and columns of a packed set."""
    at = row = 0
    while at < len(data):
        step, at = number_at(data, at)
        runs, at = number_at(data, at)
        row, after = row + unfolded(step), 0
        for _ in range(runs):
            left_out, at = number_at(data, at)
            length, at = number_at(data, at)
            first = after + unfolded(left_out)
            after = first + length + 1
            yield from ((row, col) for col in range(first, after))


def text_of(content):
    """What is below the heading, unpacked."""
    heading, _, rest = content.partition(b"\n")
    if heading == HEADING:
        return rest
    if heading != HEADING + b" packed":
        raise Damaged("has no heading")
    size, at = number_at(rest, 0)
    try:
        text = zlib.decompress(rest[at:])
    except zlib.error as error:
        raise Damaged(str(error)) from error
    if len(text) != size:
        raise Damaged("is of another size than it says")
    return text


def statements(content):
    """Word, level and the rows and columns of each line of a file."""
    text, at = text_of(content), 0
    while at < len(text):
        line, _, _ = text[at:].partition(b"\n")
        at += len(line) + 1
        words = line.decode().split()
        if len(words) < 4:
            raise Damaged(f"has the line '{line.decode()}'")
        if words[2] == "packed":
            size = int(words[3])
            yield words[0], words[1], packed_tiles(text[at : at + size])
            at += size
        else:
            row, first, last = map(int, words[2:5])
            yield words[0], words[1], ((row, col) for col in range(first, last + 1))


def journal_of(folder):
    """Where the journal of an output lies."""
    journal = folder / ".tiledir" / "journal"
    elsewhere = journal / "elsewhere"
    lines = elsewhere.read_text().splitlines() if elsewhere.exists() else []
    return pathlib.Path(lines[0]) if lines else journal


def journal_words(folder):
    """{(level, row, column): its last word} of an output folder; what cannot be read says nothing."""
    said = {}
    for path in sorted(journal_of(folder).glob("????????-*")):
        try:
            found = [(word, level, list(tiles)) for word, level, tiles in statements(path.read_bytes())]
        except (Damaged, ValueError):
            continue
        for word, level, tiles in found:
            said.update(((level, row, col), word) for row, col in tiles)
    return said
