"""The form of one section, built from the terms of the call, and the small forms of the other screens."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import BooleanField, Field, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired

from portal.applicant.options import options
from portal.forms import AmountField, AtMost, CountField, DayField, Keeps, OneOf, SeveralOf, choices, line, needed, tidy
from portal.language import language
from portal.received import Form
from workflows.calls.form import Question, QuestionKind, Section
from workflows.calls.terms import Terms
from workflows.canonical import fingerprint
from workflows.language import text_in
from workflows.people import rules

VERSION, MARK = "_version", "_mark"
"""Fields of the form itself; a question's id cannot begin with an underscore."""

KINDS_OF_CHOICE = (QuestionKind.SEVERAL_OF, QuestionKind.PLACES)


class SectionForm(Form):
    """The questions of a section as fields, each under the question's id."""

    def __init__(self, section: Section, terms: Terms, answers: Mapping[str, Any], version: int, sent: Any) -> None:
        super().__init__(formdata=None)
        self.section = section
        self.stored = answers
        fields = {VERSION: HiddenField(), MARK: HiddenField()}
        fields |= {question.id: field_of(question, terms) for question in section.questions}
        for name, unbound in fields.items():
            # Held by name only, not as attributes: a question may be called "data" or "errors".
            BaseForm.__setitem__(self, name, unbound)
        data = {question.id: to_field(question, answers.get(question.id)) for question in section.questions}
        # What was sent wins over what is stored, also where a box was emptied.
        self.process(formdata=sent, data=data | {VERSION: version, MARK: mark(section, answers)})

    def answers(self) -> dict[str, Any]:
        """The answers that can be kept, by question: those that were sent and are not refused."""
        return {
            question.id: from_field(question, self[question.id].data)
            for question in self.section.questions
            if question.kind is not QuestionKind.DOCUMENT
            and not self[question.id].errors
            and (self[question.id].raw_data or question.kind in KINDS_OF_CHOICE)
        }

    def documents(self) -> list[tuple[Question, FileStorage]]:
        """The documents that were sent, each with its question."""
        return [
            (question, sent)
            for question in self.section.questions if question.kind is QuestionKind.DOCUMENT
            for sent in self[question.id].data or () if sent and sent.filename
        ]  # fmt: skip

    def refresh(self, version: int, answers: Mapping[str, Any]) -> None:
        """From now on the form stands for what is stored now."""
        self.stored = answers
        self[VERSION].data, self[MARK].data = version, mark(self.section, answers)

    def changed_elsewhere(self) -> list[Question]:
        """The questions whose stored answer is not the one on the screen."""
        answers = self.answers()
        return [
            question for question in self.section.questions
            if question.id in answers and answers[question.id] != self.stored.get(question.id)
        ]  # fmt: skip


def mark(section: Section, answers: Mapping[str, Any]) -> str:
    """The fingerprint of a section's stored answers: another section saved elsewhere leaves it as it is."""
    return fingerprint({question.id: answers.get(question.id) for question in section.questions})


def sent_form(form: Any, files: Any) -> CombinedMultiDict:
    """What a request carries: documents and answers."""
    return CombinedMultiDict((files, form))


def field_of(question: Question, terms: Terms) -> Any:
    """The unbound field for a question, labelled in the language of the page."""
    label = text_in(question.label.texts(), language())
    help = text_in(question.help.texts(), language()) if question.help else ""
    limits = [AtMost(question.max_length)] if question.max_length else []
    shared = {"label": label, "description": help}
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
        case QuestionKind.DOCUMENT:
            return MultipleFileField(**shared, widget=GovFileInput(multiple=True))
    offered = choices(options(question, terms))
    if question.kind in KINDS_OF_CHOICE:
        return SeveralOf(**shared, choices=offered, widget=GovCheckboxesInput())
    return OneOf(**shared, choices=offered, widget=GovRadioInput())


def to_field(question: Question, stored: Any) -> Any:
    """A stored answer as its field holds it."""
    if stored is None:
        return None
    match question.kind:
        case QuestionKind.DATE:
            return date.fromisoformat(stored)
        case QuestionKind.YES_NO:
            return "yes" if stored else "no"
    return stored


def from_field(question: Question, data: Any) -> Any:
    """What a field holds as it is stored; an emptied one is no answer."""
    if data in (None, "", []):
        return None
    match question.kind:
        case QuestionKind.DATE:
            return data.isoformat()
        case QuestionKind.YES_NO:
            return data == "yes"
    return data


class AccountNumberForm(Form):
    iban = line(_("Bank account (IBAN)"), needed(), Keeps(rules.iban))


class StartForm(Form):
    """For which organisation, and in which language the file and its letters are."""

    organisation = OneOf(_("Organisation"), widget=GovRadioInput(), validators=[needed()])
    language = OneOf(
        _("Language of the application"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([("nl", "Nederlands"), ("fr", "Français")]),
        description=_("Every letter about this application is in this language. You cannot change it later."),
    )  # fmt: skip


class DeclarationForm(Form):
    declaration = BooleanField(
        _("I declare that this application is true and complete, and that I may submit it for the organisation."),
        widget=GovCheckboxInput(), validators=[DataRequired(_("Tick the declaration to submit."))],
    )  # fmt: skip


class WithdrawForm(Form):
    reason = TextAreaField(
        _("Why do you withdraw it?"), filters=[tidy], widget=GovTextArea(), validators=[AtMost(2000)],
        description=_("The reason is kept with the file. A withdrawn application cannot be brought back."),
    )  # fmt: skip


def blame_field(field: Field, sentence: str) -> None:
    """Put a sentence under a field, after what stands there: the widget shows one message only."""
    field.errors = [" ".join([*map(str, field.errors), sentence])]
