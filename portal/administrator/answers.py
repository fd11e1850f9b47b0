"""The answers of a file as the office reads them, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.language import language
from workflows.calls.form import Question, QuestionKind
from workflows.calls.strict import Words
from workflows.language import show_day, text_in
from workflows.money import show_amount
from workflows.submission.queries import ApplicationView
from workflows.submission.rules import AttachmentView

WRITTEN = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


@dataclass(frozen=True)
class Answer:
    """One question and its answer; `text` is None where there is none, `written` where it is the applicant's words."""

    label: Words
    text: str | None
    written: bool
    documents: tuple[AttachmentView, ...]


@dataclass(frozen=True)
class Answers:
    """A section of the form, answered."""

    title: Words
    answers: tuple[Answer, ...]


def answers(application: ApplicationView) -> tuple[Answers, ...]:
    """The sections of the call's form with what was answered."""
    return tuple(
        Answers(section.title, tuple(_answer(application, question) for question in section.questions))
        for section in application.terms.sections
    )


def _answer(application: ApplicationView, question: Question) -> Answer:
    value = application.answers.get(question.id)
    text = None if value in (None, "", []) else _text(_names(application, question), question.kind, value)
    return Answer(question.label, text, question.kind in WRITTEN, application.attached(question.id))


def _text(names: Mapping[str, Mapping[str, str]], kind: QuestionKind, value: Any) -> str:
    match kind:
        case QuestionKind.AMOUNT:
            return show_amount(value, language())
        case QuestionKind.DATE:
            return show_day(value, language())
        case QuestionKind.YES_NO:
            return _("Yes") if value else _("No")
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES:
            return ", ".join(text_in(names.get(code, code), language()) for code in value)
        case QuestionKind.ONE_OF | QuestionKind.ZONE:
            return text_in(names.get(value, value), language())
    return str(value)


def _names(application: ApplicationView, question: Question) -> dict[str, Mapping[str, str]]:
    """The names behind the codes an answer may hold."""
    zones = application.terms.zones
    return {
        **{choice.code: choice.label.texts() for choice in question.choices},
        **{zone.code: zone.name.texts() for zone in zones},
        **{place.code: place.name.texts() for zone in zones for place in zone.places},
    }
