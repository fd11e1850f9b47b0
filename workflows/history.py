"""What happened: the hash-chained history of each call, and `move()`, the only writer of a state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Index, Select, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.canonical import fingerprint
from workflows.database import Base, lock_chain
from workflows.lifecycle import ApplicationState, CallState, Event, State, next_state
from workflows.permissions import Actor

HOUSE = "house"
"""The chain of what belongs to no call: accounts, roles, sign-ins."""
BEGINNING = "0" * 64


class HistoryEntry(Base):
    """One event, written in the transaction of the change itself; never changed, never deleted."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("chain", "position"),
        Index("ix_history_subject", "subject"),
        Index("ix_history_event", "event"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(200))
    event: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


_LAST = (
    select(HistoryEntry.position, HistoryEntry.digest).where(HistoryEntry.chain == bindparam("chain"))
    .order_by(HistoryEntry.position.desc()).limit(1)
)  # fmt: skip
"""Said once, because every act asks it: to put a statement together takes longer than to answer it."""


class Subject(Protocol):
    """What a history is of: a call, an application, a person."""

    @property
    def chain(self) -> str: ...

    @property
    def subject(self) -> str: ...


class Stateful(Subject, Protocol):
    """A subject with a state, one of `states`."""

    state: Any

    @property
    def states(self) -> type[CallState] | type[ApplicationState]: ...


Happened = tuple[Subject, Mapping[str, Any], tuple[State | None, State | None]]
"""What it happened to, the facts, and the states before and after where it is a move."""


def move(
    session: Session,
    what: Stateful,
    event: Event,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    """Move a call or an application along the table of moves and write it down.

    Raises Problem `move-not-possible` where `lifecycle.MOVES` has no such move.
    """
    return move_all(session, [(what, facts or {})], event, actor=actor, now=now, reason=reason)[0]


def record(
    session: Session,
    what: Subject,
    event: Event,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    """Write down an event that changes no state."""
    return _append(session, [(what, facts or {}, (None, None))], event, actor, now, reason)[0]


def move_all(
    session: Session,
    moved: Sequence[tuple[Stateful, Mapping[str, Any]]],
    event: Event,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> list[HistoryEntry]:
    """Move many subjects of one chain the same way at once, each with its facts; as `move` does one."""
    happened: list[Happened] = []
    for what, facts in moved:
        before = what.states(what.state)
        what.state = next_state(before, event)
        happened.append((what, facts, (before, what.state)))
    return _append(session, happened, event, actor, now, reason)


def record_all(
    session: Session,
    recorded: Sequence[tuple[Subject, Mapping[str, Any]]],
    event: Event,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down an event of many subjects of one chain at once, each with its facts; as `record` does one."""
    _append(session, [(what, facts, (None, None)) for what, facts in recorded], event, actor, now)


def _append(
    session: Session, happened: Sequence[Happened], event: Event, actor: Actor, now: datetime, reason: str = ""
) -> list[HistoryEntry]:
    """Entries at the end of the chain that all these subjects are of."""
    if not happened:
        return []
    session.flush()  # the subjects have their keys before they are named
    chain = happened[0][0].chain
    lock_chain(session, chain)
    last = session.execute(_LAST, {"chain": chain}).first()
    begins, previous = (last.position + 1, last.digest) if last else (1, BEGINNING)
    entries: list[HistoryEntry] = []
    for position, (what, facts, states) in enumerate(happened, begins):
        entry = HistoryEntry(
            chain=chain,
            position=position,
            at=now.astimezone(UTC),  # as it will be read back, or the digest would not be
            actor_id=actor.person_id,
            actor=actor.name,
            event=str(event),
            subject=what.subject,
            from_state=states[0] and str(states[0]),
            to_state=states[1] and str(states[1]),
            reason=reason,
            facts=dict(facts),
            previous=previous,
        )
        entry.digest = previous = digest(entry)
        entries.append(entry)
    session.add_all(entries)
    session.flush()
    return entries


def digest(entry: HistoryEntry) -> str:
    """SHA-256 over the canonical JSON of everything an entry says, its predecessor's digest included."""
    content = {
        "chain": entry.chain, "position": entry.position, "at": entry.at.isoformat(), "actor_id": entry.actor_id,
        "actor": entry.actor, "event": entry.event, "subject": entry.subject, "from": entry.from_state,
        "to": entry.to_state, "reason": entry.reason, "facts": entry.facts, "previous": entry.previous,
    }  # fmt: skip
    return fingerprint(content)


def first_broken(session: Session, chain: str) -> HistoryEntry | None:
    """The first entry of the chain that was changed, moved or has lost its predecessor; None where all is whole."""
    previous = BEGINNING
    entries = select(HistoryEntry).where(HistoryEntry.chain == chain).order_by(HistoryEntry.position)
    for position, entry in enumerate(session.scalars(entries), 1):
        if entry.position != position or entry.previous != previous or entry.digest != digest(entry):
            return entry
        previous = entry.digest
    return None


@dataclass(frozen=True)
class EntryView:
    """One entry of the history, for showing."""

    position: int
    at: datetime
    actor: str
    event: Event
    subject: str
    from_state: str | None
    to_state: str | None
    reason: str
    facts: Mapping[str, Any]


def entries(session: Session, subject: str) -> tuple[EntryView, ...]:
    """Everything that happened to a subject such as `call:zuid-2024` or `application:Z24-0001-42`, oldest first."""
    return _views(session, select(HistoryEntry).where(HistoryEntry.subject == subject).order_by(HistoryEntry.id))


def chain_entries(
    session: Session, chain: str, *, before: int | None = None, limit: int = 100
) -> tuple[EntryView, ...]:
    """The last entries of a chain, newest first; `before` is the position above which nothing is wanted."""
    statement = select(HistoryEntry).where(HistoryEntry.chain == chain).order_by(HistoryEntry.position.desc())
    return _views(session, (statement.where(HistoryEntry.position < before) if before else statement).limit(limit))


def _views(session: Session, statement: Select[HistoryEntry]) -> tuple[EntryView, ...]:
    return tuple(
        EntryView(
            one.position, one.at, one.actor, Event(one.event), one.subject, one.from_state, one.to_state,
            one.reason, one.facts,
        )
        for one in session.scalars(statement)
    )  # fmt: skip


def head(session: Session, chain: str) -> int:
    """The position of the last entry of a chain, 0 before there is one: it grows with everything that happens."""
    statement = select(HistoryEntry.position).where(HistoryEntry.chain == chain)
    return session.scalar(statement.order_by(HistoryEntry.position.desc()).limit(1)) or 0


def chains(session: Session) -> list[str]:
    """Every chain there is."""
    return list(session.scalars(select(HistoryEntry.chain).distinct().order_by(HistoryEntry.chain)))
