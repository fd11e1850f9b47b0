"""Tables of requests for what is missing, and of the answer while it is being written."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base


class CompletionRequest(Base):
    """A request for what is missing in a file, the questions by name.

    It is about the submission numbered `of_submission`. `answers` are the new answers as they are being written; the
    file itself changes only when they are sent. Then `submission` is the number of the snapshot that was frozen.
    """

    __tablename__ = "completion_requests"
    __table_args__ = (
        CheckConstraint("answered_at IS NULL OR withdrawn_at IS NULL", name="answered_or_withdrawn"),
        CheckConstraint("(answered_at IS NULL) = (submission IS NULL)", name="answer_is_a_submission"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    questions: Mapped[list[Any]]
    explanation: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    of_submission: Mapped[int]
    answers: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    submission: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")


class CompletionDocument(Base):
    """A document under an asked question as it will be once the answer is sent; at first those of the file."""

    __tablename__ = "completion_documents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "number"], ["completion_requests.application_id", "completion_requests.number"]
        ),
    )

    token: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    question_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(ForeignKey("documents.sha256"))
    added_at: Mapped[datetime]
