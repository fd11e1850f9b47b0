"""Keeping the data whole: checking every promise of it."""

import json
import sys
from pathlib import Path

import click

from migrations.run import current, head
from portal import set_up
from portal.cli.installation import console, instance, settings_of
from workflows import database
from workflows.invariants.report import Promise, examine


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
