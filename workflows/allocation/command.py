"""Dividing money over envelopes from a file, without any database; and checking what was written."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from workflows.allocation import exchange, lists, rules, strict, verify
from workflows.allocation.certificate import answer
from workflows.allocation.compare import override_effect, sides
from workflows.allocation.model import OPTIMUM_RULES, RULES, AllocationInput, FixedAwardsTooLarge, InputRefused, Result
from workflows.allocation.optimum import beside, forcing, stages
from workflows.allocation.optimum.process import Clock, OptimiserMissing, Solver
from workflows.allocation.optimum.stages import NoAnswerInTime
from workflows.allocation.reasons import because
from workflows.language import LANGUAGES, say
from workflows.problems import Reason

REFUSED, NO_ANSWER = 2, 3
WORKBOOKS = "workflows.allocation.workbook"  # loaded where one is given: it takes longer than most divisions
AN_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


class _FileFirst(click.Group):
    """`allocate FILE` divides, `allocate verify FILE` checks: a first word that is no command is a file to divide."""

    def resolve_command(self, context: click.Context, words: list[str]) -> Any:
        if words and words[0] not in self.commands:
            words = ["divide", *words]
        return super().resolve_command(context, words)

    def parse_args(self, context: click.Context, words: list[str]) -> list[str]:
        if words and words[0].startswith("-") and words[0] not in ("--help",):
            words = ["divide", *words]
        return super().parse_args(context, words)


@click.group("allocate", cls=_FileFirst)
def allocate() -> None:
    """Divide the envelopes of FILE by its rule (`allocate FILE`), or check what that wrote (`allocate verify FILE`).

    `allocate divide --help` lists the options; the format is described in docs/allocate.md.
    """


@allocate.command("divide")
@click.argument("file", type=AN_INPUT)
@click.option("--rule", type=click.Choice(RULES), help="Instead of the rule in the file.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the result goes; else printed.")
@click.option("--with", "rest", type=AN_INPUT, help="JSON with all but the applications, for a list in CSV or XLSX.")
@click.option("--budget", type=click.IntRange(0), help="Cents of one envelope for everyone, for a list without any.")
@click.option("--pass-mark", type=click.IntRange(0), help="In 1/100 point, instead of the one in the file.")
@click.option("--clock", type=click.IntRange(0), default=30, show_default=True, help="Seconds an optimum may take.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Of the solver; a proved answer does not depend on it.")
@click.option("--threads", type=click.IntRange(1), default=1, help="Of the solver; nor on this.")
@click.option("--compare", is_flag=True, help="Add stop, skip and the optimum side by side.")
@click.option("--force", multiple=True, metavar="ID", help="What it would cost an optimum to fund this one too.")
@click.option("--say", "language", type=click.Choice(LANGUAGES), help="Add every reason as sentences.")
def divide(file: Path, out: Path | None, **options: Any) -> None:
    """Divide the envelopes of FILE: JSON, or a ranking list in CSV or XLSX; amounts in cents, scores in 1/100 point.

    Ends with 2 where the input is refused, the place and the reason on standard error; with 3 where an optimum cannot
    be looked for, or was not found within the clock.
    """
    given = {name: options[name] for name in ("rule", "rest", "budget", "pass_mark")}
    try:
        found = _divided(read(file, **given), options)
    except (InputRefused, FixedAwardsTooLarge) as refused:
        click.echo(str(refused), err=True)
        sys.exit(REFUSED)
    except (OptimiserMissing, NoAnswerInTime) as missing:
        code = "optimiser-missing" if isinstance(missing, OptimiserMissing) else "no-answer-in-time"
        click.echo(say(Reason(code, {"seconds": options["clock"]}), options["language"] or "en"), err=True)
        sys.exit(NO_ANSWER)
    if out is None:
        click.echo("\n".join(_lines(found)))
        return
    try:
        with out.open("w", encoding="utf-8") as written:
            written.writelines(f"{line}\n" for line in _lines(found))
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None


@allocate.command("verify")
@click.argument("file", type=AN_INPUT)
def verify_file(file: Path) -> None:
    """Check the certificate in FILE: everything is added up again in whole numbers, without the engine or the solver.

    The same as `python -m workflows.allocation.verify FILE`, which needs nothing but Python. Ends with 1 where
    something does not hold, with 2 where FILE holds no allocation.
    """
    sys.exit(verify.main(str(file)))


def read(
    file: Path, *, rule: str | None, rest: Path | None, budget: int | None, pass_mark: int | None
) -> AllocationInput:
    """The allocation a file describes. Raises InputRefused with the place of a mistake."""
    sort = file.suffix.lower()
    if sort not in (".csv", ".xlsx"):
        if rest or budget is not None:
            raise InputRefused("file", "expected a list in CSV or XLSX beside --with or --budget")
        found = strict.parse(_text(file))
    else:
        found = {"call": file.stem, "rule": "rank-skip", "pass_mark": 0, **(_beside(rest) if rest else {})}
        found |= lists.read_csv(file) if sort == ".csv" else import_module(WORKBOOKS).read_workbook(file)
        if budget is not None:
            found["envelopes"] = [{"id": "total", "amount": budget, "groups": ["*"], "policy": "ceiling"}]
    if isinstance(found, dict):
        given = {"rule": rule, "pass_mark": pass_mark}
        found |= {key: value for key, value in given.items() if value is not None}
    return exchange.from_data(found)


def _beside(rest: Path) -> strict.Object:
    """The rest of the format, for a list that holds the applications alone."""
    found = strict.parse(_text(rest))
    if not isinstance(found, dict):
        raise InputRefused(str(rest), "expected an object")
    if "applications" in found:
        raise InputRefused(f"{rest}: applications", "expected them in the list, not beside it")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefused(f"byte {error.start}", "expected text in UTF-8") from None


def _divided(data: AllocationInput, options: dict[str, Any]) -> dict[str, Any]:
    """The whole answer; `seconds` are those of dividing and explaining, reading and writing apart."""
    started = time.perf_counter()
    if data.rule not in OPTIMUM_RULES:
        result, proof = rules.allocate(data), None
        seconds = time.perf_counter() - started
        optima = _optima(data, options) if options["compare"] else {}
        forced: list[forcing.Forced] = []
    else:
        with _solver(options) as solver:
            result, proof = stages.allocate(data, solver)
            seconds = time.perf_counter() - started
            result = forcing.forced_all(data, result, proof, solver)
            forced = [forcing.force(data, result, id, solver) for id in _known(data, options["force"])]
        optima = {data.rule: (result, proof.proved)}
    found = {**answer(data, result, proof), "seconds": round(seconds, 3)}
    if options["compare"]:
        found["comparison"] = [asdict(side) for side in sides(data, result, optima)]
    if data.overrides:
        found["override_effect"] = [list(change) for change in override_effect(data, result).changes]
    if forced:
        found["forced"] = [asdict(one) for one in forced]
    if options["language"]:
        found["said"] = _said(data, result, options["language"])
    return found


def _solver(options: dict[str, Any]) -> Solver:
    return Solver(Clock(options["clock"] * 1000), seed=options["seed"], threads=options["threads"])


def _optima(data: AllocationInput, options: dict[str, Any]) -> dict[str, tuple[Result, bool]]:
    """The optima to lay beside a rank rule; none where the extra is not installed, which is said."""
    try:
        return beside.optima(data, lambda: _solver(options))
    except OptimiserMissing:
        click.echo(say(Reason("optimiser-missing"), options["language"] or "en"), err=True)
        return {}


def _known(data: AllocationInput, ids: tuple[str, ...]) -> Iterator[str]:
    known = {one.id for one in data.candidates}
    for id in ids:
        if id not in known:
            raise InputRefused("--force", f"there is no application {id}")
        yield id


def _said(data: AllocationInput, result: Result, language: str) -> dict[str, str]:
    """Why each refused application got nothing, as sentences."""
    scores = {one.id: one.score for one in data.candidates}
    return {
        refusal.id: " ".join(say(reason, language) for reason in because(data, refusal, scores[refusal.id]))
        for refusal in result.refusals
    }


def _lines(found: dict[str, Any]) -> Iterator[str]:
    """JSON with one key per line: quick to write and still to be read by a person."""
    for place, (key, value) in enumerate(found.items()):
        text = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        yield ("{" if not place else " ") + text + ("," if place + 1 < len(found) else "}")
