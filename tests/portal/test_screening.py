"""The screening of the office: what a verdict looked at, and the clean files declared eligible in one go."""

import re

import pytest
from flask.testing import FlaskClient

from tests.builders import (
    NOW,
    a_call,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    sign_in,
)
from tests.portal.test_weight import counted
from workflows.database import transaction
from workflows.eligibility import actions as eligibility
from workflows.lifecycle import ApplicationState
from workflows.people.tables import Membership
from workflows.permissions import SYSTEM, Actor, MemberRole
from workflows.submission import actions as submission
from workflows.submission.queries import view

HOUSE = "/administration"
CLEAN = f"{HOUSE}/calls/small/screening/clean"


@pytest.fixture
def ada(client: FlaskClient) -> Actor:
    """The administrator whose browser `client` is."""
    found = an_administrator()
    sign_in(client, found)
    client.get("/?language=en")
    return found


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def ticks(client: FlaskClient) -> list[str]:
    """The files the page of clean files offers, each with the digest of what is seen."""
    return re.findall(r'name="file" id="[^"]*" value="([^"]*)"', page(client, CLEAN))


def state_of(reference: str) -> ApplicationState:
    found: ApplicationState = asked(view, reference).state
    return found


def screened(reference: str) -> str:
    done(eligibility.screen, SYSTEM, reference, now=NOW)
    return reference


def test_a_file_that_changed_since_it_was_seen_is_left_out_and_named(client: FlaskClient, ada: Actor) -> None:
    a_call()
    by = an_association()
    kept, judged = (screened(an_application("submitted")) for _ in range(2))
    gone = screened(an_application("submitted", by=by))
    seen = ticks(client)
    done(submission.withdraw, by[0], gone, "toch niet", now=NOW)
    done(eligibility.overrule, an_administrator(), judged, 0, True, "nagekeken", now=NOW)
    shown = client.post(CLEAN, data={"file": seen}, follow_redirects=True).text
    assert "1 file was declared eligible." in shown
    assert [f"{one} is left out." in shown for one in (kept, judged, gone)] == [False, True, True]
    states = [state_of(one) for one in (kept, judged, gone)]
    assert states == [ApplicationState.ELIGIBLE, ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN]


def test_the_verdict_on_the_file_says_what_it_looked_at_and_leads_to_a_request_about_it(
    client: FlaskClient, ada: Actor
) -> None:
    a_call()
    reference = screened(an_application("submitted", {"zone": "OPT", "places": ["GAZA"]}))
    shown = page(client, f"{HOUSE}/files/{reference}")
    assert "Places: <strong>Gaza Strip</strong>" in shown
    assert f"{HOUSE}/files/{reference}/request?condition=1" in shown
    request = page(client, f"{HOUSE}/files/{reference}/request?condition=1")
    assert re.findall(r'name="questions"[^>]*value="([^"]*)"[^>]*checked', request) == ["zone", "places"]
    assert "Het project voorziet activiteiten in: Gazastrook." in request
    assert "checked" not in page(client, f"{HOUSE}/files/{reference}/request?condition=x")


def test_the_screening_of_many_files_takes_no_more_statements_than_of_few(client: FlaskClient, ada: Actor) -> None:
    a_call()

    def statements() -> list[int]:
        numbers = []
        for address in (f"{HOUSE}/calls/small/screening", CLEAN):
            with counted() as said:
                page(client, address)
            numbers.append(len(said))
        return numbers

    screened(an_application("submitted"))
    statements()  # the terms of a call are read once per process
    few = statements()
    for _ in range(4):
        screened(an_application("submitted"))
    assert statements() == few


def test_a_conflicted_clerk_finds_nothing_of_the_file_on_any_of_these_pages(client: FlaskClient, ada: Actor) -> None:
    a_call()
    by = an_association()
    reference = screened(an_application("submitted", by=by))
    seen = ticks(client)
    with transaction() as session:
        session.add(Membership(person_id=ada.person_id, organisation_id=by[1], role=MemberRole.READER))
    assert ticks(client) == []
    assert reference not in page(client, f"{HOUSE}/calls/small/screening")
    addresses = (f"{HOUSE}/files/{reference}", f"{HOUSE}/files/{reference}/request?condition=1")
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(CLEAN, data={"file": seen}).status_code == 404
    assert state_of(reference) is ApplicationState.SUBMITTED


def test_the_association_reads_before_it_submits_what_will_be_refused_and_may_submit_all_the_same(
    client: FlaskClient,
) -> None:
    a_call()
    by = an_association()
    reference = an_application("draft", {"zone": "OPT", "places": ["GAZA"]}, by=by)
    sign_in(client, by[0])
    client.get("/?language=en")
    shown = page(client, f"/applications/{reference}/check")
    assert "As it stands, this application will be refused because" in shown
    assert "The project plans activities in: Gaza Strip." in shown
    assert "Places: Gaza Strip" in shown
    assert "a person of the administration decides" in shown
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', shown)
    assert seen
    client.post(f"/applications/{reference}/submit", data={"declaration": "y", "seen": seen[1]})
    assert state_of(reference) is ApplicationState.SUBMITTED
