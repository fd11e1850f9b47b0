"""The books of one allocation: the room in every envelope and limit, and the history of that room down the
ranking.

Room never grows down the list, so its history answers by bisection how high an application would have had to
stand.
"""

from collections.abc import Iterable, Iterator, Mapping

from workflows.allocation.envelopes import Chart
from workflows.allocation.gates import Gate, PoolGate, Way
from workflows.allocation.model import AllocationInput, Candidate
from workflows.allocation.pools import Pool

GateKey = tuple[str, int, str]  # a ceiling, an amount withheld, a limit in cents or in awards; which one; whose


class Page:
    """One walk down a ranking: the gates each application must pass, with their history in this walk only.

    `level` 0 is the walk of everyone; a higher one walks the lists of the priority envelopes nested that
    deep.
    """

    def __init__(self, books: "Books", level: int) -> None:
        self.level = level
        self._books = books
        self._kept: dict[GateKey, Gate] = {}
        self._lefts = dict(books.lefts)
        self._pool_gates = [self._gates_of(pool) for pool in books.pools]
        self._gates = {mask: tuple(self._gates_for(mask)) for mask in books.masks}
        self._ways: dict[frozenset[str], Way] = {}
        self._own_ways: dict[tuple[frozenset[str], str], Way] = {}

    def way(self, candidate: Candidate) -> Way:
        """The envelopes and limits an application must find room in on this page."""
        if candidate.applicant in self._books.bounded:
            known = self._own_ways.get((candidate.groups, candidate.applicant))
            if known is None:
                known = self._own_ways[candidate.groups, candidate.applicant] = self._way(candidate)
        else:
            known = self._ways.get(candidate.groups)
            if known is None:
                known = self._ways[candidate.groups] = self._way(candidate)
        return known

    def ceilings(self) -> list[Gate]:
        """The gates of the envelopes whose money nothing sets apart."""
        return [gate for (sort, _, _), gate in self._kept.items() if sort == "ceiling"]

    def names(self) -> dict[Gate, tuple[str, str, str]]:
        """What each ceiling, amount withheld and limit is called in a certificate: its sort, its id, and of whom."""
        chart, limits = self._books.chart, self._books.data.limits
        found = {}
        for (sort, index, whom), gate in self._kept.items():
            if sort == "withheld":
                held = chart.withheld[index]
                found[gate] = (sort, chart.envelopes[held.inside].id, chart.envelopes[held.earmark].id)
            else:
                found[gate] = (sort, chart.envelopes[index].id if sort == "ceiling" else limits[index].id, whom)
        return found

    def carry_over(self) -> None:
        """Leave what is left to the next page."""
        for key, gate in self._kept.items():
            self._books.lefts[key] = gate.left

    def _way(self, candidate: Candidate) -> Way:
        mask = self._books.chart.mask(candidate.groups)
        cents, numbers = self._limit_gates(candidate) if self._books.data.limits else ((), ())
        pools = zip(self._books.pools, self._books.reaches[mask], strict=True)
        walked = self.level == 0 or any(pool.walks(kind, self.level) for pool, kind in pools)
        return Way(self._gates[mask], cents, numbers, walked)

    def _gates_of(self, pool: Pool) -> "dict[tuple[int, ...], PoolGate]":
        siblings: list[PoolGate] = []
        for kind in pool.paid:
            if kind:
                widest = pool.sources[pool.open_to(kind)[-1]].envelope
                siblings.append(PoolGate(self._books.chart.envelopes[widest].id, pool, kind, siblings))
        return {gate.kind: gate for gate in siblings}

    def _gate(self, key: GateKey, name: str, amount: int) -> Gate:
        if key not in self._kept:
            self._kept[key] = Gate(name, self._lefts.get(key, amount))
        return self._kept[key]

    def _gates_for(self, mask: int) -> Iterable[Gate]:
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
            if limit.per == "applicant":
                whom, touched = candidate.applicant, candidate.applicant in self._books.bounded
            else:
                whom, touched = limit.per, limit.per.removeprefix("group:") in candidate.groups
            if touched:
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
        self.bounded = frozenset(_bounded(data))
        self.lefts: dict[GateKey, int] = {}
        self.pages: list[Page] = []

    @property
    def deepest(self) -> int:
        """How deep priority envelopes nest: so many walks come before the walk of everyone."""
        return max((source.level for pool in self.pools for source in pool.sources), default=0)

    def bookings(self, ranked: Iterable[Candidate], awards: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
        """What each award, best rank first, takes of each envelope: (application, envelope, cents).

        A ceiling counts the award of a member whole, an earmark the part paid from its money or from earmarks
        in it. Within a kind the better ranks are counted on the more specific money.
        """
        ceilings: dict[int, list[tuple[int, str]]] = {}
        rests = [{kind: list(row) for kind, row in pool.paid.items()} for pool in self.pools]
        for one in ranked:
            award = awards.get(one.id)
            if not award:
                continue
            mask = self.chart.mask(one.groups)
            if mask not in ceilings:
                inside = self.chart.members_of(mask)
                ceilings[mask] = [(at, self.chart.envelopes[at].id) for at in inside if not self.chart.earmarked(at)]
            cents = {index: (one.id, name, award) for index, name in ceilings[mask]}
            for pool, rest, kind in zip(self.pools, rests, self.reaches[mask], strict=True):
                for index, part in self._earmarked_parts(pool, rest, kind, award):
                    before = cents[index][2] if index in cents else 0
                    cents[index] = (one.id, self.chart.envelopes[index].id, before + part)
            yield from cents.values() if not self.pools else (cents[index] for index in sorted(cents))

    def turn_page(self, level: int, release: bool = True) -> Page:
        """Begin a walk with what the one before left. The first page is for the fixed awards, from all money."""
        if self.pages:
            self.pages[-1].carry_over()
            for pool in self.pools if release else ():
                pool.next_round(level)
        self.pages.append(Page(self, level))
        return self.pages[-1]

    def _earmarked_parts(
        self, pool: Pool, rest: dict[tuple[int, ...], list[int]], kind: tuple[int, ...], award: int
    ) -> Iterator[tuple[int, int]]:
        """Earmarks with the cents of an award that are paid from their money; counts them off the rest of the kind."""
        for place in kind:
            part = min(award, rest[kind][place])
            rest[kind][place] -= part
            award -= part
            for index in self.chart.ancestry(pool.sources[place].envelope) if part else ():
                if self.chart.earmarked(index):
                    yield index, part


def _bounded(data: AllocationInput) -> Iterator[str]:
    """The applicants a limit per applicant could touch: those who ask for more than it allows."""
    limits = [limit for limit in data.limits if limit.per == "applicant"]
    numbers: dict[str, int] = {}
    cents: dict[str, int] = {}
    for one in data.candidates if limits else ():
        numbers[one.applicant] = numbers.get(one.applicant, 0) + 1
        cents[one.applicant] = cents.get(one.applicant, 0) + one.requested
    most = min((limit.max_awards for limit in limits if limit.max_awards is not None), default=None)
    dearest = min((limit.max_amount for limit in limits if limit.max_amount is not None), default=None)
    for applicant, number in numbers.items():
        if (most is not None and number > most) or (dearest is not None and cents[applicant] > dearest):
            yield applicant
