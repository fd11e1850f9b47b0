"""Deciding: what was seen is what is decided, in one transaction, with its record."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from workflows.allocation import exchange, queries
from workflows.allocation.queries import Board, Line
from workflows.allocation.tables import Allocation, Booking
from workflows.calls.actions import locked
from workflows.canonical import canonical
from workflows.history import move
from workflows.lifecycle import CallState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem
from workflows.submission.queries import call_relation, row

RECORD_FORMAT = 1


def commit(
    session: Session, actor: Actor, call_id: str, seen: str, *, seen_at: datetime | None = None, now: datetime
) -> Board:
    """Decide the allocation whose fingerprint `seen` was on the screen at `seen_at`.

    Raises Problem `allocation-decided`, `call-not-assessed`, `files-not-screened`, `files-not-scored`,
    `remarks-missing`, or `preview-stale` with the references in which something changed since.
    """
    require(actor, Action.ALLOCATE, call_relation(session, actor, call_id))
    call = locked(session, call_id)
    if call.state in (CallState.DECIDED, CallState.CLOSED):
        raise Problem("allocation-decided")
    board = queries.board(session, call_id)
    if call.state != CallState.PUBLISHED or now < board.terms.closes:
        raise Problem("call-not-assessed")
    if board.fingerprint != seen:
        changed = queries.changed_since(session, call_id, seen_at) if seen_at else ()
        raise Problem("preview-stale", changed=list(changed)) if changed else Problem("preview-outdated")
    _refuse_unfinished(board)
    text = canonical(decision_record(board))
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.add(
        Allocation(
            call_id=call_id, fingerprint=board.fingerprint, record=text, record_sha256=digest,
            decided_by=actor.person_id, decided_at=now,
        )
    )  # fmt: skip
    session.flush()
    for line in board.lines:
        _decide(session, actor, board, line, now)
    for reference, envelope, cents in board.result.bookings:
        application = row(session, reference)
        session.add(Booking(application_id=application.id, call_id=call_id, envelope=envelope, cents=cents))
    facts = {"fingerprint": board.fingerprint, "record": digest, "total": board.total}
    move(session, call, Event.DECIDE, actor=actor, now=now, facts=facts)
    return board


def decision_record(board: Board) -> dict[str, object]:
    """Everything needed to repeat the decision offline: inputs, rule, result, fingerprint. No clock, no person."""
    return {
        "format": RECORD_FORMAT,
        "input": exchange.to_data(board.data),
        "result": exchange.result_to_json(board.data, board.result),
        "fingerprint": board.fingerprint,
    }


def _refuse_unfinished(board: Board) -> None:
    if board.unscreened:
        raise Problem("files-not-screened", references=list(board.unscreened))
    if board.unready:
        raise Problem("files-not-scored", references=list(board.unready))
    if board.without_remark:
        raise Problem("remarks-missing", references=list(board.without_remark))


def _decide(session: Session, actor: Actor, board: Board, line: Line, now: datetime) -> None:
    application = row(session, line.application.reference, lock=True)
    facts: dict[str, object] = {
        "rank": line.rank, "of": len(board.lines), "score": line.score,
        "pass_mark": board.data.pass_mark, "requested": line.application.requested,
    }  # fmt: skip
    if line.award:
        application.awarded_cents = line.award
        facts["awarded"] = line.award
        event = Event.AWARD
    else:
        facts["refusal"] = exchange.refusal_to_data(line.refusal) if line.refusal else None
        event = Event.PUT_ON_RESERVE if line.reserve else Event.REFUSE
    move(session, application, event, actor=actor, now=now, reason=line.remark, facts=facts)
