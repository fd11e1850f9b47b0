"""How a ranking could have fallen out: reviews drawn again, the real rule applied to each draw, the outcomes counted.

Pure: the draws follow from the seed and the reference of each file. Figures to show, never ones that decide.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workflows.calls.terms import Terms
from workflows.permissions import Duty
from workflows.scoring.lots import BITS, lots
from workflows.scoring.rules import Marks, score

Scores = Mapping[str, int]
"""A score in 1/100 point by reference."""

Decide = Callable[[Scores], Collection[str]]
"""The rule of the call: the references it funds, given the scores."""

TAIL = Fraction(1, 20)


@dataclass(frozen=True)
class Chance:
    """In which part of the draws a file is funded; its mean rank, equals sharing theirs; and the ranks between which
    it stands in nine of ten draws."""

    funded: Fraction
    expected_rank: Fraction
    best_rank: Fraction
    worst_rank: Fraction

    @property
    def undecided(self) -> bool:
        """Whether chance decides: funded in more than one of twenty draws, and not in more than nineteen."""
        return TAIL <= self.funded <= 1 - TAIL


def resampled(
    terms: Terms, reviews: Mapping[str, Mapping[Duty, Sequence[Marks]]], seed: str, draws: int
) -> Iterator[Scores]:
    """The scores of so many draws: from the complete reviews of a file, in each duty, as many are drawn again with
    repetition (Efron 1979). Files that have no score are left out.

    With few reviews a file this shows too little chance rather than too much: with three, about four fifths of it.
    """
    columns = {
        reference: _drawn_scores(terms, by_duty, seed, reference, draws)
        for reference, by_duty in sorted(reviews.items())
        if score(terms, by_duty) is not None
    }
    for drawn in zip(*columns.values(), strict=True):
        yield dict(zip(columns, drawn, strict=True))


def chances(worlds: Iterable[Scores], decide: Decide) -> dict[str, Chance]:
    """What becomes of each file over the draws, all of which hold the same files. No draw, no chances."""
    funded: Counter[str] = Counter()
    twice_ranks = defaultdict[str, list[int]](list)
    draws = 0
    for scores in worlds:
        draws += 1
        funded.update(set(decide(scores)))  # a mapping of awards would be counted in cents
        twice_rank = _twice_ranks(scores)
        for reference, points in scores.items():
            twice_ranks[reference].append(twice_rank[points])
    return {
        reference: Chance(
            Fraction(funded[reference], draws), Fraction(sum(ranks), 2 * draws), *_nine_in_ten(sorted(ranks))
        )
        for reference, ranks in twice_ranks.items()
    }  # fmt: skip


def _twice_ranks(scores: Scores) -> dict[int, int]:
    """Twice the rank of each score: one more than those above it, and half of the others equal to it."""
    ranks, above = {}, 0
    for points, equal in sorted(Counter(scores.values()).items(), reverse=True):
        ranks[points] = 2 * above + equal + 1
        above += equal
    return ranks


def _nine_in_ten(twice_ranks: Sequence[int]) -> tuple[Fraction, Fraction]:
    """The middle nine tenths of the ranks, which are in order."""
    cut = len(twice_ranks) // 20
    return Fraction(twice_ranks[cut], 2), Fraction(twice_ranks[-1 - cut], 2)


def _drawn_scores(
    terms: Terms, by_duty: Mapping[Duty, Sequence[Marks]], seed: str, reference: str, draws: int
) -> list[int]:
    given = [(duty, marks) for duty, reviews in sorted(by_duty.items()) for marks in reviews]
    numbers = lots(draws * len(given), seed, reference)
    chosen = []
    for place, (duty, _) in enumerate(given):
        first, size = next(at for at, one in enumerate(given) if one[0] is duty), len(by_duty[duty])
        chosen.append([first + (number * size >> BITS) for number in numbers[place :: len(given)]])
    known: dict[tuple[int, ...], int] = {}
    scores = []
    for places in zip(*chosen, strict=True):
        if places not in known:
            chosen_reviews = tuple(sorted(places))
            if chosen_reviews not in known:
                known[chosen_reviews] = _score_of(terms, [given[place] for place in chosen_reviews])
            known[places] = known[chosen_reviews]
        scores.append(known[places])
    return scores


def _score_of(terms: Terms, given: Sequence[tuple[Duty, Marks]]) -> int:
    by_duty: dict[Duty, list[Marks]] = {}
    for duty, marks in given:
        by_duty.setdefault(duty, []).append(marks)
    found = score(terms, by_duty)
    assert found is not None  # the same criteria are marked as in the reviews themselves
    return found
