"""A request for what is missing: only what was asked changes, only in time, only when the answer is sent."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_juror,
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
from workflows.calls.tables import Call, CallVersion
from workflows.calls.terms import Terms
from workflows.canonical import fingerprint
from workflows.completion import actions, queries
from workflows.completion.rules import Facts, RequestState, editable_questions, state
from workflows.eligibility import actions as eligibility
from workflows.eligibility.queries import screening, unscreened
from workflows.history import entries, first_broken
from workflows.letters.queries import mailbox, of_call
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import SYSTEM, Actor
from workflows.problems import NotThere, Problems
from workflows.reminders.queries import Waiting, waiting
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission.queries import ApplicationView, receipts, view
from workflows.submission.tables import Conflict

AFTER = CLOSES + DAY
DUE = AFTER + 14 * DAY
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
NEW_BUDGET = one_page("Betere begroting")


def a_file() -> tuple[Actor, Actor, str]:
    """Somebody of an association, an administrator, and a file that was submitted to a call that has closed."""
    a_call()
    by = an_association()
    return by[0], an_administrator(), an_application("submitted", by=by)


def a_request(*questions: str, due: Any = DUE) -> tuple[Actor, Actor, str]:
    us, office, reference = a_file()
    done(actions.ask, office, reference, questions or ("budget", "summary"), "Onvolledig.", due, now=AFTER)
    return us, office, reference


def the_request(reference: str, at: Any = AFTER) -> queries.RequestView:
    found: queries.RequestView = asked(queries.requests, asked(view, reference).id, at)[0]
    return found


def said(reference: str) -> tuple[str, list[str]]:
    """The summary and the names of the budgets that the file holds."""
    found: ApplicationView = asked(view, reference)
    return found.answers["summary"], [one.name for one in found.attached("budget")]


def an_answer(us: Actor, reference: str, at: Any = AFTER + HOUR) -> None:
    """Another summary, and another budget in the place of the old one; not sent yet."""
    done(actions.save, us, reference, 1, {"summary": "Volledig."}, now=at)
    for one in the_request(reference).documents:
        done(actions.detach, us, reference, 1, one.token, now=at)
    done(actions.attach, us, reference, 1, "budget", "beter.pdf", NEW_BUDGET, now=at)


def test_the_file_stays_as_it_was_submitted_until_the_answer_is_sent(settings: Settings) -> None:
    us, _, reference = a_request()
    before = said(reference)
    an_answer(us, reference)
    assert (said(reference), asked(view, reference).state) == (before, ApplicationState.SUBMITTED)
    done(actions.answer, us, reference, 1, received_at=AFTER + HOUR)
    assert said(reference) == ("Volledig.", ["beter.pdf"])


def test_an_answer_is_the_next_submission_and_the_file_was_still_submitted_when_it_was(settings: Settings) -> None:
    us, _, reference = a_request()
    received = asked(view, reference).received_at
    an_answer(us, reference)
    receipt = done(actions.answer, us, reference, 1, received_at=AFTER + HOUR)
    first, second = reversed(asked(receipts, asked(view, reference).id))
    assert (second.number, second.submission, second.received_at) == (receipt.number, 2, AFTER + HOUR)
    assert first.content["answers"]["summary"] == "Een waterpunt voor de wijk."
    assert asked(view, reference).received_at == received == NOW
    assert the_request(reference).submission == 2


def test_the_difference_names_each_changed_question_with_old_and_new(settings: Settings) -> None:
    us, _, reference = a_request("budget", "summary", "title")
    an_answer(us, reference)
    done(actions.answer, us, reference, 1, received_at=AFTER + HOUR)
    ((request, changed),) = asked(queries.answers_given, asked(view, reference), AFTER + HOUR, "nl")
    assert request.state is RequestState.ANSWERED
    summary, budget = changed
    assert (summary.question.id, summary.before, summary.after) == (
        "summary", "Een waterpunt voor de wijk.", "Volledig.",
    )  # fmt: skip
    assert (budget.question.id, budget.before.split()[0], budget.after.split()[0]) == (
        "budget", "begroting.pdf", "beter.pdf",
    )  # fmt: skip


@pytest.mark.parametrize("question", ["title", "requested", "no-such-question"])
def test_what_was_not_asked_cannot_be_touched(settings: Settings, question: str) -> None:
    us, _, reference = a_request()
    with pytest.raises(NotThere):
        done(actions.save, us, reference, 1, {question: "x"}, now=AFTER)


def test_a_document_goes_only_under_an_asked_question_for_documents(settings: Settings) -> None:
    us, _, reference = a_request("summary")
    for question in ("budget", "summary"):
        with pytest.raises(NotThere):
            done(actions.attach, us, reference, 1, question, "x.pdf", NEW_BUDGET, now=AFTER)


def test_the_same_document_put_in_twice_is_one(settings: Settings) -> None:
    us, _, reference = a_request()
    for _ in range(2):
        done(actions.attach, us, reference, 1, "budget", "beter.pdf", NEW_BUDGET, now=AFTER + HOUR)
    assert [one.name for one in the_request(reference).documents] == ["begroting.pdf", "beter.pdf"]


def test_an_answer_arrives_in_time_to_the_second(settings: Settings) -> None:
    us, _, reference = a_request()
    an_answer(us, reference)
    late = refusal(actions.answer, us, reference, 1, received_at=DUE)
    assert (late.code, late.reason.facts["due_at"]) == ("completion-expired", DUE.isoformat())
    done(actions.answer, us, reference, 1, received_at=DUE - SECOND)
    assert said(reference)[0] == "Volledig."


def test_after_the_deadline_nothing_is_written_and_what_was_written_is_kept(settings: Settings) -> None:
    us, _, reference = a_request()
    done(actions.save, us, reference, 1, {"summary": "Half."}, now=AFTER)
    for act, what in ((actions.save, ({"summary": "Laat."},)), (actions.attach, ("budget", "x.pdf", NEW_BUDGET))):
        assert refusal(act, us, reference, 1, *what, now=DUE).code == "completion-expired"
    request = the_request(reference, DUE)
    assert (request.state, request.answers["summary"]) == (RequestState.EXPIRED, "Half.")
    assert said(reference)[0] == "Een waterpunt voor de wijk."


def test_an_answer_counts_once(settings: Settings) -> None:
    us, _, reference = a_request()
    an_answer(us, reference)
    done(actions.answer, us, reference, 1, received_at=AFTER)
    assert refusal(actions.answer, us, reference, 1, received_at=AFTER).code == "completion-answered"
    assert refusal(actions.save, us, reference, 1, {"summary": "Nog eens."}, now=AFTER).code == "completion-answered"
    assert len(asked(receipts, asked(view, reference).id)) == 2


def test_an_answer_without_a_change_is_none(settings: Settings) -> None:
    us, _, reference = a_request()
    assert refusal(actions.answer, us, reference, 1, received_at=AFTER).code == "completion-unchanged"
    done(actions.save, us, reference, 1, {"summary": "Een waterpunt voor de wijk."}, now=AFTER)
    assert refusal(actions.answer, us, reference, 1, received_at=AFTER).code == "completion-unchanged"


def test_an_answer_that_leaves_something_missing_or_wrong_is_not_taken(settings: Settings) -> None:
    us, _, reference = a_request("summary", "requested", "budget")
    done(actions.save, us, reference, 1, {"summary": "", "requested": 90_000_000}, now=AFTER)
    for one in the_request(reference).documents:
        done(actions.detach, us, reference, 1, one.token, now=AFTER)
    problem = refusal(actions.answer, us, reference, 1, received_at=AFTER)
    assert isinstance(problem, Problems)
    assert [(one.code, one.field) for one in problem.problems] == [
        ("answer-missing", "summary"), ("document-missing", "budget"), ("amount-above-ceiling", "requested"),
    ]  # fmt: skip


def test_two_people_who_answer_at_once_do_not_overwrite_each_other(settings: Settings) -> None:
    us, _, reference = a_request("summary", "title")
    seen = {"summary": "x", "title": "x"}  # neither of the stored answers
    saved = done(actions.save, us, reference, 1, {"summary": "Mijn tekst."}, seen=seen, now=AFTER)
    assert saved.conflicts == ("summary",)
    assert the_request(reference).answers["summary"] == "Een waterpunt voor de wijk."


def test_requests_come_one_after_the_other(settings: Settings) -> None:
    us, office, reference = a_request("summary")
    ask = (actions.ask, office, reference, ["title"], "Ook de titel.", DUE)
    assert refusal(*ask, now=AFTER).code == "completion-open"
    done(actions.save, us, reference, 1, {"summary": "Volledig."}, now=AFTER)
    done(actions.answer, us, reference, 1, received_at=AFTER)
    assert done(*ask, now=AFTER) == 2
    assert the_request(reference).answers == {"title": "Waterpunt"}
    done(actions.save, us, reference, 2, {"title": "Waterput"}, now=AFTER)
    assert done(actions.answer, us, reference, 2, received_at=AFTER).submission == 3


def test_after_one_expired_another_can_be_asked(settings: Settings) -> None:
    _, office, reference = a_request()
    assert done(actions.ask, office, reference, ["budget"], "Nogmaals.", DUE + 9 * DAY, now=DUE) == 2


def test_a_withdrawn_request_takes_no_answer_and_changes_nothing(settings: Settings) -> None:
    us, office, reference = a_request()
    an_answer(us, reference)
    assert refusal(actions.withdraw_request, office, reference, 1, " ", now=AFTER).code == "reason-needed"
    done(actions.withdraw_request, office, reference, 1, "Toch volledig.", now=AFTER)
    assert refusal(actions.answer, us, reference, 1, received_at=AFTER).code == "completion-withdrawn"
    again = refusal(actions.withdraw_request, office, reference, 1, "Nog eens.", now=AFTER)
    assert (again.code, said(reference)[0]) == ("completion-withdrawn", "Een waterpunt voor de wijk.")


def test_a_request_that_makes_no_sense_is_refused_with_everything_that_is_wrong(settings: Settings) -> None:
    _, office, reference = a_file()
    problem = refusal(actions.ask, office, reference, [], "  ", AFTER, now=AFTER)
    assert isinstance(problem, Problems)
    assert [one.code for one in problem.problems] == [
        "completion-names-nothing", "completion-unexplained", "completion-due-passed",
    ]  # fmt: skip
    unknown = refusal(actions.ask, office, reference, ["budget", "colour"], "Kleur?", DUE, now=AFTER)
    assert isinstance(unknown, Problems)
    assert [one.code for one in unknown.problems] == ["completion-names-nothing"]


def test_while_the_call_is_open_the_association_changes_its_file_by_itself(settings: Settings) -> None:
    _, office, reference = a_file()
    assert refusal(actions.ask, office, reference, ["budget"], "x", DUE, now=NOW).code == "completion-call-open"


@pytest.mark.parametrize("state", ["eligible", "ineligible", "withdrawn"])
def test_a_file_that_was_judged_or_withdrawn_is_not_completed(settings: Settings, state: str) -> None:
    a_call()
    reference, office = an_application(state), an_administrator()
    assert refusal(actions.ask, office, reference, ["budget"], "x", DUE, now=AFTER).code == "completion-not-submitted"


def test_a_file_withdrawn_meanwhile_takes_no_answer(settings: Settings) -> None:
    us, _, reference = a_request()
    done(submission.withdraw, us, reference, "toch niet", now=AFTER)
    assert refusal(actions.save, us, reference, 1, {"summary": "x"}, now=AFTER).code == "completion-not-submitted"


def test_only_the_office_asks_and_only_writers_of_the_association_answer(settings: Settings) -> None:
    us, office, reference = a_request()
    juror, stranger, another = a_juror(), a_person(), an_association()[0]
    for who in (us, juror, stranger, another):
        with pytest.raises(NotThere):
            done(actions.ask, who, reference, ["budget"], "x", DUE, now=DUE)
        with pytest.raises(NotThere):
            done(actions.withdraw_request, who, reference, 1, "x", now=AFTER)
    for who in (office, juror, stranger, another):
        for act, what in ((actions.save, ({"summary": "x"},)), (actions.attach, ("budget", "x.pdf", NEW_BUDGET))):
            with pytest.raises(NotThere):
                done(act, who, reference, 1, *what, now=AFTER)
        with pytest.raises(NotThere):
            done(actions.answer, who, reference, 1, received_at=AFTER)


def test_nobody_asks_for_a_draft_or_in_a_conflict_of_interest(settings: Settings) -> None:
    _, office, reference = a_file()
    draft = an_application("draft")
    with pytest.raises(NotThere):
        done(actions.ask, office, draft, ["budget"], "x", DUE, now=AFTER)
    file = asked(view, reference).id
    done(lambda session: session.add(
        Conflict(application_id=file, person_id=office.person_id, reason="buur", declared_at=NOW)
    ))  # fmt: skip
    with pytest.raises(NotThere):
        done(actions.ask, office, reference, ["budget"], "x", DUE, now=AFTER)


def test_no_file_is_judged_while_its_association_can_still_answer(settings: Settings) -> None:
    _, office, reference = a_request()
    done(eligibility.screen, SYSTEM, reference, now=AFTER)
    assert refusal(eligibility.admit, office, reference, now=AFTER).code == "completion-open"
    assert refusal(eligibility.declare_ineligible, office, reference, now=AFTER).code == "completion-open"
    done(eligibility.admit, office, reference, now=DUE)
    assert asked(view, reference).state is ApplicationState.ELIGIBLE


def test_an_answer_is_screened_anew_and_what_a_person_judged_before_falls(settings: Settings) -> None:
    us, office, reference = a_request()
    work_off(AFTER)
    done(eligibility.overrule, office, reference, 1, False, "Plaats onduidelijk.", now=AFTER)
    assert (asked(unscreened, AFTER), asked(screening, reference).verdict) == ([], False)
    an_answer(us, reference)
    done(actions.answer, us, reference, 1, received_at=AFTER - HOUR)  # arrived before the screening, taken after it
    assert asked(unscreened, AFTER) == [reference]
    work_off(AFTER)
    assert (asked(unscreened, AFTER), asked(screening, reference).verdict) == ([], True)
    happened = [entry.event for entry in asked(entries, f"application:{reference}")]
    assert (happened.count(Event.SCREEN), happened.count(Event.OVERRULE)) == (2, 1)


def test_an_answer_gets_a_receipt_letter_of_its_own(settings: Settings) -> None:
    us, _, reference = a_request()
    an_answer(us, reference)
    done(actions.answer, us, reference, 1, received_at=AFTER)
    work_off(AFTER)
    letters = [letter for letter in asked(of_call, "small") if letter.application == reference]
    last = asked(receipts, asked(view, reference).id)[0]
    assert ([letter.kind for letter in letters], last.number in letters[-1].content) == (["receipt"] * 2, True)
    assert last.pdf is not None


def test_a_request_and_its_withdrawal_are_mailed_in_the_language_of_the_file(settings: Settings) -> None:
    a_call()
    by = an_association("fr")
    office, reference = an_administrator(), an_application("submitted", by=by, language="fr")
    work_off(AFTER)
    before = {mail.id for mail in asked(mailbox)}
    done(actions.ask, office, reference, ["budget"], "Le budget est illisible.", DUE, now=AFTER)
    done(actions.withdraw_request, office, reference, 1, "Retrouvé.", now=AFTER)
    work_off(AFTER)
    withdrawn, request = [mail for mail in asked(mailbox) if mail.id not in before]
    assert (request.kind, withdrawn.kind) == ("completion-asked", "completion-withdrawn")
    assert request.subject == f"À compléter avant le 30 décembre 2026 à 16 h 00 : {reference} “Waterpunt”"
    assert ("- Budget" in request.body, "Le budget est illisible." in request.body) == (True, True)
    assert (f"/applications/{reference}/requests/1" in request.body, "Retrouvé." in withdrawn.body) == (True, True)


def test_the_history_tells_the_whole_of_it_and_stays_whole(settings: Settings) -> None:
    us, _, reference = a_request()
    an_answer(us, reference)
    done(actions.answer, us, reference, 1, received_at=AFTER)
    happened = [entry for entry in asked(entries, f"application:{reference}") if "request" in entry.facts]
    assert [entry.event for entry in happened] == [
        Event.ASK_COMPLETION, *[Event.SAVE_COMPLETION] * 3, Event.ANSWER_COMPLETION,
    ]  # fmt: skip
    assert happened[-1].facts["questions"] == ["summary", "budget"]
    assert asked(first_broken, "call:small") is None


def test_a_file_that_was_submitted_anew_has_overtaken_what_was_asked_of_it(settings: Settings) -> None:
    us, _, reference = a_request()
    an_answer(us, reference)
    later = terms(closes_at=datetime(2027, 1, 31, 16))  # noqa: DTZ001  # on the clocks of Brussels
    done(_set_terms, later)
    done(submission.reopen, us, reference, now=AFTER)
    done(submission.save_answers, us, reference, {"summary": "Heel anders."}, now=AFTER)
    done(submission.submit, us, reference, received_at=AFTER)
    assert refusal(actions.answer, us, reference, 1, received_at=AFTER).code == "completion-overtaken"
    assert (the_request(reference).state, said(reference)[0]) == (RequestState.OVERTAKEN, "Heel anders.")
    assert (asked(queries.waiting_files, "small", AFTER), asked(waiting, [asked(view, reference).id], AFTER)) == (
        frozenset(), {asked(view, reference).id: Waiting(last_request=1)},
    )  # fmt: skip


def _set_terms(session: Session, later: Terms) -> None:
    """A later deadline of a call that has closed, as its preparation gives one."""
    call = session.get_one(Call, later.id)
    call.version += 1
    content = later.model_dump(mode="json")
    session.add(
        CallVersion(
            call_id=later.id, number=call.version, terms=content, fingerprint=fingerprint(content), made_at=AFTER,
            reason="Storing.",
        )
    )  # fmt: skip


MOMENTS = st.integers(0, 10).map(lambda hours: AFTER + hours * HOUR)


@given(MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS, MOMENTS, st.sampled_from(list(ApplicationState)),
    st.integers(1, 2),
)  # fmt: skip
def test_only_an_open_request_on_a_submitted_file_lets_anything_be_edited(
    due: Any, answered: Any, withdrawn: Any, now: Any, file: ApplicationState, last: int
) -> None:
    found = editable_questions(["a", "b"], state(Facts(due, answered, withdrawn, 1, last), now), file)
    open_now = answered is None and withdrawn is None and now < due and file is ApplicationState.SUBMITTED and last == 1
    assert found == ({"a", "b"} if open_now else frozenset())
