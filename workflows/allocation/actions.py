"""Deciding: what was seen is what is decided, in one transaction, with its record."""

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from workflows.allocation import exchange, queries
from workflows.allocation.queries import Board, Line
from workflows.allocation.tables import Allocation, Booking, Signature
from workflows.calls.actions import locked
from workflows.calls.tables import Call
from workflows.canonical import canonical
from workflows.history import move, record
from workflows.lifecycle import CallState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem
from workflows.submission.queries import call_relation, row

RECORD_FORMAT = 1


def sign(
    session: Session, actor: Actor, call_id: str, seen: str, *, seen_at: datetime | None = None, now: datetime
) -> bool:
    """Put one's name under the allocation with the fingerprint `seen`; True where that decides it.

    Where the call wants two persons the first name is kept and decides nothing; it lapses with the fingerprint it
    stands under. Raises Problem as `commit` does.
    """
    call, board = _decidable(session, actor, call_id, seen, seen_at, now)
    first = _standing(session, board)
    if first is not None or not board.terms.allocation.second_signature:
        _conclude(session, actor, call, board, first, now)
        return True
    session.execute(delete(Signature).where(Signature.call_id == call_id))  # one that lapsed
    _write_name(session, actor, board, 1, now)
    facts = {"fingerprint": seen, "total": board.total, "awards": board.awarded}
    record(session, call, Event.SIGN_ALLOCATION, actor=actor, now=now, facts=facts)
    return False


def take_back(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Take one's own name away again while nothing is decided. Raises Problem `not-signed`."""
    require(actor, Action.ALLOCATE, call_relation(session, actor, call_id))
    call = locked(session, call_id)
    found = session.get(Signature, (call_id, 1))
    if call.state != CallState.PUBLISHED or found is None or found.person_id != actor.person_id:
        raise Problem("not-signed")
    session.delete(found)
    record(session, call, Event.TAKE_BACK_SIGNATURE, actor=actor, now=now, facts={"fingerprint": found.fingerprint})


def commit(
    session: Session, actor: Actor, call_id: str, seen: str, *, seen_at: datetime | None = None, now: datetime
) -> Board:
    """Decide the allocation whose fingerprint `seen` was on the screen at `seen_at`.

    Raises Problem `allocation-decided`, `call-not-assessed`, `files-not-screened`, `files-not-scored`,
    `remarks-missing`, `preview-stale` with the references in which something changed since, or
    `second-person-needed` where the call wants two persons and nobody else signed this fingerprint.
    """
    call, board = _decidable(session, actor, call_id, seen, seen_at, now)
    _conclude(session, actor, call, board, _standing(session, board), now)
    return board


def _conclude(session: Session, actor: Actor, call: Call, board: Board, first: Signature | None, now: datetime) -> None:
    """Decide, with the last name under it. Raises Problem `second-person-needed`."""
    if board.terms.allocation.second_signature and (first is None or first.person_id == actor.person_id):
        raise Problem("second-person-needed")
    if not board.terms.allocation.second_signature:
        session.execute(delete(Signature).where(Signature.call_id == call.id))  # of before it was settled that one does
    _write_name(session, actor, board, 1 + board.terms.allocation.second_signature, now)
    text = canonical(decision_record(board))
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.add(
        Allocation(
            call_id=call.id, fingerprint=board.fingerprint, record=text, record_sha256=digest,
            decided_by=actor.person_id, decided_at=now,
        )
    )  # fmt: skip
    session.flush()
    for line in board.lines:
        _decide(session, actor, board, line, now)
    for reference, envelope, cents in board.result.bookings:
        application = row(session, reference)
        session.add(Booking(application_id=application.id, call_id=call.id, envelope=envelope, cents=cents))
    facts = {"fingerprint": board.fingerprint, "record": digest, "total": board.total}
    move(session, call, Event.DECIDE, actor=actor, now=now, facts=facts)


def _decidable(
    session: Session, actor: Actor, call_id: str, seen: str, seen_at: datetime | None, now: datetime
) -> tuple[Call, Board]:
    """The call, held, and its board, where that is what was seen and nothing is in the way of deciding it."""
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
    return call, board


def _standing(session: Session, board: Board) -> Signature | None:
    """The first name, while it stands under what is on the board."""
    found = session.get(Signature, (board.terms.id, 1))
    return found if found is not None and found.fingerprint == board.fingerprint else None


def _write_name(session: Session, actor: Actor, board: Board, place: int, now: datetime) -> None:
    session.add(
        Signature(
            call_id=board.terms.id, place=place, person_id=actor.person_id, fingerprint=board.fingerprint, signed_at=now
        )
    )
    session.flush()


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
    if line.fixed:
        facts["fixed"] = line.fixed.reason
    if line.award:
        application.awarded_cents = line.award
        facts["awarded"] = line.award
        event = Event.AWARD
    else:
        facts["refusal"] = exchange.refusal_to_data(line.refusal) if line.refusal else None
        event = Event.PUT_ON_RESERVE if line.reserve else Event.REFUSE
    move(session, application, event, actor=actor, now=now, reason=line.remark, facts=facts)
