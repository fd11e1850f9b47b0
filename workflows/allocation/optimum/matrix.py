"""A programme as rows and columns for the solver, for each of the questions that are asked one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import gcd

from workflows.allocation.optimum.process import Columns, Model, Row
from workflows.allocation.optimum.programme import Item, Programme
from workflows.allocation.optimum.trial import Awards

DIGITS = 10**6  # coefficients above are split in two rows, so that the solver's tolerance cannot swallow a unit


@dataclass
class Matrix:
    """Columns: an x per item (funded or not), an e per item that may be cut (cents above its least), a y per kind
    and source (cents that flow), a u per floor (awards missed), a p per item that may be cut (whether it is).
    """

    found: Programme
    decided: Mapping[int, bool] = field(default_factory=dict)
    missed: int | None = None
    lowers: Columns = field(default_factory=list)
    uppers: Columns = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        items = self.found.items
        self.x = [self._column(*self._sides(at)) for at in range(len(items))]
        self.e = {
            at: self._column(0, item.high - item.low, whole=False) for at, item in enumerate(items) if not item.whole
        }
        self._bounds()
        self._flows()
        self._floors()
        for at, column in self.e.items():
            self.rows.append(("<=", 0, [column, self.x[at]], [1, -(items[at].high - items[at].low)]))
        for chain in self.found.chains:
            for above, below in pairwise(chain):
                self.rows.append((">=", 0, [self.x[above], self.x[below]], [1, -1]))
                if above in self.e:
                    full = items[above].high - items[above].low
                    self.rows.append((">=", 0, [self.e[above], self.x[below]], [1, -full]))

    def worth(self) -> Columns:
        """The objective: what each column adds to it."""
        costs = [0] * len(self.lowers)
        for at, item in enumerate(self.found.items):
            costs[self.x[at]] = item.worth.of(item.low) if not item.kept else 0
            if at in self.e:
                costs[self.e[at]] = item.worth.cent
        return costs

    def lots(self, weights: Sequence[int]) -> Columns:
        """The objective that prefers the largest lots."""
        costs = [0] * len(self.lowers)
        for at, weight in enumerate(weights):
            costs[self.x[at]] = 0 if self.found.items[at].kept else weight
        return costs

    def fewest_missed(self) -> Columns:
        """The objective that misses as few awards of the floors as it can."""
        costs = [0] * len(self.lowers)
        for column in self.u:
            costs[column] = -1
        return costs

    def fewest_partial(self) -> Columns:
        """The objective that cuts as few awards as it can; adds the columns that count them."""
        self.p = {}
        for at, column in self.e.items():
            item, cut = self.found.items[at], self._column(0, 1)
            width = item.high - item.low
            self.p[at] = cut
            self.rows.append((">=", 0, [column, self.x[at], cut], [1, -width, width]))
        costs = [0] * len(self.lowers)
        for cut in self.p.values():
            costs[cut] = -1
        return costs

    def at_least(self, costs: Columns, least: int) -> None:
        """Only what is worth at least so much by these costs."""
        columns = [column for column, cost in enumerate(costs) if cost]
        shared = gcd(*(costs[column] for column in columns))
        if not columns:
            return
        values = [costs[column] // shared for column in columns]
        least = -(-least // shared)
        if max(map(abs, values)) <= DIGITS:
            self.rows.append((">=", least, columns, values))
            return
        carry = self._column(-len(columns) * max(self.uppers), len(columns) * max(self.uppers))
        tops, rests = [value // DIGITS for value in values], [value % DIGITS for value in values]
        self.rows.append((">=", least % DIGITS, [*columns, carry], [*rests, -DIGITS]))
        self.rows.append((">=", least // DIGITS, [*columns, carry], [*tops, 1]))

    def another_list(self, awards: Awards) -> None:
        """Only a list of funded items that differs from this one."""
        free = [at for at, item in enumerate(self.found.items) if not item.kept]
        signs = [-1 if at in awards else 1 for at in free]
        self.rows.append((">=", 1 - signs.count(-1), [self.x[at] for at in free], signs))

    def model(self, costs: Columns, *, relax: bool = False, presolve: bool = True) -> Model:
        """What is asked of the solver: the most of these costs; columns added later cost nothing."""
        costs = [*costs, *[0] * (len(self.lowers) - len(costs))]
        return Model(costs, self.lowers, self.uppers, self.whole, self.rows, relax, presolve)

    def _column(self, low: int, high: int, *, whole: bool = True) -> int:
        self.lowers.append(low)
        self.uppers.append(high)
        self.whole.append(whole)
        return len(self.lowers) - 1

    def _sides(self, at: int) -> tuple[int, int]:
        if self.found.items[at].kept:
            return 1, 1
        funded = self.decided.get(at)
        return (0, 1) if funded is None else (int(funded), int(funded))

    def _cents(self, at: int) -> list[tuple[int, int]]:
        """The columns that make the award of an item, with the cents each adds."""
        item: Item = self.found.items[at]
        parts = [(self.x[at], item.low)] if item.low else []
        return [*parts, (self.e[at], 1)] if at in self.e else parts

    def _bounds(self) -> None:
        """One row per ceiling or limit, in the order of the programme."""
        parts: list[list[tuple[int, int]]] = [[] for _ in self.found.rows]
        for at, item in enumerate(self.found.items):
            for row in item.rows:
                parts[row] += self._cents(at)
            for row in item.numbers:
                parts[row].append((self.x[at], 1))
        for bound, part in zip(self.found.rows, parts, strict=True):
            self._row("<=", bound.left, part)

    def _flows(self) -> None:
        """One row per source, in the order of the programme; then what each kind is paid must come from somewhere."""
        wants: list[list[tuple[int, int]]] = [[] for _ in self.found.kinds]
        for at, item in enumerate(self.found.items):
            for kind in item.kinds:
                wants[kind] += self._cents(at)
        spends: list[list[tuple[int, int]]] = [[] for _ in self.found.sources]
        lefts = [source.left for source in self.found.sources]
        rows: list[tuple[int, list[tuple[int, int]]]] = []
        for paid_as, want in zip(self.found.kinds, wants, strict=True):
            if not want and not paid_as.paid:
                continue
            if len(paid_as.sources) == 1:
                spends[paid_as.sources[0]] += want
                lefts[paid_as.sources[0]] -= paid_as.paid
                continue
            flows = [(at, self._column(0, self.found.sources[at].left, whole=False)) for at in paid_as.sources]
            for source, column in flows:
                spends[source].append((column, 1))
            rows.append((-paid_as.paid, [*want, *((column, -1) for _, column in flows)]))
        for left, spend in zip(lefts, spends, strict=True):
            self._row("<=", left, spend)
        for right, part in rows:
            self._row("=", right, part)

    def _floors(self) -> None:
        """One row per floor, in the order of the programme, after the sources' and the flows' rows."""
        self.first_floor = len(self.rows)
        self.u = [self._column(0, max(0, floor.missing)) for floor in self.found.floors]
        wanted: list[list[tuple[int, int]]] = [[(column, 1)] for column in self.u]
        for at, item in enumerate(self.found.items):
            for floor in item.floors:
                wanted[floor].append((self.x[at], 1))
        for least, part in zip(self.found.floors, wanted, strict=True):
            self._row(">=", least.missing, part)
        if self.u and self.missed is not None:
            self._row("<=", self.missed, [(column, 1) for column in self.u])

    def _row(self, sense: str, bound: int, parts: Sequence[tuple[int, int]]) -> None:
        self.rows.append((sense, bound, [column for column, _ in parts], [value for _, value in parts]))
