"""Asking about the budget: the lines of a year with what is free of them, their ledgers, what is committed for an
award."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from workflows.budget.rules import EntryKind, Pledge, Standing
from workflows.budget.tables import BudgetLine, LedgerEntry
from workflows.canonical import fingerprint
from workflows.history import BEGINNING
from workflows.problems import NotThere


@dataclass(frozen=True)
class LineView:
    """A budget line with its sums in cents: the credits as they stand, what is committed, paid, and free of each."""

    id: int
    year: int
    code: str
    name: Mapping[str, str]
    commitment_credit: int
    liquidation_credit: int
    free: Standing

    @property
    def committed(self) -> int:
        return self.commitment_credit - self.free.commitment

    @property
    def paid(self) -> int:
        return self.liquidation_credit - self.free.liquidation


@dataclass(frozen=True)
class EntryView:
    """An entry of the ledger, for showing. Cents as in the ledger: minus takes."""

    position: int
    kind: EntryKind
    commitment: int
    liquidation: int
    of: str
    reason: str
    by: str
    at: datetime
    line: str
    year: int


def years(session: Session) -> tuple[int, ...]:
    """The budget years there are lines of, the last first."""
    return tuple(session.scalars(select(BudgetLine.year).distinct().order_by(BudgetLine.year.desc())))


def lines(session: Session, year: int) -> tuple[LineView, ...]:
    """The lines of a year by code."""
    found = session.scalars(select(BudgetLine).where(BudgetLine.year == year).order_by(BudgetLine.code)).all()
    return _line_views(session, found)


def line(session: Session, line_id: int) -> LineView:
    """One line. Raises NotThere."""
    found = session.get(BudgetLine, line_id)
    if found is None:
        raise NotThere
    return _line_views(session, [found])[0]


def line_named(session: Session, year: int, code: str) -> LineView | None:
    """The line with this code in this year, None where the year has none."""
    found = session.scalars(select(BudgetLine).where(BudgetLine.year == year, BudgetLine.code == code)).one_or_none()
    return _line_views(session, [found])[0] if found else None


def entries(session: Session, line_id: int) -> tuple[EntryView, ...]:
    """The ledger of a line, the first entry first."""
    return _entries(session, LedgerEntry.line_id == line_id)


def entries_of(session: Session, of: str) -> tuple[EntryView, ...]:
    """Everything that was committed or paid for an award, over all lines and years."""
    return _entries(session, LedgerEntry.of == of)


def pledge(session: Session, of: str) -> Pledge:
    """What is committed and paid for an award."""
    return pledges(session, [of])[of]


def pledges(session: Session, subjects: list[str]) -> dict[str, Pledge]:
    """What is committed and paid for each of these."""
    rows = session.execute(
        select(LedgerEntry.of, func.sum(LedgerEntry.commitment_cents), func.sum(LedgerEntry.liquidation_cents))
        .where(LedgerEntry.of.in_(subjects)).group_by(LedgerEntry.of)
    )  # fmt: skip
    found = {of: Pledge(-int(commitment), -int(liquidation)) for of, commitment, liquidation in rows}
    return {of: found.get(of, Pledge(0, 0)) for of in subjects}


def standing(session: Session, line_id: int) -> Standing:
    """What is free of a line."""
    found = session.execute(
        select(func.sum(LedgerEntry.commitment_cents), func.sum(LedgerEntry.liquidation_cents))
        .where(LedgerEntry.line_id == line_id)
    ).one()  # fmt: skip
    return Standing(int(found[0] or 0), int(found[1] or 0))


def first_broken(session: Session, line_id: int) -> int | None:
    """The position of the first entry of a line that was changed, moved or has lost the one before it."""
    previous = BEGINNING
    found = select(LedgerEntry).where(LedgerEntry.line_id == line_id).order_by(LedgerEntry.position)
    for position, entry in enumerate(session.scalars(found), 1):
        if (entry.position, entry.previous, entry.digest) != (position, previous, digest(entry)):
            return position
        previous = entry.digest
    return None


def digest(entry: LedgerEntry) -> str:
    """SHA-256 over everything an entry says, the digest of the one before it included."""
    return fingerprint(
        {
            "line": entry.line_id, "position": entry.position, "kind": str(entry.kind),
            "commitment": entry.commitment_cents, "liquidation": entry.liquidation_cents, "of": entry.of,
            "reason": entry.reason, "by": entry.by, "at": entry.at.isoformat(), "previous": entry.previous,
        }
    )  # fmt: skip


def _line_views(session: Session, found: Sequence[BudgetLine]) -> tuple[LineView, ...]:
    """Lines with their sums, all in one statement: of the credits alone, and of everything."""
    credit = case((LedgerEntry.of == "", 1), else_=0)
    rows = session.execute(
        select(
            LedgerEntry.line_id, func.sum(LedgerEntry.commitment_cents * credit),
            func.sum(LedgerEntry.liquidation_cents * credit), func.sum(LedgerEntry.commitment_cents),
            func.sum(LedgerEntry.liquidation_cents),
        ).where(LedgerEntry.line_id.in_([one.id for one in found])).group_by(LedgerEntry.line_id)
    )  # fmt: skip
    sums = {line_id: tuple(map(int, cents)) for line_id, *cents in rows}
    return tuple(
        LineView(one.id, one.year, one.code, one.name, committed, paid, Standing(*free))
        for one in found
        for committed, paid, *free in [sums.get(one.id, (0, 0, 0, 0))]
    )


def _entries(session: Session, wanted: ColumnElement[bool]) -> tuple[EntryView, ...]:
    rows = session.execute(
        select(LedgerEntry, BudgetLine).join(BudgetLine, BudgetLine.id == LedgerEntry.line_id).where(wanted)
        .order_by(LedgerEntry.at, LedgerEntry.line_id, LedgerEntry.position)
    )  # fmt: skip
    return tuple(
        EntryView(
            one.position, EntryKind(one.kind), one.commitment_cents, one.liquidation_cents, one.of, one.reason, one.by,
            one.at, line.code, line.year,
        )
        for one, line in rows
    )  # fmt: skip
