"""The screens of a request for what is missing: asked by the office, answered by the association, seen by the jury."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient

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
    assign,
    done,
    sign_in,
)
from tests.conftest import Clock
from tests.every_kind import FULL, every_kind
from workflows.completion import actions, queries
from workflows.eligibility import actions as eligibility
from workflows.permissions import SYSTEM, Actor
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission.queries import receipts, view

AFTER = CLOSES + DAY
DUE = AFTER + 14 * DAY
HOUR = timedelta(hours=1)
ASKED = {
    "questions": ["summary", "budget"], "explanation": "Onvolledig.", "due_hour": "16:00",
    "due_on": ["30", "12", "2026"],
}  # fmt: skip


@pytest.fixture
def world(settings: Settings, clock: Clock) -> tuple[Actor, Actor, str]:
    """Somebody of an association, an administrator, and a file that was submitted to a call that has closed."""
    a_call()
    by = an_association()
    clock.now = AFTER
    return by[0], an_administrator(), an_application("submitted", by=by)


@pytest.fixture
def request_page(client: FlaskClient, world: tuple[Actor, Actor, str]) -> str:
    """The page of a request for summary and budget, for the association that is signed in."""
    us, office, reference = world
    done(actions.ask, office, reference, ["summary", "budget"], "Onvolledig.", DUE, now=AFTER)
    enter(client, us)
    return f"/applications/{reference}/requests/1"


def enter(client: FlaskClient, who: Actor) -> None:
    """Let the browser be that of this person, in English."""
    sign_in(client, who).get("/?language=en")


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def send(client: FlaskClient, path: str, status: int, **sent: object) -> str:
    """Send the form of the page as it stands, with these fields."""
    mark = re.search(r'name="_mark"[^>]*value="([^"]*)"', page(client, path))
    data = {"_mark": mark[1] if mark else "", **sent}
    answer = client.post(path, data=data, content_type="multipart/form-data")
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def summary(reference: str) -> str:
    return str(asked(view, reference).answers["summary"])


def pdf(name: str) -> tuple[BytesIO, str]:
    return BytesIO(one_page(name)), f"{name}.pdf"


# the office asks


def test_the_office_asks_and_finds_its_request_on_the_file_and_in_the_screening(
    client: FlaskClient, world: tuple[Actor, Actor, str]
) -> None:
    _, office, reference = world
    enter(client, office)
    path = f"/administration/files/{reference}/request"
    assert all(label in page(client, path) for label in ("Title", "Summary", "Budget", "Amount requested"))
    assert client.post(path, data=ASKED).location == f"/administration/files/{reference}"
    (found,) = asked(queries.requests, asked(view, reference).id, AFTER)
    assert (found.questions, found.explanation, found.due_at) == (("summary", "budget"), "Onvolledig.", DUE)
    assert "Waiting for the answer" in page(client, f"/administration/files/{reference}")
    assert "Waits for the association" in page(client, "/administration/calls/small/screening?show=asked")
    assert "A request waits for its answer" in page(client, path)
    assert client.post(path, data=ASKED).status_code == 422
    assert len(asked(queries.requests, asked(view, reference).id, AFTER)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"questions": []}, "Choose at least one question to be completed."),
        ({"questions": ["budget", "colour"]}, "Choose among the answers shown."),
        ({"explanation": " "}, "Explain in the language of the file"),
        ({"due_on": ["15", "12", "2026"]}, "has passed already"),
        ({"due_on": ["31", "2", "2027"]}, "This is not a day that exists."),
        ({"due_hour": "noon"}, "Write a time such as 16:00."),
    ],
)
def test_a_request_that_cannot_stand_is_explained_and_stays_on_the_screen(
    client: FlaskClient, world: tuple[Actor, Actor, str], wrong: dict[str, object], said: str
) -> None:
    _, office, reference = world
    enter(client, office)
    answer = client.post(f"/administration/files/{reference}/request", data={**ASKED, **wrong})
    shown = answer.get_data(as_text=True)
    assert (answer.status_code, said in shown) == (422, True)
    assert ("Onvolledig." in shown) == ("explanation" not in wrong)
    assert asked(queries.requests, asked(view, reference).id, AFTER) == ()


def test_while_the_call_is_open_the_office_is_told_why_it_cannot_ask(
    client: FlaskClient, world: tuple[Actor, Actor, str], clock: Clock
) -> None:
    _, office, reference = world
    clock.now = CLOSES - HOUR
    enter(client, office)
    answer = client.post(f"/administration/files/{reference}/request", data=ASKED)
    assert "The call is open until" in answer.get_data(as_text=True)


def test_a_request_is_withdrawn_with_a_reason(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    us, office, reference = world
    enter(client, office)
    path = f"/administration/files/{reference}/requests/1/withdraw"
    client.post(path, data={"reason": " "})
    assert "Waiting for the answer" in page(client, f"/administration/files/{reference}")
    client.post(path, data={"reason": "Toch volledig."})
    assert "Toch volledig." in page(client, f"/administration/files/{reference}")
    enter(client, us)
    shown = page(client, request_page)
    assert ("Toch volledig." in shown, "Send the answer" in shown) == (True, False)


def test_no_stranger_and_no_draft(client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str) -> None:
    us, office, reference = world
    draft = an_application("draft")
    for who in (us, a_juror(), a_person()):
        enter(client, who)
        page(client, f"/administration/files/{reference}/request", 404)
        assert client.post(f"/administration/files/{reference}/requests/1/withdraw").status_code == 404
    enter(client, office)
    page(client, f"/administration/files/{draft}/request", 404)
    for who in (office, an_association()[0], a_person()):
        enter(client, who)
        page(client, request_page, 404)
        assert client.post(request_page, data={"summary": "x"}).status_code == 404
        page(client, f"{request_page}/documents/{'x' * 32}", 404)
    enter(client, us)
    page(client, f"/applications/{reference}/requests/2", 404)


# the association answers


def test_the_association_finds_the_request_and_sees_only_what_is_asked(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    _, _, reference = world
    for path in ("/applications/", f"/applications/{reference}"):
        assert request_page in page(client, path)
    shown = page(client, request_page)
    assert ('name="summary"' in shown, 'name="budget"' in shown, 'name="title"' in shown) == (True, True, False)
    assert "Onvolledig." in shown


def test_an_answer_is_saved_in_sittings_and_counts_once_it_is_sent(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    _, _, reference = world
    send(client, request_page, 302, summary="Volledig.", budget=pdf("beter"), _then="stay")
    shown = page(client, request_page)
    assert ("Volledig." in shown, "beter.pdf" in shown, summary(reference)) == (
        True, True, "Een waterpunt voor de wijk.",
    )  # fmt: skip
    token = re.search(r'requests/1/documents/([^"]*)">begroting.pdf', shown)
    assert token is not None
    send(client, request_page, 302, summary="Volledig.", _remove=token[1], _then="send")
    documents = [one.name for one in asked(view, reference).attachments]
    assert (summary(reference), documents) == ("Volledig.", ["beter.pdf"])
    assert len(asked(receipts, asked(view, reference).id)) == 2
    shown = page(client, request_page)
    assert ("What your answer changed" in shown, "Send the answer" in shown) == (True, False)


def test_what_was_not_asked_is_not_changed_by_a_form_that_names_it(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    _, _, reference = world
    send(client, request_page, 302, summary="Volledig.", title="Iets anders", requested="1", _then="send")
    found = asked(view, reference)
    assert (found.title, found.requested, summary(reference)) == ("Waterpunt", 2_000_000, "Volledig.")


def test_an_answer_that_is_not_complete_says_what_is_missing_and_is_not_sent(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    _, _, reference = world
    shown = send(client, request_page, 422, summary="", _then="send")
    assert "“Summary” is not filled in yet." in shown
    shown = send(client, request_page, 422, summary="Een waterpunt voor de wijk.", _then="send")
    assert "You have not changed anything yet." in shown
    assert len(asked(receipts, asked(view, reference).id)) == 1


def test_a_refused_document_costs_nothing_else(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    _, _, reference = world
    shown = send(client, request_page, 422, summary="Volledig.", budget=(BytesIO(b"MZ.."), "virus.exe"), _then="send")
    assert "virus.exe: " in shown
    (found,) = asked(queries.requests, asked(view, reference).id, AFTER)
    assert (found.answers["summary"], found.answered_at) == ("Volledig.", None)


def test_two_windows_do_not_overwrite_each_other(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str
) -> None:
    us, _, reference = world
    mark = re.search(r'name="_mark"[^>]*value="([^"]*)"', page(client, request_page))
    assert mark is not None
    done(actions.save, us, reference, 1, {"summary": "Van een collega."}, now=AFTER)
    answer = client.post(request_page, data={"_mark": mark[1], "summary": "Van mij.", "_then": "send"})
    shown = answer.get_data(as_text=True)
    assert (answer.status_code, "Van een collega." in shown, "Van mij." in shown) == (409, True, True)
    again = re.search(r'name="_mark"[^>]*value="([^"]*)"', shown)
    assert again is not None
    answer = client.post(request_page, data={"_mark": again[1], "summary": "Samen.", "_then": "send"})
    assert (answer.status_code, summary(reference)) == (302, "Samen.")


def test_what_comes_too_late_is_shown_so_that_it_can_be_copied(
    client: FlaskClient, world: tuple[Actor, Actor, str], request_page: str, clock: Clock
) -> None:
    _, _, reference = world
    page(client, request_page)
    clock.now = DUE
    answer = client.post(request_page, data={"summary": "Net te laat.", "_then": "send"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert ("Completing was possible until" in shown, "Net te laat." in shown) == (True, True)
    assert summary(reference) == "Een waterpunt voor de wijk."


# the jury reads


def test_the_jury_sees_what_an_answer_changed_of_what_it_may_read(client: FlaskClient, clock: Clock) -> None:
    a_call()  # in which the contact is for the administration alone
    by, office, juror = an_association(), an_administrator(), a_juror()
    reference = an_application("submitted", {"contact": "Oude naam"}, by=by)
    clock.now = AFTER
    done(actions.ask, office, reference, ["summary", "contact"], "Onvolledig.", DUE, now=AFTER)
    done(actions.save, by[0], reference, 1, {"summary": "Volledig.", "contact": "Nieuwe naam"}, now=AFTER)
    done(actions.answer, by[0], reference, 1, received_at=AFTER)
    done(eligibility.screen, SYSTEM, reference, now=AFTER)
    done(eligibility.admit, SYSTEM, reference, now=AFTER)
    assign(reference, juror, now=AFTER)
    enter(client, juror)
    shown = page(client, f"/jury/{reference}")
    assert ("Completed at the request" in shown, "Een waterpunt voor de wijk." in shown) == (True, True)
    assert ("Oude naam" in shown, "Nieuwe naam" in shown, "Onvolledig." in shown) == (False, False, False)
    enter(client, office)
    shown = page(client, f"/administration/files/{reference}")
    assert ("Oude naam" in shown, "Nieuwe naam" in shown) == (True, True)


# every kind of question


@pytest.fixture
def every(client: FlaskClient, clock: Clock) -> tuple[Actor, str]:
    """Somebody of an association whose file answers every kind of question, and who is asked for two of them anew."""
    a_call(every_kind())
    us, organisation = an_association()
    office = an_administrator()
    reference = done(submission.start, us, "every", organisation, "nl", now=NOW)
    done(submission.save_answers, us, reference, FULL, now=NOW)
    done(submission.submit, us, reference, received_at=NOW)
    clock.now = AFTER
    done(actions.ask, office, reference, ["partnered", "budget"], "Onvolledig.", DUE, now=AFTER)
    enter(client, us)
    return us, reference


def test_whoever_may_change_an_answer_may_answer_what_it_brings(every: tuple[Actor, str]) -> None:
    _, reference = every
    (found,) = asked(queries.requests, asked(view, reference).id, AFTER)
    assert found.questions == ("partnered", "partner-list", "themes", "permit", "permit-document", "budget")


def test_a_table_and_a_budget_are_answered_anew_with_one_row_more(
    client: FlaskClient, every: tuple[Actor, str]
) -> None:
    us, reference = every
    path = f"/applications/{reference}/requests/1"
    shown = page(client, path)
    assert all(text in shown for text in ("Eau Vive", "Waterpunt", "Do you have a permit?"))
    assert 'name="people"' not in shown
    button = re.search(r'name="_then" value="(add:[^"]*)"', shown)
    assert button is not None
    added = client.post(path, data={"_mark": "", "_then": button[1]})
    assert (added.status_code, "row=" in added.location) == (302, True)
    more = [*FULL["partner-list"], {"name": "Derde", "role": "builds", "since": None, "share": None, "phone": None}]
    done(actions.save, us, reference, 1, {"partner-list": more, "themes": ["water"], "permit": "no"}, now=AFTER)
    done(actions.answer, us, reference, 1, received_at=AFTER)
    ((_, changed),) = asked(queries.answers_given, asked(view, reference), AFTER, "en")
    assert [one.question.id for one in changed] == ["partner-list", "themes", "permit"]
    assert "Derde" in changed[0].after


def test_an_answer_that_brings_a_question_is_not_sent_without_it(client: FlaskClient, every: tuple[Actor, str]) -> None:
    us, reference = every
    done(actions.save, us, reference, 1, {"themes": ["water"]}, now=AFTER)
    shown = send(client, f"/applications/{reference}/requests/1", 422, _then="send")
    assert "“Do you have a permit?” is not filled in yet." in shown
