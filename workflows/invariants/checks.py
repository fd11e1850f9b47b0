"""The checks of the data: each reads, changes nothing, and names what does not hold."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workflows.allocation.tables import Allocation, Booking
from workflows.awards.tables import Act, Promotion
from workflows.budget import queries as budget
from workflows.budget.tables import BudgetLine, LedgerEntry
from workflows.calls.tables import Call, CallVersion, Envelope
from workflows.canonical import fingerprint
from workflows.history import HistoryEntry, chains, first_broken
from workflows.lifecycle import MOVES, ApplicationState, CallState, Event
from workflows.scoring.tables import PanelClosing
from workflows.submission.rules import receipt_number
from workflows.submission.tables import Application, Submission

Check = Callable[[Session], Iterator[str]]
CHECKS: dict[str, Check] = {}


def check(promise: str) -> Callable[[Check], Check]:
    """Enter a check under the promise it holds, in words."""

    def enter(function: Check) -> Check:
        CHECKS[promise] = function
        return function

    return enter


def gaps(numbers: Sequence[int]) -> list[int]:
    """Which of 1, 2, 3 … up to the greatest number are missing."""
    return sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))


@check("Every entry of the history is bound to the one before it")
def _history(session: Session) -> Iterator[str]:
    for chain in chains(session):
        entry = first_broken(session, chain)
        if entry is not None:
            yield f"{chain}: broken at entry {entry.position} ({entry.event}, {entry.at})"


@check("Every state follows from the history, by moves of the table")
def _states(session: Session) -> Iterator[str]:
    now: dict[str, str] = {}
    moves = (
        select(HistoryEntry.subject, HistoryEntry.event, HistoryEntry.from_state, HistoryEntry.to_state)
        .where(HistoryEntry.to_state.is_not(None)).order_by(HistoryEntry.chain, HistoryEntry.position)
    )  # fmt: skip
    for subject, event, began, ended in session.execute(moves):
        before, after = str(began), str(ended)
        states = CallState if subject.startswith("call:") else ApplicationState
        at = now.get(subject, "draft")
        if before != at:
            yield f"{subject}: {event} began at {before}, but it was {at}"
        elif MOVES.get((states(before), Event(event))) != states(after):
            yield f"{subject}: {event} from {before} to {after} is no move"
        now[subject] = after
    for row in [*session.scalars(select(Call)), *session.scalars(select(Application))]:
        if row.state != now.get(row.subject, "draft"):
            yield f"{row.subject}: is {row.state}, but by its history {now.get(row.subject, 'draft')}"


@check("Every version of the terms of a call is the one that was published")
def _terms(session: Session) -> Iterator[str]:
    versions: dict[str, list[int]] = defaultdict(list)
    for one in session.scalars(select(CallVersion)):
        versions[one.call_id].append(one.number)
        if one.fingerprint != fingerprint(one.terms):
            yield f"call {one.call_id}: version {one.number} of its terms was changed"
    for call in session.scalars(select(Call)):
        if gaps(versions[call.id]) or call.version not in versions[call.id]:
            yield f"call {call.id}: versions {sorted(versions[call.id])} of its terms are there, {call.version} holds"


@check("Every submission is what its receipt says")
def _submissions(session: Session) -> Iterator[str]:
    numbers: dict[str, list[int]] = defaultdict(list)
    found = select(Submission, Application.reference).join(Application, Application.id == Submission.application_id)
    for one, reference in session.execute(found):
        numbers[reference].append(one.number)
        if one.digest != fingerprint(one.content):
            yield f"{reference}: submission {one.number} was changed"
        elif one.receipt_number != receipt_number(reference, one.number, one.digest):
            yield f"{reference}: submission {one.number} has a receipt number of something else"
    for reference, given in numbers.items():
        for missing in gaps(given):
            yield f"{reference}: submission {missing} is missing"
    never = select(Application.reference).where(
        Application.state != ApplicationState.DRAFT,
        ~select(Submission).where(Submission.application_id == Application.id).exists(),
    )
    for reference in session.scalars(never):
        yield f"{reference}: nothing that was submitted of it is there"


@check("No envelope is overspent")
def _envelopes(session: Session) -> Iterator[str]:
    booked = (
        select(Booking.call_id, Booking.envelope, func.sum(Booking.cents).label("cents"))
        .group_by(Booking.call_id, Booking.envelope).subquery()
    )  # fmt: skip
    over = select(Envelope.call_id, Envelope.code, Envelope.amount_cents, booked.c.cents).join(
        booked, (booked.c.call_id == Envelope.call_id) & (booked.c.envelope == Envelope.code)
    )
    for call_id, code, amount, cents in session.execute(over.where(booked.c.cents > Envelope.amount_cents)):
        yield f"call {call_id}: envelope {code} holds {amount} cents, {cents} are booked"


@check("Every award is the amount that was decided, and booked")
def _awards(session: Session) -> Iterator[str]:
    decided = {
        entry.subject: entry.facts.get("awarded")
        for entry in session.scalars(
            select(HistoryEntry).where(HistoryEntry.event.in_([Event.AWARD, Event.CUT_AWARD])).order_by(HistoryEntry.id)
        )
    }
    booked = set(session.scalars(select(Booking.application_id)))
    for one in session.scalars(select(Application)):
        if one.awarded_cents is None and one.id in booked:
            yield f"{one.reference}: has no award, but money is booked for it"
        if one.awarded_cents is not None and one.awarded_cents != decided.get(one.subject):
            yield f"{one.reference}: {one.awarded_cents} cents are awarded, {decided.get(one.subject)} were decided"
        if one.awarded_cents is not None and one.id not in booked:
            yield f"{one.reference}: is awarded, but no envelope bears it"
    unawarded = select(Application.reference).join(Act, Act.application_id == Application.id)
    never = Application.awarded_cents.is_(None) & (Application.state != ApplicationState.WITHDRAWN)  # or given up since
    for reference in session.scalars(unawarded.where(never)):
        yield f"{reference}: an act is signed for it, but nothing is awarded"


@check("Every decision has its record, unchanged")
def _decisions(session: Session) -> Iterator[str]:
    said: dict[str, Any] = {
        entry.subject: entry.facts.get("record")
        for entry in session.scalars(select(HistoryEntry).where(HistoryEntry.event == Event.DECIDE))
    }
    records = {one.call_id: one for one in session.scalars(select(Allocation))}
    for call in session.scalars(select(Call)):
        decided, record = call.state in (CallState.DECIDED, CallState.CLOSED), records.get(call.id)
        if decided != (record is not None):
            yield f"call {call.id}: is {call.state}, with{'' if record else 'out'} a record of the decision"
        if record and not _is(record.record, record.record_sha256, said.get(call.subject)):
            yield f"call {call.id}: the record of its decision was changed"
    for one in session.scalars(select(PanelClosing)):
        if not _is(one.record, one.record_sha256, one.record_sha256):
            yield f"call {one.call_id}: record {one.number} of its panel was changed"
    promoted = {
        entry.facts.get("record")
        for entry in session.scalars(select(HistoryEntry).where(HistoryEntry.event == Event.PROMOTE))
    }
    for made in session.scalars(select(Promotion).where(Promotion.decided_at.is_not(None))):
        said_of_it = made.record_sha256 if made.record_sha256 in promoted else None
        if not _is(made.record, made.record_sha256, said_of_it):
            yield f"call {made.call_id}: the record of its promotion {made.number} was changed"


def _is(content: str, digest: str, said: Any) -> bool:
    return hashlib.sha256(content.encode()).hexdigest() == digest and digest == str(said)


@check("No budget line is exceeded, and its ledger is bound entry to entry")
def _ledger(session: Session) -> Iterator[str]:
    sums = {
        line_id: (commitment, liquidation)
        for line_id, commitment, liquidation in session.execute(
            select(
                LedgerEntry.line_id, func.sum(LedgerEntry.commitment_cents), func.sum(LedgerEntry.liquidation_cents)
            ).group_by(LedgerEntry.line_id)
        )
    }
    for line in session.scalars(select(BudgetLine)):
        broken = budget.first_broken(session, line.id)
        if broken is not None:
            yield f"{line.subject}: its ledger is broken at entry {broken}"
        if min(sums.get(line.id, (0, 0))) < 0:
            yield f"{line.subject}: more is committed or paid than its credits"


@check("The database itself is sound")
def _database(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(text("PRAGMA quick_check")):
        if said != "ok":
            yield str(said)
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield f"{table}: row {row} names something in {parent} that is not there"
