"""Acting on conflicts of interest: a judge declares before opening a file, the office recuses somebody."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.history import record
from workflows.lifecycle import Event
from workflows.people.queries import person_view
from workflows.permissions import Action, Actor, Duty, require
from workflows.problems import Problem
from workflows.scoring import queries
from workflows.scoring.tables import Assignment
from workflows.submission.queries import clerk_relation, row
from workflows.submission.tables import Application, Conflict


def declare_no_conflict(session: Session, actor: Actor, reference: str, duty: Duty, *, now: datetime) -> None:
    """Declare to have no conflict of interest in a file, which opens it; saying it twice changes nothing."""
    application = row(session, reference, lock=True)
    relation = queries.relation(session, actor, application, duty)
    require(actor, Action.DECLARE_NO_CONFLICT, relation)
    if not relation.undeclared:
        return
    own = session.scalars(
        select(Assignment).where(
            Assignment.application_id == application.id, Assignment.person_id == actor.person_id,
            Assignment.duty == duty,
        )
    ).one()  # fmt: skip
    own.cleared_at = now
    record(session, application, Event.DECLARE_NO_CONFLICT, actor=actor, now=now, facts={"duty": duty})


def declare_conflict(session: Session, actor: Actor, reference: str, duty: Duty, reason: str, *, now: datetime) -> None:
    """Abstain: the file disappears for this judge at once. Raises Problem `reason-needed`."""
    application = row(session, reference, lock=True)
    require(actor, Action.DECLARE_CONFLICT, queries.relation(session, actor, application, duty))
    _write(session, application, actor.person_id or 0, Event.DECLARE_CONFLICT, actor, reason, now)


def recuse(session: Session, actor: Actor, reference: str, person_id: int, reason: str, *, now: datetime) -> None:
    """Let the office keep somebody out of a file, a judge or one of its own, as a conflict of interest of their own
    would. Raises Problem `reason-needed`."""
    application = row(session, reference, lock=True)
    require(actor, Action.ASSIGN, clerk_relation(session, actor, application))
    person_view(session, person_id)
    _write(session, application, person_id, Event.RECUSE, actor, reason, now)


def _write(
    session: Session, application: Application, person_id: int, event: Event, actor: Actor, reason: str, now: datetime
) -> None:
    why = reason.strip()
    if not why:
        raise Problem("reason-needed", field="reason")
    if session.get(Conflict, (application.id, person_id)) is None:
        session.add(Conflict(application_id=application.id, person_id=person_id, reason=why, declared_at=now))
        record(session, application, event, actor=actor, now=now, reason=why, facts={"person": person_id})
