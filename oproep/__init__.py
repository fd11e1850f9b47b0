"""The console command `oproep`. Opens only the room that is asked for: dividing money from a file loads no web."""

import gc
from importlib import import_module
from typing import Any

import click

ALLOCATE = "workflows.allocation.command"
EVERYTHING = "portal.cli"


class _Rooms(click.Group):
    """The commands of the portal, of which `allocate` can be had without it."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*import_module(EVERYTHING).main.list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> Any:
        if name == "allocate":
            return import_module(ALLOCATE).allocate
        gc.disable()  # nothing of what is loaded is garbage: looking for it takes a quarter of the start
        found = import_module(EVERYTHING).main.get_command(context, name)
        gc.freeze()
        gc.enable()
        return found


@click.group(cls=_Rooms)
def main() -> None:
    """Oproep: the open portal for calls for proposals, from publication to the last euro accounted for."""
