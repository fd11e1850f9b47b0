"""Asking what the clock brings to mind at this instant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from workflows.calls.queries import deadline_known_since, public_calls
from workflows.calls.rules import Stage
from workflows.completion.queries import waits
from workflows.completion.tables import CompletionRequest
from workflows.history import HistoryEntry
from workflows.lifecycle import ApplicationState, Event
from workflows.messages.rules import Side
from workflows.messages.tables import Message, Thread
from workflows.reminders import rules
from workflows.submission.tables import Application

REPORTED = (Event.WRITE_TO_OFFICE, Event.ANSWER_COMPLETION)
"""What the office is told of in its list."""


@dataclass(frozen=True)
class Waiting:
    """What waits in a file for its association: unread messages; the open request, its deadline; the last request."""

    unread: int = 0
    request: int | None = None
    due_at: datetime | None = None
    last_request: int | None = None


NOTHING_WAITS = Waiting()


def waiting(session: Session, application_ids: Iterable[int], now: datetime) -> dict[int, Waiting]:
    """What waits for the association in each of these files, in one statement."""
    of_the_file = CompletionRequest.application_id == Application.id
    open_now = of_the_file & waits(now)
    unread = (
        select(func.count()).select_from(Message).join(Thread, Thread.application_id == Message.application_id)
        .where(
            Message.application_id == Application.id, Message.side == str(Side.OFFICE),
            Message.number > Thread.read_by_applicant,
        )
    )  # fmt: skip
    parts = (
        unread,
        select(func.max(CompletionRequest.number)).where(open_now),
        select(func.max(CompletionRequest.due_at)).where(open_now),
        select(func.max(CompletionRequest.number)).where(of_the_file),
    )
    columns = [part.correlate(Application).scalar_subquery() for part in parts]
    rows = session.execute(select(Application.id, *columns).where(Application.id.in_(list(application_ids))))
    return {found[0]: Waiting(*found[1:]) for found in rows}


def drafts_to_remind(session: Session, now: datetime) -> list[str]:
    """References of drafts that were never submitted and are to be reminded of their deadline."""
    found: list[str] = []
    horizon = now + timedelta(days=max(rules.BEFORE_CLOSING) + 1)
    for call in public_calls(session, now):
        if call.stage is not Stage.OPEN or call.terms.closes > horizon:
            continue
        since = deadline_known_since(session, call.id)
        reminded = _reminded(session, HistoryEntry.chain == f"call:{call.id}")
        drafts = session.execute(
            select(Application.reference, Application.started_at)
            .where(Application.call_id == call.id, unfinished()).order_by(Application.id)
        )  # fmt: skip
        for reference, started_at in drafts:
            days = rules.draft_reminder(call.terms.closes, since, started_at, now)
            if days and (f"application:{reference}", call.terms.closes, days) not in reminded:
                found.append(reference)
    return found


def unfinished() -> ColumnElement[bool]:
    """The condition that an application is a draft that was never submitted, and no test."""
    return (Application.state == ApplicationState.DRAFT) & Application.received_at.is_(None) & ~Application.test


def reminded_before(session: Session, application: Application, closes: datetime, days: int) -> bool:
    """Whether a draft was reminded of this deadline so many days before it."""
    reminded = _reminded(session, HistoryEntry.subject == application.subject)
    return (application.subject, closes, days) in reminded


def requests_to_remind(session: Session, now: datetime) -> list[str]:
    """`reference/number` of requests that wait for an answer and are to be brought to mind."""
    rows = session.execute(
        select(Application.reference, CompletionRequest)
        .join(Application, Application.id == CompletionRequest.application_id)
        .where(waits(now), CompletionRequest.due_at <= now + timedelta(days=rules.BEFORE_REQUEST + 1))
        .order_by(CompletionRequest.application_id, CompletionRequest.number)
    )  # fmt: skip
    return [
        f"{reference}/{request.number}"
        for reference, request in rows
        if rules.request_reminder(request.due_at, request.asked_at, now)
        and not request_reminded_before(session, f"application:{reference}", request.number)
    ]


def request_reminded_before(session: Session, subject: str, number: int) -> bool:
    """Whether this request about a file was brought to mind."""
    facts = session.scalars(
        select(HistoryEntry.facts)
        .where(HistoryEntry.subject == subject, HistoryEntry.event == str(Event.REMIND_COMPLETION))
    )  # fmt: skip
    return number in [one["request"] for one in facts]


def calls_to_report(session: Session, now: datetime) -> list[str]:
    """Calls of which something came in before the last mark that the office has no list of yet."""
    report = aliased(HistoryEntry)
    last = (
        select(func.coalesce(func.max(report.position), 0))
        .where(report.chain == HistoryEntry.chain, report.event == str(Event.REPORT_TO_OFFICE))
        .correlate(HistoryEntry).scalar_subquery()
    )  # fmt: skip
    chains = session.scalars(
        select(HistoryEntry.chain)
        .where(
            HistoryEntry.event.in_([str(event) for event in REPORTED]), HistoryEntry.at < rules.report_mark(now),
            HistoryEntry.position > last,
        )
        .distinct().order_by(HistoryEntry.chain)
    )  # fmt: skip
    return [chain.removeprefix("call:") for chain in chains]


def reported(session: Session, report: HistoryEntry) -> Iterator[HistoryEntry]:
    """What a report to the office is about: everything that came in since the one before it."""
    before = session.scalar(
        select(func.max(HistoryEntry.position)).where(
            HistoryEntry.chain == report.chain, HistoryEntry.event == str(Event.REPORT_TO_OFFICE),
            HistoryEntry.position < report.position,
        )
    ) or 0  # fmt: skip
    yield from session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.chain == report.chain, HistoryEntry.event.in_([str(event) for event in REPORTED]),
            HistoryEntry.position > before, HistoryEntry.position < report.position,
        )
        .order_by(HistoryEntry.position)
    )  # fmt: skip


def _reminded(session: Session, of: ColumnElement[bool]) -> set[tuple[str, datetime, int]]:
    """The reminders of drafts among these entries: whose, of which deadline, how many days before."""
    entries = session.execute(
        select(HistoryEntry.subject, HistoryEntry.facts).where(of, HistoryEntry.event == str(Event.REMIND_DRAFT))
    )
    return {
        (subject, datetime.fromisoformat(facts["closes_at"]), facts["days"]) for subject, facts in entries
    }  # fmt: skip
