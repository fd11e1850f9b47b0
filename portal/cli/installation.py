"""What every command begins with: the settings, the database at its newest revision, the terminal."""

import os
from pathlib import Path

import click
from rich.console import Console

from config.settings import Settings, SettingsError, load
from migrations.run import upgrade
from portal import set_up
from workflows import database

console = Console()
instance = click.option(
    "--instance", type=click.Path(path_type=Path), help="Folder of the data; instead of OPROEP_INSTANCE."
)


def settings_of(folder: Path | None) -> Settings:
    """The settings in force. Raises ClickException naming a wrong variable."""
    if folder is not None:
        os.environ["OPROEP_INSTANCE"] = str(folder)
    try:
        return load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def open_up(settings: Settings) -> bool:
    """Connect everything and migrate; returns whether there was anything to migrate."""
    set_up.connect(settings)
    return upgrade(database.engine())
