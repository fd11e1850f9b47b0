"""The form of one section, built from the terms of the call, and the small forms of the other screens."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
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
from wtforms import BooleanField, Field, FileField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired

from portal.applicant.options import options
from portal.forms import AmountField, AtMost, CountField, DayField, Keeps, OneOf, SeveralOf, choices, line, needed, tidy
from portal.language import language
from workflows.calls.form import Question, QuestionKind, Section
from workflows.calls.terms import Terms
from workflows.language import text_in
from workflows.people import rules
from workflows.submission.merging import marks

MARK = "_mark"
"""The field of the form itself, with the marks of the answers it was shown with; a question's id cannot begin with an
underscore."""

KINDS_OF_CHOICE = (QuestionKind.SEVERAL_OF, QuestionKind.PLACES)


class SectionForm(FlaskForm):
    """The questions of a section as fields, each under the question's id."""

    def __init__(self, section: Section, terms: Terms, answers: Mapping[str, Any], sent: Any) -> None:
        super().__init__(formdata=None)
        self.section = section
        fields = {MARK: HiddenField()}
        fields |= {question.id: field_of(question, terms) for question in section.questions}
        for name, unbound in fields.items():
            # Held by name only, not as attributes: a question may be called "data" or "errors".
            BaseForm.__setitem__(self, name, unbound)
        data = {question.id: to_field(question, answers.get(question.id)) for question in section.questions}
        # What was sent wins over what is stored, also where a box was emptied.
        self.process(formdata=sent, data=data | {MARK: written(self._marks(answers))})

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

    def seen(self) -> dict[str, str]:
        """The marks of the stored answers that the sender was shown."""
        return dict(pair.split(":", 1) for pair in str(self[MARK].data or "").split(";") if ":" in pair)

    def refresh(self, answers: Mapping[str, Any], own: Collection[str]) -> None:
        """From now on the form stands for what is stored now, but its `own` answers stay as they were sent."""
        self[MARK].data = written(self._marks(answers))
        for question in self.section.questions:
            if question.kind is not QuestionKind.DOCUMENT and question.id not in own:
                self[question.id].process(None, data=to_field(question, answers.get(question.id)))

    def _marks(self, answers: Mapping[str, Any]) -> dict[str, str]:
        return marks((question.id for question in self.section.questions), answers)


def written(found: Mapping[str, str]) -> str:
    """Marks as the hidden field holds them."""
    return ";".join(f"{question}:{mark}" for question, mark in found.items())


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


class AccountNumberForm(FlaskForm):
    iban = line(_("Bank account (IBAN)"), needed(), Keeps(rules.iban))


class ReplaceForm(FlaskForm):
    """Another document in the place of one."""

    document = FileField(_("The new document"), widget=GovFileInput(), validators=[needed()])


class StartForm(FlaskForm):
    """For which organisation, and in which language the file and its letters are."""

    organisation = OneOf(_("Organisation"), widget=GovRadioInput(), validators=[needed()])
    language = OneOf(
        _("Language of the application"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([("nl", "Nederlands"), ("fr", "Français")]),
        description=_("Every letter about this application is in this language. You cannot change it later."),
    )  # fmt: skip


class DeclarationForm(FlaskForm):
    """`seen` is the version of the draft whose answers stand on the page: that one is submitted, or none."""

    seen = HiddenField()
    declaration = BooleanField(
        _("I declare that this application is true and complete, and that I may submit it for the organisation."),
        widget=GovCheckboxInput(), validators=[DataRequired(_("Tick the declaration to submit."))],
    )  # fmt: skip


class WithdrawForm(FlaskForm):
    reason = TextAreaField(
        _("Why do you withdraw it?"), filters=[tidy], widget=GovTextArea(), validators=[AtMost(2000)],
        description=_("The reason is kept with the file. Until the call closes you can undo the withdrawal."),
    )  # fmt: skip


def blame_field(field: Field, sentence: str) -> None:
    """Put a sentence under a field, after what stands there: the widget shows one message only."""
    field.errors = [" ".join([*map(str, field.errors), sentence])]
