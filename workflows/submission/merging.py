"""Two people, or two windows, on one form: what was sent is put together with what is stored, question by question.

Pure. Each form carries a mark of every stored answer it was shown with; so it is known which answers its person changed
and which somebody else changed meanwhile, and only an answer that both changed differently needs a choice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.canonical import fingerprint

MARK_LENGTH = 12


@dataclass(frozen=True)
class Merge:
    """What to store, and the questions of which somebody else stored another answer meanwhile."""

    changed: Mapping[str, Any]
    conflicts: tuple[str, ...] = ()


def mark(answer: Any) -> str:
    """A short fingerprint of one answer; no answer and an emptied one are the same."""
    return fingerprint(None if empty(answer) else answer)[:MARK_LENGTH]


def marks(questions: Iterable[str], answers: Mapping[str, Any]) -> dict[str, str]:
    """The mark of the stored answer of each question."""
    return {question: mark(answers.get(question)) for question in questions}


def merge(stored: Mapping[str, Any], sent: Mapping[str, Any], seen: Mapping[str, str] | None) -> Merge:
    """Put the sent answers together with the stored ones; without the marks that were seen, what is sent counts.

    An answer that its person left as they saw it never takes the place of a newer one.
    """
    if seen is None:
        return Merge({question: answer for question, answer in sent.items() if stored.get(question) != answer})
    changed, conflicts = {}, []
    for question, answer in sent.items():
        there, base = stored.get(question), seen.get(question)
        if mark(answer) in (mark(there), base):
            continue
        if base == mark(there) or empty(there):
            changed[question] = answer
        else:
            conflicts.append(question)
    return Merge(changed, tuple(conflicts))


def marks_after(stored: Mapping[str, Any], sent: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, str]:
    """The marks a form goes on with: where it does not show an answer as it is stored, it still has seen the old."""
    return {
        question: mark(stored.get(question)) if mark(stored.get(question)) == mark(sent.get(question)) else old
        for question, old in seen.items()
    }


def empty(answer: Any) -> bool:
    """Whether this is no answer; `no` and 0 are answers."""
    return answer is None or answer in ("", [], {})
