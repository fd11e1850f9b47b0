"""People in a real browser: an account from registration to confirmation, an organisation, a colleague, the office."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import NOW, PASSWORD, a_call, a_number, an_administrator, asked
from tests.conftest import Clock
from tests.journeys.conftest import Visit, faults, follow_the_newest_link
from workflows.database import transaction
from workflows.people import actions as people
from workflows.people.queries import person_by_email
from workflows.permissions import Actor
from workflows.replay.paper import one_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_an_account_an_organisation_and_a_colleague(visit: Visit, clock: Clock) -> None:
    a_call()
    wim = visit("/calls/small", width=375)
    register(wim, a_number())
    wim.goto("/applications/")
    expect(wim.get_by_text("Confirm your e-mail address")).to_be_visible()
    follow_the_newest_link(wim, "Confirm your e-mail address")
    wim.get_by_role("button", name="This address is mine").click()
    expect(wim.get_by_text("your address is confirmed")).to_be_visible()
    complete_the_particulars(wim)

    wim.get_by_role("link", name="Manage members").click()
    wim.get_by_label("E-mail address").fill("zoe@waterdragers.example")
    wim.get_by_label("Reader: reads applications and letters").check()
    assert faults(wim) == []
    wim.get_by_role("button", name="Send the invitation").click()
    expect(wim.get_by_text("zoe@waterdragers.example is on its way")).to_be_visible()

    zoe = visit("/", width=375)
    follow_the_newest_link(zoe, "invites you")
    assert faults(zoe) == []
    zoe.get_by_label("Your name").fill("Zoë Zee")
    zoe.get_by_label("Password", exact=True).fill(PASSWORD)
    zoe.get_by_role("button", name="Open an account and accept").click()
    expect(zoe.get_by_role("heading", level=1)).to_have_text("De Waterdragers")
    expect(zoe.get_by_role("link", name="Change")).to_have_count(0)

    wim.reload()
    wim.get_by_role("row", name="Zoë Zee").get_by_role("link", name="Change").click()
    wim.get_by_label("Owner: also manages members and the account number").check()
    wim.get_by_role("button", name="Save").click()
    expect(wim.get_by_role("row", name="Zoë Zee")).to_contain_text("owner")
    zoe.reload()
    expect(zoe.get_by_role("link", name="Manage members")).to_be_visible()
    assert faults(zoe) == []


def register(page: Page, number: str) -> None:
    """Open an account with its organisation, and sign in while the mail is on its way."""
    page.goto("/register?language=en")
    fields = {
        "Enterprise number": number, "Name of the organisation": "De Waterdragers", "Street and number": "Kaai 1",
        "Postal code": "1080", "Town": "Molenbeek", "Your name": "Wim Water", "E-mail": "wim@waterdragers.example",
    }  # fmt: skip
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Legal form").select_option("vzw")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("E-mail")).to_have_value("wim@waterdragers.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def complete_the_particulars(page: Page) -> None:
    """Say who can be reached and who may sign; the first telephone number is wrong, and nothing typed is lost."""
    page.goto("/applications/")
    page.get_by_role("link", name="De Waterdragers").click()
    page.get_by_role("link", name="Say who can be reached").click()
    page.get_by_label("Contact person", exact=True).fill("Wim Water")
    page.get_by_label("E-mail address of the contact person").fill("info@waterdragers.example")
    page.get_by_label("Telephone").fill("bel mij")
    page.get_by_label("Legal signatory").fill("Ida Zee")
    page.get_by_label("Function of the signatory").fill("Voorzitter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("is not a telephone number")
    assert faults(page) == []
    page.get_by_label("Telephone").fill("02 123 45 67")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ida Zee, Voorzitter")).to_be_visible()
    assert faults(page) == []


def test_two_of_the_office_check_an_account_number(visit: Visit, clock: Clock, tmp_path: Path) -> None:
    a_call()
    owner = visit("/", javascript=False)  # all of it works without
    register(owner, a_number())
    done_confirming()
    owner.goto("/applications/")
    owner.get_by_role("link", name="De Waterdragers").click()
    owner.get_by_role("link", name="Give the account").click()
    attest = tmp_path / "attest.pdf"
    attest.write_bytes(one_page("Rekeninghouder: De Waterdragers"))
    owner.get_by_label("Bank account (IBAN)").fill("BE71 0961 2345 6769")
    owner.get_by_label("Certificate of the bank").set_input_files(attest)
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_role("main")).to_contain_text("BE•• •••• •••• 6769")

    first, second = an_administrator(), an_administrator()
    page = visit("/")
    check(page, first, "I have looked at it")
    expect(page.get_by_text("A colleague takes the second look")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm after a second look")).to_have_count(0)
    other = visit("/", width=375)
    check(other, second, "Confirm after a second look")
    owner.reload()
    expect(owner.get_by_role("row", name="6769")).to_contain_text("Confirmed")


def done_confirming() -> None:
    """The address is confirmed, however that came about."""
    with transaction() as session:
        person = person_by_email(session, "wim@waterdragers.example")
        assert person is not None
        person.confirmed_at = NOW
    assert asked(lambda session: person_by_email(session, "wim@waterdragers.example").confirmed_at) == NOW


def check(page: Page, clerk: Actor, button: str) -> None:
    """One look at the account that waits: the whole number, then the button."""
    with transaction() as session:
        people.set_password(session, clerk.person_id or 0, PASSWORD)
        email = people.queries.person_view(session, clerk.person_id or 0).email
    page.goto("/sign-in?language=en")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/administration/organisations")
    assert faults(page) == []
    page.get_by_role("link", name="De Waterdragers").click()
    page.get_by_role("main").get_by_role("link", name="Check", exact=True).click()
    expect(page.get_by_role("main")).not_to_contain_text("BE71 0961")
    page.get_by_role("button", name="Show the whole number").click()
    expect(page.get_by_role("main")).to_contain_text("BE71 0961 2345 6769")
    assert faults(page) == []
    page.get_by_role("button", name=button).click()
    expect(page.locator(".flash--good")).to_be_visible()
