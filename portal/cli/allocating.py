"""Dividing money over envelopes from a file, without any database."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from workflows.allocation import exchange
from workflows.allocation.model import PRO_RATA, RANK_RULES, FixedAwardsTooLarge, InputRefused
from workflows.allocation.rules import allocate

REFUSED = 2


@click.command("allocate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", type=click.Choice((*RANK_RULES, PRO_RATA)), help="Instead of the rule in the file.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the result goes; else printed.")
def allocate_file(file: Path, rule: str | None, out: Path | None) -> None:
    """Divide the envelopes of FILE (JSON; amounts in cents, scores in 1/100 point) by its rule.

    Ends with 2 where the input is refused, the place and the reason on standard error.
    """
    try:
        data = exchange.read(file.read_text(encoding="utf-8"))
        data = replace(data, rule=rule) if rule else data
        result = exchange.result_to_json(data, allocate(data))
    except (InputRefused, FixedAwardsTooLarge) as refused:
        click.echo(str(refused), err=True)
        sys.exit(REFUSED)
    text = json.dumps(result, ensure_ascii=False, indent=2)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
