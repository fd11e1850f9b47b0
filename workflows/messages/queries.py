"""Asking about messages: one thread for one of its two sides, and what waits over many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workflows.files import store
from workflows.files.tables import Document
from workflows.lifecycle import ApplicationState
from workflows.messages.rules import Side, waiting
from workflows.messages.tables import Message, MessageDocument, Thread
from workflows.people.tables import Membership, Organisation, Person
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere
from workflows.submission.queries import clerk_relation, own_relation, row
from workflows.submission.tables import Application, Conflict

READ_MARKS = {Side.APPLICANT: Thread.read_by_applicant, Side.OFFICE: Thread.read_by_office}


@dataclass(frozen=True)
class DocumentView:
    """A document of a message. `size` in bytes."""

    token: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class MessageView:
    """One message."""

    number: int
    side: Side
    author: str
    text: str
    written_at: datetime
    documents: tuple[DocumentView, ...]


@dataclass(frozen=True)
class ThreadView:
    """The messages about a file, oldest first; says of the file only what both sides may know of a draft."""

    reference: str
    call_id: str
    organisation: str
    language: str
    state: ApplicationState
    messages: tuple[MessageView, ...]
    read: int
    """The number of the last message that the asking side had seen."""
    answered: int

    @property
    def last(self) -> int:
        """The number of the last message, 0 where there is none."""
        return len(self.messages)

    @property
    def unanswered(self) -> int:
        """How many messages of the applicant wait for an answer of the office."""
        return waiting([message.side for message in self.messages], Side.OFFICE, self.answered)


@dataclass(frozen=True)
class ThreadLine:
    """A thread in a list for the office."""

    reference: str
    organisation: str
    messages: int
    unanswered: int
    last_at: datetime


def thread(session: Session, actor: Actor, reference: str, side: Side) -> ThreadView:
    """The thread of a file for somebody of one side. Raises NotThere for everybody else."""
    application = row(session, reference)
    allow(session, actor, application, side, Action.READ_MESSAGES)
    organisation = session.get_one(Organisation, application.organisation_id)
    found = session.get(Thread, application.id)
    return ThreadView(
        reference, application.call_id, organisation.name, application.language, ApplicationState(application.state),
        _messages(session, application.id), _read(found, side), found.answered if found else 0,
    )  # fmt: skip


def allow(session: Session, actor: Actor, application: Application, side: Side, as_office: Action) -> None:
    """Raise NotThere unless the actor reads (`as_office` READ_MESSAGES) or writes (WRITE_TO_APPLICANT) on this side.

    A draft is nobody's but the applicant's: the office knows of it once somebody wrote about it.
    """
    if side is Side.APPLICANT:
        reading = as_office is Action.READ_MESSAGES
        action = Action.READ_OWN_APPLICATION if reading else Action.WRITE_TO_OFFICE
        require(actor, action, own_relation(session, actor, application))
        return
    require(actor, as_office, clerk_relation(session, actor, application))
    if application.state == ApplicationState.DRAFT and session.get(Thread, application.id) is None:
        raise NotThere


def document(session: Session, actor: Actor, reference: str, side: Side, token: str) -> tuple[DocumentView, bytes]:
    """A document of a thread with its content. Raises NotThere."""
    found = thread(session, actor, reference, side)
    view = next((one for message in found.messages for one in message.documents if one.token == token), None)
    if view is None:
        raise NotThere
    return view, store.get(view.sha256)


def unread(session: Session, application_ids: Iterable[int], side: Side) -> dict[int, int]:
    """How many messages this side has not seen, by application; those without any are left out."""
    rows = session.execute(
        select(Message.application_id, func.count())
        .join(Thread, Thread.application_id == Message.application_id)
        .where(
            Message.application_id.in_(list(application_ids)), Message.side == side.other,
            Message.number > READ_MARKS[side],
        )
        .group_by(Message.application_id)
    )  # fmt: skip
    return {application_id: number for application_id, number in rows}  # noqa: C416  # a Row is no pair for mypy


def of_call(session: Session, actor: Actor, call_id: str) -> tuple[ThreadLine, ...]:
    """The threads of a call that this administrator may read: those that wait for an answer first, then the latest.

    Raises NotThere for who is no administrator.
    """
    require(actor, Action.READ_MESSAGES)
    waits = (Message.side == Side.APPLICANT) & (Message.number > Thread.answered)
    last = func.max(Message.written_at)
    rows = session.execute(
        select(
            Application.reference, Organisation.name, func.count(), func.count().filter(waits), last
        )
        .join(Thread, Thread.application_id == Application.id)
        .join(Message, Message.application_id == Application.id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.call_id == call_id, ~conflicted(actor))
        .group_by(Application.id, Application.reference, Organisation.name)
    )  # fmt: skip
    lines = [ThreadLine(reference, name, count, waiting, at) for reference, name, count, waiting, at in rows]
    return tuple(sorted(lines, key=lambda line: (not line.unanswered, -line.last_at.timestamp(), line.reference)))


def conflicted(actor: Actor) -> ColumnElement[bool]:
    """The condition that an application is closed to somebody of the office, as `clerk_relation` has it: they have a
    conflict of interest in it, or it is a test."""
    member = select(Membership.organisation_id).where(Membership.person_id == actor.person_id)
    declared = select(Conflict.application_id).where(Conflict.person_id == actor.person_id)
    return Application.test | Application.organisation_id.in_(member) | Application.id.in_(declared)


def _read(found: Thread | None, side: Side) -> int:
    if found is None:
        return 0
    return found.read_by_applicant if side is Side.APPLICANT else found.read_by_office


def _messages(session: Session, application_id: int) -> tuple[MessageView, ...]:
    documents: dict[int, list[DocumentView]] = {}
    found = session.execute(
        select(MessageDocument, Document).join(Document, Document.sha256 == MessageDocument.sha256)
        .where(MessageDocument.application_id == application_id).order_by(MessageDocument.place)
    )  # fmt: skip
    for one, content in found:
        view = DocumentView(one.token, one.name, content.media_type, content.size, one.sha256)
        documents.setdefault(one.number, []).append(view)
    rows = session.execute(
        select(Message, Person.name).join(Person, Person.id == Message.author_id)
        .where(Message.application_id == application_id).order_by(Message.number)
    )  # fmt: skip
    return tuple(
        MessageView(
            one.number, Side(one.side), name, one.text, one.written_at, tuple(documents.get(one.number, ()))
        )
        for one, name in rows
    )  # fmt: skip
