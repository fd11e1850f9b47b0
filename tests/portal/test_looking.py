"""Looking changes nothing: of all pages only the opening of a letter is written down, and only for who gets it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_juror,
    an_administrator,
    an_application,
    an_association,
    an_expert,
    asked,
    assign,
    sign_in,
    work_off,
)
from tests.conftest import Clock
from workflows.letters import queries as letters_queries
from workflows.permissions import Actor, Duty
from workflows.submission import queries as applications

OPENINGS = {"applicant.letter", "applicant.letter_pdf"}
PEOPLE = ("applicant", "juror", "expert", "administrator")


@pytest.fixture
def world(settings: Settings) -> dict[str, Actor]:
    """A call with a draft, receipts and reviews, and who takes part in it."""
    a_call()
    by, juror, expert, clerk = an_association(), a_juror(), an_expert(), an_administrator()
    an_application("draft", {"places": ["WEST-BANK"]}, by=by)
    reference = an_application("eligible", by=by)
    assign(reference, juror)
    assign(reference, expert, Duty.EXPERT)
    an_application("scored", by=by)
    return {"applicant": by[0], "juror": juror, "expert": expert, "administrator": clerk}


def contents(settings: Settings) -> list[str]:
    """Everything the database holds, as text."""
    with closing(sqlite3.connect(settings.instance / "oproep.sqlite")) as connection:
        return list(connection.iterdump())


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every page there is, with each file, letter and document of the world in turn."""
    files = asked(applications.of_call, "small")
    sent = asked(letters_queries.of_call, "small")
    for file in files:
        own = [letter.id for letter in sent if letter.application == file.reference] or [0]
        for letter_id in own:
            named = {
                "reference": file.reference, "call_id": "small", "section_id": "project", "letter_id": letter_id,
                "mail_id": 1, "number": 1, "organisation_id": 1, "duty": "jury", "token": file.attachments[0].token,
            }  # fmt: skip
            adapter = app.url_map.bind("localhost")
            for rule in app.url_map.iter_rules():
                if "GET" in (rule.methods or ()) and rule.endpoint != "static" and rule.arguments <= set(named):
                    yield rule.endpoint, adapter.build(rule.endpoint, {key: named[key] for key in rule.arguments})


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("at", [NOW, CLOSES + DAY])
def test_no_page_writes_anything_down_but_the_opening_of_a_letter(
    client: FlaskClient, clock: Clock, settings: Settings, world: dict[str, Actor], at: datetime, method: str
) -> None:
    work_off()
    clock.now = at
    found = set()
    for person in PEOPLE:
        sign_in(client, world[person])
        before = contents(settings)
        for endpoint, address in sorted(set(addresses(client.application))):
            if method == "HEAD" or endpoint not in OPENINGS:
                answer = client.open(address, method=method)
                assert (endpoint, answer.status_code in (200, 302, 404)) == (endpoint, True)
                if answer.status_code == 200:
                    found.add(endpoint.split(".")[0])
        assert contents(settings) == before
    assert found == {"public", "account", "applicant", "juror", "expert", "administrator", "health"}
