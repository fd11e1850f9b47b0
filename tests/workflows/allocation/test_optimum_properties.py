"""What an optimum keeps, whatever the call; and that it is one, against every allocation there is of small calls."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.workflows.allocation.made_up import GROUPS, OPTIMA, RANK, calls, changed, enclosing, few, without
from workflows.allocation import certificate, rules, verify
from workflows.allocation.books import Books
from workflows.allocation.gates import BEFORE_ALL
from workflows.allocation.optimum.forcing import force
from workflows.allocation.optimum.process import Clock, Solver
from workflows.allocation.optimum.programme import worth
from workflows.allocation.optimum.stages import allocate
from workflows.allocation.ranking import Order
from workflows.allocation.rules import AllocationInput, Envelope, Limit, Override, draw, ranking
from workflows.allocation.spending import floors_missed
from workflows.allocation.walk import Run, book, pay_fixed

HOURS = 10**8  # milliseconds: no call here may end on its clock
EVERY_POLICY = ["ceiling", "reserved", "pot", "priority"]
NO_PRIORITY = ["ceiling", "reserved", "pot"]


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    with Solver(Clock(HOURS)) as found:
        yield found


@st.composite
def optima(draw, policies=NO_PRIORITY, whole=True, only=OPTIMA):
    """A call of an optimum rule, now and then with least numbers and with a group whose order is kept."""
    data = draw(calls(only, policies, whole=whole))
    limits = data.limits
    if draw(st.booleans()):
        per = draw(st.sampled_from(["applicant", "group:a"]))
        limits = (*limits, Limit("m", per, None, None, draw(st.integers(1, 3))))
    kept = ("b",) if draw(st.integers(0, 3)) == 0 else ()
    carried = {group for one in data.candidates for group in one.groups}
    return replace(
        data,
        limits=tuple(one for one in limits if one.per == "applicant" or "a" in carried),
        ranked_within=kept if "b" in carried else (),
    )


def objective(data: AllocationInput, awards) -> int:
    return sum(worth(data.rule, one).of(awards[one.id]) for one in data.candidates if one.id in awards)


def best_by_hand(data: AllocationInput):
    """(fewest missed, worth most, largest lots) and the awards, over every set of whole awards that fits."""
    everyone = [one for one in Order(data).ranked if one.score >= data.pass_mark and funds_exist(data, one)]
    best = None
    for number in range(len(everyone) + 1):
        for some_of in combinations(everyone, number):
            awards = {one.id: one.requested for one in some_of}
            if keeps_order(data, everyone, awards) and fits(data, awards):
                missed = sum(floor.missing for floor in floors_missed(data, awards))
                lots = sum(draw(data.call, id, "s" if isinstance(data.ties[0], rules.Seed) else "")[0] for id in awards)
                found = (-missed, objective(data, awards), lots)
                if best is None or found > best[0]:
                    best = found, awards
    return best


def funds_exist(data, one) -> bool:
    return any(envelope.groups == ("*",) or one.groups & set(envelope.groups) for envelope in data.envelopes)


def keeps_order(data, everyone, awards) -> bool:
    funded = [one.id in awards for one in everyone if "b" in one.groups]
    return not data.ranked_within or funded == sorted(funded, reverse=True)


def fits(data, awards) -> bool:
    run = Run(data, Order(data), Books(data))
    pay_fixed(run)
    page = run.books.turn_page(0)
    for one in run.order.ranked:
        if one.id in awards:
            way = page.way(one)
            if any(gate.room < one.requested for gate in way.money) or any(gate.room < 1 for gate in way.numbers):
                return False
            book(one.requested, BEFORE_ALL, way.money, way.numbers)
    return True


@few
@given(data=optima())
def test_it_is_the_optimum_and_of_all_as_good_the_one_of_the_lots(solver, data):
    (missed, value, _), awards = best_by_hand(data)
    result, proof = allocate(data, solver)
    assert (-sum(floor.missing for floor in result.floors_missed), result.value) == (missed, value)
    assert (proof.proved, proof.canonical) == (True, True)
    assert result.awards == awards


@few
@given(data=optima(policies=EVERY_POLICY, whole=False))
def test_p1_p2_p3_p14_p22_its_certificate_holds_to_the_last_cent(solver, data):
    result, proof = allocate(data, solver)
    found = certificate.answer(data, result, proof)
    assert [wrong for _, wrong in verify.complaints(found) if wrong] == []
    assert result.value == objective(data, result.awards) <= found["bound"]
    assert proof.proved


@few
@given(data=optima(), prices=st.lists(st.integers(0, 10**20), min_size=4, max_size=4), missed=st.integers(0, 30))
def test_p14_whatever_the_prices_the_bound_is_one(solver, data, prices, missed):
    result, _ = allocate(data, solver)
    names = [("ceiling", envelope.id, "") for envelope in data.envelopes if envelope.policy == "ceiling"]
    names += [("money", envelope.id, "") for envelope in data.envelopes]
    call = verify.Call(certificate.to_data(data))
    missed += sum(floor.missing for floor in result.floors_missed)
    assert verify.upper_bound(call, dict(zip(names, prices, strict=False)), missed) >= result.value


@few
@given(data=optima(policies=EVERY_POLICY, whole=False), random=st.randoms(use_true_random=False))
def test_p4_no_order_of_the_input_changes_it(solver, data, random):
    shuffled = [random.sample(things, len(things)) for things in (data.candidates, data.envelopes, data.limits)]
    again = replace(
        data, candidates=tuple(shuffled[0]), envelopes=tuple(shuffled[1]), limits=tuple(shuffled[2])
    )  # fmt: skip
    (first, proof), (second, _) = allocate(data, solver), allocate(again, solver)
    assert (first.awards, first.value) == (second.awards, second.value)
    assert (proof.proved, proof.canonical) == (True, True)


@few
@given(data=optima(policies=["ceiling"], whole=False), group=st.sampled_from(GROUPS))
def test_p5_unlimited_money_changes_nothing_and_no_money_forbids_its_members(solver, data, group):
    before = allocate(data, solver)[0]
    unlimited = replace(data, envelopes=(*data.envelopes, Envelope("u", 10**9, ("*",), "ceiling")))
    assert allocate(unlimited, solver)[0].awards == before.awards
    nothing = replace(data, envelopes=(*data.envelopes, Envelope("u", 0, (group,), "ceiling")))
    carrying = {one.id for one in data.candidates if group in one.groups}
    assert carrying & allocate(nothing, solver)[0].awards.keys() == set()


@few
@given(data=optima(), more=st.data())
def test_p6_a_higher_score_never_costs_the_award(solver, data, more):
    one = more.draw(st.sampled_from(data.candidates))
    assume(not data.ranked_within)
    risen = changed(data, one.id, score=one.score + more.draw(st.integers(1, 6)))
    before, after = allocate(data, solver)[0].awards, allocate(risen, solver)[0].awards
    assert after.get(one.id, 0) >= before.get(one.id, 0)


@few
@given(data=optima(only=["optimum-points", "optimum-projects"]), more=st.data())
def test_p7_asking_for_less_never_turns_a_yes_into_a_no_where_awards_are_counted(solver, data, more):
    awards = allocate(data, solver)[0].awards
    assume(awards and not data.ranked_within)
    id = more.draw(st.sampled_from(sorted(awards)))
    less = more.draw(st.integers(1, awards[id]))
    assert id in allocate(changed(data, id, requested=less, minimum=less), solver)[0].awards


@few
@given(data=optima(policies=NO_PRIORITY), more=st.data())
def test_p10_striking_a_refused_application_changes_nobody_else(solver, data, more):
    result = allocate(data, solver)[0]
    assume(result.refusals and not data.ranked_within and not any(one.min_awards for one in data.limits))
    rest = without(data, more.draw(st.sampled_from(result.refusals)).id)
    assume(all(enclosing(e, data) == enclosing(e, rest) for e in data.envelopes if e.policy != "ceiling"))
    assume(not any(limit.per == "group:a" for limit in rest.limits))
    assert allocate(rest, solver)[0].awards == result.awards


@few
@given(data=optima(whole=False), rule=st.sampled_from(RANK))
def test_p13_it_is_worth_at_least_what_any_rank_rule_gives(solver, data, rule):
    data = replace(data, limits=tuple(one for one in data.limits if not one.min_awards), ranked_within=())
    by_rank = rules.allocate(replace(data, rule=rule))
    assert allocate(data, solver)[0].value >= objective(data, by_rank.awards)


@few
@given(data=calls(["optimum-point-euros"], ["ceiling"], limits=False), width=st.integers(1, 3))
def test_p12_between_nested_ceilings_with_partial_awards_rank_order_is_the_optimum(solver, data, width):
    """Greedy on a polymatroid (Edmonds 1970), awards from 1 cent, ceilings in one another."""
    nested = [Envelope("total", data.envelopes[0].amount, ("*",), "ceiling")]
    for number, groups in enumerate([("a", "b"), ("a",)][:width]):
        nested.append(Envelope(f"n{number}", 20 * (number + 1), groups, "ceiling"))
    data = replace(
        data, envelopes=tuple(nested), candidates=tuple(replace(one, minimum=1) for one in data.candidates)
    )  # fmt: skip
    greedy = rules.allocate(replace(data, rule="rank-partial-skip"))
    assert allocate(data, solver)[0].value == greedy.value


@few
@given(data=optima(only=["optimum-points", "optimum-point-euros"]))
def test_p15_forced_in_it_costs_what_is_said_and_the_score_named_funds_it_and_none_below(solver, data):
    data = replace(data, limits=tuple(one for one in data.limits if not one.min_awards), ranked_within=())
    result, _ = allocate(data, solver)
    for refusal in result.refusals:
        assert refusal.cause in {"below-pass-mark", "not-chosen", "envelope-short"}
        if refusal.cause == "not-chosen":
            found = force(data, result, refusal.id, solver)
            if found.score_needed is None:
                risen = changed(data, refusal.id, score=10**6)
                assert refusal.id not in allocate(risen, solver)[0].awards
            else:
                risen = changed(data, refusal.id, score=found.score_needed)
                assert refusal.id in allocate(risen, solver)[0].awards
                assert (
                    refusal.id
                    not in allocate(changed(risen, refusal.id, score=found.score_needed - 1), solver)[0].awards
                )


@few
@given(data=optima())
def test_p16_sevenfold_cents_and_threefold_scores_choose_the_same(solver, data):
    awards = allocate(data, solver)[0].awards
    dearer = replace(
        data,
        candidates=tuple(replace(o, requested=7 * o.requested, minimum=7 * o.minimum) for o in data.candidates),
        envelopes=tuple(replace(e, amount=7 * e.amount) for e in data.envelopes),
        limits=tuple(replace(i, max_amount=None if i.max_amount is None else 7 * i.max_amount) for i in data.limits),
    )
    assert allocate(dearer, solver)[0].awards == {id: 7 * award for id, award in awards.items()}
    risen = tuple(replace(one, score=3 * one.score) for one in data.candidates)
    higher = replace(data, pass_mark=3 * data.pass_mark, candidates=risen)
    assert allocate(higher, solver)[0].awards == awards


@few
@given(data=optima(policies=["ceiling"]), more=st.data())
def test_p17_fixing_an_award_at_what_it_was_changes_nothing(solver, data, more):
    awards = allocate(data, solver)[0].awards
    assume(awards and not data.ranked_within)
    id = more.draw(st.sampled_from(sorted(awards)))
    fixed = replace(data, overrides=(Override(id, awards[id], "as it was"),))
    assert allocate(fixed, solver)[0].awards == awards


@few
@given(data=optima(policies=NO_PRIORITY), more=st.data())
def test_p18_notified_awards_never_change_when_one_is_withdrawn(solver, data, more):
    before = allocate(data, solver)[0].awards
    assume(before)
    gone = more.draw(st.sampled_from(sorted(before)))
    kept = {id: cents for id, cents in before.items() if id != gone}
    again = replace(data, frozen=kept, overrides=(Override(gone, 0, "withdrawn"),))
    after = allocate(again, solver)[0].awards
    assert {id: after[id] for id in kept} == kept
    assert gone not in after


@few
@given(data=optima(policies=["ceiling"]), least=st.integers(1, 9))
def test_p20_a_floor_is_missed_by_as_few_as_can_be(solver, data, least):
    data = replace(data, limits=(Limit("m", "group:a", None, None, least),), ranked_within=())
    assume(any("a" in one.groups for one in data.candidates))
    (missed, _, _), _ = best_by_hand(data)
    assert -sum(floor.missing for floor in allocate(data, solver)[0].floors_missed) == missed


@few
@given(data=optima(policies=["ceiling"]), seed=st.text(min_size=1, max_size=5))
def test_p21_of_equally_good_lists_the_published_lots_choose(solver, data, seed):
    drawn = replace(data, ties=(rules.Seed(seed),), limits=(), ranked_within=())
    equal = replace(drawn, candidates=tuple(replace(o, score=5, requested=10, minimum=10) for o in data.candidates))
    result, proof = allocate(equal, solver)
    lots = {one.id: draw(equal.call, one.id, seed)[0] for one in equal.candidates}
    assert proof.canonical
    if len(equal.envelopes) == 1:
        chosen = sorted(lots, key=lots.__getitem__, reverse=True)[: equal.envelopes[0].amount // 10]
        assert set(result.awards) == set(chosen if equal.pass_mark <= 5 else ())


@few
@given(data=optima(policies=EVERY_POLICY, whole=False))
def test_p24_everybody_is_either_funded_or_refused(solver, data):
    result, _ = allocate(data, solver)
    refused = [refusal.id for refusal in result.refusals]
    assert sorted([*result.awards, *refused]) == sorted(one.id for one in data.candidates)
    order = [one.id for one in ranking(data)]
    assert refused == sorted(refused, key=order.index)
