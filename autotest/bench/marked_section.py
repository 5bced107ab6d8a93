"""Replaces what stands between two marker comments of a document: <!-- NAME --> and <!-- /NAME -->."""

import pathlib


def replace(document, name, text):
    path = pathlib.Path(document)
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = path.read_text().partition(opening)
    _, closed, after = rest.partition(closing)
    if not found or not closed:
        raise SystemExit(f"{document}: has no {opening} ... {closing} to fill")
    path.write_text(f"{before}{opening}\n{text.strip()}\n{closing}{after}")
