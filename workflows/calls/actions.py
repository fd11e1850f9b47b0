"""Acting on calls: importing terms, publishing, closing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from workflows.calls.changes import changes, check_change
from workflows.calls.queries import prefixes_of_others, terms_of
from workflows.calls.rules import stage
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

    Raises Problem `prefix-taken`, `call-decided` once money was divided under the terms, `reason-needed` where
    published terms change without one, and what `changes.check_change` refuses.
    """
    require(actor, Action.MANAGE_CALL)
    lock_chain(session, "calls")  # of two new calls with one prefix the second must see the first
    _refuse_taken_prefix(session, terms)
    call = session.get(Call, terms.id, with_for_update=True)
    if call is None:
        call = Call(id=terms.id, version=1)
        session.add(call)
        return new_version(session, actor, call, terms, Event.IMPORT_CALL, now=now, reason=reason)
    before = terms_of(session, call.id)
    if before == terms:
        return call
    check_change(before, terms, stage(CallState(call.state), before, now), now)
    if call.state == CallState.PUBLISHED and not reason.strip():
        raise Problem("reason-needed", field="reason")
    call.version += 1
    found = changes(before, terms)
    facts = {
        "changes": [one.fact() for one in found], "substantial": any(one.substantial for one in found),
    }  # fmt: skip
    return new_version(session, actor, call, terms, Event.CHANGE_CALL, now=now, reason=reason.strip(), facts=facts)


def new_version(
    session: Session,
    actor: Actor,
    call: Call,
    terms: Terms,
    event: Event,
    *,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Call:
    """Let these terms hold from now on, as the version the call bears already."""
    content = terms.model_dump(mode="json")
    mark = fingerprint(content)
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
        facts={"version": call.version, "fingerprint": mark, **(facts or {})},
    )  # fmt: skip
    return call


def _refuse_taken_prefix(session: Session, terms: Terms) -> None:
    """Two calls with one prefix would give the same references. Raises Problem `prefix-taken`."""
    taken = prefixes_of_others(session, terms.id)
    if terms.reference_prefix in taken:
        raise Problem(
            "prefix-taken", field="reference_prefix", prefix=terms.reference_prefix, call=taken[terms.reference_prefix]
        )


def publish(session: Session, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Show the call to everybody; it opens by the clock. Raises Problem `closing-passed`."""
    require(actor, Action.MANAGE_CALL)
    call = locked(session, call_id)
    closes = terms_of(session, call_id).closes
    if closes <= now:
        raise Problem("closing-passed", closes_at=closes.isoformat())
    move(session, call, Event.PUBLISH, actor=actor, now=now)


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
