"""Acting on eligibility: screen automatically, then a person admits, refuses or overrules."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from workflows.completion.actions import refuse_while_open
from workflows.eligibility import queries, rules
from workflows.eligibility.tables import EligibilityCheck
from workflows.history import move, record
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.submission.queries import clerk_relation, receipts, row, view
from workflows.submission.tables import Application


def screen(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Judge every condition of the call on a submitted file; a file that is not submitted is left alone.

    What a person judged of an earlier submission falls with it, and stays in the history: it was about another file.
    """
    application = row(session, reference, lock=True)
    require(actor, Action.SCREEN, clerk_relation(session, actor, application))
    if application.state != ApplicationState.SUBMITTED or application.received_at is None:
        return
    found = view(session, reference)
    facts = queries.facts_of(session, found, application.received_at)
    session.execute(delete(EligibilityCheck).where(EligibilityCheck.application_id == application.id))
    submission = receipts(session, application.id)[0].submission
    verdicts: dict[int, bool | None] = {}
    for number, condition in enumerate(found.terms.conditions):
        verdict = rules.judge(condition, facts)
        verdicts[number] = verdict.ok
        session.add(
            EligibilityCheck(
                application_id=application.id, number=number, kind=condition.kind, ok=verdict.ok,
                reasons=queries.as_json(verdict.reasons), judged_at=now, submission=submission,
            )
        )  # fmt: skip
    record(session, application, Event.SCREEN, actor=actor, now=now, facts={"verdict": rules.overall(verdicts)})


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


def admit(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Declare a file eligible. Raises Problem `conditions-open` while a condition is failed or undecided, and
    `completion-open` while the association still answers a request."""
    application = _submitted(session, actor, reference)
    refuse_while_open(session, application, now)
    found = queries.screening(session, reference)
    if found.verdict is not True or not found.checks:
        names = [check.name for check in found.checks if check.ok is not True]
        raise Problem("conditions-open", conditions=names)
    move(session, application, Event.ADMIT, actor=actor, now=now)


def declare_ineligible(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Declare a file ineligible for the conditions it fails; their reasons go into the letter.

    Raises Problem `no-condition-failed`: an ineligibility without a legal and factual reason cannot stand
    (law of 29 July 1991). Raises Problem `completion-open` while the association still answers a request.
    """
    application = _submitted(session, actor, reference)
    refuse_while_open(session, application, now)
    failures = queries.screening(session, reference).failures
    if not failures:
        raise Problem("no-condition-failed")
    facts = {
        "failures": [
            {
                "condition": check.name,
                "reasons": queries.as_json(check.reasons) if check.automatic is False else [],
                "remark": check.overruled_reason,
            }
            for check in failures
        ]
    }
    move(session, application, Event.DECLARE_INELIGIBLE, actor=actor, now=now, facts=facts)


def _submitted(session: Session, actor: Actor, reference: str) -> Application:
    """The file, for somebody of the office without a conflict in it. Raises NotThere, Problem `move-not-possible`."""
    application = row(session, reference, lock=True)
    require(actor, Action.SCREEN, clerk_relation(session, actor, application))
    if application.state != ApplicationState.SUBMITTED:
        raise Problem("move-not-possible", state=application.state, event=Event.ADMIT)
    return application
