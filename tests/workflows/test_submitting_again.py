"""A file that was submitted: taken back, submitted again, put back, withdrawn, brought back; a draft deleted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from tests.builders import (
    ANSWERS,
    CLOSES,
    NOW,
    SMALL_CALL,
    a_call,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    work_off,
)
from workflows.calls.rules import is_open, read_terms
from workflows.eligibility import queries as eligibility
from workflows.history import entries, first_broken
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.people.tables import Membership
from workflows.permissions import SYSTEM, Action, Actor, MemberRole
from workflows.problems import NotThere
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries, reopening, rules
from workflows.submission.merging import mark, marks, marks_after, merge

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
BUDGET = ("budget", "begroting.pdf")


def a_submitted() -> tuple[Actor, str]:
    a_call()
    by = an_association()
    return by[0], an_application("submitted", by=by)


def a_reopened() -> tuple[Actor, str]:
    """A file that was submitted, taken back, and changed in an answer and in its documents."""
    actor, reference = a_submitted()
    done(submission.reopen, actor, reference, now=NOW + HOUR)
    done(submission.save_answers, actor, reference, {"title": "Half werk", "summary": ""}, now=NOW + HOUR)
    (old,) = asked(queries.view, reference).attachments
    done(submission.replace, actor, reference, old.token, "nieuw.pdf", one_page("Nieuw"), now=NOW + HOUR)
    return actor, reference


def documents(reference: str) -> list[tuple[str, str]]:
    return [(one.question_id, one.name) for one in asked(queries.view, reference).attachments]


def test_the_last_submission_counts_where_a_reopened_file_is_not_submitted_again_in_time(settings: Settings) -> None:
    _actor, reference = a_reopened()
    assert asked(reopening.unrestored, CLOSES - SECOND) == []
    assert asked(reopening.unrestored, CLOSES) == [reference]
    done(submission.restore, SYSTEM, reference, now=CLOSES)
    view = asked(queries.view, reference)
    assert (view.state, view.received_at, view.answers) == (ApplicationState.SUBMITTED, NOW, ANSWERS)
    assert documents(reference) == [BUDGET]
    assert asked(reopening.unrestored, CLOSES) == []
    done(submission.restore, SYSTEM, reference, now=CLOSES)  # safe to run twice
    last = asked(entries, f"application:{reference}")[-1]
    assert (last.event, last.to_state, last.facts["receipt"]) == (
        Event.RESTORE, "submitted", asked(queries.receipts, view.id)[0].number,
    )  # fmt: skip
    assert asked(first_broken, "call:small") is None


def test_what_was_changed_and_not_submitted_is_set_aside_not_lost(settings: Settings) -> None:
    _actor, reference = a_reopened()
    done(submission.restore, SYSTEM, reference, now=CLOSES)
    aside = asked(queries.view, reference).set_aside
    assert aside["answers"] == {"title": "Half werk", "summary": ""}
    assert [(one["question"], one["name"]) for one in aside["documents"]] == [("budget", "nieuw.pdf")]


def test_the_background_puts_the_last_submission_back_and_it_is_screened(settings: Settings) -> None:
    _actor, reference = a_reopened()
    work_off(CLOSES + SECOND)
    view = asked(queries.view, reference)
    assert (view.state, view.answers) == (ApplicationState.SUBMITTED, ANSWERS)
    assert asked(eligibility.screening, reference).verdict is True


def test_the_system_leaves_a_reopened_file_alone_until_the_deadline(settings: Settings) -> None:
    _actor, reference = a_reopened()
    done(submission.restore, SYSTEM, reference, now=CLOSES - SECOND)
    assert asked(queries.view, reference).state is ApplicationState.DRAFT


def test_the_people_of_a_reopened_file_can_go_back_to_what_was_submitted_before_the_deadline(
    settings: Settings,
) -> None:
    actor, reference = a_reopened()
    assert refusal(submission.restore, actor, reference, now=CLOSES).code == "deadline-passed"
    done(submission.restore, actor, reference, now=CLOSES - SECOND)
    assert asked(queries.view, reference).answers == ANSWERS
    assert refusal(submission.restore, actor, reference, now=NOW + 2 * HOUR).code == "move-not-possible"


def test_a_file_that_was_submitted_again_is_screened_again(settings: Settings) -> None:
    actor, reference = a_submitted()
    work_off(NOW + SECOND)
    done(submission.reopen, actor, reference, now=NOW + HOUR)
    excluded = {"zone": "OPT", "places": ["GAZA"]}
    done(submission.save_answers, actor, reference, excluded, now=NOW + HOUR)
    done(submission.submit, actor, reference, received_at=NOW + HOUR)
    assert asked(eligibility.screening, reference).verdict is True  # of what was submitted first
    work_off(NOW + 2 * HOUR)
    assert asked(eligibility.screening, reference).verdict is False
    assert asked(eligibility.unscreened, NOW + 2 * HOUR) == []


def test_a_reopened_file_still_counts_as_one_of_its_organisation(settings: Settings) -> None:
    a_call()
    by = an_association()
    first, second = an_application("submitted", by=by), an_application("submitted", by=by)
    done(submission.reopen, by[0], first, now=NOW + HOUR)
    view = asked(queries.view, second)
    assert asked(eligibility.facts_of, view, NOW).others == (first,)


# Sent twice


def test_a_request_that_comes_twice_gives_the_same_receipt_also_once_the_file_was_reopened(settings: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application("draft", by=by)
    seen = asked(queries.view, reference).row_version
    receipt = done(submission.submit, by[0], reference, seen_version=seen, received_at=NOW)
    done(submission.reopen, by[0], reference, now=NOW + HOUR)
    again = refusal(submission.submit, by[0], reference, seen_version=seen, received_at=NOW + HOUR)
    assert (again.code, again.reason.facts["receipt"]) == ("already-submitted", receipt.number)
    view = asked(queries.view, reference)
    assert (view.state, asked(queries.receipts, view.id)) == (ApplicationState.DRAFT, (receipt,))


def test_only_the_draft_that_was_looked_at_is_submitted(settings: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application("draft", by=by)
    seen = asked(queries.view, reference).row_version
    done(submission.save_answers, by[0], reference, {"title": "Van een collega"}, now=NOW + HOUR)
    refused = refusal(submission.submit, by[0], reference, seen_version=seen, received_at=NOW + HOUR)
    assert (refused.code, dict(refused.reason.facts)) == (
        "draft-not-as-seen", {"saved_at": (NOW + HOUR).isoformat()},
    )  # fmt: skip
    now_seen = asked(queries.view, reference).row_version
    assert done(submission.submit, by[0], reference, seen_version=now_seen, received_at=NOW + HOUR).submission == 1


# Withdrawing, deleting


def test_a_withdrawal_is_undone_before_the_deadline_and_not_after_it(settings: Settings) -> None:
    actor, reference = a_submitted()
    done(submission.withdraw, actor, reference, "toch niet", now=NOW + HOUR)
    assert refusal(submission.bring_back, actor, reference, now=CLOSES).code == "deadline-passed"
    done(submission.bring_back, actor, reference, now=CLOSES - SECOND)
    view = asked(queries.view, reference)
    assert (view.state, view.received_at, view.answers) == (ApplicationState.SUBMITTED, NOW, ANSWERS)
    assert refusal(submission.bring_back, actor, reference, now=NOW).code == "move-not-possible"


def test_a_reopened_file_is_withdrawn_as_it_was_submitted(settings: Settings) -> None:
    actor, reference = a_reopened()
    done(submission.withdraw, actor, reference, "toch niet", now=NOW + 2 * HOUR)
    view = asked(queries.view, reference)
    assert (view.state, view.answers, documents(reference)) == (ApplicationState.WITHDRAWN, ANSWERS, [BUDGET])
    last = [entry.event for entry in asked(entries, f"application:{reference}")][-2:]
    assert last == [Event.RESTORE, Event.WITHDRAW]


def test_a_draft_is_deleted_by_an_owner_and_its_number_is_never_given_again(settings: Settings) -> None:
    a_call()
    by = an_association()
    first, last = an_application("draft", by=by), an_application("draft", by=by)
    editor, organisation = an_association()
    done(
        lambda session: session.add(
            Membership(person_id=editor.person_id, organisation_id=by[1], role=MemberRole.EDITOR)
        )
    )
    with pytest.raises(NotThere):
        done(submission.delete, editor, last, now=NOW)
    done(submission.delete, by[0], last, now=NOW)
    with pytest.raises(NotThere):
        asked(queries.view, last)
    assert [one.reference for one in asked(queries.of_organisations, (by[1],))] == [first]
    assert asked(entries, f"application:{last}")[-1].event is Event.DELETE_DRAFT
    assert an_application("draft", by=(editor, organisation)) == rules.reference("S26", 3)


def test_what_was_ever_submitted_is_not_deleted(settings: Settings) -> None:
    actor, reference = a_reopened()
    assert refusal(submission.delete, actor, reference, now=NOW).code == "already-submitted"
    done(submission.restore, actor, reference, now=NOW)
    assert refusal(submission.delete, actor, reference, now=NOW).code == "already-submitted"


def test_a_stranger_finds_nothing_to_put_back_bring_back_or_delete(settings: Settings) -> None:
    _actor, reference = a_reopened()
    stranger, _ = an_association()
    for act in (submission.restore, submission.bring_back, submission.delete):
        with pytest.raises(NotThere):
            done(act, stranger, reference, now=NOW)
    with pytest.raises(NotThere):
        asked(queries.own, stranger, reference, Action.READ_OWN_APPLICATION)


# The deadline, across a change of the clocks


@pytest.mark.parametrize(
    ("closes_at", "instant"),
    [
        ("2027-03-28T01:59:59", datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC)),  # the last second of winter time
        ("2027-03-28T03:00:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),  # the first of summer time
        ("2027-10-31T01:30:00", datetime(2027, 10, 30, 23, 30, tzinfo=UTC)),  # before the hour that comes twice
        ("2027-10-31T03:00:00", datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),  # after it
    ],
)
def test_on_time_is_before_the_closing_second_also_where_the_clocks_change(closes_at: str, instant: datetime) -> None:
    found = read_terms(SMALL_CALL.replace("2026-12-15T16:00:00", closes_at), "test")
    moments = (instant - SECOND, instant - timedelta(microseconds=1), instant, instant + SECOND)
    assert [is_open(CallState.PUBLISHED, found, at) for at in moments] == [True, True, False, False]


# Receipt numbers


@given(st.integers(1, 9999), st.integers(1, 99), st.text("0123456789abcdef", min_size=64, max_size=64), st.data())
def test_one_wrong_sign_in_a_receipt_number_is_found(
    number: int, submission: int, digest: str, data: st.DataObject
) -> None:
    receipt = rules.receipt_number(rules.reference("S26", number), submission, digest)
    assert rules.valid_receipt_number(receipt)
    places = [place for place, sign in enumerate(receipt) if sign.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != receipt[place]]))
    assert not rules.valid_receipt_number(receipt[:place] + other + receipt[place + 1 :])


def test_a_receipt_number_is_read_as_people_copy_it() -> None:
    receipt = rules.receipt_number("S26-0001-54", 1, "abcdef0123" * 7)
    assert rules.tidy_receipt_number(f" {receipt.upper()[:12]} {receipt.upper()[12:]}\n") == receipt
    assert [rules.valid_receipt_number(text) for text in ("", "S26", "S26-0001-54/1/abcdef01/xx", "٣")] == [False] * 4


# Two on one form


ANSWER = st.one_of(st.none(), st.just(""), st.text(max_size=3), st.integers(0, 3), st.booleans(), st.just([]))


@given(ANSWER, ANSWER, ANSWER)
def test_nothing_that_somebody_else_saved_is_overwritten_unseen(seen: object, stored: object, sent: object) -> None:
    found = merge({"q": stored}, {"q": sent}, marks(["q"], {"q": seen}))
    same, touched, moved = mark(sent) == mark(stored), mark(sent) != mark(seen), mark(stored) != mark(seen)
    assert ("q" in found.changed) == (touched and not same and (not moved or mark(stored) == mark(None)))
    assert found.conflicts == (("q",) if touched and moved and not same and mark(stored) != mark(None) else ())


@given(ANSWER, ANSWER, ANSWER)
def test_after_a_merge_a_form_has_seen_only_what_it_shows(seen: object, stored: object, sent: object) -> None:
    before = marks(["q"], {"q": seen})
    found = merge({"q": stored}, {"q": sent}, before)
    after = marks_after({"q": found.changed.get("q", stored)}, {"q": sent}, before)
    again = merge({"q": found.changed.get("q", stored)}, {"q": sent}, after)
    assert (dict(again.changed), again.conflicts) == ({}, found.conflicts)


def test_without_marks_what_is_sent_counts() -> None:
    assert dict(merge({"a": 1, "b": 2}, {"a": 3, "b": 2}, None).changed) == {"a": 3}
    assert merge({"a": 1}, {"a": 3}, {}).conflicts == ("a",)  # a form that says nothing of what it saw
