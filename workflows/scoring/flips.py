"""Which decisions would be others if the criteria weighed a little more or less. Pure, exact; never what decides."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from workflows.calls.terms import Criterion
from workflows.scoring.chances import Decide, Scores
from workflows.scoring.lots import BITS, lots
from workflows.scoring.rules import FULL_SCORE, round_half_up, weighted_score

WITHIN = Fraction(1, 5)
"""Weights 20 % lower to 20 % higher."""

STEPS = 40
"""Where the rule looks at more than the ranking, so many steps are tried over that range."""

Means = Mapping[str, Mapping[str, Fraction | None]]
"""By reference, the exact mean mark on each criterion as `rules.mean_mark` makes it; only files that have a score."""


@dataclass(frozen=True)
class Flip:
    """A range of one weight, as a multiple of the weight of the call, over which the decision is another one.

    `gains` and `loses` are the files funded there and not by the call, and the other way round. `exact`: the ends
    are where it changes (at the end itself either may hold); else the first and last step tried.
    """

    criterion: str
    low: Fraction
    high: Fraction
    gains: frozenset[str]
    loses: frozenset[str]
    exact: bool


def flips(
    criteria: Sequence[Criterion],
    means: Means,
    decide: Decide,
    *,
    pass_mark: int,
    by_rank: bool = True,
    within: Fraction = WITHIN,
) -> tuple[Flip, ...]:
    """Every change of the decision as one weight moves and the others stay, criterion by criterion.

    `by_rank`: the rule looks at the order of the scores, who is equal, and who reaches `pass_mark` in 1/100 point, at
    nothing else. Then every weight is covered: a score, rounded as it is printed, changes only at roots of linear
    functions, and the rule is applied again wherever the order changes. Otherwise `STEPS` weights are tried.
    """
    decide = _once_per_order(decide, pass_mark) if by_rank else decide
    normal = frozenset(decide(_scores(criteria, means, {})))
    found: list[Flip] = []
    for criterion in criteria:
        sweep = _Sweep(criteria, means, decide, criterion, pass_mark)
        pieces = sweep.pieces(1 - within, 1 + within) if by_rank else sweep.steps(1 - within, 1 + within)
        for funded, run in groupby(pieces, key=lambda piece: piece[2]):
            whole = list(run)
            if funded != normal:
                gains, loses = funded - normal, normal - funded
                found.append(Flip(criterion.id, whole[0][0], whole[-1][1], gains, loses, by_rank))
    return tuple(found)


def shaken(
    criteria: Sequence[Criterion], means: Means, decide: Decide, seed: str, draws: int, *, within: Fraction = WITHIN
) -> dict[str, Fraction]:
    """In which part of the draws each file's decision is another one, all weights moving at once, each by itself."""
    normal = frozenset(decide(_scores(criteria, means, {})))
    changed: Counter[str] = Counter()
    moved = {criterion.id: lots(draws, seed, criterion.id) for criterion in criteria}
    for draw in range(draws):
        steps = {key: Fraction(2 * (numbers[draw] >> BITS - 10), 1023) for key, numbers in moved.items()}
        factors = {key: 1 + within * (step - 1) for key, step in steps.items()}
        changed.update(normal ^ frozenset(decide(_scores(criteria, means, factors))))
    return {reference: Fraction(changed[reference], draws) for reference in sorted(means)}


def _once_per_order(decide: Decide, pass_mark: int) -> Decide:
    """The rule, applied once to scores in the same order with the same ones at the pass mark: most orders come back."""
    known: dict[tuple[int, ...], Collection[str]] = {}

    def decided(scores: Scores) -> Collection[str]:
        places = {points: place for place, points in enumerate(sorted(set(scores.values())))}
        order = (sum(points < pass_mark for points in places), *(places[points] for points in scores.values()))
        if order not in known:
            known[order] = decide(scores)
        return known[order]

    return decided


def _scores(criteria: Sequence[Criterion], means: Means, factors: Mapping[str, Fraction]) -> Scores:
    weights = {one.id: one.weight * factors.get(one.id, Fraction(1)) for one in criteria}
    found = {}
    for reference, row in means.items():
        points = weighted_score(criteria, row, weights)
        assert points is not None  # only files that have a score are given
        found[reference] = points
    return found


class _Sweep:
    """One weight on its way from low to high, as a multiple of what it is in the call."""

    def __init__(
        self, criteria: Sequence[Criterion], means: Means, decide: Decide, moving: Criterion, pass_mark: int
    ) -> None:
        self._criteria, self._means, self._decide, self._moving = criteria, means, decide, moving
        self._pass_mark = pass_mark

    def steps(self, low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, Fraction, frozenset[str]]]:
        """The decision at evenly spaced weights."""
        for step in range(STEPS + 1):
            factor = low + (high - low) * step / STEPS
            scores = _scores(self._criteria, self._means, {self._moving.id: factor})
            yield factor, factor, frozenset(self._decide(scores))

    def pieces(self, low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, Fraction, frozenset[str]]]:
        """The decision between each two weights at which the order changes."""
        scores: dict[str, int] = {}
        turns: dict[Fraction, list[tuple[str, int]]] = defaultdict(list)
        for reference in self._means:
            scores[reference], step, factors = self._course(reference, low, high)
            for factor in factors:
                turns[factor].append((reference, step))
        standing = Counter(scores.values())
        funded, since = frozenset(self._decide(dict(scores))), low
        for factor in sorted(turns):
            if self._reordered(scores, standing, turns[factor]):
                yield since, factor, funded
                funded, since = frozenset(self._decide(dict(scores))), factor
        yield since, high, funded

    def _reordered(self, scores: dict[str, int], standing: Counter[int], turns: Sequence[tuple[str, int]]) -> bool:
        """Move each score by its step; whether anybody's place among the others or at the pass mark changes by it."""
        reordered = False
        for reference, step in turns:
            old, new = scores[reference], scores[reference] + step
            reordered |= standing[old] > 1 or standing[new] > 0
            reordered |= (old >= self._pass_mark) != (new >= self._pass_mark)
            standing[old] -= 1
            standing[new] += 1
            scores[reference] = new
        return reordered

    def _course(self, reference: str, low: Fraction, high: Fraction) -> tuple[int, int, list[Fraction]]:
        """The score just above `low`, its step up or down, and the factors below `high` at which it takes one.

        The score before rounding is (a + b x) / (c + d x): it only rises or only falls, and meets one half between two
        hundredths where a linear function is 0.
        """
        row, moving = self._means[reference], self._moving
        others = [one for one in self._criteria if one is not moving]
        a = FULL_SCORE * sum((one.weight * (row[one.id] or 0) for one in others), Fraction(0))
        b = FULL_SCORE * moving.weight * (row[moving.id] or Fraction(0))
        c, d = sum(one.weight * one.points for one in others), moving.weight * moving.points
        first, last = ((a + b * factor) / (c + d * factor) for factor in (low, high))
        half = Fraction(1, 2)
        if last >= first:
            start, step = round_half_up(first), 1
            halves = [points + half for points in range(start, round_half_up(last))]
        else:
            start, step = -round_half_up(-first), -1  # one half goes down: just above `low` it is passed
            halves = [points - half for points in range(start, -round_half_up(-last), -1)]
        factors = [(at * c - a) / (b - at * d) for at in halves]
        return start, step, [factor for factor in factors if factor < high]
