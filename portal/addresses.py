"""What the text of an address or a form can name: a row, an instant, a page of ours. Whatever else names nothing."""

import re
from datetime import UTC, datetime

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

LARGEST_ID = 2**31 - 1
"""The largest number of a row on every database."""
PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
"""A path of this portal. Browsers drop control characters and read a backslash as a slash, so neither may be in it."""


class RowNumber(IntegerConverter):
    """`<int:…>` in a route: ten plain digits at most; a larger number is the address of nothing."""

    regex = "[0-9]{1,10}"
    part_isolating = True

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


class Name(UnicodeConverter):
    """`<…>` in a route: no control character, which no name has and no database takes."""

    def __init__(self, map: Map) -> None:
        super().__init__(map)
        self.regex = r"[^/\x00-\x1f\x7f]+"


def install(app: Flask) -> None:
    app.url_map.converters |= {"int": RowNumber, "default": Name, "string": Name}


def row_number(typed: str | None) -> int | None:
    """The number of a row that a query or a form names; None where it names none."""
    if not typed or not (typed.isascii() and typed.isdecimal() and len(typed) <= 10):
        return None
    found = int(typed)
    return found if found <= LARGEST_ID else None


def instant(typed: str | None) -> datetime | None:
    """The instant (UTC) that a form names; None where it names none, or one without its zone."""
    try:
        found = datetime.fromisoformat(typed or "")
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):  # no date at all, or one that falls out of the calendar
        return None


def page_of_ours(target: str | None) -> str | None:
    """The path of this portal that a return address names; None for another site and for what is no path."""
    return target if target and PATH.fullmatch(target) else None
