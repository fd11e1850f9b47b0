"""The form of one section, built from the terms of the call, and the small forms of the other screens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from wtforms import BooleanField, Field, HiddenField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired

from portal.forms import AtMost, Keeps, OneOf, choices, line, needed, tidy
from portal.questions import field_of, from_field, to_field
from portal.received import Form
from portal.rows import PartsField
from workflows.calls.asking import asked
from workflows.calls.form import OnlyIf, Question, QuestionKind, Section
from workflows.canonical import fingerprint
from workflows.people import rules
from workflows.submission.queries import ApplicationView

VERSION, MARK, OFFERED, THEN, LIVE = "_version", "_mark", "_offered", "_then", "_live"
"""Fields of the form itself; a question's id cannot begin with an underscore. `_offered` names the questions whose
choices stand on the page: a browser sends nothing for a box that is not ticked. `_live` says that the script showed
what the answers brought."""
REMOVE_ROW, ADD_ROW = "remove:", "add:"
"""What the buttons beside rows send as `_then`, before the name of the row or of the rows."""


@dataclass(frozen=True)
class Met:
    """A question on the page. `hidden`: not asked as the answers stand; `live`: the condition in this same section that
    may change that."""

    question: Question
    hidden: bool
    live: OnlyIf | None


class SectionForm(Form):
    """The questions of a section as fields, each under the question's id."""

    def __init__(self, section: Section, application: ApplicationView, sent: Any) -> None:
        super().__init__(formdata=None)
        terms, answers = application.terms, application.answers
        self.section, self.terms, self.type = section, terms, application.type
        self.stored = answers
        self.forgiven: frozenset[str] = frozenset()
        self.offered = frozenset(sent.getlist(OFFERED)) if sent is not None else frozenset()
        fields = {VERSION: HiddenField(), MARK: HiddenField()}
        fields |= {question.id: field_of(question, terms) for question in section.questions}
        for name, unbound in fields.items():
            # Held by name only, not as attributes: a question may be called "data" or "errors".
            BaseForm.__setitem__(self, name, unbound)
        data = {question.id: to_field(question, answers.get(question.id)) for question in section.questions}
        # What was sent wins over what is stored, also where a box was emptied.
        self.process(formdata=sent, data=data | {VERSION: application.row_version, MARK: mark(section, answers)})

    def answers(self) -> dict[str, Any]:
        """The answers that can be kept, by question: those that were sent and are not refused."""
        return {
            question.id: from_field(question, self[question.id].data)
            for question in self.section.questions
            if question.kind is not QuestionKind.DOCUMENT
            and not self[question.id].errors
            and question.id not in self.forgiven
            and (self[question.id].raw_data or question.id in self.offered)
        }

    def asked(self) -> frozenset[str]:
        """The questions of the whole form that are asked, as the answers stand: stored, and sent here."""
        return asked(tuple(self.terms.questions()), {**self.stored, **self.answers()}, self.type)

    def met(self) -> list[Met]:
        """The questions on the page: those that are asked, and those an answer in this section could bring."""
        here, ids = {question.id for question in self.section.questions}, self.asked()
        found = []
        for question in self.section.questions:
            live = question.only_if
            if live is not None and (
                live.question not in here or (live.applicant_types and self.type not in live.applicant_types)
            ):
                live = None
            if question.id in ids or live:
                found.append(Met(question, question.id not in ids, live))
        return found

    def grow(self, rows: str) -> None:
        """Show one more empty row among the rows of this name."""
        name = rows.split(".")[0]
        if name in self and isinstance(self[name], PartsField):
            self[name].grow(rows)

    def forgive_unasked(self) -> None:
        """Say nothing of refused fields that are not asked, and so not on the screen; what is stored there stands."""
        ids = self.asked()
        unasked = [question.id for question in self.section.questions if question.id not in ids]
        self.forgiven = frozenset(name for name in unasked if self[name].errors)
        for name in self.forgiven:
            self[name].errors = ()

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
    """What a request carries: documents and answers, without the row whose button to remove it was pressed."""
    then = form.get(THEN, "")
    if then.startswith(REMOVE_ROW):
        gone = then.removeprefix(REMOVE_ROW) + "."
        form = MultiDict((key, value) for key, value in form.items(multi=True) if not key.startswith(gone))
    return CombinedMultiDict((files, form))


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
