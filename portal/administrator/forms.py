"""What an administrator types: the file of a call, a verdict by hand, the remark of the jury."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovFileInput, GovRadioInput, GovTextArea
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired

from portal.forms import CountField, DayField, HourField, OneOf, Pick, SeveralOf, choices, line, needed, tidy
from portal.language import language
from portal.received import AtMost, Form
from workflows.calls.rules import LONGEST_FILE
from workflows.calls.terms import Terms
from workflows.language import text_in
from workflows.permissions import Duty


class ImportForm(Form):
    """The file of a call, uploaded or pasted."""

    longest_text = LONGEST_FILE

    file = FileField(_("The file of the call (TOML)"), widget=GovFileInput())
    text = TextAreaField(_("Or its text"), widget=GovTextArea())
    reason = line(_("Reason for the change"))


class ReasonForm(Form):
    """Why terms change. `seen` names the preparation that was shown."""

    reason = TextAreaField(_("Reason for the change"), filters=[tidy], validators=[AtMost(1000)], widget=GovTextArea())
    seen = HiddenField(filters=[tidy])


class NewCallForm(Form):
    """What makes a copy a call of its own."""

    source = OneOf(_("Made from"), widget=GovRadioInput(), validators=[needed()])
    year = CountField(_("Year of the edition"), validators=[needed()])
    id = line(
        _("Name in addresses"), needed(), AtMost(60),
        description=_("Small letters, digits and hyphens, such as south-2027. You cannot change it later."),
    )  # fmt: skip
    reference_prefix = line(
        _("Prefix of the references"), needed(), AtMost(6),
        description=_("One to four capitals and two digits, such as Z27. No two calls have the same."),
    )  # fmt: skip
    opens_on = DayField(
        _("Opens on"), validators=[needed()],
        description=_("Every other date of the call moves along by as many days, and keeps its hour."),
    )  # fmt: skip


class ExtensionForm(Form):
    """A later closing, in Brussels time, and why."""

    closes_at = DayField(_("New last day"), validators=[needed()])
    time = HourField(_("Time of the day"), validators=[needed()])
    reason = TextAreaField(
        _("Reason"), filters=[tidy], validators=[needed(), AtMost(1000)], widget=GovTextArea(),
        description=_("Everybody reads it on the page of the call."),
    )  # fmt: skip


class ArrivalsForm(Form):
    """A file of applications from elsewhere, to be checked or taken in."""

    file = FileField(
        _("The file with the applications (CSV or JSON lines)"), widget=GovFileInput(), validators=[FileRequired(
            _("Choose the file first.")
        )]
    )  # fmt: skip


class OverruleForm(Form):
    """A person's word on one condition, whose number sets its form apart from the others of the page."""

    ok = OneOf(
        _("Your verdict"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([("yes", _("Passed")), ("no", _("Failed"))]),
    )  # fmt: skip
    reason = TextAreaField(_("Reason"), filters=[tidy], widget=GovTextArea())

    def __init__(self, number: int) -> None:
        super().__init__(prefix=f"condition-{number}-")


class CompletionForm(Form):
    """What an association is to complete, why, and until when in Brussels time."""

    questions = SeveralOf(_("To be completed"))
    explanation = TextAreaField(_("Explanation"), filters=[tidy], widget=GovTextArea())
    due_on = DayField(_("Last day to answer"), validators=[InputRequired(_("Please fill this in."))])
    due_hour = HourField(_("Until what time"), description=_("Such as 16:00, in Brussels."))

    def __init__(self, terms: Terms, **given: Any) -> None:
        super().__init__(**given)
        self.questions.choices = choices([(question.id, question.id) for question in terms.questions()])


class RemarkForm(Form):
    """The remark of the jury. `seen` is what stood there when the page was shown."""

    text = TextAreaField(_("Remark of the jury"), filters=[tidy], validators=[needed()], widget=GovTextArea())
    seen = HiddenField(filters=[tidy])


class MeetingForm(Form):
    """When and where the jury met and who attended. `seen` is the version that was shown."""

    held_on = DayField(_("Day of the meeting"))
    place = line(_("Place"), AtMost(200))
    present = SeveralOf(_("Jurors who attended"), widget=GovCheckboxesInput())
    notes = TextAreaField(
        _("Notes on the meeting"), filters=[tidy], validators=[AtMost(5000)], widget=GovTextArea(),
        description=_("They go into the minutes."),
    )  # fmt: skip
    seen = HiddenField(filters=[tidy])


class ReopenForm(Form):
    """Why a closed panel is opened again."""

    reason = TextAreaField(
        _("Reason to reopen the panel"), filters=[tidy], validators=[AtMost(1000)], widget=GovTextArea()
    )


class DeliberationForm(Form):
    """What the meeting made of a file; `of` adds a mark per criterion of the jury."""

    asked = line(
        _("Why this file must be discussed"), AtMost(300), description=_("Filled in, it puts the file on the agenda.")
    )
    left = SeveralOf(_("Jurors who left the room for a conflict of interest"), widget=GovCheckboxesInput())
    reason = TextAreaField(
        _("Reason of the marks given together"), filters=[tidy], validators=[AtMost(2000)], widget=GovTextArea()
    )
    notes = TextAreaField(
        _("Notes on this file"), filters=[tidy], validators=[AtMost(5000)], widget=GovTextArea(),
        description=_("They go into the minutes, and not into the letter."),
    )  # fmt: skip
    seen = HiddenField(filters=[tidy])
    marks: dict[str, str]

    @classmethod
    def of(cls, terms: Terms) -> "DeliberationForm":
        """The form with one list of marks per criterion; nothing chosen leaves the mean as it is."""
        fields: dict[str, Any] = {}
        marks = {}
        for criterion in terms.criteria_of(Duty.JURY):
            name = marks[criterion.id] = f"mark-{criterion.id}"
            given = [("", _("None: the mean counts")), *((str(n), str(n)) for n in range(criterion.points + 1))]
            fields[name] = Pick(text_in(criterion.name.texts(), language()), choices=choices(given))
        return type(cls.__name__, (cls,), {**fields, "marks": marks})()

    def fill(self, agreed: dict[str, str]) -> None:
        for criterion, name in self.marks.items():
            self[name].data = agreed.get(criterion, "")

    def agreed(self) -> dict[str, int]:
        """The marks given together, by criterion id."""
        return {criterion: int(self[name].data) for criterion, name in self.marks.items() if self[name].data}
