"""Whether a receipt number, a PDF or a JSON file is what this installation gave out, and what it proves."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.canonical import fingerprint
from workflows.history import HistoryEntry
from workflows.letters.application import submission_named
from workflows.letters.rules import LetterKind
from workflows.letters.tables import Letter
from workflows.problems import Problem
from workflows.submission.queries import Receipt
from workflows.submission.rules import tidy_receipt_number, valid_receipt_number
from workflows.submission.tables import Application, Submission

LONGEST_JSON = 5_000_000
"""Octets of a JSON file that is read at all."""


class Proof(StrEnum):
    """What was shown to us."""

    NUMBER = "number"
    RECEIPT = "receipt"
    APPLICATION = "application"
    CONTENT = "content"


@dataclass(frozen=True)
class Finding:
    """What was shown is genuine. `reference` and `receipt` are for those who may know more than that."""

    proof: Proof
    reference: str
    receipt: Receipt


def by_number(session: Session, typed: str) -> Finding:
    """The submission with this receipt number.

    Raises Problem `receipt-mistyped` where the check digits are wrong, `receipt-unknown` where there is none such.
    """
    number = tidy_receipt_number(typed)
    if not valid_receipt_number(number):
        raise Problem("receipt-mistyped", field="number")
    found = submission_named(session, number)
    if found is None:
        raise Problem("receipt-unknown", field="number")
    return Finding(Proof.NUMBER, *found)


def by_file(session: Session, content: bytes) -> Finding:
    """The submission that a file proves: its receipt or its application as PDF, octet by octet, or its content as JSON.

    Raises Problem `proof-unknown`, or `proof-changed` where a JSON file names a receipt that is of another content.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = _application_pdf(session, digest) or _receipt_pdf(session, digest)
    if found is not None:
        return found
    data = _read(content)
    if data is None:
        raise Problem("proof-unknown", field="file")
    return _content(session, data)


def as_proof(receipt: Receipt) -> dict[str, Any]:
    """A submission as the JSON file that is handed out, and verified here."""
    return {"receipt": receipt.number, "sha256": receipt.digest, "content": dict(receipt.content)}


def _application_pdf(session: Session, digest: str) -> Finding | None:
    number = session.scalar(select(Submission.receipt_number).where(Submission.pdf == digest))
    found = submission_named(session, number) if number else None
    return Finding(Proof.APPLICATION, *found) if found else None


def _receipt_pdf(session: Session, digest: str) -> Finding | None:
    facts = session.scalar(
        select(HistoryEntry.facts).join(Letter, Letter.entry_id == HistoryEntry.id)
        .where(Letter.pdf == digest, Letter.kind == LetterKind.RECEIPT)
    )  # fmt: skip
    found = submission_named(session, str(facts["receipt"])) if facts else None
    return Finding(Proof.RECEIPT, *found) if found else None


def _content(session: Session, data: dict[str, Any]) -> Finding:
    """The submission a content is of, by the fingerprint of the content itself; what the file says of it must agree."""
    digest = fingerprint(data["content"])
    row = session.execute(
        select(Submission.receipt_number).join(Application, Application.id == Submission.application_id)
        .where(Submission.digest == digest)
    ).first()  # fmt: skip
    found = submission_named(session, row[0]) if row else None
    if found is None or data.get("receipt") != found[1].number or data.get("sha256") != digest:
        known = submission_named(session, str(data.get("receipt")))
        raise Problem("proof-changed" if known else "proof-unknown", field="file")
    return Finding(Proof.CONTENT, *found)


def _read(content: bytes) -> dict[str, Any] | None:
    if len(content) > LONGEST_JSON:
        return None
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("content"), dict) else None
