"""What makes an organisation, an account and a password acceptable. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from stdnum import iban as any_iban
from stdnum.be import vat
from stdnum.exceptions import ValidationError

from workflows.problems import Problem

PASSWORD_LENGTH = 15
"""Characters of a password that is the only factor (NIST SP 800-63B-4)."""


class AccreditationState(StrEnum):
    """What the office found of an accreditation that an organisation states."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


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


@dataclass(frozen=True)
class Period:
    """An accreditation: first and last day (None: open), both inclusive, and whether the office confirmed it."""

    starts: date
    ends: date | None
    confirmed: bool = True


@dataclass(frozen=True)
class ApplicantStanding:
    """What type of applicant an organisation is, and whether that rests on its own word only."""

    type: ApplicantType
    confirmed: bool = True


def applicant_standing(accreditations: Iterable[Period], at: date) -> ApplicantStanding:
    """Accredited where a period covers the reference date, stated or confirmed; a refused one is no period.

    An applicant must be able to submit before the office has looked, so its own word is taken; `confirmed` is False
    where it is all there is, and the conditions of eligibility then leave to a person what hangs on it.

    Accreditation is a dated status: law of 19 March 2013, royal decree of 11 September 2016; the next cycle
    takes effect on 1 January 2027.
    """
    covering = [one for one in accreditations if one.starts <= at and (one.ends is None or at <= one.ends)]
    if not covering:
        return ApplicantStanding(ApplicantType.OTHER_NONPROFIT)
    return ApplicantStanding(ApplicantType.ACCREDITED, any(one.confirmed for one in covering))


def acceptable_period(starts: date, ends: date | None) -> None:
    """Raise Problem `accreditation-backwards` on field `ends` where the last day comes before the first."""
    if ends is not None and ends < starts:
        raise Problem("accreditation-backwards", field="ends")


def postal_code(typed: str) -> str:
    """A Belgian postal code of four digits. Raises Problem `postal-code-wrong` on field `postal_code`."""
    digits = typed.strip().upper().removeprefix("B-").removeprefix("BE-")
    if not (len(digits) == 4 and digits.isascii() and digits.isdigit() and digits[0] != "0"):
        raise Problem("postal-code-wrong", field="postal_code", typed=typed)
    return digits


def phone(typed: str) -> str:
    """A telephone number as it was written, one space between its parts. Raises Problem `phone-wrong`."""
    written = " ".join(typed.split())
    digits = [sign for sign in written if sign.isascii() and sign.isdigit()]
    if not 8 <= len(digits) <= 15 or not set(written) <= set("0123456789+()/.- "):
        raise Problem("phone-wrong", field="contact_phone", typed=typed)
    return written


def website(typed: str) -> str:
    """An address of a web site, `https://` put before it where it was left out. Raises Problem `website-wrong`."""
    written = typed.strip()
    address = written if "://" in written else f"https://{written}"
    wrong = Problem("website-wrong", field="website", typed=typed)
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise wrong from None
    named = "." in host.strip(".") and parts.username is None and not any(map(str.isspace, written))
    if parts.scheme not in ("http", "https") or not named:
        raise wrong
    return address
