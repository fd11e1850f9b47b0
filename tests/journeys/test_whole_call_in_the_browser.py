"""A whole call acted in a real browser by everybody in it, mistakes included."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import CLOSES, DAY, PASSWORD, a_call, a_number, a_person, an_administrator, an_expert
from tests.conftest import Clock
from tests.journeys.conftest import Visit, faults, follow_the_newest_link
from workflows.database import transaction
from workflows.people import actions as people
from workflows.permissions import SYSTEM, Actor, Duty, Role
from workflows.replay.paper import one_page
from workflows.scoring import actions as scoring

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def a_judge(duty: Duty) -> Actor:
    """A juror or expert on the panel of the call."""
    judge = an_expert() if duty is Duty.EXPERT else a_person(Role.JUROR)
    with transaction() as session:
        scoring.appoint(session, SYSTEM, "small", judge.person_id or 0, duty, now=CLOSES - DAY)
    return judge


def sign_in(page: Page, actor: Actor) -> None:
    """Sign in by the form, as anybody would."""
    with transaction() as session:
        people.set_password(session, actor.person_id or 0, PASSWORD)
        email = people.queries.person_view(session, actor.person_id or 0).email
    page.goto("/sign-in?language=en")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def test_an_association_applies_and_everybody_does_their_part_up_to_the_letter(
    visit: Visit, clock: Clock, tmp_path: Path
) -> None:
    a_call()
    administrator, expert = an_administrator(), a_judge(Duty.EXPERT)
    jurors = [a_judge(Duty.JURY), a_judge(Duty.JURY)]

    association = visit("/calls/small", width=375)
    expect(association.get_by_role("heading", level=1)).to_have_text("Small call")
    register(association)
    reference = apply(association, tmp_path)

    clock.now = CLOSES + DAY
    office = visit("/")
    sign_in(office, administrator)
    admit(office)
    assign(office)
    judge(visit, jurors[0], "jury", reference)
    preview = visit("/")
    sign_in(preview, administrator)
    preview.goto("/administration/calls/small/allocation")
    expect(preview.get_by_text("Not fully scored yet")).to_be_visible()

    judge(visit, jurors[1], "jury", reference)
    judge(visit, expert, "expertise", reference)
    clock.now = CLOSES + 2 * DAY
    office.goto("/administration/calls/small/allocation")
    assert faults(office) == []
    office.get_by_role("button", name="Decide").click()
    expect(office.get_by_text("The allocation is decided.")).to_be_visible()

    clock.now = CLOSES + 3 * DAY
    release(office)
    read_the_letter(association, reference)
    stranger = visit("/calls/small/results", language="fr")
    expect(stranger.locator("main")).to_contain_text("Waterpunt")
    assert faults(stranger) == []


def register(page: Page) -> None:
    """Open an account; the first enterprise number is wrong, and nothing typed is lost."""
    page.goto("/register?language=en")
    page.get_by_label("Enterprise number").fill("0123.456.789")
    page.get_by_label("Name of the organisation").fill("De Waterdragers")
    page.get_by_label("Legal form").select_option("vzw")
    page.get_by_label("Street and number").fill("Kanaalstraat 1")
    page.get_by_label("Postal code").fill("1080")
    page.get_by_label("Town").fill("Molenbeek")
    page.get_by_label("Your name").fill("Wim Water")
    page.get_by_label("E-mail").fill("wim@waterdragers.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_role("alert")).to_contain_text("is not a Belgian enterprise number")
    expect(page.get_by_label("Name of the organisation")).to_have_value("De Waterdragers")
    assert page.title().startswith("Error")
    assert faults(page) == []
    page.get_by_label("Enterprise number").fill(a_number())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.wait_for_url("**/register/sent")
    follow_the_newest_link(page, "Confirm your e-mail address")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="This address is mine").click()
    page.wait_for_url("**/applications/")


def apply(page: Page, folder: Path) -> str:
    """Fill in the form on a phone, ask too much once, submit twice; the reference."""
    page.goto("/applications/start/small")
    page.get_by_label("Nederlands").check()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/applications/S26-*")
    reference = page.url.rsplit("/", 1)[-1]
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.get_by_role("link", name="The project").click()
    page.get_by_label("Title").fill("Waterpunt")
    page.get_by_label("Summary").fill("Een waterpunt voor de wijk.")
    page.get_by_label("Kinshasa").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Amount requested").fill("25.000,01")
    budget = folder / "budget.pdf"
    budget.write_bytes(one_page("Budget"))
    page.locator("input[type=file]").set_input_files(budget)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("For your type of organisation the most in this call is €25,000")
    page.get_by_label("Amount requested").fill("25 000")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/check")
    assert faults(page) == []
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Submit the application").dblclick()
    page.wait_for_url("**/receipt")
    expect(page.locator("main")).to_contain_text(f"{reference}/1/")
    return reference


def admit(page: Page) -> None:
    """The file is clean: the administrator admits it in bulk."""
    page.goto("/administration/calls/small/screening")
    expect(page.locator("main")).to_contain_text("Waterpunt")
    page.get_by_role("button", name="Look at the clean file and declare it eligible").click()
    page.get_by_role("button", name="Declare the ticked file eligible").click()
    expect(page.locator(".flash--good")).to_be_visible()


def assign(page: Page) -> None:
    """The suggestion is looked at, and applied as it was shown, for the jury and for the experts."""
    for duty in ("jury", "expert"):
        page.goto(f"/administration/calls/small/assignment/suggestion/{duty}")
        page.get_by_role("button", name="Assign the ticked pairs").click()
        expect(page.locator(".flash--good")).to_be_visible()


def judge(visit: Visit, actor: Actor, door: str, reference: str) -> None:
    """A juror or expert declares to have no conflict and marks the file; the first try lacks a mark."""
    page = visit("/")
    sign_in(page, actor)
    page.goto(f"/{door}/{reference}")
    assert faults(page) == []
    page.get_by_role("button", name="Declare this and open the file").click()
    page.get_by_role("button", name="Submit review").click()
    expect(page.get_by_role("alert")).to_be_visible()
    for group in page.locator("fieldset.score").all():
        group.get_by_role("radio").nth(4).check(force=True)
    if door == "expertise":
        page.get_by_role("textbox", name="Your opinion").fill("Degelijk begroot.")
        page.get_by_label("Favourable", exact=True).check()
    page.get_by_role("button", name="Submit review").click()
    expect(page.locator("main")).to_contain_text("Submitted")
    assert faults(page) == []


def release(page: Page) -> None:
    """The held letter is there once it is made; the administrator lets it go."""
    page.goto("/administration/calls/small/letters")
    button = page.get_by_role("button", name="Release")
    for _ in range(20):
        if button.count() and page.get_by_text("Ready").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    button.click()
    expect(page.locator(".flash--good")).to_be_visible()


def read_the_letter(page: Page, reference: str) -> None:
    """The association finds its letter, in the language of the file, and the PDF with it."""
    page.goto(f"/applications/{reference}")
    page.get_by_role("link", name="Toekenning").first.click()
    expect(page.locator("main")).to_contain_text("€ 25.000")
    assert page.locator("main [lang=nl]").count() >= 1
    assert faults(page) == []
    answer = page.request.get(page.url + ".pdf")
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
