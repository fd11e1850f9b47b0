"""Acting on people: opening an account, signing in and out, organisations, roles."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from workflows.database import lock_chain
from workflows.history import HOUSE, record
from workflows.lifecycle import Event
from workflows.people import queries, rules
from workflows.people.links import Purpose
from workflows.people.tables import (
    Accreditation,
    BankAccount,
    FailedSignIn,
    Link,
    Membership,
    Organisation,
    Person,
    RoleGrant,
    SignInSession,
    SpokenLanguage,
)
from workflows.permissions import Action, Actor, MemberRole, Role, require
from workflows.problems import NotThere, Problem

hasher = PasswordHasher()

TO_CONFIRM = timedelta(days=3)
"""How long somebody has to confirm an address."""


@cache
def _nobody() -> str:
    """Verified against when there is no such account, so that the answer takes as long."""
    return hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class NewPerson:
    """What an account needs. `password` is None for somebody the office itself enters, whose address it knows."""

    name: str
    email: str
    language: str
    password: str | None = None


@dataclass(frozen=True)
class NewOrganisation:
    """What an organisation says of itself; `accredited_from`/`accredited_until` are days, both inclusive."""

    enterprise_number: str
    name: str
    legal_form: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    iban: str = ""
    accredited_from: date | None = None
    accredited_until: date | None = None
    contact_name: str = ""
    contact_email: str = ""


def open_account(session: Session, new: NewPerson, *, now: datetime) -> Actor:
    """Make a person. Raises Problem on a wrong address, a taken one, or a weak password."""
    email = rules.email(new.email)
    if new.password is not None:
        rules.acceptable_password(new.password, forbidden=(email.split("@")[0], "oproep"))
    lock_chain(session, HOUSE)  # of two who register one address at once, one does
    if queries.person_by_email(session, email):
        raise Problem("email-taken", field="email")
    person = Person(
        email=email, name=new.name.strip(), language=new.language, created_at=now,
        password_hash=hasher.hash(new.password) if new.password is not None else None,
        confirmed_at=now if new.password is None else None,
    )  # fmt: skip
    session.add(person)
    session.flush()
    actor = Actor(person.id, person.name)
    record(session, person, Event.REGISTER, actor=actor, now=now)
    return actor


def ask_confirmation(session: Session, actor: Actor, *, leads_to: str = "", now: datetime) -> None:
    """Mail a single-use link to the address of an account: who follows it has shown that the address is theirs.

    `leads_to` is the page of the portal to go on to afterwards.
    """
    require(actor, Action.USE_ACCOUNT)
    person = session.get_one(Person, actor.person_id)
    link = Link(
        purpose=Purpose.CONFIRM_ADDRESS, person_id=person.id, address=person.email, expires_at=now + TO_CONFIRM,
        leads_to=leads_to[:300],
    )  # fmt: skip
    session.add(link)
    session.flush()
    record(session, person, Event.ASK_CONFIRMATION, actor=actor, now=now, facts={"link": link.id})


def confirm_address(session: Session, token: str, *, now: datetime) -> int:
    """Use the link of a mail: the address is its person's. Returns the person's id.

    Raises NotThere, Problem `link-used` or `link-expired`.
    """
    link = use_link(session, token, Purpose.CONFIRM_ADDRESS, now=now)
    person = session.get_one(Person, link.person_id)
    if person.email != link.address:
        raise NotThere  # the address was changed since
    person.confirmed_at = now
    record(session, person, Event.CONFIRM_ADDRESS, actor=Actor(person.id, person.name), now=now)
    return person.id


def use_link(session: Session, token: str, purpose: Purpose, *, now: datetime) -> Link:
    """The link of this token, now used: of two who follow it at once, one does.

    Raises NotThere, Problem `link-used` or `link-expired`.
    """
    link = queries.link(session, token, purpose, now=now)
    used = update(Link).where(Link.id == link.id, Link.used_at.is_(None)).values(used_at=now)
    if session.execute(used).rowcount != 1:  # type: ignore[attr-defined]  # what an UPDATE returns has a row count
        raise Problem("link-used")
    return link


def set_password(session: Session, person_id: int, password: str) -> None:
    """Give an account a (new) password. Raises Problem where it is weak."""
    person = session.get_one(Person, person_id)
    rules.acceptable_password(password, forbidden=(person.email.split("@")[0], "oproep"))
    person.password_hash = hasher.hash(password)


def require_new(session: Session, enterprise_number: str) -> str:
    """The digits of an enterprise number nobody registered here. Raises Problem on a wrong or a known one."""
    number = rules.enterprise_number(enterprise_number)
    lock_chain(session, HOUSE)  # a second click waits here, and then reads what the first one did
    if queries.organisation_by_number(session, number):
        raise Problem("organisation-known", field="enterprise_number")
    return number


def found_organisation(session: Session, actor: Actor, new: NewOrganisation, *, now: datetime) -> int:
    """Make an organisation of which the actor is owner; returns its id.

    Raises Problem on a malformed enterprise number or account number, or where the number is registered already.
    """
    require(actor, Action.USE_ACCOUNT)
    account = rules.iban(new.iban) if new.iban.strip() else ""
    number = require_new(session, new.enterprise_number)
    organisation = Organisation(
        enterprise_number=number, name=new.name.strip(), legal_form=new.legal_form, street=new.street.strip(),
        postal_code=new.postal_code.strip(), city=new.city.strip(), contact_name=new.contact_name.strip(),
        contact_email=new.contact_email.strip(), created_at=now,
    )  # fmt: skip
    session.add(organisation)
    session.flush()
    session.add(Membership(person_id=actor.person_id, organisation_id=organisation.id, role=MemberRole.OWNER))
    if account:
        session.add(BankAccount(organisation_id=organisation.id, iban=account, since=now, given_by=actor.person_id))
    if new.accredited_from:
        rules.acceptable_period(new.accredited_from, new.accredited_until)
        session.add(
            Accreditation(
                organisation_id=organisation.id, starts=new.accredited_from, ends=new.accredited_until, stated_at=now
            )
        )  # fmt: skip
    record(session, organisation, Event.REGISTER, actor=actor, now=now, facts={"enterprise_number": number})
    return organisation.id


def give_role(session: Session, person_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """Give a person a role in the programme."""
    require(actor, Action.GIVE_ROLE)
    if session.get(RoleGrant, (person_id, role)) is None:
        session.add(RoleGrant(person_id=person_id, role=role))
        person = session.get_one(Person, person_id)
        record(session, person, Event.GRANT_ROLE, actor=actor, now=now, facts={"role": role})


def take_role(session: Session, person_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """Take a role in the programme from a person. Raises Problem `last-administrator`: somebody must be left."""
    require(actor, Action.GIVE_ROLE)
    lock_chain(session, HOUSE)  # two administrators who take each other's role at once must not both succeed
    grant = session.get(RoleGrant, (person_id, role), with_for_update=True)
    if grant is None:
        raise NotThere
    if role is Role.ADMINISTRATOR and len(queries.people_with(session, role)) < 2:
        raise Problem("last-administrator")
    session.delete(grant)
    person = session.get_one(Person, person_id)
    record(session, person, Event.TAKE_ROLE, actor=actor, now=now, facts={"role": role})


def speaks(session: Session, person_id: int, languages: frozenset[str]) -> None:
    """Set the languages in which a person can judge."""
    session.execute(delete(SpokenLanguage).where(SpokenLanguage.person_id == person_id))
    session.add_all(SpokenLanguage(person_id=person_id, language=language) for language in sorted(languages))


def recognise(session: Session, email: str, password: str) -> int | None:
    """Whose account and password these are, None where they do not go together.

    Slow on purpose (argon2), and as slow for an account that does not exist; so it only reads, and holds no lock.
    """
    person = queries.person_by_email(session, email.strip().lower())
    known = person is not None and person.password_hash is not None
    stored = person.password_hash if person is not None and person.password_hash is not None else _nobody()
    try:
        hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return None
    return person.id if person is not None and known else None


def sign_in(session: Session, person_id: int, *, browser: str = "", now: datetime) -> str:
    """Begin a session of a recognised person; returns its token."""
    person = session.get_one(Person, person_id)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=queries.token_hash(token), person_id=person.id, created_at=now, last_seen_at=now,
            browser=browser[:60],
        )
    )  # fmt: skip
    record(session, person, Event.SIGN_IN, actor=Actor(person.id, person.name), now=now)
    return token


def note_failed_sign_in(session: Session, key: str, *, now: datetime) -> None:
    """Count a wrong password."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < now - queries.ATTEMPTS_WINDOW))
    session.add(FailedSignIn(key=key, at=now))


def sign_out(session: Session, actor: Actor, token: str, *, now: datetime) -> None:
    """End the session of this token."""
    found = session.scalar(select(SignInSession).where(SignInSession.token_hash == queries.token_hash(token)))
    if found is not None and found.ended_at is None:
        found.ended_at = now
        person = session.get_one(Person, found.person_id)
        record(session, person, Event.SIGN_OUT, actor=actor, now=now)


def choose_language(session: Session, actor: Actor, language: str) -> None:
    """Remember the language of somebody's screens and mail."""
    require(actor, Action.USE_ACCOUNT)
    session.get_one(Person, actor.person_id).language = language
