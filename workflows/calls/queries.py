"""Asking about calls."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.rules import Stage, stage
from workflows.calls.tables import Call, CallVersion
from workflows.calls.terms import Terms
from workflows.lifecycle import CallState
from workflows.problems import NotThere


@dataclass(frozen=True)
class CallView:
    """A call as it stands at the instant it was asked for."""

    id: str
    state: CallState
    version: int
    stage: Stage
    terms: Terms

    @property
    def accent(self) -> str:
        """The style class of the call's accent colour."""
        return {"south": "accent-zuid", "north": "accent-noord"}[self.terms.kind]


def call_view(session: Session, call_id: str, now: datetime) -> CallView:
    """One call. Raises NotThere."""
    call = session.get(Call, call_id)
    if call is None:
        raise NotThere
    return _view(session, call, now)


def calls(session: Session, now: datetime) -> tuple[CallView, ...]:
    """Every call, the one that closes last first."""
    found = [_view(session, call, now) for call in session.scalars(select(Call))]
    return tuple(sorted(found, key=lambda call: (call.terms.closes, call.id), reverse=True))


def public_calls(session: Session, now: datetime) -> tuple[CallView, ...]:
    """The calls anybody may know of."""
    return tuple(call for call in calls(session, now) if call.stage is not Stage.DRAFT)


def terms_of(session: Session, call_id: str, version: int | None = None) -> Terms:
    """The terms of a call: those that hold now, or an earlier version. Raises NotThere."""
    call = session.get(Call, call_id)
    row = session.get(CallVersion, (call_id, version or call.version)) if call else None
    if row is None:
        raise NotThere
    return _read(row.fingerprint, row)


def terms_named(session: Session, call_id: str, version: int, fingerprint: str) -> Terms:
    """The terms of a version, read once per process: a version never changes, its fingerprint is its name."""
    if fingerprint not in _known:
        return _read(fingerprint, session.get_one(CallVersion, (call_id, version)))
    return _known[fingerprint]


def as_seen(call_id: str, state: CallState, version: int, terms: Terms, now: datetime) -> CallView:
    """A call whose facts are known already, as it stands at this instant."""
    return CallView(call_id, state, version, stage(state, terms, now), terms)


def _read(fingerprint: str, row: CallVersion) -> Terms:
    if fingerprint not in _known:
        _known[fingerprint] = Terms.model_validate(row.terms)
    return _known[fingerprint]


_known: dict[str, Terms] = {}


def _view(session: Session, call: Call, now: datetime) -> CallView:
    terms = terms_of(session, call.id)
    state = CallState(call.state)
    return as_seen(call.id, state, call.version, terms, now)
