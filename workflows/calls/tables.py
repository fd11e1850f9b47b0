"""Tables of calls: the call, the versions of its terms, the copy in work, its envelopes."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base, Cents
from workflows.lifecycle import CallState


class Call(Base):
    """A call for proposals; `version` is the version of the terms that hold now."""

    __tablename__ = "calls"
    states: ClassVar = CallState
    __table_args__ = (CheckConstraint("state IN ('draft','published','decided','closed')", name="state"),)

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), default=CallState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}

    @property
    def chain(self) -> str:
        return f"call:{self.id}"

    @property
    def subject(self) -> str:
        return f"call:{self.id}"


class CallVersion(Base):
    """One version of the terms, never changed."""

    __tablename__ = "call_versions"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]]
    fingerprint: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class WorkingCopy(Base):
    """The terms of a call as somebody is editing them: they may be incomplete, and hold for nobody."""

    __tablename__ = "working_copies"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}


class Envelope(Base):
    """An amount of public money of a call. A trigger of the database refuses bookings above it."""

    __tablename__ = "envelopes"
    __table_args__ = (CheckConstraint("amount_cents >= 0", name="amount"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    amount_cents: Mapped[Cents]
