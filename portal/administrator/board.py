"""The ranked table of the allocation board, from a preview or from the record of the decision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.work import Session
from workflows.allocation import exchange, queries
from workflows.allocation.model import AllocationInput, EnvelopeUse, Refusal, Result
from workflows.allocation.queries import Board, EnvelopeLine
from workflows.allocation.rules import ranking
from workflows.calls.terms import Terms
from workflows.submission.queries import ApplicationView, of_call

CUTS = {"below-pass-mark": "pass-mark", "override": ""}
"""The line that a cause of refusal draws, where it is not the money that fell short."""


@dataclass(frozen=True)
class Row:
    """One ranked file and what it gets. Amounts in cents, scores in 1/100 point.

    `cut` names a line that is drawn above this row: `money` where the money first fell short, `pass-mark` where the
    scores drop below the pass mark.
    """

    rank: int
    application: ApplicationView
    score: int
    award: int
    refusal: Refusal | None
    envelope: Mapping[str, str] | str
    reserve: bool
    steps: tuple[Mapping[str, str], ...]
    cut: str = ""
    cause: str = ""
    fixed: str = ""
    """The reason with which a person fixed the award."""


@dataclass(frozen=True)
class Table:
    """The board as the screen shows it."""

    rows: tuple[Row, ...]
    envelopes: tuple[EnvelopeLine, ...]
    pass_mark: int
    rule: str
    ties: tuple[str, ...]
    fingerprint: str

    @property
    def total(self) -> int:
        return sum(row.award for row in self.rows)

    @property
    def awards(self) -> int:
        return sum(bool(row.award) for row in self.rows)

    @property
    def reserve(self) -> int:
        return sum(row.reserve for row in self.rows)

    @property
    def refused(self) -> int:
        return len(self.rows) - self.awards - self.reserve


def preview(board: Board) -> Table:
    """The allocation as it would be decided now."""
    files = {line.application.reference: line.application for line in board.lines}
    return _table(board.terms, board.data, board.result, files, board.fingerprint)


def decided(session: Session, terms: Terms, record: Mapping[str, Any]) -> Table:
    """The allocation as the record of the decision has it."""
    data = exchange.read(json.dumps(record["input"]))
    files = {found.reference: found for found in of_call(session, terms.id)}
    result = record["result"]
    outcome = Result(
        awards=result["awards"], reserve=tuple(result["reserve"]),
        refusals=tuple(Refusal(**one) for one in result["refusals"]),
        envelopes=tuple(EnvelopeUse(**one) for one in result["envelopes"]), overtakings=(), value=result["value"],
    )  # fmt: skip
    return _table(terms, data, outcome, files, record["fingerprint"])


def _table(
    terms: Terms, data: AllocationInput, result: Result, files: Mapping[str, ApplicationView], fingerprint: str
) -> Table:
    names = {one.id: one.name.texts() for one in terms.envelopes}
    refusals = {one.id: one for one in result.refusals}
    too_low = {one.id for one in data.overrides if one.reason.startswith(queries.BELOW_MINIMUM)}
    fixed = {one.id: one.reason for one in data.overrides if one.id not in too_low}
    rows: list[Row] = []
    drawn: set[str] = set()
    for rank, one in enumerate(ranking(data), 1):
        refusal, award = refusals.get(one.id), result.awards.get(one.id, 0)
        cut = CUTS.get(refusal.cause, "money") if refusal else ""
        envelope = names.get(refusal.envelope or "", refusal.envelope or "") if refusal else ""
        steps = tuple(step.name.texts() for step in queries.approvals(terms, award))
        above = cut if cut not in drawn else ""
        drawn.add(cut)
        cause = queries.BELOW_MINIMUM if one.id in too_low else refusal.cause if refusal else ""
        rows.append(Row(
            rank, files[one.id], one.score, award, refusal, envelope, one.id in result.reserve, steps, above, cause,
            fixed.get(one.id, ""),
        ))  # fmt: skip
    envelopes = queries.envelope_lines(terms, data, result.envelopes)
    ties = tuple(str(tie) for tie in data.ties)
    return Table(tuple(rows), envelopes, data.pass_mark, data.rule, ties, fingerprint)
