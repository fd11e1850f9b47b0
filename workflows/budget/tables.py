"""Tables of the budget: the lines, and the ledger. The database itself lets no line be exceeded and no entry change."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.budget.rules import EntryKind
from workflows.clashes import tells
from workflows.database import Base, Cents

_KINDS = ",".join(f"'{kind}'" for kind in EntryKind)


class BudgetLine(Base):
    """A basic allocation in one budget year. Its credits are entries of the ledger."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("year", "code", info=tells("budget-line-known", field="code")),
        CheckConstraint("year BETWEEN 2013 AND 2100", name="year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[dict[str, Any]]

    chain = "house"

    @property
    def subject(self) -> str:
        return f"budget-line:{self.year}/{self.code}"


class LedgerEntry(Base):
    """One entry of a line, `position` counted from 1 without gaps; written once, never changed, never deleted.

    The cents are what it adds to what is free of each credit, minus what it takes. `digest` binds it to the entry
    before it on its line. Triggers refuse a line whose sums fall below zero, and an award paid beyond what is
    committed for it.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ix_ledger_subject", "subject"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(
            "kind <> 'credit' OR (commitment_cents >= 0 AND liquidation_cents >= 0 AND subject = '')",
            name="credit_adds",
        ),
        CheckConstraint(
            "kind <> 'commitment' OR (commitment_cents < 0 AND liquidation_cents = 0 AND subject <> '')",
            name="commitment_takes",
        ),
        CheckConstraint(
            "kind <> 'decommitment' OR (commitment_cents > 0 AND liquidation_cents = 0 AND subject <> '')",
            name="decommitment_gives_back",
        ),
        CheckConstraint(
            "kind <> 'liquidation' OR (commitment_cents = 0 AND liquidation_cents < 0 AND subject <> '')",
            name="liquidation_takes",
        ),
        CheckConstraint("kind <> 'correction' OR reason <> ''", name="correction_says_why"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    commitment_cents: Mapped[Cents]
    liquidation_cents: Mapped[Cents]
    of: Mapped[str] = mapped_column("subject", String(80))
    reason: Mapped[str]
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
