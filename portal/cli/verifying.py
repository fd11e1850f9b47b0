"""Checking a receipt from a terminal: what it proves, and whether everything it names is still there unchanged."""

import sys
from pathlib import Path

import click

from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database
from workflows.files import store
from workflows.language import say, show_moment
from workflows.letters.verification import Finding, Proof, by_file, by_number
from workflows.problems import Problem

SHOWN = {
    Proof.NUMBER: "a receipt number of ours",
    Proof.RECEIPT: "a receipt of ours, octet by octet",
    Proof.APPLICATION: "an application as we rendered it, octet by octet",
    Proof.CONTENT: "the content of an application, unchanged",
}


@click.command("verify")
@click.argument("what", metavar="FILE|RECEIPT")
@instance
def verify(what: str, instance: Path | None) -> None:
    """Check a receipt number, a receipt or application as PDF, or an application as JSON, against this installation.

    Ends with 1 where it is not genuine, or where a document that it names is lost or damaged.
    """
    open_up(settings_of(instance))
    path = Path(what)
    try:
        with database.reading() as session:
            found = by_file(session, path.read_bytes()) if path.is_file() else by_number(session, what)
    except Problem as problem:
        console.print(f"[red]{say(problem.reason, 'en')}[/red]")
        sys.exit(1)
    _tell(found)
    damaged = [one for one in found.receipt.content["documents"] if not _is_whole(one["sha256"])]
    for one in damaged:
        console.print(
            f"[red]The document {one['name']} ({one['sha256']}) is lost or damaged in the store.[/red]", soft_wrap=True
        )
    sys.exit(1 if damaged else 0)


def _tell(found: Finding) -> None:
    receipt = found.receipt
    console.print(f"[green]Genuine:[/green] {SHOWN[found.proof]}.")
    console.print(f"File        {found.reference}, submission {receipt.submission}")
    console.print(f"Receipt     {receipt.number}")
    console.print(f"Received    {show_moment(receipt.received_at, 'en')} (Brussels time)")
    console.print(f"Terms       {receipt.content['call']}, version {receipt.content['terms_version']}")
    console.print(f"Content     {receipt.digest}", soft_wrap=True)
    for one in receipt.content["documents"]:
        console.print(f"Document    {one['name']}  {one['sha256']}", soft_wrap=True)


def _is_whole(sha256: str) -> bool:
    try:
        store.get(sha256)
    except (OSError, ValueError):
        return False
    return True
