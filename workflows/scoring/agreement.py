"""How far jurors agree beyond chance: Krippendorff's alpha, exact. Pure; a figure to show, never one that decides."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, combinations


class Level(StrEnum):
    """What the distance between two marks means."""

    NOMINAL = "nominal"  # the same or not
    ORDINAL = "ordinal"  # how many marks lie between, such as between classes
    INTERVAL = "interval"  # how many points


Values = Sequence[int | Fraction]


def alpha(files: Iterable[Values], level: Level = Level.INTERVAL) -> Fraction | None:
    """Krippendorff's alpha of the marks each file got: 1 is full agreement, 0 what chance would give, less is worse.

    Files with one mark say nothing and are left out. None where no file has two marks, or all marks are the same, so
    that there is nothing to agree about. Krippendorff, Content Analysis (2004), chapter 11; the same, Computing
    Krippendorff's Alpha-Reliability (2011).
    """
    pairable = [values for values in files if len(values) > 1]
    marks: Counter[int | Fraction] = Counter(value for values in pairable for value in values)
    distance = _distances(marks, level)
    observed = sum(
        (
            Fraction(sum(distance[min(pair), max(pair)] for pair in combinations(values, 2)), len(values) - 1)
            for values in pairable
        ),
        Fraction(0),
    )
    expected = sum(marks[one] * marks[other] * distance[one, other] for one, other in combinations(sorted(marks), 2))
    if not expected:
        return None
    return 1 - (marks.total() - 1) * observed / expected


def _distances(marks: Counter[int | Fraction], level: Level) -> dict[tuple[int | Fraction, int | Fraction], Fraction]:
    """The squared distance between each two marks, the lower one first."""
    scale = sorted(marks)
    below = dict(zip(scale, accumulate((marks[value] for value in scale), initial=0), strict=False))
    distance = {(value, value): Fraction(0) for value in scale}
    for one, other in combinations(scale, 2):
        match level:
            case Level.NOMINAL:
                distance[one, other] = Fraction(1)
            case Level.ORDINAL:
                middle = below[other] + Fraction(marks[other], 2) - below[one] - Fraction(marks[one], 2)
                distance[one, other] = middle**2
            case Level.INTERVAL:
                distance[one, other] = Fraction(other - one) ** 2
    return distance
