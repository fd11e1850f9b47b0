"""A swap by hand is allowed or refused with what it would break, and shows what it does to fit and load."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.scoring.juries import a_file, a_juror, a_jury, roomy_juries, some
from workflows.language import LANGUAGES, say
from workflows.scoring.matching import match
from workflows.scoring.swaps import Standing, change, standing

JURY = a_jury(
    [
        a_file("F1", "nl", 2, themes=["water"], conflicted=[4]),
        a_file("F2", "nl", 2, themes=["work"], locked=[2]),
        a_file("F3", "fr", 1),
    ],
    [
        a_juror(1, themes="water", least=1, most=2),
        a_juror(2, "nl fr", "work", most=1),
        a_juror(3, "nl", "water work", least=1, most=2),
        a_juror(4, "fr nl", "work", most=2),
        a_juror(5, "nl", most=3, load=3),
    ],
)
PAIRS = [("F1", 1), ("F1", 3), ("F2", 2), ("F2", 4), ("F3", 4)]


def broken(removed: list[tuple[str, int]], added: list[tuple[str, int]]) -> list[tuple[str, dict[str, object]]]:
    found = change(JURY, PAIRS, removed, added).verdict
    assert found.ok == (not found.reasons)
    assert [say(reason, language) != "" for reason in found.reasons for language in LANGUAGES] == [True] * (
        3 * len(found.reasons)
    )
    return [(reason.code, dict(reason.facts)) for reason in found.reasons]


def test_an_exchange_that_breaks_nothing_is_allowed_with_its_effect() -> None:
    found = change(JURY, PAIRS, [("F2", 4), ("F1", 3)], [("F2", 3), ("F1", 5)])
    assert found.before == Standing(5000, 1000, {1: 1, 2: 1, 3: 1, 4: 2, 5: 3})
    assert (found.after.fit, found.after.worst) == (4000, 0)
    assert {person: load for person, load in found.after.loads.items() if load != found.before.loads[person]} == {
        4: 1,
        5: 4,
    }
    assert [reason.code for reason in found.verdict.reasons] == ["juror-above-most"]
    better = change(JURY, PAIRS, [("F2", 4)], [("F2", 3)])
    assert (better.verdict.ok, better.after.fit, better.after.worst) == (True, 5000, 1000)
    assert better.after.loads == {1: 1, 2: 1, 3: 2, 4: 1, 5: 3}


@pytest.mark.parametrize(
    ("removed", "added", "codes"),
    [
        ([("F1", 3)], [("F1", 4)], ["conflict-known", "juror-below-least", "juror-above-most"]),
        ([("F3", 4)], [("F3", 1)], ["juror-language"]),
        ([("F2", 4)], [], ["file-jurors"]),
        ([], [("F2", 1)], ["file-jurors"]),
        ([("F2", 2)], [("F2", 1)], ["pair-locked"]),
        ([("F2", 1)], [("F2", 3)], ["pair-not-there", "file-jurors"]),
        ([("F2", 4)], [("F2", 2)], ["pair-there-already", "file-jurors"]),
        ([("F1", 1), ("F1", 3)], [("F1", 2), ("F1", 5)], [
            "file-without-expert", "juror-below-least", "juror-above-most", "juror-below-least", "juror-above-most",
        ]),
    ],
)  # fmt: skip
def test_a_change_is_refused_with_what_it_would_break(
    removed: list[tuple[str, int]], added: list[tuple[str, int]], codes: list[str]
) -> None:
    assert [code for code, _ in broken(removed, added)] == codes


def test_the_facts_of_a_refusal_are_those_after_the_change() -> None:
    assert broken([("F2", 4), ("F1", 1)], [("F2", 1)]) == [
        ("file-jurors", {"reference": "F1", "count": 1, "wanted": 2}),
    ]
    assert broken([("F2", 4), ("F1", 3)], [("F2", 3), ("F1", 2)]) == [
        ("juror-above-most", {"juror": "Juror 2", "count": 2, "most": 1}),
    ]


def test_what_was_wrong_before_is_not_held_against_a_change_that_makes_it_no_worse() -> None:
    short = [("F1", 1), ("F2", 2), ("F3", 2)]
    assert change(JURY, short, [], [("F1", 3)]).verdict.ok
    assert change(JURY, short, [("F3", 2)], [("F3", 4)]).verdict.ok
    assert change(JURY, short, [("F1", 1)], [("F1", 5)]).verdict.reasons[0].code == "file-without-expert"


def test_fits_made_elsewhere_count_where_they_are_given() -> None:
    fits = {"F1": {1: 3, 3: 8}, "F2": {4: 5, 3: 9, 2: 1}, "F3": {4: 2}}
    found = change(JURY, PAIRS, [("F2", 4)], [("F2", 3)], fits)
    assert (found.before.fit, found.before.worst, found.after.fit, found.after.worst) == (19, 1, 23, 1)
    assert standing(JURY, [], fits) == Standing(0, None, {1: 0, 2: 0, 3: 0, 4: 0, 5: 3})


@some
@given(roomy_juries(), st.data())
def test_no_allowed_exchange_of_what_was_assigned_is_fairer_or_better(roomy, data) -> None:
    """The best assignment leaves no swap that helps: the two judge by the same rules."""
    jury, suits = roomy
    found = match(jury, suits)
    (one, first), (two, second) = data.draw(st.tuples(st.sampled_from(found.pairs), st.sampled_from(found.pairs)))
    swap = change(jury, found.pairs, [(one, first), (two, second)], [(one, second), (two, first)], suits)
    if swap.verdict.ok:
        assert (swap.after.worst, swap.after.fit) <= (swap.before.worst, swap.before.fit)
        assert swap.after.loads == swap.before.loads
    assert not change(jury, found.pairs, [(one, first)], [], suits).verdict.ok
