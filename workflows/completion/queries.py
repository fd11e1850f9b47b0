"""Asking about requests for what is missing: the open one, all of them, and the file as it would be completed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workflows.completion import rules
from workflows.completion.rules import Facts, RequestState
from workflows.completion.tables import CompletionDocument, CompletionRequest
from workflows.files import store
from workflows.files.tables import Document
from workflows.lifecycle import ApplicationState
from workflows.people.tables import Person
from workflows.problems import NotThere
from workflows.submission.changes import Change, changes
from workflows.submission.queries import ApplicationView, receipts
from workflows.submission.rules import AttachmentView
from workflows.submission.shapes import fitting
from workflows.submission.tables import Application, Submission
from workflows.submission.unread import unread_of


@dataclass(frozen=True)
class RequestView:
    """A request as both sides see it. `answers` and `documents` are the answer as it is being written."""

    number: int
    state: RequestState
    questions: tuple[str, ...]
    explanation: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    answers: Mapping[str, Any]
    documents: tuple[AttachmentView, ...]
    saved_at: datetime | None
    answered_at: datetime | None
    submission: int | None
    withdrawn_at: datetime | None
    withdrawn_reason: str


def requests(session: Session, application_id: int, now: datetime) -> tuple[RequestView, ...]:
    """Every request about a file, the last first; for those whose permission was judged."""
    documents: dict[int, list[AttachmentView]] = {}
    found = session.execute(
        select(CompletionDocument, Document).join(Document, Document.sha256 == CompletionDocument.sha256)
        .where(CompletionDocument.application_id == application_id)
        .order_by(CompletionDocument.added_at, CompletionDocument.token)
    )  # fmt: skip
    for one, content in found:
        view = AttachmentView(one.token, one.question_id, one.name, content.media_type, content.size, one.sha256)
        documents.setdefault(one.number, []).append(view)
    rows = session.execute(
        select(CompletionRequest, Person.name).join(Person, Person.id == CompletionRequest.asked_by)
        .where(CompletionRequest.application_id == application_id).order_by(CompletionRequest.number.desc())
    )  # fmt: skip
    return tuple(
        _view(one, rules.state(facts(session, one), now), name, tuple(documents.get(one.number, ())))
        for one, name in rows
    )


def open_request(session: Session, application_id: int, now: datetime) -> RequestView | None:
    """The request that waits for an answer at this instant."""
    return next((one for one in requests(session, application_id, now) if one.state is RequestState.OPEN), None)


def waits(now: datetime) -> ColumnElement[bool]:
    """The condition, on requests joined with their applications, that an answer can be sent at this instant."""
    last = (
        select(func.max(Submission.number)).where(Submission.application_id == CompletionRequest.application_id)
        .correlate(CompletionRequest).scalar_subquery()
    )  # fmt: skip
    return (
        (Application.state == ApplicationState.SUBMITTED) & CompletionRequest.answered_at.is_(None)
        & CompletionRequest.withdrawn_at.is_(None) & (CompletionRequest.due_at > now)
        & (CompletionRequest.of_submission == last)
    )  # fmt: skip


def editable(file: ApplicationView, request: RequestView) -> frozenset[str]:
    """The questions that may be answered anew now."""
    return rules.editable_questions(request.questions, request.state, file.state)


def completed(file: ApplicationView, request: RequestView) -> ApplicationView:
    """The file as it will be once the answer that is being written is sent: elsewhere it stays as it is."""
    others = tuple(one for one in file.attachments if one.question_id not in request.questions)
    kept = {question: value for question, value in file.answers.items() if question not in request.answers}
    return replace(
        file, answers={**kept, **fitting(file.terms, request.answers)}, unread=unread_of(request.answers),
        attachments=(*others, *request.documents),
    )  # fmt: skip


def answers_given(
    session: Session, file: ApplicationView, now: datetime, language: str
) -> tuple[tuple[RequestView, tuple[Change, ...]], ...]:
    """Each answered request with what its answer changed, old and new in words, the last first.

    `file` as its reader sees it: what is not theirs to read does not show in the changes either.
    """
    contents = {one.submission: one.content for one in receipts(session, file.id)}
    return tuple(
        (one, changes(file.terms, contents[one.submission - 1], contents[one.submission], language))
        for one in requests(session, file.id, now)
        if one.submission is not None
    )


def document(request: RequestView, token: str) -> tuple[AttachmentView, bytes]:
    """A document of the answer that is being written, with its content. Raises NotThere."""
    found = next((one for one in request.documents if one.token == token), None)
    if found is None:
        raise NotThere
    return found, store.get(found.sha256)


def waiting_files(session: Session, call_id: str, now: datetime) -> frozenset[str]:
    """The references of the submitted files of a call of which something is asked at this instant."""
    return frozenset(
        session.scalars(
            select(Application.reference)
            .join(CompletionRequest, CompletionRequest.application_id == Application.id)
            .where(Application.call_id == call_id, waits(now))
        )
    )  # fmt: skip


def facts(session: Session, request: CompletionRequest) -> Facts:
    """What the standing of a request follows from."""
    last = select(func.max(Submission.number)).where(Submission.application_id == request.application_id)
    return Facts(
        request.due_at, request.answered_at, request.withdrawn_at, request.of_submission, session.scalar(last) or 0
    )


def _view(
    one: CompletionRequest, state: RequestState, asked_by: str, documents: tuple[AttachmentView, ...]
) -> RequestView:  # fmt: skip
    return RequestView(
        one.number, state, tuple(one.questions),
        one.explanation, asked_by, one.asked_at, one.due_at, one.answers, documents, one.saved_at, one.answered_at,
        one.submission, one.withdrawn_at, one.withdrawn_reason,
    )  # fmt: skip
