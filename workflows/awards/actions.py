"""Acting on an award: recording a step of its approval, signing its act, committing its money, paying of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from workflows.awards import queries, rules
from workflows.awards.caretaker import LOCK
from workflows.awards.queries import AwardView
from workflows.awards.tables import Act, ActStep
from workflows.budget import actions as ledger
from workflows.budget import queries as budget
from workflows.budget.rules import Entry, EntryKind, budget_year
from workflows.database import lock_chain
from workflows.files.actions import take_in
from workflows.files.rules import safe_name
from workflows.history import record
from workflows.lifecycle import Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.submission import queries as files
from workflows.submission.tables import Application


@dataclass(frozen=True)
class Paper:
    """A document as it was sent: the name of the file and its content."""

    name: str
    content: bytes


def record_step(
    session: Session, actor: Actor, reference: str, step: str, taken_on: date, mark: str, paper: Paper | None = None,
    *, now: datetime,
) -> None:  # fmt: skip
    """Write down that a step of approval was taken: on which day, under which reference (`mark`), with which document.

    A step recorded again replaces what was written, until the act is signed; the history keeps both. Raises NotThere,
    Problem `act-signed`, `day-to-come`, `reference-needed`, or what is wrong with the document.
    """
    application, found = _held(session, actor, reference, now)
    if step not in {one.code for one in found.steps}:
        raise NotThere
    if found.signed_on:
        raise Problem("act-signed", day=found.signed_on.isoformat())
    if taken_on > queries.day_of(now):
        raise Problem("day-to-come", field="taken_on")
    if not mark.strip():
        raise Problem("reference-needed", field="reference")
    row = session.get(ActStep, (application.id, step)) or ActStep(application_id=application.id, step=step)
    row.taken_on, row.reference = taken_on, mark.strip()
    if paper:
        kept = take_in(session, paper.content, now=now)
        row.document, row.sha256 = safe_name(paper.name, kept.media_type), kept.sha256
    session.add(row)
    facts = {"step": step, "taken_on": taken_on.isoformat(), "reference": row.reference, "sha256": row.sha256}
    record(session, application, Event.RECORD_STEP, actor=actor, now=now, facts=facts)


def sign(session: Session, actor: Actor, reference: str, signed_on: date, mark: str, *, now: datetime) -> None:
    """Write down that the act which grants an award was signed on this day, under the reference `mark`.

    Raises NotThere, Problem `act-signed`, `reference-needed`, `consent-needed` where less is awarded than was asked
    and the association did not agree, or as `rules.check_signature`.
    """
    lock_chain(session, LOCK)
    application, found = _held(session, actor, reference, now)
    if found.signed_on:
        raise Problem("act-signed", day=found.signed_on.isoformat())
    if not mark.strip():
        raise Problem("reference-needed", field="reference")
    if found.needs_consent:
        raise Problem("consent-needed")
    rules.check_signature(
        signed_on, queries.day_of(now), found.decided_on, [step.taken_on for step in found.steps if step.taken_on],
        [step.code for step in found.missing], queries.periods(session),
    )  # fmt: skip
    session.add(
        Act(
            application_id=application.id, signed_on=signed_on, reference=mark.strip(), recorded_by=actor.person_id,
            recorded_at=now,
        )
    )  # fmt: skip
    facts = {"signed_on": signed_on.isoformat(), "reference": mark.strip(), "awarded": found.award}
    record(session, application, Event.SIGN_ACT, actor=actor, now=now, facts=facts)


def commit(session: Session, actor: Actor, reference: str, code: str = "", *, now: datetime) -> None:
    """Commit the money of a signed award on the budget lines of this year that its envelopes name, or all of it on the
    line `code` where they name none.

    Raises NotThere, Problem `act-not-signed`, `money-committed`, `budget-line-not-named`, `budget-line-missing` where
    this year has no such line, or `credit-exceeded`.
    """
    application, found = _held(session, actor, reference, now)
    if found.signed_on is None:
        raise Problem("act-not-signed")
    if found.pledge.committed:
        raise Problem("money-committed")
    if found.shares is None and not code:
        raise Problem("budget-line-not-named", field="budget_line")
    shares = found.shares or ((code, found.award),)
    year = budget_year(now)
    # Always in the order of the codes: two awards over the same lines never wait for each other.
    for code, cents in sorted(shares):
        _write(session, actor, reference, year, code, Entry(EntryKind.COMMITMENT, -cents, 0, _of(reference)), "", now)
    facts = {"awarded": found.award, "year": year, "lines": dict(shares)}
    record(session, application, Event.COMMIT_MONEY, actor=actor, now=now, facts=facts)


def pay(
    session: Session, actor: Actor, reference: str, code: str, cents: int, mark: str, *, now: datetime
) -> None:  # fmt: skip
    """Pay of what is committed for an award, on this year's liquidation credit of the line `code`, for claim `mark`.

    Raises NotThere, Problem `reference-needed`, `claim-paid` where this claim was paid already, `money-not-committed`,
    `budget-line-missing`, `pledge-exceeded` or `credit-exceeded`.
    """
    application, found = _held(session, actor, reference, now)
    if not mark.strip():
        raise Problem("reference-needed", field="reference")
    moved = queries.movements(session, reference)
    if any(one.kind is EntryKind.LIQUIDATION and one.reason == mark.strip() for one in moved):
        raise Problem("claim-paid", field="reference")
    if not found.pledge.committed or code not in {one.line for one in moved}:
        raise Problem("money-not-committed")
    entry = Entry(EntryKind.LIQUIDATION, 0, -cents, _of(reference))
    _write(session, actor, reference, budget_year(now), code, entry, mark, now)
    facts = {"paid": cents, "reference": mark.strip(), "line": code}
    record(session, application, Event.PAY_MONEY, actor=actor, now=now, facts=facts)


def _write(
    session: Session, actor: Actor, reference: str, year: int, code: str, entry: Entry, reason: str, now: datetime
) -> None:  # fmt: skip
    line = budget.line_named(session, year, code)
    if line is None:
        raise Problem("budget-line-missing", line=code, year=year)
    ledger.write(session, actor, line.id, entry, reason, now=now)


def _held(session: Session, actor: Actor, reference: str, now: datetime) -> tuple[Application, AwardView]:
    """An award, its file locked, for somebody of the office without a conflict of interest."""
    application = files.row(session, reference, lock=True)
    require(actor, Action.HANDLE_AWARD, files.clerk_relation(session, actor, application))
    return application, queries.award(session, reference, now)


def _of(reference: str) -> str:
    return queries.subject(reference)
