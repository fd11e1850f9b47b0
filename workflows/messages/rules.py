"""What a message may be, and what of a thread still waits for somebody. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from workflows.problems import Problem

LONGEST = 5000
"""Characters of a message."""
DOCUMENTS_PER_MESSAGE = 5


class Side(StrEnum):
    """Who writes: the people of the applying organisation, or the office."""

    APPLICANT = "applicant"
    OFFICE = "office"

    @property
    def other(self) -> "Side":
        return Side.OFFICE if self is Side.APPLICANT else Side.APPLICANT


def check(text: str, documents: int) -> None:
    """Raise Problem `message-empty`, `message-too-long` or `message-documents-too-many`."""
    if not text.strip():
        raise Problem("message-empty", field="text")
    if len(text) > LONGEST:
        raise Problem("message-too-long", field="text", most=LONGEST, length=len(text))
    if documents > DOCUMENTS_PER_MESSAGE:
        raise Problem("message-documents-too-many", field="documents", most=DOCUMENTS_PER_MESSAGE)


def waiting(written_by: Sequence[Side], side: Side, up_to: int) -> int:
    """How many messages to this side come after the one numbered `up_to`: unread where that is the last one read,
    unanswered where it is the last one answered. `written_by` are the sides of the messages 1, 2, 3 …"""
    return sum(writer is side.other for writer in written_by[up_to:])
