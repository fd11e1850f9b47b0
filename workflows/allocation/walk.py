"""Walking down the ranking, paying whoever fits, and keeping what each who did not fit met at its turn."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from workflows.allocation.books import Books, Page
from workflows.allocation.gates import BEFORE_ALL, Gate, Way
from workflows.allocation.model import PRO_RATA, AllocationInput, Candidate, FixedAwardsTooLarge
from workflows.allocation.prorata import Sharing, release_surplus
from workflows.allocation.ranking import Order
from workflows.allocation.turns import Turn

Watch = Callable[[Candidate, int, Way, bool], None]


@dataclass
class Run:
    """One allocation under way."""

    data: AllocationInput
    order: Order
    books: Books
    awards: dict[str, int] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    passed_by: list[tuple[str, int]] = field(default_factory=list)
    sharing: Sharing | None = None

    def __post_init__(self) -> None:
        """Those who compete, with their place in the ranking: at or above the pass mark and not fixed."""
        fixed, pass_mark = self.data.fixed(), self.data.pass_mark
        self.entrants = [
            (place, one)
            for place, one in enumerate(self.order.ranked)
            if one.score >= pass_mark and one.id not in fixed
        ]


def decide(data: AllocationInput, watch: Watch | None = None) -> Run:
    """The awards under a rank rule or pro rata. `watch` is told of each application the walk of everyone pays or
    refuses for want of money: what it needs at least in cents, its way, and which, before anything changes.

    Raises FixedAwardsTooLarge.
    """
    run = Run(data, Order(data), Books(data))
    pay_fixed(run)
    if data.rule == PRO_RATA:
        release_surplus(run.books, run.entrants)
        run.sharing = Sharing(run.books, run.books.turn_page(0, release=False))
        run.awards.update(run.sharing.shares(run.entrants, run.turns))
    else:
        for level in range(run.books.deepest, -1, -1):
            _walk(run, run.books.turn_page(level), watch if level == 0 else None)
    return run


def pay_fixed(run: Run) -> None:
    """Book what was notified earlier or decided by a person, before anybody competes."""
    page, fixed = run.books.turn_page(0), run.data.fixed()
    for one in run.order.ranked if fixed else ():
        award = fixed.get(one.id, 0)
        if award:
            way = page.way(one)
            for gate in way.money:
                gate.release(award)
                if gate.room < award:
                    raise FixedAwardsTooLarge(one.id, gate.name, award - gate.room)
            for gate in way.numbers:
                if gate.room < 1:
                    raise FixedAwardsTooLarge(one.id, gate.name, 1)
            if not way.gates:
                raise FixedAwardsTooLarge(one.id, None, award)
            book(award, BEFORE_ALL, way.money, way.numbers)
            run.awards[one.id] = award


def book(award: int, position: int, cents: tuple[Gate, ...], numbers: tuple[Gate, ...]) -> int | None:
    """Book an award at every gate; the best rank it overtakes."""
    passed = None
    for gate in cents:
        rank = gate.take(award, position)
        if rank is not None and (passed is None or rank < passed):
            passed = rank
    for gate in numbers:
        gate.take(1, position)
    return passed


def _walk(run: Run, page: Page, watch: Watch | None) -> None:
    """Go down the ranking once, paying whoever fits.

    A refusal by a limit closes nothing: that applicant was not in the running for the money.
    """
    whole, stop = "partial" not in run.data.rule, run.data.rule.endswith("stop")
    awards, way_of = run.awards, page.way
    for position, one in run.entrants:
        have = awards.get(one.id, 0)
        wanted = one.requested - have
        way = way_of(one)
        if not wanted or not way.walked:
            continue
        least = wanted if whole else 1 if have else max(1, one.minimum)
        room = _room(way.gates)
        if way.limited:
            capped = _within_limits(way, wanted, 0 if have else 1)
            if capped < least:
                _note(run, one, Turn.limited(way.cents, way.numbers, least, room))
                continue
            wanted = capped
        if watch is not None:
            watch(one, least, way, room >= least)
        if room >= least:
            award = min(wanted, room)
            passed = book(award, position, way.money, () if have else way.numbers)
            awards[one.id] = have + award
            if passed is not None:
                run.passed_by.append((one.id, passed))
        elif not have:
            short = [gate for gate in way.gates if gate.room < least]
            _note(run, one, Turn.short(short, least, min(wanted, room)))
            for gate in short:
                if stop:
                    gate.close(one.id, position)
                elif gate.short_from is None:
                    gate.pass_over(position)


def _room(gates: tuple[Gate, ...]) -> int:
    """The largest award in cents all envelopes still have room for; none where no envelope is for it."""
    if not gates:
        return 0
    room = gates[0].room
    for gate in gates:
        if gate.room < room:
            room = gate.room
    return room


def _within_limits(way: Way, wanted: int, awards: int) -> int:
    """As much of `wanted` cents as the limits allow, none where so many `awards` more are too many."""
    if any(gate.room < awards for gate in way.numbers):
        return 0
    return min([wanted, *(gate.room for gate in way.cents)])


def _note(run: Run, one: Candidate, turn: Turn) -> None:
    """Keep the last refusal, with the largest award that would have fitted at any of its turns."""
    earlier = run.turns.get(one.id)
    if earlier is not None:
        turn = replace(turn, fitting=max(turn.fitting, earlier.fitting))
    run.turns[one.id] = turn
