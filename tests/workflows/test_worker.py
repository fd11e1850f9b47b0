"""Work in the background: the rows say what is due; a bell, a tick or a queue only wakes who looks."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, update

from config.settings import ROOT, Settings
from tests.builders import CLOSES, DAY, NOW, a_call, an_application, asked, done
from tests.conftest import missing
from workflows import tasks, troubles, worker
from workflows.eligibility import queries as eligibility
from workflows.history import HistoryEntry
from workflows.letters import queries as letters
from workflows.letters.tables import Letter
from workflows.lifecycle import ApplicationState
from workflows.submission import queries as submission


def eventually(look: Callable[[], object], seconds: float = 10) -> object:
    """What `look` gives once it gives something true; what it gives at last."""
    until = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


@pytest.fixture
def at_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of background work stands on the day after closing."""
    monkeypatch.setattr(tasks, "utcnow", lambda: CLOSES + DAY)


def test_the_loop_does_what_is_due_when_it_is_rung(settings: Settings, at_closing: None) -> None:
    a_call()
    with worker.loop(tasks.work_off, threads=2):
        reference = an_application("submitted")
        worker.nudge()
        assert eventually(lambda: asked(letters.counts) == {"sent": 1}) is True
        assert eventually(lambda: asked(eligibility.unscreened, NOW) == []) is True
    assert asked(submission.view, reference).state is ApplicationState.SUBMITTED
    assert len(list(settings.mail_folder.glob("*.eml"))) == 1


def test_the_loop_works_as_long_as_it_finds_something_and_then_rests_until_the_bell() -> None:
    left, rounds = [3], []

    def sweep() -> int:
        rounds.append(left[0])
        left[0] -= 1 if left[0] else 0
        return left[0]

    with worker.loop(sweep):
        assert eventually(lambda: rounds == [3, 2, 1]) is True
        time.sleep(0.1)
        assert rounds == [3, 2, 1]
        left[0] = 1
        worker.nudge()
        assert eventually(lambda: rounds == [3, 2, 1, 1]) is True


def test_the_loop_outlives_a_round_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    rounds: list[int] = []

    def sweep() -> int:
        rounds.append(len(rounds))
        if rounds == [0]:
            raise RuntimeError("the disk is full")
        return 0

    with worker.loop(sweep):
        assert eventually(lambda: rounds == [0]) is True
        worker.nudge()
        assert eventually(lambda: rounds == [0, 1]) is True
    assert [record.message for record in caplog.records] == ["background work failed; it will be tried again"]


def test_the_loop_ends_with_its_block() -> None:
    with worker.loop(lambda: 0, threads=3):
        names = sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("oproep-loop"))
        assert names == ["oproep-loop-0", "oproep-loop-1", "oproep-loop-2"]
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("oproep-loop")] == []


def test_a_task_that_fails_stays_due_and_does_not_stop_the_others(
    settings: Settings, at_closing: None, caplog: pytest.LogCaptureFixture
) -> None:
    a_call()
    for _ in range(3):
        an_application("submitted")
    for entry_id in asked(letters.unwritten, NOW):
        tasks.write_letter(entry_id)
    first, *others = asked(letters.unrendered, NOW)
    whole = asked(letters.letter, first).content
    done(lambda session: session.execute(update(Letter).where(Letter.id == first).values(content="{")))
    with caplog.at_level(logging.ERROR, logger="workflows.worker"):
        tasks.work_off()
    assert [record.message for record in caplog.records] == [f"render_letter({first}) failed; it stays due"]
    assert (asked(letters.unrendered, NOW), asked(letters.counts)) == ([first], {"pending": 1, "sent": 2})
    assert [asked(letters.letter, one).pdf is None for one in others] == [False, False]
    done(lambda session: session.execute(update(Letter).where(Letter.id == first).values(content=whole)))
    while tasks.work_off():
        pass
    assert asked(letters.counts) == {"sent": 3}


def test_a_task_run_twice_does_its_work_once(settings: Settings, at_closing: None) -> None:
    a_call()
    reference = an_application("submitted")
    (entry_id,) = asked(letters.unwritten, NOW)
    for _ in range(2):
        tasks.screen(reference)
        tasks.write_letter(entry_id)
        tasks.render_letter(1)
        tasks.send_mail(1)
    assert asked(letters.counts) == {"sent": 1}
    assert len(list(settings.mail_folder.glob("*"))) == 1
    assert tasks.work_off() == 0


def test_two_loops_over_one_database_send_each_mail_once(settings: Settings, at_closing: None) -> None:
    a_call()
    for _ in range(4):
        an_application("submitted")
    with worker.loop(tasks.work_off, threads=3):
        assert eventually(lambda: asked(letters.counts) == {"sent": 4}) is True
    assert [one.attempts for one in asked(letters.mailbox)] == [1, 1, 1, 1]


def test_nothing_is_due_for_what_was_rolled_back(settings: Settings) -> None:
    a_call()

    def submit_and_fail() -> None:
        an_application("draft")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        submit_and_fail()
    assert [asked(find, NOW) for _, find in tasks.DUE] == [[]] * len(tasks.DUE)
    submitted = select(HistoryEntry).where(HistoryEntry.event == "submit")
    assert asked(lambda session: session.scalars(submitted).all()) == []


def test_a_dead_redis_stops_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(worker.celery.conf, "broker_url", "redis://127.0.0.1:1/0")
    before = time.monotonic()
    worker.nudge()
    took = time.monotonic() - before
    for ringer in threading.enumerate():
        if ringer.name == "oproep-ringer":
            ringer.join(timeout=10)
    assert [record.message.split(":")[0] for record in caplog.records if record.name == "workflows.worker"] == [
        "the broker was not reached, work waits for the next tick"
    ]
    assert took < 0.5


def test_without_a_broker_and_without_a_loop_a_nudge_is_nothing() -> None:
    assert worker.nudge() is None  # type: ignore[func-returns-value]


NUDGE = """
import sys
import threading
from workflows import tasks, worker
worker.use_redis(sys.argv[1])
worker.nudge()
for ringer in threading.enumerate():
    if ringer.name == "oproep-ringer":
        ringer.join(timeout=10)
"""


@pytest.mark.redis
def test_a_nudge_reaches_a_real_redis_as_one_sweep() -> None:
    address = "redis://127.0.0.1:6379/13"
    try:
        with Redis.from_url(address, socket_connect_timeout=1) as redis:
            redis.delete("celery")
            subprocess.run([sys.executable, "-c", NUDGE, address], cwd=ROOT, check=True)
            queued = redis.lrange("celery", 0, -1)
            redis.delete("celery", "_kombu.binding.celery")
    except RedisError:
        missing("Redis server at 127.0.0.1:6379")
    assert [b'"task": "sweep"' in one for one in queued] == [True]


class Ordered(Exception):
    """What the database says where it could not put two units of work in an order."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.orig = self
        self.sqlstate = code


@pytest.mark.parametrize(("code", "tries", "ends"), [("40001", 3, True), ("40P01", 3, True), ("23505", 1, False)])
def test_a_unit_of_work_is_done_again_at_once_where_the_database_asks_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, code: str, tries: int, ends: bool
) -> None:
    tried: list[int] = []

    def look(about: int) -> None:
        tried.append(about)
        if len(tried) < 3:
            raise Ordered(code)

    monkeypatch.setattr(tasks.screen, "run", look)
    if ends:
        tasks.screen(1)
    else:
        with pytest.raises(Ordered):
            tasks.screen(1)
    assert tried == [1] * tries
    assert asked(troubles.failing) == (0 if ends else 1)


def test_what_fails_waits_longer_each_time_is_counted_and_forgotten_once_it_is_done(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_call()
    an_application("submitted")
    (entry_id,) = asked(letters.unwritten, NOW)
    tasks.write_letter(entry_id)
    whole = asked(letters.letter, 1).content
    done(lambda session: session.execute(update(Letter).values(content="{")))
    now, waits = CLOSES, []
    monkeypatch.setattr(tasks, "utcnow", lambda: now)
    for _ in range(6):
        before = now
        while not tasks.due(tasks.render_letter, letters.unrendered):
            now += timedelta(minutes=1)
        waits.append(int((now - before).total_seconds()) // 60)
        tasks.work_off()
    assert waits == [0, 0, 1, 2, 4, 8]
    (stuck,) = asked(troubles.parked)
    assert (stuck.task, stuck.about, stuck.attempts, stuck.error) == ("render_letter", "1", 6, "JSONDecodeError")
    assert [troubles.pause(attempts) for attempts in (10, 20)] == [timedelta(minutes=256), troubles.LONGEST]
    done(lambda session: session.execute(update(Letter).values(content=whole)))
    now += troubles.LONGEST
    while tasks.work_off():
        pass
    assert (asked(letters.counts), asked(troubles.failing)) == ({"sent": 1}, 0)


def test_while_the_broker_brings_nothing_the_worker_looks_by_itself(
    settings: Settings, at_closing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_call()
    an_application("submitted")
    monkeypatch.setattr(worker, "TICK", 0.02)
    monkeypatch.setattr(worker, "SILENCE", 0.1)
    with worker.watchdog(tasks.work_off):
        assert eventually(lambda: asked(letters.counts) == {"sent": 1}) is True
    worker.pulse()
    assert worker.silent_for() < 5


def test_a_sweep_adds_nothing_to_a_broker_that_is_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    a_call()
    an_application("submitted")
    queued: list[object] = []
    monkeypatch.setattr(tasks.write_letter, "delay", queued.append)
    monkeypatch.setattr(tasks.screen, "delay", queued.append)
    monkeypatch.setattr(worker, "backlog", lambda: tasks.MOST_QUEUED + 1)
    tasks.sweep()
    assert queued == []
    monkeypatch.setattr(worker, "backlog", lambda: 0)
    tasks.sweep()
    assert len(queued) == 2


def test_a_redis_that_throws_work_away_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Evicting:
        def __enter__(self) -> "Evicting":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def config_get(self, _: str) -> dict[str, str]:
            return {"maxmemory-policy": "allkeys-lru"}

    monkeypatch.setitem(worker.celery.conf, "broker_url", None)
    monkeypatch.setattr(worker, "_redis", Evicting)
    with pytest.raises(RuntimeError, match="set it to noeviction"):
        worker.refuse_eviction("redis://127.0.0.1:1/0")
    monkeypatch.undo()
    monkeypatch.setitem(worker.celery.conf, "broker_url", None)
    assert worker.refuse_eviction("redis://127.0.0.1:1/0") is None  # type: ignore[func-returns-value]
    monkeypatch.setitem(worker.celery.conf, "broker_url", None)
