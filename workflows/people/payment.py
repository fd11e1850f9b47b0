"""Where an organisation is paid: it gives a number with the bank's certificate, and four eyes of the office check it.

The number is masked in every view but one, `full_number`, and that reading is written down.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.files import store
from workflows.files.actions import take_in
from workflows.files.rules import safe_name
from workflows.files.tables import Document
from workflows.history import record
from workflows.lifecycle import Event
from workflows.people import rules
from workflows.people.organisations import relation_to
from workflows.people.tables import BankAccount, Organisation, Person
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem


class AccountStanding(StrEnum):
    """How far the office is with an account; only a confirmed one may be paid to."""

    CERTIFICATE_MISSING = "certificate-missing"
    TO_CHECK = "to-check"
    SECOND_LOOK = "second-look"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Certificate:
    """The bank's statement of who holds an account, as it was sent: the name of the file and its content."""

    name: str
    content: bytes


@dataclass(frozen=True)
class AccountView:
    """An account of an organisation; the number is masked."""

    id: int
    organisation_id: int
    organisation: str
    enterprise_number: str
    iban: str
    standing: AccountStanding
    certificate_name: str
    since: datetime
    looked_by: str
    looked_by_id: int | None
    looked_at: datetime | None
    confirmed_by: str
    confirmed_at: datetime | None
    refusal: str


def give_account(
    session: Session, actor: Actor, organisation_id: int, iban: str, certificate: Certificate | None, *, now: datetime
) -> int:
    """Say where the organisation is paid; returns the id of the account, which is to be checked.

    The number that stands already keeps its place, and takes a certificate where it had none. Raises NotThere for
    who is not an owner, Problem `iban-wrong`, `certificate-needed`, or the refusal of the document.
    """
    require(actor, Action.MANAGE_ORGANISATION, relation_to(session, actor, organisation_id))
    compact = rules.iban(iban)
    organisation = session.get_one(Organisation, organisation_id, with_for_update=True)
    current = session.scalar(_accounts().where(BankAccount.organisation_id == organisation_id).limit(1))
    same = current is not None and current.iban == compact and current.refused_at is None
    if same and current is not None and current.certificate is not None:
        return current.id
    if certificate is None or not certificate.content:
        raise Problem("certificate-needed", field="certificate")
    document = _taken_in(session, certificate, now)
    account = current if same and current is not None else BankAccount(organisation_id=organisation_id, iban=compact)
    account.since, account.given_by = now, actor.person_id
    account.certificate, account.certificate_name = document.sha256, safe_name(certificate.name, document.media_type)
    session.add(account)
    session.flush()
    replaces = rules.masked_iban(current.iban) if current is not None and not same else None
    facts = {"iban": rules.masked_iban(compact), "replaces": replaces, "certificate": document.sha256}
    record(session, organisation, Event.CHANGE_ACCOUNT_NUMBER, actor=actor, now=now, facts=facts)
    return account.id


def look_at_account(session: Session, actor: Actor, account_id: int, *, now: datetime) -> None:
    """The first look: the certificate names the organisation and this number. Raises Problem `account-not-open`."""
    account = _checkable(session, actor, account_id)
    if account.looked_at is not None or account.certificate is None:
        raise Problem("account-not-open")
    account.looked_at, account.looked_by = now, actor.person_id
    _write_down(session, account, Event.LOOK_AT_ACCOUNT, actor, now)


def confirm_account(session: Session, actor: Actor, account_id: int, *, now: datetime) -> None:
    """The second look, by somebody else; from now on the account may be paid to.

    Raises Problem `account-not-open` before the first look, `second-look-by-another` for whoever looked first.
    """
    account = _checkable(session, actor, account_id)
    if account.looked_at is None:
        raise Problem("account-not-open")
    if actor.person_id is not None and account.looked_by == actor.person_id:
        raise Problem("second-look-by-another")
    account.confirmed_at, account.confirmed_by = now, actor.person_id
    _write_down(session, account, Event.CONFIRM_ACCOUNT, actor, now)


def refuse_account(session: Session, actor: Actor, account_id: int, reason: str, *, now: datetime) -> None:
    """Send the account back with the reason, which the organisation reads. Raises Problem `reason-needed`."""
    account = _checkable(session, actor, account_id)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    account.refused_at, account.refused_by, account.refusal = now, actor.person_id, reason.strip()
    _write_down(session, account, Event.REFUSE_ACCOUNT, actor, now, reason.strip())


def full_number(session: Session, actor: Actor, account_id: int, *, now: datetime) -> str:
    """The whole number, for the screen that checks it; that it was read is written down. Raises NotThere."""
    account = _of_office(session, actor, account_id)
    _write_down(session, account, Event.READ_ACCOUNT_NUMBER, actor, now)
    return account.iban


def certificate(session: Session, actor: Actor, account_id: int, *, now: datetime) -> tuple[str, str, bytes]:
    """Name, media type and content of a certificate, for the office; it holds the number, so it is written down too.

    Raises NotThere where there is none.
    """
    account = _of_office(session, actor, account_id)
    if account.certificate is None:
        raise NotThere
    _write_down(session, account, Event.READ_ACCOUNT_NUMBER, actor, now)
    document = session.get_one(Document, account.certificate)
    return account.certificate_name, document.media_type, store.get(document.sha256)


def accounts_of(session: Session, organisation_id: int) -> tuple[AccountView, ...]:
    """Every account an organisation ever gave, the newest first."""
    return _views(session, _accounts().where(BankAccount.organisation_id == organisation_id))


def account(session: Session, account_id: int) -> AccountView:
    """One account, for the office. Raises NotThere."""
    found = session.get(BankAccount, account_id)
    if found is None:
        raise NotThere
    return next(one for one in accounts_of(session, found.organisation_id) if one.id == account_id)


def _accounts() -> Select[BankAccount]:
    return select(BankAccount).order_by(BankAccount.id.desc())


def _views(session: Session, statement: Select[BankAccount]) -> tuple[AccountView, ...]:
    """The views of one organisation's accounts; whichever is not the newest that stands was replaced."""
    rows = list(session.scalars(statement))
    standing = next((one.id for one in rows if one.refused_at is None), None)
    return tuple(_view(session, one, one.id == standing) for one in rows)


def _view(session: Session, one: BankAccount, current: bool) -> AccountView:
    organisation = session.get_one(Organisation, one.organisation_id)
    return AccountView(
        one.id, organisation.id, organisation.name, organisation.enterprise_number, rules.masked_iban(one.iban),
        _standing(one, current), one.certificate_name, one.since, _name(session, one.looked_by), one.looked_by,
        one.looked_at, _name(session, one.confirmed_by), one.confirmed_at, one.refusal,
    )  # fmt: skip


def _standing(one: BankAccount, current: bool) -> AccountStanding:
    if one.refused_at is not None:
        return AccountStanding.REFUSED
    if not current:
        return AccountStanding.REPLACED
    if one.confirmed_at is not None:
        return AccountStanding.CONFIRMED
    if one.certificate is None:
        return AccountStanding.CERTIFICATE_MISSING
    return AccountStanding.SECOND_LOOK if one.looked_at is not None else AccountStanding.TO_CHECK


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else ""


def _of_office(session: Session, actor: Actor, account_id: int) -> BankAccount:
    """The row, for somebody of the office who is no member of the organisation."""
    require(actor, Action.CHECK_ORGANISATION)
    found = session.get(BankAccount, account_id, with_for_update=True)
    if found is None:
        raise NotThere
    require(actor, Action.CHECK_ORGANISATION, relation_to(session, actor, found.organisation_id))
    return found


def _checkable(session: Session, actor: Actor, account_id: int) -> BankAccount:
    """An account that stands and is neither confirmed nor refused. Raises Problem `account-not-open`."""
    found = _of_office(session, actor, account_id)
    newer = session.scalar(
        select(BankAccount.id).where(
            BankAccount.organisation_id == found.organisation_id, BankAccount.id > found.id,
            BankAccount.refused_at.is_(None),
        ).limit(1)
    )  # fmt: skip
    if newer is not None or found.confirmed_at is not None or found.refused_at is not None:
        raise Problem("account-not-open")
    return found


def _taken_in(session: Session, sent: Certificate, now: datetime) -> Document:
    try:
        return take_in(session, sent.content, now=now)
    except Problem as problem:
        raise Problem(problem.code, field="certificate", **problem.reason.facts) from None


def _write_down(
    session: Session, account: BankAccount, event: Event, actor: Actor, now: datetime, reason: str = ""
) -> None:
    organisation = session.get_one(Organisation, account.organisation_id)
    facts = {"account": account.id, "iban": rules.masked_iban(account.iban)}
    record(session, organisation, event, actor=actor, now=now, reason=reason, facts=facts)
