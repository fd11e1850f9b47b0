"""Asking about calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from workflows.calls.rules import Stage, stage
from workflows.calls.shape import Content
from workflows.calls.tables import Call, CallVersion, WorkingCopy
from workflows.calls.terms import Accent, Terms
from workflows.history import entries
from workflows.lifecycle import CallState, Event
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
        """The style class of the call's accent colour; South and North have theirs, unless they choose another."""
        own = {"south": Accent.TERRACOTTA, "north": Accent.INDIGO}
        return f"accent-{self.terms.accent or own.get(self.terms.kind, Accent.TEAL)}"


@dataclass(frozen=True)
class CopyView:
    """The terms of a call as they are being edited: the copy in work, or what is in force where nobody edits.

    `row_version` is 0 while there is no copy. `mark` names exactly what was shown: this copy over that version.
    """

    content: Content
    row_version: int
    mark: str
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class PublicChange:
    """A change after publication that everybody may know of: when, why, and what, each as a fact of the history."""

    at: datetime
    reason: str
    changes: tuple[Mapping[str, Any], ...]
    closes_before: str = ""
    closes_after: str = ""


def working_copy(session: Session, call_id: str) -> CopyView:
    """What is being edited of a call. Raises NotThere."""
    call = session.get(Call, call_id)
    if call is None:
        raise NotThere
    copy = session.get(WorkingCopy, call_id)
    if copy is None:
        return CopyView(terms_of(session, call_id).model_dump(mode="json"), 0, f"{call.version}-0")
    return CopyView(
        copy.content, copy.row_version, f"{call.version}-{copy.row_version}", copy.changed_by, copy.changed_at
    )


def prefixes_of_others(session: Session, call_id: str) -> dict[str, str]:
    """The other calls by the prefix of their references."""
    ids = session.scalars(select(Call.id).where(Call.id != call_id).order_by(Call.id)).all()
    return {terms_of(session, other).reference_prefix: other for other in ids}


def public_changes(session: Session, call_id: str) -> tuple[PublicChange, ...]:
    """The substantial changes since the call was published, the last first."""
    found: list[PublicChange] = []
    for entry in entries(session, f"call:{call_id}"):
        if entry.event is Event.PUBLISH:
            found = []
        elif entry.facts.get("substantial"):
            told = tuple(one for one in entry.facts.get("changes", ()) if one["substantial"])
            before, after = (entry.facts.get(name, "") for name in ("before", "after"))
            found.append(PublicChange(entry.at, entry.reason, told, before, after))
    return tuple(reversed(found))


def call_view(session: Session, call_id: str, now: datetime) -> CallView:
    """One call. Raises NotThere."""
    found = session.execute(_in_force().where(Call.id == call_id)).first()
    if found is None:
        raise NotThere
    return _view(session, found, now)


def calls(session: Session, now: datetime) -> tuple[CallView, ...]:
    """Every call, the one that closes last first."""
    found = [_view(session, one, now) for one in session.execute(_in_force()).all()]
    return tuple(sorted(found, key=lambda call: (call.terms.closes, call.id), reverse=True))


def public_calls(session: Session, now: datetime) -> tuple[CallView, ...]:
    """The calls anybody may know of."""
    return tuple(call for call in calls(session, now) if call.stage is not Stage.DRAFT)


def terms_of(session: Session, call_id: str, version: int | None = None) -> Terms:
    """The terms of a call: those that hold now, or an earlier version. Raises NotThere."""
    number = Call.version if version is None else version
    found = session.execute(_in_force(number).where(Call.id == call_id)).first()
    if found is None:
        raise NotThere
    return terms_named(session, call_id, found.number, found.fingerprint)


def deadline_known_since(session: Session, call_id: str) -> datetime:
    """Since when the deadline that holds now is the deadline of the call. Raises NotThere."""
    closes = terms_of(session, call_id).closes
    versions = select(CallVersion).where(CallVersion.call_id == call_id).order_by(CallVersion.number.desc())
    since: datetime | None = None
    for version in session.scalars(versions):
        if since is not None and _read(version.fingerprint, version).closes != closes:
            break
        since = version.made_at
    assert since is not None  # there is a version, or there were no terms
    return since


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


def _in_force(number: Any = Call.version) -> Select[str, str, int, str]:
    """Calls, each with what names its terms: those that hold now, or a version with a number."""
    return select(Call.id, Call.state, CallVersion.number, CallVersion.fingerprint).join(
        CallVersion, (CallVersion.call_id == Call.id) & (CallVersion.number == number)
    )


def _view(session: Session, found: Row[str, str, int, str], now: datetime) -> CallView:
    call_id, state, version, fingerprint = found
    return as_seen(call_id, CallState(state), version, terms_named(session, call_id, version, fingerprint), now)
