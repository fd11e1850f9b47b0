"""Background work that failed: each failure lets it wait longer, so that one thing that cannot be done stops no other.

The rows that say what is due stay the truth; this only says when to try again, the same with and without Redis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.database import Base

PARKED = 3
"""So many failures need a person: the work goes on being tried, at most four times a day."""
LONGEST = timedelta(hours=6)


class Trouble(Base):
    """One piece of background work that failed and is still due. `error` is a kind, never a message."""

    __tablename__ = "troubles"

    task: Mapped[str] = mapped_column(String(40), primary_key=True)
    about: Mapped[str] = mapped_column(String(80), primary_key=True)
    attempts: Mapped[int]
    error: Mapped[str] = mapped_column(String(80))
    last_at: Mapped[datetime]
    next_at: Mapped[datetime]


@dataclass(frozen=True)
class TroubleView:
    """What an operator is told of it."""

    task: str
    about: str
    attempts: int
    error: str
    next_at: datetime


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: the next tick, then 1, 2, 4 … minutes, at most six hours."""
    return min(timedelta(minutes=2 ** (min(attempts, 12) - 2)), LONGEST) if attempts > 1 else timedelta(0)


def failed(session: Session, task: str, about: str | int, error: Exception, *, now: datetime) -> None:
    """Write down one more failure."""
    row = session.get(Trouble, (task, str(about)), with_for_update=True)
    if row is None:
        row = Trouble(task=task, about=str(about), attempts=0)
        session.add(row)
    row.attempts += 1
    row.error, row.last_at, row.next_at = type(error).__name__[:80], now, now + pause(row.attempts)


def waiting(session: Session, task: str, now: datetime) -> dict[str, bool]:
    """What failed of a task, and whether it is to wait still."""
    rows = session.execute(select(Trouble.about, Trouble.next_at).where(Trouble.task == task))
    return {about: next_at > now for about, next_at in rows}


def forget(session: Session, task: str, abouts: Sequence[str]) -> None:
    """Forget what is no longer due: it was done after all, or undone."""
    session.execute(delete(Trouble).where(Trouble.task == task, Trouble.about.in_(abouts)))


def parked(session: Session) -> tuple[TroubleView, ...]:
    """What failed so often that a person should look."""
    rows = session.scalars(select(Trouble).where(Trouble.attempts >= PARKED).order_by(Trouble.task, Trouble.about))
    return tuple(TroubleView(one.task, one.about, one.attempts, one.error, one.next_at) for one in rows)


def failing(session: Session) -> int:
    """How many pieces of background work failed and are still due."""
    return session.scalar(select(func.count()).select_from(Trouble)) or 0
