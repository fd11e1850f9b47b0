"""Acting on eligibility: screen automatically, then a person admits, refuses or overrules."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workflows.completion.actions import refuse_while_open
from workflows.eligibility import queries, rules
from workflows.eligibility.facts import basis
from workflows.eligibility.tables import EligibilityCheck
from workflows.history import move, record
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.submission.queries import clerk_relation, receipts, row, view
from workflows.submission.tables import Application


def screen(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Judge every condition of the call on a submitted file; a file that is not submitted is left alone.

    What a person judged stays as long as what it was about does: the same submission, looked at in the same way, with
    the same outcome. Else it falls, and is shown as earlier: it was about another file.
    """
    application = row(session, reference, lock=True)
    require(actor, Action.SCREEN, clerk_relation(session, actor, application))
    if application.state != ApplicationState.SUBMITTED or application.received_at is None:
        return
    found = view(session, reference)
    facts = queries.facts_of(session, found, application.received_at)
    before = _by_kind(session, application)
    session.execute(delete(EligibilityCheck).where(EligibilityCheck.application_id == application.id))
    submission = receipts(session, application.id)[0].submission
    verdicts: dict[int, bool | None] = {}
    for number, condition in enumerate(found.terms.conditions):
        verdict = rules.judge(condition, facts)
        check = EligibilityCheck(
            application_id=application.id, number=number, kind=condition.kind, ok=verdict.ok,
            reasons=queries.as_json(verdict.reasons), judged_at=now, submission=submission,
            basis=basis(found.call[1], *facts.basis), seen=queries.seen_as_json(rules.looked_at(condition, facts)),
        )  # fmt: skip
        if waiting := before.get(condition.kind):
            _take_over(check, waiting.pop(0))
        verdicts[number] = check.ok if check.overruled_ok is None else check.overruled_ok
        session.add(check)
    record(session, application, Event.SCREEN, actor=actor, now=now, facts={"verdict": rules.overall(verdicts)})


def _by_kind(session: Session, application: Application) -> dict[str, list[EligibilityCheck]]:
    """The checks of a file that stand, by kind, in their order; no longer rows that are written back."""
    found: dict[str, list[EligibilityCheck]] = {}
    rows = select(EligibilityCheck).where(EligibilityCheck.application_id == application.id)
    for one in session.scalars(rows.order_by(EligibilityCheck.number)).all():
        session.expunge(one)
        found.setdefault(one.kind, []).append(one)
    return found


def _take_over(check: EligibilityCheck, before: EligibilityCheck) -> None:
    """Keep the person's word where it is about the same; else keep what stood there as earlier, where it differs."""
    same = (before.ok, before.reasons) == (check.ok, check.reasons)
    if same and before.submission == check.submission and before.seen in (check.seen, []):
        check.overruled_ok, check.overruled_reason = before.overruled_ok, before.overruled_reason
        check.overruled_by, check.earlier = before.overruled_by, before.earlier
    elif not same or before.overruled_ok is not None:
        check.earlier = {
            "submission": before.submission, "ok": before.ok if before.overruled_ok is None else before.overruled_ok,
            "remark": before.overruled_reason, "seen": before.seen,
        }  # fmt: skip


def overrule(
    session: Session, actor: Actor, reference: str, number: int, ok: bool, reason: str, *, now: datetime
) -> None:
    """Set the verdict on one condition by hand, with a reason. Raises Problem `reason-needed`."""
    application = _submitted(session, actor, reference)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    check = session.get(EligibilityCheck, (application.id, number))
    if check is None:
        raise NotThere
    check.overruled_ok, check.overruled_reason, check.overruled_by = ok, reason.strip(), actor.person_id
    record(
        session, application, Event.OVERRULE, actor=actor, now=now, reason=reason.strip(),
        facts={"condition": check.kind, "ok": ok},
    )  # fmt: skip


def admit(session: Session, actor: Actor, reference: str, *, seen: str | None = None, now: datetime) -> None:
    """Declare a file eligible. `seen` is the digest of the screening that the person saw, where they saw it elsewhere.

    Raises Problem `conditions-open` while a condition is failed or undecided, `completion-open` while the association
    still answers a request, `screening-due`, and `screening-changed` where something else stands there than was seen.
    """
    application = _submitted(session, actor, reference)
    refuse_while_open(session, application, now)
    found = _current(session, application)
    if seen is not None and seen != found.digest:
        raise Problem("screening-changed")
    if found.verdict is not True or not found.checks:
        names = [check.name for check in found.checks if check.ok is not True]
        raise Problem("conditions-open", conditions=names)
    move(session, application, Event.ADMIT, actor=actor, now=now, facts={"seen": seen} if seen else {})


def declare_ineligible(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Declare a file ineligible for the conditions it fails; their reasons go into the letter.

    Raises Problem `no-condition-failed`: an ineligibility without a legal and factual reason cannot stand
    (law of 29 July 1991). Raises Problem `completion-open` while the association still answers a request, and
    `screening-due`.
    """
    application = _submitted(session, actor, reference)
    refuse_while_open(session, application, now)
    failures = _current(session, application).failures
    if not failures:
        raise Problem("no-condition-failed")
    facts = {
        "failures": [
            {
                "condition": check.name,
                "reasons": queries.as_json(check.reasons) if check.automatic is False else [],
                "remark": check.overruled_reason,
                "article": check.article,
                "seen": queries.seen_as_json(check.seen),
            }
            for check in failures
        ]
    }
    move(session, application, Event.DECLARE_INELIGIBLE, actor=actor, now=now, facts=facts)


def _current(session: Session, application: Application) -> queries.Screening:
    """The checks of a submitted file. Raises Problem `screening-due` where they rest on what changed since."""
    found = queries.screening(session, application.reference)
    assert application.received_at is not None  # the database wants it of a submitted file
    if queries.stale(session, found.application, application.received_at):
        raise Problem("screening-due")
    return found


def _submitted(session: Session, actor: Actor, reference: str) -> Application:
    """The file, for somebody of the office without a conflict in it. Raises NotThere, Problem `move-not-possible`."""
    application = row(session, reference, lock=True)
    require(actor, Action.SCREEN, clerk_relation(session, actor, application))
    if application.state != ApplicationState.SUBMITTED:
        raise Problem("move-not-possible", state=application.state, event=Event.ADMIT)
    return application
