"""An optimum from beginning to end: fixed awards, the lists of priority envelopes, then everyone; and why not.

Priority money is offered first to its own list, as under the rank rules (see `rules`): the optimum of that list on
that money alone, whose awards stay; what it leaves is released.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.allocation.books import Books, Page
from workflows.allocation.checks import check
from workflows.allocation.gates import Gate, tightest
from workflows.allocation.model import (
    OPTIMUM_RULES,
    AllocationInput,
    Candidate,
    InputRefused,
    Refusal,
    Result,
    Seed,
)
from workflows.allocation.optimum.bounds import Priced
from workflows.allocation.optimum.process import PRICE, Solver
from workflows.allocation.optimum.programme import Name, Programme, programme, worth
from workflows.allocation.optimum.search import Found, Search
from workflows.allocation.optimum.trial import rank_order
from workflows.allocation.ranking import Order, draw
from workflows.allocation.spending import floors_missed, uses
from workflows.allocation.walk import Run, book, pay_fixed


class NoAnswerInTime(Exception):
    """The clock ran out before the solver answered anything."""


@dataclass(frozen=True)
class First:
    """The first answer whose distance to the optimum was bounded: after so many milliseconds, its value and bound."""

    milliseconds: int
    value: int
    bound: int


@dataclass
class Proof:
    """What is known of an optimum. `prices` belong to the bounds they are named after, in 1/PRICE units of the
    objective per cent or award; `verify.upper_bound` makes the bound of them.

    `proved`: nothing is worth more; `by_prices` alone, or by the search of the solver named. `canonical`: of all
    allocations as good this is the one of the published lots.
    """

    solver: str
    prices: list[tuple[Name, int]]
    proved: bool
    by_prices: bool
    canonical: bool
    first: First | None


@dataclass
class _Stages:
    """Stage after stage, on the books the rank rules use too."""

    run: Run
    solver: Solver
    gains: dict[str, int] = field(default_factory=dict)
    found: list[tuple[Programme, Found]] = field(default_factory=list)
    first: First | None = None

    def go(self) -> None:
        books = self.run.books
        for level in range(books.deepest, -1, -1):
            page = books.turn_page(level)
            stage = programme(self.run.data, self.run.order, books, page, self.run.awards)
            self._stage(stage, page)

    def _stage(self, stage: Programme, page: Page) -> None:
        places = {one.id: place for place, one in enumerate(self.run.order.ranked)}
        ranked = rank_order(stage, places)
        search = Search(
            stage, self.run.books.pools, self.solver, ranked, lambda number: self._lots(stage, number), self._note
        )
        best = search.run() if stage.items else None
        if best is None:
            if stage.items:
                raise NoAnswerInTime
            return
        for at in ranked:
            if cents := best.awards.get(at):
                one = stage.items[at].one
                way, have = page.way(one), self.run.awards.get(one.id, 0)
                book(cents, places[one.id], way.money, () if have else way.numbers)
                self.run.awards[one.id] = have + cents
        self.gains.update({item.one.id: gain for item, gain in zip(stage.items, best.bound.gains, strict=True)})
        self.found.append((stage, best))

    def _note(self, value: int, bound: Priced) -> None:
        if self.first is None:
            self.first = First(self.solver.clock.used(), value, bound.value)

    def _lots(self, stage: Programme, number: int) -> list[int]:
        """The lots each item draws from the published seed, 20 bits at a time."""
        data = self.run.data
        seed = next((tie.seed for tie in data.ties if isinstance(tie, Seed)), "")
        suffix = "" if number < 2 else f"|{number // 2}"
        return [draw(data.call, item.one.id, seed + suffix)[number % 2] for item in stage.items]


def allocate(data: AllocationInput, solver: Solver) -> tuple[Result, Proof]:
    """The awards worth most under an optimum rule, found within the solver's clock, and what is proved of them.

    A proved, canonical answer is the same for every seed and number of threads of the solver. Raises InputRefused and
    FixedAwardsTooLarge as `rules.allocate` does, and NoAnswerInTime.
    """
    check(data)
    if data.rule not in OPTIMUM_RULES:
        raise InputRefused("rule", f"expected one of {', '.join(OPTIMUM_RULES)}, got {data.rule!r}")
    run = Run(data, Order(data), Books(data))
    pay_fixed(run)
    stages = _Stages(run, solver)
    stages.go()
    return _result(stages), _proof(stages)


def _proof(stages: _Stages) -> Proof:
    found = [best for _, best in stages.found]
    prices: list[tuple[Name, int]] = []
    for stage, best in stages.found[-1:]:
        names = [bound.name for bound in (*stage.rows, *stage.sources)] + [floor.name for floor in stage.floors]
        own = [*best.prices.rows, *best.prices.sources, *best.prices.floors]
        prices = sorted((name, price) for name, price in zip(names, own, strict=True) if price)
    return Proof(
        f"HiGHS {stages.solver.version}",
        prices,
        all(best.proved for best in found),
        all(best.by_prices for best in found),
        all(best.canonical for best in found),
        stages.first,
    )


def _result(stages: _Stages) -> Result:
    run = stages.run
    ranked = run.order.ranked
    awards = {one.id: run.awards[one.id] for one in ranked if run.awards.get(one.id)}
    bookings = tuple(run.books.bookings(ranked, awards))
    refusals = tuple(_refusal(stages, one) for one in ranked if one.id not in awards)
    return Result(
        awards=awards,
        reserve=tuple(refusal.id for refusal in refusals if refusal.cause == "not-chosen"),
        refusals=refusals,
        envelopes=uses(run.data, run.books.chart, bookings),
        overtakings=tuple(_overtakings(run, refusals)),
        value=sum(worth(run.data.rule, one).of(awards[one.id]) for one in ranked if one.id in awards),
        floors_missed=floors_missed(run.data, awards),
        below_minimum=(),
        bookings=bookings,
        draws=(),
    )


def _refusal(stages: _Stages, one: Candidate) -> Refusal:
    """What stands in the way of an application when all is chosen, and what it costs more than it brings."""
    data, page = stages.run.data, stages.run.books.pages[-1]
    if one.id in data.fixed():
        return Refusal(one.id, "override")
    if one.score < data.pass_mark:
        return Refusal(one.id, "below-pass-mark")
    way, least = page.way(one), max(1, one.minimum)
    if not way.gates:
        return Refusal(one.id, "envelope-short", None, least, None, None, 0)
    gain = stages.gains.get(one.id, 0)
    over = -gain // PRICE or None if gain < 0 else None
    full = next((gate for gate in way.numbers if gate.room < 1), None)
    if full is not None:
        return Refusal(one.id, "not-chosen", full.name, None, None, None, 0, None, over)
    gate = tightest(way.money)
    short = least - gate.room if gate.room < least else None
    return Refusal(one.id, "not-chosen", gate.name, short, None, None, min(gate.room, one.requested), None, over)


def _overtakings(run: Run, refusals: tuple[Refusal, ...]) -> Iterator[tuple[str, str]]:
    """Whoever is funded from money that a better ranked refused application was short of, with the best such one."""
    page, fixed = run.books.pages[-1], run.data.fixed()
    short = {refusal.id for refusal in refusals if refusal.cause == "not-chosen" and refusal.short_by}
    first: dict[Gate, str] = {}
    for one in run.order.ranked:
        way = page.way(one)
        if one.id in short:
            for gate in way.gates:
                if gate.room < max(1, one.minimum):
                    first.setdefault(gate, one.id)
        elif one.id in run.awards and one.id not in fixed:
            passed = next((first[gate] for gate in way.gates if gate in first), None)
            if passed is not None:
                yield one.id, passed
