"""Writing an application in pieces: saved while typed, two on one section, a session that ends, documents."""

import io
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import (
    ANSWERS,
    CLOSES,
    NOW,
    PASSWORD,
    a_call,
    an_application,
    an_association,
    asked,
    done,
    sign_in,
)
from tests.conftest import Clock
from workflows.history import entries
from workflows.lifecycle import Event
from workflows.people import actions as people
from workflows.people import queries as people_queries
from workflows.people.tables import SignInSession
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission import queries
from workflows.submission.queries import ApplicationView

By = tuple[Actor, int]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\x1f\x15\xc4\x89" + b"\0" * 40


@pytest.fixture
def by() -> By:
    a_call()
    return an_association()


@pytest.fixture
def own(client: FlaskClient, by: By) -> FlaskClient:
    sign_in(client, by[0]).get("/?language=en")
    return client


def stored(reference: str) -> ApplicationView:
    found: ApplicationView = asked(queries.view, reference)
    return found


def mark_on(client: FlaskClient, reference: str, section: str = "project") -> str:
    page = client.get(f"/applications/{reference}/sections/{section}").get_data(as_text=True)
    found = re.search(r'name="_mark"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found[1]


def autosave(client: FlaskClient, reference: str, mark: str, section: str = "project", **answers: Any) -> TestResponse:
    address = f"/applications/{reference}/sections/{section}/autosave"
    return client.post(address, data={"_mark": mark, **answers}, headers={"Accept": "application/json"})


TYPED = {"title": ANSWERS["title"], "summary": ANSWERS["summary"], "zone": ANSWERS["zone"]}


def test_what_is_typed_is_saved_and_the_hour_is_said(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = autosave(own, reference, mark_on(own, reference), **{**TYPED, "title": "Een waterpunt"})
    assert (answer.status_code, answer.json["saved"], answer.json["refused"], answer.json["conflicts"]) == (
        200, "Saved at 13:00.", [], [],
    )  # fmt: skip
    assert stored(reference).title == "Een waterpunt"
    assert answer.json["marks"] == mark_on(own, reference)


def test_what_cannot_be_read_yet_is_named_and_the_rest_is_saved(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    long = autosave(own, reference, mark_on(own, reference), **{**TYPED, "title": "Nieuw", "summary": "x" * 501})
    assert [one.split(":")[0] for one in long.json["refused"]] == ["Summary"]
    assert (stored(reference).title, stored(reference).answers["summary"]) == ("Nieuw", ANSWERS["summary"])
    doubtful = autosave(own, reference, mark_on(own, reference, "means"), "means", requested="18.500")
    assert doubtful.json["refused"][0].startswith("Amount requested: “18.500” can mean")
    assert stored(reference).requested == ANSWERS["requested"]


def test_an_amount_is_shown_back_as_it_was_read(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = autosave(own, reference, mark_on(own, reference, "means"), "means", requested="18 500,00")
    assert answer.json["read"] == {"requested": "Saved as €18,500."}


def test_saving_while_typing_never_meets_its_own_answers(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    mark = mark_on(own, reference)
    for title in ("W", "Wa", "Wat", "Wate"):
        answer = autosave(own, reference, mark, **{**TYPED, "title": title})
        mark = answer.json["marks"]
        assert answer.json["conflicts"] == answer.json["elsewhere"] == []
    assert stored(reference).title == "Wate"
    saved = [entry for entry in asked(entries, f"application:{reference}") if entry.event is Event.SAVE_ANSWERS]
    assert len(saved) == 1  # what the draft began with, a sitting like this one


def test_a_colleague_in_the_same_section_is_told_and_nothing_is_overwritten(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    mine = theirs = mark_on(own, reference)
    autosave(own, reference, theirs, **{**TYPED, "title": "Van hen", "summary": "Van hen"})
    answer = autosave(own, reference, mine, **{**TYPED, "title": "Van mij"})
    assert (answer.json["conflicts"], answer.json["elsewhere"]) == (["Title"], ["Summary"])
    assert (stored(reference).title, stored(reference).answers["summary"]) == ("Van hen", "Van hen")
    again = autosave(own, reference, answer.json["marks"], **{**TYPED, "title": "Van mij"})
    assert again.json["conflicts"] == ["Title"]  # until somebody chooses
    page = own.post(
        f"/applications/{reference}/sections/project", data={"_mark": answer.json["marks"], **TYPED, "title": "Van mij"}
    )
    assert (page.status_code, "Keep what is saved now" in page.get_data(as_text=True)) == (409, True)


def test_after_the_deadline_nothing_is_saved_and_the_reason_is_said(own: FlaskClient, by: By, clock: Clock) -> None:
    reference = an_application(by=by)
    mark = mark_on(own, reference)
    clock.now = CLOSES
    answer = autosave(own, reference, mark, **{**TYPED, "title": "Te laat"})
    assert (answer.status_code, answer.json["problem"].startswith("The call closed on")) == (409, True)
    assert stored(reference).title == ANSWERS["title"]


def test_a_stranger_saves_nothing(client: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    sign_in(client, an_association()[0])
    assert autosave(client, reference, "", title="Ingebroken").status_code == 404
    assert stored(reference).title == ANSWERS["title"]


# A session that ended


def end_sessions(actor: Actor) -> None:
    def end(session: Any) -> None:
        for one in session.query(SignInSession).filter_by(person_id=actor.person_id):
            one.ended_at = NOW

    done(end)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's first form in `main`."""
    main = page[page.index("<main") :]
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', main)
    found = {}
    for one in fields:
        name, value = re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one, re.S)
        assert name is not None
        found[name[1]] = unescape(value[1]) if value else ""
    return found


def test_what_was_typed_when_the_session_ended_is_carried_over_the_sign_in(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    done(people.set_password, by[0].person_id, PASSWORD)
    email = asked(people_queries.person_view, by[0].person_id).email
    address = f"/applications/{reference}/sections/project"
    mark = mark_on(own, reference)
    end_sessions(by[0])
    page = own.post(address, data={"_mark": mark, **TYPED, "title": "Nacht<werk> & “zo”", "_then": "list"})
    assert (page.status_code, stored(reference).title) == (401, ANSWERS["title"])
    carried = hidden(page.get_data(as_text=True))
    wrong = own.post("/sign-in", data={**carried, "email": email, "password": "niet dit wachtwoord"})
    carried = hidden(wrong.get_data(as_text=True))  # a slip in the password loses nothing either
    offered = own.post("/sign-in", data={**carried, "email": email, "password": PASSWORD}).get_data(as_text=True)
    assert "What you typed is not saved yet" in offered
    assert "Nacht&lt;werk&gt; &amp; “zo”" in offered
    assert stored(reference).title == ANSWERS["title"]  # until the person sends it from the new session
    assert own.post(address, data=hidden(offered)).headers["Location"] == f"/applications/{reference}"
    assert stored(reference).title == "Nacht<werk> & “zo”"


def test_only_a_form_that_keeps_text_is_carried(client: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    answer = client.post(f"/applications/{reference}/withdraw", data={"reason": "toch niet"})
    assert (answer.status_code, answer.headers["Location"].startswith("/sign-in")) == (302, True)
    done(people.set_password, by[0].person_id, PASSWORD)
    email = asked(people_queries.person_view, by[0].person_id).email
    for path in (
        f"/applications/{reference}/withdraw",
        "https://elsewhere.example/x",
        "/nowhere",
        "//elsewhere.example",
    ):
        data = {"email": email, "password": PASSWORD, "next": path, "carried": '[["reason", "x"]]'}
        answer = client.post("/sign-in", data=data)
        assert answer.status_code == 302, path
        client.post("/sign-out")


@pytest.mark.parametrize("carried", ["", "x", "{}", "[1]", '[["a"]]', "[" * 5000, "null", '{"a": 1}'])
def test_whatever_stands_in_what_is_carried_somebody_signs_in(client: FlaskClient, by: By, carried: str) -> None:
    done(people.set_password, by[0].person_id, PASSWORD)
    email = asked(people_queries.person_view, by[0].person_id).email
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/", "carried": carried})
    assert answer.status_code == 302


def test_a_page_of_an_earlier_session_is_offered_again_where_its_token_is_old(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    own.application.config["WTF_CSRF_ENABLED"] = True
    page = own.post(f"/applications/{reference}/sections/project", data={"csrf_token": "old", "title": "Van gisteren"})
    assert (page.status_code, stored(reference).title) == (409, ANSWERS["title"])
    fields = hidden(page.get_data(as_text=True))
    assert (fields["title"], fields["csrf_token"] not in ("", "old")) == ("Van gisteren", True)


# Documents


def upload(client: FlaskClient, reference: str, content: bytes, name: str, question: str = "budget") -> TestResponse:
    return client.post(
        f"/applications/{reference}/documents/at/{question}", data={"document": (io.BytesIO(content), name)}
    )


def test_a_document_is_put_in_as_it_is_chosen_and_the_new_list_comes_back(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = upload(own, reference, one_page("2"), "twee.pdf")
    assert (answer.status_code, answer.json["refusal"]) == (200, None)
    assert sorted(re.findall(r">([\w.]+)</a>", answer.json["list"])) == ["begroting.pdf", "twee.pdf"]
    refused = upload(own, reference, b"MZ", "virus.pdf")
    assert (refused.status_code, refused.json["refusal"].startswith("virus.pdf: We do not take")) == (422, True)
    assert "twee.pdf" in refused.json["list"]
    assert upload(own, reference, one_page("3"), "x.pdf", "title").status_code == 404


def test_a_document_is_replaced_by_another(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    (old,) = stored(reference).attachments
    address = f"/applications/{reference}/documents/{old.token}/replace"
    assert "Replace begroting.pdf" in own.get(address).get_data(as_text=True)
    refused = own.post(address, data={"document": (io.BytesIO(b"MZ"), "slecht.exe")})
    assert (refused.status_code, [one.name for one in stored(reference).attachments]) == (422, ["begroting.pdf"])
    own.post(address, data={"document": (io.BytesIO(one_page("Nieuw")), "nieuw.pdf")})
    assert [one.name for one in stored(reference).attachments] == ["nieuw.pdf"]
    assert own.get(address).status_code == 404


def test_an_image_is_looked_at_in_a_sandbox_a_pdf_without_a_script_and_the_rest_not_at_all(
    own: FlaskClient, by: By
) -> None:
    reference = an_application(by=by)
    upload(own, reference, PNG, "foto.png")
    for one in stored(reference).attachments:
        answer = own.get(f"/applications/{reference}/documents/{one.token}/preview")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"] == f"inline; filename={one.name}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert ("default-src 'none'" in policy, "script-src" in policy) == (True, False)
        assert ("sandbox" in policy) == (one.name == "foto.png")


def test_a_change_of_language_sends_the_form_so_that_nothing_typed_is_lost(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    address = f"/applications/{reference}/sections/project"
    page = own.get(address).get_data(as_text=True)
    assert '<button type="submit" form="section-form" formaction="?language=fr"' in page
    mark = mark_on(own, reference)
    sent = {"_mark": mark, **TYPED, "title": "x" * 81, "summary": "Half", "_then": "stay"}
    answer = own.post(f"{address}?language=fr", data=sent)
    told = answer.get_data(as_text=True)
    assert ('<html lang="fr">' in told, "x" * 81 in told, stored(reference).answers["summary"]) == (True, True, "Half")
