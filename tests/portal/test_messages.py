"""The screens of messages, on both sides: what is refused keeps what was typed, who has no part finds nothing."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from tests.builders import (
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
from workflows.messages import actions, queries
from workflows.messages.rules import Side
from workflows.people.tables import Membership
from workflows.permissions import Actor, MemberRole
from workflows.replay.paper import one_page
from workflows.submission.queries import view


@pytest.fixture
def world(settings: Settings) -> tuple[Actor, Actor, str]:
    """Somebody of an association, an administrator, and the association's file."""
    a_call()
    by = an_association()
    return by[0], an_administrator(), an_application("eligible", by=by)


def say(who: Actor, reference: str, side: Side, text: str) -> None:
    done(actions.write, who, reference, side, text, seen=0, once=text[:40], now=NOW)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def enter(client: FlaskClient, who: Actor) -> None:
    """Let the browser be that of this person, in English."""
    sign_in(client, who).get("/?language=en")


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def test_a_message_goes_from_the_screen_of_one_side_to_that_of_the_other(
    client: FlaskClient, world: tuple[Actor, Actor, str]
) -> None:
    us, office, reference = world
    ours, theirs = f"/applications/{reference}/messages", f"/administration/files/{reference}/messages"
    enter(client, us)
    shown = page(client, ours)
    sent = {"text": "Eén regel.\r\nNog een <b>regel</b>.", "seen": hidden(shown, "seen"), "once": hidden(shown, "once")}
    documents = [(BytesIO(one_page("A")), "a.pdf"), (BytesIO(one_page("B")), "b.pdf")]
    answer = client.post(ours, data={**sent, "documents": documents}, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (302, f"{ours}#last")
    client.post(ours, data=sent)  # the button pressed twice
    assert len(asked(queries.thread, us, reference, Side.APPLICANT).messages) == 1

    enter(client, office)
    assert "1 unanswered message" in page(client, "/administration/")
    assert reference in page(client, "/administration/calls/small/messages")
    shown = page(client, theirs)
    assert "Eén regel.<br>Nog een &lt;b&gt;regel&lt;/b&gt;." in shown
    link = re.search(r'href="([^"]*/messages/documents/[^"]*)"', shown)
    assert link is not None
    with client.get(link[1]) as handed_out:
        assert handed_out.data == one_page("A")
        assert handed_out.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    sent = {"text": "Dank u.", "seen": hidden(shown, "seen"), "once": hidden(shown, "once")}
    assert client.post(theirs, data=sent).status_code == 302
    assert "1 unanswered message" not in page(client, "/administration/")

    enter(client, us)
    assert "1 new message" in page(client, "/applications/")
    assert "1 new message" in page(client, f"/applications/{reference}")
    page(client, ours)
    assert "new message" not in page(client, "/applications/")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": ""}, "Write a message first."),
        ({"text": "x" * 5001}, "This message has 5001 characters; at most 5000 fit."),
        ({"text": "Zie bijlage", "documents": (BytesIO(b"MZ..."), "virus.exe")}, "virus.exe: "),
    ],
)
def test_what_is_refused_is_explained_and_the_text_stays(
    client: FlaskClient, world: tuple[Actor, Actor, str], sent: dict[str, object], said: str
) -> None:
    us, _, reference = world
    enter(client, us)
    answer = client.post(f"/applications/{reference}/messages", data=sent, content_type="multipart/form-data")
    shown = answer.get_data(as_text=True)
    assert (answer.status_code, said in shown, str(sent["text"])[:50] in shown) == (422, True, True)
    assert asked(queries.thread, us, reference, Side.APPLICANT).messages == ()


def test_a_document_that_is_too_large_is_refused_with_its_name(
    client: FlaskClient, world: tuple[Actor, Actor, str], settings: Settings
) -> None:
    us, _, reference = world
    enter(client, us)
    client.application.config["SETTINGS"] = settings.model_copy(update={"upload_limit": 100})
    sent = {"text": "Zie bijlage", "documents": (BytesIO(one_page("A")), "groot.pdf")}
    answer = client.post(f"/applications/{reference}/messages", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, "groot.pdf is larger than" in answer.get_data(as_text=True)) == (422, True)


def test_a_message_that_needs_no_answer_is_settled_once_and_for_what_was_shown(
    client: FlaskClient, world: tuple[Actor, Actor, str]
) -> None:
    us, office, reference = world
    say(us, reference, Side.APPLICANT, "Dank u.")
    enter(client, office)
    shown = page(client, f"/administration/files/{reference}/messages")
    assert "No answer is needed" in shown
    say(us, reference, Side.APPLICANT, "En nog een vraag.")
    client.post(f"/administration/files/{reference}/messages/settle", data={"seen": "1"})
    assert asked(queries.thread, office, reference, Side.OFFICE).unanswered == 1
    client.post(f"/administration/files/{reference}/messages/settle", data={"seen": "nonsense"})
    assert asked(queries.thread, office, reference, Side.OFFICE).unanswered == 1


def test_nobody_else_finds_a_thread(client: FlaskClient, world: tuple[Actor, Actor, str]) -> None:
    us, office, reference = world
    say(us, reference, Side.APPLICANT, "Vertrouwelijk.")
    token = "x" * 32
    ours = [f"/applications/{reference}/messages", f"/applications/{reference}/messages/documents/{token}"]
    theirs = [
        f"/administration/files/{reference}/messages", f"/administration/files/{reference}/messages/documents/{token}",
        "/administration/calls/small/messages",
    ]  # fmt: skip
    juror = a_juror()
    assign(reference, juror)
    for who in (juror, an_association()[0], a_person()):
        enter(client, who)
        for path in (*ours, *theirs):
            page(client, path, 404)
        assert client.post(ours[0], data={"text": "x"}).status_code == 404
        assert client.post(theirs[0], data={"text": "x"}).status_code == 404
    enter(client, office)
    for path in ours:
        page(client, path, 404)
    enter(client, us)
    for path in theirs:
        page(client, path, 404)


def test_a_reader_of_the_organisation_sees_no_form_and_cannot_send_one(
    client: FlaskClient, world: tuple[Actor, Actor, str]
) -> None:
    _, office, reference = world
    say(office, reference, Side.OFFICE, "Voor u.")
    reader = a_person()
    organisation = asked(view, reference).organisation.id
    done(lambda session: session.add(
        Membership(person_id=reader.person_id, organisation_id=organisation, role=MemberRole.READER)
    ))  # fmt: skip
    enter(client, reader)
    shown = page(client, f"/applications/{reference}/messages")
    assert ("Voor u." in shown, "Send the message" in shown) == (True, False)
    assert client.post(f"/applications/{reference}/messages", data={"text": "x"}).status_code == 404


def test_the_office_sees_of_a_draft_what_was_written_about_it_and_nothing_else(
    client: FlaskClient, world: tuple[Actor, Actor, str]
) -> None:
    _, office, _ = world
    by = an_association()
    draft = an_application("draft", {"title": "Geheim plan"}, by=by)
    enter(client, office)
    page(client, f"/administration/files/{draft}/messages", 404)
    say(by[0], draft, Side.APPLICANT, "Mag dit?")
    shown = page(client, f"/administration/files/{draft}/messages")
    assert ("Mag dit?" in shown, "Geheim plan" in shown) == (True, False)
    page(client, f"/administration/files/{draft}", 404)
