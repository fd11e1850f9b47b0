"""The office asks for a missing document; the association answers on a telephone, once without a script; messages."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    PASSWORD,
    a_call,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
)
from tests.conftest import Clock
from tests.journeys.conftest import Visit, faults
from workflows.people import actions as people
from workflows.people import queries as people_queries
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission.queries import receipts, view

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TELEPHONE = 375


@pytest.fixture
def world(clock: Clock) -> tuple[Actor, Actor, str]:
    """Somebody of an association, an administrator, and a file that was submitted to a call that has closed since."""
    a_call()
    by, office = an_association(), an_administrator()
    for who in (by[0], office):
        done(people.set_password, who.person_id or 0, PASSWORD)
    reference = an_application("submitted", by=by, now=NOW)
    clock.now = CLOSES + DAY
    return by[0], office, reference


def enter(page: Page, who: Actor, path: str) -> Page:
    """Sign in, to this page."""
    page.goto(f"/sign-in?language=en&next={path}")
    page.get_by_label("E-mail").fill(asked(people_queries.person_view, who.person_id).email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")
    return page


def ask_for_the_budget(page: Page, reference: str) -> None:
    page.get_by_role("link", name="Ask for what is missing").click()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one question to be completed.")
    assert faults(page) == []
    page.get_by_label("Begroting").or_(page.get_by_label("Budget")).check()
    page.get_by_label("Explanation").fill("De begroting is onleesbaar.\n\nStuur een betere.")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url(f"**/administration/files/{reference}")
    expect(page.locator("#requests")).to_contain_text("Waiting for the answer")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_missing_document_is_asked_for_answered_on_a_telephone_and_seen_as_a_difference(
    visit: Visit, world: tuple[Actor, Actor, str], tmp_path: Path, javascript: bool
) -> None:
    us, office, reference = world
    desk = enter(visit(), office, f"/administration/files/{reference}")
    ask_for_the_budget(desk, reference)
    assert faults(desk) == []

    phone = enter(visit(width=TELEPHONE, javascript=javascript), us, "/applications/")
    phone.get_by_role("link", name="Complete “Waterpunt”").click()
    expect(phone.get_by_text("De begroting is onleesbaar.")).to_be_visible()
    expect(phone.get_by_label("Title")).to_have_count(0)
    better = tmp_path / "beter.pdf"
    better.write_bytes(one_page("Betere begroting"))
    phone.locator("input[type=file]").set_input_files(better)
    phone.get_by_label("Remove begroting.pdf").check()
    if javascript:
        assert faults(phone) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= TELEPHONE
    phone.get_by_role("button", name="Save and send later").click()
    expect(phone.get_by_text("Saved, and not sent yet.")).to_be_visible()
    assert [one.name for one in asked(view, reference).attached("budget")] == ["begroting.pdf"]
    phone.get_by_role("button", name="Send the answer").click()
    phone.wait_for_url(f"**/applications/{reference}/receipt")
    assert [one.name for one in asked(view, reference).attached("budget")] == ["beter.pdf"]
    last = asked(receipts, asked(view, reference).id)[0]
    expect(phone.get_by_text(last.number).first).to_be_visible()

    desk.reload()
    expect(desk.locator("#requests")).to_contain_text("Answered")
    expect(desk.locator("#requests .both")).to_contain_text("begroting.pdf")
    expect(desk.locator("#requests .both")).to_contain_text("beter.pdf")
    assert faults(desk) == []


def test_a_question_is_asked_on_a_telephone_and_answered_by_the_office(
    visit: Visit, world: tuple[Actor, Actor, str]
) -> None:
    us, office, reference = world
    phone = enter(visit(width=TELEPHONE), us, f"/applications/{reference}/messages")
    phone.get_by_label("Your message").fill("Wanneer weten we meer?\nEn hoe?")
    assert faults(phone) == []
    phone.get_by_role("button", name="Send the message").click()
    expect(phone.get_by_text("Your message is sent.")).to_be_visible()

    desk = enter(visit(), office, "/administration/")
    desk.get_by_role("link", name="1 unanswered message").click()
    assert faults(desk) == []
    desk.get_by_role("link", name=reference).click()
    expect(desk.get_by_text("Wanneer weten we meer?")).to_be_visible()
    desk.get_by_label("Your message").fill("In januari, per brief.")
    assert faults(desk) == []
    desk.get_by_role("button", name="Send the message").click()
    expect(desk.get_by_text("the association gets it by e-mail too")).to_be_visible()

    phone.goto("/applications/")
    phone.get_by_role("link", name="Read what the administration writes").click()
    expect(phone.locator("#last")).to_contain_text("In januari, per brief.")
    expect(phone.locator("#last")).to_contain_text("New")
    assert phone.evaluate("document.documentElement.scrollWidth") <= TELEPHONE
    assert faults(phone) == []
