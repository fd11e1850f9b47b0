"""The demonstration world, and the replay of the calls of 2024."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from config.settings import Settings
from portal import demo
from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database
from workflows.allocation.queries import decision
from workflows.language import LANGUAGES, text_in
from workflows.money import show_amount
from workflows.problems import NotThere
from workflows.publication.queries import Results, results
from workflows.replay.play import Play, Scene


@click.command("demo")
@instance
def load_demo(instance: Path | None) -> None:
    """Load the demonstration world; what is there already is kept."""
    settings = settings_of(instance)
    open_up(settings)
    if not load_world(settings):
        console.print("The demonstration world is there already.")


@click.command()
@click.argument("call_id", metavar="CALL", type=click.Choice(demo.PLAYED))
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@instance
def replay(call_id: str, language: str, instance: Path | None) -> None:
    """Play a whole call of 2024 through the same actions the web uses, from publication to letters.

    The first time it is played into the portal's own data. Where it is there already, it is played once more in a
    database of its own, and the two decision records are compared byte by byte.
    """
    settings = settings_of(instance)
    open_up(settings)
    address = f"{settings.base_url}/calls/{call_id}/results"
    before = _record(call_id)
    if before is None:
        _play(call_id)
        _show_outcome(call_id, language)
        console.print(f"The portal shows it at {address}")
        return
    with TemporaryDirectory(prefix="oproep-replay-") as folder:
        open_up(Settings(instance=Path(folder), base_url=settings.base_url))
        _play(call_id)
        _show_outcome(call_id, language)
        same = _record(call_id) == before
        database.disconnect()
    verdict = "the decision record is the same to the byte." if same else "[red]the decision record DIFFERS.[/red]"
    console.print(f"The portal has it already ({address}), so it was played again apart: {verdict}")
    sys.exit(0 if same else 1)


def load_world(settings: Settings) -> bool:
    """Load what is missing of the demonstration world; False where nothing is.

    Its accounts have a published password, so an installation in production refuses it.
    """
    if settings.mode != "development":
        raise click.ClickException("the demonstration world is for development: its passwords are published")
    if demo.loaded():
        return False
    with _progress() as progress:
        demo.load(Bars(progress), datetime.now(UTC))
    return True


class Bars:
    """A progress bar per scene of a play."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.bars: dict[Scene, TaskID] = {}

    def __call__(self, scene: Scene, done: int, total: int) -> None:
        """Show that so many steps of the scene are done; a scene that begins anew gets a new bar."""
        if done == 1 or scene not in self.bars:
            self.bars[scene] = self.progress.add_task(scene.value, total=total)
        self.progress.update(self.bars[scene], completed=done, total=total)


def _progress() -> Progress:
    columns = (TextColumn("{task.description:>13}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _record(call_id: str) -> str | None:
    """The decision record of a call, None where it is not decided in the connected database."""
    try:
        with database.reading() as session:
            return decision(session, call_id).record
    except NotThere:
        return None


def _play(call_id: str) -> None:
    with _progress() as progress:
        Play(demo.world(call_id), demo.terms(call_id), Bars(progress)).run()


def _show_outcome(call_id: str, language: str) -> None:
    with database.reading() as session:
        outcome = results(session, call_id, datetime.now(UTC))
        digest = decision(session, call_id).record_sha256
    console.print(_award_table(outcome, language))
    for share in outcome.shares:
        used, amount = show_amount(share.used, language), show_amount(share.amount, language)
        console.print(f"{text_in(share.name, language)}: {used} of {amount}")
    console.print(f"[bold]Total: {show_amount(outcome.total, language)}[/bold], {len(outcome.awards)} awards")
    if outcome.difference:
        found = outcome.difference
        console.print(
            f"Published elsewhere: {show_amount(found.published, language)} ({text_in(found.source, language)}). "
            f"The rows sum to {show_amount(found.computed, language)}: "
            f"a difference of {show_amount(found.cents, language)}."
        )
    console.print(f"Decision record: SHA-256 {digest}")


def _award_table(outcome: Results, language: str) -> Table:
    table = Table(title=text_in(outcome.call.terms.name.texts(), language))
    for head in ("File", "Organisation", "Project", "Zone"):
        table.add_column(head)
    table.add_column("Awarded", justify="right")
    for row in outcome.awards:
        table.add_row(row.reference, row.organisation, row.project, row.zone, show_amount(row.awarded, language))
    return table
