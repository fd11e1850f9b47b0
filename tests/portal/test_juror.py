"""What a juror can do behind the door of the jury, and what stays out of sight."""

import re

import pytest
from flask.testing import FlaskClient

from tests import builders
from tests.conftest import Clock
from workflows.calls.terms import Terms
from workflows.database import reading
from workflows.history import entries
from workflows.lifecycle import Event
from workflows.permissions import Actor, Duty, Role
from workflows.scoring import queries
from workflows.scoring.queries import ReviewView

WHOLE = {"mark-relevance": "4", "mark-feasibility": "3", "comment-relevance": "Sterk punt.", "version": "0"}


@pytest.fixture
def juror(settings: object) -> Actor:
    builders.a_call()
    return builders.a_person(Role.JUROR, language="en")


@pytest.fixture
def file(juror: Actor) -> str:
    """An eligible file on the juror's list."""
    reference = builders.an_application("eligible", {"title": "Waterpunt", "contact": "Geheim Contact"})
    builders.assign(reference, juror)
    return reference


@pytest.fixture
def browser(client: FlaskClient, juror: Actor) -> FlaskClient:
    return builders.sign_in(client, juror)


def review(juror: Actor, reference: str) -> ReviewView:
    with reading() as session:
        return queries.assigned_file(session, juror, reference, Duty.JURY)[1]


def events(reference: str) -> list[Event]:
    with reading() as session:
        return [entry.event for entry in entries(session, f"application:{reference}")]


def test_the_list_says_how_many_files_are_done_and_leads_to_the_next(
    browser: FlaskClient, juror: Actor, file: str
) -> None:
    second = builders.an_application("eligible", {"title": "Werkplaats"})
    builders.assign(second, juror)
    browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    page = browser.get("/jury/").text
    assert "1 of 2" in page
    assert re.search(rf'href="/jury/{second}"[^>]*govuk-button', page)
    assert page.index("Werkplaats") < page.index("Waterpunt")


def test_a_juror_without_files_is_told_so(browser: FlaskClient) -> None:
    assert "No files have been given to you yet" in browser.get("/jury/").text


def test_the_file_shows_the_answers_the_jury_may_read_and_no_other(browser: FlaskClient, file: str) -> None:
    page = browser.get(f"/jury/{file}").text
    assert "Een waterpunt voor de wijk." in page
    assert "€20,000" in page
    assert "Geheim Contact" not in page


def test_only_the_criteria_of_the_jury_are_asked(browser: FlaskClient, file: str) -> None:
    page = browser.get(f"/jury/{file}").text
    assert sorted(set(re.findall(r'name="(mark-[a-z]+)"', page))) == ["mark-feasibility", "mark-relevance"]


def test_a_draft_is_kept_and_comes_back(browser: FlaskClient, juror: Actor, file: str) -> None:
    answer = browser.post(f"/jury/{file}", data={"mark-relevance": "4", "version": "0", "do": "draft"})
    assert (answer.status_code, answer.location) == (302, f"/jury/{file}")
    kept = review(juror, file)
    assert (kept.marks, kept.submitted_at) == ({"relevance": 4}, None)
    page = browser.get(f"/jury/{file}").text
    assert re.search(r'name="mark-relevance"[^>]*value="4" checked', page)
    assert "2.4</output> / 5" in page  # 3 × 4/5 of the weights 3 + 2
    assert "Draft" in browser.get("/jury/").text


def test_a_mark_out_of_scale_is_refused_and_the_rest_stays_typed(browser: FlaskClient, juror: Actor, file: str) -> None:
    typed = {"mark-relevance": "9", "mark-feasibility": "3", "comment-relevance": "Lang & <breed>", "version": "0"}
    answer = browser.post(f"/jury/{file}", data={**typed, "do": "draft"})
    assert answer.status_code == 422
    assert "9 is outside the scale: give a whole mark from 0 to 5." in answer.text
    assert "Lang &amp; &lt;breed&gt;" in answer.text
    assert re.search(r'name="mark-feasibility"[^>]*value="3" checked', answer.text)
    assert review(juror, file).row_version == 0


def test_every_missing_mark_is_named_at_once(browser: FlaskClient, juror: Actor, file: str) -> None:
    answer = browser.post(f"/jury/{file}", data={"comment-feasibility": "Nog bekijken", "version": "0", "do": "submit"})
    assert answer.status_code == 422
    assert "Give a mark for “Relevance” before you submit." in answer.text
    assert "Give a mark for “Feasibility” before you submit." in answer.text
    assert "Nog bekijken" in answer.text
    assert review(juror, file).submitted_at is None


def test_a_submitted_review_is_read_only_with_its_instant(browser: FlaskClient, juror: Actor, file: str) -> None:
    browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    page = browser.get(f"/jury/{file}").text
    assert "Submitted on 24 November 2026 at 13:00." in page
    assert "Sterk punt." in page
    assert 'name="mark-relevance"' not in page


def test_a_second_click_on_submit_says_it_was_submitted_and_doubles_nothing(
    browser: FlaskClient, juror: Actor, file: str, clock: Clock
) -> None:
    first = browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    kept = review(juror, file)
    clock.now += builders.DAY
    second = browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    assert (first.status_code, second.status_code) == (302, 422)
    assert "You already submitted this review on 24 November 2026 at 13:00." in second.text
    assert "What you typed was not kept" not in second.text
    assert review(juror, file) == kept


def test_what_is_typed_after_submission_is_shown_to_be_copied(browser: FlaskClient, juror: Actor, file: str) -> None:
    browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    late = browser.post(f"/jury/{file}", data={**WHOLE, "comment-relevance": "Toch zwak.", "do": "draft"})
    assert "What you typed was not kept" in late.text
    assert "Toch zwak." in late.text
    assert review(juror, file).comments == {"relevance": "Sterk punt."}


def test_a_second_window_loses_nothing_and_shows_both_versions(browser: FlaskClient, juror: Actor, file: str) -> None:
    browser.post(f"/jury/{file}", data={"comment-relevance": "Venster een", "version": "0", "do": "draft"})
    stale = {"comment-relevance": "Venster twee", "version": "0", "do": "draft"}
    refused = browser.post(f"/jury/{file}", data=stale)
    assert refused.status_code == 422
    assert "You saved this review meanwhile in another window." in refused.text
    assert "Venster een" in refused.text
    assert "Venster twee" in refused.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', refused.text)
    assert version is not None
    browser.post(f"/jury/{file}", data={**stale, "version": version[1]})
    assert review(juror, file).comments == {"relevance": "Venster twee"}


@pytest.mark.parametrize("version", ["", "x", "-3", "9" * 50])
def test_a_form_without_its_version_overwrites_nothing(
    browser: FlaskClient, juror: Actor, file: str, version: str
) -> None:
    assert browser.post(f"/jury/{file}", data={**WHOLE, "version": version, "do": "draft"}).status_code == 422
    assert review(juror, file).row_version == 0


def test_a_mark_that_is_no_number_is_told_under_its_criterion(browser: FlaskClient, file: str) -> None:
    answer = browser.post(f"/jury/{file}", data={**WHOLE, "mark-relevance": "vier", "do": "draft"})
    assert answer.status_code == 422
    assert 'id="mark-relevance-error"' in answer.text
    assert "Sterk punt." in answer.text


def test_once_decided_a_file_is_read_only(browser: FlaskClient, juror: Actor, file: str, clock: Clock) -> None:
    builders.score(file, (5, 5, 5))
    browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    clock.now = builders.CLOSES + 30 * builders.DAY
    builders.decide(builders.an_administrator())
    assert 'name="mark-relevance"' not in browser.get(f"/jury/{file}").text
    assert browser.post(f"/jury/{file}", data={**WHOLE, "do": "draft"}).status_code == 422


def test_a_declared_conflict_takes_the_file_away_at_once(browser: FlaskClient, juror: Actor, file: str) -> None:
    other = builders.an_application("eligible", {"title": "Werkplaats"})
    builders.assign(other, juror)
    answer = browser.post(f"/jury/{file}/conflict", data={"reason": "Mijn zus is er voorzitter."})
    assert (answer.status_code, answer.location) == (302, "/jury/")
    page = browser.get("/jury/").text
    assert f"File {file} has left your list." in page
    assert "Waterpunt" not in page
    assert "0 of 1" in page
    assert browser.get(f"/jury/{file}").status_code == 404
    assert browser.post(f"/jury/{file}", data={**WHOLE, "do": "draft"}).status_code == 404


def test_a_conflict_needs_a_reason(browser: FlaskClient, juror: Actor, file: str) -> None:
    answer = browser.post(f"/jury/{file}/conflict", data={"reason": "  "})
    assert answer.status_code == 422
    assert "Give a reason: it is kept with the file." in answer.text
    assert browser.get(f"/jury/{file}").status_code == 200


def test_a_second_click_on_the_declaration_is_noted_once(browser: FlaskClient, file: str) -> None:
    for _click in range(2):
        answer = browser.post(f"/jury/{file}/conflict", data={"reason": "Mijn zus is er voorzitter."})
        assert (answer.status_code, answer.location) == (302, "/jury/")
    assert events(file).count(Event.DECLARE_CONFLICT) == 1


def test_a_document_is_saved_and_never_shown_inside_the_portal(browser: FlaskClient, file: str) -> None:
    address = re.search(r'href="(/jury/[^"]+/documents/[^"]+)"', browser.get(f"/jury/{file}").text)
    assert address is not None
    answer = browser.get(address[1])
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == "attachment; filename=begroting.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.mimetype == "application/pdf"


@pytest.mark.parametrize("rest", ["", "/conflict", "/documents/whatever"])
def test_a_file_of_another_juror_answers_as_one_that_does_not_exist(browser: FlaskClient, file: str, rest: str) -> None:
    strangers = builders.an_application("eligible")
    builders.assign(strangers, builders.a_juror())
    invented = "S26-9999-11"
    theirs, none = browser.get(f"/jury/{strangers}{rest}"), browser.get(f"/jury/{invented}{rest}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert builders.without_token(theirs.text).replace(strangers, invented) == builders.without_token(none.text)


@pytest.mark.parametrize("rest", ["", "/conflict"])
def test_nothing_can_be_written_on_a_file_of_another_juror(browser: FlaskClient, file: str, rest: str) -> None:
    strangers = builders.an_application("eligible")
    builders.assign(strangers, builders.a_juror())
    answer = browser.post(f"/jury/{strangers}{rest}", data={**WHOLE, "reason": "x", "do": "submit"})
    assert answer.status_code == 404


def test_a_document_of_another_file_is_not_reached_through_ones_own(
    browser: FlaskClient, juror: Actor, file: str
) -> None:
    other = builders.an_application("eligible")
    builders.assign(other, juror)
    address = re.search(r"/documents/([^\"]+)\"", browser.get(f"/jury/{other}").text)
    assert address is not None
    assert browser.get(f"/jury/{file}/documents/{address[1]}").status_code == 404


@pytest.mark.parametrize("roles", [(), (Role.EXPERT,), (Role.ADMINISTRATOR,)])
def test_the_door_of_the_jury_is_not_there_for_others(client: FlaskClient, file: str, roles: tuple[Role, ...]) -> None:
    builders.sign_in(client, builders.a_person(*roles))
    assert client.get("/jury/").status_code == 404
    assert client.get(f"/jury/{file}").status_code == 404


def test_a_visitor_is_sent_to_the_sign_in(client: FlaskClient) -> None:
    assert client.get("/jury/").location == "/sign-in?next=/jury/"


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_call_words_and_problems_are_in_the_jurors_language(browser: FlaskClient, file: str, language: str) -> None:
    browser.get(f"/jury/?language={language}")
    page = browser.post(f"/jury/{file}", data={"version": "0", "do": "submit"}).text
    told = {"nl": "Geef een punt voor “Relevantie”", "fr": "Donnez une note pour « Pertinence »"}
    assert told[language] in page.replace("\u00a0", " ")


def test_the_history_holds_one_entry_for_a_review_submitted_twice(browser: FlaskClient, file: str) -> None:
    browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    browser.post(f"/jury/{file}", data={**WHOLE, "do": "submit"})
    assert events(file).count(Event.SUBMIT_REVIEW) == 1


def test_what_was_typed_is_kept_by_itself_as_a_private_draft(browser: FlaskClient, juror: Actor, file: str) -> None:
    typed = {"mark-relevance": "4", "comment-relevance": "Sterk", "version": "0"}
    first = browser.post(f"/jury/{file}/autosave", data=typed)
    assert first.json == {
        "saved": "Saved at 13:00. Only you can see it.", "marks": "1", "refused": [], "conflicts": [], "elsewhere": [],
        "read": {},
    }  # fmt: skip
    assert (
        browser.post(f"/jury/{file}/autosave", data={**typed, "mark-relevance": "5", "version": "1"}).json["marks"]
        == "2"
    )
    stale = browser.post(f"/jury/{file}/autosave", data={**typed, "version": "1"})
    assert (stale.status_code, list(stale.json or {})) == (409, ["problem"])
    kept = review(juror, file)
    assert (kept.marks, kept.comments, kept.submitted_at) == ({"relevance": 5}, {"relevance": "Sterk"}, None)
    assert events(file).count(Event.SAVE_REVIEW) == 1


def test_a_mark_that_cannot_be_read_is_named_by_the_autosave_and_nothing_is_kept(
    browser: FlaskClient, juror: Actor, file: str
) -> None:
    answer = browser.post(f"/jury/{file}/autosave", data={"mark-relevance": "vier", "version": "0"})
    assert answer.json is not None
    assert (answer.json["marks"], answer.json["refused"]) == (
        "0", ["Relevance: Write a whole number, such as 12."],
    )  # fmt: skip
    assert review(juror, file).row_version == 0


@pytest.mark.parametrize("mark", ["0", "5"])
def test_the_extremes_are_explained_where_the_call_asks_it(browser: FlaskClient, juror: Actor, mark: str) -> None:
    content = builders.terms().model_dump(mode="json")
    content["id"], content["reference_prefix"] = "strict", "Z26"
    content["scoring"]["extremes_explained"] = True
    builders.a_call(Terms.model_validate(content))
    reference = builders.an_application("eligible", call="strict")
    builders.assign(reference, juror, call="strict")
    data = {"mark-relevance": mark, "mark-feasibility": "3", "version": "0"}
    refused = browser.post(f"/jury/{reference}", data={**data, "do": "submit"})
    assert refused.status_code == 422
    assert f"Explain under “Relevance” why you give {mark}" in refused.text
    assert 'href="#comment-relevance"' in refused.text
    assert browser.post(f"/jury/{reference}", data={**data, "do": "draft"}).status_code == 302
    told = {**data, "version": "1", "comment-relevance": "Daarom.", "do": "submit"}
    assert browser.post(f"/jury/{reference}", data=told).status_code == 302
    assert review(juror, reference).submitted_at == builders.NOW
