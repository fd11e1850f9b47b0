"""Seats at the table of the jury: every file gets its jurors one by one, along the cheapest chain of exchanges.

Successive shortest paths of minimum-cost flow (Ford and Fulkerson 1962; Edmonds and Karp 1972), on a graph
whose points are the jurors only: a step from one juror to another is a file the first hands over to the second.
Whole numbers of any size, so that nothing is rounded, and every state on the way is a best one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

Costs = Sequence[dict[int, int]]
"""By file, what each juror who may judge it costs: the less the better, never above 0."""

NEVER = 1 << 400  # dearer than any chain


@dataclass(frozen=True)
class Table:
    """An assignment in numbers; files and jurors are counted from 0.

    `seats` jurors are wanted per file, at least `need` of them among its `experts`; `fits` says how well each juror
    who may judge it suits it. A juror takes from `least` to `most` files.
    """

    seats: tuple[int, ...]
    need: tuple[int, ...]
    fits: tuple[dict[int, int], ...]
    experts: tuple[frozenset[int], ...]
    least: tuple[int, ...]
    most: tuple[int, ...]


def plan(table: Table) -> list[tuple[int, bool]]:
    """Every seat of the table as its file and whether it wants an expert: the seats of the experts first."""
    experts = [(file, True) for file, need in enumerate(table.need) for _ in range(need)]
    others = [(file, False) for file, seats in enumerate(table.seats) for _ in range(seats - table.need[file])]
    return experts + others


class Seating:
    """Who has which file. First `seat` every file, then `pull` files to the jurors who have too few.

    `price` are the dual values that keep every exchange at a cost of 0 or more (Edmonds and Karp): up to the first
    `pull` they are never above 0, which lets a search stop at the first candidate whose bare cost is too high.
    """

    def __init__(self, table: Table, costs: Costs) -> None:
        self.costs = [dict(sorted(row.items(), key=lambda one: (one[1], one[0]))) for row in costs]
        self.experts = table.experts
        self.need, self.least, self.most = list(table.need), list(table.least), list(table.most)
        self.given: list[set[int]] = [set() for _ in table.seats]
        self.taken: list[set[int]] = [set() for _ in table.most]
        self.load = [0] * len(table.most)
        self.reached: frozenset[int] = frozenset()
        self._dead: dict[int, frozenset[int]] = {}
        self._known = [0] * len(table.seats)  # experts a file has
        self._price = [0] * len(table.most)
        self._low = [-NEVER] * len(table.seats)
        self._wanting: list[list[int]] = []

    def seat(self, file: int, *, expert: bool = False) -> bool:
        """Give the file one more juror, an expert if asked; False where no chain of exchanges makes place.

        `reached` are the jurors the search passed: after False, all those the file or an exchange could turn to.
        They are full for good, as in every maximum flow, and no later search turns to them again.
        """
        search = self._find_place(file, expert)
        if search.end is None:
            self.reached = frozenset(search.settled).union(*search.dead)
            self._dead.update(dict.fromkeys(self.reached, self.reached))
            return False
        self._reprice(search, -1)
        juror = search.end
        self.load[juror] += 1
        while (step := search.came[juror]) is not None:
            before, other = step
            self._hand_over(other, before, juror)
            juror = before
        self._give(file, juror)
        return True

    def pull(self, juror: int) -> bool:
        """Take a file over for this juror from somebody who has more than the least; False where none can be.

        `reached` are the jurors the search passed: after False, all those whose files it could have come from.
        """
        search = self._find_file(juror)
        self.reached = frozenset(search.settled)
        if search.end is None:
            return False
        self._reprice(search, 1)
        giver = search.end
        self.load[giver] -= 1
        self.load[juror] += 1
        while (step := search.came[giver]) is not None:
            taker, file = step
            self._hand_over(file, giver, taker)
            giver = taker
        return True

    def bound(self, file: int, juror: int) -> bool:
        """Whether the juror who has the file is one of the experts it needs, and so gives way to an expert only."""
        return juror in self.experts[file] and self._known[file] <= self.need[file]

    def admit(self, file: int, juror: int) -> None:
        """Let a juror judge a file from now on; only where nothing costs anything, so that all prices are 0."""
        self.costs[file][juror] = 0
        self._low[file] = -NEVER
        self._dead.clear()
        if self._wanting:
            self._wanting[juror].append(file)

    def make_room(self, juror: int, most: int) -> None:
        """Let a juror take so many files from now on."""
        self.most[juror] = most
        self._dead.clear()

    def _files_for(self, juror: int) -> list[int]:
        """The files this juror may judge."""
        if not self._wanting:
            self._wanting = [[] for _ in self.most]
            for file, row in enumerate(self.costs):
                for one in row:
                    self._wanting[one].append(file)
        return self._wanting[juror]

    def _find_place(self, file: int, expert: bool) -> "_Search":
        """From the file to a juror with room for one more."""
        search = _Search()
        experts = self.experts[file]
        for juror, cost in self.costs[file].items():
            if cost > search.best:
                break
            if juror not in self.given[file] and (not expert or juror in experts):
                self._reach(search, juror, cost - self._price[juror], 0, None)
        for distance, hops, juror in search.nearest():
            for other in self.taken[juror]:
                base = distance + self._price[juror] - self.costs[other][juror]
                if base + self._low[other] < search.best:
                    self._look_on(search, juror, other, base, hops + 1)
        return search

    def _look_on(self, search: "_Search", juror: int, file: int, base: int, hops: int) -> None:
        """To whom the juror could hand over the file, `base` being the cost of getting there without it."""
        price, given, labels, lowest = self._price, self.given[file], search.labels, NEVER
        takers = self.experts[file] if self.bound(file, juror) else self.costs[file]
        for taker, cost in self.costs[file].items():
            if base + cost >= search.best:
                lowest = min(lowest, cost)
                break
            if taker not in given:
                further = cost - price[taker]
                if further < lowest:
                    lowest = further
                further += base
                if (
                    further < search.best
                    and taker in takers
                    and (taker not in labels or (further, hops) < labels[taker])
                ):
                    self._reach(search, taker, further, hops, (juror, file))
        self._low[file] = lowest

    def _reach(self, search: "_Search", juror: int, distance: int, hops: int, came: tuple[int, int] | None) -> None:
        if juror in self._dead:
            search.dead.add(self._dead[juror])
            return
        load = self.load[juror]
        if load < self.most[juror]:
            search.offer(juror, distance, load)
        search.label(juror, distance, hops, came)

    def _find_file(self, target: int) -> "_Search":
        """Backwards from the juror to somebody with more than the least."""
        search = _Search()
        search.label(target, 0, 0, None)
        for distance, hops, taker in search.nearest():
            for file in self._files_for(taker):
                row, given = self.costs[file], self.given[file]
                if taker in given:
                    continue
                base = distance + row[taker] - self._price[taker]
                for giver in given:
                    if taker in self.experts[file] or not self.bound(file, giver):
                        further = base - row[giver] + self._price[giver]
                        if self.load[giver] > self.least[giver]:
                            search.offer(giver, further - self._price[giver], -self.load[giver])
                        search.label(giver, further, hops + 1, (taker, file))
        return search

    def _reprice(self, search: "_Search", sign: int) -> None:
        for juror in search.settled:
            self._price[juror] += sign * max(0, search.best - search.labels[juror][0])

    def _hand_over(self, file: int, giver: int, taker: int) -> None:
        self._low[file] = -NEVER
        self.given[file].remove(giver)
        self.taken[giver].remove(file)
        self._known[file] -= giver in self.experts[file]
        self._give(file, taker)

    def _give(self, file: int, juror: int) -> None:
        self.given[file].add(juror)
        self.taken[juror].add(file)
        self._known[file] += juror in self.experts[file]


class _Search:
    """A search for the cheapest chain (Dijkstra 1959); among equally cheap ones the shortest, so that it never
    passes a file twice where once would do.

    `best` is the cost of the best chain found so far, `end` the juror it leads to, `came` the step before each.
    """

    def __init__(self) -> None:
        self.labels: dict[int, tuple[int, int]] = {}
        self.came: dict[int, tuple[int, int] | None] = {}
        self.settled: list[int] = []
        self.dead: set[frozenset[int]] = set()
        self.best = NEVER
        self.end: int | None = None
        self._rank = 0
        self._heap: list[tuple[int, int, int]] = []

    def label(self, juror: int, distance: int, hops: int, came: tuple[int, int] | None) -> None:
        """Note that the juror is reached so cheaply, where that is news and could still matter."""
        if distance <= self.best and (juror not in self.labels or (distance, hops) < self.labels[juror]):
            self.labels[juror] = distance, hops
            self.came[juror] = came
            heappush(self._heap, (distance, hops, juror))

    def offer(self, juror: int, cost: int, rank: int) -> None:
        """Note that a chain may end here; equally cheap ends go by the lower rank."""
        if cost < self.best or (cost == self.best and rank < self._rank):
            self.best, self.end, self._rank = cost, juror, rank

    def nearest(self) -> Iterable[tuple[int, int, int]]:
        """The jurors reached, nearest first, until no nearer chain can be found."""
        while self._heap and self._heap[0][0] < self.best:
            distance, hops, juror = heappop(self._heap)
            if (distance, hops) == self.labels[juror]:
                self.settled.append(juror)
                yield distance, hops, juror
