"""What is wrong with one answer by the bounds of its own question. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from workflows.calls.form import Question, QuestionKind
from workflows.problems import Problem

CHOSEN = (QuestionKind.SEVERAL_OF, QuestionKind.PLACES, QuestionKind.SDG)


def complaints(question: Question, value: Any) -> Iterator[Problem]:
    """Every complaint about an answer that is there, each a Problem on its field."""
    if question.kind is QuestionKind.NUMBER:
        yield from _bounds(question, value, "number-too-small", "number-too-large")
    elif question.kind in CHOSEN:
        yield from _bounds(question, len(value), "choices-too-few", "choices-too-many")
    elif question.kind is QuestionKind.TABLE:
        yield from _bounds(question, len(value), "rows-too-few", "rows-too-many")
        yield from _empty_cells(question, value)
    elif question.kind is QuestionKind.PERIOD:
        starts, ends = value["from"], value["to"]
        if starts and ends and date.fromisoformat(ends) < date.fromisoformat(starts):
            yield Problem("period-backwards", field=question.id, starts=starts, ends=ends)


def _bounds(question: Question, given: int, too_few: str, too_many: str) -> Iterator[Problem]:
    told = {"question": question.label.texts(), "given": given, "least": question.at_least, "most": question.most}
    if question.at_least is not None and given < question.at_least:
        yield Problem(too_few, field=question.id, **told)
    if question.most is not None and given > question.most:
        yield Problem(too_many, field=question.id, **told)


def _empty_cells(question: Question, rows: Any) -> Iterator[Problem]:
    """The required cells that are empty, one Problem for each row."""
    for number, row in enumerate(rows, 1):
        empty = [
            column.label.texts() for column in question.columns
            if column.required and row.get(column.id) in (None, "")
        ]  # fmt: skip
        if empty:
            yield Problem("cells-empty", field=question.id, question=question.label.texts(), row=number, columns=empty)
