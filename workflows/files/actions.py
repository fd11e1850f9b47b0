"""Taking a document in."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.database import lock_chain
from workflows.files import rules, store
from workflows.files.tables import Document


def take_in(session: Session, content: bytes, *, now: datetime) -> Document:
    """Store the content once, whoever brings it. Raises Problem where the content is not an accepted kind."""
    media = rules.media_type(content)
    digest = store.put(content)
    lock_chain(session, f"document:{digest}")
    known = session.get(Document, digest)
    if known is None:
        known = Document(sha256=digest, size=len(content), media_type=media, stored_at=now)
        session.add(known)
        session.flush()
    return known
