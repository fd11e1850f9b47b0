"""Whether a stored answer has the shape its question stores. Pure.

A new version of the terms may ask under the same id in another way; an answer to the old question is none to the new
one. It stays in the draft, and nothing reads it as what it is not.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.calls.form import ColumnKind, Question, QuestionKind
from workflows.calls.terms import Terms
from workflows.submission.unread import is_unread, readable


def fitting(terms: Terms, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count, without those that do not have the shape of their question."""
    return _of_shape(terms, readable(answers))


def in_draft(terms: Terms, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same with what was typed and is not read yet in its place, as the draft holds it."""
    return {**_of_shape(terms, answers), **{key: value for key, value in answers.items() if is_unread(value)}}


def _of_shape(terms: Terms, answers: Mapping[str, Any]) -> dict[str, Any]:
    questions = {question.id: question for question in terms.questions()}
    return {key: value for key, value in answers.items() if key not in questions or fits(questions[key], value)}


def fits(question: Question, value: Any) -> bool:
    """Whether the value has the shape that `calls.form` and `submission.budget` describe; null fits everywhere."""
    if value is None:
        return True
    match question.kind:
        case QuestionKind.PERIOD:
            return isinstance(value, dict) and all(_empty_or_day(value.get(name, 0)) for name in ("from", "to"))
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES | QuestionKind.SDG:
            return isinstance(value, list) and all(isinstance(code, str) for code in value)
        case QuestionKind.TABLE:
            kinds = {column.id: column.kind for column in question.columns}
            return isinstance(value, list) and all(
                isinstance(row, dict) and all(_cell(kinds[key], cell) for key, cell in row.items() if key in kinds)
                for row in value
            )
        case QuestionKind.BUDGET:
            return _budget(value)
        case QuestionKind.DOCUMENT:
            return False
    return _plain(question.kind, value)


def _cell(kind: ColumnKind, value: Any) -> bool:
    return value is None or _plain(kind, value)


def _plain(kind: QuestionKind | ColumnKind, value: Any) -> bool:
    match str(kind):
        case QuestionKind.NUMBER | QuestionKind.AMOUNT:
            return _whole(value)
        case QuestionKind.YES_NO:
            return isinstance(value, bool)
        case QuestionKind.DATE:
            return value == "" or _day(value)
    return isinstance(value, str)


def _budget(value: Any) -> bool:
    if not isinstance(value, dict) or not {"lines", "own", "funders"} <= set(value):
        return False
    lines, funders = value["lines"], value["funders"]
    return (
        _amount(value["own"])
        and isinstance(lines, list) and all(_row(line, ("label", "explanation"), ("category",)) for line in lines)
        and isinstance(funders, list) and all(_row(funder, ("name", "status")) for funder in funders)
    )  # fmt: skip


def _row(row: Any, texts: tuple[str, ...], codes: tuple[str, ...] = ()) -> bool:
    """Whether this is a row with an amount, these texts (each of which may be null) and these codes."""
    if not isinstance(row, dict) or not {"amount", *texts, *codes} <= set(row):
        return False
    written = all(row[name] is None or isinstance(row[name], str) for name in texts)
    return written and _amount(row["amount"]) and all(isinstance(row[name], str) for name in codes)


def _amount(value: Any) -> bool:
    return value is None or _whole(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _empty_or_day(value: Any) -> bool:
    return value is None or _day(value)


def _day(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
