"""What an administrator types: the file of a call, a verdict by hand, the remark of the jury."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput, GovTextArea
from wtforms import HiddenField, TextAreaField

from portal.forms import OneOf, choices, line, needed, tidy
from portal.received import Form
from workflows.calls.rules import LONGEST_FILE


class ImportForm(Form):
    """The file of a call, uploaded or pasted."""

    longest_text = LONGEST_FILE

    file = FileField(_("The file of the call (TOML)"), widget=GovFileInput())
    text = TextAreaField(_("Or its text"), widget=GovTextArea())
    reason = line(_("Reason for the change"))


class OverruleForm(Form):
    """A person's word on one condition, whose number sets its form apart from the others of the page."""

    ok = OneOf(
        _("Your verdict"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([("yes", _("Passed")), ("no", _("Failed"))]),
    )  # fmt: skip
    reason = TextAreaField(_("Reason"), filters=[tidy], widget=GovTextArea())

    def __init__(self, number: int) -> None:
        super().__init__(prefix=f"condition-{number}-")


class RemarkForm(Form):
    """The remark of the jury. `seen` is what stood there when the page was shown."""

    text = TextAreaField(_("Remark of the jury"), filters=[tidy], validators=[needed()], widget=GovTextArea())
    seen = HiddenField(filters=[tidy])
