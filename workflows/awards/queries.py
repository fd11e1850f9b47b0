"""Asking about awards: whether a caretaker period lasts, the steps and the act of each award, what pays it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.allocation.queries import approvals
from workflows.allocation.tables import Booking
from workflows.awards import rules
from workflows.awards.rules import Answer, AwardState, Period, Shares
from workflows.awards.tables import Act, ActStep, CaretakerPeriod, Offer
from workflows.budget.queries import EntryView, entries_of, pledges
from workflows.budget.rules import Pledge
from workflows.calls.terms import Terms
from workflows.files import store
from workflows.files.tables import Document
from workflows.history import HistoryEntry
from workflows.language import BRUSSELS
from workflows.lifecycle import ApplicationState, Event
from workflows.problems import NotThere, Problem
from workflows.submission.queries import ApplicationView, of_call, view
from workflows.submission.tables import Application


@dataclass(frozen=True)
class StepView:
    """A step an award needs; `taken_on` is None until it is recorded."""

    code: str
    name: Mapping[str, str]
    taken_on: date | None = None
    reference: str = ""
    document: str = ""


@dataclass(frozen=True)
class AwardView:
    """An award with everything its page says. Amounts in cents; `award` is what was granted.

    `shares`: the budget codes that pay it; None where the envelopes do not name them. `held_by`: the caretaker period
    that holds it.
    """

    application: ApplicationView
    decided_on: date
    steps: tuple[StepView, ...]
    state: AwardState
    signed_on: date | None
    act: str
    held_by: Period | None
    shares: Shares | None
    pledge: Pledge
    offer: "OfferView | None" = None
    """The amount last put to the association, where there is one."""

    @property
    def needs_consent(self) -> bool:
        """Whether less is awarded than was asked, and the association did not say yet that it goes on with that."""
        agreed = self.offer is not None and self.offer.cents == self.award and self.offer.agreed
        return self.award < self.application.requested and not agreed

    @property
    def award(self) -> int:
        return self.application.awarded_cents or 0

    @property
    def missing(self) -> tuple[StepView, ...]:
        """The steps that are still to be recorded."""
        return tuple(step for step in self.steps if step.taken_on is None)


@dataclass(frozen=True)
class OfferView:
    """An amount in cents put to the association and what it answered; `answer` is None until it does."""

    number: int
    cents: int
    before: int
    percent: int | None
    reason: Mapping[str, str]
    below_floor: bool
    asked_at: datetime
    answer: Answer | None
    explanation: str
    document: str
    answered_at: datetime | None

    @property
    def agreed(self) -> bool:
        return self.answer in (Answer.ACCEPTED, Answer.ADAPTED)


def periods(session: Session) -> tuple[Period, ...]:
    """Every caretaker period, the last first."""
    found = session.scalars(select(CaretakerPeriod).order_by(CaretakerPeriod.starts.desc()))
    return tuple(Period(one.id, one.starts, one.ends, one.basis) for one in found)


def caretaking(session: Session, now: datetime) -> Period | None:
    """The caretaker period that lasts now."""
    return rules.caretaking(periods(session), day_of(now))


def awards(session: Session, call_id: str, now: datetime) -> tuple[AwardView, ...]:
    """The awards of a call by reference; none before it is decided."""
    return _views(session, of_call(session, call_id, ApplicationState.AWARDED), now)


def award(session: Session, reference: str, now: datetime) -> AwardView:
    """One award. Raises NotThere where the file has none."""
    found = view(session, reference)
    if found.state is not ApplicationState.AWARDED:
        raise NotThere
    return _views(session, (found,), now)[0]


def movements(session: Session, reference: str) -> tuple[EntryView, ...]:
    """What was committed and paid for an award, the first first."""
    return entries_of(session, subject(reference))


def step_document(session: Session, application_id: int, code: str) -> tuple[str, str, bytes]:
    """The document of a step: its name, media type and content. Raises NotThere."""
    found = session.get(ActStep, (application_id, code))
    if found is None or found.sha256 is None:
        raise NotThere
    return found.document, session.get_one(Document, found.sha256).media_type, store.get(found.sha256)


def awaiting_signature(session: Session, call_id: str) -> frozenset[str]:
    """The references of the awards of a call whose act is not signed."""
    signed = select(Act).where(Act.application_id == Application.id).exists()
    awarded = (Application.call_id == call_id) & (Application.state == ApplicationState.AWARDED)
    return frozenset(session.scalars(select(Application.reference).where(awarded, ~signed)))


def offers(session: Session, application_ids: Collection[int]) -> dict[int, OfferView]:
    """The last amount put to each association, by the id of its file."""
    found = session.scalars(
        select(Offer).where(Offer.application_id.in_(application_ids)).order_by(Offer.application_id, Offer.number)
    )
    return {
        one.application_id: OfferView(
            one.number, one.cents, one.before_cents, one.percent, one.reason, one.below_floor, one.asked_at,
            Answer(one.answer) if one.answer else None, one.explanation, one.document, one.answered_at,
        )
        for one in found
    }  # fmt: skip


def offer_document(session: Session, application_id: int, number: int) -> tuple[str, str, bytes]:
    """The adapted budget an association sent: its name, media type and content. Raises NotThere."""
    found = session.get(Offer, (application_id, number))
    if found is None or found.sha256 is None:
        raise NotThere
    return found.document, session.get_one(Document, found.sha256).media_type, store.get(found.sha256)


def subject(reference: str) -> str:
    """What the ledger calls an award."""
    return f"application:{reference}"


def day_of(now: datetime) -> date:
    """The day of an instant in Brussels, which is where acts are dated."""
    return now.astimezone(BRUSSELS).date()


def _views(session: Session, found: tuple[ApplicationView, ...], now: datetime) -> tuple[AwardView, ...]:
    if not found:
        return ()
    period = caretaking(session, now)
    decided = _decided(session, [subject(one.reference) for one in found])
    pledged = pledges(session, [subject(one.reference) for one in found])
    ids = [one.id for one in found]
    acts = {one.application_id: one for one in session.scalars(select(Act).where(Act.application_id.in_(ids)))}
    steps = {
        (one.application_id, one.step): one
        for one in session.scalars(select(ActStep).where(ActStep.application_id.in_(ids)))
    }
    booked, asked = booked_by(session, ids), offers(session, ids)
    return tuple(
        _view(
            one, decided[subject(one.reference)], acts.get(one.id), steps, booked.get(one.id, []),
            pledged[subject(one.reference)], period, asked.get(one.id),
        )
        for one in found
    )  # fmt: skip


def _decided(session: Session, subjects: list[str]) -> dict[str, date]:
    """The day on which each award was decided: with the call, or as it came from the reserve list."""
    rows = session.execute(
        select(HistoryEntry.subject, func.max(HistoryEntry.at))
        .where(HistoryEntry.subject.in_(subjects), HistoryEntry.event == Event.AWARD).group_by(HistoryEntry.subject)
    )  # fmt: skip
    return {name: day_of(at) for name, at in rows}


def _view(
    file: ApplicationView, decided_on: date, act: Act | None, taken: Mapping[tuple[int, str], ActStep],
    booked: list[tuple[str, int]], pledge: Pledge, period: Period | None, offer: OfferView | None,
) -> AwardView:  # fmt: skip
    cents = file.awarded_cents or 0
    steps = tuple(
        _step(one.step, one.name.texts(), taken.get((file.id, one.step))) for one in approvals(file.terms, cents)
    )
    held_by = period if act is None else None
    state = rules.state(
        signed=act is not None, missing=any(step.taken_on is None for step in steps), held=held_by is not None,
        award=cents, pledge=pledge,
    )  # fmt: skip
    return AwardView(
        file, decided_on, steps, state, act.signed_on if act else None, act.reference if act else "", held_by,
        _shares(file.terms, cents, booked), pledge, offer,
    )  # fmt: skip


def _step(code: str, name: Mapping[str, str], taken: ActStep | None) -> StepView:
    if taken is None:
        return StepView(code, name)
    return StepView(code, name, taken.taken_on, taken.reference, taken.document)


def booked_by(session: Session, ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """What awards take of each envelope, by the id of the file."""
    found: dict[int, list[tuple[str, int]]] = {}
    for one in session.scalars(select(Booking).where(Booking.application_id.in_(ids)).order_by(Booking.envelope)):
        found.setdefault(one.application_id, []).append((one.envelope, one.cents))
    return found


def _shares(terms: Terms, cents: int, booked: list[tuple[str, int]]) -> Shares | None:
    """What pays an award; an envelope for everyone is wider than any other, else the smaller amount is narrower."""
    width = {one.id: ("*" in one.groups, one.amount_cents) for one in terms.envelopes}
    lines = {one.id: one.budget_line for one in terms.envelopes}
    try:
        return rules.shares(cents, sorted(booked, key=lambda pair: (width[pair[0]], pair[0])), lines)
    except Problem:
        return None
