"""The questions of a call as fields of a form: how each kind is asked, and how its answer is kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import MultipleFileField, StringField, TextAreaField

from portal.forms import AmountField, AtMost, CountField, DayField, OneOf, Pick, SeveralOf, choices, tidy
from portal.hints import cap_of
from portal.language import language
from portal.options import options
from portal.rows import BudgetField, Heading, PeriodField, TableField
from workflows.calls.budget import CostCategory
from workflows.calls.form import Column, ColumnKind, Question, QuestionKind
from workflows.calls.strict import Words
from workflows.calls.terms import Terms
from workflows.language import text_in
from workflows.submission.budget import FUNDERS, LINE_LENGTH, LINES, FunderStatus

SEVERAL = (QuestionKind.SEVERAL_OF, QuestionKind.PLACES, QuestionKind.SDG)
"""Kinds of which several choices may be taken."""


def field_of(question: Question, terms: Terms) -> Any:
    """The unbound field for a question, labelled in the language of the page."""
    shared = {"label": _words(question.label), "description": _words(question.help) if question.help else ""}
    limits = [AtMost(question.max_length)] if question.max_length else []
    match question.kind:
        case QuestionKind.SHORT_TEXT:
            return StringField(**shared, filters=[tidy], validators=limits, widget=GovTextInput())
        case QuestionKind.LONG_TEXT:
            widget = GovCharacterCount() if question.max_length else GovTextArea()
            return TextAreaField(**shared, filters=[tidy], validators=limits, widget=widget)
        case QuestionKind.NUMBER:
            return CountField(**shared)
        case QuestionKind.AMOUNT:
            return AmountField(**shared)
        case QuestionKind.DATE:
            return DayField(**shared)
        case QuestionKind.PERIOD:
            return PeriodField(**shared)
        case QuestionKind.TABLE:
            return _table(question, shared)
        case QuestionKind.BUDGET:
            return _budget(terms, shared)
        case QuestionKind.DOCUMENT:
            return MultipleFileField(**shared, widget=GovFileInput(multiple=True))
    offered = choices(options(question, terms))
    if question.kind in SEVERAL and question.most != 1:
        return SeveralOf(**shared, choices=offered, widget=GovCheckboxesInput())
    return OneOf(**shared, choices=offered, widget=GovRadioInput())


def to_field(question: Question | Column, stored: Any) -> Any:
    """A stored answer (or cell) as its field holds it."""
    if stored is None:
        return None
    match str(question.kind):
        case QuestionKind.DATE:
            return date.fromisoformat(stored)
        case QuestionKind.YES_NO:
            return "yes" if stored else "no"
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES | QuestionKind.SDG if _single(question):
            return stored[0] if stored else None
    return stored


def from_field(question: Question | Column, data: Any) -> Any:
    """What a field (or a cell) holds as it is stored; an emptied one is no answer."""
    if data in (None, "", []):
        return None
    match str(question.kind):
        case QuestionKind.DATE:
            return data.isoformat()
        case QuestionKind.YES_NO:
            return data == "yes"
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES | QuestionKind.SDG if _single(question):
            return [data]
    return data


def _single(question: Question | Column) -> bool:
    """Whether one choice at most is taken of what could be several, and so is asked as one."""
    return isinstance(question, Question) and question.most == 1


def _table(question: Question, shared: Mapping[str, Any]) -> Any:
    columns = question.columns

    def to_cells(row: Mapping[str, Any]) -> dict[str, Any]:
        return {column.id: to_field(column, row.get(column.id)) for column in columns}

    def from_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
        return {column.id: from_field(column, cells[column.id]) for column in columns}

    return TableField(
        **shared, cells=lambda: {column.id: _cell(column) for column in columns}, to_cells=to_cells,
        from_cells=from_cells, least=question.at_least or 1, most=question.most or 1,
    )  # fmt: skip


def _cell(column: Column) -> Any:
    label = _words(column.label)
    if not column.required:
        label = _("%(label)s (optional)", label=label)
    match column.kind:
        case ColumnKind.NUMBER:
            return CountField(label)
        case ColumnKind.AMOUNT:
            return AmountField(label)
        case ColumnKind.DATE:
            return DayField(label)
        case ColumnKind.YES_NO:
            return _select(label, [("yes", _("Yes")), ("no", _("No"))])
        case ColumnKind.ONE_OF:
            return _select(label, [(choice.code, _words(choice.label)) for choice in column.choices])
    limits = [AtMost(column.max_length)] if column.max_length else []
    return StringField(label, filters=[tidy], validators=limits, widget=GovTextInput())


def _budget(terms: Terms, shared: Mapping[str, Any]) -> Any:
    categories = terms.budget.categories if terms.budget else ()
    certain = [(FunderStatus.ACQUIRED, _("Yes, acquired")), (FunderStatus.REQUESTED, _("No, requested"))]

    def line(label: str) -> Any:
        return StringField(label, filters=[tidy], validators=[AtMost(LINE_LENGTH)], widget=GovTextInput())

    return BudgetField(
        **shared, headings=[_heading(category) for category in categories],
        lines=lambda: {
            "label": line(_("Description")), "amount": AmountField(_("Amount")),
            "explanation": line(_("Explanation (optional)")),
        },
        funders=lambda: {
            "name": line(_("Name")), "amount": AmountField(_("Amount")), "status": _select(_("Certain?"), certain),
        },
        most=(LINES, FUNDERS),
    )  # fmt: skip


def _heading(category: CostCategory) -> Heading:
    help = _words(category.help) if category.help else ""
    return Heading(
        category.code, _words(category.name), " ".join(part for part in (help, cap_of(category)) if part),
        category.direct,
    )  # fmt: skip


def _select(label: str, pairs: list[tuple[str, str]]) -> Any:
    """A short list to choose from, in which nothing chosen is an answer too."""
    return Pick(label, choices=choices([("", _("Choose…")), *pairs]))


def _words(words: Words) -> str:
    return text_in(words.texts(), language())
