"""An answer of an application in words, in the reader's language; how documents are shown is the page's."""

from decimal import Decimal

from flask_babel import format_decimal

from portal.language import language
from workflows.calls.form import Question
from workflows.submission.queries import ApplicationView
from workflows.submission.shown import in_words


def shown(application: ApplicationView, question: Question) -> str:
    """The answer in words, empty where there is none; amounts in euro, codes by their names."""
    return in_words(application.terms, question, application.answers.get(question.id), language())


def size(octets: int) -> str:
    """The size of a document in kilobytes or megabytes of a thousand."""
    unit = "o" if language() == "fr" else "B"
    if octets < 1_000_000:
        return f"{max(1, octets // 1000)} k{unit}"
    return f"{format_decimal(Decimal(octets) / 1_000_000, '0.0')} M{unit}"
