"""Writing an application in a real browser: the line drops, the session ends, two windows meet, the script is off."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import ANSWERS, CLOSES, NOW, PASSWORD, a_call, an_application, an_association, asked, done
from tests.conftest import Clock
from tests.journeys.conftest import Visit, faults
from workflows.people import actions as people
from workflows.people import queries as people_queries
from workflows.people.tables import SignInSession
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission import queries

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NO_LINE = "() => { window.fetch = () => Promise.reject(new TypeError('no line')) }"
"""Also as the page closes: a browser that was told to be offline lets the last request of a closing page through."""
LONG = "Een waterpunt voor de hele wijk, met een comité dat het onderhoudt."


@pytest.fixture
def file() -> tuple[Actor, str]:
    """Somebody who can sign in, and their draft."""
    a_call()
    by = an_association()
    done(people.set_password, by[0].person_id or 0, PASSWORD)
    return by[0], an_application(by=by)


def enter(page: Page, actor: Actor, path: str) -> None:
    """Sign in, to this page."""
    page.goto(f"/sign-in?language=en&next={path}")
    sign_in(page, actor)
    page.wait_for_url(f"**{path}")


def sign_in(page: Page, actor: Actor) -> None:
    page.get_by_label("E-mail").fill(asked(people_queries.person_view, actor.person_id).email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def end_sessions(actor: Actor) -> None:
    def end(session: Any) -> None:
        for one in session.query(SignInSession).filter_by(person_id=actor.person_id):
            one.ended_at = NOW

    done(end)


def summary(reference: str) -> str:
    return str(asked(queries.view, reference).answers["summary"])


def kept(page: Page) -> list[str]:
    """What the browser keeps of forms."""
    found: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('oproep.draft.'))")
    return found


def test_what_is_typed_is_saved_by_itself_and_nothing_is_kept_behind(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    page = visit("/", width=375)
    enter(page, actor, f"/applications/{reference}/sections/project")
    page.get_by_label("Summary").fill(LONG)
    expect(page.get_by_text("Saved at 13:00.")).to_be_visible()
    assert (summary(reference), kept(page)) == (LONG, [])
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert faults(page) == []
    page.reload()
    expect(page.get_by_label("Summary")).to_have_value(LONG)
    expect(page.locator("[data-autosave-restored]")).to_be_hidden()


def test_a_button_pressed_while_it_saves_by_itself_meets_no_conflict(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    page = visit("/")
    enter(page, actor, f"/applications/{reference}/sections/project")
    held = []
    page.route("**/autosave", lambda route: held.append(route))
    page.get_by_label("Summary").fill("Eerst")
    page.wait_for_timeout(1600)
    page.get_by_label("Summary").fill(LONG)
    page.get_by_role("button", name="Save and continue").click()
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_url("**/sections/means")
    assert (summary(reference), kept(page)) == (LONG, [])


def test_a_line_that_drops_is_said_and_what_was_typed_survives_the_browser(
    visit: Visit, file: tuple[Actor, str]
) -> None:
    actor, reference = file
    path = f"/applications/{reference}/sections/project"
    page = visit("/")
    enter(page, actor, path)
    page.evaluate(NO_LINE)
    page.get_by_label("Summary").fill(LONG)
    expect(page.get_by_text("No connection.")).to_be_visible()
    assert (summary(reference), len(kept(page))) == (ANSWERS["summary"], 1)
    page.close(run_before_unload=False)  # the machine dies
    again = page.context.new_page()
    again.goto(path)
    expect(again.get_by_label("Summary")).to_have_value(LONG)
    expect(again.get_by_text("We put back what you typed here earlier")).to_be_visible()
    expect(again.get_by_text("Saved at 13:00.")).to_be_visible()
    assert (summary(reference), kept(again)) == (LONG, [])


def test_the_line_comes_back_and_it_saves_by_itself(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    page = visit("/")
    enter(page, actor, f"/applications/{reference}/sections/project")
    page.context.set_offline(True)
    page.get_by_label("Summary").fill(LONG)
    expect(page.get_by_text("No connection.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Saved at 13:00.")).to_be_visible()
    assert summary(reference) == LONG


def test_a_session_that_ended_costs_nothing(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    page = visit("/")
    enter(page, actor, f"/applications/{reference}/sections/project")
    end_sessions(actor)
    page.get_by_label("Summary").fill(LONG)
    expect(page.get_by_text("You are no longer signed in.")).to_be_visible()
    page.get_by_role("link", name="Sign in and go on").click()
    sign_in(page, actor)
    expect(page.get_by_label("Summary")).to_have_value(LONG)
    expect(page.get_by_text("Saved at 13:00.")).to_be_visible()
    assert (summary(reference), kept(page)) == (LONG, [])


def test_what_was_put_back_can_be_dropped(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    path = f"/applications/{reference}/sections/project"
    page = visit("/")
    enter(page, actor, path)
    page.evaluate(NO_LINE)
    page.get_by_label("Summary").fill("Toch niet zo")
    expect(page.get_by_text("No connection.")).to_be_visible()
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(path)
    again.get_by_role("button", name="Show what is saved instead").click()
    expect(again.get_by_label("Summary")).to_have_value(ANSWERS["summary"])
    assert kept(again) == []


def test_two_windows_on_one_section_are_told_and_both_texts_are_shown(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    path = f"/applications/{reference}/sections/project"
    first = visit("/", width=375)
    enter(first, actor, path)
    second = first.context.new_page()
    second.goto(path)
    second.get_by_label("Summary").fill("Een waterpunt voor de wijk en de school.")
    expect(second.get_by_text("Saved at 13:00.")).to_be_visible()
    first.get_by_label("Summary").fill("Een waterpunt voor het dorp.")
    expect(first.get_by_text("Somebody changed this too")).to_be_visible()
    assert faults(first) == []
    first.get_by_role("button", name="Look at both").click()
    expect(first.get_by_text("Somebody saved another answer meanwhile")).to_be_visible()
    assert first.locator(".both > div > p").all_inner_texts() == [
        "Een waterpunt voor het dorp.", "Een waterpunt voor de wijk en de school.",
    ]  # fmt: skip
    assert faults(first) == []
    assert first.evaluate("document.documentElement.scrollWidth") == 375
    first.get_by_role("textbox", name="Summary").fill("Een waterpunt voor het dorp en de school.")
    first.get_by_role("button", name="Save and stay here").click()
    expect(first.locator("[data-saved]")).to_be_visible()
    assert summary(reference) == "Een waterpunt voor het dorp en de school."
    assert kept(first) == []


def test_a_document_is_on_its_way_as_soon_as_it_is_chosen(
    visit: Visit, file: tuple[Actor, str], tmp_path: Path
) -> None:
    actor, reference = file
    page = visit("/", width=375)
    enter(page, actor, f"/applications/{reference}/sections/means")
    for name, content in (("tweede.pdf", one_page("2")), ("slecht.pdf", b"MZ")):
        (tmp_path / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files([tmp_path / "tweede.pdf", tmp_path / "slecht.pdf"])
    expect(page.get_by_role("link", name="tweede.pdf", exact=True)).to_be_visible()
    expect(page.locator("[data-refusal]")).to_contain_text("slecht.pdf: We do not take this kind of file")
    names = sorted(one.name for one in asked(queries.view, reference).attachments)
    assert names == ["begroting.pdf", "tweede.pdf"]
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.context.set_offline(True)
    (tmp_path / "derde.pdf").write_bytes(one_page("3"))
    page.locator("input[type=file]").set_input_files(tmp_path / "derde.pdf")
    expect(page.locator("[data-refusal]")).to_contain_text("derde.pdf was not sent")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save and stay here").click()  # it stayed chosen, and goes with the page
    expect(page.locator("[data-saved]")).to_be_visible()
    assert len(asked(queries.view, reference).attachments) == 3


def test_the_deadline_passes_while_somebody_types(visit: Visit, file: tuple[Actor, str], clock: Clock) -> None:
    actor, reference = file
    page = visit("/")
    enter(page, actor, f"/applications/{reference}/sections/project")
    clock.now = CLOSES
    page.get_by_label("Summary").fill(LONG)
    expect(page.get_by_text("The call closed on 15 December 2026 at 16:00.")).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value(LONG)
    assert summary(reference) == ANSWERS["summary"]


def test_without_a_script_a_session_that_ended_costs_nothing_either(visit: Visit, file: tuple[Actor, str]) -> None:
    actor, reference = file
    page = visit("/", javascript=False)
    enter(page, actor, f"/applications/{reference}/sections/project")
    page.get_by_label("Summary").fill(LONG)
    end_sessions(actor)
    page.get_by_role("button", name="Save and go to the overview").click()
    sign_in(page, actor)
    expect(page.get_by_role("heading", level=1)).to_have_text("What you typed is not saved yet")
    page.get_by_role("button", name="Save what I typed").click()
    page.wait_for_url(f"**/applications/{reference}")
    assert summary(reference) == LONG


@pytest.mark.parametrize("javascript", [True, False])
def test_a_change_of_language_loses_nothing_that_was_typed(
    visit: Visit, file: tuple[Actor, str], javascript: bool
) -> None:
    actor, reference = file
    page = visit("/", javascript=javascript)
    enter(page, actor, f"/applications/{reference}/sections/project")
    page.get_by_label("Summary").fill(LONG)
    page.get_by_label("Title").fill("x" * 81)  # one that is refused
    page.get_by_role("button", name="FR").click()
    expect(page.get_by_label("Résumé")).to_have_value(LONG)
    expect(page.get_by_label("Titre")).to_have_value("x" * 81)
    assert summary(reference) == LONG


def test_a_change_of_language_on_any_page_takes_along_what_was_typed_but_no_password(visit: Visit) -> None:
    page = visit("/register?language=en")
    page.get_by_label("Your name").fill("Wim Water")
    page.get_by_label("Legal form").select_option("vzw")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="FR").click()
    expect(page.get_by_label("Votre nom")).to_have_value("Wim Water")
    expect(page.get_by_label("Forme juridique")).to_have_value("vzw")
    expect(page.locator("input[type=password]")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0
