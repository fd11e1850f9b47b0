"""The closing is an instant of the server's clock: where a browser is, and what its clock says, changes nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.builders import a_call, an_application, an_association, asked, sign_in, terms
from tests.conftest import Clock
from workflows.database import transaction
from workflows.people.tables import SignInSession
from workflows.submission import queries

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Europe/Brussels"])
@pytest.mark.parametrize(
    ("typed", "closes"),
    [
        ("2027-03-28T03:00:00", datetime(2027, 3, 28, 1, tzinfo=UTC)),  # the first minute of summer time
        ("2027-03-28T01:59:59", datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC)),  # the last second of winter time
        ("2027-02-15T16:00:00", datetime(2027, 2, 15, 15, tzinfo=UTC)),
    ],
)
def test_on_time_is_before_the_closing_to_the_second_wherever_the_browser_is(
    client: FlaskClient, clock: Clock, typed: str, closes: datetime, zone: str
) -> None:
    a_call(terms(closes_at=typed))
    us = an_association()
    reference = an_application(by=us)
    clock.now = closes - timedelta(hours=1)
    sign_in(client, us[0])
    with transaction() as session:
        session.execute(update(SignInSession).values(created_at=clock.now))
    address = f"/applications/{reference}/submit"
    there = {"Date": format_datetime((closes - timedelta(hours=3)).astimezone(ZoneInfo(zone)))}  # a clock that is slow
    clock.now = closes
    late = client.post(address, data={"declaration": "y"}, headers=there)
    assert (late.status_code, asked(queries.receipts, asked(queries.view, reference).id)) == (422, ())
    clock.now = closes - SECOND
    there["Date"] = format_datetime((closes + timedelta(hours=3)).astimezone(ZoneInfo(zone)))  # and one that is fast
    assert client.post(address, data={"declaration": "y"}, headers=there).status_code == 302
    (receipt,) = asked(queries.receipts, asked(queries.view, reference).id)
    assert receipt.received_at == closes - SECOND
