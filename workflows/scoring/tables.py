"""Tables of the jury and the experts: assignments, conflicts, reviews, and what the jury made of them together."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base


class PanelMember(Base):
    """A person appointed to judge the files of a call, in the jury or as expert."""

    __tablename__ = "panel_members"
    __table_args__ = (CheckConstraint("duty IN ('jury','expert')", name="duty"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    duty: Mapped[str] = mapped_column(String(10), primary_key=True)


class Assignment(Base):
    """A file given to a person to judge, as juror or as expert. They open it once they declared to have no conflict of
    interest in it, at `cleared_at`."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("application_id", "person_id", "duty"),
        CheckConstraint("duty IN ('jury','expert')", name="duty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    duty: Mapped[str] = mapped_column(String(10))
    assigned_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class Review(Base):
    """What a juror or an expert says of an assigned file; a private draft until `submitted_at`."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("advice IS NULL OR advice IN ('favourable','reserved','unfavourable')", name="advice"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    marks: Mapped[dict[str, Any]]
    comments: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(default="")
    advice: Mapped[str | None] = mapped_column(String(20))
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}


class JuryRemark(Base):
    """The remark the jury agreed on as a whole; it goes into the letter."""

    __tablename__ = "jury_remarks"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    text: Mapped[str]
    saved_at: Mapped[datetime]


class Meeting(Base):
    """The meeting at which the jury of a call deliberates; `present` are the persons who attended."""

    __tablename__ = "panel_meetings"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    held_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200))
    present: Mapped[list[Any]]
    notes: Mapped[str]
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}


class Deliberation(Base):
    """What the meeting made of a file. `asked` says why it is to be discussed, `left` are the persons who left the
    room, `agreed` the marks the jury agreed on by criterion: they count in the place of the mean, with a reason."""

    __tablename__ = "deliberations"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    asked: Mapped[str]
    left: Mapped[list[Any]]
    agreed: Mapped[dict[str, Any]]
    reason: Mapped[str]
    notes: Mapped[str]
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}


class PanelClosing(Base):
    """The panel of a call was closed with this record, canonical text; it may have been reopened since."""

    __tablename__ = "panel_closings"
    __table_args__ = (CheckConstraint("(reopened_at IS NULL) = (reopened_reason = '')", name="reopened_with_reason"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str]
    record_sha256: Mapped[str] = mapped_column(String(64))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    closed_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    reopened_reason: Mapped[str] = mapped_column(default="")
