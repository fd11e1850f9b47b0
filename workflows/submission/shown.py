"""An answer in words, in the language of its reader. Pure."""

from typing import Any

from workflows.calls.form import Question, QuestionKind
from workflows.calls.terms import Terms
from workflows.language import say, show_day, text_in
from workflows.money import show_amount
from workflows.problems import Reason


def in_words(terms: Terms, question: Question, value: Any, language: str) -> str:
    """The answer as a text, empty where there is none; amounts in euro, codes by their names."""
    if value in (None, "", []):
        return ""
    match question.kind:
        case QuestionKind.AMOUNT:
            return show_amount(value, language)
        case QuestionKind.DATE:
            return show_day(value, language)
        case QuestionKind.YES_NO:
            return say(Reason("answer-yes" if value else "answer-no", {}), language)
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES:
            return ", ".join(_named(terms, question, code, language) for code in value)
        case QuestionKind.ONE_OF | QuestionKind.ZONE:
            return _named(terms, question, value, language)
    return str(value)


def _named(terms: Terms, question: Question, code: str, language: str) -> str:
    """The name behind a code; the code itself where the call has lost it."""
    named = {choice.code: choice.label for choice in question.choices}
    named |= {zone.code: zone.name for zone in terms.zones}
    named |= {place.code: place.name for zone in terms.zones for place in zone.places}
    return text_in(named[code].texts(), language) if code in named else code
