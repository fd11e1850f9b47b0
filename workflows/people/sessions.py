"""The browsers somebody is signed in with: how long each lives, which there are, ending one or all others."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.history import record
from workflows.lifecycle import Event
from workflows.people.queries import PersonView, person_of_session, token_hash
from workflows.people.tables import Person, SignInSession
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere

SEEN_EVERY = timedelta(hours=1)
"""How often it is written down that a browser was seen: a page is not a write."""
HANDLE = 16
"""Signs of a token's hash that name a session in its owner's list; they sign nobody in."""


@dataclass(frozen=True)
class Limits:
    """How long a browser stays signed in: since it was last seen, and in all."""

    idle: timedelta = timedelta(days=30)
    absolute: timedelta = timedelta(days=90)


@dataclass(frozen=True)
class SessionView:
    """A browser that is signed in, as its owner sees it."""

    handle: str
    browser: str
    since: datetime
    seen: datetime
    current: bool


def signed_in(session: Session, token: str, now: datetime, limits: Limits) -> PersonView | None:
    """Whose browser carries this token, None where the session has ended or run out."""
    found = person_of_session(session, token_hash(token))
    session.info["browser"] = found  # held on to, or `to_be_noted` would ask the database for it again on every page
    return found[1] if found is not None and _lives(found[0], now, limits) else None


def to_be_noted(session: Session, token: str, now: datetime) -> bool:
    """Whether it is long enough ago that this browser was noted as seen."""
    found = session.get(SignInSession, token_hash(token))
    return found is not None and now - _seen(found) >= SEEN_EVERY


def note_seen(session: Session, token: str, browser: str, *, now: datetime) -> None:
    """Write down that this browser was seen; what browser it is belongs to it, not to the history."""
    found = session.get(SignInSession, token_hash(token), with_for_update=True)
    if found is not None and found.ended_at is None:
        found.last_seen_at, found.browser = now, browser[:60]


def sessions_of(
    session: Session, person_id: int | None, token: str, now: datetime, limits: Limits
) -> tuple[SessionView, ...]:
    """The browsers of a person that are signed in now, this one first, then the last seen first."""
    own = token_hash(token)
    found = [
        SessionView(one.token_hash[:HANDLE], one.browser, one.created_at, _seen(one), one.token_hash == own)
        for one in session.scalars(_open(person_id)) if _lives(one, now, limits)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.current, one.seen), reverse=True))


def end_session(session: Session, actor: Actor, handle: str, *, now: datetime) -> None:
    """End one of one's own sessions. Raises NotThere."""
    require(actor, Action.USE_ACCOUNT)
    found = next((one for one in session.scalars(_open(actor.person_id)) if one.token_hash[:HANDLE] == handle), None)
    if found is None:
        raise NotThere
    found.ended_at = now
    _write_down(session, actor, 1, now)


def end_others(session: Session, actor: Actor, token: str | None, *, now: datetime) -> int:
    """End every session of one's own but the one of this token (None: every one); returns how many."""
    require(actor, Action.USE_ACCOUNT)
    kept = token_hash(token) if token else ""
    ended = [one for one in session.scalars(_open(actor.person_id)) if one.token_hash != kept]
    for one in ended:
        one.ended_at = now
    if ended:
        _write_down(session, actor, len(ended), now)
    return len(ended)


def _open(person_id: int | None) -> Select[SignInSession]:
    return select(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))


def _seen(found: SignInSession) -> datetime:
    return found.last_seen_at or found.created_at


def _lives(found: SignInSession, now: datetime, limits: Limits) -> bool:
    """Whether a session still counts: neither ended nor too old."""
    young = now - _seen(found) < limits.idle and now - found.created_at < limits.absolute
    return found.ended_at is None and young


def _write_down(session: Session, actor: Actor, ended: int, now: datetime) -> None:
    person = session.get_one(Person, actor.person_id)
    record(session, person, Event.END_SESSION, actor=actor, now=now, facts={"ended": ended})
