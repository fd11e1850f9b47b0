"""Ada prepares next year's call on the screens only: copies, edits every kind of part, publishes, changes, extends."""

import re

import pytest
from playwright.sync_api import Page, expect

from config.settings import CALLS
from tests.builders import PASSWORD, a_call, an_administrator, asked, done
from tests.conftest import Clock
from tests.journeys.conftest import Visit, faults
from workflows.calls.queries import call_view, terms_of
from workflows.calls.rules import Stage, read_terms
from workflows.people import actions as people
from workflows.people.queries import person_view
from workflows.permissions import Actor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SETUP = "/administration/calls/zuid-2027/setup"


def sign_in(page: Page, who: Actor) -> None:
    """Sign in with a password, reading English."""
    assert who.person_id is not None
    done(people.set_password, who.person_id, PASSWORD)
    page.goto("/sign-in?language=en")
    page.fill('[name="email"]', asked(person_view, who.person_id).email)
    page.fill('[name="password"]', PASSWORD)
    page.press('[name="password"]', "Enter")
    page.wait_for_url(re.compile(r"/(?!sign-in)"))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Kept. It holds once")).to_be_visible()


def day(page: Page, name: str, *parts: str) -> None:
    for box, text in zip(("day", "month", "year"), parts, strict=True):
        page.locator(f'[id="{name}-{box}"]').fill(text)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_call_is_copied_edited_published_changed_and_extended(
    visit: Visit, clock: Clock, *, javascript: bool
) -> None:
    a_call(read_terms((CALLS / "zuid-2026.toml").read_text(encoding="utf-8"), "zuid-2026.toml"))
    ada = an_administrator()
    page = visit("/", width=375 if javascript else 1200, javascript=javascript)
    sign_in(page, ada)
    page.goto("/administration/calls/new")
    page.get_by_role("link", name="Call for projects South 2026").click()
    page.get_by_role("button", name="Make the call").click()
    expect(page.get_by_text("Nothing is wrong with this call")).to_be_visible()
    edit_every_kind_of_part(page)
    see_a_problem_and_solve_it(page)
    if javascript:
        assert faults(page) == []
    page.goto("/calls/zuid-2027/preview")
    expect(page.get_by_text("Preview.", exact=True)).to_be_visible()
    page.goto(SETUP)
    page.get_by_role("button", name="Publish the call").click()
    expect(page.get_by_text("The call is published.")).to_be_visible()
    terms = asked(terms_of, "zuid-2027")
    assert (terms.closes_at.isoformat(), terms.applicants[0].ceiling_cents) == ("2028-02-04T17:30:00", 9_000_000)
    assert (terms.zones[-1].code, terms.criteria[0].weight, terms.criteria[1].weight) == ("KIG", 25, 30)
    assert [one.label.en for one in terms.sections[0].questions][-1] == "Number of volunteers"
    change_with_a_reason(page)
    clock.now = terms.opens
    sign_in(page, ada)  # a year later nobody is signed in any more
    extend(page)
    assert asked(call_view, "zuid-2027", clock.now).stage is Stage.OPEN


def edit_every_kind_of_part(page: Page) -> None:
    page.goto(f"{SETUP}/dates")
    day(page, "closes_at", "4", "2", "2028")
    page.fill('[name="closes_at.time"]', "17:30")
    save(page)
    page.goto(f"{SETUP}/applicants")
    page.fill('[name="applicants.0.ceiling_cents"]', "€ 90 000")
    save(page)
    page.goto(f"{SETUP}/zones")
    page.get_by_role("button", name="Add to “Zones”").click()
    page.fill('[name="code"]', "KIG")
    for code, text in (("nl", "Kigali"), ("fr", "Kigali"), ("en", "Kigali")):
        page.fill(f'[name="name.{code}"]', text)
    page.get_by_role("button", name="Add to “Places”").click()
    page.fill('[name="places.0.name.nl"]', "Nyarugenge")
    page.fill('[name="places.0.name.fr"]', "Nyarugenge")
    page.fill('[name="places.0.name.en"]', "Nyarugenge")
    save(page)
    page.goto(f"{SETUP}/criteria")
    for verb in ("down", "up"):  # a click on the list reaches its buttons, and leaves the order as it was
        page.locator(f'button[value="{verb}:criteria:{0 if verb == "down" else 1}"]').click()
    for at, weight in ((0, "25"), (1, "30")):
        page.goto(f"{SETUP}/criteria/criteria.{at}")
        page.fill('[name="weight"]', weight)
        save(page)
    page.goto(f"{SETUP}/letters/letters.award")
    page.fill('[name="subject.nl"]', "Goed nieuws over {reference}")
    save(page)
    expect(page.get_by_role("heading", name=re.compile("Goed nieuws over Z27-0001"))).to_be_visible()


def see_a_problem_and_solve_it(page: Page) -> None:
    """A new question is not complete at once; the page says what it lacks, each with a link to its field."""
    page.goto(f"{SETUP}/form/sections.0")
    page.get_by_role("button", name="Add to “Questions”").click()
    page.fill('[name="label.nl"]', "Aantal vrijwilligers")
    save(page)
    page.goto(SETUP)
    expect(page.get_by_text("problems to solve")).to_be_visible()
    page.get_by_role("link", name="How it is answered: not filled in yet.").click()
    page.select_option('[name="kind"]', "number")
    page.fill('[name="label.fr"]', "Nombre de bénévoles")
    page.fill('[name="label.en"]', "Number of volunteers")
    save(page)
    page.goto(SETUP)
    expect(page.get_by_text("Nothing is wrong with this call")).to_be_visible()


def change_with_a_reason(page: Page) -> None:
    page.goto(f"{SETUP}/money/envelopes.0")
    page.fill('[name="amount_cents"]', "650.000,00")
    save(page)
    page.goto(SETUP)
    page.get_by_role("button", name="See the changes and take them over").click()
    page.get_by_role("button", name="Take the changes over").click()
    expect(page.get_by_role("link", name=re.compile("reason", re.IGNORECASE))).to_be_visible()
    page.fill('[name="reason"]', "Begroting goedgekeurd / Budget approuvé")
    page.get_by_role("button", name="Take the changes over").click()
    expect(page.get_by_text("Version 3 of the terms holds from now on.")).to_be_visible()
    page.goto("/calls/zuid-2027")
    expect(page.get_by_text("€600,000 became €650,000")).to_be_visible()


def extend(page: Page) -> None:
    page.goto("/administration/calls/zuid-2027/extension")
    day(page, "closes_at", "11", "2", "2028")
    page.fill('[name="reason"]', "Staking bij de post / Grève de la poste")
    page.get_by_role("button", name="Extend the deadline").click()
    expect(page.get_by_text("The deadline is extended for everybody")).to_be_visible()
    page.goto("/calls/zuid-2027")
    told = "The closing moved from 4 February 2028 at 17:30 to 11 February 2028 at 17:30."
    expect(page.get_by_text(told)).to_be_visible()
