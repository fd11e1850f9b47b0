"""Background work: one Celery application for production, and a loop of threads for the embedded default.

Both run the same tasks. The rows say what is due; Celery's queue or the loop's bell only wake who looks.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery, Task
from kombu.exceptions import KombuError, OperationalError
from redis import Redis
from redis.exceptions import RedisError

from config.logging import within

log = logging.getLogger(__name__)

TICK = 15.0
"""Seconds between two looks when nobody rings."""
SILENCE = 3 * TICK
"""Seconds without a sweep through the broker after which a worker looks by itself."""
RETRIES = 3
"""How often a unit of work is done at once where the database asks for it to be done again."""
LONGEST_TASK = 120
"""Seconds; the visibility timeout of the queue is above it."""

_tell: Callable[[str, str | int, Exception], None] | None = None


class Marked(Task):  # type: ignore[misc]  # Celery has no type hints
    """A task whose every line in the log names it and what it is about."""

    def __call__(self, *given: Any) -> Any:
        about = given[0] if given else ""
        with within(task=self.name, about=about):
            for attempt in range(1, RETRIES + 1):
                try:
                    return super().__call__(*given)
                except Exception as error:
                    if again(error) and attempt < RETRIES:
                        continue  # the whole of it: its transactions were rolled back
                    log.exception("%s(%r) failed; it stays due", self.name, about)
                    if _tell is not None:
                        _tell(self.name, about, error)
                    raise
        raise AssertionError("unreachable")


celery = Celery("oproep", set_as_current=False, task_cls=Marked)
celery.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=LONGEST_TASK,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": LONGEST_TASK * 5,
        "max_retries": 1,  # a request never waits for a broker that is not there
        "interval_start": 0,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "unacked_restore_interval": 30,
        "unacked_restore_throttle": 1,
    },
    beat_schedule={"sweep": {"task": "sweep", "schedule": TICK}},
    timezone="UTC",
    worker_hijack_root_logger=False,  # config.logging has the say
    worker_redirect_stdouts=False,
)

_bell: threading.Event | None = None
_beaten = time.monotonic()


def again(error: Exception) -> bool:
    """Whether a whole unit of work may simply be done again: the database let two wait for each other (40P01) or could
    not put them in an order (40001)."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in ("40001", "40P01")


def tell_troubles(tell: Callable[[str, str | int, Exception], None]) -> None:
    """Say who is told of a task that failed."""
    global _tell
    _tell = tell


def pulse() -> None:
    """A sweep came through the broker to this process."""
    global _beaten
    _beaten = time.monotonic()


def silent_for() -> float:
    """Seconds since a sweep came through the broker to this process."""
    return time.monotonic() - _beaten


def backlog() -> int:
    """How many tasks wait on the broker; 0 where there is none or it does not answer."""
    if not celery.conf.broker_url:
        return 0
    try:
        with _redis() as redis:
            return int(redis.llen("celery"))
    except RedisError:
        return 0


def refuse_eviction(address: str) -> None:
    """Raise RuntimeError where the broker may throw queued work away; one that does not answer is waited for."""
    use_redis(address)
    try:
        with _redis() as redis:
            policy = redis.config_get("maxmemory-policy").get("maxmemory-policy")
    except RedisError as error:
        log.warning("Redis does not answer yet: %s", type(error).__name__)
        return
    if policy not in (None, "noeviction"):
        raise RuntimeError(f"Redis has maxmemory-policy {policy}, which throws work away; set it to noeviction")


def _redis() -> Redis:
    return Redis.from_url(
        str(celery.conf.broker_url), socket_timeout=2, socket_connect_timeout=1, decode_responses=True
    )


@contextmanager
def watchdog(sweep: Callable[[], int]) -> Iterator[None]:
    """While the broker brings no sweep (it is down, was emptied, its beat is dead, or this worker stopped consuming),
    look at the rows from here: letters leave, only later. A broker is a doorbell, and somebody watches the door."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(TICK):
            if silent_for() > SILENCE:
                log.warning("no sweep came through the broker for %d s: this process looks by itself", silent_for())
                _round(sweep, stop)

    thread = threading.Thread(target=watch, name="oproep-watchdog", daemon=True)
    pulse()
    thread.start()
    try:
        yield
    finally:
        stop.set()


def use_redis(address: str) -> None:
    """Let the Celery application talk to this broker."""
    celery.conf.broker_url = address


def nudge() -> None:
    """Say that there may be work. A dead broker loses nothing: the next tick finds the rows."""
    if _bell is not None:
        _bell.set()
    elif celery.conf.broker_url:
        threading.Thread(
            target=queue, args=("sweep",), name="oproep-ringer", daemon=True
        ).start()  # no request waits for a broker


def queue(task: str, *given: int) -> None:
    """Put a task on the broker, where there is one and it answers."""
    if not celery.conf.broker_url:
        return
    try:
        celery.send_task(task, given, retry=False)
    except (OperationalError, KombuError, RedisError, OSError) as error:
        log.warning("the broker was not reached, work waits for the next tick: %s", error)


@contextmanager
def loop(sweep: Callable[[], int], threads: int = 1) -> Iterator[None]:
    """Run `sweep` in background threads until the block ends: at every ring, at every tick, and as long as it
    finds work. It must claim what it does, so that several threads never do the same."""
    global _bell
    bell, stop = threading.Event(), threading.Event()
    celery.finalize()  # once, before two threads would do it at the same time
    workers = [
        threading.Thread(target=_run, args=(sweep, bell, stop), name=f"oproep-loop-{number}", daemon=True)
        for number in range(threads)
    ]
    _bell = bell
    for worker in workers:
        worker.start()
    bell.set()
    try:
        yield
    finally:
        _bell = None
        stop.set()
        bell.set()
        for worker in workers:
            worker.join(timeout=10)


def _run(sweep: Callable[[], int], bell: threading.Event, stop: threading.Event) -> None:
    while not stop.is_set():
        bell.wait(TICK)
        bell.clear()
        _round(sweep, stop)


def _round(sweep: Callable[[], int], stop: threading.Event) -> None:
    """Sweep as long as there is something."""
    try:
        while not stop.is_set() and sweep():
            pass
    except Exception:  # the loop outlives whatever one round meets; the row is still there for the next
        log.exception("background work failed; it will be tried again")
