"""What a reader sees of a form: the questions for them, and of a table the columns. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from workflows.calls.form import Question, QuestionKind, Reader, Section
from workflows.submission.rules import AttachmentView


def seen_section(section: Section, reader: Reader) -> Section:
    """The section with only what this reader may read; perhaps nothing is left in it."""
    seen = (_seen(question, reader) for question in section.questions if _may_read(question.readers, reader))
    return section.model_copy(update={"questions": tuple(question for question in seen if question is not None)})


def nameless_section(section: Section) -> Section:
    """The section without the questions whose answers tell who applies."""
    return section.model_copy(update={"questions": tuple(one for one in section.questions if not one.identifies)})


def neutral(documents: Iterable[AttachmentView]) -> tuple[AttachmentView, ...]:
    """The documents under names that only say what they are: the question and a number."""
    return tuple(
        replace(one, name=f"{one.question_id}-{number}{PurePath(one.name).suffix}")
        for number, one in enumerate(documents, 1)
    )  # fmt: skip


def visible(question: Question, value: Any) -> Any:
    """The answer with only the columns that are left in the question."""
    if question.kind is not QuestionKind.TABLE or not value:
        return value
    left = {column.id for column in question.columns}
    return [{key: cell for key, cell in row.items() if key in left} for row in value]


def _seen(question: Question, reader: Reader) -> Question | None:
    if question.kind is not QuestionKind.TABLE:
        return question
    columns = tuple(one for one in question.columns if not one.readers or _may_read(one.readers, reader))
    return question.model_copy(update={"columns": columns}) if columns else None


def _may_read(readers: tuple[Reader, ...], reader: Reader) -> bool:
    return reader in readers or Reader.PUBLIC in readers
