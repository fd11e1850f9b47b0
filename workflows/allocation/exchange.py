"""The exchange format of `oproep allocate`: strict reading, canonical writing, the result with its fingerprint."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NoReturn, TypeVar

from workflows.allocation.checks import check
from workflows.allocation.model import (
    AllocationInput,
    Candidate,
    Envelope,
    InputRefused,
    Limit,
    Override,
    Refusal,
    Result,
    Seed,
)
from workflows.canonical import canonical, fingerprint

Object = dict[str, Any]
Read = TypeVar("Read")

TOP = {"call", "rule", "pass_mark", "applications", "envelopes"}
TOP_OPTIONAL = {"limits", "ties", "overrides", "frozen"}


def read(text: str) -> AllocationInput:
    """The allocation described by a JSON text in the exchange format.

    Raises InputRefused with the place and what was expected there: for text that is no JSON, unknown, missing
    or repeated keys, numbers that are not whole, and everything `checks.check` refuses.
    """
    try:
        top = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise InputRefused(f"line {error.lineno}, column {error.colno}", f"expected JSON: {error.msg}") from None
    except InputRefused:
        raise
    except (ValueError, RecursionError):
        raise InputRefused("file", "expected JSON with numbers of reasonable length and depth") from None
    _refuse_floats("", top)
    _keys("file", top, TOP, TOP_OPTIONAL)
    data = AllocationInput(
        call=_text("call", top["call"]),
        rule=_text("rule", top["rule"]),
        pass_mark=_whole("pass_mark", top["pass_mark"]),
        candidates=_each("applications", top["applications"], _candidate),
        envelopes=_each("envelopes", top["envelopes"], _envelope),
        limits=_each("limits", top.get("limits", []), _limit),
        ties=_ties(top["ties"]) if "ties" in top else AllocationInput.ties,
        overrides=_each("overrides", top.get("overrides", []), _override),
        frozen=_frozen(top.get("frozen", {})),
    )
    check(data)
    return data


def to_json(data: AllocationInput) -> str:
    """The one text for these inputs: the same for every order in which they are given. `read` reads it back."""
    return canonical(to_data(data))


def to_data(data: AllocationInput) -> Object:
    """The inputs in the exchange format, everything explicit, lists in order of id."""
    return {
        "call": data.call,
        "rule": data.rule,
        "pass_mark": data.pass_mark,
        "applications": _by_id(data.candidates),
        "envelopes": _by_id(data.envelopes),
        "limits": _by_id(data.limits),
        "ties": [{"seed": tie.seed} if isinstance(tie, Seed) else tie for tie in data.ties],
        "overrides": _by_id(data.overrides),
        "frozen": dict(data.frozen),
    }


def refusal_to_data(refusal: Refusal) -> Object:
    """A refusal in the exchange format; what does not apply to its cause is null."""
    return asdict(refusal)


def result_to_json(data: AllocationInput, result: Result) -> Object:
    """The result in the exchange format; a rank rule proves nothing about an optimum, so its bound is null."""
    return {
        "call": data.call,
        "rule": data.rule,
        "awards": dict(sorted(result.awards.items())),
        "reserve": list(result.reserve),
        "refusals": [refusal_to_data(refusal) for refusal in result.refusals],
        "envelopes": [asdict(use) for use in result.envelopes],
        "overtakings": [list(pair) for pair in result.overtakings],
        "overrides": _by_id(data.overrides),
        "frozen": dict(sorted(data.frozen.items())),
        "bookings": [list(booking) for booking in result.bookings],
        "floors_missed": [asdict(floor) for floor in result.floors_missed],
        "below_minimum": list(result.below_minimum),
        "value": result.value,
        "bound": None,
        "proved": None,
        "certificate": None,
        "fingerprint": fingerprint(to_data(data)),
    }


result_to_data = result_to_json


def _by_id(things: Sequence[Candidate | Envelope | Limit | Override]) -> list[Object]:
    return [
        {name: sorted(value) if name == "groups" else value for name, value in vars(thing).items() if value is not None}
        for thing in sorted(things, key=lambda thing: thing.id)
    ]


def _candidate(place: str, one: Object) -> Candidate:
    _keys(place, one, {"id", "applicant", "score", "requested"}, {"minimum", "groups"})
    requested = _whole(f"{place}.requested", one["requested"])
    return Candidate(
        id=_text(f"{place}.id", one["id"]),
        applicant=_text(f"{place}.applicant", one["applicant"]),
        score=_whole(f"{place}.score", one["score"]),
        requested=requested,
        minimum=_whole(f"{place}.minimum", one.get("minimum", requested)),
        groups=frozenset(_texts(f"{place}.groups", one.get("groups", []))),
    )


def _envelope(place: str, one: Object) -> Envelope:
    _keys(place, one, {"id", "amount", "groups", "policy"}, set())
    return Envelope(
        id=_text(f"{place}.id", one["id"]),
        amount=_whole(f"{place}.amount", one["amount"]),
        groups=_texts(f"{place}.groups", one["groups"]),
        policy=_text(f"{place}.policy", one["policy"]),
    )


def _limit(place: str, one: Object) -> Limit:
    numbers = ("max_awards", "max_amount", "min_awards")
    _keys(place, one, {"id", "per"}, set(numbers))
    given = [_whole(f"{place}.{name}", one[name]) if name in one else None for name in numbers]
    return Limit(_text(f"{place}.id", one["id"]), _text(f"{place}.per", one["per"]), *given)


def _override(place: str, one: Object) -> Override:
    _keys(place, one, {"id", "award", "reason"}, set())
    return Override(
        id=_text(f"{place}.id", one["id"]),
        award=_whole(f"{place}.award", one["award"]),
        reason=_text(f"{place}.reason", one["reason"]),
    )


def _ties(given: Any) -> tuple[str | Seed, ...]:
    """Tie keys in order; a published seed may stand alone."""
    if isinstance(given, dict):
        return (_seed("ties", given),)
    if not isinstance(given, list):
        raise InputRefused("ties", 'expected a list of keys or {"seed": "..."}')
    return tuple(
        _seed(f"ties[{index}]", tie) if isinstance(tie, dict) else _text(f"ties[{index}]", tie)
        for index, tie in enumerate(given)
    )


def _seed(place: str, given: Object) -> Seed:
    _keys(place, given, {"seed"}, set())
    return Seed(_text(f"{place}.seed", given["seed"]))


def _frozen(given: Any) -> Mapping[str, int]:
    if not isinstance(given, dict):
        raise InputRefused("frozen", "expected an object of awards in cents by application id")
    return {id: _whole(f"frozen.{id}", award) for id, award in given.items()}


def _each(place: str, given: Any, reader: Callable[[str, Object], Read]) -> tuple[Read, ...]:
    if not isinstance(given, list):
        raise InputRefused(place, "expected a list")
    return tuple(reader(f"{place}[{index}]", one) for index, one in enumerate(given))


def _keys(place: str, given: Any, required: set[str], optional: set[str]) -> None:
    if not isinstance(given, dict):
        raise InputRefused(place, "expected an object")
    for key in given:
        if key not in required | optional:
            raise InputRefused(
                key if place == "file" else f"{place}.{key}",
                f"unknown key, expected one of {', '.join(sorted(required | optional))}",
            )
    for key in sorted(required - given.keys()):
        raise InputRefused(key if place == "file" else f"{place}.{key}", "expected this key, it is missing")


def _text(place: str, given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise InputRefused(place, f"expected a text, got {given!r}")
    return given


def _texts(place: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise InputRefused(place, "expected a list of texts")
    return tuple(_text(f"{place}[{index}]", text) for index, text in enumerate(given))


def _whole(place: str, given: Any) -> int:
    if type(given) is not int:
        raise InputRefused(place, f"expected a whole number, got {given!r}")
    if given < 0:
        raise InputRefused(place, f"expected no negative number, got {given}")
    return given


def _refuse_floats(place: str, given: Any) -> None:
    """A float is refused wherever it stands, before anything else is judged."""
    if isinstance(given, float):
        raise InputRefused(place or "file", f"expected a whole number, got {given!r}")
    if isinstance(given, dict):
        for key, value in given.items():
            _refuse_floats(f"{place}.{key}" if place else key, value)
    elif isinstance(given, list):
        for index, value in enumerate(given):
            _refuse_floats(f"{place}[{index}]", value)


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found: Object = {}
    for key, value in pairs:
        if key in found:
            raise InputRefused(key, "this key is there twice in one object")
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise InputRefused("file", f"expected whole numbers, got {word}")
