"""By how much an envelope must grow for the rule to reach an application it refused.

Not what was missing at its turn: new money goes down the ranking too, and a better ranked application that
was passed over takes it first. The amount is found by walking again with the envelope wide open. What was
booked on it before the turn of the application, and what that one needs, is what the envelope must hold;
under stop also what anybody needed whom another envelope refused before, or that one would close this
envelope too. As long as it holds that, every walk down to there is the same, so with the amount found and
with any larger one the application is funded, and with a cent less the walk is short at the application
itself or before. (Under skip a smaller growth may fund it by luck, when the money happens not to suffice for
those before it: no promise can be made of that.)

Envelopes of money set apart (a pot) grow together with what encloses them; elsewhere nothing else changes.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflows.allocation.books import Page
from workflows.allocation.envelopes import Chart
from workflows.allocation.gates import Gate, PoolGate, Way
from workflows.allocation.model import PRO_RATA, AllocationInput, Candidate
from workflows.allocation.walk import Run, decide

WALKS_UP_TO = 200_000  # applications times envelopes that refused somebody: beyond, calls with earmarks get no amount
RERUNS_UP_TO = 10_000  # applications times refusals, each of which is walked again where pools cross

Line = tuple[str, int, int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def growths(run: Run) -> dict[str, int]:
    """Cents by which the envelope that refused an application must grow, by the application's id.

    Only where money was the cause, and where the growth of that envelope alone would do.
    """
    wanted: dict[str, set[str]] = {}
    for id, turn in run.turns.items():
        if turn.gate is not None and turn.cause in ("envelope-short", "envelope-closed") and id not in run.awards:
            wanted.setdefault(turn.gate, set()).add(id)
    if run.data.rule == PRO_RATA or not wanted:
        return {}
    if not run.books.pools:
        return _without_earmarks(run, wanted)
    if run.books.chart.withheld or len(run.order.ranked) * len(wanted) > WALKS_UP_TO:
        return {}
    found: dict[str, int] = {}
    for name, ids in wanted.items():
        found |= _with_earmarks(run, name, ids)
    return found


def _without_earmarks(run: Run, wanted: Mapping[str, set[str]]) -> dict[str, int]:
    """One lean walk per envelope, over plain numbers, from where it was first short to the last it refused."""
    page, stop, partial = run.books.pages[-1], run.data.rule.endswith("stop"), "partial" in run.data.rule
    short = {gate: gate.short_from for gate in page.ceilings() if gate.name in wanted and gate.short_from is not None}
    begin = 0 if partial else min(short.values())  # a partial award is cut before anybody is refused
    entrants = [(position, one) for position, one in run.entrants if position >= begin]
    gates: dict[Gate, int] = {}
    lines = _lines(page, [one for _, one in entrants], gates, partial)
    positions = [position for position, _ in entrants]
    places = {line[0]: at for at, line in enumerate(lines)}
    wide = sum([one.requested for one in run.data.candidates])
    found: dict[str, int] = {}
    for gate, first in short.items():
        first = 0 if partial else first
        lefts = [_room_at(other, first) for other in gates]
        lefts[gates[gate]] += wide
        lean = _Lean(lefts, gates[gate], wide, wanted[gate.name], stop, found)
        lean.walk(lines[bisect_left(positions, first) : 1 + max([places[id] for id in wanted[gate.name]])])
    return found


def _lines(page: Page, entrants: list[Candidate], gates: dict[Gate, int], partial: bool) -> list[Line]:
    """The applications as the lean walk needs them: id, request, least award, envelopes and limits as numbers."""
    numbered: dict[Way, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = {}
    lines = []
    for one in entrants:
        way = page.way(one)
        known = numbered.get(way)
        if known is None:
            known = numbered[way] = (
                _numbers(gates, way.gates), _numbers(gates, way.cents), _numbers(gates, way.numbers),
            )  # fmt: skip
        lines.append((one.id, one.requested, max(1, one.minimum) if partial else one.requested, *known))
    return lines


def _numbers(gates: dict[Gate, int], some: tuple[Gate, ...]) -> tuple[int, ...]:
    return tuple([gates.setdefault(gate, len(gates)) for gate in some])


def _room_at(gate: Gate, position: int) -> int:
    """The room of a gate when the ranking came to a position."""
    if gate.positions[-1] < position:
        return gate.room
    return -gate.rooms[bisect_left(gate.positions, position) - 1]


@dataclass
class _Lean:
    """A walk with `wide` cents more in the envelope `own`, that finds how many of them those in `ids` need.

    `held`: the cents of them without which somebody another envelope refused would have closed this one too.
    """

    lefts: list[int]
    own: int
    wide: int
    ids: set[str]
    stop: bool
    found: dict[str, int]
    held: int = 0

    def walk(self, lines: list[Line]) -> None:
        """Pay whoever fits, as `walk.py` does."""
        lefts = self.lefts
        for id, requested, least, envelopes, cents, numbers in lines:
            if cents and min([lefts[at] for at in cents]) < least:
                continue
            if numbers and min([lefts[at] for at in numbers]) < 1:
                continue
            for at in envelopes:
                if lefts[at] < least:
                    if self.stop:
                        self._close(envelopes, least)
                    break
            else:
                if not envelopes:
                    continue
                if id in self.ids:
                    self.found[id] = max(self.held, self.wide + least - lefts[self.own])
                award = requested
                if least < requested:
                    award = min([requested, *[lefts[at] for at in envelopes], *[lefts[at] for at in cents]])
                for at in envelopes:
                    lefts[at] -= award
                for at in cents:
                    lefts[at] -= award
                for at in numbers:
                    lefts[at] -= 1

    def _close(self, envelopes: tuple[int, ...], least: int) -> None:
        for at in envelopes:
            if at == self.own:
                self.held = max(self.held, self.wide + least - self.lefts[at])
            elif self.lefts[at] < least:
                self.lefts[at] = 0


def _with_earmarks(run: Run, name: str, ids: set[str]) -> dict[str, int]:
    """One whole walk with the envelope wide open."""
    data, books, stop = run.data, run.books, run.data.rule.endswith("stop")
    wide = sum(one.requested for one in data.candidates)
    names = _grown_together(books.chart, name)
    grown = _grown(data, names, wide)
    if not _alike(books.chart, Chart(grown.envelopes, [one.groups for one in data.candidates]), names, wide):
        return {}
    found: dict[str, int] = {}

    held = 0

    def watch(one: Candidate, least: int, way: Way, paid: bool) -> None:
        nonlocal held
        for gate in _widened(way, name, names):
            if paid and one.id in ids:
                needed = wide - min(gate.room - least, gate.own_money())
                found[one.id] = max(found.get(one.id, held), needed)
            elif not paid and stop:
                held = max(held, wide - (gate.room - least))

    decide(grown, watch)
    if any(pool.crossing for pool in books.pools):
        few = len(run.order.ranked) * len(ids) <= RERUNS_UP_TO
        return {id: cents for id, cents in found.items() if few and _reaches(data, names, id, cents)}
    return found


def _grown_together(chart: Chart, name: str) -> frozenset[str]:
    """The envelope, and where its money is set apart what encloses it."""
    index = next(at for at, envelope in enumerate(chart.envelopes) if envelope.id == name)
    return frozenset(chart.envelopes[at].id for at in chart.ancestry(index))


def _grown(data: AllocationInput, names: frozenset[str], cents: int) -> AllocationInput:
    envelopes = (replace(one, amount=one.amount + cents) if one.id in names else one for one in data.envelopes)
    return replace(data, envelopes=tuple(envelopes))


def _alike(chart: Chart, grown: Chart, names: frozenset[str], wide: int) -> bool:
    """Whether the envelopes lie in one another as before, each with the money it promises."""
    more = [wide if envelope.id in names else 0 for envelope in chart.envelopes]
    amounts = [amount + cents for amount, cents in zip(chart.amounts, more, strict=True)]
    return (chart.parents, amounts) == (grown.parents, grown.amounts)


def _widened(way: Way, name: str, names: frozenset[str]) -> list[Gate]:
    """The gates of an application that have more room for it: of a pool, where its own money did grow."""
    return [gate for gate in way.gates if gate.name in ({name} if isinstance(gate, PoolGate) else names)]


def _reaches(data: AllocationInput, names: frozenset[str], id: str, cents: int) -> bool:
    return id in decide(_grown(data, names, cents)).awards
