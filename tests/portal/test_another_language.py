"""Another language is chosen while a form is filled in: without a script too, what was typed stays, nothing is done."""

import pytest
from flask.testing import FlaskClient

from tests.builders import a_call, a_person, an_administrator, an_application, an_association, asked, sign_in
from workflows.messages import queries as messages
from workflows.messages.rules import Side
from workflows.people.queries import organisation_view, person_by_email

PASSWORD = "een lange zin om te onthouden"


def test_a_new_account_is_shown_again_with_what_was_typed_and_is_not_opened(client: FlaskClient) -> None:
    sent = {"name": "Wim Water", "email": "wim@water.example", "password": PASSWORD, "_switch": "stay"}
    answer = client.post("/register?language=fr", data=sent)
    assert (answer.status_code, 'lang="fr"' in answer.text, 'value="Wim Water"' in answer.text) == (200, True, True)
    assert (PASSWORD in answer.text, "govuk-error" in answer.text) == (False, False)
    assert asked(person_by_email, "wim@water.example") is None


def test_what_an_organisation_says_of_itself_is_shown_again_and_not_saved(client: FlaskClient) -> None:
    actor, organisation = an_association()
    before = asked(organisation_view, organisation)
    sign_in(client, actor)
    sent = {"city": "Elsene", "version": str(before.row_version), "_switch": "stay"}
    answer = client.post(f"/applications/organisations/{organisation}/edit?language=nl", data=sent)
    assert (answer.status_code, 'value="Elsene"' in answer.text) == (200, True)
    assert asked(organisation_view, organisation) == before


@pytest.mark.parametrize("side", ["association", "office"])
def test_a_message_is_shown_again_and_not_sent(client: FlaskClient, side: str) -> None:
    a_call()
    by = an_association()
    reference = an_application("submitted", by=by)
    sign_in(client, by[0] if side == "association" else an_administrator())
    address = {
        "association": f"/applications/{reference}/messages", "office": f"/administration/files/{reference}/messages",
    }[side]  # fmt: skip
    shown = client.get(address).text
    assert 'form="page-form" formaction="?language=fr" name="_switch"' in shown
    answer = client.post(f"{address}?language=fr", data={"text": "Een vraag over het budget.", "_switch": "stay"})
    assert (answer.status_code, "Een vraag over het budget.</textarea>" in answer.text) == (200, True)
    assert asked(messages.thread, by[0], reference, Side.APPLICANT).messages == ()


def test_a_page_without_a_form_changes_its_language_by_a_link(client: FlaskClient) -> None:
    sign_in(client, a_person())
    assert '<a href="?language=fr" lang="fr"' in client.get("/applications/").text
