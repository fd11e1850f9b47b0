"""The closing of a call in somebody's own calendar."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from icalendar import Calendar

from tests.builders import CLOSES, NOW, a_call, done, terms
from workflows.calls import actions as calls
from workflows.permissions import SYSTEM

PLACE = "/calls/small/closing.ics"


def the_event(client: FlaskClient) -> Any:
    (event,) = Calendar.from_ical(client.get(PLACE).data).walk("VEVENT")
    return event


def test_the_event_ends_when_the_call_closes_and_warns_a_week_and_a_day_before(client: FlaskClient) -> None:
    a_call()
    event = the_event(client)
    warned = [event.decoded("dtstart") + alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert event.decoded("dtend") == CLOSES
    assert warned == [CLOSES - timedelta(days=7), CLOSES - timedelta(days=1)]
    assert b"DTEND:20261215T150000Z" in client.get(PLACE).data
    assert f'href="{PLACE}"' in client.get("/calls/small").text


def test_a_moved_closing_moves_the_same_event_along(client: FlaskClient) -> None:
    a_call()
    before = the_event(client)
    later = terms(closes_at=terms().closes_at + timedelta(days=3))
    done(calls.import_call, SYSTEM, later, now=NOW, reason="Langer open")
    after = the_event(client)
    assert (after["uid"], after["sequence"]) == (before["uid"], before["sequence"] + 1)
    assert after.decoded("dtend") == CLOSES + timedelta(days=3)


def test_a_call_that_is_not_published_has_no_event(client: FlaskClient) -> None:
    a_call(published=False)
    assert client.get(PLACE).status_code == 404
