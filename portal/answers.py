"""An answer of an application in words, in the reader's language; how documents are shown is the page's."""

from decimal import Decimal
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.language import language
from workflows.calls.form import Question, QuestionKind
from workflows.language import show_day, text_in
from workflows.money import show_amount
from workflows.submission.queries import ApplicationView


def shown(application: ApplicationView, question: Question) -> str:
    """The answer in words, empty where there is none; amounts in euro, codes by their names."""
    value: Any = application.answers.get(question.id)
    if value in (None, "", []):
        return ""
    match question.kind:
        case QuestionKind.AMOUNT:
            return show_amount(value, language())
        case QuestionKind.DATE:
            return show_day(value, language())
        case QuestionKind.YES_NO:
            return _("Yes") if value else _("No")
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES:
            return ", ".join(_named(application, question, code) for code in value)
        case QuestionKind.ONE_OF | QuestionKind.ZONE:
            return _named(application, question, value)
    return str(value)


def size(octets: int) -> str:
    """The size of a document in kilobytes or megabytes of a thousand."""
    unit = "o" if language() == "fr" else "B"
    if octets < 1_000_000:
        return f"{max(1, octets // 1000)} k{unit}"
    return f"{format_decimal(Decimal(octets) / 1_000_000, '0.0')} M{unit}"


def _named(application: ApplicationView, question: Question, code: str) -> str:
    """The name behind a code; the code itself where the call has lost it."""
    zones = application.terms.zones
    named = {choice.code: choice.label for choice in question.choices}
    named |= {zone.code: zone.name for zone in zones}
    named |= {place.code: place.name for zone in zones for place in zone.places}
    return text_in(named[code].texts(), language()) if code in named else code
