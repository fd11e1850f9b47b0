"""Two people sign the same allocation: the first name decides nothing, and lapses with what it stands under."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    a_call,
    a_person,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    terms,
    work_off,
)
from workflows.allocation import actions as allocation
from workflows.allocation import queries
from workflows.allocation.tables import Allocation, Booking, Signature
from workflows.calls.queries import call_view
from workflows.history import entries
from workflows.letters import queries as letters
from workflows.lifecycle import CallState, Event
from workflows.people import actions as people
from workflows.people import queries as people_queries
from workflows.permissions import Actor, Role
from workflows.problems import NotThere, Problem
from workflows.submission import actions as submission
from workflows.submission.tables import Conflict

LATER = CLOSES + 30 * DAY
HOUR = timedelta(hours=1)
RULE = {
    "rule": "rank-skip", "ties": ["smaller-request", "id"], "why": {"nl": "Volgorde", "fr": "Ordre"},
    "second_signature": True,
}  # fmt: skip


def a_call_for_two() -> tuple[Actor, Actor]:
    """A call with two scored files that wants two signatures, and two administrators."""
    a_call(terms(allocation=RULE))
    an_application("scored")
    an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4))
    return an_administrator(), a_person(Role.ADMINISTRATOR)


def seen() -> str:
    fingerprint: str = asked(queries.board, "small").fingerprint
    return fingerprint


def sign(who: Actor, fingerprint: str, hours: int = 0) -> bool:
    decided: bool = done(allocation.sign, who, "small", fingerprint, seen_at=LATER, now=LATER + hours * HOUR)
    return decided


def state() -> CallState:
    found: CallState = asked(call_view, "small", LATER).state
    return found


def test_a_call_wants_two_signatures_unless_it_says_otherwise() -> None:
    rule = {name: value for name, value in RULE.items() if name != "second_signature"}
    assert terms(allocation=rule).allocation.second_signature


def test_the_first_signature_decides_nothing_and_the_second_under_the_same_fingerprint_decides(
    settings: Settings,
) -> None:
    ada, ben = a_call_for_two()
    assert (sign(ada, seen()), state()) == (False, CallState.PUBLISHED)
    assert (sign(ben, seen(), 1), state()) == (True, CallState.DECIDED)
    assert [(one.person_id, one.fingerprint, one.at) for one in asked(queries.signed, "small")] == [
        (ada.person_id, seen(), LATER), (ben.person_id, seen(), LATER + HOUR),
    ]  # fmt: skip
    told = [(one.event, one.actor) for one in asked(entries, "call:small")][-2:]
    assert told == [(Event.SIGN_ALLOCATION, ada.name), (Event.DECIDE, ben.name)]


def test_who_may_sign_second_gets_a_mail_and_nobody_else(settings: Settings) -> None:
    first, second = a_call_for_two()
    owner = an_association()
    done(people.give_role, owner[0].person_id, Role.ADMINISTRATOR, actor=first, now=LATER)
    an_application("ineligible", by=owner)  # a file of their own: a conflict of interest
    work_off(LATER)
    done(allocation.sign, first, "small", asked(queries.board, "small").fingerprint, now=LATER)
    work_off(LATER)
    mails = [one for one in asked(letters.mailbox) if one.kind == "signature-asked"]
    addresses = {one.id: one.email for one in asked(people_queries.people_with, Role.ADMINISTRATOR)}
    assert [one.address for one in mails] == [addresses[second.person_id or 0]]
    assert ("Ada ondertekende" in mails[0].body, "/administration/calls/small/allocation" in mails[0].body) == (
        True,
        True,
    )


def test_the_same_person_cannot_sign_twice_in_two_tabs_or_with_two_clicks(settings: Settings) -> None:
    ada, _ = a_call_for_two()
    sign(ada, seen())
    again: Problem = refusal(allocation.sign, ada, "small", seen(), now=LATER + HOUR)
    assert (again.code, state()) == ("second-person-needed", CallState.PUBLISHED)


def test_nothing_decides_past_the_second_signature(settings: Settings) -> None:
    ada, ben = a_call_for_two()
    assert refusal(allocation.commit, ada, "small", seen(), now=LATER).code == "second-person-needed"
    sign(ada, seen())
    assert refusal(allocation.commit, ada, "small", seen(), now=LATER).code == "second-person-needed"
    done(allocation.commit, ben, "small", seen(), now=LATER)
    assert state() is CallState.DECIDED


def test_any_change_makes_the_first_signature_lapse_and_the_second_person_is_told_what_changed(
    settings: Settings,
) -> None:
    ada, ben = a_call_for_two()
    owner, organisation = an_association()
    withdrawn = an_application("scored", by=(owner, organisation))
    before = seen()
    sign(ada, before)
    done(submission.withdraw, owner, withdrawn, "Toch niet.", now=LATER + HOUR)
    stale: Problem = refusal(allocation.sign, ben, "small", before, seen_at=LATER, now=LATER + 2 * HOUR)
    assert (stale.code, stale.reason.facts["changed"]) == ("preview-stale", [withdrawn])
    assert sign(ben, seen(), 3) is False  # the first name stands under something else: this is the first now
    assert [one.person_id for one in asked(queries.signed, "small")] == [ben.person_id]
    assert sign(ada, seen(), 4) is True


def test_a_signature_can_be_taken_back_by_whom_it_is_and_before_the_decision_only(settings: Settings) -> None:
    ada, ben = a_call_for_two()
    sign(ada, seen())
    assert refusal(allocation.take_back, ben, "small", now=LATER).code == "not-signed"
    done(allocation.take_back, ada, "small", now=LATER)
    assert asked(queries.signed, "small") == ()
    sign(ada, seen())
    sign(ben, seen())
    assert refusal(allocation.take_back, ada, "small", now=LATER).code == "not-signed"


def test_whoever_has_a_conflict_of_interest_cannot_sign_second_either(settings: Settings) -> None:
    ada, ben = a_call_for_two()
    sign(ada, seen())
    own = asked(queries.board, "small").lines[0].application.id
    done(lambda session: session.add(Conflict(application_id=own, person_id=ben.person_id, reason="Zijn zus.",
                                              declared_at=LATER)))  # fmt: skip
    with pytest.raises(NotThere):
        sign(ben, seen(), 1)


def test_the_database_itself_keeps_two_places_and_never_one_person_in_both(settings: Settings) -> None:
    ada, ben = a_call_for_two()
    sign(ada, seen())

    def write(session: Session, who: Actor, place: int) -> None:
        names = {"call_id": "small", "fingerprint": "0" * 64, "signed_at": LATER}
        session.add(Signature(**names, place=place, person_id=who.person_id))

    assert refusal(write, ada, 2).code == "second-person-needed"
    with pytest.raises(IntegrityError, match="place"):
        done(write, ben, 3)


def test_however_many_sign_at_once_there_is_one_decision_and_nothing_is_overspent(installation: Settings) -> None:
    ada, _ = a_call_for_two()
    for _ in range(3):
        an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4))
    others = [a_person(Role.ADMINISTRATOR) for _ in range(4)]
    fingerprint = seen()
    sign(ada, fingerprint)

    def attempt(number: int) -> str:
        try:
            sign([ada, *others][number % 5], fingerprint, 1)
        except Problem as problem:
            return problem.code
        return "decided"

    with ThreadPoolExecutor(8) as many:
        found = list(many.map(attempt, range(40)))
    assert (found.count("decided"), set(found) - {"decided"}) == (1, {"allocation-decided", "second-person-needed"})
    decisions, booked = asked(
        lambda session: (
            session.scalar(select(func.count()).select_from(Allocation)),
            session.scalar(select(func.sum(Booking.cents))),
        )
    )
    assert (decisions, booked) == (1, 4_500_000)
