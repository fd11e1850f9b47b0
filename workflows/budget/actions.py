"""Acting on the budget: opening a line, booking credit on it, writing the ledger under its lock."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.budget import queries, rules
from workflows.budget.rules import Entry, EntryKind
from workflows.budget.tables import BudgetLine, LedgerEntry
from workflows.database import lock_chain
from workflows.history import BEGINNING, record
from workflows.lifecycle import Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem


def open_line(session: Session, actor: Actor, year: int, code: str, name: Mapping[str, str], *, now: datetime) -> int:
    """Open a basic allocation in a budget year; returns its id.

    Raises Problem `budget-code-wrong`, `budget-year-wrong`, `budget-name-needed` or `budget-line-known`.
    """
    require(actor, Action.MANAGE_BUDGET)
    code = rules.basic_allocation(code)
    if not 2013 <= year <= 2100:
        raise Problem("budget-year-wrong", field="year")
    if not all(name.get(language, "").strip() for language in ("nl", "fr")):
        raise Problem("budget-name-needed", field="name_nl")
    if queries.line_named(session, year, code):
        raise Problem("budget-line-known", field="code")
    line = BudgetLine(year=year, code=code, name={language: text.strip() for language, text in name.items()})
    session.add(line)
    record(session, line, Event.OPEN_BUDGET_LINE, actor=actor, now=now, facts={"year": year, "code": code})
    return line.id


def book_credit(
    session: Session, actor: Actor, line_id: int, commitment: int, liquidation: int, reason: str, *, now: datetime
) -> None:
    """Add to the credits of a line, in cents. Raises NotThere, Problem as `rules.check`."""
    if min(commitment, liquidation) < 0:
        raise Problem("amount-out-of-range", field="commitment")
    _by_the_office(session, actor, line_id, Entry(EntryKind.CREDIT, commitment, liquidation), reason, now)


def correct_credit(
    session: Session, actor: Actor, line_id: int, commitment: int, liquidation: int, reason: str, *, now: datetime
) -> None:
    """Change the credits of a line by these cents, up or down, and say why: an entry is never changed itself.

    Raises NotThere, Problem `reason-needed` or as `rules.check`.
    """
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    _by_the_office(session, actor, line_id, Entry(EntryKind.CORRECTION, commitment, liquidation), reason, now)


def write(
    session: Session, actor: Actor, line_id: int, entry: Entry, reason: str, *, now: datetime
) -> LedgerEntry:  # fmt: skip
    """Write an entry at the end of a line's ledger, the line and the award it is of held until the transaction ends.

    For actions that have judged the permission. Raises NotThere, Problem as `rules.check`.
    """
    if entry.of:
        lock_chain(session, f"money:{entry.of}")
    line = _locked(session, line_id)
    rules.check(entry, queries.standing(session, line_id), queries.pledge(session, entry.of), line.code)
    last = session.execute(
        select(LedgerEntry.position, LedgerEntry.digest).where(LedgerEntry.line_id == line_id)
        .order_by(LedgerEntry.position.desc()).limit(1)
    ).first()  # fmt: skip
    written = LedgerEntry(
        line_id=line_id, position=last.position + 1 if last else 1, kind=str(entry.kind),
        commitment_cents=entry.commitment, liquidation_cents=entry.liquidation, of=entry.of, reason=reason.strip(),
        by=actor.name, at=now.astimezone(UTC), previous=last.digest if last else BEGINNING,
    )  # fmt: skip
    written.digest = queries.digest(written)
    session.add(written)
    session.flush()
    return written


def _by_the_office(
    session: Session, actor: Actor, line_id: int, entry: Entry, reason: str, now: datetime
) -> None:  # fmt: skip
    require(actor, Action.MANAGE_BUDGET)
    write(session, actor, line_id, entry, reason, now=now)
    event = Event.BOOK_CREDIT if entry.kind is EntryKind.CREDIT else Event.CORRECT_CREDIT
    facts = {"commitment": entry.commitment, "liquidation": entry.liquidation}
    record(session, _locked(session, line_id), event, actor=actor, now=now, reason=reason.strip(), facts=facts)


def _locked(session: Session, line_id: int) -> BudgetLine:
    found = session.scalars(select(BudgetLine).where(BudgetLine.id == line_id).with_for_update()).one_or_none()
    if found is None:
        raise NotThere
    return found
