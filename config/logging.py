"""What the processes write to their log: one line per happening, with the request or task it belongs to.

No line holds personal data: of a request its endpoint, never its path, address or form; of an error its kind and where
it arose, never its message, which may repeat what somebody typed. In production a line is JSON, in development plain
text.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

_within: ContextVar[Mapping[str, Any]] = ContextVar("oproep_log", default=MappingProxyType({}))
OURS = ("oproep", "portal", "workflows", "config", "migrations")
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


@contextmanager
def within(**marks: Any) -> Iterator[None]:
    """Put these marks (a request id, a task and its id) on every line written inside the block."""
    before = _within.set({**_within.get(), **marks})
    try:
        yield
    finally:
        _within.reset(before)


def mark(**marks: Any) -> None:
    """Put these marks on every line written from here on in this thread, in place of those before."""
    _within.set(marks)


def as_fields(record: logging.LogRecord) -> dict[str, Any]:
    """A record as fields: its marks, its `extra`, and of an error where it arose."""
    fields = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(), "logger": record.name, "message": _safe_message(record),
        **_within.get(), **{key: value for key, value in vars(record).items() if key not in _KNOWN},
    }  # fmt: skip
    if record.exc_info and record.exc_info[0]:
        fields["error"] = record.exc_info[0].__name__
        fields["where"] = [
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(record.exc_info[2])[-12:]
        ]
    return fields


def _safe_message(record: logging.LogRecord) -> str:
    """The message of our own lines; of a library's only its pattern, for its arguments may be anything."""
    return record.getMessage() if record.name.split(".")[0] in OURS else str(record.msg)


class Json(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(as_fields(record), ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        fields = as_fields(record)
        head = f"{fields.pop('at')} {fields.pop('level'):<7} {fields.pop('message')}"
        where = fields.pop("where", ())
        rest = " ".join(f"{key}={value}" for key, value in fields.items() if key != "logger")
        return "\n    ".join([f"{head} {rest}".rstrip(), *where])


def set_up(mode: str) -> None:
    """Let this process write its log to standard error, in the form of the mode."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if mode == "production" else Plain())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO if mode == "production" else logging.WARNING)
