"""What a page of an association costs: statements of the database, and what goes over the line the first time."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.builders import (
    CLOSES,
    DAY,
    a_call,
    an_administrator,
    an_application,
    an_association,
    done,
    sign_in,
    terms,
    work_off,
)
from tests.conftest import Clock
from workflows import database
from workflows.calls.terms import Terms
from workflows.completion import actions

MOST_STATEMENTS = 8
MOST_OCTETS = 120_000
PAGES = ("", "/sections/project", "/check")


def a_long_call(questions: int) -> Terms:
    """The small call with so many questions more in its first section, and as many sections of one question."""
    small = terms().model_dump(mode="json", exclude_none=True)["sections"]
    more = [
        {"id": f"q{number}", "kind": "long-text", "max_length": 2000, "required": False,
         "label": {"nl": f"Vraag {number}", "fr": f"Question {number}"}, "help": {"nl": "Leg uit.", "fr": "Expliquez."}}
        for number in range(2 * questions)
    ]  # fmt: skip
    small[0]["questions"] += more[:questions]
    short = [
        {"id": f"s-{one['id']}", "title": {"nl": "Deel", "fr": "Partie"}, "questions": [one]}
        for one in more[questions:]
    ]
    return terms(sections=[*small, *short])


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile; the beginning of a transaction asks nothing."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(database.engine(), "before_cursor_execute", note)
    yield said
    event.remove(database.engine(), "before_cursor_execute", note)


@pytest.mark.parametrize("state", ["draft", "submitted"])
@pytest.mark.parametrize("questions", [0, 10, 80])
def test_a_page_of_an_application_takes_few_statements_however_many_questions(
    client: FlaskClient, questions: int, state: str
) -> None:
    a_call(a_long_call(questions))
    by = an_association()
    reference = an_application(state, by=by)
    work_off()
    sign_in(client, by[0])
    for page in PAGES[:2] if state == "draft" else PAGES[:1]:
        client.get(f"/applications/{reference}{page}")  # the terms of a call are read once per process
        with counted() as said:
            assert client.get(f"/applications/{reference}{page}").status_code == 200
        assert len(said) <= MOST_STATEMENTS, (page, said)


def octets(client: FlaskClient, path: str) -> int:
    """What a browser receives of an address that it never saw before."""
    with client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.status_code == 200, path
        return len(answer.data)


def weight(client: FlaskClient, path: str) -> int:
    """What a browser receives that opens the page as its first of the portal."""
    html = client.get(path).get_data(as_text=True)
    parts = {part.replace("&amp;", "&") for part in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)}
    assert {"oproep.css", "govuk.css", "govuk.js", "figtree-latin.woff2"} <= {
        part.split("?")[0].rsplit("/", 1)[-1] for part in parts
    }
    return octets(client, path) + sum(octets(client, part) for part in parts)


def too_heavy(client: FlaskClient, *paths: str) -> dict[str, int]:
    return {path: found for path in paths if (found := weight(client, path)) > MOST_OCTETS}


def test_a_page_of_an_association_weighs_little_the_first_time_with_everything_on_it(client: FlaskClient) -> None:
    a_call(a_long_call(60))
    visitor = ("/", "/calls/small", "/calls/small/may-apply", "/sign-in", "/register", "/password-forgotten", "/verify")
    assert too_heavy(client, *visitor, "/accessibility", "/privacy") == {}
    by = an_association()
    draft = an_application("draft", by=by)
    sign_in(client, by[0])
    own = (
        "/account/",
        "/account/address",
        "/applications/",
        "/applications/start/small",
        "/applications/organisations/new",
    )
    organisation = f"/applications/organisations/{by[1]}"
    of_it = [f"{organisation}{page}" for page in ("", "/edit", "/members", "/account", "/accreditation")]
    of_draft = [f"/applications/{draft}{page}" for page in (*PAGES, "/messages")]
    assert too_heavy(client, *own, *of_it, *of_draft) == {}


def test_what_an_association_opens_after_it_submitted_weighs_little_too(client: FlaskClient, clock: Clock) -> None:
    a_call(a_long_call(60))
    by = an_association()
    reference = an_application("submitted", by=by)
    work_off()
    clock.now = CLOSES + DAY
    wanted = [question.id for question in a_long_call(60).sections[0].questions]
    done(actions.ask, an_administrator(), reference, wanted, "Onvolledig.", clock.now + 9 * DAY, now=clock.now)
    sign_in(client, by[0])
    pages = [f"/applications/{reference}{page}" for page in ("", "/receipt", "/messages", "/requests/1")]
    assert too_heavy(client, *pages) == {}


def test_a_compressed_page_says_the_same_and_hides_its_length(client: FlaskClient) -> None:
    plain = client.get("/", headers={"Accept-Encoding": ""})
    packed = [client.get("/", headers={"Accept-Encoding": "gzip"}) for _ in range(12)]
    assert ("Content-Encoding" in plain.headers, {one.headers["Content-Encoding"] for one in packed}) == (
        False,
        {"gzip"},
    )
    assert {gzip.decompress(one.data) for one in packed} == {plain.data}
    assert len({len(one.data) for one in packed}) > 1
    assert "Accept-Encoding" in plain.headers["Vary"]
