"""Acting in the meeting of the jury: attendance, what it agrees on, closing the panel and opening it again."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.canonical import canonical
from workflows.history import record
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.permissions import Action, Actor, Duty, require
from workflows.problems import Problem
from workflows.scoring import meeting
from workflows.scoring.queries import panel, scored
from workflows.scoring.rules import Marks, check_marks
from workflows.scoring.tables import Deliberation, Meeting, PanelClosing
from workflows.submission.queries import call_relation, clerk_relation, of_call, row, view


@dataclass(frozen=True)
class NewMeeting:
    """When and where the jury met, who attended, and notes; `seen` is the version that was on the screen."""

    held_on: date | None
    place: str
    present: frozenset[int]
    notes: str
    seen: int


@dataclass(frozen=True)
class NewDeliberation:
    """What the meeting made of a file, as `meeting.DeliberationView`."""

    asked: str
    left: frozenset[int]
    agreed: Marks
    reason: str
    notes: str
    seen: int


def record_meeting(session: Session, actor: Actor, call_id: str, new: NewMeeting, *, now: datetime) -> None:
    """Write down the meeting of a call. Raises NotThere for who has a conflict of interest in the call, Problem
    `panel-closed`, `not-a-judge` or `changed-meanwhile`."""
    require(actor, Action.LEAD_MEETING, call_relation(session, actor, call_id))
    call = locked(session, call_id)
    meeting.refuse_closed(session, call_id)
    _refuse_strangers(session, call_id, new.present)
    found = session.get(Meeting, call_id)
    _refuse_stale(found.row_version if found else 0, new.seen)
    if found is None:
        found = Meeting(call_id=call_id)
        session.add(found)
    found.held_on, found.place, found.notes = new.held_on, new.place.strip(), new.notes.strip()
    found.present = sorted(new.present)
    record(session, call, Event.RECORD_MEETING, actor=actor, now=now, facts={"present": sorted(new.present)})


def deliberate(session: Session, actor: Actor, reference: str, new: NewDeliberation, *, now: datetime) -> None:
    """Write down what the meeting made of a file: who left, marks agreed on with the reason. The marks of the jurors
    stay as they are.

    Raises NotThere, Problem `not-eligible-yet`, `panel-closed`, `not-a-judge`, `mark-out-of-scale`,
    `agreed-reason-missing` or `changed-meanwhile`.
    """
    application = row(session, reference, lock=True)
    require(actor, Action.LEAD_MEETING, clerk_relation(session, actor, application))
    if application.state != ApplicationState.ELIGIBLE:
        raise Problem("not-eligible-yet", reference=reference)
    meeting.refuse_closed(session, application.call_id)
    _refuse_strangers(session, application.call_id, new.left)
    check_marks(view(session, reference).terms.criteria_of(Duty.JURY), new.agreed, all_wanted=False)
    if new.agreed and not new.reason.strip():
        raise Problem("agreed-reason-missing", field="reason")
    found = session.get(Deliberation, application.id)
    _refuse_stale(found.row_version if found else 0, new.seen)
    if found is None:
        found = Deliberation(application_id=application.id)
        session.add(found)
    found.asked, found.reason, found.notes = new.asked.strip(), new.reason.strip(), new.notes.strip()
    found.left, found.agreed = sorted(new.left), dict(new.agreed)
    record(
        session, application, Event.DELIBERATE, actor=actor, now=now, reason=new.reason.strip(),
        facts={"agreed": dict(new.agreed), "left": sorted(new.left)},
    )  # fmt: skip


def close_panel(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Close the panel of a call and freeze its record: no assignment, mark or remark changes any more.

    Raises NotThere for who has a conflict of interest in the call, Problem `panel-closed`, `meeting-missing`,
    `quorum-not-reached`, `nothing-judged` or `panel-not-ready`.
    """
    require(actor, Action.LEAD_MEETING, call_relation(session, actor, call_id))
    call = locked(session, call_id)
    meeting.refuse_closed(session, call_id)
    held = meeting.meeting_of(session, call_id)
    if held.held_on is None:
        raise Problem("meeting-missing", field="held_on")
    if not held.quorate:
        raise Problem("quorum-not-reached", present=len(held.present), quorum=held.quorum)
    for found in of_call(session, call_id, ApplicationState.ELIGIBLE):
        row(session, found.reference, lock=True)
    files = scored(session, call_id)
    if not files:
        raise Problem("nothing-judged")
    unready = [found.application.reference for found in files if not found.ready]
    if unready:
        raise Problem("panel-not-ready", references=unready)
    text = canonical(meeting.minutes(session, call_id))
    digest = hashlib.sha256(text.encode()).hexdigest()
    number = len(meeting.closings(session, call_id)) + 1
    session.add(
        PanelClosing(
            call_id=call_id, number=number, record=text, record_sha256=digest, closed_by=actor.person_id, closed_at=now
        )
    )
    session.flush()
    record(session, call, Event.CLOSE_PANEL, actor=actor, now=now, facts={"record": digest, "number": number})


def reopen_panel(session: Session, actor: Actor, call_id: str, reason: str, *, now: datetime) -> None:
    """Open a closed panel again; its record stays. Raises NotThere, Problem `reason-needed`, `panel-open` or, once the
    allocation is decided, `panel-decided`."""
    require(actor, Action.LEAD_MEETING, call_relation(session, actor, call_id))
    call = locked(session, call_id)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    if call.state != CallState.PUBLISHED:
        raise Problem("panel-decided")
    if not meeting.panel_closed(session, call_id):
        raise Problem("panel-open")
    last = session.get_one(PanelClosing, (call_id, meeting.closings(session, call_id)[0].number))
    last.reopened_at, last.reopened_reason = now, reason.strip()
    record(
        session, call, Event.REOPEN_PANEL, actor=actor, now=now, reason=reason.strip(), facts={"number": last.number}
    )


def _refuse_strangers(session: Session, call_id: str, people: Collection[int]) -> None:
    if not set(people) <= {person.id for person in panel(session, call_id, Duty.JURY)}:
        raise Problem("not-a-judge")


def _refuse_stale(version: int, seen: int) -> None:
    if version != seen:
        raise Problem("changed-meanwhile")
