"""Writing down that somebody is reminded, each once however many workers run; the mail follows from the history."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.calls.queries import call_view, deadline_known_since
from workflows.calls.rules import Stage
from workflows.completion.queries import open_request
from workflows.history import record
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Action, Actor, require
from workflows.reminders import queries, rules
from workflows.submission.queries import row
from workflows.submission.tables import Application


def remind_draft(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Remind the people of a draft of its deadline, once per deadline and mark; else nothing."""
    require(actor, Action.REMIND)
    application = row(session, reference, lock=True)
    call = call_view(session, application.call_id, now)
    unfinished = (
        application.state == ApplicationState.DRAFT and application.received_at is None and not application.test
    )
    if not unfinished or call.stage is not Stage.OPEN:
        return
    closes = call.terms.closes
    days = rules.draft_reminder(closes, deadline_known_since(session, call.id), application.started_at, now)
    if days is None or queries.reminded_before(session, application, closes, days):
        return
    facts = {"days": days, "closes_at": closes.isoformat()}
    record(session, application, Event.REMIND_DRAFT, actor=actor, now=now, facts=facts)


def remind_request(session: Session, actor: Actor, reference: str, number: int, *, now: datetime) -> None:
    """Bring a request to mind that waits for an answer, once; else nothing."""
    require(actor, Action.REMIND)
    application: Application = row(session, reference, lock=True)
    request = open_request(session, application.id, now)
    if (
        request is None
        or request.number != number
        or application.state != ApplicationState.SUBMITTED
        or not rules.request_reminder(request.due_at, request.asked_at, now)
        or queries.request_reminded_before(session, application.subject, number)
    ):
        return
    facts = {"request": number, "due_at": request.due_at.isoformat()}
    record(session, application, Event.REMIND_COMPLETION, actor=actor, now=now, facts=facts)


def report(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Give the office the list of what came in for a call since the last one; where nothing did, nothing."""
    require(actor, Action.REMIND)
    call = locked(session, call_id)
    if call_id in queries.calls_to_report(session, now):
        record(session, call, Event.REPORT_TO_OFFICE, actor=actor, now=now)
