"""The process that is killed: does background work on the installation it is told, until it is no more."""

import itertools
import os
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from config.settings import Settings
from portal import set_up
from workflows import database, tasks
from workflows.files import store
from workflows.letters.transport import Smtp


def run(address: str, folder: str, port: int, ahead: float, dies_at: int) -> None:
    """Work off whatever is due, again and again, until the `dies_at`-th word with the database, or an outside end."""
    connect(address, folder, port, ahead)
    said = itertools.count(1)

    def die(*_: Any) -> None:
        if next(said) >= dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(database.engine(), moment, die)
    while True:
        with suppress(Exception):  # as the loop outlives whatever one round meets
            tasks.work_off()
        time.sleep(0.01)


def connect(address: str, folder: str, port: int, ahead: float) -> None:
    """Open the installation in this process, as `set_up.connect` does, with the mail server of the test; `ahead`
    seconds of clock, so that leases and pauses run out."""
    database.connect(address)
    store.open_store(Path(folder))
    tasks.equip(set_up.office(Settings()), Smtp("127.0.0.1", port, timeout=5))
    began, start = datetime.now(UTC) + timedelta(seconds=ahead), time.monotonic()
    tasks.utcnow = lambda: began + timedelta(seconds=time.monotonic() - start)
