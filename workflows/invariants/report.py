"""All checks at once: the promises that hold, and what is broken of the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.invariants import letters
from workflows.invariants.checks import CHECKS


@dataclass(frozen=True)
class Promise:
    """One promise of the data, and what is broken of it."""

    words: str
    broken: tuple[str, ...]


def examine(session: Session, *, documents: bool = True) -> Iterator[Promise]:
    """Every promise in turn; `documents` False leaves out reading the whole store, which takes its time."""
    for words, check in CHECKS.items():
        if documents or words != letters.DOCUMENTS:
            yield Promise(words, tuple(check(session)))
