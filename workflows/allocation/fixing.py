"""Fixing an award by hand before the decision, with a reason: it enters the rule as an override and stands in the
record, in the line of the file and in its letter."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.allocation.queries import board
from workflows.allocation.tables import FixedAward
from workflows.calls.actions import locked
from workflows.calls.tables import Call
from workflows.history import record
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.submission.queries import call_relation, row, view
from workflows.submission.tables import Application


def fix(session: Session, actor: Actor, reference: str, cents: int, reason: str, *, now: datetime) -> None:
    """Fix the award of a file at so many cents, 0 to refuse it, whatever the rule would give.

    Raises NotThere, Problem `allocation-decided`, `reason-needed`, `award-above-request`, or `fixed-awards-exceed`
    where the money does not suffice for everything that is fixed.
    """
    call, application = _undecided(session, actor, reference)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    requested = view(session, reference).requested
    if cents > requested:
        raise Problem("award-above-request", field="cents", requested=requested)
    kept = session.get(FixedAward, application.id)
    if kept is None:
        kept = FixedAward(application_id=application.id)
        session.add(kept)
    kept.cents, kept.reason, kept.fixed_by, kept.fixed_at = cents, reason.strip(), actor.person_id, now
    session.flush()
    board(session, call.id)  # where it does not fit, this says so
    facts = {"awarded": cents}
    record(session, application, Event.FIX_AWARD, actor=actor, now=now, reason=kept.reason, facts=facts)


def free(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Leave the award of a file to the rule again. Raises NotThere, Problem `allocation-decided`."""
    _call, application = _undecided(session, actor, reference)
    kept = session.get(FixedAward, application.id)
    if kept is None:
        raise NotThere
    session.delete(kept)
    record(session, application, Event.FREE_AWARD, actor=actor, now=now, facts={"awarded": kept.cents})


def _undecided(session: Session, actor: Actor, reference: str) -> tuple[Call, Application]:
    found = row(session, reference)
    require(actor, Action.ALLOCATE, call_relation(session, actor, found.call_id))
    call = locked(session, found.call_id)
    if call.state != CallState.PUBLISHED:
        raise Problem("allocation-decided")
    application = row(session, reference, lock=True)
    if application.state != ApplicationState.ELIGIBLE:
        raise NotThere
    return call, application
