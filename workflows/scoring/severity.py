"""How severe each juror is, the files being what they are, and scores from which severity is removed. Pure, exact."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from workflows.calls.terms import Terms
from workflows.permissions import Duty
from workflows.problems import Reason
from workflows.scoring.rules import FULL_SCORE, Marks, mean_mark, round_half_up

FEW_FILES = 6
"""With fewer files a juror's severity is mostly chance: it is shown, and should not be applied."""


@dataclass(frozen=True)
class Review:
    """What a juror gave a file in all, in any unit."""

    reference: str
    person_id: int
    value: Fraction


@dataclass(frozen=True)
class Severity:
    """`lenient` is what each person gives more than the others to the same files, below 0 for a severe one; `level`
    what each file would get from an average jury; both in the unit of the reviews.

    `groups` are the persons who can be compared with each other; the average jury is that of the group. `residual` is
    the sum of the squares of what this leaves unexplained. `reasons` say what speaks against applying it.
    """

    lenient: Mapping[int, Fraction]
    level: Mapping[str, Fraction]
    groups: tuple[frozenset[int], ...]
    residual: Fraction
    reasons: tuple[Reason, ...]


def severity(reviews: Iterable[Review]) -> Severity:
    """The additive model `value = level of the file + leniency of the juror + rest`, by least squares.

    Over the reviews of a group the leniencies sum to 0. Solved in whole numbers: the same to the last digit wherever
    it is computed. A person gives a file one review.
    """
    of_file: dict[str, dict[int, Fraction]] = defaultdict(dict)
    for review in sorted(reviews, key=lambda review: (review.reference, review.person_id)):
        of_file[review.reference][review.person_id] = review.value
    groups = _groups(of_file)
    lenient = {person: found for group in groups for person, found in _leniencies(of_file, group).items()}
    level = {
        reference: sum((value - lenient[person] for person, value in row.items()), Fraction(0)) / len(row)
        for reference, row in of_file.items()
    }
    residual = sum(
        (
            (value - level[reference] - lenient[person]) ** 2
            for reference, row in of_file.items()
            for person, value in row.items()
        ),
        Fraction(0),
    )
    return Severity(dict(sorted(lenient.items())), level, groups, residual, tuple(_doubts(of_file, groups)))


def without_severity(
    terms: Terms, jury: Mapping[str, Mapping[int, Marks]], others: Mapping[str, Mapping[Duty, Sequence[Marks]]]
) -> tuple[dict[str, int | None], Severity]:
    """The scores in 1/100 point as `rules.score` makes them, the severity of the jurors removed first, and the severity
    in the same unit.

    `jury` are the complete reviews of the jurors by reference and person, `others` the marks given in other duties.
    Only for a call that says so beforehand. Where every juror judged every file it changes nothing.
    """
    possible = sum(criterion.weight * criterion.points for criterion in terms.criteria)
    judged, rest = terms.criteria_of(Duty.JURY), [one for one in terms.criteria if one.judged_by is not Duty.JURY]
    found = severity(
        Review(
            reference, person,
            Fraction(FULL_SCORE * sum(one.weight * marks[one.id] for one in judged), possible),
        )
        for reference, row in jury.items() for person, marks in row.items()
    )  # fmt: skip
    scores: dict[str, int | None] = {}
    for reference in jury:
        means = {one.id: mean_mark(one, others.get(reference, {})) for one in rest}
        if reference not in found.level or any(means[one.id] is None and one.weight for one in rest):
            scores[reference] = None
            continue
        reached = found.level[reference] + Fraction(FULL_SCORE, possible) * sum(
            one.weight * (means[one.id] or 0) for one in rest
        )
        scores[reference] = min(FULL_SCORE, max(0, round_half_up(reached)))
    return scores, found


def _groups(of_file: Mapping[str, Mapping[int, Fraction]]) -> tuple[frozenset[int], ...]:
    """Persons who share a file, directly or through others."""
    groups: list[set[int]] = []
    for row in of_file.values():
        together = set(row)
        for group in [group for group in groups if not group.isdisjoint(row)]:
            groups.remove(group)
            together |= group
        groups.append(together)
    return tuple(sorted(map(frozenset, groups), key=min))


def leniency_variances(reviews: Sequence[Review], found: Severity) -> Mapping[int, Fraction] | None:
    """The variance of each leniency of `severity(reviews)`, in the square of its unit: its root is the standard error.

    None where there are too few reviews to tell chance from the rest.
    """
    free = len(reviews) - len(found.level) - len(found.lenient) + len(found.groups)
    if free <= 0:
        return None
    of_file: dict[str, dict[int, Fraction]] = defaultdict(dict)
    for review in reviews:
        of_file[review.reference][review.person_id] = review.value
    variances: dict[int, Fraction] = {}
    for group in found.groups:
        equations = _Equations(of_file, group)
        for place, person in enumerate(sorted(group)):
            unit = [int(other == place) for other in range(len(group))]
            own = _solve(equations.matrix, unit)[place] - Fraction(1, sum(equations.counts) ** 2)
            variances[person] = found.residual / free * equations.scale * own
    return variances


def _leniencies(of_file: Mapping[str, Mapping[int, Fraction]], group: frozenset[int]) -> dict[int, Fraction]:
    """The leniencies of a group: the equations solved for what its files say."""
    equations = _Equations(of_file, group)
    denominator = lcm(*(value.denominator for value in equations.right))
    solution = _solve(equations.matrix, [int(value * denominator) for value in equations.right])
    return {person: value / denominator for person, value in zip(sorted(group), solution, strict=True)}


class _Equations:
    """The normal equations with the levels of the files eliminated: one unknown per person of a group, in order, made
    whole numbers by `scale`. Leniencies that sum to 0 over the reviews (`counts`) are the only solution left."""

    def __init__(self, of_file: Mapping[str, Mapping[int, Fraction]], group: frozenset[int]) -> None:
        number = {person: place for place, person in enumerate(sorted(group))}
        rows = [row for row in of_file.values() if not group.isdisjoint(row)]
        self.scale = lcm(*(len(row) for row in rows))
        self.counts, self.right = [0] * len(number), [Fraction(0)] * len(number)
        self.matrix = [[0] * len(number) for _ in number]
        for row in rows:
            mean, places = sum(row.values(), Fraction(0)) / len(row), [number[person] for person in row]
            for person, value in row.items():
                self.counts[number[person]] += 1
                self.right[number[person]] += self.scale * (value - mean)
            for one in places:
                self.matrix[one][one] += self.scale
                for other in places:
                    self.matrix[one][other] -= self.scale // len(row)
        for one, row_of_one in enumerate(self.matrix):
            for other in range(len(row_of_one)):
                row_of_one[other] += self.counts[one] * self.counts[other]


def _solve(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> list[Fraction]:
    """Solve equations whose matrix is positive definite, in whole numbers (Bareiss 1968): every division is exact."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size, last = len(rows), 1
    for at, pivot in enumerate(rows):
        for row in rows[at + 1 :]:
            head = row[at]
            row[at + 1 :] = [
                (value * pivot[at] - head * other) // last
                for value, other in zip(row[at + 1 :], pivot[at + 1 :], strict=True)
            ]
        last = pivot[at]
    found = [0] * size
    for at in range(size - 1, -1, -1):
        known = sum(rows[at][place] * found[place] for place in range(at + 1, size))
        found[at] = (last * rows[at][size] - known) // rows[at][at]
    return [Fraction(value, last) for value in found]


def _doubts(of_file: Mapping[str, Mapping[int, Fraction]], groups: Sequence[frozenset[int]]) -> Iterable[Reason]:
    if len(groups) > 1:
        yield Reason("severity-groups", {"count": len(groups), "groups": [sorted(group) for group in groups]})
    files = Counter(person for row in of_file.values() for person in row)
    few = sorted(person for person, count in files.items() if count < FEW_FILES)
    if few:
        yield Reason("severity-few-files", {"count": len(few), "people": few, "least": FEW_FILES})
