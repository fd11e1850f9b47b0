"""Why an application got nothing, and what would have changed it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from workflows.allocation.books import Page
from workflows.allocation.gates import BEFORE_ALL, Gate
from workflows.allocation.growth import growths
from workflows.allocation.model import PRO_RATA, Candidate, Refusal
from workflows.allocation.walk import Run, decide

RERUNS_UP_TO = 10_000  # applications times kinds of earmarked membership; see _confirmed


def explain(run: Run) -> tuple[Refusal, ...]:
    """One refusal per application without an award, in rank order, each with its first cause."""
    fixed, turns, data, order = run.data.fixed(), run.turns, run.data, run.order
    pages = run.books.pages[1:]
    grown = growths(run)
    refusals = []
    for one in order.ranked:
        if run.awards.get(one.id):
            continue
        if one.id in fixed:
            refusals.append(Refusal(one.id, "override"))
            continue
        turn = turns.get(one.id)
        anchor = _stand_before(pages, one, data.rule)
        hopeless = anchor == BEFORE_ALL or (run.sharing is not None and not _shares(run, one))
        score = None if hopeless else order.score_above(one, anchor)
        if turn is None:
            refusals.append(Refusal(one.id, "below-pass-mark", score_needed=score))
        else:
            refusals.append(
                Refusal(
                    one.id, turn.cause, turn.gate, turn.short_by, turn.blocked_by, score, turn.fitting,
                    grown.get(one.id),
                )
            )  # fmt: skip
    work = len(order.ranked) * sum(len(pool.paid) for pool in run.books.pools)
    if data.rule.endswith("stop") and run.books.deepest and work <= RERUNS_UP_TO:
        by_id = {one.id: one for one in order.ranked}
        return tuple(_confirmed(run, by_id[refusal.id], refusal) for refusal in refusals)
    return tuple(refusals)


def _shares(run: Run, one: Candidate) -> bool:
    """Whether pro rata would certainly give the application a cent, did it stand higher."""
    turn = run.turns.get(one.id)
    return (turn is None or turn.cause == "limit") and run.sharing is not None and run.sharing.certain(one)


def _stand_before(pages: Sequence[Page], one: Candidate, rule: str) -> int | None:
    """The place in the ranking the application must stand before to be funded: BEFORE_ALL never, None
    anywhere.

    Exact without a re-run: whoever stands above it does not depend on it, and no room grows down the list, so
    the lowest place at which every gate still had room is where its own histories first fall short of what it
    needs. An application on the list of a priority envelope has one chance per walk, and the better one
    counts.
    """
    least = max(1, one.minimum) if "partial" in rule else one.requested
    best = BEFORE_ALL
    for page in pages:
        way = page.way(one)
        if not way.gates or not way.walked:
            continue
        lowest = _last_place((), way.numbers, 1) if rule == PRO_RATA else _last_place(way.money, way.numbers, least)
        if lowest is None:
            return None
        best = max(best, lowest)
    return best


def _last_place(money: Sequence[Gate], numbers: Sequence[Gate], cents: int) -> int | None:
    """The position an application must stand before to find so many cents, and an award: BEFORE_ALL never, None
    anywhere."""
    lowest: int | None = None
    for gates, amount in ((money, cents), (numbers, 1)):
        for gate in gates:
            change = bisect_right(gate.rooms, -amount)
            if change < len(gate.rooms) and (lowest is None or gate.positions[change] < lowest):
                lowest = gate.positions[change]
    return lowest


def _confirmed(run: Run, one: Candidate, refusal: Refusal) -> Refusal:
    """The refusal with the smallest score found by deciding again.

    Only needed where stop meets priority money: standing higher an application may close its list earlier, so
    that more is released for it to compete for. The score its history shows is then sufficient but may not be
    smallest.
    """
    ways = [page.way(one) for page in run.books.pages[1:] if page.level]
    lists = [way for way in ways if way.walked]
    if refusal.cause == "override" or not lists:
        return refusal
    known = refusal.score_needed
    lowest = max(run.data.pass_mark, one.score + 1)
    closings = [way.closed_at() for way in lists]
    if None not in closings:  # standing below all of them it closes nothing, and its history is exact
        lowest = max(lowest, min(run.order.ranked[place].score for place in closings if place is not None))
    steps = {lowest} | run.order.steps()
    scores = sorted(score for score in steps if score >= lowest and (known is None or score < known))
    if not scores or not _funded_with(run, one, scores[-1]):
        return refusal
    place = bisect_left(scores, True, key=lambda score: _funded_with(run, one, score))
    return replace(refusal, score_needed=scores[place])


def _funded_with(run: Run, one: Candidate, score: int) -> bool:
    risen = tuple(replace(other, score=score) if other is one else other for other in run.data.candidates)
    return one.id in decide(replace(run.data, candidates=risen)).awards
