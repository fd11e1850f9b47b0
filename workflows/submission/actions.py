"""Acting on an application: start, answer, attach, submit, reopen, withdraw."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.calls.form import QuestionKind
from workflows.calls.queries import call_view
from workflows.calls.rules import is_open
from workflows.calls.tables import Call
from workflows.files.actions import take_in
from workflows.files.rules import safe_name
from workflows.history import move, record
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.people.queries import member_role
from workflows.permissions import Action, Actor, Relation, require
from workflows.problems import NotThere, Problem, Problems
from workflows.submission import queries, rules
from workflows.submission.queries import Receipt
from workflows.submission.tables import Application, Attachment, Submission


def start(session: Session, actor: Actor, call_id: str, organisation_id: int, language: str, *, now: datetime) -> str:
    """Begin an application; returns its reference. The language (nl or fr) rules all its letters.

    Raises NotThere for who is not a writer of the organisation, Problem `call-not-open` outside the open period.
    """
    require(actor, Action.START_APPLICATION, Relation(member=member_role(session, actor.person_id, organisation_id)))
    call = call_view(session, call_id, now)
    if not is_open(call.state, call.terms, now):
        raise Problem("call-not-open", opens_at=call.terms.opens.isoformat(), closes_at=call.terms.closes.isoformat())
    locked(session, call_id)
    numbers = select(func.coalesce(func.max(Application.number), 0)).where(
        Application.call_id == call_id, ~Application.test
    )
    number = (session.scalar(numbers) or 0) + 1
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
    seen_version: int | None = None,
    now: datetime,
) -> int:
    """Keep these answers (by question id) in the draft; returns the new row version.

    Raises Problem `draft-changed-elsewhere` where `seen_version` is not the version that stands now.
    """
    application = _editable(session, actor, reference, now)
    if seen_version is not None and seen_version != application.row_version:
        raise Problem("draft-changed-elsewhere", saved_at=application.saved_at.isoformat())
    changed = sorted(key for key, value in answers.items() if application.answers.get(key) != value)
    if changed:
        application.answers = {**application.answers, **answers}
        application.saved_at = now
        record(session, application, Event.SAVE_ANSWERS, actor=actor, now=now, facts={"questions": changed})
    return application.row_version


def attach(
    session: Session, actor: Actor, reference: str, question_id: str, name: str, content: bytes, *, now: datetime
) -> str:
    """Put a document under a question; returns its token, the one it has where the same content is there already.

    Raises Problem on a refused kind or one too many.
    """
    application = _editable(session, actor, reference, now)
    found = queries.view(session, reference)
    question = next((question for question in found.terms.questions() if question.id == question_id), None)
    if question is None or question.kind is not QuestionKind.DOCUMENT:
        raise NotThere
    digest = hashlib.sha256(content).hexdigest()
    twin = next((attached for attached in found.attached(question_id) if attached.sha256 == digest), None)
    if twin is not None:
        return twin.token
    if question.most is not None and len(found.attached(question_id)) >= question.most:
        raise Problem("documents-too-many", field=question_id, most=question.most)
    try:
        document = take_in(session, content, now=now, accepted=frozenset(question.accepted))
    except Problem as problem:
        raise Problem(problem.code, field=question_id, **problem.reason.facts) from None
    attachment = Attachment(
        token=secrets.token_urlsafe(24), application_id=application.id, question_id=question_id,
        name=safe_name(name, document.media_type), sha256=document.sha256, added_at=now,
    )  # fmt: skip
    session.add(attachment)
    application.saved_at = now
    facts = {"question": question_id, "sha256": document.sha256}
    record(session, application, Event.ATTACH, actor=actor, now=now, facts=facts)
    return attachment.token


def detach(session: Session, actor: Actor, reference: str, token: str, *, now: datetime) -> None:
    """Take a document out of the draft. Raises NotThere."""
    application = _editable(session, actor, reference, now)
    attachment = session.get(Attachment, token)
    if attachment is None or attachment.application_id != application.id:
        raise NotThere
    session.delete(attachment)
    application.saved_at = now
    facts = {"question": attachment.question_id, "sha256": attachment.sha256}
    record(session, application, Event.DETACH, actor=actor, now=now, facts=facts)


def submit(session: Session, actor: Actor, reference: str, *, received_at: datetime) -> Receipt:
    """Submit the draft as it stands: freeze it, give it a receipt, move it.

    `received_at` is the server's instant at which the request arrived. Raises Problem `already-submitted`,
    `deadline-passed`, or Problems with every missing and wrong answer.
    """
    application = _own(session, actor, reference, Action.SUBMIT_APPLICATION)
    if application.state != ApplicationState.DRAFT:
        raise _already(session, application)
    found = queries.view(session, reference)
    call = session.get_one(Call, application.call_id)
    if not is_open(CallState(call.state), found.terms, received_at, test=application.test):
        closes = found.terms.closes.isoformat()
        raise Problem("deadline-passed", closes_at=closes, received_at=received_at.isoformat())
    if application.saved_at >= found.terms.closes:  # a second lock: nothing written after the closing is ever frozen
        raise Problem("deadline-passed", closes_at=found.terms.closes.isoformat(), received_at=received_at.isoformat())
    problems = rules.missing(found.terms, found.draft) + rules.wrong(found.terms, found.draft)
    if problems:
        raise Problems(problems)
    receipt = _freeze(session, application, found.as_asked(), call.version, received_at)
    application.received_at = received_at
    move(
        session, application, Event.SUBMIT, actor=actor, now=received_at,
        facts={"receipt": receipt.number, "digest": receipt.digest},
    )  # fmt: skip
    return receipt


def note_refused_submission(
    session: Session, actor: Actor, reference: str, codes: tuple[str, ...], *, received_at: datetime
) -> None:
    """Keep the evidence of an attempt that was refused, with the codes of its problems."""
    application = _own(session, actor, reference, Action.SUBMIT_APPLICATION)
    record(
        session, application, Event.REFUSE_SUBMISSION, actor=actor, now=received_at,
        facts={"problems": sorted(set(codes))},
    )  # fmt: skip


def reopen(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Take a submitted file back to change it, before the deadline; it counts again once it is submitted again.

    Raises Problem `deadline-passed`.
    """
    application = _own(session, actor, reference, Action.SUBMIT_APPLICATION)
    call = call_view(session, application.call_id, now)
    if not is_open(call.state, call.terms, now, test=application.test):
        raise Problem("deadline-passed", closes_at=call.terms.closes.isoformat(), received_at=now.isoformat())
    move(session, application, Event.REOPEN, actor=actor, now=now)


def withdraw(session: Session, actor: Actor, reference: str, reason: str, *, now: datetime) -> None:
    """Withdraw a submitted file, with a reason. Raises Problem `reason-needed` or `move-not-possible`."""
    application = _own(session, actor, reference, Action.WITHDRAW_APPLICATION)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    move(session, application, Event.WITHDRAW, actor=actor, now=now, reason=reason.strip())


def _own(session: Session, actor: Actor, reference: str, action: Action) -> Application:
    application = queries.row(session, reference, lock=True)
    require(actor, action, queries.own_relation(session, actor, application))
    return application


def _editable(session: Session, actor: Actor, reference: str, now: datetime) -> Application:
    """A draft of an open call. Raises Problem `already-submitted`, `move-not-possible` or `deadline-passed`."""
    application = _own(session, actor, reference, Action.EDIT_APPLICATION)
    if application.state != ApplicationState.DRAFT:
        raise _already(session, application)
    call = call_view(session, application.call_id, now)
    if not is_open(call.state, call.terms, now, test=application.test):
        raise Problem("deadline-passed", closes_at=call.terms.closes.isoformat(), received_at=now.isoformat())
    return application


def _already(session: Session, application: Application) -> Problem:
    receipts = queries.receipts(session, application.id)
    if not receipts:
        return Problem("move-not-possible", state=application.state, event=Event.SUBMIT)
    last = receipts[0]
    return Problem("already-submitted", received_at=last.received_at.isoformat(), receipt=last.number)


def _freeze(
    session: Session,
    application: Application,
    found: queries.ApplicationView,
    version: int,
    received_at: datetime,
) -> Receipt:
    snapshot = rules.Snapshot(
        application.call_id, version, application.reference, found.organisation.enterprise_number,
        found.answers, found.attachments, received_at,
    )  # fmt: skip
    number = len(queries.receipts(session, application.id)) + 1
    digest = snapshot.digest()
    submission = Submission(
        application_id=application.id, number=number, content=snapshot.content(), digest=digest,
        receipt_number=rules.receipt_number(application.reference, number, digest), received_at=received_at,
    )  # fmt: skip
    session.add(submission)
    return Receipt(submission.receipt_number, number, received_at, digest, submission.content)
