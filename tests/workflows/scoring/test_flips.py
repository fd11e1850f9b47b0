"""Which decisions hang on the weights: every range in which one is another, and none beside."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import terms
from workflows.allocation.rules import AllocationInput, Candidate, Envelope, allocate
from workflows.calls.terms import Criterion
from workflows.scoring.chances import Scores
from workflows.scoring.flips import Flip, flips, shaken
from workflows.scoring.rules import weighted_score

CRITERIA = terms().criteria
PASS_MARK = 6000
LOW, HIGH = Fraction(4, 5), Fraction(6, 5)
BESIDE = Fraction(1, 10**9 + 7)


def best(count: int):
    return lambda scores: sorted(scores, key=lambda one: (-scores[one], one))[:count]


def row(relevance: Fraction | int, feasibility: Fraction | int, soundness: Fraction | int = 3) -> dict[str, Fraction]:
    return {"relevance": Fraction(relevance), "feasibility": Fraction(feasibility), "soundness": Fraction(soundness)}


def scores_at(criterion: Criterion, factor: Fraction, means: Mapping[str, Mapping[str, Fraction]]) -> dict[str, int]:
    weights = {one.id: one.weight * (factor if one is criterion else Fraction(1)) for one in CRITERIA}
    return {name: weighted_score(CRITERIA, marks, weights) for name, marks in means.items()}


def test_the_weight_at_which_two_files_change_places_is_found_exactly() -> None:
    """At x times the weight of relevance A has 9 x + 11 and B 12 x + 7.6 of 15 x + 15 points: they cross at 17/15.

    The scores are rounded to hundredths, which moves the place where B overtakes A by less than three thousandths.
    """
    means = {"A": row(3, 4), "B": row(4, Fraction(23, 10))}
    (found,) = [flip for flip in flips(CRITERIA, means, best(1), pass_mark=0) if flip.criterion == "relevance"]
    assert (found.gains, found.loses, found.high, found.exact) == ({"B"}, {"A"}, HIGH, True)
    assert abs(found.low - Fraction(17, 15)) < Fraction(3, 1000)
    sides = [scores_at(CRITERIA[0], found.low + side, means) for side in (-BESIDE, BESIDE)]
    assert [(best(1)(scores), scores["B"] - scores["A"]) for scores in sides] == [(["A"], 0), (["B"], 1)]


def test_files_that_cross_where_the_money_does_not_run_out_flip_nothing() -> None:
    means = {"A": row(3, 4), "B": row(4, Fraction(23, 10)), "C": row(1, 1)}
    assert flips(CRITERIA, means, best(2), pass_mark=0) == ()
    assert flips(CRITERIA, means, best(3), pass_mark=0) == ()
    assert flips(CRITERIA, {}, best(1), pass_mark=0) == ()


def reaching_the_pass_mark(scores: Scores) -> list[str]:
    return [name for name, points in scores.items() if points >= PASS_MARK]


def test_a_file_that_falls_below_the_pass_mark_flips_at_the_root_of_its_score() -> None:
    """With 12 x + 6 of 15 x + 15 points for relevance: 59.995 %, which is still printed as 60.00, at 3999/4001."""
    means = {"A": row(4, 2, 2)}
    assert flips(CRITERIA, means, reaching_the_pass_mark, pass_mark=PASS_MARK) == (
        Flip("relevance", LOW, Fraction(3999, 4001), frozenset(), frozenset("A"), True),
        Flip("feasibility", Fraction(1334, 1333), HIGH, frozenset(), frozenset("A"), True),
        Flip("soundness", Fraction(1335, 1333), HIGH, frozenset(), frozenset("A"), True),
    )


def test_a_criterion_without_weight_and_one_alone_flip_nothing() -> None:
    weightless = [CRITERIA[0], CRITERIA[1].model_copy(update={"weight": 0}), CRITERIA[2]]
    means = {"A": {**row(3, 0), "feasibility": None}, "B": row(3, 5, 2)}
    found = flips(weightless, means, best(1), pass_mark=0)
    assert [flip.criterion for flip in found if flip.criterion == "feasibility"] == []
    assert flips([CRITERIA[0]], {"A": row(3, 0), "B": row(4, 0)}, best(1), pass_mark=0) == ()


marks = st.integers(0, 15).map(lambda third: Fraction(third, 3))
tables = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.fixed_dictionaries({criterion.id: marks for criterion in CRITERIA}),
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(1, 3), st.lists(st.fractions(LOW, HIGH, max_denominator=997), min_size=5, max_size=25))
def test_in_every_range_the_decision_is_what_is_said_and_outside_that_of_the_call(
    means: dict[str, dict[str, Fraction]], count: int, factors: list[Fraction]
) -> None:
    """Compared at chance weights and just beside every end, where a wrong bound would show."""

    def decide(scores: Scores) -> list[str]:
        return [name for name in best(count)(scores) if scores[name] >= PASS_MARK]

    normal = frozenset(decide(scores_at(CRITERIA[0], Fraction(1), means)))
    found = flips(CRITERIA, means, decide, pass_mark=PASS_MARK)
    assert all(flip.gains or flip.loses for flip in found)
    for criterion in CRITERIA:
        here = [flip for flip in found if flip.criterion == criterion.id]
        ends = [end - 2 * BESIDE * side for flip in here for end in (flip.low, flip.high) for side in (0, 1)]
        for factor in (place + BESIDE for place in (*factors, *ends)):
            if LOW < factor < HIGH:
                there = [flip for flip in here if flip.low < factor < flip.high]
                expected = (normal | there[0].gains) - there[0].loses if there else normal
                assert frozenset(decide(scores_at(criterion, factor, means))) == expected


def test_a_rule_that_looks_at_more_than_the_ranking_is_tried_in_steps() -> None:
    means = {"A": row(3, 4), "B": row(4, Fraction(23, 10))}
    asked = []

    def decide(scores: Scores) -> list[str]:
        asked.append(dict(scores))
        return best(1)(scores)

    (found,) = [
        flip for flip in flips(CRITERIA, means, decide, pass_mark=0, by_rank=False) if flip.criterion == "relevance"
    ]
    assert (found.low, found.high, found.exact) == (Fraction(114, 100), HIGH, False)
    assert len(asked) == 1 + 3 * 41


def test_flips_are_found_through_the_real_rule() -> None:
    means = {"A": row(3, 4), "B": row(4, Fraction(23, 10)), "C": row(5, 5)}
    data = AllocationInput(
        "small", "rank-skip", PASS_MARK,
        tuple(Candidate(one, one, 0, 1_000_000, 1_000_000, frozenset()) for one in means),
        (Envelope("total", 2_000_000, ("*",), "ceiling"),),
    )  # fmt: skip

    def decide(scores: Scores) -> Mapping[str, int]:
        candidates = tuple(replace(one, score=scores[one.id]) for one in data.candidates)
        return allocate(replace(data, candidates=candidates)).awards

    found = flips(CRITERIA, means, decide, pass_mark=PASS_MARK)
    assert {(flip.criterion, *flip.gains, *flip.loses) for flip in found} >= {("relevance", "B", "A")}
    share = shaken(CRITERIA, means, decide, "seed", 400)
    assert (share["C"], share["A"] == share["B"], 0 < share["A"] < Fraction(1, 2)) == (0, True, True)


@pytest.mark.parametrize("seed", ["one", "two"])
def test_shaking_all_weights_follows_from_the_seed(seed: str) -> None:
    means = {"A": row(3, 4), "B": row(4, Fraction(23, 10))}
    assert shaken(CRITERIA, means, best(1), seed, 50) == shaken(CRITERIA, means, best(1), seed, 50)
    assert shaken(CRITERIA, means, best(2), seed, 20) == {"A": 0, "B": 0}
    assert shaken(CRITERIA, means, best(1), seed, 20, within=Fraction(0)) == {"A": 0, "B": 0}
