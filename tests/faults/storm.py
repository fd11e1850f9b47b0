"""Kills, cut connections and a mail server that hangs up, over a set of letters: nothing lost, nothing doubled.

`make faults` runs the long form on PostgreSQL; the suite runs a short one on SQLite.
"""

import multiprocessing
import random
from dataclasses import dataclass

from config.settings import Settings
from tests.builders import CLOSES, NOW, a_call, an_application, an_association, terms
from tests.faults import victim
from tests.faults.server import Sink, sink
from workflows import database, tasks
from workflows.invariants.report import examine
from workflows.letters import outbox, queries
from workflows.letters.tables import MailState
from workflows.permissions import SYSTEM

HOURS = 3600.0
LONGEST_LIFE = 400
"""Words with the database until a worker dies at the latest, unless the mail server kills it before."""
PATIENCE = 1.5
"""Seconds until one that has nothing to do is ended from outside."""


@dataclass(frozen=True)
class Outcome:
    """What is left when the storm is over. `unflagged`: mails that arrived twice and do not say so."""

    letters: int
    lost: int
    broken: tuple[str, ...]
    missing: tuple[str, ...]
    unflagged: tuple[str, ...]
    kills: int
    cuts: int
    faults: int
    unknown: int
    doubled: int


def weather(settings: Settings, *, letters: int, kills: int, cuts: int = 0, seed: int = 1) -> Outcome:
    """Let `letters` receipts be written, rendered and sent by a process that is killed so often, over a database whose
    connections are cut `cuts` times; then let an operator send again what is unknown, and count."""
    chance = random.Random(seed)
    a_call(terms(closes_at=CLOSES.replace(tzinfo=None)))
    associations = [an_association() for _ in range(min(letters, 5))]
    for number in range(letters):
        an_application("submitted", by=associations[number % len(associations)], now=NOW)
    with sink(seed) as server:
        cut_at = set(chance.sample(range(kills), cuts))
        for round_ in range(kills):
            _one_life(settings, server, chance, cut=round_ in cut_at)
        server.victim, server.share = None, 0.1
        unknown = _settle(settings, server)
        return _count(letters, server, kills, cuts, unknown)


def _one_life(settings: Settings, server: Sink, chance: random.Random, *, cut: bool) -> None:
    """A worker begins, works, and is killed in the middle of something."""
    given = (
        settings.database,
        str(settings.store),
        server.port,
        chance.random() * 60,
        chance.randrange(1, LONGEST_LIFE),
    )
    process = CONTEXT.Process(target=victim.run, args=given, daemon=True)
    process.start()
    server.victim = process.pid
    if cut:
        process.join(0.3)
        _cut_connections(settings)
    process.join(PATIENCE)
    process.kill()
    process.join()
    process.close()


def _cut_connections(settings: Settings) -> None:
    """What a restart of the database is to who is connected."""
    database.disconnect()
    engine = database.make_engine(settings.database)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    engine.dispose()


def _settle(settings: Settings, server: Sink) -> int:
    """Calm after the storm: what is due is done, leases and pauses run out, an operator sends the unknown again; how
    many were unknown by then."""
    ahead = 0.0
    unknown = 0
    for _ in range(60):
        ahead += HOURS
        victim.connect(settings.database, str(settings.store), server.port, ahead)
        while tasks.work_off():
            pass
        with database.reading() as session:
            counts, troubled = queries.counts(session), outbox.troubled(session)
        unknown = max(unknown, counts.get("unknown", 0))
        if set(counts) == {"sent"}:
            break
        for one in troubled:
            with database.transaction() as session:
                outbox.send_again(session, SYSTEM, one.id, "after the storm", now=tasks.utcnow())
    return unknown


def _count(expected: int, server: Sink, kills: int, cuts: int, unknown: int) -> Outcome:
    with database.reading() as session:
        mails, found = queries.mailbox(session, limit=100_000), queries.of_call(session, "small")
        broken = tuple(one for promise in examine(session) for one in promise.broken)
        identities = dict(session.execute(database.text("SELECT id, message_id FROM mails")).all())
    missing = tuple(identities[one.id] for one in mails if server.taken[identities[one.id]] < 1)
    twice = [one for one in mails if server.taken[identities[one.id]] > 1]
    unflagged = tuple(identities[one.id] for one in twice if not one.perhaps_twice)
    not_sent = [one for one in mails if one.state is not MailState.SENT]
    return Outcome(
        len(found), expected - len(mails) + len(not_sent), broken, missing, unflagged, kills, cuts, server.faults,
        unknown, len(twice),
    )  # fmt: skip


CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.victim"])
