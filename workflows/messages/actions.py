"""Acting on a thread: write, see, say that no answer is needed."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.canonical import fingerprint
from workflows.files.actions import take_in
from workflows.files.rules import safe_name
from workflows.history import record
from workflows.lifecycle import Event
from workflows.messages import rules
from workflows.messages.queries import allow
from workflows.messages.rules import Side
from workflows.messages.tables import Message, MessageDocument, Thread
from workflows.permissions import Action, Actor
from workflows.problems import NotThere, Problem
from workflows.submission.queries import row
from workflows.submission.tables import Application

WRITTEN = {Side.APPLICANT: Event.WRITE_TO_OFFICE, Side.OFFICE: Event.WRITE_TO_APPLICANT}


def write(
    session: Session,
    actor: Actor,
    reference: str,
    side: Side,
    text: str,
    documents: Sequence[tuple[str, bytes]] = (),
    *,
    seen: int,
    once: str,
    now: datetime,
) -> int:
    """Write a message with documents (name, content); returns its number in the thread.

    `once` names the form it was typed in: sent a second time it changes nothing. `seen` is the number of the last
    message the writer was shown: what the office writes answers those up to it. Raises NotThere, Problem on an empty
    or too long text and on documents that are not taken.
    """
    application = row(session, reference, lock=True)
    allow(session, actor, application, side, Action.WRITE_TO_APPLICANT)
    written = session.scalar(
        select(Message.number).where(Message.application_id == application.id, Message.once == once)
    )
    if written is not None:
        return written
    rules.check(text, len(documents))
    thread = _thread(session, application)
    number = _last(session, application) + 1
    message = Message(
        application_id=application.id, number=number, side=side, author_id=actor.person_id, text=text.strip(),
        written_at=now, once=once,
    )  # fmt: skip
    session.add(message)
    session.flush()
    kept = _keep(session, message, documents, now)
    if side is Side.OFFICE:
        thread.answered = max(thread.answered, min(seen, number))
    facts = {"message": number, "text": fingerprint(message.text), "documents": kept}
    record(session, application, WRITTEN[side], actor=actor, now=now, facts=facts)
    return number


def see(session: Session, actor: Actor, reference: str, side: Side, seen: int) -> None:
    """Note that this side has seen the thread up to the message numbered `seen`. Raises NotThere."""
    application = row(session, reference)
    allow(session, actor, application, side, Action.READ_MESSAGES)
    thread = session.get(Thread, application.id, with_for_update=True)
    if thread is not None:
        upto = min(seen, _last(session, application))
        if side is Side.APPLICANT:
            thread.read_by_applicant = max(thread.read_by_applicant, upto)
        else:
            thread.read_by_office = max(thread.read_by_office, upto)


def settle(session: Session, actor: Actor, reference: str, seen: int, *, now: datetime) -> None:
    """Say that the messages up to the one numbered `seen` need no answer. Raises NotThere."""
    application = row(session, reference, lock=True)
    allow(session, actor, application, Side.OFFICE, Action.WRITE_TO_APPLICANT)
    thread = session.get(Thread, application.id)
    if thread is None:
        raise NotThere
    upto = min(seen, _last(session, application))
    if upto > thread.answered:
        thread.answered = upto
        record(session, application, Event.SETTLE_MESSAGES, actor=actor, now=now, facts={"message": upto})


def _thread(session: Session, application: Application) -> Thread:
    found = session.get(Thread, application.id)
    if found is None:
        found = Thread(application_id=application.id, read_by_applicant=0, read_by_office=0, answered=0)
        session.add(found)
        session.flush()
    return found


def _last(session: Session, application: Application) -> int:
    numbers = select(func.coalesce(func.max(Message.number), 0)).where(Message.application_id == application.id)
    return session.scalar(numbers) or 0


def _keep(
    session: Session, message: Message, documents: Sequence[tuple[str, bytes]], now: datetime
) -> list[str]:  # fmt: skip
    """Keep the documents of a message; returns their SHA-256. Raises Problem that names the one that is refused."""
    kept = []
    for place, (name, content) in enumerate(documents, 1):
        try:
            taken = take_in(session, content, now=now)
        except Problem as problem:
            raise Problem("message-document-refused", field="documents", name=name, why=_why(problem)) from None
        session.add(
            MessageDocument(
                token=secrets.token_urlsafe(24), application_id=message.application_id, number=message.number,
                place=place, name=safe_name(name, taken.media_type), sha256=taken.sha256,
            )
        )  # fmt: skip
        kept.append(taken.sha256)
    return kept


def _why(problem: Problem) -> dict[str, object]:
    return {"code": problem.code, "facts": dict(problem.reason.facts)}
