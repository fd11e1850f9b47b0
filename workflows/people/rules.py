"""What makes an organisation, an account and a password acceptable. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email
from stdnum import iban as any_iban
from stdnum.be import vat
from stdnum.exceptions import ValidationError

from workflows.problems import Problem

PASSWORD_LENGTH = 15
"""Characters of a password that is the only factor (NIST SP 800-63B-4)."""


class ApplicantType(StrEnum):
    """What an organisation is to a call; the ceiling depends on it. A call may also invite anybody alike."""

    ACCREDITED = "accredited"
    OTHER_NONPROFIT = "other-nonprofit"
    ANY = "any"


def enterprise_number(typed: str) -> str:
    """Ten digits of a Belgian enterprise number (KBO/BCE), modulo 97 checked.

    Raises Problem `enterprise-number-wrong` on field `enterprise_number`.
    """
    try:
        return str(vat.validate(typed))
    except ValueError:  # wrong, or more digits than int() reads
        raise Problem("enterprise-number-wrong", field="enterprise_number", typed=typed) from None


def show_enterprise_number(digits: str) -> str:
    """`0456.789.034`, as the Crossroads Bank writes it."""
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def iban(typed: str) -> str:
    """A bank account number in compact form; a Belgian one is checked on its own digits too.

    Raises Problem `iban-wrong` on field `iban`.
    """
    wrong = Problem("iban-wrong", field="iban", typed=typed)
    try:
        # The package's country check also wants a bank on its list, which is older than some banks.
        compact = str(any_iban.validate(typed, check_country=False))
    except ValidationError:
        raise wrong from None
    if compact.startswith("BE") and int(compact[-2:]) != (int(compact[4:-2]) % 97 or 97):
        raise wrong
    return compact


def masked_iban(compact: str) -> str:
    """The country and the last four characters; the rest is nobody's business on a screen."""
    return f"{compact[:2]}•• •••• •••• {compact[-4:]}"


def email(typed: str) -> str:
    """A mail address in its normal form, lower case. Raises Problem `email-wrong` on field `email`."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False)
        return str(found.ascii_email).lower()
    except EmailNotValidError:
        raise Problem("email-wrong", field="email", typed=typed) from None


def acceptable_password(password: str, *, forbidden: Iterable[str] = ()) -> None:
    """Raise Problem `password-short` or `password-guessable` on field `password`; length is all that is asked."""
    if len(password) < PASSWORD_LENGTH:
        raise Problem("password-short", field="password", length=PASSWORD_LENGTH)
    low = password.lower()
    if len(set(low)) < 5 or any(word and len(word) > 3 and word.lower() in low for word in forbidden):
        raise Problem("password-guessable", field="password")


def applicant_type(accreditations: Iterable[tuple[date, date | None]], at: date) -> ApplicantType:
    """Accredited where one of the (first day, last day or None) periods covers the reference date, both inclusive.

    Accreditation is a dated status: law of 19 March 2013, royal decree of 11 September 2016; the next cycle
    takes effect on 1 January 2027.
    """
    for starts, ends in accreditations:
        if starts <= at and (ends is None or at <= ends):
            return ApplicantType.ACCREDITED
    return ApplicantType.OTHER_NONPROFIT
