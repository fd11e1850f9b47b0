"""Tables of the decision: the allocation with its record, and what each award books on each envelope."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.clashes import tells
from workflows.database import Base, Cents


class Allocation(Base):
    """The decision over a call's envelopes. `record` is its canonical text; everything else can be read from it."""

    __tablename__ = "allocations"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    record: Mapped[str]
    record_sha256: Mapped[str] = mapped_column(String(64))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime]


class Signature(Base):
    """A person's name under the allocation with this fingerprint. Two places, never twice the same person."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("call_id", "person_id", info=tells("second-person-needed")),
        CheckConstraint("place IN (1, 2)", name="place"),
    )

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]


class Booking(Base):
    """Cents of an award that are taken from an envelope. A trigger refuses a sum above the envelope's amount."""

    __tablename__ = "bookings"
    __table_args__ = (
        ForeignKeyConstraint(["call_id", "envelope"], ["envelopes.call_id", "envelopes.code"]),
        CheckConstraint("cents > 0", name="cents"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    envelope: Mapped[str] = mapped_column(String(60), primary_key=True)
    cents: Mapped[Cents]


class Scenario(Base):
    """A setting of the allocation somebody wants to look at again, under a name. It decides nothing."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("call_id", "name", info=tells("scenario-named", field="name")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"))
    name: Mapped[str] = mapped_column(String(80))
    setting: Mapped[dict[str, Any]]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    saved_at: Mapped[datetime]


class FixedAward(Base):
    """An award in cents that a person fixed before the decision, with the reason; 0 refuses the file."""

    __tablename__ = "fixed_awards"
    __table_args__ = (
        CheckConstraint("cents >= 0", name="cents"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    cents: Mapped[Cents]
    reason: Mapped[str]
    fixed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    fixed_at: Mapped[datetime]
