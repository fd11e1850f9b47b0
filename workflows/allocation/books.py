"""The books of one allocation: the room in every envelope and limit, and the history of that room down the
ranking.

Room never grows down the list, so its history answers by bisection how high an application would have had to
stand.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from workflows.allocation.envelopes import Chart, Reach
from workflows.allocation.model import AllocationInput, Candidate
from workflows.allocation.pools import Pool

BEFORE_ALL = -1  # the position of what happened before the ranking was walked


class Gate:
    """Room in cents (or in awards) an application must find, and where in the ranking it became less.

    `rooms` holds the room after each change, negated so that it ascends; `positions` where the change
    happened.
    """

    __slots__ = ("closed_by", "left", "name", "passed", "positions", "room", "rooms")

    def __init__(self, name: str, left: int) -> None:
        self.name = name
        self.left = left
        self.room = left
        self.rooms = [-left]
        self.positions = [BEFORE_ALL]
        self.closed_by: str | None = None
        self.passed: int | None = None

    def take(self, amount: int, position: int) -> int | None:
        """Book an award; the best rank this overtakes, if any."""
        self.left -= amount
        self.room -= amount
        self.rooms.append(-self.room)
        self.positions.append(position)
        return self.passed

    def release(self, amount: int) -> None:
        """Only a pool has money to release."""

    def close(self, by: str, position: int) -> None:
        self.closed_by = self.closed_by or by
        self.room = 0
        self.rooms.append(0)
        self.positions.append(position)

    def pass_over(self, position: int) -> None:
        """Remember the best rank refused here: whoever is paid from this later overtakes it."""
        if self.passed is None:
            self.passed = position

    def last_place(self, amount: int) -> int | None:
        """The position an application must stand before to find `amount`: BEFORE_ALL never, None anywhere."""
        change = bisect_right(self.rooms, -amount)
        return self.positions[change] if change < len(self.rooms) else None


class PoolGate(Gate):
    """The room a pool has for one kind of application; a booking changes the room of every kind of the pool."""

    __slots__ = ("closed_at", "kind", "pool", "siblings")

    def __init__(self, name: str, pool: Pool, kind: Reach, siblings: "list[PoolGate]") -> None:
        super().__init__(name, pool.room(kind))
        self.pool = pool
        self.kind = kind
        self.siblings = siblings
        self.closed_at: int | None = None

    def take(self, amount: int, position: int) -> int | None:
        touched = self.pool.pay(self.kind, amount)
        self._refresh(position)
        return min((source.passed for source in touched if source.passed is not None), default=None)

    def release(self, amount: int) -> None:
        """Find `amount` in cents for a fixed award, if need be in priority money: it may have been released to it."""
        if self.room < amount:
            self.pool.release_to(self.kind, amount)
            self._refresh(BEFORE_ALL)

    def close(self, by: str, position: int) -> None:
        self.pool.close(self.kind, by)
        self._refresh(position)

    def pass_over(self, position: int) -> None:
        for place in self.pool.open_to(self.kind):
            source = self.pool.sources[place]
            if source.passed is None:
                source.passed = position

    def _refresh(self, position: int) -> None:
        for gate in self.siblings:
            room = gate.pool.room(gate.kind)
            gate.closed_by = gate.pool.closed_by(gate.kind)
            if gate.closed_at is None and gate.pool.all_closed(gate.kind):
                gate.closed_at = position
            if room != gate.room:
                gate.room = room
                gate.rooms.append(-room)
                gate.positions.append(position)


class Page:
    """One walk down a ranking: the gates each application must pass, with their history in this walk only.

    `level` 0 is the walk of everyone; a higher one walks the lists of the priority envelopes nested that
    deep.
    """

    def __init__(self, books: "Books", level: int) -> None:
        self.level = level
        self._books = books
        self._kept: dict[tuple[str, int, str], Gate] = {}
        self._lefts = dict(books.lefts)
        self._pool_gates: list[dict[Reach, PoolGate]] = [self._gates_of(pool) for pool in books.pools]
        self.gates = {mask: tuple(self._gates(mask)) for mask in books.masks}
        self._walked = {
            mask: level == 0 or any(pool.walks(kind, level) for pool, kind in zip(books.pools, reaches, strict=True))
            for mask, reaches in books.reaches.items()
        }
        self._limits: dict[tuple[str, frozenset[str]], tuple[tuple[Gate, ...], tuple[Gate, ...]]] = {}

    def limits(self, candidate: Candidate) -> tuple[tuple[Gate, ...], tuple[Gate, ...]]:
        """The gates of its limits in cents, and of those in number of awards."""
        if not self._books.data.limits:
            return (), ()
        who = (candidate.applicant, candidate.groups & self._books.limited)
        known = self._limits.get(who)
        if known is None:
            known = self._limits[who] = self._limit_gates(candidate)
        return known

    def walks(self, candidate: Candidate) -> bool:
        """Whether the application stands in the list this page walks."""
        return self._walked[self._books.chart.mask(candidate.groups)]

    def closed_at(self, candidate: Candidate) -> int | None:
        """The place in the ranking at which the money of the list this page walks was closed to the application."""
        gates = self.gates[self._books.chart.mask(candidate.groups)]
        closings = [gate.closed_at for gate in gates if isinstance(gate, PoolGate)]
        return None if None in closings else max((place for place in closings if place is not None), default=None)

    def carry_over(self) -> None:
        """Leave what is left to the next page."""
        for key, gate in self._kept.items():
            self._books.lefts[key] = gate.left

    def _gates_of(self, pool: Pool) -> dict[Reach, PoolGate]:
        siblings: list[PoolGate] = []
        for kind in pool.paid:
            if kind:
                widest = pool.sources[pool.open_to(kind)[-1]].envelope
                siblings.append(PoolGate(self._books.chart.envelopes[widest].id, pool, kind, siblings))
        return {gate.kind: gate for gate in siblings}

    def _gate(self, key: tuple[str, int, str], name: str, amount: int) -> Gate:
        if key not in self._kept:
            self._kept[key] = Gate(name, self._lefts.get(key, amount))
        return self._kept[key]

    def _gates(self, mask: int) -> Iterable[Gate]:
        chart = self._books.chart
        for index in chart.members_of(mask):
            if not chart.earmarked(index):
                envelope = chart.envelopes[index]
                yield self._gate(("ceiling", index, ""), envelope.id, envelope.amount)
        for index, held in enumerate(chart.withheld):
            if mask >> held.inside & 1 and not mask >> held.earmark & 1:
                yield self._gate(("withheld", index, ""), chart.envelopes[held.inside].id, held.room)
        for gates, kind in zip(self._pool_gates, self._books.reaches[mask], strict=True):
            if kind:
                yield gates[kind]

    def _limit_gates(self, candidate: Candidate) -> tuple[tuple[Gate, ...], tuple[Gate, ...]]:
        cents, awards = [], []
        for index, limit in enumerate(self._books.data.limits):
            whom = candidate.applicant if limit.per == "applicant" else limit.per
            if limit.per == "applicant" or limit.per.removeprefix("group:") in candidate.groups:
                if limit.max_amount is not None:
                    cents.append(self._gate(("cents", index, whom), limit.id, limit.max_amount))
                if limit.max_awards is not None:
                    awards.append(self._gate(("awards", index, whom), limit.id, limit.max_awards))
        return tuple(cents), tuple(awards)


class Books:
    """Envelopes, pools and limits of one allocation, and the pages written so far."""

    def __init__(self, data: AllocationInput) -> None:
        self.data = data
        self.chart = Chart(data.envelopes, [candidate.groups for candidate in data.candidates])
        self.masks = sorted({self.chart.mask(candidate.groups) for candidate in data.candidates})
        self.reaches = {mask: [self.chart.reach(sources, mask) for sources in self.chart.pools] for mask in self.masks}
        self.pools = []
        for index, sources in enumerate(self.chart.pools):
            kinds = {self.reaches[mask][index] for mask in self.masks} - {()}
            crossing = not all(self.chart.is_chain(sources, kind) for kind in kinds)
            self.pools.append(Pool(sources, kinds, crossing))
        self.limited = frozenset(limit.per.removeprefix("group:") for limit in data.limits)
        self.lefts: dict[tuple[str, int, str], int] = {}
        self.pages: list[Page] = []

    @property
    def deepest(self) -> int:
        """How deep priority envelopes nest: so many walks come before the walk of everyone."""
        return max((source.level for pool in self.pools for source in pool.sources), default=0)

    def gates(self, page: Page, candidate: Candidate) -> tuple[Gate, ...]:
        """The envelopes an application must find room in on a page; none where no envelope is for it."""
        return page.gates[self.chart.mask(candidate.groups)]

    def bookings(self, ranked: Iterable[Candidate], awards: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
        """What each award, best rank first, takes of each envelope: (application, envelope, cents).

        A ceiling counts the award of a member whole, an earmark the part paid from its money or from earmarks
        in it. Within a kind the better ranks are counted on the more specific money.
        """
        ceilings: dict[int, list[int]] = {}
        rests = [{kind: list(row) for kind, row in pool.paid.items()} for pool in self.pools]
        for one in ranked:
            award = awards.get(one.id, 0)
            if not award:
                continue
            mask = self.chart.mask(one.groups)
            if mask not in ceilings:
                inside = self.chart.members_of(mask)
                ceilings[mask] = [index for index in inside if not self.chart.earmarked(index)]
            cents = dict.fromkeys(ceilings[mask], award)
            for pool, rest, kind in zip(self.pools, rests, self.reaches[mask], strict=True):
                unpaid = award
                for place in kind:
                    part = min(unpaid, rest[kind][place])
                    rest[kind][place] -= part
                    unpaid -= part
                    for index in self.chart.ancestry(pool.sources[place].envelope):
                        if self.chart.earmarked(index):
                            cents[index] = cents.get(index, 0) + part
            for index, part in sorted(cents.items()):
                if part:
                    yield one.id, self.chart.envelopes[index].id, part

    def turn_page(self, level: int, release: bool = True) -> Page:
        """Begin a walk with what the one before left. The first page is for the fixed awards, from all money."""
        if self.pages:
            self.pages[-1].carry_over()
            for pool in self.pools if release else ():
                pool.next_round(level)
        self.pages.append(Page(self, level))
        return self.pages[-1]
