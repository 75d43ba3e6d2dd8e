"""What the library that reads workbooks doesn't tell: merged cells, hidden rows; Strict Open XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from defusedxml.ElementTree import fromstring

STRICT = b"http://purl.oclc.org/ooxml/"
TRANSITIONAL = (
    (b"spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
)
"""The names of Strict Open XML, and those that are read."""

ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")
ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*\bhidden=["'](?:1|true)["'][^>]*>""")
COLUMN = re.compile(rb"""<(?:\w+:)?col\b[^>]*\bhidden=["'](?:1|true)["'][^>]*>""")
ATTRIBUTE = re.compile(rb"""\b(r|min|max)=["']([0-9]+)["']""")
MOST_HIDDEN = 1000
"""Hidden columns that are named: more are a rest of the sheet that nobody uses."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands in a sheet's part beside its cells: rows from 1, columns from 0."""

    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    formulas: bool = False


def transitional(data: bytes) -> bytes:
    """Return a workbook in the names that are read; one in Strict Open XML is written anew."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        if STRICT not in given.read("xl/workbook.xml"):
            return data
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
            for name in given.namelist():
                out.writestr(name, _renamed(given.read(name)))
    return made.getvalue()


def facts(data: bytes) -> dict[str, SheetFacts]:
    """Return what each sheet of a workbook says beside its cells, by the sheet's title."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        there = set(archive.namelist())
        return {title: _facts(archive.read(part)) for title, part in _parts(archive) if part in there}


def _renamed(text: bytes) -> bytes:
    for end, name in TRANSITIONAL:
        text = text.replace(STRICT + end, name)
    return text


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet's title and the part that holds it."""
    related = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): each.get("Target", "") for each in related}
    for element in fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            target = targets.get(element.get(ID), "")
            yield element.get("name", ""), normpath(join("/xl", target)).lstrip("/")


def _facts(text: bytes) -> SheetFacts:
    rows = (dict(ATTRIBUTE.findall(found[0])) for found in ROW.finditer(text))
    columns = (dict(ATTRIBUTE.findall(found[0])) for found in COLUMN.finditer(text))
    return SheetFacts(
        tuple(_merge(*found.groups()) for found in MERGE.finditer(text)),
        tuple(int(row[b"r"]) for row in rows if b"r" in row),
        tuple(place for each in columns for place in _places(each))[:MOST_HIDDEN],
        FORMULA.search(text) is not None,
    )


def _merge(left: bytes, top: bytes, right: bytes, bottom: bytes) -> tuple[int, int, int, int]:
    return int(top), _column(left), int(bottom), _column(right)


def _places(column: dict[bytes, bytes]) -> range:
    first = int(column.get(b"min", b"1"))
    return range(first - 1, min(int(column.get(b"max", b"1")), first + MOST_HIDDEN))


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + letter - 64
    return place - 1
