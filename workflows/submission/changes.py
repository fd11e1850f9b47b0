"""What is said otherwise in a later submission of a file than in the one before it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.calls.form import Question, QuestionKind
from workflows.calls.terms import Terms
from workflows.submission.merging import mark
from workflows.submission.seeing import visible
from workflows.submission.shown import in_words

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One question of which the answer, or the documents, are others; both in words."""

    question: Question
    before: str
    after: str


def changes(terms: Terms, before: Content, after: Content, language: str) -> tuple[Change, ...]:
    """The changes from one submission's content to another's, in the order of the form."""
    found = []
    for question in terms.questions():
        if question.kind is QuestionKind.DOCUMENT:
            if documents(question.id, before) != documents(question.id, after):
                found.append(Change(question, _names(question.id, before), _names(question.id, after)))
            continue
        was, now = (visible(question, content["answers"].get(question.id)) for content in (before, after))
        if mark(was) != mark(now):
            words = (in_words(terms, question, value, language) for value in (was, now))
            found.append(Change(question, *words))
    return tuple(found)


def documents(question_id: str, content: Content) -> list[Mapping[str, Any]]:
    """What was handed in under a question."""
    return [one for one in content["documents"] if one["question"] == question_id]


def _names(question_id: str, content: Content) -> str:
    return ", ".join(f"{one['name']} ({one['sha256'][:12]}…)" for one in documents(question_id, content))
