"""Promotion from the reserve list: what came free, in order, and never from anyone who was notified."""

import json

import pytest
from sqlalchemy import update

from tests.builders import a_call, an_administrator, an_application, asked, decide, done, refusal, terms, work_off
from tests.workflows.test_awards import AFTER, DECIDED
from tests.workflows.test_cutting import cut
from tests.workflows.test_invariants import broken
from workflows.allocation import exchange, rules
from workflows.allocation import queries as allocation
from workflows.awards import offering, promoting
from workflows.awards.tables import Promotion
from workflows.letters import queries as letters
from workflows.lifecycle import ApplicationState
from workflows.permissions import Actor
from workflows.submission import queries as files

pytestmark = pytest.mark.usefixtures("settings")


def a_call_with_a_reserve(*, two: bool = False) -> tuple[Actor, list[str]]:
    """60,000 over five files of 20,000, best first: three awards and two on the reserve list."""
    a_call(terms(allocation={**terms().allocation.model_dump(mode="json"), "second_signature": False}))
    references = [
        an_application("scored", marks=marks) for marks in ((5, 5, 5), (5, 5, 4), (5, 4, 4), (4, 5, 4), (4, 4, 4))
    ]
    clerk = an_administrator()
    decide(clerk, now=DECIDED)
    return clerk, references


def awarded(references: list[str]) -> list[int | None]:
    return [asked(files.view, one).awarded_cents for one in references]


def test_what_an_award_given_up_frees_goes_to_the_first_of_the_reserve_and_takes_from_nobody() -> None:
    clerk, references = a_call_with_a_reserve()
    work_off(DECIDED)
    assert refusal(promoting.sign, clerk, "small", "x", now=AFTER).code == "nothing-to-promote"
    done(offering.record_decline, clerk, references[1], "De partner viel weg.", now=AFTER)
    found = asked(promoting.again, "small")
    assert [(one.application.reference, one.rank, one.award) for one in found.list] == [
        (references[3], 4, 2_000_000), (references[4], 5, 0),
    ]  # fmt: skip
    assert refusal(promoting.sign, clerk, "small", "stale", now=AFTER).code == "promotion-stale"
    assert done(promoting.sign, clerk, "small", found.fingerprint, now=AFTER) is True
    assert awarded(references) == [2_000_000, None, 2_000_000, 2_000_000, None]
    assert asked(files.view, references[4]).state is ApplicationState.RESERVE
    work_off(AFTER)
    held = sorted((one.application, str(one.kind)) for one in asked(letters.of_call, "small", held_only=True))
    assert held == sorted(
        [(references[0], "award"), (references[2], "award"), (references[3], "award"), (references[4], "reserve")]
    )


def test_a_promotion_breaks_no_promise_of_the_data_and_a_changed_record_is_named() -> None:
    clerk, references = a_call_with_a_reserve()
    work_off(DECIDED)
    done(offering.record_decline, clerk, references[0], "Stopgezet.", now=AFTER)
    done(promoting.sign, clerk, "small", asked(promoting.again, "small").fingerprint, now=AFTER)
    work_off(AFTER)

    assert broken() == {}
    done(lambda session: session.execute(update(Promotion).values(record="{}")))
    assert list(broken().values()) == [("call small: the record of its promotion 1 was changed",)]


def test_the_record_of_a_promotion_is_worked_out_again_to_the_same() -> None:
    clerk, references = a_call_with_a_reserve()
    done(offering.record_decline, clerk, references[0], "Stopgezet.", now=AFTER)
    done(promoting.sign, clerk, "small", asked(promoting.again, "small").fingerprint, now=AFTER)
    (made,) = asked(promoting.promotions, "small")
    kept = json.loads(made.record)
    data = exchange.read(json.dumps(kept["input"]))
    assert rules.fingerprint(data) == made.fingerprint == kept["fingerprint"]
    assert rules.allocate(data).awards == kept["result"]["awards"]
    assert data.frozen == {references[1]: 2_000_000, references[2]: 2_000_000}
    assert asked(allocation.decision, "small").fingerprint != made.fingerprint


def test_money_that_was_cut_is_not_given_to_the_reserve() -> None:
    clerk, references = a_call_with_a_reserve()
    cut(clerk, 40)  # 24,000 less in all: enough for one more, were it free
    found = asked(promoting.again, "small")
    assert (found.promoted, found.envelopes[0].amount, found.envelopes[0].left) == ((), 3_600_000, 0)
    done(offering.record_decline, clerk, references[0], "Te weinig.", now=AFTER)
    assert asked(promoting.again, "small").envelopes[0].left == 1_200_000


def test_two_persons_sign_the_same_promotion_where_the_call_wants_two() -> None:
    clerk, references = a_call_with_a_reserve()
    done(offering.record_decline, clerk, references[0], "Stopgezet.", now=AFTER)
    found = asked(promoting.again, "small")
    wants_two = found.terms.model_copy(
        update={"allocation": found.terms.allocation.model_copy(update={"second_signature": True})}
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promoting, "terms_of", lambda session, call_id: wants_two)
        assert done(promoting.sign, clerk, "small", found.fingerprint, now=AFTER) is False
        assert refusal(promoting.sign, clerk, "small", found.fingerprint, now=AFTER).code == "second-person-needed"
        assert awarded(references)[3] is None
        assert done(promoting.sign, an_administrator(), "small", found.fingerprint, now=AFTER) is True
    assert awarded(references)[3] == 2_000_000
