"""An optimum as whole numbers: who competes, for what value, within which bounds.

The formulation is that of allocation.md, section 1. Money that is set apart is a flow from sources to kinds of
applications, of which only the sums per kind matter: an application is as cheap as the cheapest source that may pay
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.allocation.books import Books, Page
from workflows.allocation.envelopes import Reach
from workflows.allocation.gates import Gate, PoolGate
from workflows.allocation.model import AllocationInput, Candidate, Limit
from workflows.allocation.ranking import Order

Name = tuple[str, str, str]  # how the certificate calls a bound: its sort, an id, and of whom


@dataclass(frozen=True, slots=True)
class Worth:
    """What an application adds to the objective: so much per award, and so much per cent awarded."""

    award: int
    cent: int

    def of(self, cents: int) -> int:
        return self.award + self.cent * cents


def worth(rule: str, one: Candidate) -> Worth:
    """The objective of an optimum rule: Σ score, Σ score·award, the number of awards, or the sum of them."""
    return {
        "optimum-points": Worth(one.score, 0),
        "optimum-point-euros": Worth(0, one.score),
        "optimum-projects": Worth(1, 0),
        "optimum-spent": Worth(0, 1),
    }[rule]


@dataclass(frozen=True, slots=True)
class Item:
    """Somebody who competes: cents from `low` to `high`, or nothing; `kept`: it has an award already, this is more.

    `rows` bound it in cents, `numbers` in awards, `floors` want it; `kinds` are those it is paid as.
    """

    one: Candidate
    low: int
    high: int
    worth: Worth
    rows: tuple[int, ...]
    numbers: tuple[int, ...]
    floors: tuple[int, ...]
    kinds: tuple[int, ...]
    kept: bool

    @property
    def whole(self) -> bool:
        """Whether its award is all or nothing."""
        return self.low == self.high


@dataclass(frozen=True)
class Bound:
    """At most `left` cents, or awards."""

    name: Name
    left: int


@dataclass
class Floor:
    """At least so many more awards, or what is missed is counted."""

    name: Name
    missing: int


@dataclass(frozen=True)
class Kind:
    """Those of one pool who may be paid from the same sources: `reach` in the pool, `sources` in the programme.

    `paid` cents were paid to them before.
    """

    pool: int
    reach: Reach
    sources: tuple[int, ...]
    paid: int


@dataclass
class Programme:
    """One stage of an optimum. `chains`: items of a group whose rank order is kept, best first."""

    items: list[Item] = field(default_factory=list)
    rows: list[Bound] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    sources: list[Bound] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)


def programme(data: AllocationInput, order: Order, books: Books, page: Page, awards: Mapping[str, int]) -> Programme:
    """The stage in which the applications walk that `page` walks, after what `awards` says was given before.

    Items stand in the order of their ids: the same for every order of the input.
    """
    return _Builder(data, order, books, page, awards).build()


class _Builder:
    """Numbers the bounds as the items that are under them come by."""

    def __init__(
        self, data: AllocationInput, order: Order, books: Books, page: Page, awards: Mapping[str, int]
    ) -> None:
        self.data, self.order, self.books, self.page, self.awards = data, order, books, page, awards
        self.found = Programme()
        self.rows: dict[Gate, int] = {}
        self.kinds: dict[tuple[int, Reach], int] = {}
        self.floors: dict[tuple[str, str], int] = {}

    def build(self) -> Programme:
        fixed = self.data.fixed()
        self._money_set_apart()
        if self.page.level == 0:
            self._floors()
        for one in sorted(self.data.candidates, key=lambda one: one.id):
            have = self.awards.get(one.id, 0)
            way = self.page.way(one)
            competes = one.score >= self.data.pass_mark and one.id not in fixed and one.requested > have
            if competes and way.gates and way.walked and (have or self._fits_alone(one)):
                self._item(one, have)
        self._chains()
        names = self.page.names()
        self.found.rows = [Bound(names[gate], gate.left) for gate in self.rows]
        return self.found

    def _money_set_apart(self) -> None:
        """The sources of every pool with all their money, and what was paid from them before.

        That may be paid anew from another source that is open in this stage; what was paid from one that is not, stays.
        """
        for at, pool in enumerate(self.books.pools):
            first = len(self.found.sources)
            lefts = [source.cap for source in pool.sources]
            for kind, paid in pool.paid.items():
                reach = pool.open_to(kind)
                for place in set(kind) - set(reach):
                    lefts[place] -= paid[place]
                sources = tuple(first + place for place in reach)
                if any(paid[place] for place in reach):
                    self.found.kinds.append(Kind(at, kind, sources, sum(paid[place] for place in reach)))
                self.kinds[at, kind] = len(self.found.kinds)
                self.found.kinds.append(Kind(at, kind, sources, 0))
            for source, left in zip(pool.sources, lefts, strict=True):
                name = self.books.chart.envelopes[source.envelope].id
                self.found.sources.append(Bound(("money", name, ""), left))

    def _item(self, one: Candidate, have: int) -> None:
        way = self.page.way(one)
        reaches = self.books.reaches[self.books.chart.mask(one.groups)]
        value = worth(self.data.rule, one)
        item = Item(
            one=one,
            low=0 if have else max(1, one.minimum),
            high=one.requested - have,
            worth=Worth(0, value.cent) if have else value,
            rows=self._numbered([gate for gate in way.money if not isinstance(gate, PoolGate)]),
            numbers=() if have else self._numbered(way.numbers),
            floors=() if have else tuple(self._floors_of(one)),
            kinds=tuple(self.kinds[at, kind] for at, kind in enumerate(reaches) if kind),
            kept=bool(have),
        )
        self.found.items.append(item)

    def _fits_alone(self, one: Candidate) -> bool:
        """Whether an application could be funded at all; who keeps a group in order stays, so that nobody passes it."""
        way, least = self.page.way(one), max(1, one.minimum)
        if not one.groups.isdisjoint(self.data.ranked_within):
            return True
        return min(gate.room for gate in way.money) >= least and all(gate.room >= 1 for gate in way.numbers)

    def _numbered(self, gates: list[Gate] | tuple[Gate, ...]) -> tuple[int, ...]:
        return tuple([self.rows.setdefault(gate, len(self.rows)) for gate in gates])

    def _floors(self) -> None:
        for limit in sorted(self.data.limits, key=lambda limit: limit.id):
            for one in self.data.candidates if limit.min_awards else ():
                whom = _whom(limit, one)
                if whom is not None:
                    at = self.floors.setdefault((limit.id, whom), len(self.floors))
                    if at == len(self.found.floors):
                        self.found.floors.append(Floor(("least", limit.id, whom), limit.min_awards or 0))
                    self.found.floors[at].missing -= one.id in self.awards

    def _floors_of(self, one: Candidate) -> list[int]:
        whoms = [(limit.id, _whom(limit, one)) for limit in self.data.limits if limit.min_awards]
        return sorted(self.floors[id, whom] for id, whom in whoms if whom is not None and (id, whom) in self.floors)

    def _chains(self) -> None:
        places = {one.id: place for place, one in enumerate(self.order.ranked)} if self.data.ranked_within else {}
        for group in sorted(self.data.ranked_within):
            inside = [at for at, item in enumerate(self.found.items) if group in item.one.groups and not item.kept]
            self.found.chains.append(sorted(inside, key=lambda at: places[self.found.items[at].one.id]))


def _whom(limit: Limit, one: Candidate) -> str | None:
    """Whose count of a limit the application adds to; None where the limit does not concern it."""
    if limit.per == "applicant":
        return one.applicant
    return limit.per if limit.per.removeprefix("group:") in one.groups else None
