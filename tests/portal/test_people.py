"""The screens of accounts, organisations and members: who finds them, what they show, what they refuse."""

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import builders
from tests.builders import (
    NOW,
    PASSWORD,
    a_person,
    an_administrator,
    an_association,
    asked,
    done,
    work_off,
)
from workflows.letters import queries as letters
from workflows.people import accounts, membership, organisations, payment, queries
from workflows.people import actions as people
from workflows.people.payment import AccountStanding, Certificate
from workflows.people.rules import AccreditationState
from workflows.permissions import Actor, MemberRole, Role
from workflows.replay.paper import one_page

ATTEST = one_page("Rekeninghouder")
PARTICULARS = {
    "organisation": "Vereniging Nieuw", "legal_form": "vzw", "street": "Kaai 1", "postal_code": "1080",
    "city": "Molenbeek", "website": "", "contact_name": "Wim", "contact_email": "wim@vereniging.example",
    "contact_phone": "", "signatory_name": "Ida", "signatory_function": "Voorzitter",
}  # fmt: skip


def enter(client: FlaskClient, actor: Actor) -> FlaskClient:
    """The client with a browser session of this person, who reads English."""
    builders.sign_in(client, actor)
    client.get("/?language=en")
    return client


def text(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.fixture
def owner() -> tuple[Actor, int]:
    return an_association()


@pytest.fixture
def own(client: FlaskClient, owner: tuple[Actor, int]) -> FlaskClient:
    return enter(client, owner[0])


def page_of(organisation: int) -> str:
    return f"/applications/organisations/{organisation}"


def view(organisation: int) -> queries.OrganisationView:
    return asked(queries.organisation_view, organisation)


# The organisation


def test_particulars_are_saved_and_what_is_malformed_is_said_under_its_field(
    own: FlaskClient, owner: tuple[Actor, int]
) -> None:
    address = page_of(owner[1]) + "/edit"
    wrong = own.post(address, data={**PARTICULARS, "website": "nergens", "contact_phone": "12", "version": "1"})
    assert sorted(re.findall(r'<p id="([a-z_]+)-error"', text(wrong, 422))) == ["contact_phone", "website"]
    assert own.post(address, data={**PARTICULARS, "version": "1"}).status_code == 302
    page = text(own.get(page_of(owner[1])))
    assert ("Ida, Voorzitter" in page, "Kaai 1, 1080 Molenbeek" in page, view(owner[1]).name) == (
        True, True, "Vereniging Nieuw",
    )  # fmt: skip


def test_of_two_colleagues_who_edit_the_second_sees_both_texts_and_can_go_on(
    own: FlaskClient, owner: tuple[Actor, int]
) -> None:
    address = page_of(owner[1]) + "/edit"
    own.post(address, data={**PARTICULARS, "version": "1"})
    late = text(own.post(address, data={**PARTICULARS, "city": "Gent", "version": "1"}), 409)
    assert ('value="Gent"' in late, "<strong>Molenbeek</strong>" in late, late.count("Saved now")) == (True, True, 1)
    version = re.findall(r'name="version"[^>]*value="(\d+)"', late)[0]
    assert own.post(address, data={**PARTICULARS, "city": "Gent", "version": version}).status_code == 302
    assert view(owner[1]).city == "Gent"


def test_an_account_needs_its_certificate_and_is_shown_masked_only(own: FlaskClient, owner: tuple[Actor, int]) -> None:
    address = page_of(owner[1]) + "/account"
    bare = text(own.post(address, data={"iban": "BE71 0961 2345 6769"}), 422)
    assert ("bank’s certificate" in bare, 'value="BE71 0961 2345 6769"' in bare) == (True, True)
    sent = {"iban": "BE71 0961 2345 6769", "certificate": (io.BytesIO(ATTEST), "attest.pdf")}
    assert own.post(address, data=sent).status_code == 302
    for path in ("", "/account"):
        page = text(own.get(page_of(owner[1]) + path))
        assert ("6769" in page, "0961" in page) == (True, False)


def test_an_accreditation_is_stated_and_the_applicant_is_told_what_that_means(
    own: FlaskClient, owner: tuple[Actor, int]
) -> None:
    address = page_of(owner[1]) + "/accreditation"
    backwards = own.post(address, data={"starts": ["1", "1", "2027"], "ends": ["1", "1", "2026"]})
    assert "The last day comes before the first" in text(backwards, 422)
    assert own.post(address, data={"starts": ["1", "1", "2022"], "ends": ["", "", ""]}).status_code == 302
    page = text(own.get(page_of(owner[1])))
    assert ("To be confirmed" in page, "only declared eligible once the administration has confirmed" in page) == (
        True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "found"),
    [
        (MemberRole.OWNER, {"": 200, "/edit": 200, "/accreditation": 200, "/account": 200, "/members": 200}),
        (MemberRole.EDITOR, {"": 200, "/edit": 200, "/accreditation": 200, "/account": 404, "/members": 200}),
        (MemberRole.READER, {"": 200, "/edit": 404, "/accreditation": 404, "/account": 404, "/members": 200}),
        (None, {"": 404, "/edit": 404, "/accreditation": 404, "/account": 404, "/members": 404}),
    ],
)
def test_each_member_finds_what_is_theirs_and_a_stranger_nothing(
    client: FlaskClient, owner: tuple[Actor, int], role: MemberRole | None, found: dict[str, int]
) -> None:
    somebody = a_person()
    if role is not None:
        done(membership.admit_member, owner[1], somebody.person_id, role)
    enter(client, somebody)
    assert {path: client.get(page_of(owner[1]) + path).status_code for path in found} == found


def test_a_stranger_changes_nothing_by_guessing_addresses(client: FlaskClient, owner: tuple[Actor, int]) -> None:
    actor, organisation = owner
    enter(client, an_association()[0])
    posts = {
        "/edit": {**PARTICULARS, "version": "1"},
        "/members": {"email": "x@y.example", "role": "owner", "language": "nl"},
        f"/members/{actor.person_id}": {"role": "reader"}, f"/members/{actor.person_id}/remove": {}, "/leave": {},
        "/requests/1": {"answer": "owner"}, "/invitations/1/revoke": {}, "/account": {"iban": "BE71 0961 2345 6769"},
    }  # fmt: skip
    assert {client.post(page_of(organisation) + path, data=data).status_code for path, data in posts.items()} == {404}


# Members


def test_an_owner_invites_takes_back_and_answers(own: FlaskClient, owner: tuple[Actor, int]) -> None:
    address = page_of(owner[1]) + "/members"
    invitation = {"email": "zoe@vereniging.example", "role": "reader", "language": "fr"}
    assert own.post(address, data={**invitation, "role": "king"}).status_code == 422
    assert own.post(address, data=invitation).status_code == 302
    assert "zoe@vereniging.example" in text(own.get(address))
    own.post(address.replace("/members", "/invitations/1/revoke"))
    assert "zoe@vereniging.example" not in text(own.get(address))
    asking = a_person(name="Noor")
    done(membership.ask_to_join, asking, view(owner[1]).enterprise_number, now=NOW)
    assert "Noor asks to join" in text(own.get(address))
    assert own.post(page_of(owner[1]) + "/requests/1", data={"answer": "king"}).status_code == 404
    own.post(page_of(owner[1]) + "/requests/1", data={"answer": "editor"})
    assert asked(queries.member_role, asking.person_id, owner[1]) is MemberRole.EDITOR


def test_the_last_owner_is_told_to_find_another_first(own: FlaskClient, owner: tuple[Actor, int]) -> None:
    actor, organisation = owner
    own.post(page_of(organisation) + "/leave")
    assert "always has at least one owner" in text(own.get(page_of(organisation) + "/members"))
    stepping_down = own.post(page_of(organisation) + f"/members/{actor.person_id}", data={"role": "reader"})
    assert "always has at least one owner" in text(stepping_down, 422)


def test_a_known_organisation_is_asked_to_be_joined(client: FlaskClient, owner: tuple[Actor, int]) -> None:
    number = view(owner[1]).enterprise_number
    enter(client, a_person(name="Noor"))
    page = text(client.get(f"/applications/organisations/new?number={number}"))
    assert "Ask to join" in page
    assert client.post("/applications/organisations/join", data={"enterprise_number": number}).status_code == 302
    assert [one.name for one in asked(membership.requests_for, owner[1])] == ["Noor"]
    assert "You asked to join" in text(client.get("/account/"))


def test_an_invitation_for_another_address_is_said_to_be_so(own: FlaskClient, owner: tuple[Actor, int]) -> None:
    own.post(page_of(owner[1]) + "/members", data={"email": "zoe@v.example", "role": "reader", "language": "nl"})
    work_off()
    mail = asked(letters.mailbox)[0]
    link = re.findall(r"/link/[^\s\"<]+", text(own.get(f"/dev/mail/{mail.id}")))[0]
    assert "This invitation is for another address" in text(own.get(link))
    assert own.post("/sign-out", data={"next": link}).headers["Location"] == link
    page = text(own.get(link))
    assert ("Open an account and accept" in page, "zoe@v.example" in page) == (True, True)
    answer = own.post(link, data={"name": "Zoë", "password": PASSWORD})
    assert answer.headers["Location"] == page_of(owner[1])
    assert text(own.get(page_of(owner[1]))).count("Zoë") >= 2


# One's own account


@pytest.fixture
def wim(client: FlaskClient) -> FlaskClient:
    """The browser of somebody who signed in with their password."""
    done(people.open_account, people.NewPerson("Wim", "wim@people.example", "en", PASSWORD), now=NOW)
    client.post("/sign-in", data={"email": "wim@people.example", "password": PASSWORD})
    return client


def test_name_and_language_are_changed_on_ones_own_page(wim: FlaskClient) -> None:
    answer = wim.post("/account/name", data={"name": "Wim Water", "language": "nl"})
    page = text(wim.get(answer.headers["Location"]))
    assert ("Wim Water" in page, "Mijn account" in page) == (True, True)


def test_another_password_or_address_needs_the_one_of_now(wim: FlaskClient) -> None:
    new = {"current": "iets heel anders", "password": "een gloednieuwe zin"}
    assert "This is not your password." in text(wim.post("/account/password", data=new), 422)
    elsewhere = {"email": "nieuw@people.example", "password": "iets heel anders"}
    assert "This is not your password." in text(wim.post("/account/address", data=elsewhere), 422)
    assert wim.post("/account/address", data={**elsewhere, "password": PASSWORD}).status_code == 302
    assert wim.post("/account/password", data={**new, "current": PASSWORD}).status_code == 302
    work_off()
    kinds = [(mail.address, mail.kind) for mail in reversed(asked(letters.mailbox))]
    assert kinds == [("nieuw@people.example", "new-address"), ("wim@people.example", "password-changed")]


def test_guessing_a_password_on_an_open_screen_is_slowed_down(wim: FlaskClient) -> None:
    for _ in range(8):
        wim.post("/account/password", data={"current": "x", "password": "een gloednieuwe zin"})
    right = {"current": PASSWORD, "password": "een gloednieuwe zin"}
    assert "Too many attempts" in text(wim.post("/account/password", data=right), 422)


def test_every_browser_is_listed_and_can_be_ended(wim: FlaskClient) -> None:
    actor = asked(people.recognise, "wim@people.example", PASSWORD)
    other = done(people.sign_in, actor, browser="Firefox, Windows", now=NOW)
    assert "Firefox, Windows" in text(wim.get("/account/"))
    wim.post(f"/account/sessions/{queries.token_hash(other)[:16]}/end")
    assert "Firefox, Windows" not in text(wim.get("/account/"))
    assert wim.post("/account/sessions/0123456789abcdef/end").status_code == 404


def test_the_mail_that_confirms_is_sent_again_and_one_stays_where_one_was(client: FlaskClient) -> None:
    new = people.NewPerson("Fa", "fa@people.example", "en", PASSWORD)
    done(accounts.register, new, now=NOW)
    client.post("/sign-in", data={"email": "fa@people.example", "password": PASSWORD})
    assert client.post("/account/confirmation", data={"next": "/calls/x"}).headers["Location"] == "/calls/x"
    evil = client.post("/account/confirmation", data={"next": "https://evil.example"})
    assert evil.headers["Location"] == "/account/"
    work_off()
    assert [mail.kind for mail in asked(letters.mailbox)] == ["confirm-address"] * 3


# The office


@pytest.fixture
def office(client: FlaskClient) -> FlaskClient:
    return enter(client, an_administrator())


def test_the_office_finds_an_organisation_and_confirms_its_accreditation(
    office: FlaskClient, owner: tuple[Actor, int]
) -> None:
    name = view(owner[1]).name
    assert name not in text(office.get("/administration/organisations"))
    stated = done(
        organisations.state_accreditation, owner[0], owner[1], NOW.date().replace(year=2022), None, now=NOW
    )  # fmt: skip
    assert name in text(office.get("/administration/organisations"))
    address = f"/administration/accreditations/{stated}"
    assert name in text(office.get(address))
    assert office.post(address, data={"refuse": "yes", "reason": ""}).status_code == 422
    office.post(address, data={"starts": ["1", "1", "2022"], "ends": ["31", "12", "2026"]})
    (one,) = asked(organisations.accreditations, owner[1])
    assert (one.state, str(one.ends)) == (AccreditationState.CONFIRMED, "2026-12-31")


def test_the_whole_number_shows_on_one_screen_after_its_button(office: FlaskClient, owner: tuple[Actor, int]) -> None:
    certificate = Certificate("attest.pdf", ATTEST)
    account = done(payment.give_account, owner[0], owner[1], "BE71 0961 2345 6769", certificate, now=NOW)
    address = f"/administration/accounts/{account}"
    assert "0961" not in text(office.get(address)) + text(office.get(f"/administration/organisations/{owner[1]}"))
    assert "BE71 0961 2345 6769" in text(office.post(address))
    answer = office.post(address + "/certificate")
    assert (answer.data, answer.headers["Content-Disposition"]) == (ATTEST, "attachment; filename=attest.pdf")
    assert office.post(address + "/refuse", data={"reason": ""}).status_code == 422
    office.post(address + "/confirm")
    office.post(address + "/confirm")  # the same person does not take the second look
    assert asked(payment.account, account).standing is AccountStanding.SECOND_LOOK
    enter(office, an_administrator())
    office.post(address + "/confirm")
    assert asked(payment.account, account).standing is AccountStanding.CONFIRMED


def test_an_administrator_of_the_organisation_itself_checks_nothing(
    client: FlaskClient, owner: tuple[Actor, int]
) -> None:
    certificate = Certificate("attest.pdf", ATTEST)
    account = done(payment.give_account, owner[0], owner[1], "BE71 0961 2345 6769", certificate, now=NOW)
    stated = done(organisations.state_accreditation, owner[0], owner[1], NOW.date(), None, now=NOW)
    both = an_administrator()
    done(membership.admit_member, owner[1], both.person_id, MemberRole.READER)
    enter(client, both)
    assert "You belong to this organisation" in text(client.get(f"/administration/organisations/{owner[1]}"))
    screens = [f"/administration/accounts/{account}", f"/administration/accreditations/{stated}"]
    assert [client.get(screen).status_code for screen in screens] == [404, 404]
    assert [client.post(screens[0] + path).status_code for path in ("", "/confirm", "/refuse", "/certificate")] == [
        404
    ] * 4


def test_the_office_invites_to_a_role_and_takes_it_back(office: FlaskClient) -> None:
    juror = a_person(Role.JUROR, name="Juul")
    invitation = {"email": "nieuw@jury.example", "role": "juror", "language": "nl"}
    assert office.post("/administration/people", data={**invitation, "role": "system"}).status_code == 422
    assert office.post("/administration/people", data=invitation).status_code == 302
    page = text(office.get("/administration/people"))
    assert ("Juul" in page, "nieuw@jury.example" in page) == (True, True)
    office.post("/administration/people/invitations/1/revoke")
    office.post(f"/administration/people/{juror.person_id}/juror/take")
    page = text(office.get("/administration/people"))
    assert ("Juul" in page, "nieuw@jury.example" in page) == (False, False)
    assert office.post(f"/administration/people/{juror.person_id}/system/take").status_code == 404
