"""An exact upper bound from prices of the envelopes, and who can be decided by it alone.

Weak duality (allocation.md, section 5): whatever the prices, no allocation is worth more than all money at these
prices plus what each application brings above what it costs at them. The prices may come from a solver in floats;
a bad one only makes the bound worse, never wrong.
"""

from dataclasses import dataclass

from workflows.allocation.optimum.process import PRICE
from workflows.allocation.optimum.programme import Item, Programme


@dataclass(frozen=True)
class Prices:
    """For each row, source and floor of a programme its price, in 1/PRICE units of the objective per cent or award."""

    rows: list[int]
    sources: list[int]
    floors: list[int]


@dataclass(frozen=True)
class Priced:
    """The bound in 1/PRICE units of the objective, and for each item what it brings above its cost, if funded."""

    total: int
    gains: list[int]

    @property
    def value(self) -> int:
        """No allocation is worth more than this."""
        return self.total // PRICE


def priced(found: Programme, prices: Prices, missed: int) -> Priced:
    """The bound over all allocations of the programme that miss at most so many awards of its floors."""
    kinds = [min(prices.sources[source] for source in kind.sources) for kind in found.kinds]
    total = sum(price * row.left for price, row in zip(prices.rows, found.rows, strict=True))
    total += sum(price * source.left for price, source in zip(prices.sources, found.sources, strict=True))
    total -= sum(price * kind.paid for price, kind in zip(kinds, found.kinds, strict=True))
    total -= sum(price * floor.missing for price, floor in zip(prices.floors, found.floors, strict=True))
    total += missed * max(prices.floors, default=0)
    pairs = [_gains(item, prices, kinds) for item in found.items]
    gains = [best for best, _ in pairs]
    chained = {at for chain in found.chains for at in chain}
    total += sum([gain for at, gain in enumerate(gains) if gain > 0 and at not in chained])
    for chain in found.chains:
        total += _best_beginning([pairs[at] for at in chain])
    return Priced(total, gains)


def _gains(item: Item, prices: Prices, kinds: list[int]) -> tuple[int, int]:
    """What an item brings above its cost with the award that is best for it, and with the highest."""
    cent = item.worth.cent * PRICE
    for row in item.rows:
        cent -= prices.rows[row]
    for kind in item.kinds:
        cent -= kinds[kind]
    award = item.worth.award * PRICE
    for row in item.numbers:
        award -= prices.rows[row]
    for floor in item.floors:
        award += prices.floors[floor]
    full = award + cent * item.high
    return (full if cent >= 0 else award + cent * item.low), full


def _best_beginning(chain: list[tuple[int, int]]) -> int:
    """The most a group that is funded in rank order can bring: all but the last funded in full."""
    best = above = 0
    for gain, full in chain:
        best = max(best, above + gain)
        above += full
    return best


def decided(found: Programme, bound: Priced, value: int) -> dict[int, bool]:
    """The items that are funded, or not, in every allocation worth at least `value`: the bound says so."""
    chained = {at for chain in found.chains for at in chain}
    slack = bound.total - value * PRICE
    return {
        at: gain > 0
        for at, gain in enumerate(bound.gains)
        if (gain > slack or -gain > slack) and at not in chained and not found.items[at].kept
    }
