"""Rank order, stop or skip, whole or partial, over envelopes: one integer pass that records why each line falls.

M1-M5 and M8-M10 of allocation.md: the walk itself is in `walk.py`, pro rata (M5) in `prorata.py`; the optimum (M6,
M7) is asked of `optimum`.

Priority envelopes are read as three sentences: the earmarked money is first offered to its own list alone, in
rank order; what that list leaves joins the enclosing money; then everyone not yet paid in full, member or
not, competes for that in rank order. "Kept for the members until their list is exhausted" is the first, "then
released" the second; a member too large for what is left of the earmark has no claim on more, and competes
with its whole request like anyone. Nobody outside can then change what the list gets, a better score never
costs a member its award, asking for less never turns a yes into a no, and (skip) striking a refused
application changes nothing. Walking members on earmark and common money together and releasing afterwards
promises none of this, because what the others take of the common money would change what is released.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from workflows import canonical
from workflows.allocation.checks import check
from workflows.allocation.exchange import to_data
from workflows.allocation.explain import explain
from workflows.allocation.model import (
    OPTIMUM_RULES,
    PRO_RATA,
    AllocationInput,
    Candidate,
    Envelope,
    EnvelopeUse,
    FixedAwardsTooLarge,
    FloorMissed,
    GreyZone,
    InputRefused,
    Limit,
    Override,
    Refusal,
    Result,
    RuleNeedsOptimiser,
    Seed,
)
from workflows.allocation.ranking import draw, ranking
from workflows.allocation.spending import floors_missed, uses
from workflows.allocation.walk import Run, decide

__all__ = [
    "AllocationInput",
    "Candidate",
    "Envelope",
    "EnvelopeUse",
    "FixedAwardsTooLarge",
    "FloorMissed",
    "GreyZone",
    "InputRefused",
    "Limit",
    "Override",
    "Refusal",
    "Result",
    "RuleNeedsOptimiser",
    "Seed",
    "allocate",
    "draw",
    "fingerprint",
    "ranking",
]


def fingerprint(data: AllocationInput) -> str:
    """SHA-256 in hexadecimal of the canonical inputs: the same for every order in which they are given."""
    return canonical.fingerprint(to_data(data))


def allocate(data: AllocationInput) -> Result:
    """Who gets how many cents under `data.rule`, and why the others get none; independent of the input order.

    Raises InputRefused for inputs that contradict themselves, RuleNeedsOptimiser for an optimum rule, and
    FixedAwardsTooLarge where frozen and overridden awards alone exceed an envelope or a limit.
    """
    check(data)
    if data.rule in OPTIMUM_RULES:
        raise RuleNeedsOptimiser(data.rule)
    with _uncollected():
        return _result(decide(data))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: a division makes no cycles, and looking for them takes a third of its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _result(run: Run) -> Result:
    ranked = run.order.ranked
    awards = {one.id: run.awards[one.id] for one in ranked if run.awards.get(one.id)}
    bookings = tuple(run.books.bookings(ranked, awards))
    refusals = explain(run)
    overtaken = [(winner, ranked[place].id) for winner, place in run.passed_by]
    return Result(
        awards=awards,
        reserve=tuple(one.id for one in refusals if one.cause in ("envelope-short", "envelope-closed")),
        refusals=refusals,
        envelopes=uses(run.data, run.books.chart, bookings),
        overtakings=tuple((winner, loser) for winner, loser in overtaken if loser not in awards),
        value=sum([one.score * awards[one.id] for one in ranked if one.id in awards]),
        floors_missed=floors_missed(run.data, awards),
        below_minimum=tuple(one.id for one in ranked if one.id in awards and awards[one.id] < one.minimum)
        if run.data.rule == PRO_RATA
        else (),
        bookings=bookings,
        draws=run.order.draws(),
    )
