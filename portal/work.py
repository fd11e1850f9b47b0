"""The edge of a transaction: `with work()` to act, `with ask()` to look, and who acts when."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, g, request
from flask_login import current_user

from portal.arrival import began, read
from workflows import worker
from workflows.database import reading, transaction
from workflows.permissions import VISITOR, Actor

LONGEST_BODY = timedelta(seconds=15)

Session = Any
"""A database session: handed on to queries and actions, never used here."""


@contextmanager
def work(*, ring: bool = True) -> Iterator[Session]:
    """One transaction; after its commit the background worker is told that there may be work, unless it is known that
    there is none (`ring` is False)."""
    with transaction() as session:
        yield session
    if ring:
        worker.nudge()


@contextmanager
def ask() -> Iterator[Session]:
    """A session for looking only."""
    with reading() as session:
        yield session


def actor() -> Actor:
    """Who acts in this request."""
    return current_user.actor if current_user.is_authenticated else VISITOR


def now() -> datetime:
    """The instant at which this request arrived (UTC): one clock for everything it does.

    The arrival is stamped before the body is read. A body that was held back longer than an honest slow line needs
    does not count as having arrived then, or content written after a deadline could carry a stamp from before it.
    """
    here = taken_in(request.environ)
    if here - g.now > LONGEST_BODY:
        g.now = here
    instant: datetime = g.now
    return instant


def arrival(environ: Mapping[str, Any]) -> datetime:
    """When the request began, by the trusted proxy or by the server's clock."""
    return began(environ, datetime.now(UTC), trusted=_behind_a_proxy())


def taken_in(environ: Mapping[str, Any]) -> datetime:
    """When its body was there."""
    return read(environ, datetime.now(UTC), trusted=_behind_a_proxy())


def _behind_a_proxy() -> bool:
    return bool(current_app.config["SETTINGS"].trusted_proxies)
