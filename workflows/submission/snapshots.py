"""What was submitted: frozen when a draft is submitted, put back when its last submission is to count again."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.tables import CallVersion
from workflows.submission import queries, rules
from workflows.submission.queries import ApplicationView, Receipt
from workflows.submission.tables import Application, Attachment, Submission


def freeze(
    session: Session, application: Application, found: ApplicationView, version: int, received_at: datetime
) -> Receipt:
    """Keep the draft as it stands now, under the version of the terms it answers."""
    number = len(queries.receipts(session, application.id)) + 1
    terms = session.get_one(CallVersion, (application.call_id, version)).fingerprint
    snapshot = rules.Snapshot(
        application.call_id, version, terms, application.reference, number, found.organisation.enterprise_number,
        found.language, found.answers, found.attachments, received_at,
        {**found.organisation.statement(), "type": str(found.type)},
    )  # fmt: skip
    digest = snapshot.digest()
    submission = Submission(
        application_id=application.id, number=number, content=snapshot.content(), digest=digest,
        receipt_number=rules.receipt_number(application.reference, number, digest), received_at=received_at,
        draft_version=application.row_version,
    )  # fmt: skip
    session.add(submission)
    return queries.receipt_of(submission)


def put_back(session: Session, application: Application, receipt: Receipt, now: datetime) -> None:
    """Let the file say again what it said when it was submitted; what the draft said otherwise is set aside."""
    answers: dict[str, Any] = dict(receipt.content["answers"])
    documents = [(one["question"], one["name"], one["sha256"]) for one in receipt.content["documents"]]
    there = list(session.scalars(select(Attachment).where(Attachment.application_id == application.id)))
    others = {key: value for key, value in application.answers.items() if answers.get(key) != value}
    gone = [one for one in there if (one.question_id, one.name, one.sha256) not in documents]
    if others or gone:
        names = [{"question": one.question_id, "name": one.name, "sha256": one.sha256} for one in gone]
        application.set_aside = {"at": now.isoformat(), "answers": others, "documents": names}
    change_to(session, application, answers, documents, receipt.received_at)


def change_to(
    session: Session,
    application: Application,
    answers: Mapping[str, Any],
    documents: Sequence[tuple[str, str, str]],
    added_at: datetime,
) -> None:
    """Let the file say this: its answers, and its documents as (question, name, SHA-256); those that stay keep their
    address."""
    there = list(session.scalars(select(Attachment).where(Attachment.application_id == application.id)))
    for one in there:
        if (one.question_id, one.name, one.sha256) not in documents:
            session.delete(one)
    kept = {(one.question_id, one.name, one.sha256) for one in there}
    for question, name, sha256 in documents:
        if (question, name, sha256) not in kept:
            session.add(
                Attachment(
                    token=secrets.token_urlsafe(24), application_id=application.id, question_id=question, name=name,
                    sha256=sha256, added_at=added_at,
                )
            )  # fmt: skip
    application.answers = dict(answers)
