"""The form of one section, built from the terms of the call, and the small forms of the other screens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovFileInput, GovRadioInput, GovTextArea
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from wtforms import BooleanField, Field, FileField, HiddenField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired

from portal.forms import AtMost, OneOf, choices, needed, tidy
from portal.questions import field_of, from_field, to_field
from portal.received import LONGEST_TEXT, Form
from portal.rows import PartsField
from workflows.calls.asking import asked
from workflows.calls.form import OnlyIf, Question, QuestionKind, Section
from workflows.submission.merging import marks
from workflows.submission.queries import ApplicationView
from workflows.submission.unread import sent_fields, unread

MARK, OFFERED, THEN, LIVE = "_mark", "_offered", "_then", "_live"
"""Fields of the form itself; a question's id cannot begin with an underscore. `_mark` holds the marks of the
answers it was shown with. `_offered` names the questions whose
choices stand on the page: a browser sends nothing for a box that is not ticked. `_live` says that the script showed
what the answers brought."""
TYPED = frozenset(QuestionKind) - {
    QuestionKind.DOCUMENT, QuestionKind.YES_NO, QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF, QuestionKind.ZONE,
    QuestionKind.PLACES, QuestionKind.SDG,
}  # fmt: skip
"""Kinds that are typed, so that what is refused of them is kept all the same."""
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
        self.sent = sent
        self.section, self.terms, self.type = section, terms, application.type
        self.stored = answers
        self.forgiven: frozenset[str] = frozenset()
        self.offered = frozenset(sent.getlist(OFFERED)) if sent is not None else frozenset()
        fields = {MARK: HiddenField()}
        fields |= {question.id: field_of(question, terms) for question in section.questions}
        for name, unbound in fields.items():
            # Held by name only, not as attributes: a question may be called "data" or "errors".
            BaseForm.__setitem__(self, name, unbound)
        data = {question.id: to_field(question, answers.get(question.id)) for question in section.questions}
        # What was sent wins over what is stored, also where a box was emptied.
        self.process(formdata=sent, data=data | {MARK: written(self._marks(application))})
        if sent is None:
            self._show_unread(application, {question.id for question in section.questions})

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

    def kept(self) -> dict[str, Any]:
        """The same, and of the fields that are refused what was typed: nothing of it is lost."""
        return {**self.answers(), **self._unread()}

    def _unread(self) -> dict[str, Any]:
        """What was typed into the fields that are refused, for as far as it is text of a bearable length."""
        found = {}
        for question in self.section.questions:
            field = self[question.id]
            if question.kind not in TYPED or not field.errors or question.id in self.forgiven or self.sent is None:
                continue
            names = (question.id, f"{question.id}.")
            typed = [
                (name, value) for name, value in self.sent.items(multi=True)
                if isinstance(value, str) and (name == names[0] or name.startswith(names[1]))
            ]  # fmt: skip
            if typed and sum(len(value) for _name, value in typed) <= LONGEST_TEXT:
                read = field.gather() if isinstance(field, PartsField) else self.stored.get(question.id)
                found[question.id] = unread(typed, read)
        return found

    def _show_unread(self, application: ApplicationView, names: Collection[str]) -> None:
        """Show what was typed earlier and cannot be read, with what is wrong with it."""
        for question in self.section.questions:
            value = application.unread.get(question.id)
            if value is not None and question.id in names and question.kind in TYPED:
                stored = to_field(question, application.answers.get(question.id))
                self[question.id].process(MultiDict(sent_fields(value)), data=stored)
                self[question.id].validate(self)

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

    def seen(self) -> dict[str, str]:
        """The marks of the stored answers that the sender was shown."""
        return dict(pair.split(":", 1) for pair in str(self[MARK].data or "").split(";") if ":" in pair)

    def refresh(self, application: ApplicationView, own: Collection[str]) -> None:
        """From now on the form stands for what is stored now, but its `own` answers stay as they were sent."""
        self.stored = answers = application.answers
        self[MARK].data = written(self._marks(application))
        for question in self.section.questions:
            if question.kind is not QuestionKind.DOCUMENT and question.id not in own:
                self[question.id].process(None, data=to_field(question, answers.get(question.id)))
        self._show_unread(application, {question.id for question in self.section.questions} - {*own})

    def _marks(self, application: ApplicationView) -> dict[str, str]:
        return marks((question.id for question in self.section.questions), application.in_draft)


def written(found: Mapping[str, str]) -> str:
    """Marks as the hidden field holds them."""
    return ";".join(f"{question}:{mark}" for question, mark in found.items())


def sent_form(form: Any, files: Any) -> CombinedMultiDict:
    """What a request carries: documents and answers, without the row whose button to remove it was pressed."""
    then = form.get(THEN, "")
    if then.startswith(REMOVE_ROW):
        gone = then.removeprefix(REMOVE_ROW) + "."
        form = MultiDict((key, value) for key, value in form.items(multi=True) if not key.startswith(gone))
    return CombinedMultiDict((files, form))


class ReplaceForm(Form):
    """Another document in the place of one."""

    document = FileField(_("The new document"), widget=GovFileInput(), validators=[needed()])


class StartForm(Form):
    """For which organisation, and in which language the file and its letters are."""

    organisation = OneOf(_("Organisation"), widget=GovRadioInput(), validators=[needed()])
    language = OneOf(
        _("Language of the application"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([("nl", "Nederlands"), ("fr", "Français")]),
        description=_("Every letter about this application is in this language. You cannot change it later."),
    )  # fmt: skip


class DeclarationForm(Form):
    """`seen` is the version of the draft whose answers stand on the page: that one is submitted, or none."""

    seen = HiddenField()
    declaration = BooleanField(
        _("I declare that this application is true and complete, and that I may submit it for the organisation."),
        widget=GovCheckboxInput(), validators=[DataRequired(_("Tick the declaration to submit."))],
    )  # fmt: skip


class WithdrawForm(Form):
    """`seen` says which submission stood on the page."""

    seen = HiddenField()
    reason = TextAreaField(
        _("Why do you withdraw it?"), filters=[tidy], widget=GovTextArea(), validators=[AtMost(2000)],
        description=_("The reason is kept with the file. Until the call closes you can undo the withdrawal."),
    )  # fmt: skip


def blame_field(field: Field, sentence: str) -> None:
    """Put a sentence under a field, after what stands there: the widget shows one message only."""
    field.errors = [" ".join([*map(str, field.errors), sentence])]
