"""Every kind of question on the screens, without JavaScript: rows, what an answer brings, sums, and who reads what."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import (
    CLOSES,
    NOW,
    a_call,
    a_juror,
    an_administrator,
    an_association,
    asked,
    assign,
    done,
    sign_in,
)
from tests.conftest import Clock
from tests.every_kind import A_BUDGET, FULL, every_kind
from workflows.eligibility import actions as eligibility
from workflows.permissions import SYSTEM, Actor
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries


@pytest.fixture
def by() -> tuple[Actor, int]:
    a_call(every_kind())
    return an_association()


@pytest.fixture
def reference(by: tuple[Actor, int]) -> str:
    """An empty draft."""
    found: str = done(submission.start, by[0], "every", by[1], "nl", now=NOW)
    return found


@pytest.fixture
def own(client: FlaskClient, by: tuple[Actor, int]) -> FlaskClient:
    sign_in(client, by[0]).get("/?language=en")
    return client


def fields(page: str) -> dict[str, list[str]]:
    """What a browser without JavaScript would send of the form of a section, buttons apart."""
    form = page[page.index('enctype="multipart/form-data"') :]
    form = form[: form.index("</form>")]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="checkbox"' in tag or 'type="radio"' in tag:
            if not re.search(r"\schecked\b", tag):
                continue
        elif 'type="file"' in tag:
            continue
        sent.setdefault(attribute(tag, "name"), []).append(attribute(tag, "value"))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent.setdefault(name, []).append(html.unescape(text.removeprefix("\n")))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = [tag for tag in re.findall(r"<option[^>]*>", options) if re.search(r"\sselected\b", tag)]
        sent.setdefault(name, []).append(attribute(chosen[0], "value") if chosen else "")
    return sent


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def section(client: FlaskClient, reference: str, name: str, query: str = "") -> str:
    return client.get(f"/applications/{reference}/sections/{name}{query}").get_data(as_text=True)


def send(client: FlaskClient, reference: str, name: str, then: str = "next", **changes: Any) -> TestResponse:
    """Send a section as it stands on the screen with these fields changed (`__` for a point)."""
    return push(client, reference, name, section(client, reference, name), then, **changes)


def push(client: FlaskClient, reference: str, name: str, page: str, then: str, **changes: Any) -> TestResponse:
    sent: dict[str, Any] = {**fields(page), **{key.replace("__", "."): value for key, value in changes.items()}}
    address = f"/applications/{reference}/sections/{name}"
    return client.post(address, data={**sent, "_then": then}, content_type="multipart/form-data")


def stored(reference: str) -> dict[str, Any]:
    return dict(asked(queries.view, reference).answers)


def fill(by: tuple[Actor, int], reference: str, **answers: Any) -> None:
    done(submission.save_answers, by[0], reference, {**FULL, **answers}, now=NOW)


def said(page: str) -> list[str]:
    """The sentences of the error summary, with where each leads."""
    summary = re.search(r"govuk-error-summary__list.*?</ul>", page, re.S)
    found = re.findall(r'<a href="#([^"]*)">(.*?)</a>', summary[0] if summary else "", re.S)
    return [f"{anchor} {html.unescape(text).strip()}" for anchor, text in found]


# Kinds


def test_every_kind_is_stored_in_its_shape_and_shown_again_as_it_was_typed(own: FlaskClient, reference: str) -> None:
    period = {"period__from": ["1", "9", "2027"], "period__to": ["31", "8", "2028"]}
    answer = send(
        own, reference, "project", title="Waterpunt", summary="Een waterpunt voor de wijk.", zone="KIN", people="120",
        goals=["6", "10"], **{"main-goal": "6"}, **period,
    )  # fmt: skip
    assert answer.status_code == 302
    wanted = ("title", "summary", "zone", "period", "people", "goals", "main-goal")
    assert stored(reference) == {name: FULL[name] for name in wanted}
    again = fields(section(own, reference, "project"))
    assert (again["period.from"], again["period.to"], again["goals"], again["main-goal"]) == (
        ["1", "9", "2027"], ["31", "8", "2028"], ["6", "10"], ["6"],
    )  # fmt: skip
    send(own, reference, "project", goals=[], period__from=["", "", ""])
    assert (stored(reference)["goals"], stored(reference)["period"]) == (None, {"from": None, "to": "2028-08-31"})


def test_a_wrong_day_of_a_period_is_told_at_its_box_and_stays_typed(own: FlaskClient, reference: str) -> None:
    answer = send(own, reference, "project", title="Waterpunt", period__to=["31", "9", "2027"])
    page = answer.get_data(as_text=True)
    assert said(page) == ["period.to-day Last day: This is not a day that exists. Write it like 27 3 2027."]
    assert fields(page)["period.to"] == ["31", "9", "2027"]
    assert (stored(reference)["title"], "period" in stored(reference)) == ("Waterpunt", False)


def test_how_much_room_a_text_has_left_is_said_after_saving(own: FlaskClient, reference: str) -> None:
    assert "At most 80 characters." in section(own, reference, "project")
    send(own, reference, "project", then="stay", title="Ɛ\u0301 mái", summary="x" * 499)
    page = section(own, reference, "project")
    assert "At most 80 characters; 75 characters left." in page
    assert "At most 500 characters; 1 character left." in page


# What an answer brings


def test_an_answer_that_brings_questions_keeps_the_person_here_until_they_were_seen(
    own: FlaskClient, reference: str
) -> None:
    before = section(own, reference, "partners")
    assert re.findall(r'data-question="([\w-]+)"( hidden)?', before) == [
        ("partnered", ""), ("partner-list", " hidden"), ("themes", " hidden"), ("permit", " hidden"),
        ("permit-document", " hidden"),
    ]  # fmt: skip
    answer = send(own, reference, "partners", partnered="yes")
    assert answer.headers["Location"] == f"/applications/{reference}/sections/partners#partner-list"
    page = section(own, reference, "partners")
    assert "Because of your answers there is something more to fill in here." in page
    assert re.findall(r'data-question="([\w-]+)" hidden', page) == ["permit", "permit-document"]
    assert send(own, reference, "partners", partnered="no").headers["Location"].endswith("/sections/means")


def test_a_mistake_in_what_is_no_longer_asked_stops_nobody(
    own: FlaskClient, by: tuple[Actor, int], reference: str
) -> None:
    fill(by, reference)
    answer = send(own, reference, "partners", partnered="no", **{"partner-list__0__since": ["99", "99", "99"]})
    assert answer.headers["Location"].endswith("/sections/means")
    assert stored(reference)["partner-list"] == FULL["partner-list"]
    check = own.get(f"/applications/{reference}/check").get_data(as_text=True)
    assert ("Eau Vive" in check, "Do you work with partners?" in check) == (False, True)


# Rows


def test_rows_are_added_and_removed_by_saving(own: FlaskClient, reference: str) -> None:
    send(own, reference, "partners", partnered="yes")
    answer = send(
        own, reference, "partners", then="add:partner-list",
        **{"partner-list__0__name": "Eau Vive", "partner-list__0__role": "builds"},
    )  # fmt: skip
    assert answer.headers["Location"] == (
        f"/applications/{reference}/sections/partners?row=partner-list#partner-list.new"
    )
    page = section(own, reference, "partners", "?row=partner-list")
    assert ('id="partner-list.new"' in page, fields(page)["partner-list.1.name"]) == (True, [""])
    two = {"partner-list__1__name": "École Verte", "partner-list__1__role": "teaches"}
    push(own, reference, "partners", page, "stay", **two)
    rows = stored(reference)["partner-list"]
    assert [(row["name"], row["role"]) for row in rows] == [("Eau Vive", "builds"), ("École Verte", "teaches")]
    answer = send(own, reference, "partners", then="remove:partner-list.0")
    assert answer.headers["Location"] == f"/applications/{reference}/sections/partners#partner-list"
    assert [row["name"] for row in stored(reference)["partner-list"]] == ["École Verte"]
    send(own, reference, "partners", then="remove:partner-list.0")
    assert stored(reference)["partner-list"] is None


def test_there_is_no_button_for_a_row_too_many_and_none_slips_in(
    own: FlaskClient, by: tuple[Actor, int], reference: str
) -> None:
    fill(by, reference, **{"partner-list": [FULL["partner-list"][0]] * 3})
    page = section(own, reference, "partners", "?row=partner-list")
    assert ("add:partner-list" in page, "partner-list.3.name" in page) == (False, False)
    answer = push(
        own, reference, "partners", page, "stay",
        **{"partner-list__7__name": "De vierde", "partner-list__7__role": "builds"},
    )  # fmt: skip
    assert said(answer.get_data(as_text=True)) == ["partner-list “Partners” has 4 rows; at most 3 are possible."]


def test_a_mistake_in_a_cell_is_told_with_its_row_and_column_and_every_row_stays_typed(
    own: FlaskClient, by: tuple[Actor, int], reference: str
) -> None:
    fill(by, reference)
    answer = send(
        own, reference, "partners", then="add:partner-list",
        **{"partner-list__1__share": "3.000,0000", "partner-list__0__role": "evil", "partner-list__0__name": "Nieuw"},
    )  # fmt: skip
    page = answer.get_data(as_text=True)
    assert said(page) == [
        "partner-list.0.role Row 1, Role: Choose one of the answers shown.",
        "partner-list.1.share Row 2, Share (optional): “3.000,0000” cannot be read as an amount. "
        "Write for example 18,500.00.",
    ]
    sent = fields(page)
    assert (sent["partner-list.1.share"], sent["partner-list.0.name"], sent["partner-list.2.name"]) == (
        ["3.000,0000"], ["Nieuw"], [""],
    )  # fmt: skip
    first, second = FULL["partner-list"]
    assert stored(reference)["partner-list"] == [{**first, "name": "Nieuw", "role": None}, {**second, "share": None}]


@pytest.mark.parametrize("name", ["partner-list.x.name", "partner-list.99999.name", "partner-list..name", "budget.own"])
def test_a_strange_name_of_a_row_is_nothing(own: FlaskClient, by: tuple[Actor, int], reference: str, name: str) -> None:
    fill(by, reference)
    assert send(own, reference, "partners", **{name: "x"}).status_code == 302
    assert stored(reference) == FULL


@pytest.mark.parametrize("then", ["add:\nmoon", "remove:\r\nX: y", "add:title", "remove:", "add:budget.lines.moon"])
def test_a_strange_button_saves_and_stays(own: FlaskClient, by: tuple[Actor, int], reference: str, then: str) -> None:
    fill(by, reference)
    answer = send(own, reference, "means", then=then)
    address = answer.headers["Location"]
    assert (answer.status_code, address.startswith(f"/applications/{reference}/sections/means")) == (302, True)
    assert own.get(address.split("#")[0]).status_code == 200
    assert stored(reference)["budget"]["own"] == A_BUDGET["own"]


# The budget


def test_a_budget_is_typed_in_lines_and_computed_by_the_server(own: FlaskClient, reference: str) -> None:
    answer = send(
        own, reference, "means", then="stay",
        budget__lines__activities__0__label="Waterpunt", budget__lines__activities__0__amount="15,000.00",
        budget__lines__activities__0__explanation="Twee kranen",
        budget__lines__travel__0__label="Treinen", budget__lines__travel__0__amount="€ 1 000",
        budget__lines__structure__0__label="Kantoor", budget__lines__structure__0__amount="1000",
        budget__own="1000.00", budget__funders__0__name="Gemeente", budget__funders__0__amount="1000",
        budget__funders__0__status="acquired",
    )  # fmt: skip
    assert answer.status_code == 302
    lines = [{**line, "explanation": line["explanation"] or ""} for line in A_BUDGET["lines"]]
    assert stored(reference)["budget"] == {**A_BUDGET, "lines": lines}
    page = section(own, reference, "means")
    assert "Amounts as we read them: Budget: €17,000 of costs, of which €15,000 is requested." in page
    sums = dict(re.findall(r'data-sum-of="(\w+)">(.*?)</output>', page))
    assert sums == {
        "direct": "€16,000", "overheads": "€1,000", "total": "€17,000", "own": "€1,000", "funders": "€1,000",
        "requested": "€15,000",
    }  # fmt: skip
    assert asked(queries.view, reference).requested == 1_500_000


def test_broken_caps_are_all_told_under_the_budget_with_their_sums(
    own: FlaskClient, by: tuple[Actor, int], reference: str
) -> None:
    fill(by, reference)
    answer = send(own, reference, "means", budget__lines__structure__0__amount="2000", budget__own="0")
    assert said(answer.get_data(as_text=True)) == [
        "budget Overheads: €16,000 of direct costs × 7% = €1,120 at most; you have €2,000.",
        "budget Own means and other funders: €18,000 of costs × 10% = €1,800 at least; you have €1,000.",
    ]
    assert stored(reference)["budget"]["own"] == 0


def test_an_ambiguous_amount_in_a_line_is_asked_back_with_its_place(
    own: FlaskClient, by: tuple[Actor, int], reference: str
) -> None:
    fill(by, reference)
    page = send(own, reference, "means", budget__lines__travel__0__amount="1.000").get_data(as_text=True)
    assert said(page) == [
        "budget.lines.travel.0.amount Travel, Line 1, Amount: “1.000” can mean €1 or €1,000. "
        "Write the amount in full, with two decimals."
    ]
    assert fields(page)["budget.lines.travel.0.amount"] == ["1.000"]


def test_lines_under_a_heading_the_call_lost_are_kept_on_the_screen_and_told(
    own: FlaskClient, by: tuple[Actor, int], reference: str
) -> None:
    line = {"category": "boats", "label": "Een boot", "amount": 100_000, "explanation": None}
    fill(by, reference, budget={**A_BUDGET, "lines": [*A_BUDGET["lines"], line]})
    page = section(own, reference, "means")
    assert fields(page)["budget.lines.boats.0.label"] == ["Een boot"]
    assert said(page) == ["budget Budget: the line “Een boot” stands under a heading the call no longer has. "
                          "Move it to another one."]  # fmt: skip


# Who reads what


def test_a_file_of_every_kind_is_read_by_its_applicant_the_office_and_the_jury(
    own: FlaskClient, by: tuple[Actor, int], reference: str, clock: Clock
) -> None:
    fill(by, reference, themes=["water"], permit="yes")
    done(submission.attach, by[0], reference, "permit-document", "vergunning.pdf", one_page("V"), now=NOW)
    check = own.get(f"/applications/{reference}/check").get_data(as_text=True)
    done(submission.submit, by[0], reference, received_at=NOW)
    done(eligibility.screen, SYSTEM, reference, now=NOW)
    done(eligibility.overrule, SYSTEM, reference, 2, True, "in orde", now=NOW)
    done(eligibility.admit, SYSTEM, reference, now=NOW)
    juror = a_juror()
    assign(reference, juror, call="every")
    clock.now = CLOSES
    office = sign_in(own, an_administrator()).get(f"/administration/files/{reference}?language=en")
    jury = sign_in(own, juror).get(f"/jury/{reference}?language=en")
    pages = {"check": check, "office": office.get_data(as_text=True), "jury": jury.get_data(as_text=True)}
    shown = (
        "Eau Vive", "Builds", "6. Clean water and sanitation", "from 1 September 2027", "vergunning.pdf",
        "Amount requested: €17,000 of costs − €1,000 of own means − €1,000 from other funders = €15,000.",
    )  # fmt: skip
    for name, page in pages.items():
        text = html.unescape(page)
        assert [one for one in shown if one not in text] == [], name
        assert "Number of the accreditation" not in text
    assert ["02 000 00 00" in page for page in pages.values()] == [True, True, False]


def test_the_page_of_the_call_says_what_the_budget_allows_and_what_is_asked_only_of_some(client: FlaskClient) -> None:
    a_call(every_kind())
    text = html.unescape(client.get("/calls/every?language=en").get_data(as_text=True))
    wanted = (
        "At most 10% of all costs.", "At most €1,500.", "Overheads come to at most 7% of the direct costs.",
        "Own means and other funders pay at least 10% of all costs.",
        "Table with the columns Name, Role, Since, Share, Telephone", "A whole number from 10 to 5000.",
        "asked only of some, by their other answers or their type",
    )  # fmt: skip
    assert [one for one in wanted if one not in text] == []
