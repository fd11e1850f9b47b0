"""When a request arrived: the stamp of a trusted proxy, never of a client, never of a broken clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from portal import create_app, set_up, work
from portal.arrival import AHEAD, BEHIND, began, read

CLOCK = datetime(2026, 12, 15, 15, 0, 3, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def stamp(at: datetime) -> str:
    return f"t={int(at.timestamp() * 1000):d}"


@given(st.integers(-299_999, 2_000))
def test_the_stamp_of_a_trusted_proxy_counts_to_the_millisecond_however_it_is_written(behind: int) -> None:
    at = CLOCK + timedelta(milliseconds=behind)
    seconds, rest = divmod(int(at.timestamp() * 1000), 1000)
    for written in (stamp(at), stamp(at)[2:], f"t={seconds}.{rest:03d}", f" {seconds}.{rest:03d} "):
        environ = {"HTTP_X_REQUEST_START": written, "HTTP_X_REQUEST_READ": written}
        assert began(environ, CLOCK, trusted=True) == at
        assert read(environ, CLOCK, trusted=True) == at


@pytest.mark.parametrize(
    "written",
    ["", "t=", "now", "12", "-1793890799", "1e12", "1797346803,1797346803", "t=17973468030000000", "١٧٩٧٣٤٦٨٠٣"],
)
def test_what_is_no_stamp_is_not_believed(written: str) -> None:
    assert began({"HTTP_X_REQUEST_START": written}, CLOCK, trusted=True) == CLOCK


def test_a_stamp_of_a_broken_clock_is_not_believed() -> None:
    asked = [
        CLOCK + AHEAD,
        CLOCK + AHEAD + timedelta(milliseconds=1),
        CLOCK - BEHIND,
        CLOCK - BEHIND - timedelta(seconds=1),
    ]
    believed = [began({"HTTP_X_REQUEST_START": stamp(at)}, CLOCK, trusted=True) == at for at in asked]
    assert believed == [True, False, True, False]


def test_a_client_cannot_stamp_its_own_request() -> None:
    early = {"HTTP_X_REQUEST_START": stamp(CLOCK - timedelta(seconds=4))}
    assert (began(early, CLOCK, trusted=False), read(early, CLOCK, trusted=False)) == (CLOCK, CLOCK)


class Proxied:
    """An installation behind one proxy, its own clock standing still."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings.model_copy(update={"trusted_proxies": 1}))

    def arrived(self, start: datetime, there: datetime | None) -> datetime:
        """When a request with these stamps counts as arrived."""
        headers = {"X-Request-Start": stamp(start)} | ({"X-Request-Read": stamp(there)} if there else {})
        with self.app.test_request_context("/", headers=headers):
            self.app.preprocess_request()
            assert g.now is not None
            return work.now()


@pytest.fixture
def proxied(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxied]:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return CLOCK

    monkeypatch.setattr(work, "datetime", Stopped)
    yield Proxied(settings)
    assert set_up.arrival is work.arrival


def test_a_queue_at_the_closing_hour_makes_nobody_late(proxied: Proxied) -> None:
    start = CLOCK - timedelta(seconds=40)
    assert proxied.arrived(start, start + timedelta(seconds=1)) == start


def test_a_body_that_was_held_back_counts_from_when_it_was_there(proxied: Proxied) -> None:
    start, there = CLOCK - timedelta(seconds=40), CLOCK - timedelta(seconds=5)
    assert proxied.arrived(start, there) == there
    assert proxied.arrived(start, None) == CLOCK  # a proxy that stamps no end: the longer way is not honest
