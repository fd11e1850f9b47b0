"""The caretaker case of June 2024 to its end: held awards are cut, associations accept, adapt or give up."""

from datetime import timedelta

import pytest

from tests.builders import DAY, a_call, an_administrator, an_application, asked, decide, done, refusal, work_off
from tests.workflows.test_awards import AFTER, BASIS, CODE, DECIDED, a_decided_call, a_line, approve, sign
from workflows.awards import actions, caretaker, cutting, offering, queries, rules
from workflows.awards.actions import Paper
from workflows.awards.rules import Answer
from workflows.budget import queries as budget
from workflows.invariants.report import examine
from workflows.letters import queries as letters
from workflows.letters.rules import LetterKind
from workflows.lifecycle import ApplicationState
from workflows.people.queries import actor_of, members
from workflows.permissions import Actor
from workflows.problems import NotThere
from workflows.replay.paper import one_page
from workflows.submission import queries as files

pytestmark = pytest.mark.usefixtures("settings")
SAID = Paper("budget.pdf", one_page("Budget"))


def owner_of(reference: str) -> Actor:
    organisation = asked(files.view, reference).organisation.id
    (owner,) = asked(lambda session: [actor_of(session, one.id) for one in members(session, organisation)])
    assert isinstance(owner, Actor)
    return owner


def cut(clerk: Actor, percent: int = 15) -> int:
    seen = asked(cutting.plan, "small", percent, AFTER).fingerprint
    count: int = done(cutting.cut, clerk, "small", percent, BASIS, seen, now=AFTER)
    return count


def test_a_cut_rounds_down_to_the_cent_and_shared_envelopes_keep_their_sum() -> None:
    assert [rules.reduced(cents, 15) for cents in (12_498_600, 1_000_001, 7)] == [10_623_810, 850_000, 5]
    assert rules.reduced_bookings([("total", 1001), ("a", 500), ("b", 501)], 1001, 850) == {
        "total": 850, "a": 425, "b": 425,
    }  # fmt: skip


def test_what_falls_below_the_floor_by_a_cut_is_flagged() -> None:
    a_call()  # least award 10,000
    for cents in (1_176_471, 1_176_470):
        an_application("scored", {"requested": cents})
    decide(an_administrator(), now=DECIDED)
    found = asked(cutting.plan, "small", 15, AFTER)
    assert [(one.after, one.below_floor) for one in found.cuts] == [(1_000_000, False), (999_999, True)]


def test_held_awards_are_cut_in_cents_and_signed_ones_are_not() -> None:
    clerk, (signed, large, small) = a_decided_call(2_000_000, 2_000_001, 1_100_000)
    sign(clerk, signed)
    done(caretaker.begin, clerk, AFTER.date() + timedelta(days=1), None, BASIS, now=AFTER)
    found = asked(cutting.plan, "small", 15, AFTER)
    assert [(one.award.application.reference, one.after, one.below_floor) for one in found.cuts] == [
        (large, 1_700_000, False), (small, 935_000, False),
    ]  # fmt: skip
    assert refusal(cutting.cut, clerk, "small", 15, {**BASIS, "fr": ""}, found.fingerprint, now=AFTER).field
    assert refusal(cutting.cut, clerk, "small", 15, BASIS, "other", now=AFTER).code == "cut-changed"
    assert refusal(cutting.plan, "small", 100, AFTER).code == "percent-out-of-range"
    assert cut(clerk) == 2
    assert [asked(files.view, one).awarded_cents for one in (signed, large, small)] == [2_000_000, 1_700_000, 935_000]
    offer = asked(queries.award, large, AFTER).offer
    assert offer is not None
    assert (offer.before, offer.cents, offer.percent, offer.answer) == (2_000_001, 1_700_000, 15, None)


def test_the_letter_of_before_the_cut_never_leaves_and_the_new_one_says_why() -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    work_off()
    before = [one.number for one in asked(letters.of_call, "small", held_only=True)]
    cut(clerk)
    assert asked(letters.of_call, "small", held_only=True) == ()
    work_off()
    (held,) = asked(letters.of_call, "small", held_only=True)
    assert (held.kind, held.application, held.number in before) == (LetterKind.AWARD, reference, False)
    assert ("€\u00a017.000" in held.content, "met 15 % verminderd" in held.content) == (True, True)


@pytest.mark.parametrize("said", [Answer.ACCEPTED, Answer.ADAPTED])
def test_a_reduced_award_is_signed_only_once_its_association_agrees(said: Answer) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    cut(clerk)
    approve(clerk, reference, AFTER)
    assert refusal(actions.sign, clerk, reference, AFTER.date(), "MB 1", now=AFTER).code == "consent-needed"
    owner = owner_of(reference)
    if said is Answer.ADAPTED:
        refused = refusal(offering.answer, owner, reference, 1, said, "", now=AFTER)
        assert (refused.code, refused.field) == ("adapted-budget-needed", "document")
    done(offering.answer, owner, reference, 1, said, "Eén vorming minder.", SAID, now=AFTER)
    assert refusal(offering.answer, owner, reference, 1, said, "", SAID, now=AFTER).code == "offer-answered"
    done(actions.sign, clerk, reference, AFTER.date(), "MB 1", now=AFTER)
    file = asked(files.view, reference).id
    if said is Answer.ADAPTED:
        assert asked(queries.offer_document, file, 1)[2] == SAID.content
    else:
        assert asked(queries.award, reference, AFTER).offer.document == ""


def test_an_award_given_up_frees_its_envelope_and_is_decommitted_by_a_new_entry() -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    line = a_line(clerk, 2027)
    sign(clerk, reference)
    done(actions.commit, clerk, reference, now=AFTER)
    assert refusal(offering.record_decline, clerk, reference, " ", now=AFTER).code == "reason-needed"
    done(offering.record_decline, clerk, reference, "De partner viel weg.", now=AFTER)
    assert asked(files.view, reference).state is ApplicationState.WITHDRAWN
    kinds = [(str(one.kind), one.commitment) for one in asked(budget.entries, line)]
    assert kinds == [("credit", 10_000_000), ("commitment", -2_000_000), ("decommitment", 2_000_000)]
    assert asked(budget.line, line).free.commitment == 10_000_000


def test_awards_that_are_cut_signed_and_given_up_break_no_promise_of_the_data() -> None:
    clerk, (signed, given_up) = a_decided_call(2_000_000, 1_100_000)
    sign(clerk, signed)
    assert cut(clerk) == 1
    for reference in (signed, given_up):
        done(offering.decline, owner_of(reference), reference, "Te weinig.", now=AFTER)
    work_off()
    assert [one.broken for one in asked(lambda session: list(examine(session))) if one.broken] == []


def test_an_award_that_was_paid_is_not_given_up() -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    a_line(clerk, 2027)
    sign(clerk, reference)
    done(actions.commit, clerk, reference, now=AFTER)
    done(actions.pay, clerk, reference, CODE, 1, "Schuldvordering 1", now=AFTER)
    assert refusal(offering.decline, owner_of(reference), reference, "Toch niet.", now=AFTER).code == "award-paid"


def test_an_association_that_declines_gives_a_reason_and_its_award_up() -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    cut(clerk)
    owner = owner_of(reference)
    with pytest.raises(NotThere):
        done(offering.answer, an_administrator(), reference, 1, Answer.ACCEPTED, "", now=AFTER)
    assert refusal(offering.answer, owner, reference, 1, Answer.DECLINED, "", now=AFTER).code == "reason-needed"
    done(offering.answer, owner, reference, 1, Answer.DECLINED, "Te weinig voor het project.", now=AFTER)
    assert asked(files.view, reference).state is ApplicationState.WITHDRAWN
    work_off(AFTER + DAY)
    assert [one for one in asked(letters.of_call, "small", held_only=True) if one.kind is LetterKind.AWARD] == []


def test_consent_is_asked_once_where_less_is_awarded_than_was_asked() -> None:
    clerk, (whole,) = a_decided_call(2_000_000)
    assert refusal(offering.ask, clerk, whole, now=AFTER).code == "consent-not-needed"
    cut(clerk)
    assert refusal(offering.ask, clerk, whole, now=AFTER).code == "consent-not-needed"
