"""A budget is typed in lines; its sums are computed, and the caps of the call hold to the cent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.settings import Settings
from tests.builders import NOW, a_call, an_administrator, an_association, asked, decide, done, score, work_off
from tests.every_kind import A_BUDGET, FULL, every_kind
from workflows.calls.budget import Budget
from workflows.calls.form import Meaning
from workflows.eligibility import actions as eligibility
from workflows.eligibility.rules import Facts, judge
from workflows.language import LANGUAGES, say
from workflows.letters.queries import of_call as letters_of_call
from workflows.people.rules import ApplicantType
from workflows.permissions import SYSTEM
from workflows.submission import actions as submission
from workflows.submission import budget as budgets
from workflows.submission import queries, rules
from workflows.submission.budget import at_least, at_most, sums

BUDGET = every_kind().budget
assert BUDGET is not None
CODES = [category.code for category in BUDGET.categories]
CENTS = st.integers(0, 10**11)
LINES = st.lists(
    st.fixed_dictionaries({
        "category": st.sampled_from(CODES), "label": st.text(max_size=5), "amount": st.none() | CENTS,
        "explanation": st.none(),
    }), max_size=12,
)  # fmt: skip
FUNDERS = st.lists(
    st.fixed_dictionaries({
        "name": st.just("F"), "amount": st.none() | CENTS, "status": st.sampled_from(["acquired", "requested"])
    }), max_size=5,
)  # fmt: skip
BUDGETS = st.fixed_dictionaries({"lines": LINES, "own": st.none() | CENTS, "funders": FUNDERS})


def a_draft(**budget: Any) -> rules.Draft:
    """The full draft with this changed in its budget."""
    return rules.Draft({**FULL, "budget": {**A_BUDGET, **budget}}, (), ApplicantType.OTHER_NONPROFIT)


def a_line(category: str, amount: int | None, label: str = "Iets") -> dict[str, Any]:
    return {"category": category, "label": label, "amount": amount, "explanation": None}


def said(draft: rules.Draft, language: str = "en") -> list[str]:
    return [say(one.reason, language) for one in rules.wrong(every_kind(), draft)]


@given(BUDGETS)
def test_the_sums_are_those_of_the_lines_and_not_a_cent_is_lost(answer: dict[str, Any]) -> None:
    found = sums(BUDGET, answer)
    everything = sum(line["amount"] or 0 for line in answer["lines"])
    paid = (answer["own"] or 0) + sum(one["amount"] or 0 for one in answer["funders"])
    assert (found.total, found.direct + found.overheads, sum(found.by_category.values())) == (everything,) * 3
    assert (found.cofinanced, found.requested + found.cofinanced) == (paid, everything)
    assert found.certain <= found.funders


@given(CENTS, st.integers(1, 10_000))
def test_a_cap_is_the_largest_amount_within_the_share_and_a_floor_the_smallest_that_makes_it(
    cents: int, share: int
) -> None:
    most, least = at_most(cents, share), at_least(cents, share)
    assert (most * 10_000 <= cents * share < (most + 1) * 10_000, least - most in (0, 1)) == (True, True)
    assert least * 10_000 >= cents * share > (least - 1) * 10_000


@given(BUDGETS)
def test_a_budget_is_refused_for_overheads_exactly_where_they_exceed_the_share_of_direct_costs(
    answer: dict[str, Any],
) -> None:
    found = sums(BUDGET, answer)
    broken = [reason.code for one in budgets.caps(BUDGET, found) if not one.ok for reason in one.reasons]
    assert ("budget-overheads" in broken) == (found.overheads * 10_000 > found.direct * 700)
    assert ("budget-cap-share" in broken) == (found.by_category["travel"] * 10 > found.total)
    assert ("budget-cap" in broken) == (found.by_category["audit"] > 150_000)


def test_what_is_requested_and_the_total_are_computed_never_typed() -> None:
    draft = a_draft()
    meanings = (Meaning.REQUESTED, Meaning.TOTAL_BUDGET)
    assert [rules.answer(every_kind(), draft, meaning) for meaning in meanings] == [1_500_000, 1_700_000]
    nothing = a_draft(lines=[])
    assert [rules.answer(every_kind(), nothing, meaning) for meaning in meanings] == [None, None]


def test_overheads_up_to_the_cap_pass_and_a_cent_more_is_explained_with_the_sum() -> None:
    direct = a_line("activities", 7_200_000)
    own = {"own": 6_000_000}
    assert said(a_draft(lines=[direct, a_line("structure", 504_000)], **own)) == []
    assert said(a_draft(lines=[direct, a_line("structure", 504_001)], **own)) == [
        "Overheads: €72,000 of direct costs × 7% = €5,040 at most; you have €5,040.01."
    ]
    too_much = a_draft(lines=[direct, a_line("structure", 600_000)], **own)
    assert [said(too_much, language) for language in LANGUAGES] == [
        ["Algemene kosten: €\u00a072.000 rechtstreekse kosten × 7\u00a0% = hoogstens €\u00a05.040; "
         "u hebt €\u00a06.000."],
        ["Frais généraux\u00a0: 72\u202f000\u00a0€ de coûts directs × 7\u00a0% = 5\u202f040\u00a0€ au plus\u00a0; "
         "vous avez 6\u202f000\u00a0€."],
        ["Overheads: €72,000 of direct costs × 7% = €5,040 at most; you have €6,000."],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"lines": [a_line("activities", 1_500_000), a_line("travel", 166_666)]}, []),
        ({"lines": [a_line("activities", 1_500_000), a_line("travel", 166_667)]}, ["budget-cap-share"]),
        ({"lines": [a_line("activities", 1_500_000), a_line("audit", 150_000)]}, []),
        ({"lines": [a_line("activities", 1_500_000), a_line("audit", 150_001)]}, ["budget-cap"]),
        ({"own": 70_000}, []),
        ({"own": 69_999}, ["budget-cofinancing"]),
        ({"own": 1_600_000}, ["amount-below-floor"]),
        ({"own": 1_600_001}, ["budget-overfinanced"]),
        ({"own": 600_000}, []),
        ({"own": 600_001}, ["amount-below-floor"]),
        ({"lines": [a_line("activities", 2_800_000)], "own": 200_000}, []),
        ({"lines": [a_line("activities", 2_800_000)], "own": 199_999}, ["amount-above-ceiling"]),
        ({"lines": [a_line("activities", 1_500_000), a_line("travel", None)]}, ["budget-line-unfinished"]),
        ({"lines": [a_line("activities", 1_500_000, label="")]}, ["budget-line-unfinished"]),
        ({"lines": [a_line("activities", 1_500_000), a_line("boats", 100_000)]}, ["budget-category-gone"]),
        ({"funders": [{"name": "", "amount": 100_000, "status": "acquired"}]}, ["budget-funder-unfinished"]),
        ({"funders": [{"name": "X", "amount": 100_000, "status": None}]}, ["budget-funder-unfinished"]),
    ],
)  # fmt: skip
def test_caps_co_financing_floor_and_ceiling_hold_to_the_cent_bounds_included(
    changes: dict[str, Any], codes: list[str]
) -> None:
    found = rules.wrong(every_kind(), a_draft(**changes))
    assert [(one.code, one.field) for one in found] == [(code, "budget") for code in codes]


def test_an_unfinished_line_is_told_with_its_place_under_its_heading() -> None:
    lines = [a_line("travel", 1), a_line("activities", 1_500_000), a_line("travel", None)]
    assert said(a_draft(lines=lines)) == ["Budget, “Travel”, line 2: give both a description and an amount."]


@pytest.mark.parametrize(
    ("changes", "verdicts"),
    [
        ({}, [True, True]),
        ({"lines": [a_line("activities", 1_000_000), a_line("structure", 70_000)]}, [True, True]),
        ({"lines": [a_line("activities", 1_000_000), a_line("structure", 70_001)]}, [False, True]),
        ({"own": 0, "funders": []}, [True, False]),
        ({"lines": []}, [False, False]),
    ],
)
def test_the_caps_and_the_co_financing_are_conditions_of_eligibility_too(
    changes: dict[str, Any], verdicts: list[bool]
) -> None:
    facts = Facts(every_kind(), a_draft(**changes), NOW, "vzw")
    found = [judge(condition, facts) for condition in every_kind().conditions[:2]]
    assert [one.ok for one in found] == verdicts
    assert [one.reasons == () for one in found] == verdicts


def test_every_sum_is_explained_in_the_order_of_the_sums() -> None:
    told = budgets.explained(BUDGET, sums(BUDGET, A_BUDGET))
    assert [say(reason, "en") for verdict in told for reason in verdict.reasons] == [
        "All costs: €16,000 of direct costs + €1,000 of overheads = €17,000.",
        "“Travel”: €17,000 of costs × 10% = €1,700 at most; you have €1,000.",
        "“Audit”: €1,500 at most; you have €0.",
        "Overheads: €16,000 of direct costs × 7% = €1,120 at most; you have €1,000.",
        "Own means and other funders: €17,000 of costs × 10% = €1,700 at least; you have €2,000.",
        "Amount requested: €17,000 of costs − €1,000 of own means − €1,000 from other funders = €15,000.",
    ]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"categories": []}, "at least 1 item"),
        ({"categories": [{"code": "a", "name": {"nl": "A", "fr": "A"}}] * 2}, "a stands there twice"),
        ({"categories": [{"code": "a", "direct": False, "name": {"nl": "A", "fr": "A"}}]}, "at least one direct"),
        ({"overheads_hundredths": 700, "categories": [{"code": "a", "name": {"nl": "A", "fr": "A"}}]},
         "expected a category with direct = false"),
        ({"cofinancing_hundredths": 10_001, "categories": [{"code": "a", "name": {"nl": "A", "fr": "A"}}]},
         "less than or equal to 10000"),
    ],
)  # fmt: skip
def test_a_budget_that_cannot_be_filled_in_is_refused(data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Budget.model_validate(data)


def test_a_file_with_a_budget_goes_all_the_way_to_an_award_of_what_its_budget_asks(settings: Settings) -> None:
    a_call(every_kind())
    actor, organisation = an_association()
    reference = done(submission.start, actor, "every", organisation, "nl", now=NOW)
    done(submission.save_answers, actor, reference, FULL, now=NOW)
    done(submission.submit, actor, reference, received_at=NOW)
    done(eligibility.screen, SYSTEM, reference, now=NOW)
    done(eligibility.admit, SYSTEM, reference, now=NOW)
    score(reference, (4, 4, 4), call="every")
    decide(an_administrator(), call="every")
    found = asked(queries.view, reference)
    assert (found.requested, found.awarded_cents) == (1_500_000, 1_500_000)
    work_off()
    letters = [one.title for one in asked(letters_of_call, "every")]
    assert letters == ["Ontvangst " + reference, "Toekenning €\u00a015.000"]
