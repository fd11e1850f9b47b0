"""What an operator asks of the mails: how they stand, hold all of them, send one again on purpose.

A hold is a row: while one is open nothing leaves, whichever process looks. A mail is sent again by a person's act with
a reason, never by itself, and keeps its Message-ID, so that the reader's mailbox can show one of two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from workflows.database import lock_chain
from workflows.history import HOUSE, HistoryEntry, record
from workflows.letters import queries
from workflows.letters.queries import MailView
from workflows.letters.tables import Letter, Mail, MailState, SendingHold
from workflows.lifecycle import Event
from workflows.permissions import NO_RELATION, Action, Actor, Relation, require
from workflows.problems import NotThere, Problem
from workflows.submission import queries as applications
from workflows.submission.relations import clerk_relation, conflicted_files


@dataclass(frozen=True)
class Hold:
    """Why nothing leaves, who said so and since when."""

    reason: str
    held_by: str
    held_at: datetime


@dataclass(frozen=True)
class Troubled:
    """A mail that needs a person: it was given up, or perhaps left."""

    id: int
    what: str
    state: MailState
    attempts: int
    perhaps_twice: bool
    trouble: str


@dataclass(frozen=True)
class Standing:
    """How the outbox stands: mails by state, what waits to be written, and for how long the oldest waits."""

    mails: Mapping[str, int]
    due: int
    oldest: timedelta
    unwritten: int
    unnoticed: int
    unrendered: int
    unreleased: int
    perhaps_twice: int
    hold: Hold | None


def standing(session: Session, now: datetime) -> Standing:
    """How the outbox stands at this instant."""
    counted = queries.counts(session)
    due = (Mail.delivery == MailState.PENDING) & (Mail.run_after <= now)
    number, first = session.execute(select(func.count(), func.min(Mail.run_after)).where(due)).one()
    unreleased = session.scalar(select(func.count()).where(Letter.released_at.is_(None)))
    doubled = session.scalar(select(func.count()).where(Mail.perhaps_twice))
    entries = [*queries.unwritten(session, now), *queries.unnoticed(session, now)]
    waiting = session.scalar(select(func.min(HistoryEntry.at)).where(HistoryEntry.id == min(entries, default=0)))
    since = min((one for one in (first, waiting) if one is not None), default=now)
    return Standing(
        {str(state): counted.get(state, 0) for state in MailState}, number, max(now - since, timedelta(0)),
        len(queries.unwritten(session, now)), len(queries.unnoticed(session, now)),
        len(queries.unrendered(session, now)), unreleased or 0, doubled or 0, held(session),
    )  # fmt: skip


def held(session: Session) -> Hold | None:
    """The hold in force, None where mails leave."""
    found = session.scalar(queries.OPEN_HOLD)
    return None if found is None else Hold(found.reason, found.held_by, found.held_at)


def troubled(session: Session) -> tuple[Troubled, ...]:
    """The mails that were given up or perhaps left, the oldest first."""
    found = session.execute(
        select(Mail, Letter).outerjoin(Letter)
        .where(Mail.delivery.in_([MailState.FAILED, MailState.UNKNOWN])).order_by(Mail.id)
    )  # fmt: skip
    return tuple(
        Troubled(
            mail.id, f"letter {letter.reference}" if letter else mail.kind, MailState(mail.delivery), mail.attempts,
            mail.perhaps_twice, mail.trouble,
        )
        for mail, letter in found
    )  # fmt: skip


@dataclass(frozen=True)
class LogLine:
    """A mail about a call, the file it is about (none for the call as a whole), and when it was written."""

    mail: MailView
    reference: str
    written_at: datetime


def log_of(
    session: Session, actor: Actor, call_id: str, *, reference: str = "", before: int | None = None, limit: int = 100
) -> tuple[LogLine, ...]:
    """The mails about a call, or about one file of it, the newest first; without files that are closed to the actor
    for a conflict of interest. `before` is the id of the last mail of the page before."""
    hidden = [f"application:{one}" for one in conflicted_files(session, actor, call_id)]
    found = queries.MAILS.join(HistoryEntry, HistoryEntry.id == Mail.entry_id).where(
        HistoryEntry.chain == f"call:{call_id}", HistoryEntry.subject.not_in(hidden)
    )
    if reference:
        found = found.where(HistoryEntry.subject == f"application:{reference}")
    if before is not None:
        found = found.where(Mail.id < before)
    return _log(session, found.order_by(Mail.id.desc()).limit(limit))


def logged(session: Session, actor: Actor, call_id: str, mail_id: int) -> LogLine:
    """One mail about a call with its exact text. Raises NotThere, also for a file closed to the actor."""
    found = next((one for one in log_of(session, actor, call_id, before=mail_id + 1, limit=1)), None)
    if found is None or found.mail.id != mail_id:
        raise NotThere
    return found


def _log(session: Session, wanted: Select[*tuple[Any, ...]]) -> tuple[LogLine, ...]:
    mails = queries.mail_views(session, wanted)
    entries = select(Mail.id, HistoryEntry.subject, HistoryEntry.at).join(
        HistoryEntry, HistoryEntry.id == Mail.entry_id
    )
    about = {
        mail_id: (subject, at)
        for mail_id, subject, at in session.execute(entries.where(Mail.id.in_([one.id for one in mails])))
    }
    return tuple(
        LogLine(one, about[one.id][0].split(":", 1)[1] if about[one.id][0].startswith("application:") else "",
                about[one.id][1])
        for one in mails
    )  # fmt: skip


def hold(session: Session, actor: Actor, reason: str, *, now: datetime) -> None:
    """Let nothing leave from now on; what is being sent at this moment still may. Already held: nothing changes.

    Raises Problem `reason-needed`.
    """
    require(actor, Action.HOLD_SENDING)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    lock_chain(session, HOUSE)
    if session.scalar(queries.OPEN_HOLD) is not None:
        return
    row = SendingHold(reason=reason.strip(), held_by=actor.name, held_at=now)
    session.add(row)
    record(session, row, Event.HOLD_SENDING, actor=actor, now=now, reason=row.reason)


def lift(session: Session, actor: Actor, *, now: datetime) -> None:
    """Let mails leave again. Raises Problem `nothing-held-back` where no hold is in force."""
    require(actor, Action.HOLD_SENDING)
    lock_chain(session, HOUSE)
    row = session.scalar(queries.OPEN_HOLD)
    if row is None:
        raise Problem("nothing-held-back")
    row.lifted_at, row.lifted_by = now, actor.name
    record(session, row, Event.LIFT_HOLD, actor=actor, now=now)


def send_again(session: Session, actor: Actor, mail_id: int, reason: str, *, now: datetime) -> None:
    """Send a mail again that was given up, perhaps left, or left: a person's act, under the same Message-ID.

    One that may have left before is marked for good as perhaps sent twice. Raises NotThere, Problem `reason-needed`,
    or `mail-on-its-way` where it is still waiting or being sent.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise NotThere
    about = session.get_one(HistoryEntry, mail.entry_id)
    require(actor, Action.SEND_AGAIN, _relation(session, actor, about))
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    if mail.delivery in (MailState.PENDING, MailState.SENDING):
        raise Problem("mail-on-its-way")
    facts = {"mail": mail.id, "was": mail.delivery}
    mail.perhaps_twice = mail.perhaps_twice or mail.delivery in (MailState.UNKNOWN, MailState.SENT)
    mail.delivery, mail.run_after, mail.attempts = MailState.PENDING, now, 0
    record(session, about, Event.SEND_AGAIN, actor=actor, now=now, reason=reason.strip(), facts=facts)


def _relation(session: Session, actor: Actor, about: HistoryEntry) -> Relation:
    kind, _, reference = about.subject.partition(":")
    return (
        clerk_relation(session, actor, applications.row(session, reference)) if kind == "application" else NO_RELATION
    )
