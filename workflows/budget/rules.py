"""What a budget line is called, and what an entry of the ledger does to its two credits. Pure; money in cents."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.language import BRUSSELS
from workflows.problems import Problem

CODE = r"^[0-9]{2}\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$"
"""A basic allocation: mission, programme, activity, number in the activity, economic code."""
_CODE = re.compile(CODE)
_SEPARATORS = re.compile(r"[\s.\u00a0\u202f\-]+")
MOST = 10**13


class EntryKind(StrEnum):
    """What an entry of the ledger is."""

    CREDIT = "credit"
    COMMITMENT = "commitment"
    DECOMMITMENT = "decommitment"
    LIQUIDATION = "liquidation"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Entry:
    """What an entry adds to what is free of the commitment and of the liquidation credit, in cents; minus takes.

    `of` is what it was committed or paid for; empty for a credit.
    """

    kind: EntryKind
    commitment: int
    liquidation: int
    of: str = ""


@dataclass(frozen=True)
class Standing:
    """Cents of a line: what is free of each credit now."""

    commitment: int
    liquidation: int


@dataclass(frozen=True)
class Pledge:
    """Cents of one award, over all lines and years: what is committed for it, and what of that was paid."""

    committed: int
    paid: int

    @property
    def owed(self) -> int:
        """What is still to be paid."""
        return self.committed - self.paid


def basic_allocation(typed: str) -> str:
    """The code `MM.PPP.AA.NN.EEEE` that was typed, with dots, spaces or hyphens. Raises Problem `budget-code-wrong`."""
    code = _SEPARATORS.sub(".", typed.strip()).strip(".")
    if not _CODE.fullmatch(code):
        raise Problem("budget-code-wrong", field="code", typed=typed)
    return code


def mission_and_programme(code: str) -> tuple[str, str]:
    """The mission and the programme a basic allocation is charged to."""
    mission, programme, *_rest = code.split(".")
    return mission, programme


def budget_year(now: datetime) -> int:
    """The budget year of an instant: the calendar year in Brussels."""
    return now.astimezone(BRUSSELS).year


def standing(entries: Iterable[Entry]) -> Standing:
    """What is free of a line after these entries, all of it."""
    every = list(entries)
    return Standing(sum(one.commitment for one in every), sum(one.liquidation for one in every))


def check(entry: Entry, line: Standing, pledge: Pledge, code: str) -> None:
    """Raise Problem where an entry must not be written.

    `credit-exceeded` where it takes more of a credit than is free, `pledge-exceeded` where it would pay more than is
    committed for its award, or take back more than is still owed, `amount-out-of-range` for no money or too much of it.
    """
    if not 0 < max(abs(entry.commitment), abs(entry.liquidation)) <= MOST:
        raise Problem("amount-out-of-range", field="cents")
    short = max(-(line.commitment + entry.commitment), -(line.liquidation + entry.liquidation))
    if short > 0:
        raise Problem("credit-exceeded", field="cents", line=code, short=short)
    if entry.of and not 0 <= pledge.paid - entry.liquidation <= pledge.committed - entry.commitment:
        raise Problem("pledge-exceeded", field="cents", owed=pledge.owed)
