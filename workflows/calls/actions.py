"""Acting on calls: importing terms, publishing, closing."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workflows.calls.queries import terms_of
from workflows.calls.tables import Call, CallVersion, Envelope
from workflows.calls.terms import Terms
from workflows.canonical import fingerprint
from workflows.database import lock_chain
from workflows.history import move, record
from workflows.lifecycle import CallState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem


def import_call(session: Session, actor: Actor, terms: Terms, *, now: datetime, reason: str = "") -> Call:
    """Take in the terms of a call: a new call, or a new version of one that is not decided yet.

    Raises Problem `prefix-taken`, `call-decided` once money was divided under the terms, and `reason-needed` where
    published terms change without one.
    """
    require(actor, Action.MANAGE_CALL)
    lock_chain(session, "calls")  # of two new calls with one prefix the second must see the first
    _refuse_taken_prefix(session, terms)
    content = terms.model_dump(mode="json")
    mark = fingerprint(content)
    call = session.get(Call, terms.id)
    if call is None:
        call = Call(id=terms.id, version=1)
        session.add(call)
        event = Event.IMPORT_CALL
    elif session.get_one(CallVersion, (call.id, call.version)).fingerprint == mark:
        return call
    elif call.state in (CallState.DECIDED, CallState.CLOSED):
        raise Problem("call-decided", call=terms.name.texts())
    elif call.state == CallState.PUBLISHED and not reason:
        raise Problem("reason-needed")
    else:
        call.version += 1
        event = Event.CHANGE_CALL
    session.add(
        CallVersion(call_id=terms.id, number=call.version, terms=content, fingerprint=mark, made_at=now, reason=reason)
    )
    session.flush()
    session.execute(delete(Envelope).where(Envelope.call_id == terms.id))
    session.add_all(
        Envelope(call_id=terms.id, code=envelope.id, amount_cents=envelope.amount_cents) for envelope in terms.envelopes
    )
    record(
        session, call, event, actor=actor, now=now, reason=reason,
        facts={"version": call.version, "fingerprint": mark},
    )  # fmt: skip
    return call


def _refuse_taken_prefix(session: Session, terms: Terms) -> None:
    """Two calls with one prefix would give the same references. Raises Problem `prefix-taken`."""
    for call_id in session.scalars(select(Call.id).where(Call.id != terms.id).order_by(Call.id)):
        if terms_of(session, call_id).reference_prefix == terms.reference_prefix:
            raise Problem("prefix-taken", prefix=terms.reference_prefix, call=call_id)


def publish(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Show the call to everybody; it opens by the clock."""
    require(actor, Action.MANAGE_CALL)
    move(session, locked(session, call_id), Event.PUBLISH, actor=actor, now=now)


def close(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Close a decided call: nothing changes in it any more."""
    require(actor, Action.MANAGE_CALL)
    move(session, locked(session, call_id), Event.CLOSE, actor=actor, now=now)


def locked(session: Session, call_id: str) -> Call:
    """The call, held against every other writer until the transaction ends. Raises NotThere."""
    call = session.get(Call, call_id, with_for_update=True)
    if call is None:
        raise NotThere
    return call
