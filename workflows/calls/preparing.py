"""Acting on a call in preparation: begin it, keep and take over the copy in work, extend the deadline."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls import actions, readiness
from workflows.calls.copying import NewEdition, next_edition
from workflows.calls.queries import prefixes_of_others, terms_of, working_copy
from workflows.calls.rules import Stage, stage
from workflows.calls.tables import Call, WorkingCopy
from workflows.calls.terms import Terms
from workflows.history import HistoryEntry, record
from workflows.language import BRUSSELS, hours_in_brussels
from workflows.lifecycle import CallState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem

JUDGED = (Event.ADMIT, Event.DECLARE_INELIGIBLE)


def begin(session: Session, actor: Actor, source: Terms, plan: NewEdition, *, now: datetime) -> str:
    """A new call, made of another; returns its id.

    Raises Problem `call-id-taken`, `call-id-wrong`, `prefix-wrong` or `year-wrong` on their fields, or `prefix-taken`.
    """
    require(actor, Action.MANAGE_CALL)
    try:
        terms = next_edition(source, plan)
    except ValidationError as error:
        fields = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
        codes = {"id": "call-id-wrong", "reference_prefix": "prefix-wrong", "year": "year-wrong"}
        field = next((field for field in codes if field in fields), "year")
        raise Problem(codes[field], field=field) from None
    if session.get(Call, terms.id) is not None:
        raise Problem("call-id-taken", field="id", call=terms.id)
    return actions.import_call(session, actor, terms, now=now).id


def keep(
    session: Session, actor: Actor, call_id: str, content: Mapping[str, Any], *, seen: int, part: str, now: datetime
) -> int:
    """Keep edited content; returns the row version. Whoever edits first makes the copy of the terms in force.

    Raises Problem `call-decided`, or `working-copy-changed` where `seen` is not the row version that stands now.
    """
    require(actor, Action.MANAGE_CALL)
    call = actions.locked(session, call_id)
    if call.state in (CallState.DECIDED, CallState.CLOSED):
        raise Problem("call-decided", call=terms_of(session, call_id).name.texts())
    before = working_copy(session, call_id)
    if seen != before.row_version:
        raise Problem("working-copy-changed", by=before.changed_by)
    if dict(content) == before.content:
        return before.row_version
    copy = session.get(WorkingCopy, call_id)
    if copy is None:
        copy = WorkingCopy(call_id=call_id, content=dict(content), changed_by=actor.name, changed_at=now)
        session.add(copy)
    copy.content, copy.changed_by, copy.changed_at = dict(content), actor.name, now
    record(session, call, Event.PREPARE_CALL, actor=actor, now=now, facts={"part": part})
    return copy.row_version


def discard(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Throw the copy in work away; the terms in force stay as they are."""
    require(actor, Action.MANAGE_CALL)
    call = actions.locked(session, call_id)
    copy = session.get(WorkingCopy, call_id)
    if copy is not None:
        session.delete(copy)
        record(session, call, Event.DISCARD_PREPARATION, actor=actor, now=now)


def take_over(session: Session, actor: Actor, call_id: str, *, seen: str, reason: str = "", now: datetime) -> int:
    """Let the copy in work hold from now on, as the next version; returns its number.

    `seen` is the mark of what the person was shown. Raises Problem `working-copy-changed`, `call-not-ready`, and
    what `actions.import_call` refuses.
    """
    require(actor, Action.MANAGE_CALL)
    actions.locked(session, call_id)
    found = working_copy(session, call_id)
    if seen != found.mark:
        raise Problem("working-copy-changed", by=found.changed_by)
    terms = readiness.read(found.content)
    call = actions.import_call(session, actor, terms, now=now, reason=reason)
    copy = session.get(WorkingCopy, call_id)
    if copy is not None:
        session.delete(copy)
        session.flush()
    return call.version


def publish(session: Session, actor: Actor, call_id: str, *, seen: str, now: datetime) -> None:
    """Show everybody what was prepared. Raises Problem `call-not-ready` while something is still wrong with it."""
    require(actor, Action.MANAGE_CALL)
    take_over(session, actor, call_id, seen=seen, now=now)
    content = working_copy(session, call_id).content
    found = readiness.problems_before_opening(content, now, prefixes_of_others(session, call_id))
    blocking = [one for one in found if one.blocking]
    if blocking:
        raise Problem("call-not-ready", count=len(blocking))
    actions.publish(session, actor, call_id, now=now)


def extend(session: Session, actor: Actor, call_id: str, closes_at: datetime, reason: str, *, now: datetime) -> int:
    """Move the closing later, for everybody, with a reason; returns the version of the terms.

    `closes_at` without a zone is Brussels wall-clock time. Drafts that missed the old deadline can go on. Raises
    Problem `hour-skipped`, `extension-not-later`, `extension-passed`, `reason-needed`, or `extension-too-late` once a
    file of the call was judged.
    """
    require(actor, Action.MANAGE_CALL)
    call = actions.locked(session, call_id)
    before = terms_of(session, call_id)
    at = stage(CallState(call.state), before, now)
    if at not in (Stage.ANNOUNCED, Stage.OPEN, Stage.ASSESSMENT) or _judged(session, call):
        raise Problem("extension-too-late")
    if closes_at.tzinfo is None and not hours_in_brussels(closes_at):
        raise Problem("hour-skipped", field="time", typed=closes_at.isoformat())
    closes = closes_at if closes_at.tzinfo else closes_at.replace(tzinfo=BRUSSELS)
    if closes <= before.closes:
        raise Problem("extension-not-later", field="closes_at", closes_at=before.closes.isoformat())
    if closes <= now:
        raise Problem("extension-passed", field="closes_at")
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    wall = closes.astimezone(BRUSSELS).replace(tzinfo=None)
    terms = before.model_copy(update={"closes_at": wall})
    call.version += 1
    facts = {"before": before.closes.isoformat(), "after": closes.isoformat(), "substantial": True}
    actions.new_version(session, actor, call, terms, Event.EXTEND_DEADLINE, now=now, reason=reason.strip(), facts=facts)
    copy = session.get(WorkingCopy, call_id)
    if copy is not None:  # or taking it over would ask for the old deadline again
        copy.content = {**copy.content, "closes_at": wall.isoformat()}
    return call.version


def _judged(session: Session, call: Call) -> bool:
    """Whether a file of the call was admitted or refused: from then on the field of applicants is closed."""
    judged = select(HistoryEntry.id).where(HistoryEntry.chain == call.chain, HistoryEntry.event.in_(JUDGED))
    return session.scalar(judged.limit(1)) is not None
