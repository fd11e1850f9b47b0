"""What an organisation fills in about itself and its members."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput
from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from portal.forms import AtMost, DayField, Keeps, OneOf, SeatForm, choices, line, needed
from portal.received import Form
from workflows.language import NAMES
from workflows.people import rules
from workflows.people.organisations import Particulars
from workflows.people.payment import Certificate
from workflows.permissions import MemberRole


class ParticularsForm(SeatForm):
    """Everything an organisation may change of itself."""

    contact_name = line(_("Contact person"), needed(), AtMost(200))
    contact_email = line(_("E-mail address of the contact person"), needed(), AtMost(254), Keeps(rules.email))
    contact_phone = line(_("Telephone of the contact person"), AtMost(40), Keeps(rules.phone))
    signatory_name = line(
        _("Legal signatory"), needed(), AtMost(200),
        description=_("Who may sign an agreement for the organisation, by its statutes."),
    )  # fmt: skip
    signatory_function = line(_("Function of the signatory"), needed(), AtMost(200))
    website = line(_("Web site"), AtMost(200), Keeps(rules.website))
    version = HiddenField()

    def read(self) -> Particulars:
        """The particulars as they were filled in."""
        return Particulars(
            self.organisation.data, self.legal_form.data, self.street.data, self.postal_code.data, self.city.data,
            self.website.data, self.contact_name.data, self.contact_email.data, self.contact_phone.data,
            self.signatory_name.data, self.signatory_function.data,
        )  # fmt: skip

    def seen_version(self) -> int:
        """The version of the organisation that was on the screen; 0 where the browser sent none."""
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


class AccreditationForm(Form):
    starts = DayField(_("First day"), validators=[needed()])
    ends = DayField(_("Last day"), description=_("Leave it empty where no end is known."))

    def validate_ends(self, field: Field) -> None:
        if field.data and self.starts.data and field.data < self.starts.data:
            raise ValidationError(_("The last day comes before the first."))


class AccountForm(Form):
    iban = line(_("Bank account (IBAN)"), needed(), Keeps(rules.iban))
    certificate = FileField(
        _("Certificate of the bank"), widget=GovFileInput(),
        description=_("A document of your bank, such as a PDF, that names your organisation as holder of this number."),
    )  # fmt: skip

    def sent(self) -> Certificate | None:
        """The certificate that was sent, if one was."""
        upload = self.certificate.data
        return Certificate(upload.filename, upload.read()) if upload else None


def _roles() -> list[tuple[str, object]]:
    return [
        (MemberRole.EDITOR.value, _("Editor: writes and submits applications")),
        (MemberRole.READER.value, _("Reader: reads applications and letters")),
        (MemberRole.OWNER.value, _("Owner: also manages members and the account number")),
    ]


class RoleForm(Form):
    role = OneOf(_("Role"), widget=GovRadioInput(), validators=[needed()], choices=choices(_roles()))


class InviteForm(RoleForm):
    email = line(
        _("E-mail address"), needed(), AtMost(254), Keeps(rules.email),
        description=_("Of one person: the invitation is for whoever reads mail there."),
    )  # fmt: skip
    language = OneOf(
        _("Language of the mail"), widget=GovRadioInput(), validators=[needed()], choices=choices(list(NAMES.items()))
    )
