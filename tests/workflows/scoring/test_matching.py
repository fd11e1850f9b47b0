"""A jury is assigned so that nobody could do better: against every other assignment, and against the exchanges."""

import time
from collections import Counter
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.bench.jury import a_large_jury, rough_fits
from tests.workflows.scoring.juries import LANGUAGES, THEMES, a_file, a_juror, a_jury, juries, roomy_juries, some
from workflows.language import say
from workflows.problems import Problem
from workflows.scoring.jury import FULL_FIT, Jury, fits, hindrance, knows_theme, theme_fit
from workflows.scoring.lots import lot
from workflows.scoring.matching import match


def fit_of(jury, pair):
    file = next(file for file in jury.files if file.reference == pair[0])
    return theme_fit(file.themes, next(juror.themes for juror in jury.jurors if juror.person_id == pair[1]))


def completions(jury):
    """Every complete assignment of the seats that are not locked, as a set of pairs."""
    jurors = {juror.person_id: juror for juror in jury.jurors}

    def for_file(file):
        able = [
            person for person, juror in jurors.items() if hindrance(file, juror) is None and person not in file.locked
        ]
        for chosen in combinations(able, max(0, file.wanted - len(file.locked))):
            known = any(knows_theme(file, jurors[person]) for person in (*chosen, *file.locked))
            if known or not jury.expert_wanted or not file.themes or not chosen:
                yield [(file.reference, person) for person in chosen]

    for choice in product(*(list(for_file(file)) for file in jury.files)):
        pairs = [pair for chosen in choice for pair in chosen]
        taken = Counter(person for _, person in (*pairs, *jury.locked))
        locked = Counter(person for _, person in jury.locked)
        if all(
            taken[person] >= juror.least and (juror.most is None or taken[person] <= max(juror.most, locked[person]))
            for person, juror in jurors.items()
        ):
            yield pairs


def worth(jury, pairs, suits_of=None):
    """What is compared: the worst pair, the sum of fits, the sum of lots."""
    suits = [fit_of(jury, pair) if suits_of is None else suits_of[pair[0]][pair[1]] for pair in pairs]
    return min(suits, default=0), sum(suits), sum(lot(*pair) for pair in pairs)


# The best of all


@some
@given(juries())
def test_no_other_assignment_is_better(jury: Jury) -> None:
    jury = replace(jury, jurors=tuple(replace(one, most=one.most or 4) for one in jury.jurors))
    every = list(completions(jury))
    found = match(jury)
    assert (not found.reasons) == bool(every)
    if every:
        best = max(every, key=lambda pairs: worth(jury, pairs))
        assert sorted(found.pairs) == sorted(best)
        assert (found.fit, found.worst or 0) == (worth(jury, best)[1], worth(jury, best)[0])


@some
@given(roomy_juries())
def test_no_other_assignment_is_better_where_every_pair_suits_differently(roomy) -> None:
    jury, suits = roomy
    best = max(completions(jury), key=lambda pairs: worth(jury, pairs, suits))
    found = match(jury, suits)
    assert (sorted(found.pairs), found.reasons) == (sorted(best), ())
    assert (found.worst, found.fit) == worth(jury, best, suits)[:2]


@some
@given(juries())
def test_what_is_assigned_is_allowed_and_counted_right(jury: Jury) -> None:
    found = match(jury)
    files = {file.reference: file for file in jury.files}
    jurors = {juror.person_id: juror for juror in jury.jurors}
    assert [hindrance(files[reference], jurors[person]) for reference, person in found.pairs] == [None] * len(
        found.pairs
    )
    assert len({*found.pairs, *jury.locked}) == len(found.pairs) + len(jury.locked)
    assert found.loads == {
        person: sum(1 for pair in (*found.pairs, *jury.locked) if pair[1] == person) for person in jurors
    }
    of_file = Counter(reference for reference, _ in (*found.pairs, *jury.locked))
    missing = {reference: file.wanted - of_file[reference] for reference, file in files.items()}
    assert dict(found.short) == {reference: count for reference, count in missing.items() if count > 0}
    for person, juror in jurors.items():
        locked = sum(1 for pair in jury.locked if pair[1] == person)
        assert juror.most is None or found.loads[person] <= max(juror.most, locked)
    if not found.reasons:
        assert found.short == ()
        assert all(found.loads[person] >= juror.least for person, juror in jurors.items())


@some
@given(juries(), st.randoms())
def test_the_order_of_the_input_does_not_matter(jury: Jury, chance) -> None:
    files, jurors = list(jury.files), list(jury.jurors)
    chance.shuffle(files)
    chance.shuffle(jurors)
    assert match(replace(jury, files=tuple(files), jurors=tuple(jurors))) == match(jury)


@some
@given(roomy_juries(), st.data())
def test_a_pair_that_was_possible_and_not_used_makes_no_difference(roomy, data) -> None:
    jury, suits = roomy
    found = match(jury, suits)
    unused = [(one, two) for one, row in suits.items() for two in row if (one, two) not in found.pairs]
    assume(unused)
    gone = data.draw(st.sampled_from(unused))
    without = {one: {two: fit for two, fit in row.items() if (one, two) != gone} for one, row in suits.items()}
    assert (found.reasons, match(jury, without)) == ((), found)


@some
@given(roomy_juries(), st.data())
def test_the_rest_of_what_was_locked_is_no_worse_than_before(roomy, data) -> None:
    jury, suits = roomy
    found = match(jury, suits)
    lock = data.draw(st.sets(st.sampled_from(found.pairs), min_size=1))
    files = tuple(
        replace(file, locked=frozenset(person for reference, person in lock if reference == file.reference))
        for file in jury.files
    )
    again = match(replace(jury, files=files), suits)
    rest = [suits[one][two] for one, two in found.pairs if (one, two) not in lock]
    assert (again.reasons, again.short, lock.isdisjoint(again.pairs)) == ((), (), True)
    assert (again.worst or 0, again.fit) >= (min(rest, default=0), sum(rest))


def residual_cycle(fits_of, given, experts, need, load, least, most):
    """Whether the exchanges of an assignment hold a cycle that gains, by Bellman and Ford over the whole network."""
    edges, sink = [], ("sink",)
    for file, row in fits_of.items():
        kept = {person for person in given[file] if person in experts[file]}
        for person, fit in row.items():
            gate = ("experts", file) if person in experts[file] else ("others", file)
            edges.append((gate, person, -fit) if person not in given[file] else (person, gate, fit))
        edges += [(("file", file), ("experts", file), 0), (("file", file), ("others", file), 0)]
        if len(given[file]) > len(kept):
            edges.append((("others", file), ("file", file), 0))
        if len(kept) > need[file]:
            edges.append((("experts", file), ("file", file), 0))
    for person in load:
        if load[person] < most[person]:
            edges.append((person, sink, 0))
        if load[person] > least[person]:
            edges.append((sink, person, 0))
    distance = dict.fromkeys({end for edge in edges for end in edge[:2]}, 0)
    for _ in range(len(distance)):
        changed = False
        for start, end, cost in edges:
            if distance[start] + cost < distance[end]:
                distance[end] = distance[start] + cost
                changed = True
        if not changed:
            return False
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.integers(0, 10_000), st.integers(6, 14), st.integers(8, 40), st.sampled_from([3, 50, 1000]))
def test_no_chain_of_exchanges_would_gain_in_a_jury_of_some_size(seed: int, people: int, files: int, upto: int) -> None:
    """A file that suits nobody keeps the worst pair at 0, so that every pair is in the running for the sum."""
    seats = 3 * files
    jurors = [
        a_juror(number, ["nl", "fr", "nl fr", "nl fr"][lot(seed, number) % 4], THEMES[lot(seed, number, "t") % 3],
                least=seats // people - lot(seed, "n") % 2, most=seats // people + 1 + lot(seed, "m") % 3)
        for number in range(people)
    ]  # fmt: skip
    listed = [
        a_file(f"F{number:02}", LANGUAGES[lot(seed, number, "l") % 2], 3, themes=[THEMES[lot(seed, number) % 3]])
        for number in range(files)
    ]
    jury = a_jury(listed, jurors)
    rough = {
        reference: {person: lot(seed, reference, person) % upto if reference != "F00" else 0 for person in row}
        for reference, row in fits(jury).items()
    }
    found = match(jury, rough)
    assume(not found.reasons)
    given_to = {file.reference: {person for ref, person in found.pairs if ref == file.reference} for file in listed}
    experts = {file.reference: {juror.person_id for juror in jurors if knows_theme(file, juror)} for file in listed}
    limits = ({one.person_id: one.least for one in jurors}, {one.person_id: one.most for one in jurors})
    assert [bool(given_to[one] & experts[one]) for one in given_to] == [True] * files
    assert not residual_cycle(rough, given_to, experts, dict.fromkeys(rough, 1), found.loads, *limits)


# Fair


def test_the_worst_pair_is_as_good_as_can_be_before_the_sum_counts() -> None:
    jury = a_jury([a_file("F1", wanted=1), a_file("F2", wanted=1)], [a_juror(1, most=1), a_juror(2, most=1)])
    unfair = {"F1": {1: 1000, 2: 500}, "F2": {1: 600, 2: 50}}
    found = match(jury, unfair)
    assert (found.pairs, found.worst, found.fit) == ((("F1", 2), ("F2", 1)), 500, 1100)
    assert match(jury, {"F1": {1: 1000, 2: 500}, "F2": {1: 600, 2: 500}}).pairs == (("F1", 1), ("F2", 2))


def test_fits_made_elsewhere_never_give_a_file_to_who_has_a_conflict_has_it_already_or_is_not_of_the_jury() -> None:
    file = a_file("F1", wanted=2, conflicted=[1], locked=[2])
    found = match(a_jury([file], [a_juror(number) for number in (1, 2, 3)]), {"F1": {1: 9, 2: 9, 3: 1, 4: 9}})
    assert (found.pairs, found.loads) == ((("F1", 3),), {1: 0, 2: 1, 3: 1})


def test_a_fit_may_be_below_nothing() -> None:
    jury = a_jury([a_file("F1", wanted=1)], [a_juror(1), a_juror(2)])
    found = match(jury, {"F1": {1: -7, 2: -3}})
    assert (found.pairs, found.worst, found.fit) == ((("F1", 2),), -3, -3)


def test_without_limits_the_files_are_spread_as_evenly_as_can_be() -> None:
    files = [a_file(f"F{number}") for number in range(7)]
    found = match(a_jury(files, [a_juror(number, "nl fr") for number in range(1, 6)]))
    assert sorted(found.loads.values()) == [2, 3, 3, 3, 3]
    busy = match(a_jury(files, [a_juror(1, load=9), a_juror(2, load=1), a_juror(3), a_juror(4)]))
    assert (busy.loads, busy.short) == ({1: 9, 2: 5, 3: 5, 4: 5}, ())


def test_one_juror_of_a_language_takes_all_its_files_and_the_others_share_the_rest() -> None:
    files = [a_file(f"F{number}", "fr", 1) for number in range(5)] + [
        a_file(f"N{number}", "nl", 1) for number in range(4)
    ]
    found = match(a_jury(files, [a_juror(1, "nl fr"), a_juror(2), a_juror(3)]))
    assert found.loads == {1: 5, 2: 2, 3: 2}


@some
@given(juries(limits=False))
def test_no_spread_is_more_even(jury: Jury) -> None:
    jury = replace(jury, files=tuple(replace(file, locked=frozenset()) for file in jury.files))
    every = [Counter(person for _, person in pairs) for pairs in completions(jury)]
    found = match(jury)
    if every:
        loads = [[taken[juror.person_id] for juror in jury.jurors] for taken in every]
        lowest = min(max(one) for one in loads)
        assert max(found.loads.values()) == lowest
        assert min(found.loads.values()) == max(min(one) for one in loads if max(one) == lowest)


def test_each_file_with_themes_gets_somebody_who_knows_one() -> None:
    files = [a_file("F1", themes=["water"]), a_file("F2", themes=["work"])]
    jurors = [a_juror(1, themes="water work", most=2), a_juror(2, most=1), a_juror(3, themes="water", most=1)]
    assert match(a_jury(files, jurors)).pairs == (("F1", 1), ("F1", 3), ("F2", 1), ("F2", 2))
    wide = [a_juror(1, themes="water", most=9), a_juror(2, themes="water", most=9), a_juror(3, "nl", "work", most=9)]
    flat = {"F1": {1: 1, 2: 1, 3: 1}, "F2": {1: 1, 2: 1, 3: 0}}
    assert ("F2", 3) in match(a_jury(files, wide), flat).pairs
    assert ("F2", 3) not in match(a_jury(files, wide, expert_wanted=False), flat).pairs


def test_a_locked_expert_is_expert_enough() -> None:
    file = a_file("F1", themes=["water"], locked=[3])
    jury = a_jury([file], [a_juror(1), a_juror(2, themes="water"), a_juror(3, themes="water")])
    assert match(jury, {"F1": {1: 9, 2: 0}}).pairs == (("F1", 1),)
    assert match(a_jury([replace(file, locked=frozenset([1]))], list(jury.jurors)), {"F1": {2: 5, 3: 4}}).pairs == (
        ("F1", 2),
    )


def test_no_lock_outweighs_a_conflict_of_interest() -> None:
    with pytest.raises(Problem) as refused:
        a_jury([a_file("F1", conflicted=[1], locked=[1])], [a_juror(1)])
    assert (refused.value.code, dict(refused.value.reason.facts)) == ("conflict-known", {"reference": "F1"})


def test_a_minimum_above_the_maximum_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        a_juror(1, least=3, most=2)
    assert (refused.value.code, say(refused.value.reason, "nl")) == (
        "juror-limits",
        "Voor Juror 1 ligt het minimum (3) hoger dan het maximum (2). Pas een van beide aan.",
    )


# The candidates of a large call


def test_the_best_suited_differ_from_file_to_file_where_many_suit_alike() -> None:
    jurors = [a_juror(number, themes="water") for number in range(1, 41)]
    found = fits(a_jury([a_file(f"F{number}", conflicted=[number]) for number in range(1, 31)], jurors), best=5)
    assert [len(row) for row in found.values()] == [5] * 30
    assert [number in row for number, row in enumerate(found.values(), 1)] == [False] * 30
    assert len({person for row in found.values() for person in row}) > 35


def test_of_the_candidates_the_best_suited_are_kept() -> None:
    jurors = [a_juror(1, themes="water"), a_juror(2), a_juror(3, themes="water work"), a_juror(4, "fr", "water work")]
    file = a_file("F1", themes=["water", "work"])
    assert fits(a_jury([file], jurors)) == {"F1": {3: FULL_FIT, 1: 500, 2: 0}}
    assert fits(a_jury([file], jurors), best=2) == {"F1": {3: FULL_FIT, 1: 500}}


@pytest.mark.parametrize("limits", [True, False])
def test_two_hundred_files_and_twenty_jurors_take_less_than_a_second(limits: bool) -> None:
    jury = a_large_jury(200, 20, 3, limits=limits)
    start = time.process_time()
    found = match(jury, rough_fits(jury, None))
    assert time.process_time() - start < 1
    assert (len(found.pairs), found.short, found.reasons) == (600, (), ())
