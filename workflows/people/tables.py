"""Tables of people and their organisations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.clashes import tells
from workflows.database import Base
from workflows.history import HOUSE
from workflows.people.rules import AccreditationState

_ACCREDITATION_STATES = ",".join(f"'{state}'" for state in AccreditationState)


class Person(Base):
    """Somebody with an account. Without a password hash the account cannot be signed in to."""

    __tablename__ = "persons"
    __table_args__ = (UniqueConstraint("email", info=tells("email-taken", field="email")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    @property
    def chain(self) -> str:
        return HOUSE

    @property
    def subject(self) -> str:
        return f"person:{self.id}"


class RoleGrant(Base):
    """A role in the programme given to a person."""

    __tablename__ = "role_grants"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class SpokenLanguage(Base):
    """A language in which a person can judge a file."""

    __tablename__ = "spoken_languages"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)


class Organisation(Base):
    """A body with legal personality, known by its enterprise number: the same name may be two bodies."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("enterprise_number", info=tells("organisation-known", field="enterprise_number")),
        CheckConstraint("length(enterprise_number) = 10", name="enterprise_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_number: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(300))
    legal_form: Mapped[str] = mapped_column(String(40))
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="BE")
    website: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    signatory_name: Mapped[str] = mapped_column(String(200), default="")
    signatory_function: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}

    @property
    def chain(self) -> str:
        return HOUSE

    @property
    def subject(self) -> str:
        return f"organisation:{self.id}"


class Accreditation(Base):
    """A period in which an organisation is recognised by the federal minister of development cooperation.

    The organisation states it; the office confirms it, corrects its days, or refuses it.
    """

    __tablename__ = "accreditations"
    __table_args__ = (
        CheckConstraint(f"status IN ({_ACCREDITATION_STATES})", name="status"),
        CheckConstraint("ends IS NULL OR ends >= starts", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]
    stated_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10), default=AccreditationState.STATED)
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(default="")


class BankAccount(Base):
    """Where an organisation is paid; in a table of its own because few may see it. A new one is a new row.

    `certificate` is the SHA-256 of the bank's statement of who holds the account. Two persons of the office look at
    it, one after the other, before the account counts; the database wants them to be two.
    """

    __tablename__ = "bank_accounts"
    __table_args__ = (
        CheckConstraint(
            "confirmed_at IS NULL OR (looked_at IS NOT NULL AND certificate IS NOT NULL)", name="confirmed_after_look"
        ),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> looked_by", name="four_eyes"),
        CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name="one_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    iban: Mapped[str] = mapped_column(String(34))
    certificate: Mapped[str | None] = mapped_column(ForeignKey("documents.sha256"))
    certificate_name: Mapped[str] = mapped_column(String(160), default="")
    since: Mapped[datetime]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    refusal: Mapped[str] = mapped_column(default="")


class Membership(Base):
    """A person's part in an organisation."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))


class SignInSession(Base):
    """A browser that is signed in: kept here, so that it can be ended here. Only the token's hash is stored."""

    __tablename__ = "sign_in_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(60), default="")
    ended_at: Mapped[datetime | None]


class Link(Base):
    """A single-use link in a mail, bound to what it is for and to whom. Its secret is computed, never stored.

    `replaces` is the address that a new one takes the place of, `leads_to` the page to go on to after it was used.
    """

    __tablename__ = "links"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    replaces: Mapped[str] = mapped_column(String(254), default="")
    leads_to: Mapped[str] = mapped_column(String(300), default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """A place offered to whoever reads mail at an address: in an organisation, or a role in the programme."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) = (member_role IS NULL)", name="organisation_has_member_role"),
        CheckConstraint("(organisation_id IS NULL) <> (role IS NULL)", name="one_kind_of_place"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    member_role: Mapped[str | None] = mapped_column(String(10))
    role: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    invited_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]


class JoinRequest(Base):
    """Somebody asks to become a member of an organisation that is known here; its owners answer."""

    __tablename__ = "join_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    accepted: Mapped[bool | None]


class FailedSignIn(Base):
    """A wrong password, counted per account name and address to slow guessing down."""

    __tablename__ = "failed_sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
