"""Each promise of the data is checked: a whole call breaks none, and each damage is named by its own promise."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from config.settings import Settings
from oproep import main
from tests.builders import CLOSES, DAY, a_call, an_administrator, an_application, asked, decide, done, work_off
from workflows import tasks
from workflows.database import reading
from workflows.invariants.checks import CHECKS
from workflows.invariants.report import examine
from workflows.letters import actions as letters
from workflows.letters import queries


def broken() -> dict[str, tuple[str, ...]]:
    """The promises that do not hold, with what is named."""
    return {one.words: one.broken for one in asked(lambda session: list(examine(session))) if one.broken}


@pytest.fixture
def a_decided_call(settings: Settings) -> str:
    """A call that is decided, its letters out; the reference of the file that is awarded."""
    a_call()
    administrator = an_administrator()
    best = an_application("scored")
    an_application("scored", marks=(1, 1, 1))
    decide(administrator)
    work_off()
    seen = queries.seen_digest(asked(queries.of_call, "small", held_only=True))
    done(letters.release, administrator, "small", seen, tasks.office(), now=CLOSES + 40 * DAY)
    work_off()
    return best


def test_a_whole_call_breaks_no_promise(a_decided_call: str) -> None:
    assert (broken(), len(CHECKS)) == ({}, 14)


DAMAGES = {
    "UPDATE history SET reason = 'x' WHERE chain = 'call:small' AND position = 3": "call:small: broken at entry 3",
    "DELETE FROM history WHERE id = 2": "broken at entry 3",
    "UPDATE applications SET state = 'refused', awarded_cents = NULL WHERE awarded_cents > 0": "by its history awarded",
    "UPDATE applications SET awarded_cents = awarded_cents - 1 WHERE state = 'awarded'": "were decided",
    "DELETE FROM bookings": "no envelope bears it",
    "UPDATE envelopes SET amount_cents = 1": "envelope total holds 1 cents",
    "UPDATE call_versions SET terms = '{}'": "version 1 of its terms was changed",
    "UPDATE submissions SET content = '{}'": "submission 1 was changed",
    "UPDATE submissions SET receipt_number = 'S26-0001/1/abcdabcd/00' WHERE application_id = 1": "of something else",
    "UPDATE allocations SET record = record || ' '": "the record of its decision was changed",
    "DELETE FROM allocations": "without a record of the decision",
    "UPDATE letters SET number = 9 WHERE number = 2": "letter 2026/0002 is missing",
    "UPDATE letters SET content = content || ' ' WHERE kind = 'award'": "changed after its release",
    "UPDATE letters SET kind = 'refusal' WHERE kind = 'award'": "is no answer to award",
    "UPDATE letters SET released_at = NULL, opened_at = NULL WHERE number = 1": "which is not released",
    "UPDATE mails SET delivery = 'sending' WHERE id = 1": "sent at",
    "UPDATE noticed SET mails = 7": "7 notices were written",
    "UPDATE documents SET size = 1": "1 were noted",
}  # fmt: skip


def test_each_damage_is_named(a_decided_call: str) -> None:
    found = {}
    for damage in DAMAGES:
        with reading() as session:  # which never keeps what is changed
            session.execute(text("INSERT INTO noticed (entry_id, mails) VALUES (1, 0)"))
            session.execute(text(damage))
            found[damage] = [
                broken for promise in examine(session, documents="documents" in damage) for broken in promise.broken
            ]
    assert {damage: named for damage, named in found.items() if not any(DAMAGES[damage] in one for one in named)} == {}


def test_a_lost_and_a_damaged_document_are_named_by_their_hash(a_decided_call: str, settings: Settings) -> None:
    first, second = sorted(path for path in settings.store.rglob("*") if path.is_file())[:2]
    first.unlink()
    second.write_bytes(b"something else")
    assert broken() == {
        "Every document is in the store, with its own hash": (
            f"document {first.name}: is not in the store", f"document {second.name}: is damaged",
        )
    }  # fmt: skip


def test_the_command_names_what_is_broken_and_changes_nothing(a_decided_call: str, settings: Settings) -> None:
    def run(*words: str) -> tuple[int, str]:
        outcome = CliRunner().invoke(main, ["invariants", *words, "--instance", str(settings.instance)])
        return outcome.exit_code, outcome.output

    code, said = run()
    assert (code, said.count("✓"), said.count("✗")) == (0, 14, 0)
    done(lambda session: session.execute(text("UPDATE letters SET number = 9 WHERE number = 2")))
    code, said = run("--json", "--without-documents")
    assert (code, "letter 2026/0002 is missing" in said, said.count("promise")) == (1, True, 13)
