"""What chance does to a ranking: drawn again from the seed, through the real rule, the same for everybody."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import erf, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import terms
from workflows.allocation.rules import AllocationInput, Candidate, Envelope, allocate
from workflows.permissions import Duty
from workflows.scoring import rules
from workflows.scoring.chances import Chance, chances, resampled
from workflows.scoring.lots import lot, lots
from workflows.scoring.posterior import Posterior
from workflows.scoring.reliability import Components, components
from workflows.scoring.severity import Review


def by_duty(*marks: tuple[int, int], expert: int = 4) -> dict[Duty, list[dict[str, int]]]:
    return {
        Duty.JURY: [{"relevance": one, "feasibility": two} for one, two in marks],
        Duty.EXPERT: [{"soundness": expert}],
    }


REVIEWS = {
    "A": by_duty((5, 5), (4, 5), (5, 4)),
    "B": by_duty((5, 5), (1, 1), (3, 3)),
    "C": by_duty((4, 4), (3, 4), (4, 3)),
    "D": by_duty((2, 2), (2, 3), (1, 2), expert=1),
}


def best(count: int):
    return lambda scores: sorted(scores, key=lambda one: (-scores[one], one))[:count]


def through_the_rule(money: int):
    """The real allocation: four files of 10,000 EUR each, skipping what does not fit."""
    data = AllocationInput(
        "small", "rank-skip", 6000,
        tuple(Candidate(one, one, 0, 1_000_000, 1_000_000, frozenset()) for one in REVIEWS),
        (Envelope("total", money, ("*",), "ceiling"),),
    )  # fmt: skip
    return lambda scores: (
        allocate(replace(data, candidates=tuple(replace(one, score=scores[one.id]) for one in data.candidates))).awards
    )


# Lots


def test_lots_are_the_digests_anybody_can_draw_again() -> None:
    assert lot("S26-001", 7) == 0xDE9B53DE  # printf 'S26-001|7' | sha256sum
    assert lots(2, "seed", "A") == (0x01F1D6B6, 0x1FD77ABF)
    assert lots(3, "seed", "A")[:2] == lots(2, "seed", "A")
    assert len(set(lots(1000, "seed"))) == 1000
    assert all(0 <= number < 2**32 for number in lots(1000, "seed"))
    assert lots(0, "seed") == ()


# Drawn again


def test_a_draw_holds_only_reviews_the_file_got_and_each_as_often_as_chance_has_it() -> None:
    drawn = list(resampled(terms(), {"B": REVIEWS["B"]}, "seed", 6000))
    three = REVIEWS["B"][Duty.JURY]
    possible = [rules.score(terms(), {**REVIEWS["B"], Duty.JURY: list(chosen)}) for chosen in product(three, repeat=3)]
    assert {world["B"] for world in drawn} == set(possible)
    for points in set(possible):
        share = Fraction(possible.count(points), 27)
        found = Fraction(sum(1 for world in drawn if world["B"] == points), 6000)
        assert abs(found - share) < Fraction(2, 100)


def test_the_draws_follow_from_the_seed_and_the_file_alone() -> None:
    drawn = list(resampled(terms(), REVIEWS, "seed", 50))
    turned = {reference: REVIEWS[reference] for reference in reversed(REVIEWS)}
    assert list(resampled(terms(), turned, "seed", 50)) == drawn
    assert [world["A"] for world in resampled(terms(), {"A": REVIEWS["A"]}, "seed", 50)] == [one["A"] for one in drawn]
    assert list(resampled(terms(), REVIEWS, "another", 50)) != drawn


def test_a_file_without_a_score_is_left_out_and_without_files_there_are_no_chances() -> None:
    waiting = {"E": {Duty.JURY: [], Duty.EXPERT: []}}
    assert {frozenset(world) for world in resampled(terms(), {**REVIEWS, **waiting}, "seed", 5)} == {frozenset(REVIEWS)}
    assert chances(resampled(terms(), waiting, "seed", 5), best(1)) == {}


def test_where_the_jurors_agree_chance_decides_nothing() -> None:
    agreed = {name: by_duty(*[(mark, mark)] * 3) for name, mark in (("A", 5), ("B", 4), ("C", 3))}
    assert chances(resampled(terms(), agreed, "seed", 100), best(2)) == {
        name: Chance(Fraction(funded), *[Fraction(rank)] * 3) for rank, (name, funded) in enumerate(
            [("A", 1), ("B", 1), ("C", 0)], 1
        )
    }  # fmt: skip


def test_chances_are_counted_through_the_real_rule() -> None:
    found = chances(resampled(terms(), REVIEWS, "seed", 2000), through_the_rule(2_000_000))
    assert {name: found[name].funded for name in "AD"} == {"A": 1, "D": 0}
    assert found["B"].funded + found["C"].funded <= 1
    assert [found[name].undecided for name in "ABCD"] == [False, True, True, False]
    assert all(chance.funded.denominator in range(1, 2001) for chance in found.values())
    plenty = chances(resampled(terms(), REVIEWS, "seed", 500), through_the_rule(9_000_000))
    above = sum(1 for world in resampled(terms(), REVIEWS, "seed", 500) if world["B"] >= 6000)
    assert plenty["B"].funded == Fraction(above, 500)  # with money for all only the pass mark is in the way


@given(st.lists(st.dictionaries(st.sampled_from("ABC"), st.integers(0, 3), min_size=3), min_size=1, max_size=30))
def test_ranks_are_shared_by_equals_and_sum_to_those_of_a_ranking(worlds: list[dict[str, int]]) -> None:
    found = chances(worlds, best(1))
    assert sum(chance.expected_rank for chance in found.values()) == 6
    assert sum(chance.funded for chance in found.values()) == 1
    for name, chance in found.items():
        ranks = [
            1 + sum(points > world[name] for points in world.values())
            + Fraction(list(world.values()).count(world[name]) - 1, 2)
            for world in worlds
        ]  # fmt: skip
        assert chance.expected_rank == sum(ranks) / len(worlds)
        assert (chance.best_rank, chance.worst_rank) == (
            sorted(ranks)[len(worlds) // 20], sorted(ranks)[-1 - len(worlds) // 20],
        )  # fmt: skip


# Believed


TABLE = {
    "A": {1: 80, 2: 74, 3: 90}, "B": {1: 60, 3: 85}, "C": {2: 55, 4: 61}, "D": {3: 77, 4: 50, 5: 58}, "E": {5: 40},
    "F": {1: 66, 5: 51},
}  # fmt: skip


def table_reviews() -> list[Review]:
    return [Review(name, person, Fraction(value)) for name, row in TABLE.items() for person, value in row.items()]


def by_henderson(made_of: Components) -> tuple[dict[str, Fraction], dict[tuple[str, str], Fraction]]:
    """Levels and their covariances from the mixed model equations as they stand, inverted in fractions."""
    names, people = sorted(TABLE), sorted({person for row in TABLE.values() for person in row})
    unknowns = ["mean", *names, *people]
    size = len(unknowns)
    matrix = [[Fraction(0)] * (2 * size + 1) for _ in unknowns]
    for review in table_reviews():
        places = [unknowns.index(one) for one in ("mean", review.reference, review.person_id)]
        for one in places:
            matrix[one][2 * size] += review.value / made_of.rest
            for other in places:
                matrix[one][other] += 1 / made_of.rest
    for place, unknown in enumerate(unknowns):
        matrix[place][size + place] = Fraction(1)
        if place:
            matrix[place][place] += 1 / (made_of.files if unknown in names else made_of.jurors)
    for at in range(size):
        pivot = matrix[at][at]
        matrix[at] = [value / pivot for value in matrix[at]]
        for row in range(size):
            if row != at:
                head = matrix[row][at]
                matrix[row] = [a - head * b for a, b in zip(matrix[row], matrix[at], strict=True)]
    solved = {unknown: row[2 * size] for unknown, row in zip(unknowns, matrix, strict=True)}
    inverse = {
        (one, other): matrix[a][size + b] for a, one in enumerate(unknowns) for b, other in enumerate(unknowns)
    }  # fmt: skip
    return {name: solved["mean"] + solved[name] for name in names}, {
        (one, other): sum(inverse[a, b] for a in ("mean", one) for b in ("mean", other))
        for one in names for other in names
    }  # fmt: skip


def test_beliefs_equal_those_of_the_equations_solved_in_fractions() -> None:
    made_of = Components(Fraction(120), Fraction(70), Fraction(45))
    levels, covariance = by_henderson(made_of)
    beliefs = Posterior(table_reviews(), made_of).beliefs()
    for name, belief in beliefs.items():
        apart = {
            other: covariance[name, name] + covariance[other, other] - 2 * covariance[name, other] for other in levels
        }
        rank = 1 + sum(
            (1 + erf(float(levels[other] - levels[name]) / sqrt(2 * float(apart[other])))) / 2
            for other in levels if other != name
        )  # fmt: skip
        assert abs(belief.level - float(levels[name])) < 1e-9
        assert abs(belief.deviation - sqrt(covariance[name, name])) < 1e-9
        assert abs(belief.expected_rank - rank) < 1e-9
    assert abs(sum(belief.expected_rank for belief in beliefs.values()) - 21) < 1e-9


def test_worlds_are_drawn_around_the_beliefs() -> None:
    reviews = [Review(one.reference, one.person_id, 70 * one.value) for one in table_reviews()]
    made_of = Components(Fraction(588_000), Fraction(343_000), Fraction(220_500))
    believed = Posterior(reviews, made_of)
    worlds = list(believed.worlds("seed", 3000, {"E": 1000}))
    for name, belief in believed.beliefs().items():
        drawn = [world[name] for world in worlds]
        mean = sum(drawn) / len(drawn)
        error = belief.deviation / sqrt(len(drawn))
        assert abs(mean - belief.level - (1000 if name == "E" else 0)) < 4 * error
        assert abs(sqrt(sum((one - mean) ** 2 for one in drawn) / len(drawn)) / belief.deviation - 1) < 0.06
    found = chances(believed.worlds("seed", 3000, {}), best(3))
    for name, belief in believed.beliefs().items():
        assert abs(float(found[name].expected_rank) - belief.expected_rank) < 0.1
    assert list(believed.worlds("seed", 10, {}))[:3] == list(believed.worlds("seed", 3, {}))


def test_scores_that_are_drawn_stay_on_the_scale() -> None:
    reviews = [Review("A", 1, Fraction(9990)), Review("A", 2, Fraction(9000)), Review("B", 1, Fraction(10))]
    worlds = list(Posterior(reviews, Components(Fraction(10**7), Fraction(1), Fraction(10**6))).worlds("s", 300, {}))
    assert (max(one["A"] for one in worlds), min(one["B"] for one in worlds)) == (10_000, 0)
    assert all(type(points) is int for world in worlds for points in world.values())


@pytest.mark.parametrize("made_of", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (5, 0, 2), (0, 3, 2)])
def test_a_component_of_nothing_is_believed_too(made_of: tuple[int, int, int]) -> None:
    beliefs = Posterior(table_reviews(), Components(*map(Fraction, made_of))).beliefs()
    assert abs(sum(belief.expected_rank for belief in beliefs.values()) - 21) < 1e-6
    if made_of[0] == 0 and made_of[2] > 0:
        assert max(one.level for one in beliefs.values()) - min(one.level for one in beliefs.values()) < 1e-3


@settings(max_examples=20, deadline=None)
@given(st.randoms())
def test_what_is_believed_does_not_depend_on_the_order(chance) -> None:
    reviews = table_reviews()
    made_of = components(reviews)
    assert made_of is not None
    mixed = chance.sample(reviews, len(reviews))
    assert Posterior(mixed, made_of).beliefs() == Posterior(reviews, made_of).beliefs()
