"""The office sees every mail of a call or a file with its exact text, and sends one again with a reason."""

import pytest
from flask.testing import FlaskClient

from tests.builders import CLOSES, NOW, a_call, an_administrator, an_application, asked, done, sign_in, work_off
from workflows import tasks
from workflows.letters import mailing, queries
from workflows.letters.transport import PerhapsTaken
from workflows.permissions import SYSTEM, Actor
from workflows.scoring import conflicts

PLACE = "/administration/calls/small/mails"


@pytest.fixture
def clerk(client: FlaskClient) -> Actor:
    found = an_administrator()
    sign_in(client, found)
    client.get("/?language=en")
    return found


def test_a_mail_that_perhaps_left_is_shown_and_sent_again_with_a_reason(client: FlaskClient, clerk: Actor) -> None:
    a_call()
    reference, other = an_application("submitted"), an_application("submitted")
    for entry_id in asked(queries.unwritten, NOW):
        tasks.write_letter(entry_id)
    for letter_id in asked(queries.unrendered, NOW):
        tasks.render_letter(letter_id)
    fence, _ = done(mailing.claim, 1, tasks.office(), now=NOW)
    done(mailing.settle, 1, fence, PerhapsTaken("hung up"), now=NOW)
    assert [one in client.get(PLACE).text for one in (reference, other, "Perhaps sent")] == [True] * 3
    of_one = client.get(f"{PLACE}?file={reference}").text
    assert (reference in of_one, other in of_one) == (True, False)
    shown = client.get(f"{PLACE}/1").text
    assert ("hung up" in shown, asked(queries.mail, 1).body.splitlines()[0] in shown) == (True, True)
    assert client.post(f"{PLACE}/1", data={"reason": " "}).status_code == 422
    assert "The mail is sent again." in client.post(f"{PLACE}/1", data={"reason": "x"}, follow_redirects=True).text
    assert (client.post(f"{PLACE}/1", data={"reason": "x"}).status_code, client.get(f"{PLACE}/99").status_code) == (
        422, 404,
    )  # fmt: skip
    work_off()
    assert "Perhaps sent twice" in client.get(f"{PLACE}/1").text


def test_the_mails_of_a_file_with_a_conflict_are_not_there(client: FlaskClient, clerk: Actor) -> None:
    a_call()
    reference = an_application("submitted")
    work_off()
    assert client.get(f"{PLACE}/1").status_code == 200
    done(conflicts.recuse, SYSTEM, reference, clerk.person_id, "familie", now=CLOSES)
    assert (reference in client.get(PLACE).text, client.get(f"{PLACE}/1").status_code) == (False, 404)
    assert client.post(f"{PLACE}/1", data={"reason": "x"}).status_code == 404
