"""Tables of letters and of the mails that carry them. The rows are the truth; a queue only wakes who reads them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base
from workflows.history import HOUSE


class MailState(StrEnum):
    """Where a mail is. `unknown`: the server may have taken it; it is never sent again blindly."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Letter(Base):
    """A numbered letter, frozen when written: once per event of the history, kind and recipient.

    `content` is the canonical JSON of its blocks; `pdf` the SHA-256 of its PDF once rendered; it is held until
    `released_at`.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("entry_id", "kind", "recipient_id"),
        UniqueConstraint("year", "number"),
        CheckConstraint("opened_at IS NULL OR released_at IS NOT NULL", name="opened_after_release"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    entry_id: Mapped[int] = mapped_column(ForeignKey("history.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(300))
    content: Mapped[str]
    pdf: Mapped[str | None] = mapped_column(ForeignKey("documents.sha256"))
    written_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    opened_at: Mapped[datetime | None]

    @property
    def reference(self) -> str:
        """The number of the letter, such as 2024/0017: without gaps per year."""
        return f"{self.year}/{self.number:04d}"


class Mail(Base):
    """A message to one address, frozen when written; sent at least once with a stable Message-ID.

    It carries a letter, or is a notice about an event of the history. Where the body says `LINK`, the address of the
    single-use link is filled in as the mail leaves: the secret is in no table.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("entry_id", "kind", "address"),
        CheckConstraint("(kind = 'letter') = (letter_id IS NOT NULL)", name="letter_or_notice"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("history.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    delivery: Mapped[str] = mapped_column(String(10), default=MailState.PENDING, index=True)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    run_after: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    perhaps_twice: Mapped[bool] = mapped_column(default=False)


class SendingHold(Base):
    """While one is not lifted no mail leaves; nothing is lost by it."""

    __tablename__ = "sending_holds"
    __table_args__ = (CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    held_by: Mapped[str] = mapped_column(String(200))
    held_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]

    @property
    def chain(self) -> str:
        """The history it is written in."""
        return HOUSE

    @property
    def subject(self) -> str:
        """What its history entries are of."""
        return f"hold:{self.id}"


class Noticed(Base):
    """An event of the history whose notices are written, were they none."""

    __tablename__ = "noticed"

    entry_id: Mapped[int] = mapped_column(ForeignKey("history.id"), primary_key=True)
    mails: Mapped[int]
