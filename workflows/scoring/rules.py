"""From marks to a score. Pure, exact integers and fractions."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from workflows.calls.terms import Criterion, Terms
from workflows.permissions import Duty
from workflows.problems import Problem

Marks = Mapping[str, int]
"""Whole points by criterion id."""

FULL_SCORE = 10_000
"""100 points in 1/100 point."""


class Advice(StrEnum):
    """What a technical opinion concludes."""

    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"


def check_marks(criteria: Iterable[Criterion], marks: Marks, *, all_wanted: bool) -> None:
    """Raise Problem `mark-out-of-scale` or, where every mark is wanted, `mark-missing`, on the criterion's field."""
    for criterion in criteria:
        mark = marks.get(criterion.id)
        if mark is None:
            if all_wanted:
                raise Problem("mark-missing", field=criterion.id, criterion=criterion.name.texts())
        elif not 0 <= mark <= criterion.points:
            raise Problem("mark-out-of-scale", field=criterion.id, mark=mark, most=criterion.points)


def check_explained(criteria: Iterable[Criterion], marks: Marks, comments: Mapping[str, str]) -> None:
    """Raise Problem `comment-missing` on the criterion's field where the lowest or the highest mark has no comment."""
    for criterion in criteria:
        mark = marks.get(criterion.id)
        if mark in (0, criterion.points) and not comments.get(criterion.id, "").strip():
            facts = {"criterion": criterion.name.texts(), "mark": mark}
            raise Problem("comment-missing", field=criterion.id, **facts)


def score(terms: Terms, by_duty: Mapping[Duty, Sequence[Marks]], agreed: Marks = MappingProxyType({})) -> int | None:
    """The score in 1/100 point of 100: the weighted mean of each criterion's mean mark, as a share of the most
    possible, rounded half up once, at the end. None where a criterion has no mark from those who judge it.
    A mark the jury agreed on together stands in the place of the mean.

    The rounded score is what is ranked and printed, so that anybody can repeat the ranking from the printed list.
    """
    means = {criterion.id: mean_mark(criterion, by_duty, agreed) for criterion in terms.criteria}
    return weighted_score(terms.criteria, means)


def weighted_score(
    criteria: Sequence[Criterion], means: Mapping[str, Fraction | None], weights: Mapping[str, Fraction] | None = None
) -> int | None:
    """The score, as `score`, from the mean mark on each criterion; with other weights than those of the call if given.

    At least one weight must be above 0.
    """
    reached, possible = Fraction(0), Fraction(0)
    for criterion in criteria:
        weight = criterion.weight if weights is None else weights[criterion.id]
        mean = means[criterion.id]
        if mean is None and weight:
            return None
        reached += weight * (mean or 0)
        possible += weight * criterion.points
    return round_half_up(FULL_SCORE * reached / possible)


def mean_mark(
    criterion: Criterion, by_duty: Mapping[Duty, Sequence[Marks]], agreed: Marks = MappingProxyType({})
) -> Fraction | None:
    """The exact mean of the marks given on a criterion by those who judge it, or the mark they agreed on."""
    if criterion.id in agreed:
        return Fraction(agreed[criterion.id])
    given = [marks[criterion.id] for marks in by_duty.get(criterion.judged_by, ()) if criterion.id in marks]
    return Fraction(sum(given), len(given)) if given else None


def quorum(members: int) -> int:
    """How many of so many jurors must attend: more than half of them."""
    return members // 2 + 1


def round_half_up(value: Fraction) -> int:
    """The nearest integer; one half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
