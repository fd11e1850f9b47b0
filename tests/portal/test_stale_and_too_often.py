"""Pages that were opened a while ago, and machines that ask too much."""

import re

import pytest
from flask.testing import FlaskClient

from tests.builders import NOW, a_call, an_application, an_association, asked, done, sign_in
from workflows.lifecycle import ApplicationState
from workflows.submission import actions as submission
from workflows.submission import queries


@pytest.mark.parametrize("again", [False, True])
def test_a_file_that_was_reopened_or_submitted_again_is_not_withdrawn_from_a_page_of_before(
    client: FlaskClient, again: bool
) -> None:
    a_call()
    us = an_association()
    reference = an_application("submitted", by=us)
    sign_in(client, us[0]).get("/?language=en")
    address = f"/applications/{reference}"
    seen = _seen(client.get(address).get_data(as_text=True))
    done(submission.reopen, us[0], reference, now=NOW)
    if again:
        done(submission.submit, us[0], reference, received_at=NOW)
    answer = client.post(f"{address}/withdraw", data={"reason": "toch niet", "seen": seen})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "was reopened or submitted again" in page) == (422, True)
    assert asked(queries.view, reference).state is not ApplicationState.WITHDRAWN
    client.post(f"{address}/withdraw", data={"reason": "toch niet", "seen": _seen(page)})
    assert asked(queries.view, reference).state is ApplicationState.WITHDRAWN


def _seen(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_receipts_are_verified_by_the_pile_but_not_by_the_thousand(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.public.verify.MOST", 3)
    client.get("/?language=en")
    answers = [client.post("/verify", data={"number": "S26-0001-21/1/00000000/00"}) for _ in range(4)]
    said = [
        "Many receipts were verified from this place already" in answer.get_data(as_text=True) for answer in answers
    ]
    assert ([answer.status_code for answer in answers], said) == ([422] * 4, [False, False, False, True])
