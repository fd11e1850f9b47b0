"""Asking about people: accounts, memberships, organisations, who is signed in."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from workflows.history import HistoryEntry
from workflows.lifecycle import Event
from workflows.people import links
from workflows.people.links import Purpose
from workflows.people.rules import ApplicantStanding, ApplicantType, masked_iban
from workflows.people.standings import standings
from workflows.people.tables import (
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
from workflows.permissions import Actor, MemberRole, Role
from workflows.problems import NotThere, Problem

ATTEMPTS_ALLOWED = 8
ATTEMPTS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as its members and the office see it; the account number is masked."""

    id: int
    enterprise_number: str
    name: str
    legal_form: str
    street: str
    postal_code: str
    city: str
    country: str
    website: str
    contact_name: str
    contact_email: str
    contact_phone: str
    signatory_name: str
    signatory_function: str
    row_version: int
    iban: str
    role: MemberRole | None = None

    @property
    def address(self) -> tuple[str, ...]:
        lines = (self.name, self.street, f"{self.postal_code} {self.city}".strip())
        return tuple(line for line in lines if line)

    def statement(self) -> dict[str, str]:
        """What the organisation says of itself, as it is frozen in a submission; where it is paid is not part of it."""
        return {name: getattr(self, name) for name in _SHOWN if name not in ("id", "enterprise_number", "row_version")}

    def nameless(self) -> "OrganisationView":
        """The same without anything that tells which organisation it is."""
        texts = {one.name: "" for one in fields(self) if isinstance(getattr(self, one.name), str)}
        return replace(self, **texts, id=0, row_version=0, role=None)

    @property
    def complete(self) -> bool:
        """Whether somebody to reach and somebody to sign are known."""
        return all((self.contact_name, self.contact_email, self.signatory_name, self.signatory_function))


@dataclass(frozen=True)
class PersonView:
    """A person as others of the office see them."""

    id: int
    name: str
    email: str
    language: str
    roles: frozenset[Role]
    languages: frozenset[str]
    confirmed: bool = True
    """Whether the address was shown to be theirs."""


_SHOWN = tuple(field.name for field in fields(OrganisationView) if field.name not in ("iban", "role"))


def token_hash(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(session: Session, person_id: int) -> Actor:
    """The actor a person is, with the roles they hold now."""
    person = session.get_one(Person, person_id)
    return Actor(person.id, person.name, _roles(session, person_id))


def person_view(session: Session, person_id: int) -> PersonView:
    """One person, in one statement. Raises NotThere."""
    found = session.execute(_with_roles().where(Person.id == person_id)).all()
    if not found:
        raise NotThere
    return _person_view(found)


def person_views(session: Session, people: Select[int]) -> tuple[PersonView, ...]:
    """The persons whose ids `people` selects, by name, in one statement."""
    found: dict[int, list[Any]] = {}
    for one in session.execute(_with_roles().where(Person.id.in_(people)).order_by(Person.name, Person.id)):
        found.setdefault(one[0].id, []).append(one)
    return tuple(_person_view(rows) for rows in found.values())


def person_of_session(session: Session, token_hash: str) -> tuple[SignInSession, PersonView] | None:
    """The browser whose token has this hash, and its person, in one statement: every page asks who looks at it."""
    statement = _with_roles().join(SignInSession, SignInSession.person_id == Person.id).add_columns(SignInSession)
    found = session.execute(statement.where(SignInSession.token_hash == token_hash)).all()
    return (found[0][3], _person_view([one[:3] for one in found])) if found else None


def _with_roles() -> Select[Person, str, str]:
    """Persons, each with every role and every language spoken."""
    return (
        select(Person, RoleGrant.role, SpokenLanguage.language)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(SpokenLanguage, SpokenLanguage.person_id == Person.id)
    )


def _person_view(found: Sequence[Any]) -> PersonView:
    person = found[0][0]
    return PersonView(
        person.id, person.name, person.email, person.language,
        frozenset(Role(role) for _, role, _ in found if role), frozenset(spoken for *_, spoken in found if spoken),
        person.confirmed_at is not None,
    )  # fmt: skip


def require_confirmed(session: Session, actor: Actor) -> None:
    """Raise Problem `address-unconfirmed` where the address of this person was not shown to be theirs.

    A draft needs no confirmed address; what binds an organisation, or sends mail to others, does.
    """
    if actor.person_id is not None and session.get_one(Person, actor.person_id).confirmed_at is None:
        raise Problem("address-unconfirmed")


def people_with(session: Session, role: Role) -> tuple[PersonView, ...]:
    """Everybody who holds a role, by name."""
    return person_views(session, select(RoleGrant.person_id).where(RoleGrant.role == role))


def person_by_email(session: Session, email: str) -> Person | None:
    """The account with this address."""
    return session.scalar(select(Person).where(Person.email == email))


def organisation_view(session: Session, organisation_id: int) -> OrganisationView:
    """One organisation, in one statement. Raises NotThere."""
    found = organisation_views(session, [organisation_id])
    if not found:
        raise NotThere
    return found[organisation_id]


def organisation_views(session: Session, organisation_ids: Iterable[int]) -> dict[int, OrganisationView]:
    """Organisations by their id, in one statement."""
    statement = select(Organisation, standing_iban()).where(Organisation.id.in_(set(organisation_ids)))
    return {organisation.id: view_of(organisation, iban) for organisation, iban in session.execute(statement)}


def organisations_of(session: Session, person_id: int | None) -> tuple[OrganisationView, ...]:
    """The organisations a person is a member of, with the role in each."""
    rows = session.execute(
        select(Organisation, standing_iban(), Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id).order_by(Organisation.name, Organisation.id)
    )  # fmt: skip
    return tuple(view_of(organisation, iban, MemberRole(role)) for organisation, iban, role in rows)


def member_role(session: Session, person_id: int | None, organisation_id: int) -> MemberRole | None:
    """The person's role in the organisation, None for a stranger."""
    role = session.scalar(
        select(Membership.role)
        .where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
    )  # fmt: skip
    return MemberRole(role) if role else None


def members(session: Session, organisation_id: int) -> tuple[PersonView, ...]:
    """The people of an organisation who receive its mail, by name."""
    return person_views(session, select(Membership.person_id).where(Membership.organisation_id == organisation_id))


def organisation_by_number(session: Session, enterprise_number: str) -> Organisation | None:
    """The organisation with this enterprise number."""
    return session.scalar(select(Organisation).where(Organisation.enterprise_number == enterprise_number))


def applicant_standing_at(
    session: Session, organisation_id: int, at: date, stated_by: datetime | None = None
) -> ApplicantStanding:
    """What type of applicant the organisation is on the reference date; see `Standings.at`."""
    return standings(session, [organisation_id]).at(organisation_id, at, stated_by)


def applicant_type_at(
    session: Session, organisation_id: int, at: date, stated_by: datetime | None = None
) -> ApplicantType:
    """What type of applicant the organisation is on the reference date, by its own word or the office's."""
    return applicant_standing_at(session, organisation_id, at, stated_by).type


@dataclass(frozen=True)
class LinkView:
    """A single-use link as the page behind it shows it."""

    purpose: Purpose
    address: str
    expires_at: datetime
    person_id: int | None
    leads_to: str


def link_view(session: Session, token: str, *, now: datetime) -> LinkView:
    """The link a mail leads to. Raises NotThere, Problem `link-used` or `link-expired`."""
    found = link(session, token, links.read(token)[1], now=now)
    return LinkView(Purpose(found.purpose), found.address, found.expires_at, found.person_id, found.leads_to)


def link(session: Session, token: str, purpose: Purpose, *, now: datetime) -> Link:
    """The row of a link that can still be used. Raises NotThere, Problem `link-used` or `link-expired`."""
    link_id, found = links.read(token)
    if found is not purpose:
        raise NotThere
    link = session.get(Link, link_id)
    if link is None:
        raise NotThere
    if link.used_at is not None:
        raise Problem("link-used")
    if now >= link.expires_at:
        raise Problem("link-expired")
    return link


def happened(session: Session, subject: str, event: Event, since: datetime) -> int:
    """How often this happened to a subject since an instant."""
    found = select(func.count()).select_from(HistoryEntry).where(
        HistoryEntry.subject == subject, HistoryEntry.event == event, HistoryEntry.at > since
    )  # fmt: skip
    return session.scalar(found) or 0


def attempts_left(session: Session, key: str, now: datetime, allowed: int = ATTEMPTS_ALLOWED) -> bool:
    """Whether another try may be made under this key (a hash of account name and address) in a quarter of an hour."""
    recent = select(func.count()).select_from(FailedSignIn).where(
        FailedSignIn.key == key, FailedSignIn.at > now - ATTEMPTS_WINDOW
    )  # fmt: skip
    return (session.scalar(recent) or 0) < allowed


def _roles(session: Session, person_id: int) -> frozenset[Role]:
    return frozenset(
        Role(role) for role in session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id))
    )


def standing_iban() -> ScalarSelect[str]:
    """The number of the account of an organisation that stands: the newest that was not refused."""
    return (
        select(BankAccount.iban)
        .where(BankAccount.organisation_id == Organisation.id, BankAccount.refused_at.is_(None))
        .order_by(BankAccount.id.desc()).limit(1).correlate(Organisation).scalar_subquery()
    )  # fmt: skip


def view_of(organisation: Organisation, iban: str | None, role: MemberRole | None = None) -> OrganisationView:
    """An organisation as it is shown, with the number that `standing_iban` found for it."""
    named = {name: getattr(organisation, name) for name in _SHOWN}
    return OrganisationView(**named, iban=masked_iban(iban) if iban else "", role=role)
