"""Severity is what remains of a juror once the files are what they are; removed, the scores stay exact."""

import random
from collections import Counter, defaultdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import terms
from workflows.language import LANGUAGES, say
from workflows.permissions import Duty
from workflows.scoring import rules
from workflows.scoring.reliability import Components, components
from workflows.scoring.severity import FEW_FILES, Review, severity, without_severity


def reviews(table: dict[str, dict[int, int]]) -> list[Review]:
    return [
        Review(reference, person, Fraction(value)) for reference, row in table.items() for person, value in row.items()
    ]


tables = st.dictionaries(
    st.sampled_from("ABCDEFGH"), st.dictionaries(st.integers(1, 5), st.integers(0, 20), min_size=1), min_size=1
)


def test_a_juror_who_gives_less_to_the_same_files_is_severe_by_so_much() -> None:
    found = severity(reviews({"A": {1: 10, 2: 7}, "B": {1: 16, 2: 13}}))
    assert (found.lenient, found.level) == (
        {1: Fraction(3, 2), 2: Fraction(-3, 2)},
        {"A": Fraction(17, 2), "B": Fraction(29, 2)},
    )
    assert (found.residual, found.groups) == (0, (frozenset({1, 2}),))


def test_a_file_that_only_severe_jurors_saw_is_raised_above_one_that_only_lenient_ones_saw() -> None:
    found = severity(reviews({"A": {1: 10, 2: 10}, "B": {3: 12, 4: 12}, "C": {1: 5, 3: 9}, "D": {2: 5, 4: 9}}))
    assert found.lenient == {1: -2, 2: -2, 3: 2, 4: 2}
    assert found.level == {"A": 12, "B": 10, "C": 7, "D": 7}


@given(tables)
def test_the_fit_is_the_best_one(table: dict[str, dict[int, int]]) -> None:
    """Least squares is where the rests sum to 0 for every file and every juror; among those, the leniencies to 0."""
    found = severity(reviews(table))
    rests: dict[object, Fraction] = defaultdict(Fraction)
    squares = Fraction(0)
    for reference, row in table.items():
        for person, value in row.items():
            rest = value - found.level[reference] - found.lenient[person]
            rests[reference] += rest
            rests[person] += rest
            squares += rest**2
    assert (set(rests.values()), squares) == ({0}, found.residual)
    given_by = Counter(person for row in table.values() for person in row)
    for group in found.groups:
        assert sum(found.lenient[person] * given_by[person] for person in group) == 0
    assert sorted(person for group in found.groups for person in group) == sorted(given_by)
    assert all(type(value) is Fraction for value in (*found.lenient.values(), *found.level.values()))


@given(tables, st.randoms(), st.integers(-5, 5))
def test_neither_the_order_nor_a_point_more_for_every_file_changes_the_severity(table, chance, more: int) -> None:
    listed = reviews(table)
    chance.shuffle(listed)
    raised = [Review(one.reference, one.person_id, one.value + more) for one in listed]
    assert severity(listed) == severity(reviews(table))
    assert severity(raised).lenient == severity(listed).lenient


def test_jurors_without_a_common_file_are_not_compared_and_the_office_is_told() -> None:
    found = severity(reviews({"A": {1: 10, 2: 8}, "B": {3: 2}, "C": {4: 5, 5: 5}, "D": {5: 1, 2: 0}}))
    assert found.groups == (frozenset({1, 2, 4, 5}), frozenset({3}))
    assert found.lenient[3] == 0
    assert [(reason.code, reason.facts["count"]) for reason in found.reasons] == [
        ("severity-groups", 2), ("severity-few-files", 5),
    ]  # fmt: skip
    assert [say(reason, language) != "" for reason in found.reasons for language in LANGUAGES] == [True] * 6


def test_with_enough_files_in_common_nothing_speaks_against_it() -> None:
    found = severity(reviews({f"F{number}": {1: number, 2: number + 1} for number in range(FEW_FILES)}))
    assert (found.reasons, found.lenient) == ((), {1: Fraction(-1, 2), 2: Fraction(1, 2)})
    assert severity([]).groups == ()


# The scores without it


def test_a_score_without_severity_counts_the_experts_as_they_are() -> None:
    jury = {
        "A": {1: {"relevance": 4, "feasibility": 4}, 2: {"relevance": 3, "feasibility": 3}},
        "B": {1: {"relevance": 5, "feasibility": 5}},
    }
    experts = {reference: {Duty.EXPERT: [{"soundness": 3}]} for reference in jury}
    scores, found = without_severity(terms(), jury, experts)
    # Of 30 points A got 20 and 15 by the jurors, B 25; so juror 1 is 5 more lenient, and 2 x 5/3 - 10/3 is 0.
    assert found.lenient == {1: Fraction(10_000, 30) * Fraction(5, 3), 2: Fraction(10_000, 30) * Fraction(-10, 3)}
    assert found.level == {"A": Fraction(10_000, 30) * Fraction(55, 3), "B": Fraction(10_000, 30) * Fraction(70, 3)}
    assert scores == {"A": 7111, "B": 8778}  # with 3 points of the expert (55/3 + 3) / 30 and (70/3 + 3) / 30


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=3), min_size=1, max_size=6)
)
def test_where_every_juror_judged_every_file_nothing_changes(marks: list[list[tuple[int, int]]]) -> None:
    jury = {
        f"F{number}": {
            person: {"relevance": one, "feasibility": two} for person, (one, two) in enumerate(row)
        }
        for number, row in enumerate(marks)
    }  # fmt: skip
    experts = {reference: {Duty.EXPERT: [{"soundness": 2}]} for reference in jury}
    assert without_severity(terms(), jury, experts)[0] == {
        reference: rules.score(terms(), {Duty.JURY: list(row.values()), **experts[reference]})
        for reference, row in jury.items()
    }


def test_without_the_opinion_that_counts_there_is_no_score_and_none_leaves_the_scale() -> None:
    full, none = {"relevance": 5, "feasibility": 5}, {"relevance": 0, "feasibility": 0}
    jury = {
        "A": {1: full, 2: none},
        "B": {1: full},
        "C": {2: none},
        "D": {1: full, 2: full},
        "E": {2: full},
        "F": {1: none},
    }
    experts = {reference: {Duty.EXPERT: [{"soundness": 5}]} for reference in jury}
    scores, found = without_severity(terms(), jury, {**experts, "D": {}, "F": {Duty.EXPERT: [{"soundness": 0}]}})
    assert scores == {"A": 5833, "B": 7917, "C": 3750, "D": None, "E": 10_000, "F": 0}
    assert (found.level["E"] > 10_000, found.level["F"] < 0) == (True, True)


# Where the variance comes from


def test_the_components_are_those_of_the_analysis_of_variance_where_everybody_judged_everything() -> None:
    """Shrout and Fleiss, Intraclass Correlations, Psychological Bulletin 86 (1979), tables 2 to 4."""
    rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = components(reviews({f"T{n}": dict(enumerate(row)) for n, row in enumerate(rows)}))
    published = [found.reliability(), found.reliability(4), found.reliability_levelled(), found.reliability_levelled(4)]
    assert [round(value, 2) for value in published] == [Fraction(n, 100) for n in (29, 62, 71, 91)]
    assert found == Components(Fraction(23, 9), Fraction(236, 45), Fraction(367, 360))


def test_the_components_of_an_incomplete_design_are_unbiased() -> None:
    """Over many made-up calls their mean comes within three standard errors of what the calls were made with."""
    found = []
    for seed in range(150):
        chance = random.Random(seed)
        quality, lenient = [chance.gauss(0, 4) for _ in range(24)], [chance.gauss(0, 3) for _ in range(8)]
        table = {
            f"F{number:02}": {
                person: round(100 * (quality[number] + lenient[person] + chance.gauss(0, 2)))
                for person in chance.sample(range(8), 3)
            }
            for number in range(24)
        }
        found.append(components(reviews(table)))
    means = [sum(getattr(one, part) for one in found) / len(found) / 10_000 for part in ("files", "jurors", "rest")]
    made_with = zip(means, (16, 9, 4), (0.42, 0.42, 0.08), strict=True)
    assert [abs(mean - true) < 3 * error for mean, true, error in made_with] == [True, True, True]


@pytest.mark.parametrize("table", [{}, {"A": {1: 3}}, {"A": {1: 3, 2: 5}}, {"A": {1: 3}, "B": {2: 5}}])
def test_too_few_reviews_tell_nothing_apart(table: dict[str, dict[int, int]]) -> None:
    assert components(reviews(table)) is None


def test_where_nothing_varies_there_is_no_reliability() -> None:
    same = components(reviews({"A": {1: 3, 2: 3}, "B": {1: 3, 2: 3}}))
    assert (same, same.reliability()) == (Components(Fraction(0), Fraction(0), Fraction(0)), None)
