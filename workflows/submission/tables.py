"""Tables of applications: the file itself, its documents, what was submitted of it."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base, Cents
from workflows.lifecycle import ApplicationState

_STATES = ",".join(f"'{state}'" for state in ApplicationState)


class Application(Base):
    """An application. What its state implies is checked by the database too.

    `set_aside` holds what a reopened draft said, and was never submitted, when its last submission was put back.
    A `test` is the office trying the form before publication: it counts nowhere and has numbers of its own.
    """

    __tablename__ = "applications"
    states: ClassVar = ApplicationState
    __table_args__ = (
        UniqueConstraint("call_id", "test", "number"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("state = 'draft' OR received_at IS NOT NULL", name="submitted_has_instant"),
        CheckConstraint("(state = 'awarded') = (awarded_cents IS NOT NULL)", name="award_if_and_only_if_awarded"),
        CheckConstraint("awarded_cents IS NULL OR awarded_cents > 0", name="award_is_money"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), index=True)
    number: Mapped[int]
    test: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(20), default=ApplicationState.DRAFT)
    answers: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    awarded_cents: Mapped[Cents | None]
    set_aside: Mapped[dict[str, Any] | None]
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}

    @property
    def chain(self) -> str:
        return f"call:{self.call_id}"

    @property
    def subject(self) -> str:
        """What the history calls it; a test is called otherwise, so that no letter or notice ever answers it."""
        return f"{'test' if self.test else 'application'}:{self.reference}"


class Attachment(Base):
    """A document in a file, under a question. `token` names it in addresses and cannot be guessed."""

    __tablename__ = "attachments"

    token: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    question_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(ForeignKey("documents.sha256"))
    added_at: Mapped[datetime]


class Submission(Base):
    """What was submitted, frozen: content, digest, receipt number and the instant it arrived.

    `draft_version` is the version of the draft that was seen and submitted, by which a request sent twice is known
    again; `pdf` the SHA-256 of the application as PDF, once it is rendered.
    """

    __tablename__ = "submissions"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    receipt_number: Mapped[str] = mapped_column(String(60), unique=True)
    received_at: Mapped[datetime]
    draft_version: Mapped[int | None]
    pdf: Mapped[str | None] = mapped_column(ForeignKey("documents.sha256"))


class Conflict(Base):
    """A conflict of interest of a juror, an expert or somebody of the office: the file is hidden from this person, who
    has no say in it, and whose marks do not count."""

    __tablename__ = "conflicts"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    reason: Mapped[str]
    declared_at: Mapped[datetime]
