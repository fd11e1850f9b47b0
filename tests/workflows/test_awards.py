"""What becomes of an award: its steps, its signature, its money, and the June 2024 case in which nobody could sign."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_juror,
    an_administrator,
    an_application,
    asked,
    decide,
    done,
    refusal,
    terms,
    work_off,
)
from workflows import tasks
from workflows.awards import actions, caretaker, queries, rules
from workflows.awards.actions import Paper
from workflows.awards.rules import AwardState, shares
from workflows.budget import actions as budget
from workflows.budget import queries as budget_queries
from workflows.budget.rules import Pledge
from workflows.letters import actions as letters
from workflows.letters import queries as letters_queries
from workflows.letters.rules import LetterKind
from workflows.lifecycle import ApplicationState
from workflows.permissions import Actor
from workflows.problems import NotThere, Problem
from workflows.replay.paper import one_page
from workflows.submission import queries as files

CODE = "29.006.27.01.3300"
NAME = {"nl": "Subsidies", "fr": "Subventions"}
BASIS = {"nl": "Verkiezingen.", "fr": "Élections.", "en": "Elections."}
DECIDED = CLOSES + 30 * DAY
AFTER = DECIDED + 10 * DAY
APPROVALS = [
    {"step": step, "above_cents": cents, "name": {"nl": step, "fr": step, "en": step}}
    for step, cents in (("finance-inspection", 310_000), ("budget-minister", 620_000), ("government", 1_500_000))
]
THRESHOLDS = [{"type": "other-nonprofit", "floor_cents": 100, "ceiling_cents": 2500000}]


def a_decided_call(*requests: int, line: str | None = CODE) -> tuple[Actor, list[str]]:
    """An administrator, and the references of the awards of these cents in a call that is decided."""
    envelope = terms().envelopes[0].model_dump(mode="json", exclude_none=True)
    named = {"budget_line": line} if line else {}
    a_call(terms(approvals=APPROVALS, applicants=THRESHOLDS, envelopes=[{**envelope, **named}]))
    references = [an_application("scored", {"requested": cents}) for cents in requests]
    clerk = an_administrator()
    decide(clerk, now=DECIDED)
    return clerk, references


def a_line(clerk: Actor, year: int, cents: int = 10_000_000) -> int:
    line: int = done(budget.open_line, clerk, year, CODE, NAME, now=NOW)
    done(budget.book_credit, clerk, line, cents, cents, "begroting", now=NOW)
    return line


def approve(clerk: Actor, reference: str, on: datetime) -> None:
    """Record every step an award still needs."""
    for step in asked(queries.award, reference, on).missing:
        done(actions.record_step, clerk, reference, step.code, on.date(), f"IF/{reference}", now=on)


def sign(clerk: Actor, reference: str, on: datetime = AFTER) -> None:
    """Record every step, and the signature."""
    approve(clerk, reference, on)
    done(actions.sign, clerk, reference, on.date(), "MB 12/1", now=on)


def states(now: datetime) -> dict[str, AwardState]:
    return {one.application.reference: one.state for one in asked(queries.awards, "small", now)}


@pytest.mark.parametrize(
    ("cents", "steps"),
    [
        (310_000, []),
        (310_001, ["finance-inspection"]),
        (620_000, ["finance-inspection"]),
        (620_001, ["finance-inspection", "budget-minister"]),
        (1_500_000, ["finance-inspection", "budget-minister"]),
        (1_500_001, ["finance-inspection", "budget-minister", "government"]),
    ],
)
def test_an_award_needs_the_steps_whose_threshold_it_is_above_and_not_at(
    settings: Settings, cents: int, steps: list[str]
) -> None:
    _clerk, (reference,) = a_decided_call(cents)
    assert [step.code for step in asked(queries.award, reference, AFTER).missing] == steps


def test_nobody_signs_before_every_step_is_recorded(settings: Settings) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    day = AFTER.date()
    for left, code in ((3, "finance-inspection"), (2, "budget-minister"), (1, "government")):
        refused = refusal(actions.sign, clerk, reference, day, "MB 12/1", now=AFTER)
        assert (refused.code, refused.reason.facts) == ("steps-missing", {"count": left})
        paper = Paper("advies.pdf", one_page("Advies"))
        done(actions.record_step, clerk, reference, code, day, "IF/1", paper, now=AFTER)
    assert states(AFTER) == {reference: AwardState.TO_SIGN}
    done(actions.sign, clerk, reference, day, "MB 12/1", now=AFTER)
    found = asked(queries.award, reference, AFTER)
    assert (found.state, found.signed_on, found.act) == (AwardState.SIGNED, day, "MB 12/1")
    assert [(step.taken_on, step.reference, step.document) for step in found.steps] == [(day, "IF/1", "advies.pdf")] * 3
    name, _type, content = asked(queries.step_document, found.application.id, "government")
    assert (name, content) == ("advies.pdf", one_page("Advies"))
    late = refusal(actions.record_step, clerk, reference, "government", day, "IF/2", now=AFTER)
    assert (late.code, refusal(actions.sign, clerk, reference, day, "MB 2", now=AFTER).code) == (
        "act-signed", "act-signed",
    )  # fmt: skip


def test_the_day_of_a_signature_fits_what_went_before(settings: Settings) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    approve(clerk, reference, AFTER)
    for day, code in (
        (AFTER.date() + timedelta(1), "day-to-come"),
        (DECIDED.date() - timedelta(1), "signed-before-decision"),
        (AFTER.date() - timedelta(1), "signed-before-step"),
    ):
        assert refusal(actions.sign, clerk, reference, day, "MB 1", now=AFTER).code == code
    assert refusal(actions.sign, clerk, reference, AFTER.date(), " ", now=AFTER).code == "reference-needed"


def test_the_money_of_a_signed_award_is_committed_once_and_paid_in_parts(settings: Settings) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    a_line(clerk, 2027)
    assert refusal(actions.commit, clerk, reference, now=AFTER).code == "act-not-signed"
    sign(clerk, reference)
    assert refusal(actions.pay, clerk, reference, CODE, 1, "schijf 1", now=AFTER).code == "money-not-committed"
    done(actions.commit, clerk, reference, now=AFTER)
    assert refusal(actions.commit, clerk, reference, now=AFTER).code == "money-committed"
    done(actions.pay, clerk, reference, CODE, 1_600_000, "schijf 1", now=AFTER)
    assert refusal(actions.pay, clerk, reference, CODE, 1_600_000, "schijf 1", now=AFTER).code == "claim-paid"
    beyond = refusal(actions.pay, clerk, reference, CODE, 400_001, "saldo", now=AFTER)
    assert (beyond.code, beyond.reason.facts) == ("pledge-exceeded", {"owed": 400_000})
    assert states(AFTER) == {reference: AwardState.COMMITTED}
    done(actions.pay, clerk, reference, CODE, 400_000, "saldo", now=AFTER)
    assert states(AFTER) == {reference: AwardState.PAID}
    assert asked(queries.award, reference, AFTER).pledge == Pledge(2_000_000, 2_000_000)


def test_a_later_tranche_is_paid_on_the_liquidation_credit_of_its_own_year(settings: Settings) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    a_line(clerk, 2027)
    sign(clerk, reference)
    done(actions.commit, clerk, reference, now=AFTER)
    later = AFTER + 365 * DAY
    missing = refusal(actions.pay, clerk, reference, CODE, 5, "saldo", now=later)
    assert (missing.code, missing.reason.facts) == ("budget-line-missing", {"line": CODE, "year": 2028})
    a_line(clerk, 2028)
    done(actions.pay, clerk, reference, CODE, 5, "saldo", now=later)
    assert [(one.year, one.kind) for one in asked(queries.movements, reference)] == [
        (2027, "commitment"), (2028, "liquidation"),
    ]  # fmt: skip


def test_a_line_that_no_longer_suffices_commits_nothing(settings: Settings) -> None:
    clerk, (first, second) = a_decided_call(2_000_000, 2_500_000)
    a_line(clerk, 2027, 4_499_999)
    for reference in (first, second):
        sign(clerk, reference)
    done(actions.commit, clerk, first, now=AFTER)
    refused = refusal(actions.commit, clerk, second, now=AFTER)
    assert (refused.code, refused.reason.facts["short"]) == ("credit-exceeded", 1)
    assert states(AFTER) == {first: AwardState.COMMITTED, second: AwardState.SIGNED}


def test_where_the_call_names_no_line_the_office_chooses_one(settings: Settings) -> None:
    clerk, (reference,) = a_decided_call(2_000_000, line=None)
    a_line(clerk, 2027)
    sign(clerk, reference)
    assert refusal(actions.commit, clerk, reference, now=AFTER).code == "budget-line-not-named"
    done(actions.commit, clerk, reference, CODE, now=AFTER)
    assert states(AFTER) == {reference: AwardState.COMMITTED}


def test_an_award_that_counts_in_two_envelopes_is_paid_once_from_the_narrowest() -> None:
    lines = {"opt": "A", "total": "B", "plain": None}
    assert shares(600, [("opt", 600), ("total", 600)], lines) == (("A", 600),)
    assert shares(600, [("opt", 200), ("total", 400)], lines) == (("A", 200), ("B", 400))
    assert shares(510, [("opt", 200), ("total", 400)], lines) == (("A", 200), ("B", 310))
    with pytest.raises(Problem) as refused:
        shares(600, [("plain", 600), ("opt", 599)], lines)
    assert refused.value.reason.facts == {"left": 1}


def test_only_an_administrator_without_a_conflict_handles_an_award(settings: Settings) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    for act in (
        lambda session: actions.sign(session, a_juror(), reference, AFTER.date(), "MB 1", now=AFTER),
        lambda session: actions.record_step(session, clerk, reference, "nothing", AFTER.date(), "1", now=AFTER),
    ):
        with pytest.raises(NotThere):
            done(act)


# The case of June 2024: elections on 9 June, full powers again on 14 February 2026.

ELECTIONS = date(2027, 1, 24)
FULL_POWERS = date(2028, 2, 14)
WHILE = datetime(2027, 6, 1, 12, tzinfo=UTC)
THEN = datetime(2028, 2, 14, 12, tzinfo=UTC)


def held_call() -> tuple[Actor, str, str]:
    """A decided call of which one award was signed and committed on the day before the period begins."""
    clerk, (signed, unsigned) = a_decided_call(2_000_000, 2_500_000)
    a_line(clerk, 2027)
    before = datetime(2027, 1, 23, 12, tzinfo=UTC)
    sign(clerk, signed, before)
    done(actions.commit, clerk, signed, now=before)
    done(caretaker.begin, clerk, ELECTIONS, None, BASIS, now=before)
    return clerk, signed, unsigned


def test_while_a_government_has_no_full_powers_every_unsigned_award_is_held_and_says_why(settings: Settings) -> None:
    clerk, signed, unsigned = held_call()
    assert states(WHILE) == {signed: AwardState.COMMITTED, unsigned: AwardState.HELD}
    held_by = asked(queries.award, unsigned, WHILE).held_by
    assert (held_by.starts, held_by.ends, held_by.basis) == (ELECTIONS, None, BASIS)
    approve(clerk, unsigned, WHILE)
    for day in (WHILE.date(), ELECTIONS, DECIDED.date()):
        assert refusal(actions.sign, clerk, unsigned, day, "MB 1", now=WHILE).code == "award-held"
    assert refusal(actions.commit, clerk, unsigned, now=WHILE).code == "act-not-signed"


def test_the_ranking_of_a_held_call_stays_and_what_was_signed_is_paid(settings: Settings) -> None:
    clerk, signed, unsigned = held_call()
    assert [asked(files.view, one).state for one in (signed, unsigned)] == [ApplicationState.AWARDED] * 2
    done(actions.pay, clerk, signed, CODE, 2_000_000, "alles", now=WHILE)
    assert states(WHILE)[signed] is AwardState.PAID


def test_what_comes_before_a_signature_goes_on_in_a_caretaker_period(settings: Settings) -> None:
    clerk = an_administrator()
    done(caretaker.begin, clerk, date(2026, 1, 1), None, BASIS, now=NOW)
    a_call(terms(approvals=APPROVALS))
    reference = an_application("scored", {"requested": 2_000_000})
    decide(clerk, now=DECIDED)
    assert states(AFTER) == {reference: AwardState.HELD}


def test_when_it_ends_held_awards_are_released_and_committed_in_the_budget_of_the_new_year(settings: Settings) -> None:
    clerk, _signed, unsigned = held_call()
    approve(clerk, unsigned, WHILE)
    done(caretaker.end, clerk, 1, FULL_POWERS, now=THEN)
    assert states(THEN - DAY)[unsigned] is AwardState.HELD
    assert states(THEN)[unsigned] is AwardState.TO_SIGN
    assert refusal(actions.sign, clerk, unsigned, WHILE.date(), "MB 1", now=THEN).code == "award-held"
    done(actions.sign, clerk, unsigned, FULL_POWERS, "MB 1", now=THEN)
    missing = refusal(actions.commit, clerk, unsigned, now=THEN)
    assert (missing.code, missing.reason.facts) == ("budget-line-missing", {"line": CODE, "year": 2028})
    line = a_line(clerk, 2028)
    done(actions.commit, clerk, unsigned, now=THEN)
    assert asked(budget_queries.line, line).committed == 2_500_000


def test_award_letters_wait_for_the_signature_and_the_others_leave(settings: Settings) -> None:
    clerk, _signed, unsigned = held_call()
    work_off(WHILE)
    seen = letters_queries.seen_digest(asked(letters_queries.of_call, "small", held_only=True))
    assert done(letters.release, clerk, "small", seen, tasks.office(), now=WHILE) == 1
    left = asked(letters_queries.of_call, "small", held_only=True)
    assert [(one.application, one.kind) for one in left] == [(unsigned, LetterKind.AWARD)]
    seen = letters_queries.seen_digest(left)
    again: Any = (letters.release, clerk, "small", seen, tasks.office())
    assert refusal(*again, now=WHILE).code == "awards-held"
    done(caretaker.end, clerk, 1, FULL_POWERS, now=THEN)
    assert done(*again, now=THEN) == 1


def test_a_period_has_a_reason_in_three_languages_and_does_not_overlap_another(settings: Settings) -> None:
    clerk = an_administrator()
    for starts, ends, basis, code in (
        (None, None, BASIS, "caretaking-start-needed"),
        (ELECTIONS, ELECTIONS, BASIS, "caretaking-ends-first"),
        (ELECTIONS, None, {"nl": "Reden", "en": "Reason"}, "basis-needed"),
    ):
        assert refusal(caretaker.begin, clerk, starts, ends, basis, now=NOW).code == code
    first = done(caretaker.begin, clerk, ELECTIONS, None, BASIS, now=NOW)
    assert refusal(caretaker.begin, clerk, FULL_POWERS, None, BASIS, now=NOW).code == "caretaking-overlaps"
    done(caretaker.end, clerk, first, FULL_POWERS, now=NOW)
    assert refusal(caretaker.end, clerk, first, FULL_POWERS, now=NOW).code == "caretaking-ended"
    done(caretaker.begin, clerk, FULL_POWERS, None, BASIS, now=NOW)
    days = (ELECTIONS - timedelta(1), ELECTIONS, FULL_POWERS - timedelta(1))
    first_period = asked(queries.periods)[1]
    assert [rules.caretaking([first_period], day) is not None for day in (*days, FULL_POWERS)] == [
        False, True, True, False,
    ]  # fmt: skip
    with pytest.raises(NotThere):
        done(caretaker.begin, a_juror(), FULL_POWERS, None, BASIS, now=NOW)
