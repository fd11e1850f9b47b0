"""Keeping the data whole: checking every promise of it, backing it up, restoring it."""

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from config.settings import Settings
from migrations.run import current, head, upgrade
from portal import set_up
from portal.cli.installation import console, instance, settings_of
from portal.cli.outbox import operator
from workflows import backup as copies
from workflows import database
from workflows.backup import BackupRefused
from workflows.files import store
from workflows.invariants.report import Promise, examine
from workflows.letters import outbox


@click.command()
@click.option("--without-documents", is_flag=True, help="Leave out reading the whole store, which takes its time.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@instance
def invariants(without_documents: bool, as_json: bool, instance: Path | None) -> None:
    """Check every promise of the data, changing nothing; name what is broken. Ends with 1 where something is."""
    set_up.connect(settings_of(instance))
    if current(database.engine()) != head():
        raise click.ClickException("the database is not at the newest revision; run `oproep migrate` first")
    found = promises(documents=not without_documents)
    if as_json:
        click.echo(json.dumps([{"promise": one.words, "broken": one.broken} for one in found], indent=2))
    else:
        tell(found)
    sys.exit(1 if any(one.broken for one in found) else 0)


def promises(*, documents: bool = True) -> tuple[Promise, ...]:
    """Every promise of the connected installation."""
    with database.reading() as session:
        return tuple(examine(session, documents=documents))


def tell(found: tuple[Promise, ...]) -> None:
    """Show each promise, and what is broken of it."""
    for one in found:
        console.print(f"[{'red' if one.broken else 'green'}]{'✗' if one.broken else '✓'}[/] {one.words}")
        for broken in one.broken:
            console.print(f"    {broken}", markup=False, highlight=False, soft_wrap=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@instance
def backup(folder: Path, instance: Path | None) -> None:
    """Back up the database and the documents into a new folder below FOLDER, and try the backup out by restoring it.

    Everything is of one instant. The portal goes on meanwhile. Ends with 1 where the copy is not whole.
    """
    settings = settings_of(instance)
    set_up.connect(settings)
    if current(database.engine()) != head():
        raise click.ClickException("the database is not at the newest revision; run `oproep migrate` first")
    now = datetime.now(UTC)
    written = copies.write(database.engine(), folder, f"{now:%Y-%m-%dT%H%M%SZ}", head() or "", now)
    secret = settings.instance / "secret-key"
    if secret.exists():  # links that were mailed are signed with it
        shutil.copy(secret, written / "secret-key")
    broken = [one for one in _try_out(written, folder) if one.broken]
    if broken:
        tell(tuple(broken))
        raise click.ClickException(f"{written} was tried out and is not whole; it has no manifest and is no backup")
    found = copies.manifest_of(written)
    rows = sum(number for number, _ in found.tables.values())
    console.print(
        f"{written}: {rows} rows, {found.documents} documents, restored once and found whole.", soft_wrap=True
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@instance
def restore(folder: Path, instance: Path | None) -> None:
    """Restore the backup in FOLDER into an empty installation, with sending off.

    Nothing leaves until `oproep outbox release`: letters may have left after the backup was made. Mails that waited
    then are unknown now, and leave only by `oproep outbox retry`.
    """
    settings = settings_of(instance)
    try:
        found = copies.read_manifest(folder)
        _restore(settings, folder, found.revision)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    shown = promises()
    tell(shown)
    console.print(
        f"Restored from the backup of {found.made_at}. [bold]Sending is off.[/bold] Look at `oproep outbox status`, "
        "then turn it on: `oproep outbox release`.", soft_wrap=True,
    )  # fmt: skip
    sys.exit(1 if any(one.broken for one in shown) else 0)


def _restore(settings: Settings, folder: Path, revision: str) -> None:
    secret = folder / "secret-key"
    if secret.exists() and not settings.secret_key and not (settings.instance / "secret-key").exists():
        settings.instance.mkdir(parents=True, exist_ok=True)
        shutil.copy(secret, settings.instance / "secret-key")
    set_up.connect(settings)
    if not copies.empty(database.engine()):
        raise click.ClickException("the database is not empty: a backup is restored into a new installation only")
    copies.documents_into_store(folder)
    upgrade(database.engine(), to=revision)
    copies.load(database.engine(), folder)
    upgrade(database.engine())
    with database.transaction() as session:
        reason = f"restored from the backup of {copies.made_at(folder)}"
        outbox.hold(session, operator(), reason, now=datetime.now(UTC))


def _try_out(written: Path, root: Path) -> tuple[Promise, ...]:
    """Load the copy into a database of its own and check every promise there, against the copied documents."""
    with tempfile.TemporaryDirectory(dir=root, prefix=".trial-") as trial:
        database.connect(f"sqlite:///{Path(trial) / 'trial.sqlite'}")
        try:
            upgrade(database.engine())
            copies.load(database.engine(), written)
            store.open_store(root / copies.DOCUMENTS)
            return promises()
        finally:
            database.disconnect()
