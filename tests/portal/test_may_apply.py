"""May I apply? A few questions of the call, answered by anybody, judged by its own conditions."""

import html
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.builders import CLOSES, DAY, NOW, OPENS, a_call, terms
from tests.conftest import Clock
from tests.every_kind import every_kind
from workflows.calls.rules import read_terms
from workflows.eligibility.foreseeing import Applicant, Given, foresee, left_out, questions

PATH = "/calls/small/may-apply"
GOOD = {"applicant": "association", "place": "WEST-BANK", "amount": "20000"}
CALLS = sorted((Path(__file__).parents[2] / "config" / "calls").glob("*.toml"))


def conditions(*kinds: str, **more: Any) -> list[dict[str, Any]]:
    return [{"kind": kind, "name": {"nl": kind, "fr": kind, "en": kind}, **more} for kind in kinds]


def page(client: FlaskClient, path: str = PATH, status: int = 200, **answers: Any) -> str:
    """What stands on the page, in one line."""
    answer = client.get(path, query_string=answers)
    assert answer.status_code == status
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def test_a_call_asks_what_decides_it() -> None:
    assert [one.name for one in questions(terms())] == ["applicant", "place", "amount"]
    youth = conditions("answered-yes", question="partnered")
    asked = questions(every_kind(conditions=[*conditions("on-time", "starts-between", "amount"), *youth]))
    assert [one.name for one in asked] == ["applicant", "amount", "answer-partnered", "start"]


@pytest.mark.parametrize("file", CALLS, ids=lambda file: file.stem)
def test_each_call_of_ours_asks_four_things_at_most_and_names_the_conditions_it_left_out(file: Path) -> None:
    call = read_terms(file.read_text(encoding="utf-8"), file.name)
    decided = [one for asked in questions(call) for one in asked.conditions]
    assert 1 <= len(questions(call)) <= 4
    assert sorted(one.kind for one in (*decided, *left_out(call))) == sorted(one.kind for one in call.conditions)


def test_what_hangs_on_another_answer_is_not_asked_since_the_form_would_spare_it() -> None:
    hanging = conditions("answered-one-of", question="themes", accepted=["water"])
    assert questions(every_kind(conditions=[*conditions("on-time"), *hanging])) == ()


def test_an_amount_is_judged_where_the_form_has_a_budget_and_a_start_where_it_has_a_period() -> None:
    call = every_kind(conditions=[*conditions("amount"), *conditions("starts-between", earliest=date(2027, 5, 1))])
    found = foresee(call, Given(Applicant.ACCREDITED, amount=12_500_001, starts=date(2027, 4, 30)), NOW)
    assert [verdict.reasons[0].code for _condition, verdict in found] == [
        "amount-above-ceiling",
        "starts-outside-window",
    ]
    given = Given(Applicant.ACCREDITED, amount=12_500_000, starts=date(2027, 5, 1))
    assert [verdict.ok for _condition, verdict in foresee(call, given, NOW)] == [True, True]


def test_an_association_within_the_bounds_is_excluded_by_nothing_and_led_on(client: FlaskClient) -> None:
    a_call()
    said = page(client, **GOOD)
    assert "Nothing in your answers excludes you" in said
    assert "before you submit, the portal shows which ones your application would fail: On time" in said
    assert "The call closes on 15 December 2026 at 16:00" in said
    assert 'href="/applications/start/small"' in client.get(PATH, query_string=GOOD).get_data(as_text=True)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (
            {"amount": "25000.01"},
            "Amount : You ask for €25,000.01. For your type of organisation the most in this call",
        ),
        (
            {"place": "GAZA"},
            "Place : The project plans activities in: Gaza Strip. This place is excluded from the zone",
        ),
    ],
)
def test_a_no_is_explained_in_the_words_of_a_refusal(
    client: FlaskClient, answers: dict[str, str], sentence: str
) -> None:
    a_call()
    said = page(client, **GOOD | answers)
    assert "An application with these answers will be refused because" in said
    assert sentence in said
    assert "excludes you" not in said


def test_what_is_too_much_for_one_association_is_within_the_bounds_of_an_accredited_one(client: FlaskClient) -> None:
    a_call()
    assert "will be refused" in page(client, **GOOD | {"amount": "90000"})
    assert "will be refused" not in page(client, **GOOD | {"amount": "90000", "applicant": "accredited"})


def test_another_legal_form_and_another_place_are_named_in_the_answer(client: FlaskClient) -> None:
    a_call(terms(conditions=conditions("zone", "belgian-legal-personality")))
    said = page(client, applicant="another", place="elsewhere")
    assert "The zone “another place” is not a partner zone of this edition." in said
    assert "Somebody must check whether “another legal form” is a Belgian legal person without profit motive." in said


def test_an_answer_that_is_missing_or_ambiguous_is_asked_back(client: FlaskClient) -> None:
    a_call()
    assert "Error" not in page(client)
    said = page(client, status=422, applicant="association", place="", amount="1.234")
    assert "Please fill this in." in said
    assert "1,234.00" in said or "1.234" in said
    assert "refused" not in said


def test_another_language_keeps_every_answer(client: FlaskClient) -> None:
    a_call(every_kind(conditions=conditions("starts-between")))
    path = "/calls/every/may-apply"
    start = client.get(path, query_string={"start": ["27", "3", "2027"]}).get_data(as_text=True)
    assert 'href="?start=27&amp;start=3&amp;start=2027&amp;language=fr"' in start
    french = client.get(f"{path}?start=27&start=3&start=2027&language=fr").get_data(as_text=True)
    assert 'value="2027"' in french
    assert "Quand votre projet commence-t-il" in french


def test_before_it_opens_the_answer_says_from_when_and_once_closed_the_call_itself_answers(
    client: FlaskClient, clock: Clock
) -> None:
    a_call()
    clock.now = OPENS - 1 * DAY
    said = page(client, **GOOD)
    assert "You can apply from 1 November 2026 at 09:00 to 15 December 2026 at 16:00." in said
    clock.now = CLOSES
    assert client.get(PATH, query_string=GOOD).headers["Location"] == "/calls/small"
    assert "May I apply?" not in page(client, "/calls/small")
