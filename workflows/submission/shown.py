"""An answer in words, in the language of its reader: as a text, and a table or a budget as grids too. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.calls.budget import Budget
from workflows.calls.form import ColumnKind, Question, QuestionKind
from workflows.calls.sdg import GOALS
from workflows.calls.terms import Terms
from workflows.language import say, show_day, text_in
from workflows.money import show_amount
from workflows.problems import Reason
from workflows.submission.budget import FunderStatus, Sums, explained, sums

NUMERIC = (ColumnKind.NUMBER, ColumnKind.AMOUNT)


@dataclass(frozen=True)
class Grid:
    """Rows under a head, every cell written. `numeric` and `written`: the columns with figures, and with the
    applicant's own words; `foot`: a row of totals."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    written: tuple[int, ...] = ()
    foot: tuple[str, ...] | None = None


def in_words(terms: Terms, question: Question, value: Any, language: str) -> str:
    """The answer as a text, empty where there is none; a table with a line for each row, a budget by its sums."""
    if value in (None, "", []):
        return ""
    match question.kind:
        case QuestionKind.PERIOD:
            return _period(value, language)
        case QuestionKind.TABLE:
            return "\n".join(" · ".join(cell for cell in row if cell) for row in _rows(question, value, language))
        case QuestionKind.BUDGET if terms.budget:
            found = sums(terms.budget, value)
            return _say("answer-budget", language, total=found.total, requested=found.requested)
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES | QuestionKind.SDG:
            return ", ".join(_named(terms, question, code, language) for code in value)
        case QuestionKind.ONE_OF | QuestionKind.ZONE:
            return _named(terms, question, value, language)
    return _plain(question.kind, value, language)


def grids(terms: Terms, question: Question, value: Any, language: str) -> tuple[Grid, ...]:
    """A table as one grid, a budget as its costs and who pays them; nothing for any other answer."""
    if not value:
        return ()
    if question.kind is QuestionKind.TABLE:
        return (_table(question, value, language),)
    if question.kind is QuestionKind.BUDGET and terms.budget:
        found = sums(terms.budget, value)
        return _costs(terms.budget, value, found, language), _funding(value, found, language)
    return ()


def remarks(terms: Terms, question: Question, value: Any, language: str) -> tuple[str, ...]:
    """How the sums of a budget came about, a sentence each; nothing for any other answer."""
    if question.kind is not QuestionKind.BUDGET or not terms.budget or not value:
        return ()
    verdicts = explained(terms.budget, sums(terms.budget, value))
    return tuple(say(reason, language) for verdict in verdicts for reason in verdict.reasons)


def _plain(kind: QuestionKind | ColumnKind, value: Any, language: str) -> str:
    match str(kind):
        case QuestionKind.AMOUNT:
            return show_amount(value, language)
        case QuestionKind.DATE:
            return show_day(value, language)
        case QuestionKind.YES_NO:
            return _say("answer-yes" if value else "answer-no", language)
    return str(value)


def _period(value: Mapping[str, Any], language: str) -> str:
    starts, ends = value["from"], value["to"]
    if starts and ends:
        return _say("answer-period", language, starts=starts, ends=ends)
    if starts or ends:
        code = "answer-period-from" if starts else "answer-period-to"
        return _say(code, language, starts=starts, ends=ends)
    return ""


def _named(terms: Terms, question: Question, code: str, language: str) -> str:
    """The name behind a code; the code itself where the call has lost it."""
    named = {choice.code: choice.label for choice in question.choices}
    if question.kind is QuestionKind.SDG:
        named = GOALS
    elif question.kind in (QuestionKind.ZONE, QuestionKind.PLACES):
        named = {zone.code: zone.name for zone in terms.zones}
        named |= {place.code: place.name for zone in terms.zones for place in zone.places}
    return text_in(named[code].texts(), language) if code in named else code


def _table(question: Question, value: Any, language: str) -> Grid:
    columns = question.columns
    return Grid(
        text_in(question.label.texts(), language),
        tuple(text_in(column.label.texts(), language) for column in columns),
        _rows(question, value, language),
        tuple(number for number, column in enumerate(columns) if column.kind in NUMERIC),
        tuple(number for number, column in enumerate(columns) if column.kind is ColumnKind.SHORT_TEXT),
        _foot(question, value, language),
    )


def _rows(question: Question, value: Any, language: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_cell(column, row.get(column.id), language) for column in question.columns) for row in value)


def _cell(column: Any, value: Any, language: str) -> str:
    if value in (None, ""):
        return ""
    if column.kind is ColumnKind.ONE_OF:
        named = {choice.code: choice.label.texts() for choice in column.choices}
        return text_in(named.get(value, value), language)
    return _plain(column.kind, value, language)


def _foot(question: Question, value: Any, language: str) -> tuple[str, ...] | None:
    """The totals of the columns of amounts, where there are any after the first column."""
    columns = question.columns
    amounts = [column.id for column in columns[1:] if column.kind is ColumnKind.AMOUNT]
    if not amounts:
        return None
    totals = {name: sum(row.get(name) or 0 for row in value) for name in amounts}
    shown = (show_amount(totals[one.id], language) if one.id in totals else "" for one in columns[1:])
    return (_say("answer-total", language), *shown)


def _costs(budget: Budget, value: Mapping[str, Any], found: Sums, language: str) -> Grid:
    """Every line under its heading, in the order of the headings."""
    named = {category.code: text_in(category.name.texts(), language) for category in budget.categories}
    rows = tuple(
        (line["label"] or "", named.get(code, code), line["explanation"] or "", _amount(line["amount"], language))
        for code in found.by_category for line in value["lines"] if line["category"] == code
    )  # fmt: skip
    heads = ("budget-description", "budget-heading", "budget-explanation", "budget-amount")
    foot = (_say("answer-total", language), "", "", show_amount(found.total, language))
    return Grid(_say("budget-costs", language), tuple(_say(head, language) for head in heads), rows, (3,), (0, 2), foot)


def _funding(value: Mapping[str, Any], found: Sums, language: str) -> Grid:
    """Own means, every other funder, and what is left to ask."""
    certain = {
        FunderStatus.ACQUIRED: _say("budget-acquired", language),
        FunderStatus.REQUESTED: _say("budget-pending", language),
    }
    rows = (
        (_say("budget-own", language), "", show_amount(found.own, language)),
        *(
            (one["name"] or "", certain.get(one["status"], ""), _amount(one["amount"], language))
            for one in value["funders"]
        ),
        (_say("budget-asked", language), "", show_amount(found.requested, language)),
    )
    heads = tuple(_say(head, language) for head in ("budget-funder", "budget-status", "budget-amount"))
    foot = (_say("answer-total", language), "", show_amount(found.total, language))
    return Grid(_say("budget-funding", language), heads, rows, (2,), (), foot)


def _amount(cents: int | None, language: str) -> str:
    return "" if cents is None else show_amount(cents, language)


def _say(code: str, language: str, **facts: Any) -> str:
    return say(Reason(code, facts), language)
