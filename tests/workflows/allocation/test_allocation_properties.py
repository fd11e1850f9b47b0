"""What the rules keep, whatever the call: the properties P1-P24 of the design, each on hundreds of made-up calls."""

import json
from dataclasses import replace
from itertools import chain, combinations

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.workflows.allocation.made_up import (
    GROUPS,
    RANK,
    calls,
    candidates,
    cents,
    changed,
    crossing_calls,
    enclosing,
    grown,
    members,
    some,
    without,
)
from workflows.allocation import certificate, verify
from workflows.allocation.books import Books
from workflows.allocation.exchange import read, to_json
from workflows.allocation.rules import (
    AllocationInput,
    Envelope,
    FixedAwardsTooLarge,
    Override,
    Seed,
    allocate,
    fingerprint,
    ranking,
)
from workflows.money import largest_remainder


@some
@given(calls())
def test_p1_no_envelope_limit_or_pass_mark_is_ever_broken(data):
    result = allocate(data)
    by_id = {one.id: one for one in data.candidates}
    for envelope in data.envelopes:
        if envelope.policy == "ceiling":
            assert cents(result, members(envelope, data.candidates)) <= envelope.amount
    for limit in data.limits:
        whose = {}
        for id in result.awards:
            key = by_id[id].applicant if limit.per == "applicant" else "a" in by_id[id].groups
            whose.setdefault(key, []).append(result.awards[id])
        for key, awards in whose.items():
            if key is not False:
                assert len(awards) <= limit.max_awards
                assert limit.max_amount is None or sum(awards) <= limit.max_amount
    assert all(by_id[id].score >= data.pass_mark for id in result.awards)
    assert all(type(cents) is int for cents in result.awards.values())
    assert all(0 <= use.used <= use.amount and use.left == use.amount - use.used for use in result.envelopes)


@some
@given(calls(), st.sampled_from(["reserved", "pot"]), st.integers(0, 100), st.sampled_from(GROUPS))
def test_p1_what_is_reserved_is_beyond_the_reach_of_those_outside(data, policy, amount, group):
    earmark = Envelope("e", amount, (group,), policy)
    data = replace(data, envelopes=(data.envelopes[0], earmark))
    result = allocate(data)
    inside = members(earmark, data.candidates)
    outside = [one for one in data.candidates if one not in inside]
    assert cents(result, outside) <= max(0, data.envelopes[0].amount - amount)
    if policy == "pot":
        assert cents(result, inside) <= amount


@some
@given(calls())
def test_p2_an_award_lies_between_the_minimum_and_the_request(data):
    result = allocate(data)
    for one in data.candidates:
        award = result.awards.get(one.id)
        if award is not None:
            whole = "partial" not in data.rule and data.rule != "pro-rata"
            least = 1 if data.rule == "pro-rata" else one.requested if whole else max(1, one.minimum)
            assert least <= award <= one.requested


@some
@given(calls())
def test_p3_every_cent_of_an_award_is_booked_and_only_to_envelopes_of_its_own(data):
    result = allocate(data)
    by_id = {one.id: one for one in data.candidates}
    envelopes = {envelope.id: envelope for envelope in data.envelopes}
    for id, envelope, part in result.bookings:
        assert by_id[id] in members(envelopes[envelope], data.candidates)
        assert 0 < part <= result.awards[id]
        if envelopes[envelope].policy == "ceiling":
            assert part == result.awards[id]
    assert [use.used for use in result.envelopes] == [
        sum(part for _, booked, part in result.bookings if booked == use.id) for use in result.envelopes
    ]


@some
@given(st.one_of(calls(), crossing_calls()))
def test_p1_p2_p3_a_second_program_written_apart_finds_nothing_wrong_and_the_same_awards(data):
    found = json.loads(json.dumps(certificate.answer(data, allocate(data))))
    assert [(said, wrong) for said, wrong in verify.complaints(found) if wrong] == []


@some
@given(calls())
def test_p22_written_and_read_again_the_decision_has_the_same_hash(data):
    again = read(to_json(data))
    first, second = (certificate.answer(one, allocate(one))["certificate"]["decision"] for one in (data, again))
    assert first == second


@some
@given(calls(), st.randoms(use_true_random=False))
def test_p4_the_order_of_the_input_changes_nothing(data, random):
    shuffled = [random.sample(things, len(things)) for things in (data.candidates, data.envelopes, data.limits)]
    again = replace(
        data, candidates=tuple(shuffled[0]), envelopes=tuple(shuffled[1]), limits=tuple(shuffled[2])
    )  # fmt: skip
    first, second = allocate(data), allocate(again)
    assert fingerprint(data) == fingerprint(again)
    assert replace(first, envelopes=()) == replace(second, envelopes=())
    assert {use.id: use for use in first.envelopes} == {use.id: use for use in second.envelopes}


@some
@given(calls())
def test_p4_other_names_in_the_same_order_change_nothing(data):
    data = replace(data, ties=("smaller-request", "id"), grey_zone=None)
    renamed = replace(
        data, candidates=tuple(replace(one, id=f"x{one.id}", applicant=f"y{one.applicant}") for one in data.candidates)
    )
    assert allocate(renamed).awards == {f"x{id}": award for id, award in allocate(data).awards.items()}


@some
@given(calls(), st.sampled_from(GROUPS))
def test_p5_unlimited_money_changes_nothing_and_no_money_forbids_exactly_its_members(data, group):
    before = allocate(data)
    unlimited = replace(data, envelopes=(*data.envelopes, Envelope("u", 10**12, ("*",), "ceiling")))
    assert allocate(unlimited).awards == before.awards
    nothing = Envelope("u", 0, (group,), "ceiling")
    forbidden = {one.id for one in members(nothing, data.candidates)}
    result = allocate(replace(data, envelopes=(data.envelopes[0], nothing)))
    assert not forbidden & result.awards.keys()
    rest = replace(
        data, candidates=tuple(one for one in data.candidates if one.id not in forbidden),
        envelopes=data.envelopes[:1], limits=tuple(one for one in data.limits if one.per == "applicant"),
    )  # fmt: skip
    if data.limits == rest.limits == () and "stop" not in data.rule:
        assert result.awards == allocate(rest).awards


@some
@given(calls(), st.data())
def test_p6_a_higher_score_never_lowers_the_own_award(data, more):
    one = more.draw(st.sampled_from(data.candidates))
    assume(data.rule != "pro-rata" or not data.limits)
    risen = changed(data, one.id, score=one.score + more.draw(st.integers(1, 6)))
    assert allocate(risen).awards.get(one.id, 0) >= allocate(data).awards.get(one.id, 0)


@some
@given(calls(RANK), st.data())
def test_p7_asking_for_less_never_turns_a_yes_into_a_no(data, more):
    data = replace(data, ties=("smaller-request", "id"))
    awards = allocate(data).awards
    funded = [one for one in data.candidates if one.id in awards]
    assume(funded)
    one = more.draw(st.sampled_from(funded))
    less = more.draw(st.integers(1, one.requested))
    assert one.id in allocate(changed(data, one.id, requested=less, minimum=min(one.minimum, less))).awards


@some
@given(calls(["rank-stop", "rank-partial-stop"], ["ceiling"]))
def test_p8_under_stop_nobody_is_funded_below_a_refused_one_of_the_closed_envelope(data):
    result = allocate(data)
    order = {one.id: place for place, one in enumerate(ranking(data))}
    envelopes = {envelope.id: envelope for envelope in data.envelopes}
    for refusal in result.refusals:
        if refusal.id in result.reserve:
            sharing = members(envelopes[refusal.envelope], data.candidates)
            assert [one.id for one in sharing if order[one.id] > order[refusal.id] and one.id in result.awards] == []
    assert result.overtakings == ()


@some
@given(calls(["rank-skip", "rank-partial-skip"], ["ceiling"]))
def test_p9_every_overtaking_is_written_down_with_the_envelope_and_the_cents_missing(data):
    result = allocate(data)
    order = {one.id: place for place, one in enumerate(ranking(data))}
    envelopes = {envelope.id: envelope for envelope in data.envelopes}
    refusals = {refusal.id: refusal for refusal in result.refusals}
    overtakers = {winner for winner, _ in result.overtakings}
    for id in result.reserve:
        assert refusals[id].short_by > 0
        for one in members(envelopes[refusals[id].envelope], data.candidates):
            if order[one.id] > order[id] and one.id in result.awards:
                assert one.id in overtakers
    for winner, loser in result.overtakings:
        assert order[winner] > order[loser]
        assert winner in result.awards
        assert loser in result.reserve


@some
@given(calls(["rank-skip", "rank-partial-skip"]), st.data())
def test_p10_under_skip_striking_a_refused_application_changes_nobody_else(data, more):
    result = allocate(data)
    assume(result.refusals)
    id = more.draw(st.sampled_from(result.refusals)).id
    rest = without(data, id)
    assume(all(enclosing(e, data) == enclosing(e, rest) for e in data.envelopes if e.policy != "ceiling"))
    assume(not any(limit.per == "group:a" for limit in rest.limits))
    assert allocate(rest).awards == result.awards


@some
@given(calls(["rank-stop", "rank-partial-stop"], ["ceiling"]), st.integers(1, 60))
def test_p11_under_stop_cutting_the_total_helps_nobody(data, cut):
    cheaper = replace(data.envelopes[0], amount=max(0, data.envelopes[0].amount - cut))
    after = allocate(replace(data, envelopes=(cheaper, *data.envelopes[1:])))
    assert set(after.awards) <= set(allocate(data).awards)


@some
@given(calls())
def test_p15_every_refusal_has_one_cause_and_the_score_it_needs_is_sufficient_and_minimal(data):
    for refusal in allocate(data).refusals:
        assert refusal.cause in {"below-pass-mark", "envelope-short", "envelope-closed", "limit"}
        needed, id = refusal.score_needed, refusal.id
        if needed is None:
            if data.rule != "pro-rata":
                assert id not in allocate(changed(data, id, score=10**6)).awards
            continue
        assert id in allocate(changed(data, id, score=needed)).awards
        own = next(one.score for one in data.candidates if one.id == id)
        assert needed > own
        assert id not in allocate(changed(data, id, score=needed - 1)).awards


@some
@given(calls(["rank-stop", "rank-skip"], limits=False))
def test_p15_the_largest_fitting_award_fits_and_a_cent_more_does_not(data):
    data = replace(data, ties=("id",))
    for refusal in allocate(data).refusals:
        if refusal.cause in ("envelope-short", "envelope-closed"):
            assert (
                refusal.id
                not in allocate(changed(data, refusal.id, requested=refusal.largest_fitting + 1, minimum=0)).awards
            )
            if refusal.largest_fitting:
                asked = changed(data, refusal.id, requested=refusal.largest_fitting, minimum=0)
                assert allocate(asked).awards[refusal.id] == refusal.largest_fitting


@some
@given(calls(RANK))
def test_p15_an_envelope_that_grows_by_the_amount_named_or_by_more_funds_it(data):
    chart = Books(data).chart
    for refusal in allocate(data).refusals:
        if refusal.grow_by is not None:
            inside = next(at for at, envelope in enumerate(chart.envelopes) if envelope.id == refusal.envelope)
            together = {chart.envelopes[at].id for at in chart.ancestry(inside)}
            for more in (0, 1, 2, 10, 10**6):
                assert refusal.id in allocate(grown(data, together, refusal.grow_by + more)).awards


@some
@given(calls(RANK, ["ceiling"]))
def test_p15_between_ceilings_the_growth_is_always_found_and_a_cent_less_does_not_do(data):
    for refusal in allocate(data).refusals:
        if refusal.id in allocate(data).reserve:
            if refusal.grow_by is None:
                assert refusal.id not in allocate(grown(data, {refusal.envelope}, 10**6)).awards
            else:
                assert refusal.id not in allocate(grown(data, {refusal.envelope}, refusal.grow_by - 1)).awards


@some
@given(calls(RANK))
def test_p16_sevenfold_cents_give_sevenfold_awards_and_threefold_scores_the_same(data):
    awards = allocate(data).awards
    dearer = replace(
        data,
        candidates=tuple(replace(o, requested=7 * o.requested, minimum=7 * o.minimum) for o in data.candidates),
        envelopes=tuple(replace(e, amount=7 * e.amount) for e in data.envelopes),
        limits=tuple(replace(i, max_amount=None if i.max_amount is None else 7 * i.max_amount) for i in data.limits),
    )
    if "partial" not in data.rule or all(one.minimum for one in data.candidates):
        assert allocate(dearer).awards == {id: 7 * award for id, award in awards.items()}
    zone = data.grey_zone and replace(
        data.grey_zone, lowest=3 * data.grey_zone.lowest, highest=3 * data.grey_zone.highest
    )
    risen = tuple(replace(one, score=3 * one.score) for one in data.candidates)
    higher = replace(data, pass_mark=3 * data.pass_mark, candidates=risen, grey_zone=zone)
    assert allocate(higher).awards == awards


@some
@given(calls(["rank-skip", "rank-partial-skip"], ["ceiling", "reserved", "pot"]), st.data())
def test_p17_fixing_an_award_at_what_it_was_and_releasing_it_again_changes_nothing(data, more):
    result = allocate(data)
    assume(result.awards)
    id = more.draw(st.sampled_from(sorted(result.awards)))
    fixed = replace(data, overrides=(Override(id, result.awards[id], "as it was"),))
    assert allocate(fixed).awards == result.awards
    refused = replace(data, overrides=(Override(id, 0, "not now"),))
    assert id not in allocate(refused).awards
    assert replace(refused, overrides=()) == data


@some
@given(calls(RANK), st.data())
def test_p18_notified_awards_never_change_and_freed_money_goes_down_the_list(data, more):
    before = allocate(data)
    assume(before.awards)
    gone = more.draw(st.sampled_from(sorted(before.awards)))
    kept = {id: award for id, award in before.awards.items() if id != gone}
    again = replace(
        data, frozen=kept, candidates=tuple(replace(o, score=0) if o.id == gone else o for o in data.candidates),
        overrides=(Override(gone, 0, "withdrawn"),),
    )  # fmt: skip
    try:
        after = allocate(again)
    except FixedAwardsTooLarge:
        raise AssertionError("what fitted with one more award fits without it") from None
    assert {id: after.awards[id] for id in kept} == kept
    promoted = [id for id in after.awards if id not in kept]
    assert gone not in promoted
    order = [one.id for one in ranking(data)]
    assert promoted == sorted(promoted, key=order.index)


@some
@given(candidates(), st.integers(0, 150))
def test_p19_pro_rata_spends_all_it_can_and_follows_the_order_of_the_requests(everyone, amount):
    data = AllocationInput("c", "pro-rata", 0, everyone, (Envelope("total", amount, ("*",), "ceiling"),))
    result = allocate(data)
    asked = [one.requested for one in ranking(data)]
    assert sum(result.awards.values()) == min(amount, sum(asked))
    if amount < sum(asked):
        assert [result.awards.get(one.id, 0) for one in ranking(data)] == largest_remainder(amount, asked)
    for one in everyone:
        for other in everyone:
            if one.requested > other.requested:
                assert result.awards.get(one.id, 0) >= result.awards.get(other.id, 0)


@some
@given(calls(["pro-rata"], ["ceiling"], limits=False))
def test_p19_pro_rata_leaves_nobody_cut_whose_envelopes_all_have_money_left(data):
    result = allocate(data)
    left = {use.id: use.left for use in result.envelopes}
    for one in data.candidates:
        if one.score >= data.pass_mark and result.awards.get(one.id, 0) < one.requested:
            own = [envelope.id for envelope in data.envelopes if one in members(envelope, data.candidates)]
            assert min(left[id] for id in own) == 0


@some
@given(calls(RANK), st.text(min_size=1, max_size=5))
def test_p21_a_tie_is_decided_by_the_published_draw_alone(data, seed):
    drawn = replace(data, ties=(Seed(seed),), candidates=tuple(replace(one, score=5) for one in data.candidates))
    other = replace(
        drawn, candidates=tuple(replace(one, requested=41 - one.requested, minimum=0) for one in drawn.candidates)
    )
    assert [one.id for one in ranking(drawn)] == [one.id for one in ranking(other)]


@some
@given(calls())
def test_p24_everybody_is_either_funded_or_refused(data):
    result = allocate(data)
    refused = [refusal.id for refusal in result.refusals]
    assert sorted([*result.awards, *refused]) == sorted(one.id for one in data.candidates)
    assert set(result.reserve) == {
        refusal.id for refusal in result.refusals if refusal.cause in ("envelope-short", "envelope-closed")
    }
    order = [one.id for one in ranking(data)]
    assert refused == sorted(refused, key=order.index)


def payable(wanted, pots):
    """Hall's condition on every set of pots: those who can only be paid from it want no more than it has."""
    sets = chain.from_iterable(combinations(pots, size) for size in range(len(pots) + 1))
    return all(
        sum(amount for own, amount in wanted if own <= set(those)) <= sum(pots[pot] for pot in those) for those in sets
    )


@some
@given(crossing_calls())
def test_crossing_pots_refuse_exactly_what_no_re_routing_could_pay(data):
    pots = {envelope.id: envelope.amount for envelope in data.envelopes}
    wanted, awards = [], {}
    for one in ranking(data):
        own = {envelope.id for envelope in data.envelopes if one in members(envelope, data.candidates)}
        least = max(1, one.minimum) if "partial" in data.rule else one.requested
        for award in range(one.requested, least - 1, -1):
            if own and payable([*wanted, (own, award)], pots):
                wanted.append((own, award))
                awards[one.id] = award
                break
    assert allocate(data).awards == awards


@some
@given(crossing_calls())
def test_with_crossing_pots_the_score_needed_is_still_sufficient_and_minimal(data):
    for refusal in allocate(data).refusals:
        if refusal.score_needed is not None:
            assert refusal.id in allocate(changed(data, refusal.id, score=refusal.score_needed)).awards
            assert refusal.id not in allocate(changed(data, refusal.id, score=refusal.score_needed - 1)).awards


@some
@given(crossing_calls())
def test_with_crossing_pots_pro_rata_overspends_none_and_leaves_no_cent_that_could_be_paid(data):
    data = replace(data, rule="pro-rata")
    result = allocate(data)
    assert all(use.used <= use.amount for use in result.envelopes)
    pots = {envelope.id: envelope.amount for envelope in data.envelopes}
    owns = {
        one.id: {envelope.id for envelope in data.envelopes if one in members(envelope, data.candidates)}
        for one in data.candidates
    }
    paid = [(owns[id], award) for id, award in result.awards.items()]
    for one in data.candidates:
        if owns[one.id] and result.awards.get(one.id, 0) < one.requested:
            assert not payable([*paid, (owns[one.id], 1)], pots)
