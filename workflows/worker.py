"""Background work: one Celery application for production, and a loop of threads for the embedded default.

Both run the same tasks. The rows say what is due; Celery's queue or the loop's bell only wake who looks.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery, Task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.logging import within

log = logging.getLogger(__name__)

TICK = 15.0
"""Seconds between two looks when nobody rings."""
LONGEST_TASK = 120
"""Seconds; the visibility timeout of the queue is above it."""


class Marked(Task):  # type: ignore[misc]  # Celery has no type hints
    """A task whose every line in the log names it and what it is about."""

    def __call__(self, *given: Any) -> Any:
        with within(task=self.name, about=given[0] if given else None):
            return super().__call__(*given)


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
    except (OperationalError, RedisError, OSError) as error:
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
        try:
            while not stop.is_set() and sweep():
                pass
        except Exception:  # the loop outlives whatever one round meets; the row is still there for the next
            log.exception("background work failed; it will be tried again")
