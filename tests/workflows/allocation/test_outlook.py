"""The statistics of a ranking: held against what the test computes by itself, and through the real rule of the call."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders
from tests.builders import asked
from workflows.allocation.outlook import DRAWS, Outlook, outlook
from workflows.scoring.severity import Review, leniency_variances, severity

CLOSE = 1e-9


def by_perturbing(reviews: Sequence[Review]) -> dict[int, Fraction]:
    """The variances in another way: a leniency is linear in the reviews, so move each by 1 and see what it does."""
    found = severity(reviews)
    free = len(reviews) - len(found.level) - len(found.lenient) + len(found.groups)
    sums = dict.fromkeys(found.lenient, Fraction(0))
    for place, review in enumerate(reviews):
        moved = [*reviews[:place], Review(review.reference, review.person_id, review.value + 1), *reviews[place + 1 :]]
        for person, value in severity(moved).lenient.items():
            sums[person] += (value - found.lenient[person]) ** 2
    return {person: found.residual / free * total for person, total in sums.items()}


@st.composite
def juries(draw: st.DrawFn) -> list[Review]:
    jurors = draw(st.integers(2, 4))
    rows = draw(
        st.lists(st.lists(st.integers(1, jurors), unique=True, min_size=1, max_size=jurors), min_size=2, max_size=6)
    )
    return [
        Review(f"F{file}", person, Fraction(draw(st.integers(0, 100))))
        for file, row in enumerate(rows)
        for person in row
    ]


@given(juries())
def test_the_standard_errors_are_what_moving_each_review_by_one_tells(reviews: list[Review]) -> None:
    found = severity(reviews)
    variances = leniency_variances(reviews, found)
    if variances is None:
        assert len(reviews) <= len(found.level) + len(found.lenient) - len(found.groups)
        return
    expected = by_perturbing(reviews)
    assert {person: float(value) for person, value in variances.items()} == pytest.approx(
        {person: float(value) for person, value in expected.items()}, rel=CLOSE, abs=CLOSE
    )


def a_ranking(*marks: tuple[int, int, int]) -> tuple[list[str], Outlook]:
    """Files of 20,000 € with these marks in a call of 60,000 €, and its statistics."""
    builders.a_call()
    references = [builders.an_application("scored", marks=one) for one in marks]
    return references, asked(outlook, "small")


@pytest.mark.usefixtures("settings")
def test_where_jurors_agree_chance_decides_nothing_and_the_rule_of_the_call_funds_three_of_four() -> None:
    references, found = a_ranking((5, 5, 5), (5, 4, 4), (4, 4, 4), (4, 3, 4))
    assert [(line.application.reference, line.funded, line.chance.funded) for line in found.files] == [
        (references[0], True, 1), (references[1], True, 1), (references[2], True, 1), (references[3], False, 0),
    ]  # fmt: skip
    assert [line.chance.expected_rank for line in found.files] == [1, 2, 3, 4]
    assert found.alphas[""] == 1


@pytest.mark.usefixtures("settings")
def test_the_draws_are_the_same_for_everybody_and_say_their_seed() -> None:
    _, found = a_ranking((5, 5, 5), (3, 3, 3))
    assert (asked(outlook, "small"), found.draws, len(found.seed)) == (found, DRAWS, 64)


@pytest.mark.usefixtures("settings")
def test_a_weight_that_turns_the_ranking_is_told_with_who_gains_and_who_loses() -> None:
    # three are funded; the last two are equal, and feasibility alone speaks for the one that came later
    references, found = a_ranking((5, 5, 5), (5, 5, 5), (4, 3, 4), (3, 5, 3))
    turned = [(flip.criterion, flip.gains, flip.loses) for flip in found.flips]
    assert found.files[2].application.reference == references[2]
    assert ("feasibility", frozenset({references[3]}), frozenset({references[2]})) in turned


@pytest.mark.usefixtures("settings")
def test_a_call_without_marks_has_no_statistics() -> None:
    builders.a_call()
    builders.an_application("eligible")
    found = asked(outlook, "small")
    assert (found.jurors, found.files, found.flips) == ((), (), ())
