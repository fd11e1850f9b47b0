"""An answer as a file from elsewhere gives it, read into the shape its question stores. Pure.

It may stand there as it is stored, or as a person types it in a cell: an amount with its marks, `ja`, a day, codes
beside each other, a period as `2027-01-01/2027-12-31`, a table or a budget as JSON, in
which amounts may be typed too.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from workflows.calls.asking import codes
from workflows.calls.form import Column, ColumnKind, Question, QuestionKind
from workflows.calls.sdg import GOALS
from workflows.calls.terms import Terms
from workflows.language import seen_length, tidy
from workflows.money import parse_amount
from workflows.problems import Problem
from workflows.submission.budget import FUNDERS, LINE_LENGTH, LINES, FunderStatus
from workflows.submission.shapes import fits

LARGEST = 10**15
"""No number and no amount (in cents) of an application comes near it."""
YES, NO = ("yes", "ja", "oui", "true", "1"), ("no", "nee", "non", "false", "0")
_LISTS = (QuestionKind.SEVERAL_OF, QuestionKind.PLACES, QuestionKind.SDG)
_CODES = (*_LISTS, QuestionKind.ONE_OF, QuestionKind.ZONE)
_BELGIAN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def read_answer(terms: Terms, question: Question, given: Any, language: str) -> Any:
    """The answer in its stored shape, None where there is none. `language`: the one amounts are typed in.

    Raises Problem on what cannot be read, has another shape, names a code the call does not have, or is too long.
    """
    try:
        value = _shaped(question, given, language)
    except Problem as problem:
        raise Problem(problem.code, field=question.id, **problem.reason.facts) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        _misshapen(question)
    if value in (None, "", [], {}):
        return None
    if not fits(question, value) or _out_of_reach(value):
        _misshapen(question)
    _known_codes(terms, question, value)
    _not_too_long(question, value)
    return value


def read_day(typed: str) -> str:
    """The ISO day in `2027-03-27` or `27/3/2027`. Raises Problem `day-unreadable`."""
    found = _BELGIAN_DAY.fullmatch(typed)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(typed)
    except ValueError:
        raise Problem("day-unreadable", typed=typed) from None
    if not 1900 <= day.year <= 2200:
        raise Problem("day-unreadable", typed=typed)
    return day.isoformat()


def _misshapen(question: Question) -> NoReturn:
    raise Problem("answer-misshapen", field=question.id, question=question.label.texts(), kind=str(question.kind))


def _shaped(question: Question, given: Any, language: str) -> Any:
    if isinstance(given, str) and question.kind in (QuestionKind.TABLE, QuestionKind.BUDGET):
        given = json.loads(given) if given.strip() else None
    if given is None:
        return None
    match question.kind:
        case QuestionKind.PERIOD:
            return _period(given)
        case QuestionKind.TABLE:
            rows = [_row(question.columns, row, language) for row in given]
            return [row for row in rows if any(cell is not None for cell in row.values())]
        case QuestionKind.BUDGET:
            return _budget(given, language)
        case kind if kind in _LISTS:
            listed = re.split(r"[\s,;]+", tidy(given)) if isinstance(given, str) else given
            return list(dict.fromkeys(code for code in listed if code != ""))
    return _plain(question.kind, given, language)


def _plain(kind: QuestionKind | ColumnKind, given: Any, language: str) -> Any:
    """A single value; what is no text is as it is stored already."""
    if not isinstance(given, str):
        return given
    typed = tidy(given)
    if not typed:
        return None
    match str(kind):
        case QuestionKind.AMOUNT:
            return parse_amount(typed, language)
        case QuestionKind.NUMBER:
            digits = re.sub(r"\s", "", typed)
            if not re.fullmatch(r"[0-9]{1,15}", digits):
                raise Problem("number-unreadable", typed=typed)
            return int(digits)
        case QuestionKind.DATE:
            return read_day(typed)
        case QuestionKind.YES_NO:
            if typed.lower() not in YES + NO:
                raise Problem("yes-no-unreadable", typed=typed)
            return typed.lower() in YES
    return typed


def _period(given: Any) -> Any:
    if isinstance(given, str):
        if not given.strip():
            return None
        starts, mark, ends = tidy(given).partition("/")
        if "/" in ends or not mark:  # days with slashes of their own
            raise Problem("period-unreadable", typed=given)
        given = {"from": starts.strip(), "to": ends.strip()}
    if set(given) != {"from", "to"}:
        raise ValueError
    days = {name: read_day(given[name]) if given[name] else None for name in ("from", "to")}
    return days if any(days.values()) else None


def _row(columns: tuple[Column, ...], given: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row with every column of the table; raises ValueError on one the table does not have."""
    if set(given) - {column.id for column in columns}:
        raise ValueError
    return {column.id: _plain(column.kind, given.get(column.id), language) for column in columns}


def _budget(given: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    def amount(typed: Any) -> Any:
        return _plain(QuestionKind.AMOUNT, typed, language)

    def text(typed: Any) -> Any:
        return _plain(QuestionKind.SHORT_TEXT, typed, language)

    if set(given) - {"lines", "own", "funders"}:
        raise ValueError
    lines = [
        {
            "category": line["category"], "label": text(line.get("label")), "amount": amount(line.get("amount")),
            "explanation": text(line.get("explanation")),
        }
        for line in given.get("lines") or ()
    ]  # fmt: skip
    funders = [
        {"name": text(one.get("name")), "amount": amount(one.get("amount")), "status": text(one.get("status"))}
        for one in given.get("funders") or ()
    ]  # fmt: skip
    own = amount(given.get("own"))
    return {"lines": lines, "own": own, "funders": funders} if lines or funders or own is not None else None


def _out_of_reach(value: Any) -> bool:
    """Whether there is a number in it that no application has."""
    match value:
        case dict():
            return any(_out_of_reach(part) for part in value.values())
        case list():
            return any(_out_of_reach(part) for part in value)
    return isinstance(value, int) and value > LARGEST


def _known_codes(terms: Terms, question: Question, value: Any) -> None:
    """Raise Problem `code-unknown` on a choice, zone, place, goal, heading or status that the call does not have."""
    if question.kind in _CODES:
        _among(question, codes(value), _offered(terms, question))
    elif question.kind is QuestionKind.TABLE:
        for column in question.columns:
            if column.kind is ColumnKind.ONE_OF:
                given = frozenset().union(*(codes(row[column.id]) for row in value))
                _among(question, given, frozenset(choice.code for choice in column.choices))
    elif question.kind is QuestionKind.BUDGET:
        headings = frozenset(category.code for category in terms.budget.categories) if terms.budget else frozenset()
        _among(question, frozenset(line["category"] for line in value["lines"]), headings)
        _among(question, frozenset(one["status"] for one in value["funders"] if one["status"]), frozenset(FunderStatus))


def _offered(terms: Terms, question: Question) -> frozenset[str]:
    match question.kind:
        case QuestionKind.ZONE:
            return frozenset(zone.code for zone in terms.zones)
        case QuestionKind.PLACES:
            return frozenset(place.code for zone in terms.zones for place in zone.places)
        case QuestionKind.SDG:
            return frozenset(GOALS)
    return frozenset(choice.code for choice in question.choices)


def _among(question: Question, given: frozenset[str], known: frozenset[str]) -> None:
    for code in sorted(given - known):
        raise Problem("code-unknown", field=question.id, given=code, known=sorted(str(one) for one in known))


def _not_too_long(question: Question, value: Any) -> None:
    """Raise Problem on a text longer than its question allows, or more lines than a budget has."""
    if isinstance(value, str):
        _fitting_length(question, value, question.max_length)
    elif question.kind is QuestionKind.TABLE:
        for column in question.columns:
            for row in value:
                _fitting_length(question, row[column.id], column.max_length)
    elif question.kind is QuestionKind.BUDGET:
        for row in (*value["lines"], *value["funders"]):
            for name in ("label", "explanation", "name"):
                _fitting_length(question, row.get(name), LINE_LENGTH)
        headings = [line["category"] for line in value["lines"]]
        if len(value["funders"]) > FUNDERS or any(headings.count(one) > LINES for one in set(headings)):
            raise Problem("lines-too-many", field=question.id, lines=LINES, funders=FUNDERS)


def _fitting_length(question: Question, text: Any, most: int | None) -> None:
    if most is not None and isinstance(text, str) and seen_length(text) > most:
        raise Problem("text-too-long", field=question.id, given=seen_length(text), most=most)
