"""Tables of awards: caretaker periods, the steps an act went through, the act itself."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.awards.rules import Answer
from workflows.database import Base, Cents

_ANSWERS = ",".join(f"'{answer}'" for answer in Answer)


class CaretakerPeriod(Base):
    """Days on which no discretionary award can be signed; `ends` is the first day of full powers again."""

    __tablename__ = "caretaker_periods"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="ends_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    starts: Mapped[date]
    ends: Mapped[date | None]
    basis: Mapped[dict[str, Any]]

    chain = "house"

    @property
    def subject(self) -> str:
        return f"caretaker-period:{self.id}"


class ActStep(Base):
    """A step of approval that an award went through: an opinion, an agreement, a decision of the government."""

    __tablename__ = "act_steps"
    __table_args__ = (CheckConstraint("(sha256 IS NULL) = (document = '')", name="document_has_name"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(60), primary_key=True)
    taken_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(120))
    document: Mapped[str] = mapped_column(String(160), default="")
    sha256: Mapped[str | None] = mapped_column(ForeignKey("documents.sha256"))


class Act(Base):
    """The signed act that grants an award. What is committed and paid for it stands in the ledger."""

    __tablename__ = "acts"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    signed_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(120))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    recorded_at: Mapped[datetime]


class Offer(Base):
    """An amount below what was asked or awarded before, put to the association: the last one counts.

    `before_cents` is what it replaces; `percent` where a cut made it, then `taken` names the cents taken off each
    envelope and `reason` says why, by language. `answer` is empty until the association gives one.
    """

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint(f"answer IN ('',{_ANSWERS})", name="answer"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered_has_instant"),
        CheckConstraint("(sha256 IS NULL) = (document = '')", name="document_has_name"),
        CheckConstraint("cents > 0 AND cents <= before_cents", name="cents"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cents: Mapped[Cents]
    before_cents: Mapped[Cents]
    percent: Mapped[int | None]
    reason: Mapped[dict[str, Any]]
    taken: Mapped[dict[str, Any]]
    below_floor: Mapped[bool]
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    answer: Mapped[str] = mapped_column(String(10), default="")
    explanation: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(String(160), default="")
    sha256: Mapped[str | None] = mapped_column(ForeignKey("documents.sha256"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class Promotion(Base):
    """Files of the reserve list that get what came free. Until a second person signs the same it decides nothing.

    `record` is the canonical text from which it can be worked out again, as that of the decision.
    """

    __tablename__ = "promotions"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))
    record: Mapped[str]
    record_sha256: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    signed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime | None]
