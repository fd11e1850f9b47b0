"""Holding a file to act on it: locked, its actor allowed, in the state and the time that the act needs."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.queries import call_view
from workflows.calls.rules import is_open
from workflows.history import HistoryEntry
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem
from workflows.submission import queries
from workflows.submission.tables import Application

SITTING = timedelta(minutes=15)
"""Within it, somebody who keeps saving the same answers is written down once."""


def held(session: Session, actor: Actor, reference: str, action: Action) -> Application:
    """The file, held against every other writer, for somebody who may do this to it. Raises NotThere."""
    application = queries.row(session, reference, lock=True)
    require(actor, action, queries.own_relation(session, actor, application))
    return application


def editable(session: Session, actor: Actor, reference: str, now: datetime) -> Application:
    """A draft of an open call. Raises Problem `already-submitted`, `move-not-possible` or `deadline-passed`."""
    application = held(session, actor, reference, Action.EDIT_APPLICATION)
    if application.state != ApplicationState.DRAFT:
        raise already(session, application)
    before_closing(session, application, now)
    return application


def before_closing(session: Session, application: Application, now: datetime) -> None:
    """Raise Problem `deadline-passed` unless the call of the file takes applications at this instant."""
    call = call_view(session, application.call_id, now)
    if not is_open(call.state, call.terms, now, test=application.test):
        raise Problem("deadline-passed", closes_at=call.terms.closes.isoformat(), received_at=now.isoformat())


def already(session: Session, application: Application) -> Problem:
    """Why a file that is no draft takes no change: it was submitted, with this receipt."""
    receipts = queries.receipts(session, application.id)
    if not receipts:
        return Problem("move-not-possible", state=application.state, event=Event.SUBMIT)
    last = receipts[0]
    return Problem("already-submitted", received_at=last.received_at.isoformat(), receipt=last.number)


def named_in_this_sitting(
    session: Session, application: Application, actor: Actor, saving: Event, now: datetime
) -> set[str]:
    """The questions whose saving by this person is written down already, a little earlier, and since when nobody else
    did anything and the file did not move: so saving while somebody types does not flood the history."""
    latest = session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.subject == application.subject, HistoryEntry.at > now - SITTING)
        .order_by(HistoryEntry.id.desc())
    )
    named: set[str] = set()
    for entry in latest:
        if entry.actor_id != actor.person_id or entry.to_state is not None:
            break
        if entry.event == saving:
            named |= set(entry.facts["questions"])
    return named
