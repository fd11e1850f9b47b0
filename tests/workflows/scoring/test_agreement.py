"""Krippendorff's alpha equals the published examples to the last digit, and keeps what an agreement keeps."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.scoring.agreement import Level, alpha

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units.
FOUR_OBSERVERS = [
    [1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
    [2, 2, 2, 2], [5, 5, 5], [1, 1], [3],
]  # fmt: skip
# The example of the encyclopaedias: three coders, fifteen units.
THREE_CODERS = [
    [1],
    [],
    [2, 2],
    [1, 1],
    [3, 3],
    [3, 3, 4],
    [4, 4, 4],
    [1, 3],
    [2, 2],
    [1, 1],
    [1, 1],
    [3, 3],
    [3, 3],
    [],
    [3, 4],
]


@pytest.mark.parametrize(
    ("files", "level", "published", "reference"),
    [
        (FOUR_OBSERVERS, Level.NOMINAL, 743, 0.743421052631579),
        (FOUR_OBSERVERS, Level.ORDINAL, 815, 0.8153875037548814),
        (FOUR_OBSERVERS, Level.INTERVAL, 849, 0.8491071428571428),
        (THREE_CODERS, Level.NOMINAL, 691, 0.691358024691358),
        (THREE_CODERS, Level.ORDINAL, 807, 0.8067214199413153),
        (THREE_CODERS, Level.INTERVAL, 811, 0.8108448928121059),
    ],
)
def test_alpha_is_the_published_one(files: list[list[int]], level: Level, published: int, reference: float) -> None:
    """The reference is a widely used other implementation, to all its digits."""
    found = alpha(files, level)
    assert (round(found * 1000), abs(found - Fraction(reference)) < Fraction(1, 10**12)) == (published, True)


def test_alpha_is_exact() -> None:
    assert alpha(FOUR_OBSERVERS, Level.NOMINAL) == Fraction(113, 152)
    assert alpha([[0, 1]]) == 0
    assert alpha([[0, 1], [0, 1]]) == Fraction(-1, 2)


def test_full_agreement_is_one_and_nothing_to_agree_about_is_nothing() -> None:
    assert [alpha([[1, 1], [2, 2, 2], [5, 5]], level) for level in Level] == [1, 1, 1]
    assert [alpha(files) for files in ([], [[3]], [[2, 2], [2, 2]], [[1], [2]])] == [None] * 4


files = st.lists(st.lists(st.integers(0, 5), max_size=5), max_size=8)


def by_definition(marks: list[list[int]]) -> Fraction | None:
    """Observed over expected disagreement, pair by ordered pair as it is defined, for points."""
    kept = [values for values in marks if len(values) > 1]
    every = [value for values in kept for value in values]
    expected = sum((one - other) ** 2 for one, other in permutations(every, 2))
    if not expected:
        return None
    observed = sum(
        Fraction(sum((one - other) ** 2 for one, other in permutations(values, 2)), len(values) - 1) for values in kept
    )
    count = len(every)
    return 1 - (observed / count) / Fraction(expected, count * (count - 1))


@given(files)
def test_alpha_of_points_is_as_it_is_defined(marks: list[list[int]]) -> None:
    assert alpha(marks) == by_definition(marks)


@given(files, st.sampled_from(Level), st.randoms())
def test_alpha_does_not_depend_on_the_order_nor_on_marks_without_a_partner(
    marks: list[list[int]], level: Level, chance
) -> None:
    mixed = [chance.sample(values, len(values)) for values in chance.sample(marks, len(marks))]
    assert alpha([*mixed, [4], []], level) == alpha(marks, level)


@given(files, st.integers(1, 9), st.integers(-9, 9))
def test_alpha_does_not_depend_on_the_unit(marks: list[list[int]], times: int, more: int) -> None:
    moved = [[Fraction(times * value + more, 7) for value in values] for values in marks]
    assert [alpha(moved, level) for level in Level] == [alpha(marks, level) for level in Level]


@given(files, st.permutations(range(6)))
def test_renamed_classes_agree_as_before_where_only_the_same_counts(marks: list[list[int]], names: list[int]) -> None:
    renamed = [[names[value] for value in values] for values in marks]
    assert alpha(renamed, Level.NOMINAL) == alpha(marks, Level.NOMINAL)
