"""Asking for the documents of a file: what stands in it now, and what a submission lists."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from workflows.files import store
from workflows.files.tables import Document
from workflows.problems import NotThere
from workflows.submission.queries import ApplicationView
from workflows.submission.rules import AttachmentView


def document(session: Session, application: ApplicationView, token: str) -> tuple[AttachmentView, bytes]:
    """A document of the file (as its reader sees the file) with its content. Raises NotThere."""
    found = next((attachment for attachment in application.attachments if attachment.token == token), None)
    if found is None:
        raise NotThere
    return found, store.get(found.sha256)


def submitted_document(session: Session, listed: Mapping[str, Any]) -> AttachmentView:
    """A document that a submission lists, in the file or not any more."""
    kept = session.get_one(Document, listed["sha256"])
    return AttachmentView("", listed["question"], listed["name"], kept.media_type, kept.size, kept.sha256)
