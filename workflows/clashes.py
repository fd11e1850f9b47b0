"""What a database refuses, as a problem a person can do something about: for every action, in one place."""

import sqlite3
from typing import Any

from sqlalchemy import Constraint, MetaData
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from workflows.problems import Problem

NOT_UNIQUE = ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
WAITED_IN_VAIN = ("40P01", "40001", "55P03", "SQLITE_BUSY")
"""Deadlock, two orders that cannot both be, a lock that did not come free in time."""


def tells(code: str, *, field: str | None = None) -> dict[str, Any]:
    """For the `info` of a unique constraint: the problem of whoever comes second with what it guards.

    An action looks first, so this is told only where two did the same at once: nobody knows the facts of a sentence
    then, and the sentence of the code must need none.
    """
    return {"code": code, "field": field}


def problem_of(error: DBAPIError, metadata: MetaData) -> Problem | None:
    """The problem behind an error of the database, None where it is a fault of ours.

    Somebody else was first: what the broken constraint tells, or `changed-elsewhere`. Two waited for each other:
    `busy`. A value no column holds, too long or with a NUL in it: `cannot-be-kept`.
    """
    if isinstance(error, DataError):
        return Problem("cannot-be-kept")
    state = _state(error.orig)
    if isinstance(error, OperationalError) and state in WAITED_IN_VAIN:
        return Problem("busy")
    if isinstance(error, IntegrityError) and state in NOT_UNIQUE:
        broken = _broken(error.orig, metadata)
        said = broken.info if broken is not None else {}
        return Problem(said.get("code", "changed-elsewhere"), field=said.get("field"))
    return None


def _state(original: Any) -> str | None:
    """PostgreSQL's five characters for the kind of error, or SQLite's name of it."""
    found = original.sqlite_errorname if isinstance(original, sqlite3.Error) else original.sqlstate
    return None if found is None else str(found)


def _broken(original: Any, metadata: MetaData) -> Constraint | None:
    """The constraint that was broken: PostgreSQL gives its name, SQLite its columns."""
    if isinstance(original, sqlite3.Error):
        named = set(str(original).partition(": ")[2].split(", "))
        return next((one for one in _constraints(metadata) if _columns(one) == named), None)
    return next((one for one in _constraints(metadata) if one.name == original.diag.constraint_name), None)


def _constraints(metadata: MetaData) -> list[Constraint]:
    return [constraint for table in metadata.tables.values() for constraint in table.constraints]


def _columns(constraint: Constraint) -> set[str]:
    return {f"{column.table.name}.{column.name}" for column in getattr(constraint, "columns", ())}
