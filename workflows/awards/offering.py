"""Putting an amount to an association, what it answers, and giving an award up: by the association or by the office."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from workflows.allocation.tables import Booking
from workflows.awards import queries
from workflows.awards.actions import Paper
from workflows.awards.rules import Answer
from workflows.awards.tables import Offer
from workflows.budget import actions as ledger
from workflows.budget import queries as budget
from workflows.budget.rules import Entry, EntryKind
from workflows.files.actions import take_in
from workflows.files.rules import safe_name
from workflows.history import move, record
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.submission import queries as files
from workflows.submission.holding import held
from workflows.submission.tables import Application


def ask(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Ask the association whether it goes on with an award below its request, and with which budget.

    Raises NotThere, Problem `consent-not-needed` where all of it is awarded or it was asked already.
    """
    application = files.row(session, reference, lock=True)
    require(actor, Action.HANDLE_AWARD, files.clerk_relation(session, actor, application))
    found = queries.award(session, reference, now)
    pending = found.offer is not None and found.offer.cents == found.award and found.offer.answer is None
    if not found.needs_consent or pending:
        raise Problem("consent-not-needed")
    put(session, actor, application, found.award, found.application.requested, {}, now=now)
    facts = {"awarded": found.award, "requested": found.application.requested}
    record(session, application, Event.ASK_CONSENT, actor=actor, now=now, facts=facts)


def put(
    session: Session, actor: Actor, application: Application, cents: int, before: int, taken: dict[str, int], *,
    percent: int | None = None, reason: dict[str, str] | None = None, below_floor: bool = False, now: datetime,
) -> Offer:  # fmt: skip
    """Write down the amount that is put to the association. For actions that have judged the permission."""
    last = select(func.max(Offer.number)).where(Offer.application_id == application.id)
    offer = Offer(
        application_id=application.id, number=(session.scalar(last) or 0) + 1, cents=cents, before_cents=before,
        percent=percent, reason=reason or {}, taken=taken, below_floor=below_floor, asked_at=now,
        asked_by=actor.person_id,
    )  # fmt: skip
    session.add(offer)
    session.flush()
    return offer


def answer(
    session: Session, actor: Actor, reference: str, number: int, said: Answer, explanation: str,
    paper: Paper | None = None, *, now: datetime,
) -> None:  # fmt: skip
    """What the association says of the amount: it goes on with it, with an adapted budget, or it gives the award up.

    Raises NotThere, Problem `offer-answered`, `adapted-budget-needed` without its document, `reason-needed` for giving
    it up without one, or what is wrong with the document.
    """
    application = held(session, actor, reference, Action.ANSWER_OFFER)
    offer = session.get(Offer, (application.id, number), with_for_update=True)
    if offer is None:
        raise NotThere
    if offer.answer or queries.offers(session, [application.id])[application.id].number != number:
        raise Problem("offer-answered")
    if said is Answer.ADAPTED and paper is None:
        raise Problem("adapted-budget-needed", field="document")
    if said is Answer.DECLINED and not explanation.strip():
        raise Problem("reason-needed", field="explanation")
    if paper is not None and said is Answer.ADAPTED:
        kept = take_in(session, paper.content, now=now)
        offer.document, offer.sha256 = safe_name(paper.name, kept.media_type), kept.sha256
    offer.answer, offer.explanation = said, explanation.strip()
    offer.answered_at, offer.answered_by = now, actor.person_id
    facts = {"answer": str(said), "amount": offer.cents, "sha256": offer.sha256}
    record(session, application, Event.ANSWER_OFFER, actor=actor, now=now, reason=offer.explanation, facts=facts)
    if said is Answer.DECLINED:
        _give_up(session, actor, application, offer.explanation, now)


def decline(session: Session, actor: Actor, reference: str, reason: str, *, now: datetime) -> None:
    """The association gives its award up, with a reason. Raises NotThere, Problem `reason-needed`, `award-paid`."""
    application = held(session, actor, reference, Action.ANSWER_OFFER)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    _give_up(session, actor, application, reason, now)


def record_decline(session: Session, actor: Actor, reference: str, reason: str, *, now: datetime) -> None:
    """The office writes down that an association gave its award up, as it said on paper. Raises as `decline`."""
    application = files.row(session, reference, lock=True)
    require(actor, Action.HANDLE_AWARD, files.clerk_relation(session, actor, application))
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    _give_up(session, actor, application, reason, now)


def _give_up(session: Session, actor: Actor, application: Application, reason: str, now: datetime) -> None:
    """End an award: what is committed is decommitted by new entries of the ledger, what it took of the envelopes is
    free again. What was paid is not taken back here."""
    if application.state != ApplicationState.AWARDED:
        raise NotThere
    subject = queries.subject(application.reference)
    if budget.pledge(session, subject).paid:
        raise Problem("award-paid")
    committed: dict[tuple[int, str], int] = {}
    for one in queries.movements(session, application.reference):
        committed[one.year, one.line] = committed.get((one.year, one.line), 0) - one.commitment
    for (year, code), cents in sorted(committed.items()):
        line = budget.line_named(session, year, code)
        if line is not None and cents:
            ledger.write(
                session, actor, line.id, Entry(EntryKind.DECOMMITMENT, cents, 0, subject), reason, now=now
            )  # fmt: skip
    session.execute(delete(Booking).where(Booking.application_id == application.id))
    facts = {"awarded": application.awarded_cents, "decommitted": sum(committed.values())}
    application.awarded_cents = None
    move(session, application, Event.DECLINE_AWARD, actor=actor, now=now, reason=reason.strip(), facts=facts)
