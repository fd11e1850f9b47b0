"""A thousand who commit at once, and not a cent too much: `.venv/bin/python -m tests.bench.commits [ADDRESS]`.

ADDRESS is that of an empty database; without it a SQLite file is made and thrown away.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from config.settings import Settings
from migrations.run import upgrade
from portal import set_up
from tests.builders import CLOSES, DAY, NOW, a_call, an_administrator, an_application, asked, done
from workflows import database
from workflows.allocation import actions as allocation
from workflows.allocation import queries
from workflows.allocation.tables import Booking
from workflows.budget import actions as ledger
from workflows.budget import queries as budget
from workflows.budget.rules import Entry, EntryKind
from workflows.permissions import Actor
from workflows.problems import Problem

ATTEMPTS, AT_ONCE = 1_000, 15  # as many connections as the pool of one process has
SHARE, ROOM = 100_000, 600  # cents of each commitment, and how many of them the credit holds


def attempts(act: Callable[[int], object]) -> tuple[Counter[str], float]:
    """What became of each of a thousand attempts, and the seconds all of them took."""

    def attempt(number: int) -> str:
        try:
            act(number)
        except Problem as problem:
            return problem.code
        return "done"

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as many:
        found = Counter(many.map(attempt, range(ATTEMPTS)))
    return found, time.perf_counter() - began


def decisions(clerk: Actor) -> None:
    """Everybody decides the same allocation: one does, nothing is booked twice."""
    seen = asked(queries.board, "small").fingerprint
    found, seconds = attempts(lambda _: done(allocation.commit, clerk, "small", seen, now=CLOSES + DAY))
    booked = asked(lambda session: session.scalar(select(func.sum(Booking.cents))))
    sys.stdout.write(f"decisions: {dict(found)}, {booked} of 6000000 cents booked, {seconds:.1f} s" + "\n")
    assert found["done"] == 1
    assert booked == 6_000_000


def commitments(clerk: Actor) -> None:
    """A thousand awards want the credit of six hundred."""
    line = done(ledger.open_line, clerk, 2027, "29.006.27.01.3300", {"nl": "Subsidies", "fr": "Subventions"}, now=NOW)
    done(ledger.book_credit, clerk, line, SHARE * ROOM, SHARE * ROOM, "begroting", now=NOW)

    def commit(number: int) -> None:
        entry = Entry(EntryKind.COMMITMENT, -SHARE, 0, f"application:made-up-{number}")
        done(ledger.write, clerk, line, entry, "", now=NOW)

    found, seconds = attempts(commit)
    free = asked(budget.line, line).free.commitment
    sys.stdout.write(f"commitments: {dict(found)}, {free} cents free, {seconds:.1f} s" + "\n")
    assert (found["done"], free, asked(budget.first_broken, line)) == (ROOM, 0, None)


def main(address: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found = Settings(instance=place, database_url=address or f"sqlite:///{place / 'oproep.sqlite'}")
        set_up.connect(found)
        upgrade(database.engine())
        a_call()
        for _ in range(4):
            an_application("scored")
        clerk = an_administrator()
        decisions(clerk)
        commitments(clerk)
        database.disconnect()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
