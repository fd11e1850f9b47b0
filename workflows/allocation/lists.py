"""Ranking lists as people keep them, in CSV, into the exchange format; `workbook.py` has those in XLSX.

A list has a line of names and a line per application; the names are the keys of the format. Amounts are whole cents
and scores whole 1/100 points, as in JSON; under `requested_eur`, `minimum_eur`, `amount_eur` and `score_points` they
may be typed as 12500.00 or 74,56 and are read exactly, digit by digit. Everything is refused with its line and name.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from workflows.allocation.model import InputRefused
from workflows.allocation.strict import Object

WHOLE = ("score", "requested", "minimum", "amount", "award", "max_awards", "max_amount", "min_awards")
HUNDREDTHS = {
    "requested_eur": "requested", "minimum_eur": "minimum", "amount_eur": "amount", "award_eur": "award",
    "max_amount_eur": "max_amount", "score_points": "score",
}  # fmt: skip
BETWEEN = "|"
_DECIMAL = re.compile(r"(\d+)(?:[.,](\d{1,2}))?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_LONGEST = 15  # digits of a number: a thousand billion euros in cents


class Line(NamedTuple):
    """A line of a list: where it stands, and what its cells hold."""

    place: str
    cells: Sequence[Any]


def read_csv(path: Path) -> Object:
    """The applications of a CSV file, separated by comma, semicolon or tab, in UTF-8. Raises InputRefused."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefused(f"byte {error.start}", "expected text in UTF-8") from None
    separator = max(";,\t", key=content.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    try:
        lines = [Line(f"line {rows.line_num}", row) for row in rows]
    except csv.Error as error:
        raise InputRefused(f"line {rows.line_num}", f"expected CSV: {error}") from None
    return {"applications": list(objects(lines))}


def objects(lines: Sequence[Line]) -> Iterator[Object]:
    """Each line that holds anything as an object of the format, named by the first. Raises InputRefused."""
    full = [line for line in lines if any(text(cell) for cell in line.cells)]
    if not full:
        raise InputRefused(lines[0].place if lines else "file", "expected a line with the names of the columns")
    names = [text(cell) for cell in full[0].cells]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            raise InputRefused(f"{full[0].place}, column {name}", "this column is there twice")
    for line in full[1:]:
        yield _object(line, names)


def _object(line: Line, names: Sequence[str]) -> Object:
    found: Object = {}
    for at, cell in enumerate(line.cells):
        if not text(cell):
            continue
        name = names[at] if at < len(names) else ""
        if not name:
            raise InputRefused(f"{line.place}, cell {at + 1}", "expected nothing where the line of names has no name")
        key, value = _value(f"{line.place}, column {name}", name, cell)
        if key in found:
            raise InputRefused(f"{line.place}, column {name}", f"{key} is already in another column")
        found[key] = value
    return found


def _value(place: str, name: str, cell: Any) -> tuple[str, Any]:
    if name == "groups":
        return name, [part.strip() for part in text(cell).split(BETWEEN) if part.strip()]
    reader: Callable[[str, Any], Any] = whole if name in WHOLE else _hundredths if name in HUNDREDTHS else _word
    return HUNDREDTHS.get(name, name), reader(place, cell)


def _word(place: str, cell: Any) -> str:
    if isinstance(cell, bool | date):
        raise InputRefused(place, f"expected a text, got {text(cell)}")
    return text(cell)


def whole(place: str, cell: Any) -> int:
    """The whole number a cell holds. Raises InputRefused."""
    if isinstance(cell, bool) or not _DIGITS.fullmatch(text(cell)) or len(text(cell)) > _LONGEST:
        raise InputRefused(place, f"expected a whole number, got {text(cell)!r}")
    return int(text(cell))


def _hundredths(place: str, cell: Any) -> int:
    """Hundredths of what was typed with at most two decimals; the digits are read, never a binary fraction."""
    match = _DECIMAL.fullmatch(text(cell))
    if match is None or isinstance(cell, bool) or len(text(cell)) > _LONGEST:
        raise InputRefused(place, f"expected a number with at most two decimals, got {text(cell)!r}")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def text(cell: Any) -> str:
    """A cell as it is written, nothing for an empty one. A number of a workbook is written as shortly as it reads
    back, which is what was typed."""
    return "" if cell is None else str(cell).strip()
