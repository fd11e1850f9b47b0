"""What somebody typed that cannot be read as an answer yet. Pure.

It is kept in the draft as it was typed, in the place of the answer, so that it is there again on any device: the sent
fields by name, and what counts meanwhile: of a budget the other amounts, of a single field the answer it had before. A
draft that holds something unread is not submitted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

TYPED, READ = "_typed", "read"
"""No stored answer has a key that begins with an underscore."""


def unread(typed: Sequence[tuple[str, str]], read: Any = None) -> dict[str, Any]:
    """What stands in the place of the answer: the fields as they were sent, and what counts meanwhile."""
    return {TYPED: [list(pair) for pair in typed], READ: read}


def is_unread(value: Any) -> bool:
    """Whether this is no answer but what was typed."""
    return isinstance(value, dict) and TYPED in value


def part_read(value: Any) -> Any:
    """What counts of a stored value: the answer, or what counts while something unread is in its place."""
    return value[READ] if is_unread(value) else value


def readable(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count."""
    parts = {question: (value, part_read(value)) for question, value in answers.items()}
    return {question: part for question, (value, part) in parts.items() if value is None or part is not None}


def unread_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The questions under which something unread stands, each with it."""
    return {question: value for question, value in answers.items() if is_unread(value)}


def sent_fields(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields as they were sent, by name, in their order."""
    return [(str(name), str(text)) for name, text in value[TYPED]]


def words(value: Mapping[str, Any]) -> str:
    """What was typed, the fields after each other."""
    return " · ".join(text for _name, text in sent_fields(value) if text.strip())
