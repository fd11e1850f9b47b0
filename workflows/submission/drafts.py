"""Acting on a draft: begin it, answer, attach, delete it."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.calls.form import QuestionKind
from workflows.calls.queries import call_view, terms_of
from workflows.calls.rules import is_open
from workflows.calls.terms import Terms
from workflows.files.actions import take_in
from workflows.files.rules import safe_name
from workflows.files.tables import Document
from workflows.history import HistoryEntry, record
from workflows.lifecycle import ApplicationState, Event
from workflows.people.queries import member_role
from workflows.permissions import Action, Actor, Relation, require
from workflows.problems import NotThere, Problem
from workflows.submission import queries, rules
from workflows.submission.holding import already, editable, held, named_in_this_sitting
from workflows.submission.merging import merge
from workflows.submission.shapes import in_draft
from workflows.submission.tables import Application, Attachment


@dataclass(frozen=True)
class Saved:
    """What saving came to: the row version, when the draft was last changed and the answers it holds now; the
    questions that were not saved because somebody else saved another answer meanwhile."""

    row_version: int
    saved_at: datetime
    answers: Mapping[str, Any]
    conflicts: tuple[str, ...] = ()


def start(session: Session, actor: Actor, call_id: str, organisation_id: int, language: str, *, now: datetime) -> str:
    """Begin an application; returns its reference. The language (nl or fr) rules all its letters.

    Raises NotThere for who is not a writer of the organisation, Problem `call-not-open` outside the open period.
    """
    require(actor, Action.START_APPLICATION, Relation(member=member_role(session, actor.person_id, organisation_id)))
    call = call_view(session, call_id, now)
    if not is_open(call.state, call.terms, now):
        raise Problem("call-not-open", opens_at=call.terms.opens.isoformat(), closes_at=call.terms.closes.isoformat())
    locked(session, call_id)
    number = _next_number(session, call_id)
    application = Application(
        reference=rules.reference(call.terms.reference_prefix, number), call_id=call_id, number=number,
        organisation_id=organisation_id, language=language, answers={}, started_at=now, saved_at=now,
    )  # fmt: skip
    session.add(application)
    record(session, application, Event.START_DRAFT, actor=actor, now=now)
    return application.reference


def begin(session: Session, actor: Actor, call_id: str, organisation_id: int, language: str, *, now: datetime) -> str:
    """The reference of the draft the organisation has in this call, or of a new one as `start` makes it.

    A second click, or a colleague at the same moment, begins no second file. Raises what `start` raises.
    """
    require(actor, Action.START_APPLICATION, Relation(member=member_role(session, actor.person_id, organisation_id)))
    locked(session, call_id)
    drafts = select(Application.reference).where(
        Application.call_id == call_id, Application.organisation_id == organisation_id,
        Application.state == ApplicationState.DRAFT,
    )  # fmt: skip
    there = session.scalar(drafts.order_by(Application.number).limit(1))
    return there or start(session, actor, call_id, organisation_id, language, now=now)


def save_answers(
    session: Session,
    actor: Actor,
    reference: str,
    answers: Mapping[str, Any],
    *,
    seen: Mapping[str, str] | None = None,
    now: datetime,
) -> Saved:
    """Keep these answers (by question id) in the draft, also what cannot be read yet (`unread`).

    `seen` are the marks (`merging.marks`) of the stored answers that the sender was shown: what somebody else changed
    meanwhile stays, and an answer that both changed is not saved but named in `conflicts`. Without it, what is sent
    counts. Raises Problem `already-submitted`, `move-not-possible` or `deadline-passed`.
    """
    application = editable(session, actor, reference, now)
    terms = terms_of(session, application.call_id)
    merged = merge(in_draft(terms, application.answers), answers, seen)
    if merged.changed:
        application.answers = {**application.answers, **merged.changed}
        application.saved_at = now
        named = named_in_this_sitting(session, application, actor, Event.SAVE_ANSWERS, now)
        news = sorted(merged.changed.keys() - named)
        if news:
            record(session, application, Event.SAVE_ANSWERS, actor=actor, now=now, facts={"questions": news})
        session.flush()
    return Saved(application.row_version, application.saved_at, in_draft(terms, application.answers), merged.conflicts)


def attach(
    session: Session, actor: Actor, reference: str, question_id: str, name: str, content: bytes, *, now: datetime
) -> str:
    """Put a document under a question; returns its token, the one it has where the same content is there already.

    Raises Problem on a refused kind or one too many.
    """
    application = editable(session, actor, reference, now)
    found = queries.view(session, reference)
    digest = hashlib.sha256(content).hexdigest()
    twin = next((attached for attached in found.attached(question_id) if attached.sha256 == digest), None)
    if twin is not None:
        return twin.token
    document = taken(session, found.terms, question_id, len(found.attached(question_id)), content, now=now)
    attachment = Attachment(
        token=secrets.token_urlsafe(24), application_id=application.id, question_id=question_id,
        name=safe_name(name, document.media_type), sha256=document.sha256, added_at=now,
    )  # fmt: skip
    session.add(attachment)
    application.saved_at = now
    facts = {"question": question_id, "sha256": document.sha256}
    record(session, application, Event.ATTACH, actor=actor, now=now, facts=facts)
    return attachment.token


def taken(
    session: Session, terms: Terms, question_id: str, there: int, content: bytes, *, now: datetime
) -> Document:  # fmt: skip
    """A document stored for a question under which there are so many already.

    Raises NotThere for a question that asks for none, Problem on a refused kind or one too many.
    """
    question = next((question for question in terms.questions() if question.id == question_id), None)
    if question is None or question.kind is not QuestionKind.DOCUMENT:
        raise NotThere
    if question.most is not None and there >= question.most:
        raise Problem("documents-too-many", field=question_id, most=question.most)
    try:
        return take_in(session, content, now=now, accepted=frozenset(question.accepted))
    except Problem as problem:
        raise Problem(problem.code, field=question_id, **problem.reason.facts) from None


def detach(session: Session, actor: Actor, reference: str, token: str, *, now: datetime) -> None:
    """Take a document out of the draft. Raises NotThere."""
    application = editable(session, actor, reference, now)
    attachment = session.get(Attachment, token)
    if attachment is None or attachment.application_id != application.id:
        raise NotThere
    session.delete(attachment)
    application.saved_at = now
    facts = {"question": attachment.question_id, "sha256": attachment.sha256}
    record(session, application, Event.DETACH, actor=actor, now=now, facts=facts)


def replace(
    session: Session, actor: Actor, reference: str, token: str, name: str, content: bytes, *, now: datetime
) -> str:
    """Put another document in the place of one; returns the new token. Raises NotThere, Problem on a refused kind."""
    found = session.get(Attachment, token)
    detach(session, actor, reference, token, now=now)
    assert found is not None  # or it could not be taken out
    session.flush()
    return attach(session, actor, reference, found.question_id, name, content, now=now)


def delete(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Delete a draft that was never submitted, with its answers and the names of its documents; its number is not
    given again. Raises Problem `already-submitted` or `move-not-possible` once it was submitted."""
    application = held(session, actor, reference, Action.DELETE_DRAFT)
    if application.state != ApplicationState.DRAFT or application.received_at is not None:
        raise already(session, application)
    record(
        session, application, Event.DELETE_DRAFT, actor=actor, now=now,
        facts={"reference": reference, "number": application.number},
    )  # fmt: skip
    session.execute(delete_rows(Attachment).where(Attachment.application_id == application.id))
    session.delete(application)


def _next_number(session: Session, call_id: str) -> int:
    """The number after every one that was given in the call, deleted drafts included."""
    last = session.scalar(select(func.max(Application.number)).where(Application.call_id == call_id, ~Application.test))
    deletions = session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.chain == f"call:{call_id}", HistoryEntry.event == str(Event.DELETE_DRAFT)
        )
    )
    return max(last or 0, *(int(entry.facts["number"]) for entry in deletions), 0) + 1
