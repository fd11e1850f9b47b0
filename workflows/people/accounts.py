"""An account of one's own: a forgotten password, another address, another name. Every link works once and expires."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from workflows.database import lock_chain
from workflows.history import HOUSE, record
from workflows.lifecycle import Event
from workflows.people import actions, queries, rules
from workflows.people.actions import NewPerson, ask_confirmation
from workflows.people.links import Purpose
from workflows.people.sessions import end_others
from workflows.people.tables import Link, Person
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem

TO_CHANGE = timedelta(hours=2)
"""How long a link for a new password or address works: it opens the account, so not for long."""
LINKS_PER_HOUR = 3


@dataclass(frozen=True)
class Registered:
    """What came of a registration: the account it made, or None where the address had one."""

    actor: Actor | None


def register(session: Session, new: NewPerson, *, leads_to: str = "", now: datetime) -> Registered:
    """Open an account and mail the link that confirms its address; the owner of an address known here is mailed.

    Both look the same to whoever asks, and take as long. Raises Problem on a wrong address or a weak password.
    """
    email = rules.email(new.email)
    lock_chain(session, HOUSE)
    known = queries.person_by_email(session, email)
    if known is None:
        actor = actions.open_account(session, new, now=now)
        ask_confirmation(session, actor, leads_to=leads_to, now=now)
        return Registered(actor)
    rules.acceptable_password(new.password or "", forbidden=(email.split("@")[0], "oproep"))
    actions.hasher.hash(new.password or "")
    if _may_mail(session, known.id, Event.REGISTER_AGAIN, now):
        record(session, known, Event.REGISTER_AGAIN, actor=Actor(known.id, known.name), now=now)
    return Registered(None)


def ask_again(session: Session, actor: Actor, *, leads_to: str = "", now: datetime) -> None:
    """Mail the link that confirms one's address once more.

    Raises Problem `address-confirmed` or `mails-too-many`: three in an hour are enough.
    """
    require(actor, Action.USE_ACCOUNT)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.confirmed_at is not None:
        raise Problem("address-confirmed")
    if _links(session, person.id, Purpose.CONFIRM_ADDRESS, now + actions.TO_CONFIRM) >= LINKS_PER_HOUR:
        raise Problem("mails-too-many", most=LINKS_PER_HOUR)
    ask_confirmation(session, actor, leads_to=leads_to, now=now)


def ask_new_password(session: Session, email: str, *, now: datetime) -> None:
    """Mail a link for a new password, where there is such an account; whether there is, is never said."""
    person = queries.person_by_email(session, email.strip().lower())
    if person is None:
        return
    session.get_one(Person, person.id, with_for_update=True)
    if _links(session, person.id, Purpose.NEW_PASSWORD, now + TO_CHANGE) >= LINKS_PER_HOUR:
        return
    link = _link(session, person, Purpose.NEW_PASSWORD, person.email, now)
    actor = Actor(person.id, person.name)
    record(session, person, Event.ASK_PASSWORD, actor=actor, now=now, facts={"link": link.id})


def set_new_password(session: Session, token: str, password: str, *, now: datetime) -> int:
    """Use the link of a mail to choose a password; every browser is signed out. Returns the person's id.

    The link came to the address, so the address is confirmed too. Raises NotThere, Problem `link-used`,
    `link-expired` or `password-…`.
    """
    link = queries.link(session, token, Purpose.NEW_PASSWORD, now=now)
    person = session.get_one(Person, link.person_id)
    if person.email != link.address:
        raise NotThere  # the address was changed since
    actions.set_password(session, person.id, password)
    actions.use_link(session, token, Purpose.NEW_PASSWORD, now=now)
    _drop_links(session, person.id, Purpose.NEW_PASSWORD, now)
    actor = Actor(person.id, person.name)
    end_others(session, actor, None, now=now)
    person.confirmed_at = person.confirmed_at or now
    record(session, person, Event.CHANGE_PASSWORD, actor=actor, now=now, facts={"by": "link"})
    return person.id


def change_password(session: Session, actor: Actor, current_token: str, password: str, *, now: datetime) -> None:
    """Choose another password; every other browser is signed out. Who asks was recognised just before.

    Raises Problem `password-…`.
    """
    require(actor, Action.USE_ACCOUNT)
    actions.set_password(session, actor.person_id or 0, password)
    end_others(session, actor, current_token, now=now)
    person = session.get_one(Person, actor.person_id)
    _drop_links(session, person.id, Purpose.NEW_PASSWORD, now)
    record(session, person, Event.CHANGE_PASSWORD, actor=actor, now=now, facts={"by": "password"})


def ask_address(session: Session, actor: Actor, email: str, *, now: datetime) -> None:
    """Mail a link to the address that is to replace one's own; until it is used, nothing changes.

    An address that is taken gets no link, and that is not said. Raises Problem `email-wrong`, `email-same`,
    `mails-too-many`.
    """
    require(actor, Action.USE_ACCOUNT)
    address = rules.email(email)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if address == person.email:
        raise Problem("email-same", field="email")
    if _links(session, person.id, Purpose.CHANGE_ADDRESS, now + TO_CHANGE) >= LINKS_PER_HOUR:
        raise Problem("mails-too-many", field="email", most=LINKS_PER_HOUR)
    _drop_links(session, person.id, Purpose.CHANGE_ADDRESS, now)
    link = _link(session, person, Purpose.CHANGE_ADDRESS, address, now, replaces=person.email)
    taken = queries.person_by_email(session, address)
    if taken is not None:
        link.used_at = now  # it never works; its owner is told instead
        record(session, taken, Event.REGISTER_AGAIN, actor=Actor(taken.id, taken.name), now=now)
        return
    record(session, person, Event.ASK_ADDRESS, actor=actor, now=now, facts={"link": link.id})


def change_address(session: Session, token: str, *, now: datetime) -> int:
    """Use the link sent to a new address: it is the account's from now on, and the old one is told.

    Returns the person's id. Raises NotThere, Problem `link-used`, `link-expired`.
    """
    link = actions.use_link(session, token, Purpose.CHANGE_ADDRESS, now=now)
    person = session.get_one(Person, link.person_id)
    if person.email != link.replaces or queries.person_by_email(session, link.address) is not None:
        raise NotThere
    person.email, person.confirmed_at = link.address, now
    for purpose in (Purpose.CONFIRM_ADDRESS, Purpose.NEW_PASSWORD):  # they went to the old address
        _drop_links(session, person.id, purpose, now)
    actor = Actor(person.id, person.name)
    record(session, person, Event.CHANGE_ADDRESS, actor=actor, now=now, facts={"link": link.id})
    return person.id


def change_name(session: Session, actor: Actor, name: str, *, now: datetime) -> None:
    """Choose the name that stands in letters and lists. Raises Problem `name-needed`."""
    require(actor, Action.USE_ACCOUNT)
    if not name.strip():
        raise Problem("name-needed", field="name")
    person = session.get_one(Person, actor.person_id)
    if person.name != name.strip():
        person.name = name.strip()
        record(session, person, Event.CHANGE_NAME, actor=actor, now=now)


def _link(session: Session, person: Person, purpose: Purpose, address: str, now: datetime, replaces: str = "") -> Link:
    link = Link(
        purpose=purpose, person_id=person.id, address=address, replaces=replaces, expires_at=now + TO_CHANGE
    )  # fmt: skip
    session.add(link)
    session.flush()
    return link


def _links(session: Session, person_id: int, purpose: Purpose, expiring: datetime) -> int:
    """How many links for this were made in the last hour, told by when they expire."""
    made = select(func.count()).select_from(Link).where(
        Link.person_id == person_id, Link.purpose == purpose, Link.expires_at > expiring - timedelta(hours=1)
    )  # fmt: skip
    return session.scalar(made) or 0


def _drop_links(session: Session, person_id: int, purpose: Purpose, now: datetime) -> None:
    """Let no earlier link for this work any more."""
    session.execute(
        update(Link).where(Link.person_id == person_id, Link.purpose == purpose, Link.used_at.is_(None))
        .values(used_at=now)
    )  # fmt: skip


def _may_mail(session: Session, person_id: int, event: Event, now: datetime) -> bool:
    """Whether the owner of an address may be told again of what others do with it."""
    return queries.happened(session, f"person:{person_id}", event, now - timedelta(hours=1)) < LINKS_PER_HOUR
