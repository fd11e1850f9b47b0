"""How much of the marks is the files, how much the jurors, how much chance; and how far a ranking can be trusted.

Pure, exact; figures to show, never ones that decide.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from workflows.scoring.severity import Review, severity


@dataclass(frozen=True)
class Components:
    """What the variance of a single review is made of, in the square of the unit of the reviews."""

    files: Fraction
    jurors: Fraction
    rest: Fraction

    def reliability(self, reviews: int = 1) -> Fraction | None:
        """The part of the variance of a mean of so many reviews that is the files' own, from 0 to 1: the intraclass
        correlation ICC(2, k) of Shrout and Fleiss (1979). None where nothing varies."""
        return _share(self.files, (self.jurors + self.rest) / reviews)

    def reliability_levelled(self, reviews: int = 1) -> Fraction | None:
        """The same where the severity of the jurors is removed: their ICC(3, k)."""
        return _share(self.files, self.rest / reviews)


def components(reviews: Sequence[Review]) -> Components | None:
    """The components of variance by Henderson's method 3 (Biometrics 9, 1953): unbiased, and equal to the analysis of
    variance where every juror judged every file. One that comes out below 0 is 0.

    None where there are too few reviews to tell the three apart.
    """
    model = severity(reviews)
    files, jurors, groups, count = len(model.level), len(model.lenient), len(model.groups), len(reviews)
    free = count - files - jurors + groups
    if free <= 0:
        return None
    rest = model.residual / free
    explained = sum((review.value**2 for review in reviews), Fraction(0)) - model.residual
    by_juror = _explained_by([(review.person_id, review.value) for review in reviews])
    by_file = _explained_by([(review.reference, review.value) for review in reviews])
    return Components(
        files=max(Fraction(0), (explained - by_juror - rest * (files - groups)) / (count - jurors)),
        jurors=max(Fraction(0), (explained - by_file - rest * (jurors - groups)) / (count - files)),
        rest=rest,
    )


def _explained_by(values: Sequence[tuple[int | str, Fraction]]) -> Fraction:
    """The sum of squares that the means by key account for."""
    by_key = defaultdict[int | str, list[Fraction]](list)
    for key, value in values:
        by_key[key].append(value)
    return sum((sum(group, Fraction(0)) ** 2 / len(group) for group in by_key.values()), Fraction(0))


def _share(part: Fraction, other: Fraction) -> Fraction | None:
    return part / (part + other) if part + other else None
