"""Asking about the division of the money: what goes into it, a preview, the decision as it was taken."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.allocation import rules
from workflows.allocation.fixed import Fixed, fixed_awards
from workflows.allocation.reasons import rest
from workflows.allocation.rules import (
    AllocationInput,
    Candidate,
    Envelope,
    EnvelopeUse,
    FixedAwardsTooLarge,
    Override,
    Refusal,
    Result,
)
from workflows.allocation.tables import Allocation, Signature
from workflows.calls.queries import terms_of
from workflows.calls.terms import Approval, Terms
from workflows.history import HOUSE, HistoryEntry, head
from workflows.language import text_in
from workflows.lifecycle import ApplicationState, Event
from workflows.people.tables import Person
from workflows.problems import NotThere, Problem, Reason
from workflows.scoring.queries import Scored, scored
from workflows.submission.queries import ApplicationView, references

CHANGES = (
    Event.SUBMIT_REVIEW, Event.ADMIT, Event.DECLARE_INELIGIBLE, Event.WITHDRAW, Event.DECLARE_CONFLICT, Event.RECUSE,
    Event.ASSIGN, Event.UNASSIGN, Event.CHANGE_CALL, Event.DELIBERATE, Event.FIX_AWARD, Event.FREE_AWARD,
)  # fmt: skip

BELOW_MINIMUM = "criterion-below-minimum"
"""How the reason begins for which the rule is told to refuse a file whatever its score."""


@dataclass(frozen=True)
class Line:
    """One file of the ranking, with what the rule gives it. Amounts in cents, score in 1/100 point."""

    rank: int
    application: ApplicationView
    score: int
    award: int
    refusal: Refusal | None
    reserve: bool
    approvals: tuple[Approval, ...]
    remark: str
    fixed: Fixed | None = None


@dataclass(frozen=True)
class EnvelopeLine:
    """An envelope and what is used of it, in cents. `rest` says what becomes of what is left."""

    id: str
    name: Mapping[str, str]
    amount: int
    used: int
    rest: Reason | None = None

    @property
    def left(self) -> int:
        return self.amount - self.used


@dataclass(frozen=True)
class Decision:
    """The decision of a call: the fingerprint of its inputs, and its record with the record's SHA-256."""

    fingerprint: str
    record: str
    record_sha256: str
    decided_at: datetime


@dataclass(frozen=True)
class Signed:
    """A name under an allocation: who, when, and the fingerprint of what was seen."""

    person_id: int
    person: str
    fingerprint: str
    at: datetime


@dataclass(frozen=True)
class Board:
    """The allocation as it would be decided now, or as it was decided."""

    terms: Terms
    data: AllocationInput
    result: Result
    lines: tuple[Line, ...]
    envelopes: tuple[EnvelopeLine, ...]
    fingerprint: str
    files: Mapping[str, Scored]
    unready: tuple[str, ...]
    unscreened: tuple[str, ...]
    without_remark: tuple[str, ...]
    fixed: Mapping[str, Fixed] = field(default_factory=dict)
    """The awards that a person fixed, by file."""

    @property
    def total(self) -> int:
        """Cents awarded."""
        return sum(self.result.awards.values())

    @property
    def awarded(self) -> int:
        """Number of awards."""
        return sum(1 for cents in self.result.awards.values() if cents)


def board(session: Session, call_id: str) -> Board:
    """The allocation over the files that can be ranked now, with what still stands in the way of deciding."""
    files = scored(session, call_id)
    return _divided(
        terms_of(session, call_id),
        {found.application.reference: found for found in files if found.score is not None},
        unready=tuple(found.application.reference for found in files if not found.ready),
        unscreened=references(session, call_id, ApplicationState.SUBMITTED),
        fixed=fixed_awards(session, call_id),
    )  # fmt: skip


def board_to_look_at(session: Session, call_id: str) -> Board:
    """The same, from memory while nothing at all has happened since: whoever moves a slider waits for no database.

    What is decided is always worked out anew.
    """
    heads = head(session, f"call:{call_id}"), head(session, HOUSE)
    key = (session.get_bind().engine.pool, call_id, heads)  # the pool: a database opened anew may hold other files
    found = _KEPT.get(call_id)
    if found is None or found[0] != key:
        found = _KEPT[call_id] = (key, board(session, call_id))
    return found[1]


_KEPT: dict[str, tuple[Any, Board]] = {}


def tried(board: Board, terms: Terms) -> Board:
    """The allocation of the same files under other terms; nothing is asked of the database.

    Raises Problem `fixed-awards-exceed` where what persons fixed does not fit into it.
    """
    return _divided(terms, board.files, unready=board.unready, unscreened=board.unscreened, fixed=board.fixed)


def _divided(
    terms: Terms, files: Mapping[str, Scored], *, unready: tuple[str, ...], unscreened: tuple[str, ...],
    fixed: Mapping[str, Fixed],
) -> Board:  # fmt: skip
    data = allocation_input(terms, files, fixed)
    try:
        result = rules.allocate(data)
    except FixedAwardsTooLarge as error:
        names = {one.id: one.name.texts() for one in terms.envelopes}
        envelope = names.get(error.envelope or "", error.envelope)
        raise Problem("fixed-awards-exceed", field="cents", file=error.id, envelope=envelope, by=error.by) from None
    refusals, reserve = {one.id: one for one in result.refusals}, frozenset(result.reserve)
    lines = tuple(
        _line(terms, result, files[one.id], rank, refusals.get(one.id), one.id in reserve, fixed.get(one.id))
        for rank, one in enumerate(rules.ranking(data), 1)
    )
    return Board(
        terms, data, result, lines, envelope_lines(terms, data, result.envelopes), rules.fingerprint(data), files,
        unready=unready, unscreened=unscreened,
        without_remark=tuple(line.application.reference for line in lines if not line.award and not line.remark),
        fixed=fixed,
    )  # fmt: skip


def allocation_input(
    terms: Terms, ranked: Mapping[str, Scored], fixed: Mapping[str, Fixed] | None = None
) -> AllocationInput:
    """What the rule is given: integers only. What a person fixed goes before the minimum of a criterion."""
    by_hand = {reference: one for reference, one in (fixed or {}).items() if reference in ranked}
    partial = terms.allocation.rule.startswith("rank-partial") or terms.allocation.rule == "pro-rata"
    return AllocationInput(
        call=terms.id,
        rule=terms.allocation.rule,
        pass_mark=terms.scoring.pass_mark_hundredths,
        candidates=tuple(_candidate(terms, found, partial) for found in ranked.values()),
        envelopes=tuple(
            Envelope(one.id, one.amount_cents, one.groups, str(one.policy)) for one in terms.envelopes
        ),
        ties=tuple(terms.allocation.ties),
        overrides=(
            *(_refused(found) for id, found in ranked.items() if id not in by_hand and _too_low(terms, found)),
            *(Override(id, min(one.cents, ranked[id].application.requested), one.reason)
              for id, one in by_hand.items()),
        ),
        least_award=min(one.floor_cents for one in terms.applicants),
    )  # fmt: skip


def _too_low(terms: Terms, found: Scored) -> bool:
    """Whether only the minimum of a criterion stands in the way; below the pass mark the rule itself refuses."""
    passed = (found.score or 0) >= terms.scoring.pass_mark_hundredths
    return passed and bool(found.below_minimum)


def _refused(found: Scored) -> Override:
    criteria = ", ".join(text_in(reason.facts["criterion"], "en") for reason in found.below_minimum)
    return Override(found.application.reference, 0, f"{BELOW_MINIMUM}: {criteria}")


def approvals(terms: Terms, cents: int) -> tuple[Approval, ...]:
    """The steps a decision of this amount needs: those whose threshold it is strictly above."""
    return tuple(step for step in terms.approvals if cents > step.above_cents)


def decision(session: Session, call_id: str) -> Decision:
    """The decision of a call as it was written down. Raises NotThere before there is one."""
    found = session.get(Allocation, call_id)
    if found is None:
        raise NotThere
    return Decision(found.fingerprint, found.record, found.record_sha256, found.decided_at)


def record(session: Session, call_id: str) -> dict[str, Any]:
    """The decision record of a call. Raises NotThere before there is one."""
    content: dict[str, Any] = json.loads(decision(session, call_id).record)
    return content


def signed(session: Session, call_id: str) -> tuple[Signed, ...]:
    """The names under the allocation of a call, in the order of signing. Before the decision at most one, which counts
    only while its fingerprint is that of the board."""
    found = session.execute(
        select(Signature, Person.name).join(Person, Person.id == Signature.person_id)
        .where(Signature.call_id == call_id).order_by(Signature.place)
    )  # fmt: skip
    return tuple(Signed(one.person_id, name, one.fingerprint, one.signed_at) for one, name in found)


def changed_since(session: Session, call_id: str, since: datetime) -> tuple[str, ...]:
    """References of the files in which something changed that bears on the ranking, after the instant."""
    subjects = session.scalars(
        select(HistoryEntry.subject).distinct()
        .where(HistoryEntry.chain == f"call:{call_id}", HistoryEntry.at > since, HistoryEntry.event.in_(CHANGES))
        .order_by(HistoryEntry.subject)
    )  # fmt: skip
    return tuple(subject.split(":", 1)[1] for subject in subjects)


def _candidate(terms: Terms, found: Scored, partial: bool) -> Candidate:
    application, points = found.application, found.score
    assert points is not None  # only scored files are candidates
    rule = terms.applicant_rule(application.type)
    minimum = rule.floor_cents if rule and partial else application.requested
    return Candidate(
        application.reference, application.organisation.enterprise_number, points, application.requested,
        min(minimum, application.requested), frozenset({application.zone.lower(), str(application.type)}),
    )  # fmt: skip


def _line(
    terms: Terms, result: Result, found: Scored, rank: int, refusal: Refusal | None, reserve: bool,
    fixed: Fixed | None,
) -> Line:  # fmt: skip
    award = result.awards.get(found.application.reference, 0)
    assert found.score is not None  # only scored files are ranked
    return Line(
        rank, found.application, found.score, award, refusal, reserve, approvals(terms, award), found.remark, fixed,
    )  # fmt: skip


def envelope_lines(terms: Terms, data: AllocationInput, uses: Iterable[EnvelopeUse]) -> tuple[EnvelopeLine, ...]:
    """The envelopes of a call in its own order and words, with what is used of each."""
    names = {one.id: one.name.texts() for one in terms.envelopes}
    used = {use.id: use for use in uses}
    return tuple(
        EnvelopeLine(one.id, names[one.id], one.amount_cents, used[one.id].used, rest(data, used[one.id], names))
        for one in terms.envelopes
    )
