"""The rank rules told as sentences: real calls, each mode, each policy, each refusal."""

from dataclasses import replace

import pytest

from workflows.allocation.rules import (
    AllocationInput,
    Candidate,
    Envelope,
    EnvelopeUse,
    FixedAwardsTooLarge,
    FloorMissed,
    GreyZone,
    InputRefused,
    Limit,
    Override,
    Refusal,
    RuleNeedsOptimiser,
    Seed,
    allocate,
    draw,
    fingerprint,
    ranking,
)

ZUID = (  # organisation, zone, cents: the ten rows of the 2024 annual report, in the order they are printed
    ("Entraide et Fraternité", "opt", 12_498_600),
    ("Solsoc", "opt", 12_500_000),
    ("Viva Salud", "opt", 12_500_000),
    ("Présence et Action culturelles", "opt", 2_496_000),
    ("Association pour la Diversité Culturelle en Belgique", "opt", 2_500_000),
    ("Handicap International", "rsk", 12_500_000),
    ("Adventist Development and Relief Agency - Belgium", "kinshasa", 2_500_000),
    ("Forum Lisanga", "kinshasa", 2_500_000),
    ("Social Ecology Education Fund", "kinshasa", 2_500_000),
    ("Twende", "kinshasa", 1_500_000),
)
NOORD = (1_230_000, 1_896_300, 1_083_700, 2_452_600, 1_231_500, 2_395_000, 2_500_000, 2_003_000, 2_377_900,
         1_200_000, 1_630_000)  # fmt: skip


def file(id, score, requested, *groups, minimum=None, applicant=None):
    return Candidate(
        id, applicant or f"of {id}", score, requested, requested if minimum is None else minimum, frozenset(groups)
    )


def total(amount):
    return Envelope("total", amount, ("*",), "ceiling")


def opt(amount, policy):
    return Envelope("opt", amount, ("opt",), policy)


def call(rule, candidates, envelopes, **more):
    return AllocationInput("a-call", rule, more.pop("pass_mark", 6000), tuple(candidates), tuple(envelopes), **more)


def zuid(policy, rule="rank-skip", pass_mark=6000):
    files = [
        file(f"Z-{place:03}", 9000 - 100 * place, cents, zone, applicant=organisation)
        for place, (organisation, zone, cents) in enumerate(ZUID)
    ]
    return call(rule, files, [total(65_500_000), opt(43_000_000, policy)], pass_mark=pass_mark)


@pytest.mark.parametrize("policy", ["ceiling", "reserved", "pot", "priority"])
@pytest.mark.parametrize("rule", ["rank-stop", "rank-skip", "rank-partial-stop", "rank-partial-skip", "pro-rata"])
def test_zuid_2024_pays_all_ten_and_leaves_505_400_cents_of_opt_and_1_505_400_of_the_whole(policy, rule):
    result = allocate(zuid(policy, rule))
    assert [result.awards[f"Z-{place:03}"] for place in range(10)] == [cents for _, _, cents in ZUID]
    released_to = "total" if policy == "priority" else None
    assert result.envelopes == (
        EnvelopeUse("total", 65_500_000, 63_994_600, 1_505_400),
        EnvelopeUse("opt", 43_000_000, 42_494_600, 505_400, unusable=0, released_to=released_to),
    )
    assert (result.reserve, result.refusals, result.overtakings) == ((), (), ())


def test_of_the_zuid_rest_a_priority_envelope_releases_what_a_reserved_one_keeps():
    """Without OPT 22,500,000 is for the others, who got 21,500,000: a file of 1,200,000 needs 200,000 of the rest."""
    late = file("Z-011", 6100, 1_200_000, "kinshasa")
    outcome = {}
    for policy in ("ceiling", "reserved", "pot", "priority"):
        data = zuid(policy)
        outcome[policy] = "Z-011" in allocate(replace(data, candidates=(*data.candidates, late))).awards
    assert outcome == {"ceiling": True, "reserved": False, "pot": False, "priority": True}


def test_noord_2024_spends_its_200_000_euros_to_the_cent_and_not_a_cent_more():
    files = [file(f"N-{place:02}", 9000 - place, cents) for place, cents in enumerate(NOORD)]
    assert allocate(call("rank-stop", files, [total(20_000_000)])).envelopes[0].left == 0
    short = allocate(call("rank-stop", files, [total(19_999_999)]))
    assert short.refusals == (
        Refusal("N-10", "envelope-short", "total", short_by=1, score_needed=8992, largest_fitting=1_629_999, grow_by=1),
    )


def test_skip_passes_over_what_does_not_fit_and_writes_the_overtaking_down():
    files = [file("big", 9000, 60), file("bigger", 8000, 70), file("small", 7000, 40), file("last", 6500, 1)]
    result = allocate(call("rank-skip", files, [total(100)]))
    assert result.awards == {"big": 60, "small": 40}
    assert result.overtakings == (("small", "bigger"),)
    assert result.refusals == (
        Refusal("bigger", "envelope-short", "total", 30, None, 9001, 40, grow_by=30),
        Refusal("last", "envelope-short", "total", 1, None, 7000, 0, grow_by=71),
    )
    assert result.value == 60 * 9000 + 40 * 7000


def test_stop_closes_the_envelope_at_the_first_that_does_not_fit():
    files = [file("big", 9000, 60), file("bigger", 8000, 70), file("small", 7000, 40)]
    result = allocate(call("rank-stop", files, [total(100)]))
    assert result.awards == {"big": 60}
    assert result.reserve == ("bigger", "small")
    assert result.refusals == (
        Refusal("bigger", "envelope-short", "total", 30, None, 9001, 40, grow_by=30),
        Refusal("small", "envelope-closed", "total", None, "bigger", 8000, 0, grow_by=70),
    )


def test_stop_closes_only_the_envelopes_that_were_short():
    files = [file("a1", 9000, 50, "a"), file("a2", 8000, 20, "a"), file("b1", 7000, 20, "b"), file("a3", 6500, 5, "a")]
    result = allocate(call("rank-stop", files, [total(100), Envelope("a", 60, ("a",), "ceiling")]))
    assert result.awards == {"a1": 50, "b1": 20}
    assert [(one.id, one.cause, one.envelope, one.blocked_by) for one in result.refusals] == [
        ("a2", "envelope-short", "a", None),
        ("a3", "envelope-closed", "a", "a2"),
    ]


def test_the_last_one_gets_the_rest_if_it_is_not_below_its_minimum():
    files = [file("first", 9000, 60), file("line", 8000, 70, minimum=40), file("small", 7000, 10)]
    assert allocate(call("rank-partial-stop", files, [total(100)])).awards == {"first": 60, "line": 40}
    files[1] = file("line", 8000, 70, minimum=41)
    assert allocate(call("rank-partial-stop", files, [total(100)])).awards == {"first": 60}
    assert allocate(call("rank-partial-skip", files, [total(100)])).awards == {"first": 60, "small": 10}
    assert allocate(call("rank-partial-skip", files, [total(100)])).refusals == (
        Refusal("line", "envelope-short", "total", 1, None, 9001, 40, grow_by=1),
    )


def test_below_the_pass_mark_there_is_no_turn_and_the_pass_mark_is_what_is_needed():
    files = [file("weak", 5999, 10), file("good", 6000, 10)]
    result = allocate(call("rank-skip", files, [total(100)]))
    assert result.awards == {"good": 10}
    assert result.refusals == (Refusal("weak", "below-pass-mark", score_needed=6000),)
    assert result.reserve == ()


def test_a_request_larger_than_its_envelope_has_no_score_that_would_fund_it():
    result = allocate(call("rank-skip", [file("huge", 9000, 101)], [total(100)]))
    assert result.refusals == (Refusal("huge", "envelope-short", "total", 1, None, None, 100, grow_by=1),)


def test_who_belongs_to_no_envelope_is_paid_by_none():
    data = call("rank-skip", [file("x", 9000, 10, "x")], [Envelope("a", 100, ("a",), "ceiling")])
    assert allocate(data).refusals == (Refusal("x", "envelope-short", None, 10, None, None, 0),)
    assert allocate(replace(data, rule="pro-rata")).refusals == allocate(data).refusals


# the four policies, on one call where they all differ: total 100, of which 60 for opt


def four(policy, rule="rank-skip"):
    files = [
        file("x1", 9000, 30, "x"), file("x2", 8900, 30, "x"), file("o1", 8800, 45, "opt"), file("o2", 8700, 10, "opt"),
        file("x3", 8600, 5, "x"),
    ]  # fmt: skip
    return call(rule, files, [total(100), opt(60, policy)])


def test_a_ceiling_only_bounds_its_members():
    assert allocate(four("ceiling")).awards == {"x1": 30, "x2": 30, "o2": 10, "x3": 5}


def test_reserved_money_is_kept_from_the_others_to_the_end():
    result = allocate(four("reserved"))
    assert result.awards == {"x1": 30, "o1": 45, "o2": 10, "x3": 5}
    assert result.envelopes == (EnvelopeUse("total", 100, 90, 10), EnvelopeUse("opt", 60, 55, 5))


def test_priority_money_is_released_when_the_list_is_exhausted_and_goes_by_rank():
    """The list leaves 5 of its 60; with 40 that is 45: x1, then not x2, then x3."""
    assert allocate(four("priority")).awards == {"x1": 30, "o1": 45, "o2": 10, "x3": 5}
    richer = replace(four("priority"), envelopes=(total(105), opt(60, "priority")))
    assert allocate(richer).awards == {"x1": 30, "o1": 45, "o2": 10, "x3": 5}
    richest = replace(four("priority"), envelopes=(total(115), opt(60, "priority")))
    assert allocate(richest).awards == {"x1": 30, "x2": 30, "o1": 45, "o2": 10}
    assert allocate(replace(richest, envelopes=(total(115), opt(60, "reserved")))).awards == {
        "x1": 30, "o1": 45, "o2": 10, "x3": 5,
    }  # fmt: skip


def test_members_beyond_a_reserved_or_priority_amount_compete_for_the_rest_by_rank():
    files = [file("x1", 9000, 30), file("o1", 8900, 60, "opt"), file("o2", 8800, 10, "opt"), file("x2", 8700, 5)]
    for policy in ("reserved", "priority"):
        result = allocate(call("rank-skip", files, [total(100), opt(60, policy)]))
        assert result.awards == {"x1": 30, "o1": 60, "o2": 10}
        assert result.envelopes[1] == EnvelopeUse("opt", 60, 60, 0)
        assert result.overtakings == ()
    assert allocate(call("rank-skip", files, [total(100), opt(60, "pot")])).awards == {"x1": 30, "o1": 60, "x2": 5}


def test_a_priority_member_too_large_for_its_earmark_competes_like_anyone():
    files = [file("x1", 9000, 60), file("o1", 8900, 55, "opt"), file("o2", 8800, 30, "opt")]
    result = allocate(call("rank-skip", files, [total(100), opt(50, "priority")]))
    assert result.awards == {"x1": 60, "o2": 30}
    assert result.refusals == (Refusal("o1", "envelope-short", "total", 45, None, 9000, 50, grow_by=45),)


def test_two_closed_pots_do_not_lend_each_other_a_cent():
    files = [file("o1", 9000, 50, "opt"), file("x1", 8000, 50, "x"), file("x2", 7000, 10, "x")]
    pots = [opt(60, "pot"), Envelope("others", 50, ("x",), "pot")]
    result = allocate(call("rank-skip", files, pots))
    assert result.awards == {"o1": 50, "x1": 50}
    assert result.refusals == (Refusal("x2", "envelope-short", "others", 10, None, 8000, 0, grow_by=10),)


def test_where_pots_cross_an_earlier_payment_is_re_routed_rather_than_a_fundable_file_refused():
    """`both` is paid from women first, the smaller pot by name; `w` can only be paid from there, so `both` moves."""
    pots = [Envelope("climate", 50, ("climate",), "pot"), Envelope("women", 50, ("women",), "pot")]
    files = [file("both", 9000, 50, "women", "climate"), file("w", 8000, 50, "women"), file("c", 7000, 1, "climate")]
    for first, second in (("women", "climate"), ("climate", "women")):
        result = allocate(call("rank-skip", [files[0], file("w", 8000, 50, first), file("c", 7000, 1, second)], pots))
        assert result.awards == {"both": 50, "w": 50}
        assert {use.used for use in result.envelopes} == {50}
        assert result.refusals[0].short_by == 1


def test_priorities_nest_and_release_outwards():
    envelopes = [
        total(100), Envelope("africa", 60, ("kinshasa", "africa"), "priority"),
        Envelope("kinshasa", 40, ("kinshasa",), "priority"),
    ]  # fmt: skip
    files = [
        file("x", 9000, 55, "x"), file("a", 8000, 40, "africa"), file("k", 7000, 5, "kinshasa"),
    ]  # fmt: skip
    result = allocate(call("rank-skip", files, envelopes))
    assert result.awards == {"x": 55, "a": 40, "k": 5}
    assert [(use.id, use.used) for use in result.envelopes] == [("total", 100), ("africa", 45), ("kinshasa", 5)]


def test_the_smallest_enclosing_envelope_is_the_one_whose_money_is_reserved():
    envelopes = [
        total(100), Envelope("south", 50, ("south",), "ceiling"), Envelope("opt", 40, ("opt",), "reserved"),
    ]  # fmt: skip
    files = [file("n", 9000, 60, "north"), file("s", 8000, 15, "south"), file("o", 7000, 40, "south", "opt")]
    result = allocate(call("rank-skip", files, envelopes))
    assert result.awards == {"n": 60, "o": 40}
    assert (result.refusals[0].envelope, result.refusals[0].short_by) == ("south", 5)


def test_a_reserved_amount_without_an_enclosing_envelope_is_refused_with_its_place():
    with pytest.raises(InputRefused) as refused:
        allocate(call("rank-skip", [file("o", 9000, 1, "opt"), file("x", 9000, 1, "x")], [opt(60, "reserved")]))
    assert refused.value.place == "envelopes[0].policy"


def test_an_earmark_nobody_belongs_to_still_keeps_its_money():
    result = allocate(call("rank-skip", [file("x", 9000, 60)], [total(100), opt(50, "reserved")]))
    assert result.refusals == (Refusal("x", "envelope-short", "total", 10, None, None, 50, grow_by=10),)


# what would have changed it


def test_what_was_missing_at_its_turn_is_not_what_would_have_funded_it():
    """`last` was 1 cent short; with 1 cent more `bigger`, which stands above it, is nearer: it takes 70 first."""
    files = [file("big", 9000, 60), file("bigger", 8000, 70), file("small", 7000, 40), file("last", 6500, 1)]
    data = call("rank-skip", files, [total(100)])
    last = allocate(data).refusals[1]
    assert (last.short_by, last.grow_by) == (1, 71)
    assert allocate(replace(data, envelopes=(total(170),))).awards == {"big": 60, "bigger": 70, "small": 40}
    assert allocate(replace(data, envelopes=(total(171),))).awards == {"big": 60, "bigger": 70, "small": 40, "last": 1}


def test_no_growth_of_one_envelope_helps_where_another_is_short_too():
    files = [file("a1", 9000, 50, "a"), file("a2", 8000, 60, "a")]
    result = allocate(call("rank-skip", files, [total(70), Envelope("a", 90, ("a",), "ceiling")]))
    assert result.refusals == (Refusal("a2", "envelope-short", "total", 40, None, 9001, 20, grow_by=None),)


def test_an_envelope_grows_with_what_encloses_it_where_its_money_is_set_apart():
    files = [file("o1", 9000, 50, "opt"), file("o2", 8000, 20, "opt"), file("x1", 7000, 40, "x")]
    data = call("rank-skip", files, [total(100), opt(60, "pot")])
    assert allocate(data).refusals == (Refusal("o2", "envelope-short", "opt", 10, None, 9000, 10, grow_by=10),)
    assert allocate(replace(data, envelopes=(total(110), opt(70, "pot")))).awards == {"o1": 50, "o2": 20, "x1": 40}


def test_a_rest_below_the_least_award_is_named_unusable_where_it_lies():
    """Of the 430,000 EUR for OPT 5,054 are left, below the floor of 10,000; of the whole 15,054 are left, above it."""
    data = replace(zuid("priority"), least_award=1_000_000)
    assert allocate(data).envelopes == (
        EnvelopeUse("total", 65_500_000, 63_994_600, 1_505_400),
        EnvelopeUse("opt", 43_000_000, 42_494_600, 505_400, unusable=505_400, released_to="total"),
    )


# fixed awards


def test_an_override_is_paid_first_and_a_nought_is_a_refusal_with_that_cause():
    files = [file("first", 9000, 60), file("weak", 100, 50)]
    data = call("rank-skip", files, [total(100)], overrides=(Override("weak", 50, "the minister decided"),))
    assert allocate(data).awards == {"weak": 50}
    data = replace(data, overrides=(Override("first", 0, "double funding"),))
    assert allocate(data).refusals == (
        Refusal("first", "override"), Refusal("weak", "below-pass-mark", score_needed=6000),
    )  # fmt: skip


def test_after_a_withdrawal_the_freed_money_goes_down_the_reserve_list_and_takes_from_nobody():
    """Run again from nothing, `bigger` would now take the place of `small`; notified awards are frozen instead."""
    files = [file("big", 9000, 60), file("bigger", 8000, 70), file("small", 7000, 40), file("last", 6500, 50)]
    notified = allocate(call("rank-skip", files, [total(100)])).awards
    assert notified == {"big": 60, "small": 40}
    left = [one for one in files if one.id != "big"]
    assert allocate(call("rank-skip", left, [total(100)])).awards == {"bigger": 70}
    assert allocate(call("rank-skip", left, [total(100)], frozen={"small": 40})).awards == {"small": 40, "last": 50}


def test_frozen_awards_that_no_longer_fit_a_cut_envelope_are_said_to_exceed_it():
    data = call("rank-skip", [file("a", 9000, 60), file("b", 8000, 40)], [total(85)], frozen={"a": 60, "b": 40})
    with pytest.raises(FixedAwardsTooLarge) as refused:
        allocate(data)
    assert (refused.value.id, refused.value.envelope, refused.value.by) == ("b", "total", 15)


# limits


def test_an_applicant_gets_at_most_two_awards_and_the_third_closes_nothing():
    files = [file(f"f{place}", 9000 - place, 10, applicant="one") for place in range(3)]
    files.append(file("other", 8000, 10, applicant="two"))
    two = Limit("two-each", "applicant", 2, None, None)
    result = allocate(call("rank-stop", files, [total(100)], limits=(two,)))
    assert result.awards == {"f0": 10, "f1": 10, "other": 10}
    assert result.refusals == (Refusal("f2", "limit", "two-each", None, None, 9000, 0),)
    assert result.reserve == ()


def test_a_limit_in_cents_cuts_a_partial_award_and_refuses_a_whole_one():
    files = [file("a", 9000, 60, "g", minimum=10), file("b", 8000, 60, "g", minimum=10)]
    limit = Limit("cap", "group:g", None, 80, None)
    assert allocate(call("rank-partial-skip", files, [total(200)], limits=(limit,))).awards == {"a": 60, "b": 20}
    result = allocate(call("rank-skip", files, [total(200)], limits=(limit,)))
    assert result.refusals == (Refusal("b", "limit", "cap", 40, None, 9001, 20),)


def test_a_floor_that_is_not_reached_is_reported_and_changes_no_award():
    files = [file("a", 9000, 60, "g"), file("b", 8000, 60, "g"), file("c", 5000, 1, "g")]
    result = allocate(call("rank-skip", files, [total(60)], limits=(Limit("least", "group:g", None, None, 3),)))
    assert result.awards == {"a": 60}
    assert result.floors_missed == (FloorMissed("least", "group:g", 2),)


# ties


def test_equal_scores_go_to_the_smaller_request_then_to_the_id():
    files = [file("c", 7000, 20), file("b", 7000, 10), file("a", 7000, 10), file("d", 8000, 90)]
    assert [one.id for one in ranking(call("rank-skip", files, [total(1)]))] == ["d", "a", "b", "c"]
    larger = call("rank-skip", files, [total(1)], ties=("larger-request", "id"))
    assert [one.id for one in ranking(larger)] == ["d", "c", "a", "b"]


def test_a_published_seed_draws_the_order_and_anyone_can_draw_it_again():
    """The first 20 bits of SHA-256 of `a-call|a|Lotto 1234` and so on; the largest lot stands first."""
    files = [file(id, 7000, 10) for id in "abcde"]
    lots = {id: draw("a-call", id, "Lotto 1234")[0] for id in "abcde"}
    assert lots == {"a": 782_357, "b": 548_299, "c": 356_631, "d": 560_503, "e": 1_033_566}
    drawn = ranking(call("rank-skip", files, [total(1)], ties=(Seed("Lotto 1234"),)))
    assert [one.id for one in drawn] == ["e", "a", "d", "b", "c"]


def test_in_the_grey_zone_the_lot_decides_and_no_request_or_score():
    """The lots are those above: e, a, d, b, c; the zone takes b, c, d and e in, of which c has the best score."""
    scores = {"a": 8000, "b": 7000, "c": 7100, "d": 6900, "e": 7050, "f": 6800}
    zone = GreyZone(6900, 7100, "Lotto 1234")
    files = [file(id, score, 10 if id != "e" else 20) for id, score in scores.items()]
    data = call("rank-skip", files, [total(40)], grey_zone=zone)
    assert [one.id for one in ranking(data)] == ["a", "e", "d", "b", "c", "f"]
    result = allocate(data)
    assert list(result.awards) == ["a", "e", "d"]
    assert result.draws == (("e", 1_033_566), ("d", 560_503), ("b", 548_299), ("c", 356_631))
    assert {one.id: one.score_needed for one in result.refusals} == {"b": 7101, "c": 7101, "f": 6900}


def test_who_rises_into_the_grey_zone_takes_part_in_its_draw():
    """f draws 786,149: once in the zone it stands between e and b."""
    files = [file("b", 7000, 10), file("e", 7050, 10), file("f", 6800, 10)]
    assert draw("a-call", "f", "Lotto 1234")[0] == 786_149
    data = call("rank-skip", files, [total(20)], grey_zone=GreyZone(6900, 7100, "Lotto 1234"))
    assert [(one.id, one.score_needed) for one in allocate(data).refusals] == [("f", 6900)]


def test_only_those_whom_the_draw_decided_stand_in_its_log():
    files = [file("a", 7000, 10), file("b", 7000, 10), file("c", 7000, 20), file("d", 6500, 20)]
    by_size = call("rank-skip", files, [total(1)], ties=("smaller-request", Seed("Lotto 1234")))
    assert allocate(by_size).draws == (("a", 782_357), ("b", 548_299))
    assert allocate(call("rank-skip", files, [total(1)])).draws == ()


# pro rata


def test_pro_rata_cuts_everyone_by_one_factor_and_gives_the_last_cents_to_the_largest_remainders():
    files = [file("a", 9000, 100), file("b", 8000, 100), file("c", 7000, 100), file("d", 5000, 100)]
    result = allocate(call("pro-rata", files, [total(200)]))
    assert result.awards == {"a": 67, "b": 67, "c": 66}
    assert result.below_minimum == ("a", "b", "c")
    assert result.refusals == (Refusal("d", "below-pass-mark", score_needed=6000),)


def test_pro_rata_lets_the_others_rise_where_an_earmark_is_spent():
    files = [file("o1", 9000, 100, "opt"), file("o2", 8000, 100, "opt"), file("x", 7000, 100, "x")]
    awards = {
        policy: allocate(call("pro-rata", files, [total(200), opt(amount, policy)])).awards
        for policy, amount in (("ceiling", 50), ("reserved", 150), ("pot", 120), ("priority", 160))
    }
    assert awards == {
        "ceiling": {"o1": 25, "o2": 25, "x": 100},
        "reserved": {"o1": 75, "o2": 75, "x": 50},
        "pot": {"o1": 60, "o2": 60, "x": 80},
        "priority": {"o1": 80, "o2": 80, "x": 40},
    }
    spare = [file("o1", 9000, 100, "opt"), file("x", 7000, 100, "x")]
    assert allocate(call("pro-rata", spare, [total(150), opt(120, "priority")])).awards == {"o1": 100, "x": 50}
    assert allocate(call("pro-rata", spare, [total(150), opt(120, "reserved")])).awards == {"o1": 100, "x": 30}


# the rest


def test_an_optimum_rule_is_not_answered_by_the_rank_core():
    with pytest.raises(RuleNeedsOptimiser):
        allocate(call("optimum-points", [file("a", 9000, 1)], [total(1)]))


def test_a_float_is_refused_with_its_place_even_without_the_exchange_format():
    with pytest.raises(InputRefused) as refused:
        allocate(call("rank-skip", [file("a", 9000, 1), file("b", 90.5, 1)], [total(1)]))
    assert refused.value.place == "applications[1].score"


def test_the_fingerprint_knows_every_input_and_no_order():
    data = zuid("priority")
    turned = replace(data, candidates=data.candidates[::-1], envelopes=data.envelopes[::-1])
    assert fingerprint(turned) == fingerprint(data)
    assert fingerprint(replace(data, pass_mark=6001)) != fingerprint(data)
    assert fingerprint(replace(data, ties=("id",))) != fingerprint(data)
