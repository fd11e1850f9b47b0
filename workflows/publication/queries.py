"""Asking what may be published."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calls.form import Meaning
from workflows.calls.queries import CallView, call_view
from workflows.letters.tables import Letter
from workflows.lifecycle import ApplicationState, CallState
from workflows.publication.rules import AwardRow, Difference, Share, difference, shares
from workflows.submission.queries import ApplicationView, of_call
from workflows.submission.tables import Application


@dataclass(frozen=True)
class Results:
    """The outcome of a call. Amounts in cents."""

    call: CallView
    awards: tuple[AwardRow, ...]
    shares: tuple[Share, ...]
    difference: Difference | None
    received: int
    eligible: int

    @property
    def total(self) -> int:
        return sum(row.awarded for row in self.awards)


def results(session: Session, call_id: str, now: datetime) -> Results:
    """The outcome as it stands, for the office. Raises NotThere where there is no such call."""
    call = call_view(session, call_id, now)
    awarded = of_call(session, call_id, ApplicationState.AWARDED)
    rows = tuple(_row(found) for found in sorted(awarded, key=lambda found: (_zone_order(found), found.number)))
    counted = session.execute(
        select(Application.state, func.count())
        .where(Application.call_id == call_id, ~Application.test)
        .group_by(Application.state)
    )
    numbers = {state: number for state, number in counted}  # noqa: C416  # a Row is no pair to dict() for mypy
    received = sum(number for state, number in numbers.items() if state != ApplicationState.DRAFT)
    judged = (ApplicationState.ELIGIBLE, ApplicationState.AWARDED, ApplicationState.RESERVE, ApplicationState.REFUSED)
    eligible = sum(numbers.get(state, 0) for state in judged)
    return Results(call, rows, shares(call.terms, rows), difference(call.terms, rows), received, eligible)


def public_results(session: Session, call_id: str, now: datetime) -> Results | None:
    """The outcome, once every applicant was told: after the letters of a decided call were released."""
    call = call_view(session, call_id, now)
    if call.state not in (CallState.DECIDED, CallState.CLOSED) or _held(session, call_id):
        return None
    return results(session, call_id, now)


def _held(session: Session, call_id: str) -> bool:
    """Whether a decided file of the call still waits for its letter to leave."""
    decided = (ApplicationState.AWARDED, ApplicationState.RESERVE, ApplicationState.REFUSED)
    told = select(Letter.id).where(
        Letter.application_id == Application.id, Letter.released_at.is_not(None),
        Letter.kind.in_(("award", "reserve", "refusal")),
    )  # fmt: skip
    waiting = select(Application.id).where(
        Application.call_id == call_id, Application.state.in_(decided), ~told.exists()
    )
    return session.scalar(waiting.limit(1)) is not None


def _row(found: ApplicationView) -> AwardRow:
    zone = found.terms.zone(found.zone)
    return AwardRow(
        found.reference, found.organisation.name, found.title, found.meaning(Meaning.SUMMARY) or "",
        zone.code if zone else "", found.requested, found.awarded_cents or 0,
        frozenset({found.zone.lower(), str(found.type)}),
    )  # fmt: skip


def _zone_order(found: ApplicationView) -> int:
    codes = [zone.code for zone in found.terms.zones]
    return codes.index(found.zone) if found.zone in codes else len(codes)
