"""Ranking lists in the sheets of an XLSX workbook, into the exchange format. The columns are those of `lists.py`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from workflows.allocation.lists import BETWEEN, Line, objects, text, whole
from workflows.allocation.model import InputRefused
from workflows.allocation.strict import Object

LISTS = ("applications", "envelopes", "limits", "overrides")
TOP_SHEET = "call"
NO_WORKBOOK = (InvalidFileException, BadZipFile, OSError, KeyError, ValueError, EOFError)


def read_workbook(path: Path) -> Object:
    """The sheets of a workbook: `applications`, and where there are any `envelopes`, `limits`, `overrides`, and `call`
    with a key and its value on each row. A workbook of one sheet is a list of applications. Raises InputRefused.
    """
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheets = {name: list(_lines(name, book[name].iter_rows(values_only=True))) for name in book.sheetnames}
        book.close()
    except NO_WORKBOOK as error:
        raise InputRefused("file", f"expected an XLSX workbook: {error}") from None
    if len(sheets) == 1:
        return {"applications": list(objects(next(iter(sheets.values()))))}
    found: Object = {}
    for name, lines in sheets.items():
        if name == TOP_SHEET:
            found |= _top(lines)
        elif name in LISTS:
            found[name] = list(objects(lines))
        else:
            raise InputRefused(f"sheet {name}", f"unknown sheet, expected one of {', '.join((*LISTS, TOP_SHEET))}")
    return found


def _lines(sheet: str, rows: Iterable[Sequence[Any]]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        yield Line(f"sheet {sheet}, row {number}", row)


def _top(lines: Sequence[Line]) -> Object:
    """The keys of a call that are no lists, one per row."""
    found: Object = {}
    for line in lines:
        cells = [cell for cell in line.cells if text(cell)]
        if not cells:
            continue
        if len(cells) != 2:
            raise InputRefused(line.place, "expected a key and its value")
        key = text(cells[0])
        if key in found:
            raise InputRefused(line.place, f"{key} is there twice")
        if key in ("pass_mark", "least_award"):
            found[key] = whole(line.place, cells[1])
        elif key in ("ties", "ranked_within"):
            found[key] = [part.strip() for part in text(cells[1]).split(BETWEEN)]
        else:
            found[key] = text(cells[1])
    return found
