"""The same programme on SQLite and on PostgreSQL: no update is lost, no number twice, the tables are those we say."""

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from config.settings import ROOT, Settings
from migrations.run import configuration, current, head, upgrade
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_person,
    an_administrator,
    an_application,
    an_association,
    asked,
    at_once,
    decide,
    done,
    work_off,
)
from workflows import database, tasks
from workflows.allocation import queries as allocation
from workflows.allocation.tables import Booking
from workflows.calls.tables import Call, Envelope
from workflows.completion import actions as completion
from workflows.completion import queries as completion_queries
from workflows.database import transaction
from workflows.eligibility.queries import unscreened
from workflows.history import chain_entries, first_broken, record
from workflows.letters import actions as letters
from workflows.letters import queries as letters_queries
from workflows.lifecycle import Event
from workflows.messages import actions as messages
from workflows.messages import queries as messages_queries
from workflows.messages.rules import Side
from workflows.people import accounts, invitations, links, membership
from workflows.people import actions as people
from workflows.permissions import SYSTEM, MemberRole, Role
from workflows.problems import Problem
from workflows.publication.queries import public_results
from workflows.reminders.queries import Waiting, waiting
from workflows.schema import metadata
from workflows.submission import queries as submission
from workflows.submission.tables import Application


def test_no_update_is_lost_on_sqlite(settings: Settings) -> None:
    a_call()

    def read_add_one_and_write() -> None:
        for _ in range(25):
            with transaction() as session:
                envelope = session.get_one(Envelope, ("small", "total"))
                envelope.amount_cents = envelope.amount_cents + 1

    at_once(read_add_one_and_write, threads=4)
    assert asked(lambda session: session.get_one(Envelope, ("small", "total")).amount_cents) == 6_000_100


def test_a_chain_has_one_writer_at_a_time(installation: Settings) -> None:
    a_call()

    def append() -> None:
        for _ in range(5):
            done(lambda session: record(session, session.get_one(Call, "small"), Event.APPOINT, actor=SYSTEM, now=NOW))

    at_once(append, threads=4)
    positions = [entry.position for entry in reversed(asked(chain_entries, "call:small"))]
    assert positions == list(range(1, 23))
    assert asked(lambda session: first_broken(session, "call:small")) is None


def test_letters_written_at_once_have_numbers_without_gap_or_double(installation: Settings) -> None:
    a_call()
    for _ in range(6):
        an_application("submitted")
    due = asked(letters_queries.unwritten, NOW)
    waiting = iter(due + due)
    take = threading.Lock()

    def write() -> None:
        while True:
            with take:
                entry_id = next(waiting, None)
            if entry_id is None:
                return
            done(letters.write, entry_id, tasks.office())

    at_once(write, threads=3)
    assert [one.number for one in asked(letters_queries.of_call, "small")] == [f"2026/000{n}" for n in range(1, 7)]


def test_two_who_saved_the_same_row_are_told_so(installation: Settings) -> None:
    a_call()
    an_application("draft")
    with transaction() as session:
        before = session.scalars(select(Application)).one()
        session.expunge(before)
    done(lambda session: setattr(session.scalars(select(Application)).one(), "saved_at", NOW + DAY))
    before.saved_at = NOW + 2 * DAY
    with pytest.raises(Problem) as refused:
        done(lambda session: session.add(before))
    assert refused.value.code == "changed-elsewhere"


def test_a_whole_small_call_runs_the_same_on_either_database(installation: Settings) -> None:
    a_call()
    administrator = an_administrator()
    best = an_application("scored", marks=(5, 5, 5))
    second = an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4), language="fr")
    third = an_application("scored", {"requested": 1_600_000}, marks=(4, 4, 3))
    weak = an_application("scored", marks=(2, 2, 2))
    wrong_place = an_application("ineligible")
    decide(administrator)
    work_off()
    held = asked(letters_queries.of_call, "small", held_only=True)
    assert {letter.application: letter.kind.value for letter in held} == {
        best: "award", second: "award", third: "reserve", weak: "refusal", wrong_place: "ineligible",
    }  # fmt: skip
    seen = letters_queries.seen_digest(held)
    done(letters.release, administrator, "small", seen, tasks.office(), now=CLOSES + 35 * DAY)
    work_off()
    shown = asked(public_results, "small", CLOSES + 40 * DAY)
    assert [(row.reference, row.awarded) for row in shown.awards] == [(best, 2_000_000), (second, 2_500_000)]
    assert asked(letters_queries.counts) == {"sent": 10}
    assert asked(submission.view, best).received_at == NOW
    assert asked(lambda session: first_broken(session, "call:small")) is None
    decision = asked(allocation.decision, "small")
    assert (decision.fingerprint, decision.decided_at) == (
        asked(allocation.record, "small")["fingerprint"], CLOSES + 30 * DAY,
    )  # fmt: skip


def test_either_database_refuses_to_overspend_an_envelope(installation: Settings) -> None:
    a_call()
    an_application("scored")
    refused = asked(submission.view, an_application("scored", marks=(1, 1, 1))).id
    decide(an_administrator())
    booking = Booking(application_id=refused, call_id="small", envelope="total", cents=4_000_001)
    with pytest.raises(IntegrityError, match="envelope overspent"):
        done(lambda session: session.add(booking))


def test_migrations_lead_to_exactly_the_tables_we_declare(address: str) -> None:
    engine = database.make_engine(address)
    assert (current(engine), upgrade(engine), upgrade(engine), current(engine)) == (None, True, False, head())
    assert sorted(inspect(engine).get_table_names()) == sorted([*metadata.tables, "alembic_version"])
    config = configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)  # raises where a table differs from its declaration
    engine.dispose()


def test_migrations_go_down_to_nothing_and_up_again(address: str) -> None:
    engine = database.make_engine(address)
    upgrade(engine)
    config = configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert (upgrade(engine), current(engine)) == (True, head())
    engine.dispose()


FILLED = (
    "INSERT INTO history (id, chain, position, at, actor, event, subject, reason, facts, previous, digest) VALUES "
    "(1, 'house', 1, '2026-11-24 12:00:00', 'Ada', 'ask-password', 'person:1', '', '{}', 'a', 'b')",
    "INSERT INTO mails (id, entry_id, kind, address, language, subject, body, message_id, delivery, fence, attempts, "
    "run_after, trouble) VALUES (7, 1, 'new-password', 'ada@example.org', 'nl', 'Paswoord', 'Beste Ada', "
    "'<notice-1-1@example.org>', 'unknown', 1, 1, '2026-11-24 12:00:00', 'hung up')",
)


def test_a_filled_older_database_is_upgraded_and_an_interrupted_upgrade_is_done_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.make_engine(address)
    upgrade(engine, to="0014")
    with engine.begin() as connection:
        for statement in FILLED:
            connection.exec_driver_sql(statement)
    config = configuration()
    with monkeypatch.context() as interrupted:
        interrupted.setattr("alembic.operations.Operations.create_table", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            upgrade(engine)
    assert (upgrade(engine), current(engine)) == (True, head())
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)
        found = connection.execute(text("SELECT id, delivery, trouble, perhaps_twice FROM mails")).all()
    assert [tuple(row) for row in found] == [(7, "unknown", "hung up", False)]
    engine.dispose()


START = """
import sys
from migrations.run import upgrade
from workflows.database import make_engine
upgrade(make_engine(sys.argv[1]))
"""


def test_two_processes_that_start_at_once_migrate_once(address: str) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", START, address], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)
    ]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in starting] == [(b"", 0), (b"", 0)]
    engine = database.make_engine(address)
    assert current(engine) == head()
    engine.dispose()


def outcomes(act: Callable[[], object], threads: int = 4) -> list[str]:
    """What became of the same act in so many threads at once: "done", or the code of the problem; sorted."""
    found: list[str] = []

    def one() -> None:
        try:
            act()
        except Problem as problem:
            found.append(problem.code)
        else:
            found.append("done")

    at_once(one, threads)
    return sorted(found)


def test_owners_who_all_leave_at_once_leave_one_behind(installation: Settings) -> None:
    owner, organisation = an_association()
    owners = [owner, *(a_person() for _ in range(3))]
    for other in owners[1:]:
        done(membership.admit_member, organisation, other.person_id, MemberRole.OWNER)
    waiting = iter(owners)
    assert outcomes(lambda: done(membership.leave, next(waiting), organisation, now=NOW)) == [
        "done", "done", "done", "last-owner",
    ]  # fmt: skip


def test_administrators_who_take_each_others_role_at_once_leave_one_behind(installation: Settings) -> None:
    clerks = [an_administrator() for _ in range(4)]
    waiting = iter(clerks)

    def take() -> None:
        person = next(waiting).person_id or 0
        done(people.take_role, person, Role.ADMINISTRATOR, actor=SYSTEM, now=NOW)

    assert outcomes(take) == ["done", "done", "done", "last-administrator"]


def test_an_address_registered_four_times_at_once_is_one_account(installation: Settings) -> None:
    new = people.NewPerson("Ada", "ada@example.org", "nl", "een lange zin om te testen")
    assert outcomes(lambda: done(accounts.register, new, now=NOW)) == ["done"] * 4
    assert [entry.event for entry in asked(chain_entries, "house")].count(Event.REGISTER) == 1


def test_a_link_followed_four_times_at_once_works_once(installation: Settings) -> None:
    owner, organisation = an_association()
    invited = done(people.open_account, people.NewPerson("Wim", "wim@example.org", "nl"), now=NOW)
    done(invitations.invite_member, owner, organisation, "wim@example.org", MemberRole.EDITOR, "nl", now=NOW)
    token = links.token(1, links.Purpose.JOIN)
    assert outcomes(lambda: done(invitations.accept, invited, token, now=NOW)) == [
        "done", "link-used", "link-used", "link-used",
    ]  # fmt: skip


def test_a_request_its_answer_and_messages_go_the_same_way_on_both(installation: Settings) -> None:
    a_call()
    by, office, after = an_association(), an_administrator(), CLOSES + DAY
    reference, draft = an_application("submitted", by=by), an_application("draft")

    def write() -> None:
        done(messages.write, by[0], reference, Side.APPLICANT, "Vraag", seen=0, once="x", now=after)

    at_once(write, threads=4)
    done(completion.ask, office, reference, ["summary"], "Onvolledig.", after + 2 * DAY, now=after)
    assert asked(completion_queries.waiting_files, "small", after) == {reference}
    done(completion.save, by[0], reference, 1, {"summary": "Volledig."}, now=after)
    work_off(CLOSES - DAY)
    work_off(after + DAY)
    done(completion.answer, by[0], reference, 1, received_at=after + DAY)
    work_off(after + 3 * DAY)
    file = asked(submission.view, reference)
    assert asked(waiting, [file.id], after) == {file.id: Waiting(last_request=1)}
    ((_, changed),) = asked(completion_queries.answers_given, file, after, "nl")
    assert [one.question.id for one in changed] == ["summary"]
    assert [line.unanswered for line in asked(messages_queries.of_call, office, "small")] == [1]
    kinds = sorted(mail.kind for mail in asked(letters_queries.mailbox))
    assert kinds == [
        "completion-asked",
        "completion-reminder",
        "draft-reminder",
        "letter",
        "letter",
        "report",
        "report",
    ]
    assert asked(unscreened, after) == []
    assert asked(first_broken, "call:small") is None
    assert asked(submission.view, draft).state == "draft"
