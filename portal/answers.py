"""An answer of an application as a page shows it, in the reader's language."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal

from portal.language import language
from workflows.calls.form import Question, QuestionKind
from workflows.submission.budget import Sums, sums
from workflows.submission.queries import ApplicationView
from workflows.submission.rules import AttachmentView
from workflows.submission.shown import Grid, grids, in_words, remarks
from workflows.submission.unread import is_unread, words

WRITTEN = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


@dataclass(frozen=True)
class Answer:
    """What is shown of one question. `written`: whether the text is the applicant's own words, in their language.
    `sums`: of a budget, in cents."""

    text: str
    written: bool
    documents: tuple[AttachmentView, ...]
    grids: tuple[Grid, ...]
    remarks: tuple[str, ...]
    sums: Sums | None


def answer_of(application: ApplicationView, question: Question) -> Answer:
    """The answer of this file to the question, empty in every part where there is none."""
    terms, value = application.terms, application.answers.get(question.id)
    budget = terms.budget if question.kind is QuestionKind.BUDGET else None
    return Answer(
        shown(application, question), question.kind in WRITTEN, application.attached(question.id),
        grids(terms, question, value, language()), remarks(terms, question, value, language()),
        sums(budget, value) if budget else None,
    )  # fmt: skip


def shown(application: ApplicationView, question: Question) -> str:
    """The answer in words, empty where there is none; amounts in euro, codes by their names."""
    return in_words(application.terms, question, application.answers.get(question.id), language())


def shown_or_typed(application: ApplicationView, question: Question, value: Any) -> str:
    """A stored value of this question in words; what cannot be read as it was typed."""
    if is_unread(value):
        return words(value)
    return in_words(application.terms, question, value, language())


def size(octets: int) -> str:
    """The size of a document in kilobytes or megabytes of a thousand."""
    unit = "o" if language() == "fr" else "B"
    if octets < 1_000_000:
        return f"{max(1, octets // 1000)} k{unit}"
    return f"{format_decimal(Decimal(octets) / 1_000_000, '0.0')} M{unit}"
