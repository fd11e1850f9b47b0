"""Pro rata (M5): everyone above the pass mark is cut by one factor, to the cent, by the largest remainder.

With several envelopes the common factor rises from nothing until an envelope is spent; its members stay there
and the others rise on, until all are paid in full or held by a spent envelope. So nobody is cut more than an
envelope of its own compels, and with one envelope it is the plain rule. Minimums do not exclude anybody: an
award below one needs the applicant's consent and is reported.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from workflows.allocation.books import Books, Page
from workflows.allocation.gates import BEFORE_ALL, Gate, PoolGate
from workflows.allocation.model import Candidate
from workflows.allocation.pools import Pool
from workflows.allocation.turns import Turn

Together = tuple[Gate, ...]  # those who pass the same gates share one factor


class Sharing:
    """The shares of one pro-rata allocation on a page nothing was booked on yet."""

    def __init__(self, books: Books, page: Page) -> None:
        self._books = books
        self._page = page
        self._prepaid = {pool: {kind: sum(row) for kind, row in pool.paid.items()} for pool in books.pools}
        self._totals: dict[Together, int] = {}
        self._certain: dict[Together, int] = {}

    def shares(self, entrants: Sequence[tuple[int, Candidate]], turns: dict[str, Turn]) -> dict[str, int]:
        """Cents per application above nought; writes in `turns` why an entrant gets none."""
        sharers = [(place, one) for place, one in entrants if self._admitted(place, one, turns)]
        for _, one in sharers:
            self._totals[self._gates(one)] = self._totals.get(self._gates(one), 0) + one.requested
        factors = self.factors(self._totals)
        awards = {one.id: int(one.requested * factors[self._gates(one)]) for _, one in sharers}
        booked: dict[Together, int] = {}
        for _, one in sharers:
            booked[self._gates(one)] = booked.get(self._gates(one), 0) + awards[one.id]
        for gates, cents in booked.items():
            _take(gates, cents)
        remainders = [(one.requested * factors[self._gates(one)] - awards[one.id], one) for _, one in sharers]
        for remainder, one in sorted(remainders, key=lambda pair: -pair[0]):  # stable: equal remainders by rank
            gates = self._gates(one)
            if remainder and all(gate.room >= 1 for gate in gates):
                _take(gates, 1)
                awards[one.id] += 1
        for _, one in sharers:
            if not awards[one.id]:
                turns[one.id] = Turn.short([gate for gate in self._gates(one) if gate.room < 1], 1, 0)
        return {id: cents for id, cents in awards.items() if cents}

    def certain(self, candidate: Candidate) -> bool:
        """Whether the application, did it share too, would certainly get a cent: its own share is at least
        one.

        A larger request never has a smaller share, so one that is certain answers for all larger ones beside
        it.
        """
        gates = self._gates(candidate)
        if not gates:
            return False
        if candidate.requested >= self._certain.get(gates, candidate.requested + 1):
            return True
        together = self._totals.get(gates, 0) + candidate.requested
        factor = self.factors({**self._totals, gates: together})[gates]
        if int(candidate.requested * factor) < 1:
            return False
        self._certain[gates] = candidate.requested
        return True

    def factors(self, totals: dict[Together, int]) -> dict[Together, Fraction]:
        """The part of its requests each group gets, `totals` being their requests together in cents."""
        factors: dict[Together, Fraction] = {}
        open_groups = dict(totals)
        while open_groups:
            factor, held = Fraction(1), set(open_groups)
            for gates in self._bounds(totals):
                members = {group for group in totals if gates & set(group)}
                bound, tight = self._bound(next(iter(gates)), members, factors, totals, factor)
                if bound < factor:
                    factor, held = bound, set(tight)
                elif bound == factor < 1:
                    held |= tight
            for group in held:
                factors[group] = factor
                del open_groups[group]
        return factors

    def _bounds(self, totals: dict[Together, int]) -> list[set[Gate]]:
        """The gates, those of one pool together."""
        bounds: dict[object, set[Gate]] = {}
        for group in totals:
            for gate in group:
                bounds.setdefault(gate.pool if isinstance(gate, PoolGate) else gate, set()).add(gate)
        return list(bounds.values())

    def _bound(
        self,
        gate: Gate,
        members: set[Together],
        factors: dict[Together, Fraction],
        totals: dict[Together, int],
        limit: Fraction,
    ) -> tuple[Fraction, set[Together]]:
        """How far the common factor can rise at a gate, at most to `limit`, and which open groups it then holds."""
        if isinstance(gate, PoolGate):
            return self._pool_bound(gate.pool, members, factors, totals, limit)
        rising = {group for group in members if group not in factors}
        if not rising:
            return limit, set()
        spent = sum((factors[group] * totals[group] for group in members - rising), Fraction(0))
        bound = (-gate.rooms[0] - spent) / sum(totals[group] for group in rising)
        return (bound, rising) if bound <= limit else (limit, set())

    def _pool_bound(
        self,
        pool: Pool,
        members: set[Together],
        factors: dict[Together, Fraction],
        totals: dict[Together, int],
        limit: Fraction,
    ) -> tuple[Fraction, set[Together]]:
        """As `_bound`, by Newton's method on the most starved set of kinds (Dinkelbach 1967): exact and finite."""
        kinds = {
            group: gate.kind for group in members for gate in group if isinstance(gate, PoolGate) and gate.pool is pool
        }
        held: set[Together] = set()
        while True:
            wanted: dict[tuple[int, ...], Fraction] = {
                kind: Fraction(cents) for kind, cents in self._prepaid[pool].items()
            }
            for group, kind in kinds.items():
                wanted[kind] += factors.get(group, limit) * totals[group]
            scale = lcm(*(cents.denominator for cents in wanted.values()))
            starved = pool.scaled(scale).starved({kind: int(cents * scale) for kind, cents in wanted.items()})
            if starved is None:
                return limit, held
            bound, cents = starved
            held = {group for group, kind in kinds.items() if kind in bound and group not in factors}
            spent = sum((wanted[kind] for kind in bound), Fraction(0))
            rising = sum(totals[group] for group in held)
            limit -= (spent - Fraction(cents, scale)) / rising

    def _admitted(self, place: int, candidate: Candidate, turns: dict[str, Turn]) -> bool:
        """Whether the limits in number let it share, better ranks first; and whether any money is for it."""
        way = self._page.way(candidate)
        if not way.gates:
            turns[candidate.id] = Turn.short([], candidate.requested, 0)
            return False
        if any(gate.room < 1 for gate in way.numbers):
            turns[candidate.id] = Turn.limited((), way.numbers, 1, 0)
            return False
        for gate in way.numbers:
            gate.take(1, place)
        return True

    def _gates(self, candidate: Candidate) -> Together:
        way = self._page.way(candidate)
        return way.money if way.gates else ()


def release_surplus(books: Books, entrants: Sequence[tuple[int, Candidate]]) -> None:
    """Release what priority lists cannot use even when each of their applications is paid in full."""
    for index, pool in enumerate(books.pools):
        wanted = dict.fromkeys(pool.paid, 0)
        for _, one in entrants:
            kind = books.reaches[books.chart.mask(one.groups)][index]
            if kind:
                wanted[kind] += one.requested
        for level in range(books.deepest, 0, -1):
            pool.release_unwanted(level, wanted)


def _take(gates: Together, cents: int) -> None:
    for gate in gates:
        gate.take(cents, BEFORE_ALL)
