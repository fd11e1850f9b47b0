"""What an expert of hub.brussels can do behind their door: a mark, an opinion, an advice; never a jury's mark."""

import re

import pytest
from flask.testing import FlaskClient

from tests import builders
from workflows.database import reading, transaction
from workflows.permissions import Actor, Duty, Role
from workflows.scoring import actions, queries
from workflows.scoring.actions import NewReview
from workflows.scoring.queries import ReviewView
from workflows.scoring.rules import Advice

WHOLE = {
    "mark-soundness": "4", "text": "De markt is bekend.\r\nDe techniek ook.", "advice": "reserved", "version": "0",
}  # fmt: skip


@pytest.fixture
def expert(settings: object) -> Actor:
    builders.a_call()
    return builders.a_person(Role.EXPERT, language="en")


@pytest.fixture
def file(expert: Actor) -> str:
    """An eligible file on the expert's list, which a juror has marked and commented."""
    reference = builders.an_application("eligible")
    builders.assign(reference, expert, Duty.EXPERT)
    juror = builders.a_juror()
    builders.assign(reference, juror)
    said = NewReview({"relevance": 2, "feasibility": 1}, {"relevance": "Geheim van de jury"})
    with transaction() as session:
        actions.save_review(session, juror, reference, Duty.JURY, said, submit=True, now=builders.NOW)
    return reference


@pytest.fixture
def browser(client: FlaskClient, expert: Actor) -> FlaskClient:
    return builders.sign_in(client, expert)


def review(expert: Actor, reference: str) -> ReviewView:
    with reading() as session:
        return queries.assigned_file(session, expert, reference, Duty.EXPERT)[1]


def test_an_opinion_is_submitted_with_its_mark_text_and_advice(browser: FlaskClient, expert: Actor, file: str) -> None:
    answer = browser.post(f"/expertise/{file}", data={**WHOLE, "do": "submit"})
    assert (answer.status_code, answer.location) == (302, f"/expertise/{file}")
    kept = review(expert, file)
    assert kept.marks == {"soundness": 4}
    assert kept.text == "De markt is bekend.\nDe techniek ook."
    assert kept.advice is Advice.RESERVED
    assert kept.submitted_at == builders.NOW
    page = browser.get(f"/expertise/{file}").text
    assert "Favourable with reservations" in page
    assert "Submitted on 24 November 2026 at 13:00." in page


def test_only_the_criteria_of_the_expert_are_asked(browser: FlaskClient, file: str) -> None:
    page = browser.get(f"/expertise/{file}").text
    assert sorted(set(re.findall(r'name="(mark-[a-z]+)"', page))) == ["mark-soundness"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_no_mark_of_the_jury_is_visible(browser: FlaskClient, file: str, moment: str) -> None:
    if moment == "after":
        browser.post(f"/expertise/{file}", data={**WHOLE, "do": "submit"})
    for page in (browser.get("/expertise/").text, browser.get(f"/expertise/{file}").text):
        assert "Geheim van de jury" not in page
        assert "Relevance" not in page
        assert "Feasibility" not in page


def test_submission_wants_mark_text_and_advice_and_names_all_three(
    browser: FlaskClient, expert: Actor, file: str
) -> None:
    typed = {"comment-soundness": "Nog uitzoeken", "version": "0", "do": "submit"}
    answer = browser.post(f"/expertise/{file}", data=typed)
    assert answer.status_code == 422
    assert "Give a mark for “Soundness” before you submit." in answer.text
    assert "Write your technical opinion in a few sentences" in answer.text
    assert "Choose what your opinion concludes" in answer.text
    assert "Nog uitzoeken" in answer.text
    assert review(expert, file).row_version == 0


def test_a_draft_may_lack_everything_but_what_was_typed(browser: FlaskClient, expert: Actor, file: str) -> None:
    browser.post(f"/expertise/{file}", data={"text": "Begin van een advies", "version": "0", "do": "draft"})
    kept = review(expert, file)
    assert (kept.text, kept.advice, kept.marks, kept.submitted_at) == ("Begin van een advies", None, {}, None)
    assert "Begin van een advies" in browser.get(f"/expertise/{file}").text


def test_an_advice_chosen_in_a_draft_comes_back(browser: FlaskClient, file: str) -> None:
    browser.post(f"/expertise/{file}", data={"advice": "unfavourable", "version": "0", "do": "draft"})
    page = browser.get(f"/expertise/{file}").text
    assert re.search(r'name="advice"[^>]*value="unfavourable" checked', page)


def test_an_advice_that_does_not_exist_is_refused_and_the_text_stays(
    browser: FlaskClient, expert: Actor, file: str
) -> None:
    answer = browser.post(f"/expertise/{file}", data={**WHOLE, "advice": "enthusiastic", "do": "submit"})
    assert answer.status_code == 422
    assert "De markt is bekend." in answer.text
    assert review(expert, file).row_version == 0


def test_a_second_click_on_submit_doubles_nothing(browser: FlaskClient, expert: Actor, file: str) -> None:
    browser.post(f"/expertise/{file}", data={**WHOLE, "do": "submit"})
    kept = review(expert, file)
    second = browser.post(f"/expertise/{file}", data={**WHOLE, "do": "submit"})
    assert second.status_code == 422
    assert "You already submitted this review on 24 November 2026 at 13:00." in second.text
    assert "What you typed was not kept" not in second.text
    assert review(expert, file) == kept


def test_a_declared_conflict_takes_the_file_away_at_once(browser: FlaskClient, file: str) -> None:
    answer = browser.post(f"/expertise/{file}/conflict", data={"reason": "Ik adviseerde hen vroeger."})
    assert (answer.status_code, answer.location) == (302, "/expertise/")
    assert "No files have been given to you yet" in browser.get("/expertise/").text
    assert browser.get(f"/expertise/{file}").status_code == 404


def test_a_file_given_to_the_jury_is_not_there_at_this_door(browser: FlaskClient, file: str) -> None:
    other = builders.an_application("eligible")
    builders.assign(other, builders.a_juror())
    invented = "S26-9999-11"
    theirs, none = browser.get(f"/expertise/{other}"), browser.get(f"/expertise/{invented}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.text.replace(other, invented) == none.text


def test_who_is_juror_and_expert_reads_a_file_only_at_the_door_it_was_given_for(client: FlaskClient, file: str) -> None:
    both = builders.a_person(Role.JUROR, Role.EXPERT)
    builders.assign(file, both, Duty.EXPERT)
    builders.sign_in(client, both)
    assert client.get(f"/expertise/{file}").status_code == 200
    assert client.get(f"/jury/{file}").status_code == 404


@pytest.mark.parametrize("roles", [(), (Role.JUROR,), (Role.ADMINISTRATOR,)])
def test_the_door_of_the_experts_is_not_there_for_others(
    client: FlaskClient, file: str, roles: tuple[Role, ...]
) -> None:
    builders.sign_in(client, builders.a_person(*roles))
    assert client.get("/expertise/").status_code == 404
    assert client.get(f"/expertise/{file}").status_code == 404
