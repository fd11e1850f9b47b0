"""Asking about people: accounts, memberships, organisations, who is signed in."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.people import links
from workflows.people.links import Purpose
from workflows.people.rules import ApplicantType, applicant_type, masked_iban
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
    iban: str
    role: MemberRole | None = None

    @property
    def address(self) -> tuple[str, ...]:
        lines = (self.name, self.street, f"{self.postal_code} {self.city}".strip())
        return tuple(line for line in lines if line)


@dataclass(frozen=True)
class PersonView:
    """A person as others of the office see them."""

    id: int
    name: str
    email: str
    language: str
    roles: frozenset[Role]
    languages: frozenset[str]


def token_hash(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(session: Session, person_id: int) -> Actor:
    """The actor a person is, with the roles they hold now."""
    person = session.get_one(Person, person_id)
    return Actor(person.id, person.name, _roles(session, person_id))


def signed_in(session: Session, token: str) -> PersonView | None:
    """Whose browser carries this token, None where the session has ended."""
    person_id = session.scalar(
        select(SignInSession.person_id).where(
            SignInSession.token_hash == token_hash(token), SignInSession.ended_at.is_(None)
        )
    )
    return person_view(session, person_id) if person_id is not None else None


def person_view(session: Session, person_id: int) -> PersonView:
    """One person, in one statement: every page asks who looks at it. Raises NotThere."""
    found = session.execute(
        select(Person, RoleGrant.role, SpokenLanguage.language)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(SpokenLanguage, SpokenLanguage.person_id == Person.id)
        .where(Person.id == person_id)
    ).all()
    if not found:
        raise NotThere
    person = found[0][0]
    return PersonView(
        person.id, person.name, person.email, person.language,
        frozenset(Role(role) for _, role, _ in found if role), frozenset(spoken for *_, spoken in found if spoken),
    )  # fmt: skip


def people_with(session: Session, role: Role) -> tuple[PersonView, ...]:
    """Everybody who holds a role, by name."""
    ids = session.scalars(
        select(Person.id).join(RoleGrant, RoleGrant.person_id == Person.id).where(RoleGrant.role == role)
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return tuple(person_view(session, person_id) for person_id in ids)


def person_by_email(session: Session, email: str) -> Person | None:
    """The account with this address."""
    return session.scalar(select(Person).where(Person.email == email))


def organisation_view(session: Session, organisation_id: int) -> OrganisationView:
    """One organisation. Raises NotThere."""
    account = (
        select(BankAccount.iban).where(BankAccount.organisation_id == Organisation.id).scalar_subquery()
    )  # fmt: skip
    found = session.execute(select(Organisation, account).where(Organisation.id == organisation_id)).first()
    if found is None:
        raise NotThere
    return _view(*found)


def organisations_of(session: Session, person_id: int) -> tuple[OrganisationView, ...]:
    """The organisations a person is a member of, with the role in each."""
    rows = session.execute(
        select(Organisation, BankAccount.iban, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(BankAccount, BankAccount.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id).order_by(Organisation.name, Organisation.id)
    )  # fmt: skip
    return tuple(_view(organisation, iban, MemberRole(role)) for organisation, iban, role in rows)


def member_role(session: Session, person_id: int | None, organisation_id: int) -> MemberRole | None:
    """The person's role in the organisation, None for a stranger."""
    role = session.scalar(
        select(Membership.role)
        .where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
    )  # fmt: skip
    return MemberRole(role) if role else None


def members(session: Session, organisation_id: int) -> tuple[PersonView, ...]:
    """The people of an organisation who receive its mail."""
    ids = session.scalars(
        select(Membership.person_id).where(Membership.organisation_id == organisation_id)
        .order_by(Membership.id)
    )  # fmt: skip
    return tuple(person_view(session, person_id) for person_id in ids)


def organisation_by_number(session: Session, enterprise_number: str) -> Organisation | None:
    """The organisation with this enterprise number."""
    return session.scalar(select(Organisation).where(Organisation.enterprise_number == enterprise_number))


def applicant_type_at(session: Session, organisation_id: int, at: date) -> ApplicantType:
    """What type of applicant the organisation is on the reference date."""
    periods = session.execute(
        select(Accreditation.starts, Accreditation.ends).where(Accreditation.organisation_id == organisation_id)
    )
    return applicant_type(((starts, ends) for starts, ends in periods), at)


@dataclass(frozen=True)
class LinkView:
    """A single-use link as the page behind it shows it."""

    purpose: Purpose
    address: str
    expires_at: datetime


def link_view(session: Session, token: str, *, now: datetime) -> LinkView:
    """The link a mail leads to. Raises NotThere, Problem `link-used` or `link-expired`."""
    found = link(session, token, links.read(token)[1], now=now)
    return LinkView(Purpose(found.purpose), found.address, found.expires_at)


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


def attempts_left(session: Session, key: str, now: datetime) -> bool:
    """Whether another password may be tried under this key (a hash of account name and address)."""
    recent = select(func.count()).select_from(FailedSignIn).where(
        FailedSignIn.key == key, FailedSignIn.at > now - ATTEMPTS_WINDOW
    )  # fmt: skip
    return (session.scalar(recent) or 0) < ATTEMPTS_ALLOWED


def _roles(session: Session, person_id: int) -> frozenset[Role]:
    return frozenset(
        Role(role) for role in session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id))
    )


def _view(organisation: Organisation, iban: str | None, role: MemberRole | None = None) -> OrganisationView:
    return OrganisationView(
        organisation.id, organisation.enterprise_number, organisation.name, organisation.legal_form,
        organisation.street, organisation.postal_code, organisation.city, masked_iban(iban) if iban else "", role,
    )  # fmt: skip
