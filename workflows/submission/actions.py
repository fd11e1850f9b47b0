"""Acting on an application: what `drafts` offers, and submit, reopen, restore, withdraw, bring back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.queries import call_view
from workflows.calls.rules import is_open
from workflows.calls.tables import Call
from workflows.history import move, record
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.people.queries import require_confirmed
from workflows.permissions import Action, Actor, Role
from workflows.problems import Problem, Problems
from workflows.submission import queries, rules
from workflows.submission.drafts import attach as attach  # the whole life of a file is asked of this module
from workflows.submission.drafts import begin as begin
from workflows.submission.drafts import delete as delete
from workflows.submission.drafts import detach as detach
from workflows.submission.drafts import replace as replace
from workflows.submission.drafts import save_answers as save_answers
from workflows.submission.drafts import start as start
from workflows.submission.holding import already, before_closing, held
from workflows.submission.queries import Receipt
from workflows.submission.reopening import reopened
from workflows.submission.snapshots import freeze, put_back
from workflows.submission.tables import Application, Submission


def submit(
    session: Session, actor: Actor, reference: str, *, seen_version: int | None = None, received_at: datetime
) -> Receipt:
    """Submit the draft as it stands: freeze it, give it a receipt, move it.

    `received_at` is the server's instant at which the request arrived; `seen_version` the version of the draft that
    the sender looked at. Raises Problem `address-unconfirmed`, `already-submitted`, also where the very draft that was
    seen was submitted and reopened since (the request came twice), `draft-not-as-seen`, `deadline-passed`, or Problems
    with every missing and wrong answer.
    """
    application = held(session, actor, reference, Action.SUBMIT_APPLICATION)
    if application.state != ApplicationState.DRAFT or _submitted_before(session, application, seen_version):
        raise already(session, application)
    require_confirmed(session, actor)
    found = queries.view(session, reference)
    call = session.get_one(Call, application.call_id)
    if not is_open(CallState(call.state), found.terms, received_at, test=application.test):
        closes = found.terms.closes.isoformat()
        raise Problem("deadline-passed", closes_at=closes, received_at=received_at.isoformat())
    if application.saved_at >= found.terms.closes:  # a second lock: nothing written after the closing is ever frozen
        raise Problem("deadline-passed", closes_at=found.terms.closes.isoformat(), received_at=received_at.isoformat())
    if seen_version is not None and seen_version != application.row_version:
        raise Problem("draft-not-as-seen", saved_at=application.saved_at.isoformat())
    problems = rules.missing(found.terms, found.draft) + rules.wrong(found.terms, found.draft)
    if problems:
        raise Problems(problems)
    receipt = freeze(session, application, found.as_asked(), call.version, received_at)
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
    application = held(session, actor, reference, Action.SUBMIT_APPLICATION)
    record(
        session, application, Event.REFUSE_SUBMISSION, actor=actor, now=received_at,
        facts={"problems": sorted(set(codes))},
    )  # fmt: skip


def reopen(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Take a submitted file back to change it, before the deadline. What was submitted counts until it is submitted
    again: `restore` puts it back after the deadline.

    Raises Problem `deadline-passed`.
    """
    application = held(session, actor, reference, Action.SUBMIT_APPLICATION)
    before_closing(session, application, now)
    move(session, application, Event.REOPEN, actor=actor, now=now)


def restore(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Let the last submission of a reopened file count as it was: before the deadline by choice of its people, after
    it by the system. What was changed since is set aside. A file that is not reopened is left alone by the system.

    Raises Problem `move-not-possible`, or `deadline-passed` for people after the deadline.
    """
    application = held(session, actor, reference, Action.RESTORE_SUBMISSION)
    call = call_view(session, application.call_id, now)
    by_system = Role.SYSTEM in actor.roles
    if by_system and (not reopened(application) or is_open(call.state, call.terms, now)):
        return
    if not by_system:
        before_closing(session, application, now)
    _restore(session, application, actor, now)


def withdraw(
    session: Session, actor: Actor, reference: str, reason: str, *, seen: str | None = None, now: datetime
) -> None:
    """Withdraw a submitted file, with a reason; a reopened one as it was submitted. `seen` is `rules.submitted_mark`
    of the file that its sender looked at.

    Raises Problem `file-not-as-seen` once it was reopened or submitted again since, `reason-needed` or
    `move-not-possible`.
    """
    application = held(session, actor, reference, Action.WITHDRAW_APPLICATION)
    stands = rules.submitted_mark(len(queries.receipts(session, application.id)), reopened(application))
    if seen is not None and seen != stands:
        raise Problem("file-not-as-seen", field="reason")
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    if reopened(application):
        _restore(session, application, actor, now)
    move(session, application, Event.WITHDRAW, actor=actor, now=now, reason=reason.strip())


def bring_back(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Undo a withdrawal before the deadline: the file counts again as it was submitted.

    Raises Problem `deadline-passed` or `move-not-possible`.
    """
    application = held(session, actor, reference, Action.WITHDRAW_APPLICATION)
    before_closing(session, application, now)
    move(session, application, Event.BRING_BACK, actor=actor, now=now)


def keep_pdf(session: Session, reference: str, number: int, sha256: str) -> None:
    """Keep which stored document is the PDF of a submission; a second one changes nothing."""
    application = queries.row(session, reference)
    submission = session.get_one(Submission, (application.id, number), with_for_update=True)
    submission.pdf = submission.pdf or sha256


def _restore(session: Session, application: Application, actor: Actor, now: datetime) -> None:
    if not reopened(application):
        raise Problem("move-not-possible", state=application.state, event=Event.RESTORE)
    receipt = queries.receipts(session, application.id)[0]
    put_back(session, application, receipt, now)
    facts = {"receipt": receipt.number, "digest": receipt.digest}
    move(session, application, Event.RESTORE, actor=actor, now=now, facts=facts)


def _submitted_before(session: Session, application: Application, seen_version: int | None) -> bool:
    """Whether the draft that was seen was submitted already."""
    same = select(Submission.number).where(
        Submission.application_id == application.id, Submission.draft_version == seen_version
    )
    return seen_version is not None and session.scalar(same) is not None
