"""Acting on a request for what is missing: the office asks or withdraws, the association writes and sends its answer.

The answer is written beside the file. The file itself, what was submitted and everything that was not asked stay as
they are until it is sent.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from workflows.calls.rules import is_open
from workflows.calls.tables import Call
from workflows.completion import queries, rules
from workflows.completion.queries import RequestView
from workflows.completion.rules import RequestState
from workflows.completion.tables import CompletionDocument, CompletionRequest
from workflows.files.rules import safe_name
from workflows.history import record
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem, Problems
from workflows.submission import queries as files
from workflows.submission import rules as submissions
from workflows.submission.drafts import Saved, taken
from workflows.submission.holding import held, named_in_this_sitting
from workflows.submission.merging import mark, merge
from workflows.submission.queries import ApplicationView, Receipt
from workflows.submission.snapshots import change_to, freeze
from workflows.submission.tables import Application


def ask(
    session: Session,
    actor: Actor,
    reference: str,
    questions: Collection[str],
    explanation: str,
    due_at: datetime,
    *,
    now: datetime,
) -> int:
    """Ask the association to answer these questions anew before `due_at`; returns the number of the request.

    Raises NotThere, Problem `completion-call-open` while the association can change its file by itself,
    `completion-not-submitted` once the file was judged, `completion-open` while another request waits, or Problems
    with everything that is wrong with this one.
    """
    application = files.row(session, reference, lock=True)
    require(actor, Action.ASK_COMPLETION, files.clerk_relation(session, actor, application))
    found = files.view(session, reference)
    if found.state is ApplicationState.DRAFT and found.received_at is None:
        raise NotThere
    call = session.get_one(Call, application.call_id)
    if is_open(CallState(call.state), found.terms, now):
        raise Problem("completion-call-open", closes_at=found.terms.closes.isoformat())
    if found.state is not ApplicationState.SUBMITTED:
        raise Problem("completion-not-submitted")
    refuse_while_open(session, application, now)
    form = tuple(found.terms.questions())
    rules.check_request(questions, [question.id for question in form], explanation, due_at, now)
    asked = rules.with_those_they_bring(questions, form)
    wanted = [question.id for question in form if question.id in asked]
    number = (session.scalar(
        select(func.max(CompletionRequest.number)).where(CompletionRequest.application_id == application.id)
    ) or 0) + 1  # fmt: skip
    session.add(
        CompletionRequest(
            application_id=application.id, number=number, questions=wanted, explanation=explanation.strip(),
            asked_by=actor.person_id, asked_at=now, due_at=due_at,
            of_submission=files.receipts(session, application.id)[0].submission,
            answers={question: found.answers[question] for question in wanted if question in found.answers},
        )
    )  # fmt: skip
    session.flush()
    for one in found.attachments:
        if one.question_id in wanted:
            session.add(_document(application, number, one.question_id, one.name, one.sha256, now))
    facts = {"request": number, "questions": wanted, "due_at": due_at.isoformat()}
    record(session, application, Event.ASK_COMPLETION, actor=actor, now=now, reason=explanation.strip(), facts=facts)
    return number


def withdraw_request(
    session: Session, actor: Actor, reference: str, number: int, reason: str, *, now: datetime
) -> None:  # fmt: skip
    """Withdraw a request that waits for an answer. Raises NotThere, Problem `reason-needed` or why it is closed."""
    application = files.row(session, reference, lock=True)
    require(actor, Action.ASK_COMPLETION, files.clerk_relation(session, actor, application))
    request = _row(session, application, number)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    _refuse_closed(session, request, now)
    request.withdrawn_at, request.withdrawn_reason = now, reason.strip()
    record(
        session, application, Event.WITHDRAW_COMPLETION, actor=actor, now=now, reason=reason.strip(),
        facts={"request": number},
    )  # fmt: skip


def save(
    session: Session,
    actor: Actor,
    reference: str,
    number: int,
    answers: Mapping[str, Any],
    *,
    seen: Mapping[str, str] | None = None,
    now: datetime,
) -> Saved:
    """Keep these answers beside the file, as `drafts.save_answers` does in a draft; `row_version` is the file's.

    Raises NotThere for a question that was not asked, Problem where it is closed.
    """
    application, request = _editable(session, actor, reference, number, answers, now)
    merged = merge(request.answers, answers, seen)
    if merged.changed:
        request.answers = {**request.answers, **merged.changed}
        request.saved_at = now
        named = named_in_this_sitting(session, application, actor, Event.SAVE_COMPLETION, now)
        news = sorted(merged.changed.keys() - named)
        if news:
            facts = {"request": number, "questions": news}
            record(session, application, Event.SAVE_COMPLETION, actor=actor, now=now, facts=facts)
    return Saved(application.row_version, request.saved_at or now, dict(request.answers), merged.conflicts)


def attach(
    session: Session,
    actor: Actor,
    reference: str,
    number: int,
    question_id: str,
    name: str,
    content: bytes,
    *,
    now: datetime,
) -> str:
    """Put a document under an asked question, beside the file; returns its token. The same content twice is one.

    Raises NotThere, Problem on a refused kind, one too many, or a closed request.
    """
    application, request = _editable(session, actor, reference, number, [question_id], now)
    terms = files.view(session, reference).terms
    there = list(session.scalars(_documents(request).where(CompletionDocument.question_id == question_id)))
    same = next((one for one in there if one.sha256 == hashlib.sha256(content).hexdigest()), None)
    if same is not None:
        return same.token
    stored = taken(session, terms, question_id, len(there), content, now=now)
    document = _document(
        application, number, question_id, safe_name(name, stored.media_type), stored.sha256, now
    )  # fmt: skip
    session.add(document)
    request.saved_at = now
    facts = {"request": number, "questions": [question_id], "sha256": stored.sha256}
    record(session, application, Event.SAVE_COMPLETION, actor=actor, now=now, facts=facts)
    return document.token


def detach(session: Session, actor: Actor, reference: str, number: int, token: str, *, now: datetime) -> None:
    """Take a document out of the answer; in the file it stays until the answer is sent. Raises NotThere."""
    found = session.get(CompletionDocument, token)
    if found is None or found.number != number:
        raise NotThere
    application, request = _editable(session, actor, reference, number, [found.question_id], now)
    if found.application_id != application.id:
        raise NotThere
    session.delete(found)
    request.saved_at = now
    facts = {"request": number, "questions": [found.question_id], "removed": found.sha256}
    record(session, application, Event.SAVE_COMPLETION, actor=actor, now=now, facts=facts)


def answer(session: Session, actor: Actor, reference: str, number: int, *, received_at: datetime) -> Receipt:
    """Send the answer: the asked questions change in the file, and the whole is frozen as its next submission.

    `received_at` is the server's instant at which the request arrived. Raises NotThere, Problem where the request is
    closed or nothing was changed, Problems with every missing and wrong answer.
    """
    application, request = _editable(session, actor, reference, number, (), received_at)
    found = files.view(session, reference)
    view = next(one for one in queries.requests(session, application.id, received_at) if one.number == number)
    after = queries.completed(found, view)
    problems = submissions.missing(after.terms, after.draft) + submissions.wrong(after.terms, after.draft)
    if problems:
        raise Problems(problems)
    changed = _changed(found, view)
    if not changed:
        raise Problem("completion-unchanged")
    change_to(
        session, application, after.answers,
        [(one.question_id, one.name, one.sha256) for one in after.attachments], received_at,
    )  # fmt: skip
    session.flush()
    version = session.get_one(Call, application.call_id).version
    receipt = freeze(session, application, files.view(session, reference).as_asked(), version, received_at)
    request.answered_at, request.submission = received_at, receipt.submission
    record(
        session, application, Event.ANSWER_COMPLETION, actor=actor, now=received_at,
        facts={"request": number, "receipt": receipt.number, "digest": receipt.digest, "questions": changed},
    )  # fmt: skip
    return receipt


def refuse_while_open(session: Session, application: Application, now: datetime) -> None:
    """Raise Problem `completion-open` while a request about the file waits for its answer."""
    waiting = queries.open_request(session, application.id, now)
    if waiting is not None:
        raise Problem("completion-open", due_at=waiting.due_at.isoformat())


def _editable(
    session: Session, actor: Actor, reference: str, number: int, questions: Collection[str], now: datetime
) -> tuple[Application, CompletionRequest]:
    """A file with its open request, held for a writer who touches only what was asked.

    Raises NotThere, Problem `completion-answered`, `-expired`, `-withdrawn`, `-overtaken` or `-not-submitted`.
    """
    application = held(session, actor, reference, Action.ANSWER_COMPLETION)
    request = _row(session, application, number)
    _refuse_closed(session, request, now)
    state = ApplicationState(application.state)
    if state is not ApplicationState.SUBMITTED:
        raise Problem("completion-not-submitted")
    if not set(questions) <= rules.editable_questions(request.questions, RequestState.OPEN, state):
        raise NotThere
    return application, request


def _refuse_closed(session: Session, request: CompletionRequest, now: datetime) -> None:
    state = rules.state(queries.facts(session, request), now)
    if state is not RequestState.OPEN:
        raise rules.closed(state, request.due_at)


def _row(session: Session, application: Application, number: int) -> CompletionRequest:
    found = session.get(CompletionRequest, (application.id, number))
    if found is None:
        raise NotThere
    return found


def _documents(request: CompletionRequest) -> Select[CompletionDocument]:
    return select(CompletionDocument).where(
        CompletionDocument.application_id == request.application_id, CompletionDocument.number == request.number
    )


def _document(
    application: Application, number: int, question_id: str, name: str, sha256: str, now: datetime
) -> CompletionDocument:  # fmt: skip
    return CompletionDocument(
        token=secrets.token_urlsafe(24), application_id=application.id, number=number, question_id=question_id,
        name=name, sha256=sha256, added_at=now,
    )  # fmt: skip


def _changed(before: ApplicationView, request: RequestView) -> list[str]:
    """The asked questions whose answer or documents are others than in the file."""
    after = queries.completed(before, request)
    return [
        question for question in request.questions
        if mark(before.answers.get(question)) != mark(after.answers.get(question))
        or {(one.name, one.sha256) for one in before.attached(question)}
        != {(one.name, one.sha256) for one in after.attached(question)}
    ]  # fmt: skip
