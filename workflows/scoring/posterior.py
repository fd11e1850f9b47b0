"""What the marks let one believe of each file, the severity of the jurors and chance taken into account.

The one place of scoring with floats: statistics that are shown and never stored, compared by a rule or decided with.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import erf, sqrt
from statistics import NormalDist

from workflows.scoring.chances import Scores
from workflows.scoring.lots import BITS, lots
from workflows.scoring.reliability import Components
from workflows.scoring.rules import FULL_SCORE
from workflows.scoring.severity import Review

NOTHING = 1e-9
"""The part of all variance below which a component counts as this small, so that equations stay solvable."""


@dataclass(frozen=True)
class Belief:
    """The level of a file as an average juror would see it: best guess and standard deviation, in the unit of the
    reviews; and its expected rank among the files, 1 being the best."""

    level: float
    deviation: float
    expected_rank: float


class Posterior:
    """The best linear unbiased predictions of the model `review = mean + file + juror + rest`, all but the mean drawn
    at random with the variances of `components` (Henderson 1975; Robinson, Statistical Science 6, 1991).

    At least one component must be above 0. A person gives a file one review.
    """

    def __init__(self, reviews: Sequence[Review], components: Components) -> None:
        self._files: dict[str, list[tuple[int, float]]] = defaultdict(list)
        place = {person: at for at, person in enumerate(sorted({one.person_id for one in reviews}), 1)}
        for review in sorted(reviews, key=lambda review: (review.reference, review.person_id)):
            self._files[review.reference].append((place[review.person_id], float(review.value)))
        total = float(components.files + components.jurors + components.rest)
        files, jurors, rest = (
            max(float(one), NOTHING * total) for one in (components.files, components.jurors, components.rest)
        )
        self._noise, self._shrink = sqrt(rest), rest / files
        self._factor = _cholesky(self._equations(len(place) + 1, rest / jurors))
        self._common = _solve_upper(self._factor, _solve_lower(self._factor, self._right(len(place) + 1)))

    def beliefs(self) -> dict[str, Belief]:
        """What to believe of each file. The expected rank is one more than the probabilities, summed over the others,
        that they are better (Heyard, Ott, Salanti and Egger, Statistics and Public Policy 9, 2022)."""
        spread = {reference: self._spread(row) for reference, row in self._files.items()}
        own = {reference: 1 / self._weight(row) for reference, row in self._files.items()}
        levels = {reference: self._level(row, self._common) for reference, row in self._files.items()}
        ranks = dict.fromkeys(levels, 1.0)
        for one, other in combinations(levels, 2):
            apart = sum((a - b) ** 2 for a, b in zip(spread[one], spread[other], strict=True))
            deviation = self._noise * sqrt(apart + own[one] + own[other])
            better = (1 + erf((levels[one] - levels[other]) / (deviation * sqrt(2)))) / 2
            ranks[other] += better
            ranks[one] += 1 - better
        return {
            reference: Belief(
                level, self._noise * sqrt(sum(part**2 for part in spread[reference]) + own[reference]), ranks[reference]
            )
            for reference, level in levels.items()
        }

    def worlds(self, seed: str, draws: int, added: Mapping[str, int]) -> Iterator[Scores]:
        """Scores as they might be if the levels were known, for `chances.chances`, so many draws.

        The reviews must be in 1/100 point of the whole score; `added` is what others than jurors gave each file.
        """
        common = self._drawn_common(seed, draws)
        columns = {
            reference: self._drawn_scores(row, common, _deviates(draws, seed, reference), added.get(reference, 0))
            for reference, row in self._files.items()
        }
        for drawn in zip(*columns.values(), strict=True):
            yield dict(zip(columns, drawn, strict=True))

    def _drawn_common(self, seed: str, draws: int) -> list[list[float]]:
        """The mean and the leniency of each juror, as they might be."""
        size = len(self._common)
        steps = _deviates(draws * size, seed)
        moves = (_solve_upper(self._factor, steps[at : at + size]) for at in range(0, len(steps), size))
        return [
            [guess + self._noise * move for guess, move in zip(self._common, moved, strict=True)] for moved in moves
        ]

    def _drawn_scores(
        self, row: Sequence[tuple[int, float]], common: Sequence[Sequence[float]], steps: Sequence[float], added: int
    ) -> list[int]:
        weight, jurors = self._weight(row), [juror for juror, _ in row]
        given, kept = added + sum(value for _, value in row) / weight, 1 - len(row) / weight
        deviation = self._noise / sqrt(weight)
        return [
            min(FULL_SCORE, max(0, round(
                given + kept * drawn[0] - sum([drawn[juror] for juror in jurors]) / weight + deviation * step
            )))
            for drawn, step in zip(common, steps, strict=True)
        ]  # fmt: skip

    def _weight(self, row: Sequence[tuple[int, float]]) -> float:
        return len(row) + self._shrink

    def _level(self, row: Sequence[tuple[int, float]], common: Sequence[float]) -> float:
        """The level of a file, given the mean (at 0) and the leniency of each juror."""
        mean = common[0]
        return mean + sum(value - mean - common[juror] for juror, value in row) / self._weight(row)

    def _equations(self, size: int, shrink: float) -> list[list[float]]:
        """The mixed model equations with the files eliminated: the mean and one unknown per juror."""
        matrix = [[0.0] * size for _ in range(size)]
        for at in range(1, size):
            matrix[at][at] = shrink
        for row in self._files.values():
            weight, places = self._weight(row), [0] * len(row) + [juror for juror, _ in row]
            for juror, _ in row:
                matrix[0][0] += 1
                matrix[juror][juror] += 1
                matrix[0][juror] += 1
                matrix[juror][0] += 1
            for one in places:
                for other in places:
                    matrix[one][other] -= 1 / weight
        return matrix

    def _right(self, size: int) -> list[float]:
        right = [0.0] * size
        for row in self._files.values():
            mean = sum(value for _, value in row) / self._weight(row)
            for juror, value in row:
                right[0] += value - mean
                right[juror] += value - mean
        return right

    def _spread(self, row: Sequence[tuple[int, float]]) -> list[float]:
        """How the doubt about the mean and the jurors moves the level of a file."""
        moved = [0.0] * len(self._common)
        moved[0] = 1 - len(row) / self._weight(row)
        for juror, _ in row:
            moved[juror] = -1 / self._weight(row)
        return _solve_lower(self._factor, moved)


def _deviates(count: int, *parts: object) -> list[float]:
    """So many normal deviates, drawn by lots."""
    normal = NormalDist()
    return [normal.inv_cdf((number + 0.5) / 2**BITS) for number in lots(count, *parts)]


def _cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The lower triangle whose square is the matrix."""
    factor: list[list[float]] = []
    for at, row in enumerate(matrix):
        line: list[float] = []
        for column in range(at):
            known = sum(a * b for a, b in zip(line, factor[column], strict=False))
            line.append((row[column] - known) / factor[column][column])
        line.append(sqrt(row[at] - sum(part**2 for part in line)))
        factor.append(line)
    return factor


def _solve_lower(factor: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    found: list[float] = []
    for line, value in zip(factor, right, strict=True):
        found.append((value - sum(a * b for a, b in zip(line, found, strict=False))) / line[-1])
    return found


def _solve_upper(factor: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    found = list(right)
    for at in range(len(factor) - 1, -1, -1):
        found[at] /= factor[at][at]
        for column in range(at):
            found[column] -= factor[at][column] * found[at]
    return found
