"""A form with every kind of question, filled in by hand in a browser: with the script, and without it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import NOW, a_call, an_association, asked, done
from tests.every_kind import FULL, every_kind
from tests.journeys.conftest import Visit, faults
from tests.journeys.test_whole_call_in_the_browser import sign_in
from tests.journeys.test_writing_an_application import NO_LINE
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def begin() -> tuple[Actor, str]:
    """Somebody of an association with an empty draft."""
    a_call(every_kind())
    actor, organisation = an_association()
    return actor, done(submission.start, actor, "every", organisation, "nl", now=NOW)


def sound(page: Page) -> None:
    """Nothing is wrong with the page for anybody, and it fits its screen."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def fill_in_the_project(page: Page) -> None:
    page.get_by_label("Title").fill("Waterpunt")
    page.get_by_label("Summary").fill("Een waterpunt voor de wijk.")
    page.get_by_label("Kinshasa").check()
    for group, day in (("First day", ("1", "9", "2027")), ("Last day", ("31", "8", "2028"))):
        for label, value in zip(("Day", "Month", "Year"), day, strict=True):
            page.get_by_role("group", name=group).get_by_label(label).fill(value)
    page.get_by_label("How many people?").fill("120")
    goals = page.get_by_role("group", name="Goals", exact=True)
    goals.get_by_label("6. Clean water and sanitation").check()
    goals.get_by_label("10. Reduced inequalities").check()
    page.get_by_role("group", name="Main goal").get_by_label("6. Clean water and sanitation").check()


def test_the_script_shows_what_an_answer_brings_adds_rows_and_counts_along(visit: Visit, tmp_path: Path) -> None:
    actor, reference = begin()
    page = visit("/", width=375)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, actor)

    page.goto(f"/applications/{reference}/sections/project")
    page.get_by_label("Title").fill("ɛ́quipe 👩‍🌾")
    expect(page.get_by_text("72 characters left").first).to_be_visible()
    fill_in_the_project(page)
    sound(page)
    page.get_by_role("button", name="Save and continue").click()

    page.wait_for_url("**/sections/partners*")
    expect(page.get_by_role("group", name="Themes")).to_be_hidden()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Water").check()
    expect(page.get_by_role("group", name="Do you have a permit?")).to_be_visible()
    page.get_by_label("Yes, enclosed").check()
    expect(page.locator("input[type=file]")).to_be_attached()
    page.get_by_role("group", name="Do you work with partners?").get_by_label("No").check()
    expect(page.get_by_role("group", name="Do you have a permit?")).to_be_hidden()
    page.get_by_role("group", name="Do you work with partners?").get_by_label("Yes").check()
    page.get_by_label("Water").uncheck()
    page.get_by_label("Work", exact=True).check()
    rows(page)
    sound(page)
    page.get_by_role("button", name="Save and continue").click()

    page.wait_for_url("**/sections/means")
    budget(page)
    expect(page.locator("[data-sum-of=requested]")).to_have_text("€15,000")
    page.get_by_label("Own means").fill("1.000")
    expect(page.locator("[data-sum-of=requested]")).to_have_text("…")
    page.get_by_label("Own means").fill("1 000,00")
    sound(page)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/check")
    sound(page)
    kept = asked(queries.view, reference)
    assert {key: value for key, value in kept.answers.items() if key in ("period", "goals", "main-goal", "themes")} == {
        key: FULL[key] for key in ("period", "goals", "main-goal", "themes")
    }
    assert [(row["name"], row["role"]) for row in kept.answers["partner-list"]] == [
        ("Eau Vive", "builds"), ("École Verte", "teaches"),
    ]  # fmt: skip
    assert (kept.requested, complaints) == (1_500_000, [])
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Submit the application").click()
    page.wait_for_url("**/receipt")


def rows(page: Page) -> None:
    """Three rows are added, and the one in the middle is taken away again."""
    row = page.get_by_role("group", name="Row", exact=False)
    for number, (name, role) in enumerate((("Eau Vive", "Builds"), ("Fout", "Builds"), ("École Verte", "Teaches"))):
        if number:
            page.get_by_role("button", name="Add another").click()
            expect(row).to_have_count(number + 1)
        row.nth(number).get_by_label("Name").fill(name)
        row.nth(number).get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Remove Row 2").click()
    expect(row).to_have_count(2)
    expect(row.nth(1)).to_contain_text("Row 2")


def budget(page: Page) -> None:
    for heading, label, amount in (
        ("Activities", "Waterpunt", "15.000,00"), ("Travel", "Treinen", "1000"), ("Structure", "Kantoor", "€ 1 000"),
    ):  # fmt: skip
        line = page.get_by_role("group", name=f"{heading}, Line 1")
        line.get_by_label("Description").fill(label)
        line.get_by_label("Amount").fill(amount)
    page.get_by_label("Own means").fill("1000")
    funder = page.get_by_role("group", name="Funder 1")
    funder.get_by_label("Name").fill("Gemeente")
    funder.get_by_label("Amount").fill("1000")
    funder.get_by_label("Certain?").select_option("Yes, acquired")


def test_without_javascript_rows_and_brought_questions_come_by_saving(visit: Visit, tmp_path: Path) -> None:
    actor, reference = begin()
    page = visit("/", width=375, javascript=False)
    sign_in(page, actor)
    page.goto(f"/applications/{reference}/sections/project")
    fill_in_the_project(page)
    page.get_by_role("button", name="Save and continue").click()

    expect(page.get_by_role("group", name="Themes")).to_be_hidden()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("main")).to_contain_text("Because of your answers there is something more to fill in here.")
    row = page.get_by_role("group", name="Row", exact=False)
    for number, name in enumerate(("Eau Vive", "Fout", "École Verte")):
        if number:
            page.get_by_role("button", name="Add another").click()
            expect(row).to_have_count(number + 1)
        row.nth(number).get_by_label("Name").fill(name)
        row.nth(number).get_by_label("Role").select_option("Builds")
    page.get_by_role("button", name="Remove Row 2").click()
    expect(row).to_have_count(2)
    page.get_by_label("Water").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Yes, enclosed").check()
    page.get_by_role("button", name="Save and continue").click()
    permit = tmp_path / "vergunning.pdf"
    permit.write_bytes(one_page("Vergunning"))
    page.locator("input[type=file]").set_input_files(permit)
    page.get_by_role("button", name="Save and continue").click()

    budget(page)
    page.get_by_role("button", name="Save and stay here").click()
    expect(page.locator("[data-sum-of=requested]")).to_have_text("€15,000")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Submit the application").click()
    expect(page.locator("main")).to_contain_text(f"{reference}/1/")
    file = asked(queries.view, reference)
    assert [row["name"] for row in file.answers["partner-list"]] == ["Eau Vive", "École Verte"]
    assert ([one.name for one in file.attachments], file.requested) == (["vergunning.pdf"], 1_500_000)


def test_rows_that_were_not_saved_come_back_with_what_was_typed_in_them(visit: Visit) -> None:
    actor, reference = begin()
    path = f"/applications/{reference}/sections/partners"
    page = visit("/")
    sign_in(page, actor)
    page.goto(path)
    page.get_by_label("Yes", exact=True).check()
    expect(page.get_by_text("Saved at 13:00.")).to_be_visible()
    page.evaluate(NO_LINE)
    group = page.locator("[data-rows]").first
    for _ in range(2):
        group.locator("> [data-add-row]").click()
    for number, name in enumerate(("Een", "Twee", "Drie")):
        group.locator("> [data-row]").nth(number).locator("input[type=text]").first.fill(name)
    group.locator("> [data-row]").nth(1).locator("[data-remove-row]").click()
    expect(page.get_by_text("No connection.")).to_be_visible()
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(path)

    expect(again.get_by_text("We put back what you typed here earlier")).to_be_visible()
    found = again.evaluate(
        "[...document.querySelector('[data-rows]').querySelectorAll(':scope > [data-row]')]"
        ".map((row) => row.querySelector('input[type=text]').value)"
    )
    assert found == ["Een", "Drie"]
