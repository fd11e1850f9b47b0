"""Whatever is typed, pasted, sent or made up: a clear answer in the person's language, and never a failure."""

import io
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import encode_multipart

from config.settings import Settings
from portal.addresses import LARGEST_ID, instant, page_of_ours, row_number
from portal.forms import DayField
from portal.received import LONGEST_TEXT, Form
from tests.builders import (
    ANSWERS,
    CLOSES,
    DAY,
    PASSWORD,
    a_call,
    a_juror,
    an_administrator,
    an_application,
    an_association,
    asked,
    assign,
    at_once,
    done,
    sign_in,
)
from tests.conftest import Clock, over
from workflows.people import actions as people
from workflows.people.actions import NewPerson
from workflows.permissions import Actor
from workflows.submission import queries as applications

NO_NUMBERS = ["", " ", "-1", "+3", "1_0", "2.5", "1e3", "0x1f", "٣", "²", "x", "9" * 25, "9" * 5000, "1\0", "NaN"]
"""What no row has as its number, though int() reads some of it."""
FAR = str(LARGEST_ID + 1)


def a_file(name: str = "brief.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF-1.4 "), name


def complaints(answer: Any) -> dict[str, str]:
    """The sentences under the fields of a page, by field."""
    found = re.findall(r'<p id="([\w-]+)-error" class="govuk-error-message">\s*(.*?)\s*</p>', answer.text, re.S)
    return {name: re.sub(r"<.*?>[^<]*</span>|\s+", " ", said).strip() for name, said in found}


@pytest.fixture
def by(settings: Settings) -> tuple[Actor, int]:
    a_call()
    return an_association()


@pytest.fixture
def own(client: FlaskClient, by: tuple[Actor, int]) -> FlaskClient:
    """The browser of somebody of the association, reading English."""
    sign_in(client, by[0]).get("/?language=en")
    return client


@pytest.fixture
def office(client: FlaskClient, settings: Settings) -> FlaskClient:
    """The browser of an administrator, reading English."""
    a_call()
    sign_in(client, an_administrator()).get("/?language=en")
    return client


# Numbers


@given(st.integers(0, LARGEST_ID))
def test_the_number_of_a_row_is_read(number: int) -> None:
    assert row_number(str(number)) == number


@pytest.mark.parametrize("typed", [*NO_NUMBERS, FAR, None])
def test_what_is_no_number_of_a_row_names_none(typed: str | None) -> None:
    assert row_number(typed) is None


@given(st.text(max_size=12))
def test_any_text_names_a_row_or_none(typed: str) -> None:
    found = row_number(typed)
    assert found is None or 0 <= found <= LARGEST_ID


@pytest.mark.parametrize("typed", [*filter(str.strip, NO_NUMBERS), FAR])
@pytest.mark.parametrize("before", ["/dev/mail/", "/administration/letters/", "/applications/organisations/"])
def test_the_address_of_an_impossible_row_is_not_there(office: FlaskClient, before: str, typed: str) -> None:
    assert office.get(before + quote(typed)).status_code == 404


@pytest.mark.parametrize("typed", [*NO_NUMBERS, FAR])
def test_a_history_that_begins_nowhere_begins_at_its_end(office: FlaskClient, typed: str) -> None:
    answer = office.get("/administration/calls/small/history", query_string={"before": typed})
    assert (answer.status_code, "Published" in answer.text) == (200, True)


@pytest.mark.parametrize("typed", [*filter(None, NO_NUMBERS), FAR])
def test_nobody_is_appointed_or_assigned_under_an_impossible_number(office: FlaskClient, typed: str) -> None:
    reference = an_application("eligible")
    call = "/administration/calls/small"
    assert office.post(f"{call}/panel/jury", data={"person": typed}).status_code == 404
    pair = {"pair": f"{reference}|{typed}"}
    assert office.post(f"{call}/assignment/suggestion/jury", data=pair).status_code == 404
    assert office.post(f"/administration/files/{reference}/assignment/jury/{quote(typed)}").status_code == 404


@pytest.mark.parametrize("version", [*NO_NUMBERS, FAR])
def test_a_version_that_is_none_overwrites_nothing_in_a_draft(
    own: FlaskClient, by: tuple[Actor, int], version: str
) -> None:
    reference = an_application(by=by)
    address = f"/applications/{reference}/sections/project"
    answer = own.post(address, data={"_version": version, "_mark": "of nothing", "title": "Overschreven"})
    assert (answer.status_code, 'value="Overschreven"' in answer.text) == (409, True)
    assert asked(applications.view, reference).title == ANSWERS["title"]


@pytest.mark.parametrize("version", [*NO_NUMBERS, FAR])
def test_a_version_that_is_none_overwrites_nothing_in_a_review(
    client: FlaskClient, settings: Settings, version: str
) -> None:
    a_call()
    reference, juror = an_application("eligible"), a_juror()
    assign(reference, juror)
    answer = sign_in(client, juror).post(f"/jury/{reference}", data={"version": version, "mark-relevance": "3"})
    assert answer.status_code == 422


# Instants and days


@pytest.mark.parametrize(
    "typed",
    [*NO_NUMBERS, None, "2026-11-24", "2026-11-24T12:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"],
)
def test_what_is_no_instant_names_none(typed: str | None) -> None:
    assert instant(typed) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_as_it_was_written(moment: datetime) -> None:
    assert instant(moment.isoformat()) == moment


@pytest.mark.parametrize("seen_at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9" * 25, "gisteren"])
def test_an_odd_instant_of_a_preview_is_answered_with_a_fresh_one(
    office: FlaskClient, clock: Clock, seen_at: str
) -> None:
    an_application("scored")
    clock.now = CLOSES + DAY
    sent = {"fingerprint": "of another preview", "seen_at": seen_at}
    answer = office.post("/administration/calls/small/allocation", data=sent)
    assert (answer.status_code, 'name="fingerprint"' in answer.text) == (409, True)


class Dated(Form):
    day = DayField()


NO_DAY = "This is not a day that exists. Write it like 27 3 2027."
NO_YEAR = "Write the year with four digits, such as 2027."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["27", "3", "9" * 25], NO_DAY), (["27", "3", "9" * 5000], NO_DAY), (["27", "3", "20270"], NO_DAY),
        (["27", "3", "27"], NO_YEAR), (["27", "3", "2201"], NO_YEAR), (["27", "3", "0"], NO_DAY),
        (["30", "2", "2027"], NO_DAY), (["٢٧", "٣", "٢٠٢٧"], NO_DAY), (["²", "3", "2027"], NO_DAY),
        (["2_7", "3", "2027"], NO_DAY), (["+27", "3", "2027"], NO_DAY), (["-1", "3", "2027"], NO_DAY),
        (["27", "", "2027"], NO_DAY), (["27"], NO_DAY), (["27", "maart", "2027"], NO_DAY),
    ],
)  # fmt: skip
def test_what_is_no_day_is_told_and_stays_in_its_boxes(app: Flask, typed: list[str], said: str) -> None:
    with app.test_request_context(method="POST", data={"day": typed}, headers={"Accept-Language": "en"}):
        form = Dated()
        assert (form.validate(), form.errors, form.day.data) == (False, {"day": [said]}, None)
        assert form.day.raw_data == [*typed, "", ""][:3]


# Texts and documents in each other's place


def test_a_text_where_a_document_is_asked_is_told_under_it_and_the_rest_is_saved(
    own: FlaskClient, by: tuple[Actor, int]
) -> None:
    reference = an_application(by=by)
    answer = own.post(
        f"/applications/{reference}/sections/means", data={"budget": "begroting.pdf", "requested": "12,000.00"}
    )
    assert complaints(answer) == {
        "budget": "A text came where a document is expected. Choose the document on your device."
    }
    assert asked(applications.view, reference).requested == 1_200_000


@pytest.mark.parametrize(
    ("section", "question"), [("project", "title"), ("project", "summary"), ("project", "zone"), ("means", "requested")]
)
def test_a_document_where_a_text_is_asked_is_told_under_it_and_nothing_is_lost(
    own: FlaskClient, by: tuple[Actor, int], section: str, question: str
) -> None:
    reference = an_application(by=by)
    answer = own.post(f"/applications/{reference}/sections/{section}", data={question: a_file()})
    assert (answer.status_code, complaints(answer)) == (
        422, {question: "A document came where a text is expected. Type the text here."},
    )  # fmt: skip
    assert asked(applications.view, reference).answers[question] == ANSWERS[question]


@pytest.mark.parametrize("field", ["email", "password", "next"])
def test_a_document_in_the_form_of_the_sign_in_signs_nobody_in(client: FlaskClient, field: str, by: Any) -> None:
    sent = {"email": "lid@people.example", "password": PASSWORD, field: a_file()}
    answer = client.post("/sign-in", data=sent)
    assert answer.status_code == 422
    assert (field in complaints(answer)) is (field != "next")


def test_documents_in_the_other_forms_are_told_too(own: FlaskClient, by: tuple[Actor, int]) -> None:
    reference = an_application("submitted", by=by)
    for address, field in (
        (f"/applications/{reference}/withdraw", "reason"),
        (f"/applications/organisations/{by[1]}/account", "iban"),
        ("/applications/organisations/new", "city"),
        ("/applications/organisations/new", "legal_form"),
    ):
        answer = own.post(address, data={field: a_file()})
        assert (answer.status_code, complaints(answer)[field]) == (
            422, "A document came where a text is expected. Type the text here.",
        )  # fmt: skip


def test_json_is_no_form(client: FlaskClient, by: Any) -> None:
    for content in ({"email": 5, "password": [1]}, [1, 2], "x"):
        answer = client.post("/sign-in", json=content)
        assert (answer.status_code, set(complaints(answer))) == (422, {"email", "password"})


# Much of it


def test_millions_of_characters_are_told_under_their_field_while_the_rest_is_saved_and_all_stays_typed(
    own: FlaskClient, by: tuple[Actor, int]
) -> None:
    reference = an_application(by=by)
    long = "x" * 2_500_000
    boundary, body = encode_multipart({"title": "Nieuwe titel", "summary": long})
    answer = own.post(
        f"/applications/{reference}/sections/project", data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )  # fmt: skip
    assert complaints(answer) == {
        "summary": "This text has 2500000 characters; at most 500 fit. Shorten it and send it again."
    }
    assert long in answer.text
    assert asked(applications.view, reference).title == "Nieuwe titel"


def test_a_field_without_a_limit_of_its_own_has_one_all_the_same(own: FlaskClient, by: tuple[Actor, int]) -> None:
    reference = an_application(by=by)
    answer = own.post(f"/applications/{reference}/sections/project", data={"contact": "x" * (LONGEST_TEXT + 1)})
    assert complaints(answer)["contact"].startswith("This text has 100001 characters; at most 100000 fit.")


def test_thousands_of_digits_are_no_account_and_no_enterprise_number(own: FlaskClient, by: tuple[Actor, int]) -> None:
    account = own.post(f"/applications/organisations/{by[1]}/account", data={"iban": "9" * 5000})
    assert complaints(account)["iban"].endswith("is enough to refuse it.")
    said = complaints(own.post("/applications/organisations/new", data={"enterprise_number": "9" * 5000}))
    assert "is not a Belgian enterprise number." in said["enterprise_number"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Er is in één keer te veel verstuurd"),
        ("fr", "Trop de données ont été envoyées à la fois"),
        ("en", "Too much was sent at once"),
    ],
)
def test_what_is_larger_than_any_form_is_told_with_the_truth_about_it(
    own: FlaskClient, by: tuple[Actor, int], language: str, said: str
) -> None:
    own.get(f"/?language={language}")
    answer = own.post("/applications/organisations/new", data={"city": "x" * 10_500_001})
    assert (answer.status_code, said in answer.text, "10" in answer.text) == (413, True, True)


# Addresses to come back to, names that are not ours, ways that do not exist

FOREIGN = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example", " //evil.example", "/a\r\nSet-Cookie: a=b", "/\0", "/\t/[", "//[",
    "/a\\b", "javascript:alert(1)", "/a b", "", "x",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_a_return_address_that_is_no_page_of_ours_is_none(target: str) -> None:
    assert page_of_ours(target) is None


@pytest.mark.parametrize("target", ["/", "/applications/", "/calls/small?language=fr", "/calls/é", "/a//b"])
def test_a_page_of_ours_is_one(target: str) -> None:
    assert page_of_ours(target) == target


@pytest.mark.parametrize("target", FOREIGN)
def test_signing_in_leads_home_where_the_return_address_is_odd(client: FlaskClient, target: str, by: Any) -> None:
    done(people.open_account, NewPerson("Lid", "lid@people.example", "fr", PASSWORD), now=CLOSES)
    sent = {"email": "lid@people.example", "password": PASSWORD, "next": target}
    assert client.post("/sign-in", data=sent).headers["Location"] == "/applications/"
    again = client.get("/sign-in", query_string={"next": target})
    assert again.headers["Location"] == "/applications/"


def test_a_visitor_who_sends_a_form_comes_back_to_its_page_after_signing_in(
    client: FlaskClient, by: tuple[Actor, int]
) -> None:
    reference = an_application("submitted", by=by)
    page, act = f"/applications/{reference}", f"/applications/{reference}/reopen"
    answers = [
        client.post(act, headers={"Referer": sent_from}).headers["Location"]
        for sent_from in (f"http://localhost{page}", f"http://evil.example{page}", "http://[", "")
    ]
    assert answers == [f"/sign-in?next={page}", "/sign-in", "/sign-in", "/sign-in"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "[::1", "127.0.0.1:x", "", "a b", "localhost@evil"]
)
def test_a_request_under_a_foreign_name_is_told_ours(client: FlaskClient, host: str) -> None:
    for page in ("/", "/applications/", "/sign-in?next=/", "/nowhere"):
        answer = client.get(page, headers={"Host": host})
        assert (answer.status_code, answer.text) == (
            400, "This portal does not answer under that name. Its address is http://127.0.0.1:8000.\n",
        )  # fmt: skip


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "/%2Fevil.example/x"])
def test_the_links_to_the_other_languages_stay_on_this_site(client: FlaskClient, path: str) -> None:
    answer = client.open(path="/x", environ_overrides={"PATH_INFO": path})
    assert re.findall(r'href="([^"]*language=[^"]*)"', answer.text) == [
        "?language=nl", "?language=fr", "?language=en",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Dit adres kan zo niet worden gebruikt."),
        ("fr", "Cette adresse ne peut pas être utilisée ainsi."),
        ("en", "This address cannot be used in this way."),
    ],
)
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_way_of_asking_that_does_not_exist_is_told_in_the_language_of_the_page(
    client: FlaskClient, method: str, language: str, said: str
) -> None:
    answer = getattr(client, method)(f"/sign-in?language={language}")
    assert (answer.status_code, said in answer.text) == (405, True)


def test_coming_back_to_a_verdict_that_was_refused_shows_the_file(office: FlaskClient) -> None:
    reference = an_application("submitted")
    answer = office.get(f"/administration/files/{reference}/conditions/1?language=fr")
    assert answer.headers["Location"] == f"/administration/files/{reference}#condition-1"


# The same on PostgreSQL, which takes no NUL in a text


@pytest.fixture
def portal(built: tuple[Flask, dict[str, Any]], installation: Settings, clock: Clock) -> Flask:
    """The portal over each kind of database in turn."""
    return over(installation, built)


def test_a_name_with_a_nul_in_it_is_the_name_of_nothing(portal: Flask) -> None:
    a_call()
    reference = an_application("submitted")
    office = sign_in(portal.test_client(), an_administrator())
    for address in ("/calls/small%00", f"/administration/files/{reference}%00", f"/applications/{reference}/%00"):
        assert office.get(address).status_code == 404
    pair = {"pair": f"{reference}\0|1"}
    assert office.post("/administration/calls/small/assignment/suggestion/jury", data=pair).status_code in (302, 404)
    ticked = {"file": f"{reference}\0"}
    assert office.post("/administration/calls/small/screening/clean", data=ticked).status_code in (302, 404)


def test_two_browsers_that_open_the_same_account_at_once_get_an_answer_each(portal: Flask) -> None:
    sent = {
        "enterprise_number": "0407626464", "organisation": "Vereniging", "legal_form": "vzw", "street": "Straat 1",
        "postal_code": "1000", "city": "Brussel", "name": "Mia", "email": "mia@people.example",
        "password": "een zin om te onthouden",
    }  # fmt: skip
    answers = []
    at_once(lambda: answers.append(portal.test_client().post("/register", data=sent)), threads=3)
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422]


def test_a_double_click_begins_one_file_and_keeps_one_document(portal: Flask) -> None:
    a_call()
    actor, organisation = an_association()
    chosen = {"organisation": str(organisation), "language": "nl"}
    begun = []
    browsers = [sign_in(portal.test_client(), actor) for _ in range(3)]
    waiting = iter(browsers)
    at_once(lambda: begun.append(next(waiting).post("/applications/start/small", data=chosen)), threads=3)
    (address,) = {answer.headers["Location"] for answer in begun}
    waiting = iter(browsers)

    def send() -> None:
        next(waiting).post(f"{address}/sections/means", data={"budget": a_file()}, content_type="multipart/form-data")

    at_once(send, threads=3)
    assert [one.name for one in asked(applications.view, address.split("/")[-1]).attachments] == ["brief.pdf"]
