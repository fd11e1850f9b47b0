"""Typed and not readable yet: kept as it was typed, there again on any device, counted only once it is put right."""

import html
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.builders import CLOSES, DAY, NOW, a_call, an_administrator, an_association, asked, done, refusal, sign_in
from tests.conftest import Clock
from tests.every_kind import A_BUDGET, FULL, every_kind
from tests.portal.test_form_screens import fields, push, said, section, send, stored
from workflows.completion import actions as completion
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries

AMOUNT = "budget.lines.travel.0.amount"
ASKED_BACK = (
    f"{AMOUNT} Travel, Line 1, Amount: “1.000” can mean €1 or €1,000. Write the amount in full, with two decimals."
)


@pytest.fixture
def us(client: FlaskClient) -> Actor:
    """Somebody of an association with a draft `E26-0001-…` that answers every kind of question; signed in."""
    a_call(every_kind())
    found, organisation = an_association()
    reference = done(submission.start, found, "every", organisation, "nl", now=NOW)
    done(submission.save_answers, found, reference, FULL, now=NOW)
    sign_in(client, found).get("/?language=en")
    return found


@pytest.fixture
def reference(us: Actor) -> str:
    (found,) = asked(queries.of_call, "every")
    return str(found.reference)


def test_one_ambiguous_amount_of_a_budget_keeps_the_other_lines_and_is_there_again_as_it_was_typed(
    client: FlaskClient, reference: str
) -> None:
    changed = {"budget__lines__travel__0__amount": "1.000", "budget__lines__travel__0__label": "Bussen"}
    answer = send(client, reference, "means", budget__own="1,200.00", **changed)
    assert answer.status_code == 422
    budget = stored(reference)["budget"]
    assert (budget["own"], budget["lines"][1]) == (
        120_000, {"category": "travel", "label": "Bussen", "amount": None, "explanation": ""},
    )  # fmt: skip
    later = section(client, reference, "means")
    assert said(later) == [ASKED_BACK]
    assert (fields(later)[AMOUNT], fields(later)["budget.lines.travel.0.label"]) == (["1.000"], ["Bussen"])


def test_what_cannot_be_read_is_listed_once_before_submission_and_refused(
    client: FlaskClient, us: Actor, reference: str
) -> None:
    send(client, reference, "means", budget__lines__travel__0__amount="1.000")
    page = html.unescape(client.get(f"/applications/{reference}/check").get_data(as_text=True))
    assert page.count("What was typed at “Budget” cannot be read yet.") == 1
    problem = refusal(submission.submit, us, reference, received_at=NOW)
    assert [(one.code, one.field) for one in problem.problems] == [("answer-unread", "budget")]  # type: ignore[attr-defined]


def test_once_it_is_put_right_it_counts_and_nothing_is_left_of_it(client: FlaskClient, reference: str) -> None:
    send(client, reference, "means", budget__lines__travel__0__amount="1.000")
    answer = send(client, reference, "means", budget__lines__travel__0__amount="1,000.00")
    assert answer.status_code == 302
    travel = stored(reference)["budget"]["lines"][1]
    assert (travel["amount"], asked(queries.view, reference).unread) == (100_000, {})


@pytest.mark.parametrize(
    ("part", "name", "typed"),
    [
        ("project", "people", "een honderdtal"), ("project", "summary", "x" * 501),
        ("project", "period.from", ["31", "2", "2027"]), ("partners", "partner-list.1.share", "3.000,0000"),
    ],
)  # fmt: skip
def test_whatever_is_typed_is_there_again_and_what_counted_before_is_not_lost(
    client: FlaskClient, reference: str, part: str, name: str, typed: Any
) -> None:
    assert send(client, reference, part, **{name: typed}).status_code == 422
    assert fields(section(client, reference, part))[name] == (typed if isinstance(typed, list) else [typed])
    if name in FULL:
        assert stored(reference)[name] == FULL[name]


def test_a_colleague_does_not_overwrite_what_somebody_typed_and_cannot_be_read(
    client: FlaskClient, reference: str
) -> None:
    send(client, reference, "means")
    theirs = section(client, reference, "means")
    send(client, reference, "means", budget__lines__travel__0__amount="1.000")
    unchanged = push(client, reference, "means", theirs, "stay").get_data(as_text=True)
    assert (said(unchanged), said(section(client, reference, "means"))) == ([ASKED_BACK], [ASKED_BACK])
    both = push(client, reference, "means", theirs, "stay", budget__own="7.00")
    page = html.unescape(both.get_data(as_text=True))
    assert (both.status_code, "Somebody saved another answer meanwhile" in page, "1.000" in page) == (409, True, True)


def test_autosave_keeps_it_too_and_says_that_it_does_not_count(client: FlaskClient, reference: str) -> None:
    page = section(client, reference, "project")
    address = f"/applications/{reference}/sections/project/autosave"
    told = client.post(address, data={**fields(page), "people": "tien"}).get_json()
    assert told["refused"] == ["How many people?: Write a whole number, such as 12."]
    assert fields(section(client, reference, "project"))["people"] == ["tien"]
    again = client.post(address, data={**fields(page), "_mark": told["marks"], "people": "120"}).get_json()
    assert (again["refused"], again["conflicts"], asked(queries.view, reference).unread) == ([], [], {})


def test_an_answer_to_a_request_keeps_it_and_is_not_sent(
    client: FlaskClient, clock: Clock, us: Actor, reference: str
) -> None:
    done(submission.submit, us, reference, received_at=NOW)
    clock.now = CLOSES + DAY
    done(completion.ask, an_administrator(), reference, ["budget"], "Onvolledig.", clock.now + 9 * DAY, now=clock.now)
    address = f"/applications/{reference}/requests/1"
    page = client.get(address).get_data(as_text=True)
    told = client.post(f"{address}/autosave", data={**fields(page), AMOUNT: "1.000"}).get_json()
    assert told["refused"] == [f"Budget: {ASKED_BACK.removeprefix(f'{AMOUNT} ')}"]
    later = client.get(address).get_data(as_text=True)
    assert (said(later), fields(later)[AMOUNT]) == ([ASKED_BACK], ["1.000"])
    sent = client.post(address, data={**fields(later), "_then": "send"})
    assert sent.status_code == 422
    assert stored(reference)["budget"] == A_BUDGET


def test_an_answer_to_a_request_takes_a_document_as_it_is_chosen(
    client: FlaskClient, clock: Clock, us: Actor, reference: str
) -> None:
    done(submission.submit, us, reference, received_at=NOW)
    clock.now = CLOSES + DAY
    office = an_administrator()
    due = clock.now + 9 * DAY
    done(completion.ask, office, reference, ["permit-document"], "Waar is ze?", due, now=clock.now)
    address = f"/applications/{reference}/requests/1/documents/at"
    refused = client.post(f"{address}/permit-document", data={"document": (io.BytesIO(b"MZ"), "v.pdf")})
    assert (refused.status_code, bool(refused.get_json()["refusal"])) == (422, True)
    good = client.post(f"{address}/permit-document", data={"document": (io.BytesIO(one_page("1")), "v.pdf")})
    assert (good.status_code, "v.pdf" in good.get_json()["list"]) == (200, True)
    assert client.post(f"{address}/budget", data={"document": (io.BytesIO(b"x"), "v.pdf")}).status_code == 404
