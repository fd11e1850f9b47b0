"""Trying awards out in whole numbers: what fits, and filling up in a given order."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from workflows.allocation.optimum.programme import Programme
from workflows.allocation.pools import Pool

Awards = dict[int, int]  # cents by the place of the item in its programme


class Trial:
    """A set of awards that respects every ceiling, pot, limit and chain of a programme, and may grow."""

    def __init__(self, found: Programme, pools: Iterable[Pool]) -> None:
        self.found = found
        self.awards: Awards = {}
        self._lefts = [row.left for row in found.rows]
        self._pools = [pool.copy() for pool in pools]
        self._above = {below: above for chain in found.chains for above, below in pairwise(chain)}

    def room(self, at: int) -> int:
        """The most cents an item can be given on top of what it has."""
        item, lefts = self.found.items[at], self._lefts
        room = item.high - self.awards.get(at, 0)
        for row in item.rows:
            if lefts[row] < room:
                room = lefts[row]
        if at not in self.awards and item.numbers and min([lefts[row] for row in item.numbers]) < 1:
            return 0
        above = self._above.get(at)
        if above is not None and self.awards.get(above) != self.found.items[above].high:
            return 0
        for kind in item.kinds if room > 0 else ():
            found = self.found.kinds[kind]
            room = min(room, self._pools[found.pool].room(found.reach))
        return max(0, room)

    def pay(self, at: int, cents: int) -> bool:
        """Give an item so many cents more, if they fit."""
        if self.room(at) < cents:
            return False
        item = self.found.items[at]
        for row in item.rows:
            self._lefts[row] -= cents
        if at not in self.awards:
            for row in item.numbers:
                self._lefts[row] -= 1
        for kind in item.kinds:
            found = self.found.kinds[kind]
            self._pools[found.pool].pay(found.reach, cents)
        self.awards[at] = self.awards.get(at, 0) + cents
        return True

    def fill(self, order: Iterable[int]) -> None:
        """Give each in turn all that fits, if that is an award it accepts."""
        for at in order:
            room = self.room(at)
            if room and room >= (1 if at in self.awards else self.found.items[at].low):
                self.pay(at, room)


def value(found: Programme, awards: Mapping[int, int]) -> int:
    """What the awards are worth in units of the objective."""
    return sum([found.items[at].worth.of(cents) for at, cents in awards.items()])


def partials(found: Programme, awards: Mapping[int, int]) -> int:
    """How many get less than they asked for, those who have an award from before included."""
    return sum(awards.get(at, 0) < item.high for at, item in enumerate(found.items) if at in awards or item.kept)


def missed(found: Programme, awards: Mapping[int, int]) -> int:
    """How many awards the floors are short of."""
    counts = [floor.missing for floor in found.floors]
    for at in awards:
        for floor in found.items[at].floors:
            counts[floor] -= 1
    return sum(count for count in counts if count > 0)


def rank_order(found: Programme, places: Mapping[str, int]) -> list[int]:
    """The items from the best rank down."""
    return sorted(range(len(found.items)), key=lambda at: places[found.items[at].one.id])
