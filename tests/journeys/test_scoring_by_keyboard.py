"""A juror scores twenty files without touching the mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.journeys.conftest import Visit, faults
from tests.journeys.test_whole_call_in_the_browser import sign_in
from workflows.database import reading
from workflows.permissions import Actor, Duty, Role
from workflows.scoring import queries

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILES = 20


def test_twenty_files_are_scored_with_the_keys_in_two_strokes_a_criterion(visit: Visit) -> None:
    juror = twenty_files()
    page = visit("/")
    sign_in(page, juror)
    page.goto("/jury/")
    expect(page.get_by_text(f"0 of {FILES}")).to_be_visible()
    tab_to(page, "Open the next file")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conflict")
    tab_to(page, "Declare this and open the file")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Work with the keys")).to_be_visible()
    assert faults(page) == []
    for number in range(1, FILES + 1):
        for key in ("j", "4", "j", "5", "j"):
            page.keyboard.press(key)
        if number == 1:
            note(page)
        expect(page.get_by_role("button", name="Submit review")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Your review is submitted.")).to_be_visible()
        expect(page.get_by_text(f"{number} of {FILES}", exact=True)).to_be_visible()
        if number < FILES:
            page.keyboard.press("u")
            expect(page.get_by_role("button", name="Submit review")).to_be_visible()
            expect(page.locator("[data-key-help]")).to_be_visible()  # the script is there
    with reading() as session:
        done = [item.review for item in queries.queue(session, juror, Duty.JURY)]
    assert [review.marks for review in done] == [{"relevance": 4, "feasibility": 5}] * FILES
    assert sorted(filter(None, (review.comments.get("feasibility") for review in done))) == ["Zeer goed: 10 op 10"]


def note(page: Page) -> None:
    """Remark on the last criterion: its letters and digits are the remark's, none is taken for a command."""
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("Zeer goed: 10 op 10")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Only you can see it.", exact=False).first).to_be_visible()
    expect(page.locator("[data-autosave-words]")).to_have_text(re.compile(r"Saved at"))
    page.keyboard.press("j")


def test_the_keys_can_be_switched_off_and_a_draft_survives_going_on(visit: Visit) -> None:
    juror = twenty_files(2, undeclared=0)
    page = visit("/")
    sign_in(page, juror)
    with reading() as session:
        first, second = sorted(item.reference for item in queries.queue(session, juror, Duty.JURY))
    page.goto(f"/jury/{second}")
    page.keyboard.press("j")
    page.keyboard.press("3")
    page.keyboard.press("p")  # at once, before anything is saved
    page.wait_for_url(f"**/jury/{first}")
    page.keyboard.press("n")
    page.wait_for_url(f"**/jury/{second}")
    expect(page.locator("input[name=mark-relevance]:checked")).to_have_value("3")
    page.get_by_role("button", name="Work with the keys").press("Enter")
    page.locator("input[name=mark-relevance]:checked").focus()
    page.keyboard.press("5")
    page.keyboard.press("p")
    expect(page.locator("input[name=mark-relevance]:checked")).to_have_value("3")


def twenty_files(count: int = FILES, undeclared: int = 1) -> Actor:
    """A juror with so many files; in all but the first `undeclared` they declared to have no conflict of interest."""
    builders.a_call()
    juror = builders.a_person(Role.JUROR, language="en")
    by = builders.an_association()
    for number in range(count):
        builders.assign(builders.an_application("eligible", by=by), juror, declared=number >= undeclared)
    return juror


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the link or button of this name has the focus."""
    for _stop in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == name:
            return
    raise AssertionError(f"no way to {name} by keyboard")
