"""Fields that several screens share: they read money, days and texts as people type them and say what is wrong."""

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovPasswordInput, GovSelect, GovTextInput
from wtforms import Field, PasswordField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.errors import sentence
from portal.language import language
from portal.received import AtMost, Form
from workflows.language import tidy
from workflows.money import GROUPING, parse_amount
from workflows.people import rules
from workflows.people.actions import NewOrganisation
from workflows.problems import Problem

MIDNIGHT = "00:00"
LEGAL_FORMS = ("vzw", "asbl", "ivzw", "aisbl", "stichting", "fondation")
OTHER_FORMS = (("other", _("Another form")), ("foreign", _("Association under foreign law")))


def choices(pairs: Sequence[tuple[str, Any]]) -> list[SelectChoice]:
    """Choices from (value, label) pairs."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


class Keeps:
    """A pure rule of the programme, such as the check of an enterprise number, said under the field."""

    def __init__(self, rule: Callable[[str], Any]) -> None:
        self.rule = rule

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            return
        try:
            self.rule(field.data)
        except Problem as problem:
            raise ValidationError(sentence(problem)) from None


class AmountField(Field):
    """An amount of money; its data are cents. What was typed stays on the screen as it was typed."""

    widget = GovTextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return typed_amount(self.data, language()) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = parse_amount(typed, language())
            except Problem as problem:
                raise ValueError(sentence(problem)) from None


def typed_amount(cents: int, language: str) -> str:
    """The amount as somebody would type it, always with its cents: so written it is never ambiguous."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", GROUPING[language]) + ("." if language == "en" else ",") + f"{rest:02d}"


class DayField(Field):
    """A day in three boxes: day, month, year. Its data are a date."""

    widget = GovDateInput()

    @staticmethod
    def stored(day: str | None) -> date | None:
        """A stored day as the field holds it."""
        return date.fromisoformat(day) if day else None

    def _value(self) -> str:
        return " ".join(self.raw_data) if self.raw_data else str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        # The widget wants its three boxes, whatever a browser sent.
        self.raw_data = typed = [*(tidy(part) for part in valuelist), "", "", ""][:3]
        self.data = None
        if not any(typed):
            return
        try:
            day, month, year = (_digits(part) for part in typed)
            self.data = date(year, month, day)
        except (ValueError, OverflowError):
            raise ValueError(gettext("This is not a day that exists. Write it like 27 3 2027.")) from None
        if not 1900 <= year <= 2200:
            self.data = None
            raise ValueError(gettext("Write the year with four digits, such as 2027."))


class HourField(StringField):
    """A time of the day, as `16:00` or `16:00:30`; what was typed stays on the screen."""

    widget = GovTextInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.data or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]).lower().replace("u", ":").replace("h", ":").replace(".", ":") if valuelist else ""
        typed = (typed + "00" if typed.endswith(":") else typed) or MIDNIGHT
        self.data = typed
        try:
            hour, minute, *second = (int(part) for part in typed.split(":"))
            self.data = time(hour, minute, *second).isoformat()
        except (ValueError, TypeError):
            raise ValueError(gettext("Write a time such as 16:00.")) from None


class CountField(Field):
    """A whole number."""

    widget = GovTextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]).replace(" ", "") if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = _digits(typed)
            except ValueError:
                raise ValueError(gettext("Write a whole number, such as 12.")) from None


def _digits(typed: str) -> int:
    """The number of at most fifteen plain digits. Raises ValueError for anything else that int() would read."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 15):
        raise ValueError
    return int(typed)


class OneOf(RadioField):
    """One of several; nothing chosen is an answer too."""

    def pre_validate(self, form: Form) -> None:
        if self.data and self.data not in [choice.value for choice in self.choices]:
            raise ValidationError(gettext("Choose one of the answers shown."))


class Pick(SelectField):
    """One of a short list; nothing chosen is an answer too."""

    widget = GovSelect()

    def pre_validate(self, form: Form) -> None:
        if self.data and self.data not in [choice.value for choice in self.choices]:
            raise ValidationError(gettext("Choose one of the answers shown."))


class SeveralOf(SelectMultipleField):
    """Several of several, as checkboxes."""

    def pre_validate(self, form: Form) -> None:
        known = {choice.value for choice in self.choices}
        if not set(self.data or ()) <= known:
            raise ValidationError(gettext("Choose among the answers shown."))


def needed() -> DataRequired:
    """The field must be filled in."""
    return DataRequired(_("Please fill this in."))


def line(label: Any, *validators: Any, description: Any = "") -> Any:
    """A single line of text."""
    return StringField(
        label, filters=[tidy], validators=list(validators), widget=GovTextInput(), description=description
    )


def password(label: Any, *validators: Any, description: Any = "") -> Any:
    """A password; never tidied, never shown again."""
    return PasswordField(label, validators=list(validators), widget=GovPasswordInput(), description=description)


def new_password(label: Any = None) -> Any:
    """The field in which somebody chooses a password."""
    told = _("At least %(length)s characters: a short sentence, for example.", length=rules.PASSWORD_LENGTH)
    return password(label or _("Password"), needed(), description=told)


def check_new_password(form: Form, field: Field, email: str | None) -> None:
    """Say under the field why this password will not do."""
    own = ((email or "").split("@")[0], "oproep")
    Keeps(lambda typed: rules.acceptable_password(typed, forbidden=own))(form, field)


def legal_form() -> SelectField:
    """Which kind of legal person an organisation is."""
    return SelectField(
        _("Legal form"), widget=GovSelect(), validators=[needed()],
        choices=choices([("", _("Choose…")), *((form, form) for form in LEGAL_FORMS), *OTHER_FORMS]),
    )  # fmt: skip


class SeatForm(Form):
    """What an organisation is called and where it is."""

    organisation = line(_("Name of the organisation"), needed(), AtMost(200), description=_("As in its statutes."))
    legal_form = legal_form()
    street = line(_("Street and number"), needed(), AtMost(200))
    postal_code = line(
        _("Postal code"), needed(), AtMost(10), Keeps(rules.postal_code), description=_("The seat is in Belgium.")
    )  # fmt: skip
    city = line(_("Town"), needed(), AtMost(100))


class OrganisationForm(SeatForm):
    """What founds an organisation here; registering an account asks the same."""

    enterprise_number = line(
        _("Enterprise number"), needed(), Keeps(rules.enterprise_number),
        description=_("Ten digits, as in the Crossroads Bank for Enterprises, for example 0456.789.034."),
    )  # fmt: skip
    accredited_from = DayField(
        _("Accredited since"),
        description=_("The first day; only for organisations accredited under the law of 19 March 2013."),
    )  # fmt: skip
    accredited_until = DayField(_("Accredited until"), description=_("The last day, if you know it."))

    def read(self) -> NewOrganisation:
        """The organisation as it was filled in."""
        return NewOrganisation(
            self.enterprise_number.data, self.organisation.data, self.legal_form.data, self.street.data,
            rules.postal_code(self.postal_code.data), self.city.data, accredited_from=self.accredited_from.data,
            accredited_until=self.accredited_until.data,
        )  # fmt: skip

    def validate_accredited_until(self, field: Field) -> None:
        starts = self.accredited_from.data
        if field.data and not starts:
            raise ValidationError(_("Give the first day of the accreditation too."))
        if field.data and field.data < starts:
            raise ValidationError(_("The last day comes before the first."))
