"""What everybody can do: read calls and results, sign in, open an account."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from portal import create_app
from portal.forms import typed_amount
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    OPENS,
    PASSWORD,
    a_call,
    a_number,
    an_administrator,
    an_application,
    an_association,
    asked,
    decide,
    terms,
    work_off,
)
from tests.conftest import Clock
from workflows.database import reading, transaction
from workflows.letters import actions as letter_actions
from workflows.letters import queries as letters
from workflows.letters.blocks import Letterhead
from workflows.letters.mailing import Office
from workflows.money import parse_amount
from workflows.people import actions as people
from workflows.people.actions import NewPerson
from workflows.people.queries import organisations_of, person_by_email
from workflows.people.tables import Person


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def registration(**changes: str) -> dict[str, str]:
    """The form of the page that opens an account, filled in."""
    return {
        "enterprise_number": a_number(), "organisation": "Vereniging Proef", "legal_form": "vzw", "street": "Straat 1",
        "postal_code": "1000", "city": "Brussel", "iban": "", "name": "Mia Proef", "email": "mia@proef.example",
        "password": "een zin om te onthouden",
    } | changes  # fmt: skip


def a_member(email: str = "lid@people.example") -> None:
    with transaction() as session:
        people.open_account(session, NewPerson("Lid", email, "fr", PASSWORD), now=OPENS)


# Calls


def test_an_open_call_shows_its_closing_time_and_how_far_away_it_is(client: FlaskClient, clock: Clock) -> None:
    a_call()
    clock.now = CLOSES - 3 * DAY
    page = text(client, "/")
    assert "Closes on 15 December 2026 at 16:00" in page
    assert "in 3 days" in page


@pytest.mark.parametrize(
    ("language", "name", "closes"),
    [
        ("nl", "Kleine oproep", "15 december 2026 om 16:00"),
        ("fr", "Petit appel", "15 décembre 2026 à 16\u00a0h\u00a000"),
    ],
)
def test_a_call_is_read_in_the_language_chosen(client: FlaskClient, language: str, name: str, closes: str) -> None:
    a_call()
    page = text(client, f"/calls/small?language={language}")
    assert name in page
    assert closes in page
    assert name in text(client, "/calls/small")  # and it is remembered


def test_a_call_says_its_weights_its_excluded_places_and_what_we_chose_ourselves(client: FlaskClient) -> None:
    a_call()
    page = re.sub(r"\s+", " ", text(client, "/calls/small"))
    for told in (
        "Excluded: Gaza Strip",
        "Relevance",
        "60.00 points out of 100",
        "From high to low.",
        "From €10,000 to €25,000",
        "the weights, the marks and the explanation of the criteria",
    ):
        assert told in page
    weights = re.findall(r'data-label="Weight out of 100" class="num">(\d+)<', page)
    assert weights == ["50", "33", "17", "100"]


def test_a_draft_call_is_not_there(client: FlaskClient) -> None:
    a_call(published=False)
    assert client.get("/calls/small").status_code == 404
    assert client.get("/calls/small/results").status_code == 404
    assert "Small call" not in text(client, "/")


def test_results_are_public_only_once_every_letter_has_left(
    client: FlaskClient, settings: Settings, clock: Clock
) -> None:
    a_call()
    an_application("scored")
    clerk = an_administrator()
    decide(clerk)
    work_off()
    clock.now = CLOSES + 31 * DAY
    assert "€20,000" not in text(client, "/calls/small/results")
    with transaction() as session:
        held = letters.of_call(session, "small", held_only=True)
        office = Office(_head(), settings.office_mail, settings.base_url)
        letter_actions.release(session, clerk, "small", letters.seen_digest(held), office, now=clock.now)
    page = text(client, "/calls/small/results")
    assert "Waterpunt" in page
    assert "Total: €20,000 of €60,000 granted, €40,000 left" in page


def _head() -> Letterhead:
    return Letterhead("Brussels International", ())


def test_a_published_figure_that_differs_is_shown_with_the_difference(
    client: FlaskClient, settings: Settings, clock: Clock
) -> None:
    figure = {"total_cents": 1_900_000, "source": {"nl": "Jaarverslag", "fr": "Rapport annuel", "en": "Annual report"}}
    a_call(terms(published_figure=figure))
    an_application("scored")
    clerk = an_administrator()
    decide(clerk)
    work_off()
    clock.now = CLOSES + 31 * DAY
    with transaction() as session:
        seen = letters.seen_digest(letters.of_call(session, "small", held_only=True))
        office = Office(_head(), settings.office_mail, settings.base_url)
        letter_actions.release(session, clerk, "small", seen, office, now=clock.now)
    page = text(client, "/calls/small/results")
    assert "add up to €20,000. A published report says €19,000: a difference of €1,000." in page
    assert "Annual report" in page


# Signing in


def test_signing_in_leads_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    a_member()
    asked = client.get("/applications/organisations/new")
    assert asked.headers["Location"] == "/sign-in?next=/applications/organisations/new"
    answer = client.post(
        "/sign-in",
        data={"email": " Lid@People.example ", "password": PASSWORD, "next": "/applications/organisations/new"},
    )
    assert answer.headers["Location"] == "/applications/organisations/new"
    assert client.get("/applications/").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, target: str) -> None:
    a_member()
    answer = client.post("/sign-in", data={"email": "lid@people.example", "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/applications/"


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(client: FlaskClient) -> None:
    a_member()
    wrong = client.post("/sign-in", data={"email": "lid@people.example", "password": "iets anders"})
    unknown = client.post("/sign-in", data={"email": "nul@people.example", "password": "iets anders"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.get_data(as_text=True).replace("lid@", "nul@") == unknown.get_data(as_text=True)
    assert "do not go together" in wrong.get_data(as_text=True)


def test_after_eight_wrong_passwords_even_the_right_one_has_to_wait(client: FlaskClient, clock: Clock) -> None:
    a_member()
    for _ in range(8):
        client.post("/sign-in", data={"email": "lid@people.example", "password": "iets anders"})
    right = {"email": "lid@people.example", "password": PASSWORD}
    assert "Too many attempts" in client.post("/sign-in", data=right).get_data(as_text=True)
    clock.now = NOW + timedelta(minutes=16)
    assert client.post("/sign-in", data=right).status_code == 302


def test_signing_out_ends_the_session_on_the_server_too(client: FlaskClient) -> None:
    a_member()
    client.post("/sign-in", data={"email": "lid@people.example", "password": PASSWORD})
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie.update(stolen)
    assert client.get("/applications/").headers["Location"] == "/sign-in?next=/applications/"


# Opening an account


def confirmed_at(email: str) -> datetime | None:
    with reading() as session:
        return session.scalars(select(Person.confirmed_at).where(Person.email == email)).one()


def link_in_the_mail(client: FlaskClient) -> str:
    """The single-use link in the newest mail."""
    work_off()
    mail = asked(letters.mailbox)[0]
    return re.findall(r"/link/[^\s\"<]+", client.get(f"/dev/mail/{mail.id}").get_data(as_text=True))[0]


def test_the_list_of_what_is_missing_names_each_field(client: FlaskClient) -> None:
    shown = client.post("/register?language=fr", data={}).text
    summary = shown.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    told = [text.strip() for text in re.findall(r"<a [^>]+>([^<]+)</a>", summary)]
    assert "Nom de l’organisation\u00a0: Veuillez remplir ce champ." in told
    assert len(set(told)) == len(told) > 4


def test_one_page_opens_an_account_with_its_organisation(client: FlaskClient) -> None:
    number = a_number()
    answer = client.post("/register", data=registration(enterprise_number=number))
    assert answer.headers["Location"] == "/register/sent"
    assert "mia@proef.example" in text(client, "/register/sent")
    with reading() as session:
        person = person_by_email(session, "mia@proef.example")
        assert person is not None
        assert [one.enterprise_number for one in organisations_of(session, person.id)] == [number]


def test_an_address_that_has_an_account_gets_the_same_answer_and_its_owner_a_mail(client: FlaskClient) -> None:
    a_member("mia@proef.example")
    known = client.post("/register", data=registration())
    sent = text(client, "/register/sent")
    fresh = client.post("/register", data=registration(email="new@proef.example"))
    assert (known.status_code, known.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
    assert text(client, "/register/sent") == sent.replace("mia@", "new@")
    work_off()
    told = {mail.address: mail.kind for mail in asked(letters.mailbox)}
    assert told == {"mia@proef.example": "registered-already", "new@proef.example": "confirm-address"}
    entering = {"email": "mia@proef.example", "password": "een zin om te onthouden"}
    assert client.post("/sign-in", data=entering).status_code == 422  # the password stays its owner's


def test_confirming_asks_for_the_password_where_nobody_is_signed_in_and_leads_on(client: FlaskClient) -> None:
    a_call()
    client.post("/register", data=registration(next="/applications/start/small"))
    address = link_in_the_mail(client)
    assert "This address is mine" in client.get(address).get_data(as_text=True)
    assert client.post(address, data={"password": "iets heel anders"}).status_code == 422
    assert confirmed_at("mia@proef.example") is None
    answer = client.post(address, data={"password": "een zin om te onthouden"})
    assert answer.headers["Location"] == "/applications/start/small"
    assert confirmed_at("mia@proef.example") == NOW
    assert client.get(address).status_code == 409
    assert client.get("/link/forged").status_code == 404


def test_confirming_in_the_browser_that_is_signed_in_is_one_button(client: FlaskClient) -> None:
    client.post("/register", data=registration())
    client.post("/sign-in", data={"email": "mia@proef.example", "password": "een zin om te onthouden"})
    assert "Send the mail again" in text(client, "/applications/")
    address = link_in_the_mail(client)
    client.get(address)
    assert confirmed_at("mia@proef.example") is None
    assert client.post(address).headers["Location"] == "/applications/"
    assert "Send the mail again" not in text(client, "/applications/")


def test_everything_wrong_is_said_at_once_under_its_field_and_what_was_typed_stays(client: FlaskClient) -> None:
    wrong = {"enterprise_number": "0123", "postal_code": "10000", "email": "mia", "password": "kort"}
    answer = client.post("/register", data=registration(**wrong))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sorted(re.findall(r'<p id="([a-z_]+)-error"', page)) == sorted(wrong)
    assert 'value="Vereniging Proef"' in page
    assert 'value="10000"' in page
    assert "kort" not in page


def test_whoever_registers_with_a_known_organisation_opens_an_account_and_asks_to_join(client: FlaskClient) -> None:
    number = a_number()
    an_association(enterprise_number=number)
    answer = client.post("/register", data=registration(enterprise_number=number))
    assert answer.status_code == 422
    assert "Open my account and ask to join" in answer.get_data(as_text=True)
    assert asked(person_by_email, "mia@proef.example") is None
    client.post("/register", data=registration(enterprise_number=number, join="yes"))
    address = link_in_the_mail(client)
    answer = client.post(address, data={"password": "een zin om te onthouden"})
    assert answer.headers["Location"] == f"/applications/organisations/new?number={number}"
    assert "Ask to join" in text(client, answer.headers["Location"])


def test_a_forgotten_password_gets_a_link_and_an_unknown_address_the_same_page(client: FlaskClient) -> None:
    a_member()
    known = client.post("/password-forgotten", data={"email": "lid@people.example"}).get_data(as_text=True)
    unknown = client.post("/password-forgotten", data={"email": "nul@people.example"}).get_data(as_text=True)
    assert known.replace("lid@", "nul@") == unknown
    address = link_in_the_mail(client)
    assert client.post(address, data={"password": "kort"}).status_code == 422
    assert client.post(address, data={"password": "mijn nieuwe lange zin"}).headers["Location"] == "/applications/"
    assert client.get("/applications/").status_code == 200
    client.post("/sign-out")
    old, new = ({"email": "lid@people.example", "password": word} for word in (PASSWORD, "mijn nieuwe lange zin"))
    assert [client.post("/sign-in", data=data).status_code for data in (old, new)] == [422, 302]


def test_a_network_that_asks_for_account_after_account_has_to_wait(client: FlaskClient) -> None:
    for number in range(30):
        client.post("/password-forgotten", data={"email": f"nul{number}@people.example"})
    answer = client.post("/password-forgotten", data={"email": "lid@people.example"})
    assert answer.status_code == 422
    assert "many times in the last quarter of an hour" in answer.get_data(as_text=True)


# The mailbox, and what is said in every amount


def test_the_mailbox_shows_the_exact_text_of_a_mail_and_its_letter(client: FlaskClient) -> None:
    a_call()
    an_application("submitted")
    work_off()
    with reading() as session:
        (mail,) = letters.mailbox(session)
    assert mail.subject in text(client, "/dev/mail")
    page = client.get(f"/dev/mail/{mail.id}").get_data(as_text=True)
    assert mail.body.split("\n")[0] in page
    assert client.get(f"/dev/mail/{mail.id}/letter.pdf").data.startswith(b"%PDF")


def test_the_mailbox_does_not_exist_in_production(app: Flask, settings: Settings) -> None:
    live = create_app(settings.model_copy(update={"mode": "production"})).test_client()
    assert live.get("/dev/mail").status_code == 404
    assert live.get("/dev/mail/1").status_code == 404


def test_the_demonstration_accounts_show_to_visitors_in_development_only(app: Flask, clock: Clock) -> None:
    accounts = [{"role": "juror", "email": "jury@people.example", "password": PASSWORD}]
    app.config["DEMO_ACCOUNTS"] = accounts
    assert "jury@people.example" in app.test_client().get("/").get_data(as_text=True)
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"mode": "production"})
    assert "jury@people.example" not in app.test_client().get("/").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/accessibility", "/privacy"])
def test_the_pages_about_the_portal_are_there_for_everybody(client: FlaskClient, path: str) -> None:
    assert "oproep@example.org" in text(client, path)


@pytest.mark.parametrize("shown", ["nl", "fr", "en"])
@pytest.mark.parametrize("read", ["nl", "fr", "en"])
def test_an_amount_shown_in_one_language_is_read_the_same_in_another(shown: str, read: str) -> None:
    assert [parse_amount(typed_amount(cents, shown), read) for cents in (0, 5, 99_900, 1_850_000, 123_456_789)] == [
        0, 5, 99_900, 1_850_000, 123_456_789,
    ]  # fmt: skip


def test_a_name_that_is_not_ours_gets_no_page(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
