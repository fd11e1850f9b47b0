"""Promotion from the reserve list: what came free is divided again by the rule of the call, everything notified frozen
(M10 of allocation.md), so that nobody loses a cent by it."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from workflows.allocation import exchange, queries, rules
from workflows.allocation.model import AllocationInput, Refusal, Result
from workflows.allocation.queries import EnvelopeLine, envelope_lines
from workflows.allocation.tables import Booking
from workflows.awards.tables import Offer, Promotion
from workflows.calls.actions import locked
from workflows.calls.queries import terms_of
from workflows.calls.terms import Terms
from workflows.canonical import canonical
from workflows.history import move, record
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.people.tables import Person
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.scoring.queries import remark_of
from workflows.submission import queries as files
from workflows.submission.queries import ApplicationView
from workflows.submission.tables import Application

FORMAT = 1


@dataclass(frozen=True)
class Waiting:
    """A file of the reserve list: its rank and score (1/100 point) in the decision, the cents it gets now, 0 for none,
    and why not."""

    application: ApplicationView
    rank: int
    score: int
    award: int
    refusal: Refusal | None


@dataclass(frozen=True)
class Again:
    """The money divided again with every award frozen. `list` is the reserve list in its order."""

    terms: Terms
    data: AllocationInput
    result: Result
    ranked: int
    list: tuple[Waiting, ...]
    envelopes: tuple[EnvelopeLine, ...]
    fingerprint: str

    @property
    def promoted(self) -> tuple[Waiting, ...]:
        return tuple(one for one in self.list if one.award)


@dataclass(frozen=True)
class PromotionView:
    """A promotion: who signed, when it was decided (None while a second person has to), its fingerprint."""

    number: int
    fingerprint: str
    record: str
    signed_id: int | None
    signed: str
    signed_at: datetime
    decided_at: datetime | None


def again(session: Session, call_id: str) -> Again:
    """What the rule of the call gives the reserve list now. Raises NotThere before the decision.

    The envelopes are those of the decision less what cuts took off them: cut money is not given away.
    """
    decided = exchange.read(json.dumps(queries.record(session, call_id)["input"]))
    found = files.of_call(session, call_id, ApplicationState.AWARDED, ApplicationState.RESERVE)
    open_files = {one.reference: one for one in found}
    taken = _taken(session, call_id)
    frozen = {reference: one.awarded_cents for reference, one in open_files.items() if one.awarded_cents}
    data = replace(
        decided, frozen=frozen, overrides=(),
        candidates=tuple(one for one in decided.candidates if one.id in open_files),
        envelopes=tuple(replace(one, amount=one.amount - taken[one.id]) for one in decided.envelopes),
    )  # fmt: skip
    result = rules.allocate(data)
    refusals, terms = {one.id: one for one in result.refusals}, terms_of(session, call_id)
    waiting = tuple(
        Waiting(open_files[one.id], rank, one.score, result.awards.get(one.id, 0), refusals.get(one.id))
        for rank, one in enumerate(rules.ranking(decided), 1)
        if one.id in open_files and one.id not in frozen
    )
    lines = tuple(
        replace(line, amount=line.amount - taken[line.id]) for line in envelope_lines(terms, data, result.envelopes)
    )
    return Again(terms, data, result, len(decided.candidates), waiting, lines, rules.fingerprint(data))


def promotions(session: Session, call_id: str) -> tuple[PromotionView, ...]:
    """The promotions of a call, the last first."""
    rows = session.execute(
        select(Promotion, Person.name).outerjoin(Person, Person.id == Promotion.signed_by)
        .where(Promotion.call_id == call_id).order_by(Promotion.number.desc())
    )  # fmt: skip
    return tuple(
        PromotionView(
            one.number, one.fingerprint, one.record, one.signed_by, name or "", one.signed_at, one.decided_at
        )
        for one, name in rows
    )  # fmt: skip


def sign(session: Session, actor: Actor, call_id: str, seen: str, *, now: datetime) -> bool:
    """Put one's name under the promotion with the fingerprint `seen`; True where that decides it.

    Raises NotThere, Problem `nothing-to-promote`, `promotion-stale` where it is no longer what was seen, or
    `second-person-needed`.
    """
    require(actor, Action.ALLOCATE, files.call_relation(session, actor, call_id))
    call = locked(session, call_id)
    if call.state != CallState.DECIDED:
        raise NotThere
    found = again(session, call_id)
    if not found.promoted:
        raise Problem("nothing-to-promote")
    if found.fingerprint != seen:
        raise Problem("promotion-stale")
    open_one = select(Promotion).where(Promotion.call_id == call_id, Promotion.decided_at.is_(None))
    first = session.scalar(open_one)
    if found.terms.allocation.second_signature:
        if first is None or first.fingerprint != seen:
            _first_name(session, actor, found, first, now)
            facts = {"fingerprint": seen, "total": sum(one.award for one in found.promoted)}
            record(session, call, Event.SIGN_PROMOTION, actor=actor, now=now, facts=facts)
            return False
        if first.signed_by == actor.person_id:
            raise Problem("second-person-needed")
    else:
        first = _first_name(session, actor, found, first, now)
    _promote(session, actor, found, now)
    first.decided_by, first.decided_at = actor.person_id, now
    facts = {"fingerprint": seen, "record": first.record_sha256, "total": sum(one.award for one in found.promoted)}
    record(session, call, Event.PROMOTE, actor=actor, now=now, facts=facts)
    return True


def _taken(session: Session, call_id: str) -> Counter[str]:
    """The cents that cuts took off each envelope of a call."""
    found = session.scalars(
        select(Offer.taken).join(Application, Application.id == Offer.application_id)
        .where(Application.call_id == call_id)
    )  # fmt: skip
    taken: Counter[str] = Counter()
    for one in found:
        taken.update(one)
    return taken


def _first_name(session: Session, actor: Actor, found: Again, lapsed: Promotion | None, now: datetime) -> Promotion:
    """A promotion with one name under it; one that lapsed goes."""
    if lapsed is not None:
        session.delete(lapsed)
        session.flush()
    last = select(func.max(Promotion.number)).where(Promotion.call_id == found.terms.id)
    text = canonical({
        "format": FORMAT, "input": exchange.to_data(found.data), "fingerprint": found.fingerprint,
        "result": exchange.result_to_json(found.data, found.result),
    })  # fmt: skip
    new = Promotion(
        call_id=found.terms.id, number=(session.scalar(last) or 0) + 1, fingerprint=found.fingerprint, record=text,
        record_sha256=hashlib.sha256(text.encode()).hexdigest(), signed_by=actor.person_id, signed_at=now,
    )  # fmt: skip
    session.add(new)
    session.flush()
    return new


def _promote(session: Session, actor: Actor, found: Again, now: datetime) -> None:
    for one in found.promoted:
        application = files.row(session, one.application.reference, lock=True)
        remark = remark_of(session, application.id)
        application.awarded_cents = one.award
        facts = {
            "rank": one.rank, "of": found.ranked, "score": one.score, "pass_mark": found.data.pass_mark,
            "requested": one.application.requested, "awarded": one.award,
        }  # fmt: skip
        move(session, application, Event.AWARD, actor=actor, now=now, reason=remark, facts=facts)
    ids = {one.reference: one.id for one in files.of_call(session, found.terms.id, ApplicationState.AWARDED)}
    session.execute(delete(Booking).where(Booking.call_id == found.terms.id))
    session.add_all(
        Booking(application_id=ids[reference], call_id=found.terms.id, envelope=envelope, cents=cents)
        for reference, envelope, cents in found.result.bookings
    )
    session.flush()
