"""The mails from a terminal: how they stand, hold them all, let them leave again, send one again on purpose."""

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database, worker
from workflows.language import say
from workflows.letters import outbox as mails
from workflows.letters.outbox import Standing
from workflows.permissions import Actor, Role
from workflows.problems import NotThere, Problem
from workflows.troubles import parked

why = click.option("--reason", required=True, help="Why; it is kept in the history.")


@click.group()
def outbox() -> None:
    """The mails that carry letters and notices: how they stand, holding them, sending one again."""


@outbox.command()
@instance
def status(instance: Path | None) -> None:
    """Say how the mails stand and which need a person. Ends with 1 where a mail was given up or perhaps left."""
    open_up(settings_of(instance))
    with database.reading() as session:
        found, troubled = mails.standing(session, datetime.now(UTC)), mails.troubled(session)
        stuck = parked(session)
    _tell(found)
    for one in stuck:
        console.print(
            f"[red]{one.task} {one.about}[/red] failed {one.attempts} times ({one.error}); "
            f"tried again at {one.next_at:%Y-%m-%d %H:%M} UTC.", soft_wrap=True,
        )  # fmt: skip
    if troubled:
        table = Table(title="Mails that need a person (oproep outbox retry ID --reason …)")
        for column in ("ID", "What", "State", "Attempts", "Perhaps twice", "What was said"):
            table.add_column(column)
        for one in troubled:
            twice = "yes" if one.perhaps_twice else ""
            table.add_row(str(one.id), one.what, str(one.state), str(one.attempts), twice, one.trouble)
        console.print(table)
    sys.exit(1 if troubled or stuck else 0)


@outbox.command()
@click.argument("ids", nargs=-1, type=int)
@click.option("--failed", is_flag=True, help="Every mail that was given up.")
@click.option("--unknown", is_flag=True, help="Every mail that perhaps left: its reader may get it twice.")
@why
@instance
def retry(ids: tuple[int, ...], failed: bool, unknown: bool, reason: str, instance: Path | None) -> None:
    """Send mails again: those with these IDs, all that failed, all whose fate is unknown. Never done by itself."""
    open_up(settings_of(instance))
    with database.reading() as session:
        wanted = {"failed": failed, "unknown": unknown}
        chosen = [*ids, *(one.id for one in mails.troubled(session) if wanted[str(one.state)] and one.id not in ids)]
    if not chosen:
        raise click.UsageError("nothing to send again: name IDs, or say --failed or --unknown")
    for mail_id in chosen:
        try:
            with database.transaction() as session:
                mails.send_again(session, operator(), mail_id, reason, now=datetime.now(UTC))
        except NotThere:
            raise click.ClickException(f"there is no mail {mail_id}") from None
        except Problem as problem:
            raise click.ClickException(f"{mail_id}: {say(problem.reason, 'en')}") from None
    worker.nudge()
    console.print(f"{len(chosen)} to be sent again.")


@outbox.command()
@why
@instance
def hold(reason: str, instance: Path | None) -> None:
    """Let no mail leave until `oproep outbox release`. Letters are written and rendered all the same."""
    open_up(settings_of(instance))
    with database.transaction() as session:
        mails.hold(session, operator(), reason, now=datetime.now(UTC))
    console.print("No mail leaves until `oproep outbox release`.")


@outbox.command()
@instance
def release(instance: Path | None) -> None:
    """Let mails leave again."""
    open_up(settings_of(instance))
    try:
        with database.transaction() as session:
            mails.lift(session, operator(), now=datetime.now(UTC))
    except Problem as problem:
        raise click.ClickException(say(problem.reason, "en")) from None
    worker.nudge()
    console.print("Mails leave again.")


def operator() -> Actor:
    """Whoever is at the terminal: the history names their account on this machine."""
    return Actor(name=f"operator {getpass.getuser()}", roles=frozenset({Role.SYSTEM}))


def _tell(found: Standing) -> None:
    for state, number in found.mails.items():
        console.print(f"{state:<10} {number}")
    console.print(f"Due now: {found.due}; the oldest waits {int(found.oldest.total_seconds())} s.")
    console.print(
        f"To be written: {found.unwritten} letters, {found.unnoticed} notices; {found.unrendered} without PDF; "
        f"{found.unreleased} held for a person.", soft_wrap=True,
    )  # fmt: skip
    if found.perhaps_twice:
        console.print(f"Perhaps sent twice: {found.perhaps_twice}.")
    if found.hold:
        console.print(f"[red]SENDING IS OFF[/red] since {found.hold.held_at:%Y-%m-%d %H:%M} UTC: {found.hold.reason}")
