"""Tables of messages. A thread goes with its file: where a draft is deleted, so is what was written about it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base


class Thread(Base):
    """The thread of a file; begins with its first message.

    `read_by_applicant` and `read_by_office` are the numbers of the last message each side has seen, `answered` that
    of the last message of the applicant that the office answered, or that needs no answer.
    """

    __tablename__ = "threads"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    read_by_applicant: Mapped[int] = mapped_column(default=0)
    read_by_office: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)


class Message(Base):
    """One message, never changed. `once` is made with the form, so that a form sent twice is one message."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("application_id", "once"),
        CheckConstraint("side IN ('applicant', 'office')", name="side"),
    )

    application_id: Mapped[int] = mapped_column(
        ForeignKey("threads.application_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    text: Mapped[str]
    written_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(40))


class MessageDocument(Base):
    """A document that goes with a message. `token` names it in addresses and cannot be guessed."""

    __tablename__ = "message_documents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "number"], ["messages.application_id", "messages.number"], ondelete="CASCADE"
        ),
    )

    token: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(ForeignKey("documents.sha256"))
