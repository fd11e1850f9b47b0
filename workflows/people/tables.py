"""Tables of people and their organisations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.clashes import tells
from workflows.database import Base
from workflows.history import HOUSE


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
    created_at: Mapped[datetime]

    @property
    def chain(self) -> str:
        return HOUSE

    @property
    def subject(self) -> str:
        return f"organisation:{self.id}"


class Accreditation(Base):
    """A period in which an organisation is recognised by the federal minister of development cooperation."""

    __tablename__ = "accreditations"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]


class BankAccount(Base):
    """Where an organisation is paid; in a table of its own because few may see it."""

    __tablename__ = "bank_accounts"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    iban: Mapped[str] = mapped_column(String(34))
    since: Mapped[datetime]


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
    ended_at: Mapped[datetime | None]


class Link(Base):
    """A single-use link in a mail, bound to what it is for and to whom. Its secret is computed, never stored."""

    __tablename__ = "links"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """A wrong password, counted per account name and address to slow guessing down."""

    __tablename__ = "failed_sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
