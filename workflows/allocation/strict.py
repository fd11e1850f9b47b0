"""Reading JSON strictly: what is not exactly what was expected is refused with its place."""

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from workflows.allocation.model import InputRefused

Object = dict[str, Any]
Read = TypeVar("Read")
TOP = "file"  # the place of the outermost object


def parse(text: str) -> Any:
    """The JSON of a text without a single float in it. Raises InputRefused, also for a key that is there twice."""
    try:
        top = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise InputRefused(f"line {error.lineno}, column {error.colno}", f"expected JSON: {error.msg}") from None
    except InputRefused:
        raise
    except (ValueError, RecursionError):
        raise InputRefused(TOP, "expected JSON with numbers of reasonable length and depth") from None
    _refuse_floats("", top)
    return top


def keys(place: str, given: Any, required: frozenset[str], optional: frozenset[str] = frozenset()) -> None:
    """Raises InputRefused at the first key that is unknown or missing."""
    if not isinstance(given, dict):
        raise InputRefused(place, "expected an object")
    if given.keys() == required:
        return
    for key in given:
        if key not in required and key not in optional:
            raise InputRefused(
                key if place == TOP else f"{place}.{key}",
                f"unknown key, expected one of {', '.join(sorted(required | optional))}",
            )
    for key in sorted(required - given.keys()):
        raise InputRefused(key if place == TOP else f"{place}.{key}", "expected this key, it is missing")


def each(place: str, given: Any, reader: Callable[[str, Object], Read]) -> tuple[Read, ...]:
    """Every part of a list, read with its place."""
    if not isinstance(given, list):
        raise InputRefused(place, "expected a list")
    return tuple([reader(f"{place}[{index}]", one) for index, one in enumerate(given)])


def text(place: str, given: Any) -> str:
    """A text that is not blank."""
    if not isinstance(given, str) or not given.strip():
        raise InputRefused(place, f"expected a text, got {given!r}")
    return given


def texts(place: str, given: Any) -> tuple[str, ...]:
    """A list of texts that are not blank."""
    if not isinstance(given, list):
        raise InputRefused(place, "expected a list of texts")
    for index, one in enumerate(given):
        if not isinstance(one, str) or not one.strip():
            text(f"{place}[{index}]", one)
    return tuple(given)


def whole(place: str, given: Any) -> int:
    """A whole number from 0."""
    if type(given) is not int:
        raise InputRefused(place, f"expected a whole number, got {given!r}")
    if given < 0:
        raise InputRefused(place, f"expected no negative number, got {given}")
    return given


def _refuse_floats(place: str, given: Any) -> None:
    """A float is refused wherever it stands, before anything else is judged."""
    if isinstance(given, float):
        raise InputRefused(place or TOP, f"expected a whole number, got {given!r}")
    if isinstance(given, dict):
        for key, value in given.items():
            if isinstance(value, float | dict | list):
                _refuse_floats(f"{place}.{key}" if place else key, value)
    elif isinstance(given, list):
        for index, value in enumerate(given):
            if isinstance(value, float | dict | list):
                _refuse_floats(f"{place}[{index}]", value)


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise InputRefused(
            next(name for name in names if names.count(name) > 1), "this key is there twice in one object"
        )
    return found


def _no_number(word: str) -> NoReturn:
    raise InputRefused(TOP, f"expected whole numbers, got {word}")
