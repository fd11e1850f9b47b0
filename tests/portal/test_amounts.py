"""The screens of a cut: the office looks before it cuts, the association is asked in neutral words and answers."""

from flask.testing import FlaskClient

from tests.builders import asked, done, sign_in, work_off
from tests.conftest import Clock
from tests.workflows.test_awards import AFTER, BASIS, a_decided_call
from tests.workflows.test_cutting import owner_of
from tests.workflows.test_promoting import a_call_with_a_reserve
from workflows.awards import offering, queries
from workflows.awards.rules import Answer
from workflows.lifecycle import ApplicationState
from workflows.submission import queries as files

ADMINISTRATION = "/administration"


def test_the_office_cuts_what_it_saw_and_the_association_answers_before_it_knows_any_outcome(
    client: FlaskClient, clock: Clock
) -> None:
    clerk, (reference, other) = a_decided_call(2_000_000, 1_100_000)
    clock.now = AFTER
    sign_in(client, clerk)
    page = client.get(f"{ADMINISTRATION}/calls/small/awards/cut?percent=15").text
    assert ("€\u00a09.350" in page, "Onder het minimum" in page) == (True, False)  # the floor of this call is one euro
    basis = {f"basis_{language}": text for language, text in BASIS.items()}
    sent = {"percent": "15", "seen": "something else", **basis}
    assert client.post(f"{ADMINISTRATION}/calls/small/awards/cut", data=sent).status_code == 422
    sent["seen"] = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    cut = client.post(f"{ADMINISTRATION}/calls/small/awards/cut", data=sent, follow_redirects=True)
    assert (cut.status_code, "Akkoord verwacht" in cut.text) == (200, True)
    work_off(AFTER)
    path = f"/applications/{reference}/amount"
    sign_in(client, owner_of(reference))
    assert "geen beslissing" in client.get(f"/applications/{reference}").text
    assert reference in client.get("/applications/").text
    asking = client.get(path).text
    assert ("€\u00a017.000" in asking, BASIS["nl"] in asking, "Toegekend" in asking) == (True, True, False)
    assert client.post(path, data={"answer": "adapted", "explanation": ""}).status_code == 422
    assert client.post(path, data={"answer": "accepted"}, follow_redirects=True).status_code == 200
    offer = asked(queries.award, reference, AFTER).offer
    assert offer is not None
    assert offer.answer is Answer.ACCEPTED
    sign_in(client, owner_of(other))
    assert client.get(path).status_code == 404
    mine = f"/applications/{other}/amount"
    assert client.post(mine, data={"answer": "declined", "explanation": "Te weinig."}).status_code == 302
    assert asked(files.view, other).state is ApplicationState.WITHDRAWN
    sign_in(client, clerk)
    page = client.get(f"{ADMINISTRATION}/files/{reference}/award").text
    assert "Gaat akkoord" in page


def test_the_office_records_that_an_award_is_given_up(client: FlaskClient, clock: Clock) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    clock.now = AFTER
    sign_in(client, clerk)
    path = f"{ADMINISTRATION}/files/{reference}/award"
    assert client.post(path, data={"do": "decline", "decline-reason": ""}).status_code == 422
    gone = client.post(path, data={"do": "decline", "decline-reason": "De partner viel weg."}, follow_redirects=True)
    assert (gone.status_code, reference in gone.text) == (200, False)
    assert client.get(path).status_code == 404


def test_the_office_promotes_from_the_reserve_list_what_it_saw(client: FlaskClient, clock: Clock) -> None:
    clerk, references = a_call_with_a_reserve()
    clock.now = AFTER
    sign_in(client, clerk)
    screen = f"{ADMINISTRATION}/calls/small/reserve"
    assert 'name="fingerprint"' not in client.get(screen).text
    done(offering.record_decline, clerk, references[0], "Stopgezet.", now=AFTER)
    seen = client.get(screen).text.split('name="fingerprint" value="')[1].split('"')[0]
    page = client.post(screen, data={"fingerprint": seen}, follow_redirects=True)
    assert (page.status_code, "Reservelijst, beslissing 1" in page.text) == (200, True)
    assert asked(files.view, references[3]).state is ApplicationState.AWARDED
    assert client.get(f"{screen}/1.json").json["fingerprint"] == seen
    assert client.get(f"{screen}/2.json").status_code == 404
