"""A file may be funded, may not, or waits; it goes to discussion where jurors are far apart; it falls in a class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import terms
from workflows.language import LANGUAGES, say
from workflows.permissions import Duty
from workflows.scoring import rules
from workflows.scoring.rules import Marks
from workflows.scoring.standing import Standards, Standing, class_of, class_score, jury_totals, standing

FOUR_CLASSES = (8000, 6500, 5000)


def jury(*marks: tuple[int, int]) -> list[Marks]:
    return [{"relevance": relevance, "feasibility": feasibility} for relevance, feasibility in marks]


def stands(standards: Standards, *marks: tuple[int, int], expert: int | None = 4) -> Standing:
    by_duty = {Duty.JURY: jury(*marks), Duty.EXPERT: [] if expert is None else [{"soundness": expert}]}
    return standing(terms(), standards, rules.score(terms(), by_duty), by_duty)


def said(found: Standing) -> list[tuple[str, dict[str, object]]]:
    for reason in (*found.verdict.reasons, *found.discuss):
        assert [say(reason, language) != "" for language in LANGUAGES] == [True] * 3
    return [(reason.code, dict(reason.facts)) for reason in found.verdict.reasons]


@pytest.mark.parametrize(
    ("given_by", "expert", "ok", "reasons"),
    [
        ([(4, 4), (4, 4)], 4, True, []),
        ([(4, 4)], 4, None, [("quorum-missed", {"count": 1, "quorum": 2})]),
        ([], 4, None, [("quorum-missed", {"count": 0, "quorum": 2})]),
        ([(4, 4), (4, 4)], None, None, [("score-missing", {})]),
        ([(3, 3), (3, 3)], 3, True, []),
        ([(3, 3), (3, 3)], 2, False, [("score-below-pass-mark", {"score": 5667, "least": 6000})]),
    ],
)
def test_a_file_is_ranked_with_enough_reviews_and_funded_from_the_pass_mark_on(
    given_by: list[tuple[int, int]], expert: int | None, ok: bool | None, reasons: list[object]
) -> None:
    found = stands(Standards(quorum=2), *given_by, expert=expert)
    assert (found.verdict.ok, said(found)) == (ok, reasons)


def test_a_minimum_on_a_criterion_is_held_exactly() -> None:
    standards = Standards(minima={"feasibility": 250, "soundness": 300})
    assert stands(standards, (5, 2), (5, 3)).verdict.ok is True
    found = stands(standards, (5, 2), (5, 2), (5, 3), expert=2)
    assert said(found) == [
        ("criterion-below-minimum", {
            "criterion": {"nl": "Haalbaarheid", "fr": "Faisabilité", "en": "Feasibility"}, "mean": 233, "least": 250,
        }),
        ("criterion-below-minimum", {
            "criterion": {"nl": "Degelijkheid", "fr": "Solidité", "en": "Soundness"}, "mean": 200, "least": 300,
        }),
    ]  # fmt: skip
    assert say(found.verdict.reasons[0], "nl") == (
        "Op “Haalbaarheid” haalt het dossier gemiddeld 2,33; het minimum is 2,50."
    )
    just_below = [(5, 5)] * 400 + [(5, 4)]
    assert stands(Standards(minima={"feasibility": 500}), *just_below).verdict.ok is False


def test_a_spread_above_the_gap_sends_a_file_to_discussion_and_one_of_exactly_the_gap_does_not() -> None:
    assert jury_totals(terms(), [*jury((5, 5), (0, 5), (0, 0)), {"relevance": 5}]) == [10_000, 4000, 0]
    wide = stands(Standards(gap=5999), (5, 5), (4, 4), (0, 5))
    assert (wide.spread, wide.verdict.ok) == (6000, True)
    assert [(one.code, dict(one.facts)) for one in wide.discuss] == [
        ("marks-far-apart", {"lowest": 4000, "highest": 10_000, "gap": 5999}),
    ]
    assert stands(Standards(gap=6000), (5, 5), (4, 4), (0, 5)).discuss == ()
    assert stands(Standards(), (5, 5), (0, 0)).discuss == ()
    assert stands(Standards(gap=0), (5, 5)).spread is None


def test_a_jury_whose_criteria_weigh_nothing_has_no_totals() -> None:
    criteria = [one.model_dump(mode="json", exclude_none=True) for one in terms().criteria]
    weightless = terms(criteria=[{**criteria[0], "weight": 0}, {**criteria[1], "weight": 0}, criteria[2]])
    assert jury_totals(weightless, jury((5, 5))) == []


def test_four_classes_from_very_valid_to_not_valid() -> None:
    scores = [10_000, 8000, 7999, 6500, 5000, 4999, 0]
    assert [class_of(score, FOUR_CLASSES) for score in scores] == [1, 1, 2, 2, 3, 4, 4]
    assert [class_score(score, FOUR_CLASSES) for score in scores] == [8000, 8000, 6500, 6500, 5000, 0, 0]
    assert stands(Standards(classes=FOUR_CLASSES), (4, 4), (4, 4)).rank_class == 1
    assert stands(Standards(classes=FOUR_CLASSES), (4, 4), expert=None).rank_class is None
    assert stands(Standards(), (4, 4)).rank_class is None


def test_a_criterion_marked_in_four_classes_is_one_of_three_points() -> None:
    criteria = [one.model_dump(mode="json", exclude_none=True) for one in terms().criteria]
    classes = terms(criteria=[{**one, "points": 3} for one in criteria])
    by_duty = {Duty.JURY: jury((3, 2), (2, 3)), Duty.EXPERT: [{"soundness": 1}]}
    assert rules.score(classes, by_duty) == 7500  # (3 x 2.5 + 2 x 2.5 + 1) / 18


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.lists(st.integers(1, 10_000), unique=True, max_size=4))
def test_a_better_score_is_never_in_a_worse_class(one: int, other: int, bounds: list[int]) -> None:
    classes = tuple(sorted(bounds, reverse=True))
    low, high = sorted((one, other))
    assert class_of(high, classes) <= class_of(low, classes)
    assert class_score(low, classes) <= low
    assert class_of(class_score(one, classes), classes) == class_of(one, classes)
