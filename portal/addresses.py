"""What an address may hold: the number of a row is never larger than one, or a database would break over it."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1
"""The largest number of a row on every database."""


class RowNumber(IntegerConverter):
    """`<int:…>` in a route: a larger number is the address of nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def install(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber


def row_number(typed: str | None) -> int | None:
    """The number of a row that a query or a form names; None where it names none."""
    if not typed or not (typed.isascii() and typed.isdecimal() and len(typed) <= 10):
        return None
    found = int(typed)
    return found if found <= LARGEST_ID else None
