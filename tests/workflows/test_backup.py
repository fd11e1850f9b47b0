"""A backup is of one instant, tried out before it counts, and restored with sending off, on either database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from config.settings import Settings
from oproep import main
from portal import set_up
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    an_administrator,
    an_application,
    asked,
    decide,
    done,
    terms,
    work_off,
)
from workflows import database, tasks
from workflows.database import reading
from workflows.letters import actions as letters
from workflows.letters import outbox, queries
from workflows.letters.tables import MailState
from workflows.permissions import SYSTEM
from workflows.schema import metadata


def run(settings: Settings, *words: str, database_url: str = "") -> tuple[int, str]:
    environment = {"OPROEP_DATABASE_URL": database_url, "OPROEP_SECRET_KEY": settings.secret_key}
    outcome = CliRunner().invoke(main, [*words, "--instance", str(settings.instance)], env=environment)
    return outcome.exit_code, " ".join(outcome.output.split())


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those that a restore adds to."""
    with reading() as session:
        return {
            one.name: [tuple(row) for row in session.execute(one.select().order_by(*one.primary_key.columns))]
            for one in metadata.sorted_tables
            if one.name not in ("mails", "sending_holds", "history")
        }


def a_world() -> None:
    """A decided call with six letters, of which the mails of three still wait."""
    a_call()
    administrator = an_administrator()
    an_application("scored", language="fr")
    an_application("scored", marks=(1, 1, 1))
    an_application("ineligible")
    decide(administrator)
    work_off()
    done(outbox.hold, SYSTEM, "so that mails wait", now=CLOSES)
    seen = queries.seen_digest(asked(queries.of_call, "small", held_only=True))
    done(letters.release, administrator, "small", seen, tasks.office(), now=CLOSES + 40 * DAY)
    done(outbox.lift, SYSTEM, now=CLOSES)


def the_backup(root: Path) -> Path:
    (found,) = [path for path in root.iterdir() if path.name.startswith("20")]
    return found


@pytest.mark.parametrize("into", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_backup_of_either_database_comes_back_whole_with_sending_off(
    installation: Settings, tmp_path: Path, into: str, request: pytest.FixtureRequest
) -> None:
    if into != "sqlite" and "postgresql" in installation.database:
        pytest.skip("once from SQLite to PostgreSQL and once back tells all")
    a_world()
    before, root = everything(), tmp_path / "copies"
    assert asked(queries.counts) == {"pending": 3, "sent": 3}
    code, said = run(installation, "backup", str(root), database_url=installation.database_url)
    assert (code, "restored once and found whole" in said) == (0, True), said
    assert sorted(path.name for path in root.iterdir()) == [the_backup(root).name, "documents"]
    address = f"sqlite:///{tmp_path / 'new.sqlite'}" if into == "sqlite" else request.getfixturevalue("postgresql")
    fresh = Settings(instance=tmp_path / "new", database_url=address, secret_key=installation.secret_key)
    code, said = run(fresh, "restore", str(the_backup(root)), database_url=address)
    assert (code, "Sending is off" in said, "✗" in said) == (0, True, False), said
    set_up.connect(fresh)
    assert everything() == before
    assert (asked(queries.counts), asked(queries.unsent, CLOSES + 90 * DAY)) == ({"sent": 3, "unknown": 3}, [])
    doubtful = [(one.state, "may have left since" in one.trouble) for one in asked(outbox.troubled)]
    assert doubtful == [(MailState.UNKNOWN, True)] * 3
    work_off()
    assert list(fresh.mail_folder.glob("*")) == []
    a_call(terms(id="second", reference_prefix="T26"))
    an_application("submitted", call="second", now=NOW)
    work_off()
    assert [one.number for one in asked(queries.of_call, "second")] == ["2026/0005"]
    database.disconnect()


def test_what_is_not_whole_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    a_world()
    root = tmp_path / "copies"
    done(lambda session: session.execute(text("UPDATE letters SET number = 9 WHERE number = 2")))
    code, said = run(settings, "backup", str(root))
    assert (code, "letter 2026/0002 is missing" in said, "is no backup" in said) == (1, True, True), said
    assert not (the_backup(root) / "manifest.json").exists()
    code, said = run(Settings(instance=tmp_path / "new"), "restore", str(the_backup(root)))
    assert (code, "holds no finished backup" in said) == (1, True), said


def test_a_backup_that_was_changed_or_meets_data_is_refused(settings: Settings, tmp_path: Path) -> None:
    a_call()
    an_application("submitted")
    root = tmp_path / "copies"
    assert run(settings, "backup", str(root))[0] == 0
    found = the_backup(root)
    assert json.loads((found / "manifest.json").read_text())["documents"] == 1
    code, said = run(settings, "restore", str(found))
    assert (code, "the database is not empty" in said) == (1, True), said
    lines = found / "tables" / "persons.jsonl"
    lines.write_text(lines.read_text().replace("people.example", "thieves.example"))
    code, said = run(Settings(instance=tmp_path / "new"), "restore", str(found))
    assert (code, "the table persons is missing from the backup or was changed" in said) == (1, True), said


def test_a_second_backup_copies_only_new_documents_and_a_damaged_one_stops_a_restore(
    settings: Settings, tmp_path: Path
) -> None:
    a_call()
    an_application("submitted")
    root = tmp_path / "copies"
    assert run(settings, "backup", str(root))[0] == 0
    (document,) = [path for path in (root / "documents").rglob("*") if path.is_file()]
    document.write_bytes(b"damaged")
    code, said = run(Settings(instance=tmp_path / "new"), "restore", str(the_backup(root)))
    assert (code, f"the document {document.name} is damaged in the backup" in said) == (1, True), said
