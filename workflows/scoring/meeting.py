"""Asking about the meeting of the jury: who attends, what it made of each file, whether the panel is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.permissions import Duty
from workflows.problems import NotThere, Problem
from workflows.scoring.queries import Scored, panel, scored
from workflows.scoring.rules import Marks, quorum
from workflows.scoring.tables import Deliberation, Meeting, PanelClosing
from workflows.submission.queries import conflicted_pairs, row
from workflows.submission.tables import Application

RECORD_FORMAT = 1


@dataclass(frozen=True)
class MeetingView:
    """The meeting of a call. `quorum`: so many jurors must be present. `version` is 0 before anything is kept."""

    held_on: date | None
    place: str
    present: frozenset[int]
    notes: str
    quorum: int
    version: int

    @property
    def quorate(self) -> bool:
        return len(self.present) >= self.quorum


@dataclass(frozen=True)
class DeliberationView:
    """What the meeting made of a file. `conflicted` are jurors with a known conflict of interest: they leave."""

    asked: str
    left: frozenset[int]
    conflicted: frozenset[int]
    agreed: Marks
    reason: str
    notes: str
    version: int


@dataclass(frozen=True)
class ClosingView:
    """One closing of the panel with its record and the record's SHA-256."""

    number: int
    record: str
    record_sha256: str
    closed_at: datetime
    reopened_at: datetime | None
    reopened_reason: str


def meeting_of(session: Session, call_id: str) -> MeetingView:
    """The meeting of the jury of a call, empty where nothing is written down yet."""
    jury = frozenset(person.id for person in panel(session, call_id, Duty.JURY))
    needed, found = quorum(len(jury)), session.get(Meeting, call_id)
    if found is None:
        return MeetingView(None, "", frozenset(), "", needed, 0)
    return MeetingView(
        found.held_on, found.place, jury & frozenset(found.present), found.notes, needed, found.row_version
    )


def deliberation_of(session: Session, reference: str) -> DeliberationView:
    """What the meeting made of a file. Raises NotThere."""
    application = row(session, reference)
    return deliberations_of(session, application.call_id, [application.id])[application.id]


def deliberations_of(session: Session, call_id: str, applications: Sequence[int]) -> dict[int, DeliberationView]:
    """What the meeting made of files of a call, by the id of the file, in as many statements for many as for one."""
    jury = frozenset(person.id for person in panel(session, call_id, Duty.JURY))
    excluded: dict[int, set[int]] = {one: set() for one in applications}
    for application, person in conflicted_pairs(session, applications):
        excluded[application].add(person)
    rows = session.scalars(select(Deliberation).where(Deliberation.application_id.in_(applications)))
    found = {one.application_id: one for one in rows}
    return {one: _made(found.get(one), jury, jury & excluded[one]) for one in applications}


def _made(found: Deliberation | None, jury: frozenset[int], conflicted: frozenset[int]) -> DeliberationView:
    if found is None:
        return DeliberationView("", conflicted, conflicted, {}, "", "", 0)
    left = conflicted | jury & frozenset(found.left)
    return DeliberationView(found.asked, left, conflicted, found.agreed, found.reason, found.notes, found.row_version)


def asked_by_hand(session: Session, call_id: str) -> Mapping[int, str]:
    """Why somebody asked to discuss a file of the call, by the id of the file."""
    wanted = (
        select(Deliberation.application_id, Deliberation.asked)
        .join(Application, Application.id == Deliberation.application_id)
        .where(Application.call_id == call_id, Deliberation.asked != "")
    )  # fmt: skip
    return {one.application_id: one.asked for one in session.execute(wanted)}


def closings(session: Session, call_id: str) -> tuple[ClosingView, ...]:
    """Every closing of the panel of a call, the last first."""
    found = session.scalars(
        select(PanelClosing).where(PanelClosing.call_id == call_id).order_by(PanelClosing.number.desc())
    )
    return tuple(
        ClosingView(one.number, one.record, one.record_sha256, one.closed_at, one.reopened_at, one.reopened_reason)
        for one in found
    )


def closing(session: Session, call_id: str, number: int) -> ClosingView:
    """One closing. Raises NotThere."""
    found = next((one for one in closings(session, call_id) if one.number == number), None)
    if found is None:
        raise NotThere
    return found


def panel_closed(session: Session, call_id: str) -> bool:
    """Whether the panel of a call is closed now."""
    standing = select(PanelClosing.number).where(PanelClosing.call_id == call_id, PanelClosing.reopened_at.is_(None))
    return session.scalar(standing) is not None


def refuse_closed(session: Session, call_id: str) -> None:
    """Raise Problem `panel-closed` where the panel is closed: no assignment, mark or remark changes any more.

    Whoever writes about a file holds its row first, and closing holds all of them: a mark is either in the record
    or refused.
    """
    if panel_closed(session, call_id):
        raise Problem("panel-closed")


def minutes(session: Session, call_id: str) -> dict[str, Any]:
    """All that is frozen when the panel closes: the meeting, and of each file the marks, what was agreed, the score."""
    meeting = meeting_of(session, call_id)
    jury = panel(session, call_id, Duty.JURY)
    names = {person.id: person.name for person in jury}
    files = scored(session, call_id)
    made = deliberations_of(session, call_id, [found.application.id for found in files])
    return {
        "format": RECORD_FORMAT,
        "call": call_id,
        "held_on": meeting.held_on.isoformat() if meeting.held_on else "",
        "place": meeting.place,
        "notes": meeting.notes,
        "quorum": meeting.quorum,
        "present": [person.name for person in jury if person.id in meeting.present],
        "absent": [person.name for person in jury if person.id not in meeting.present],
        "files": [_file(found, made[found.application.id], names) for found in files],
    }


def _file(found: Scored, made: DeliberationView, names: Mapping[int, str]) -> dict[str, Any]:
    terms = found.application.terms
    agreed: list[Mapping[str, Any]] = [
        {"criterion": one.id, "name": one.name.texts(), "mark": made.agreed[one.id], "points": one.points}
        for one in terms.criteria if one.id in made.agreed
    ]  # fmt: skip
    return {
        "reference": found.application.reference,
        "organisation": found.application.organisation.name,
        "title": found.application.title,
        "score": found.score,
        "score_of_reviews": found.score_of_reviews,
        "left": sorted(names[person] for person in made.left),
        "asked": made.asked,
        "agreed": agreed,
        "reason": made.reason,
        "remark": found.remark,
        "notes": made.notes,
        "reviews": [
            {"person": review.person, "duty": str(review.duty), "marks": dict(review.marks)}
            for review in found.reviews if review.submitted_at
        ],
    }  # fmt: skip
