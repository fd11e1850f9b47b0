"""A cut: every award of a call whose act is not signed is reduced by one percentage, and put to its association."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.allocation.tables import Booking
from workflows.awards import queries, rules
from workflows.awards.caretaker import LOCK
from workflows.awards.offering import put
from workflows.awards.queries import AwardView
from workflows.calls.actions import locked
from workflows.canonical import fingerprint
from workflows.database import lock_chain
from workflows.history import HistoryEntry, record
from workflows.language import LANGUAGES
from workflows.lifecycle import Event
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem
from workflows.submission import queries as files

LARGEST = 99


@dataclass(frozen=True)
class Cut:
    """An award before and after, in cents; `below_floor`: it falls under the least amount for its kind of applicant."""

    award: AwardView
    after: int
    below_floor: bool


@dataclass(frozen=True)
class Plan:
    """What a cut would do to a call, and the fingerprint of exactly that."""

    percent: int
    cuts: tuple[Cut, ...]

    @property
    def before(self) -> int:
        return sum(one.award.award for one in self.cuts)

    @property
    def after(self) -> int:
        return sum(one.after for one in self.cuts)

    @property
    def fingerprint(self) -> str:
        return fingerprint(
            [self.percent, *([one.award.application.reference, one.award.award, one.after] for one in self.cuts)]
        )


def plan(session: Session, call_id: str, percent: int, now: datetime) -> Plan:
    """The awards of a call that are not signed, each reduced by `percent`. Raises Problem `percent-out-of-range`."""
    if not 1 <= percent <= LARGEST:
        raise Problem("percent-out-of-range", field="percent")
    unsigned = [one for one in queries.awards(session, call_id, now) if one.signed_on is None]
    return Plan(percent, tuple(_cut(one, percent) for one in unsigned))


def cut(
    session: Session, actor: Actor, call_id: str, percent: int, basis: Mapping[str, str], seen: str, *, now: datetime
) -> int:
    """Reduce the awards that are not signed as it was seen (`seen` is the fingerprint of the plan), for the reason
    `basis` in three languages; returns how many. Each association is asked to accept or to adapt its budget.

    Raises Problem `percent-out-of-range`, `basis-needed`, `nothing-to-cut`, or `cut-changed` where it is no longer
    what was seen.
    """
    require(actor, Action.ALLOCATE, files.call_relation(session, actor, call_id))
    lock_chain(session, LOCK)
    locked(session, call_id)
    missing = [language for language in LANGUAGES if not basis.get(language, "").strip()]
    if missing:
        raise Problem("basis-needed", field=f"basis_{missing[0]}")
    found = plan(session, call_id, percent, now)
    if not found.cuts:
        raise Problem("nothing-to-cut")
    if found.fingerprint != seen:
        raise Problem("cut-changed")
    reason = {code: basis[code].strip() for code in LANGUAGES}
    for one in found.cuts:
        _reduce(session, actor, one, percent, reason, now)
    return len(found.cuts)


def _cut(award: AwardView, percent: int) -> Cut:
    after = rules.reduced(award.award, percent)
    rule = award.application.terms.applicant_rule(award.application.type)
    return Cut(award, after, rule is not None and after < rule.floor_cents)


def _reduce(session: Session, actor: Actor, one: Cut, percent: int, reason: dict[str, str], now: datetime) -> None:
    before = one.award.award
    application = files.row(session, one.award.application.reference, lock=True)
    rows = list(session.scalars(select(Booking).where(Booking.application_id == application.id)))
    new = rules.reduced_bookings([(row.envelope, row.cents) for row in rows], before, one.after)
    taken = {row.envelope: row.cents - new[row.envelope] for row in rows}
    for row in rows:
        row.cents = new[row.envelope]
    application.awarded_cents = one.after
    put(
        session, actor, application, one.after, before, taken, percent=percent, reason=reason,
        below_floor=one.below_floor, now=now,
    )  # fmt: skip
    told = session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.subject == application.subject, HistoryEntry.event.in_([Event.AWARD, Event.CUT_AWARD]))
        .order_by(HistoryEntry.id.desc()).limit(1)
    ).one()  # fmt: skip
    facts = {**told.facts, "awarded": one.after, "before": before, "percent": percent, "why": reason}
    # The new letter answers this entry as the first one answered the award: with the remark of the jury as its reason.
    record(session, application, Event.CUT_AWARD, actor=actor, now=now, reason=told.reason, facts=facts)
