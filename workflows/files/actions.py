"""Taking a document in."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.database import lock_chain
from workflows.files import rules, store
from workflows.files.tables import Document


def take_in(
    session: Session, content: bytes, *, now: datetime, accepted: frozenset[str] = rules.EVERY_KIND
) -> Document:
    """Store the content once, whoever brings it. `accepted`: the endings of the kinds that are taken here, all of them
    where it is empty. Raises Problem where the content is not of an accepted kind."""
    media = rules.media_type(content, accepted or rules.EVERY_KIND)
    digest = store.put(content)
    lock_chain(session, f"document:{digest}")
    known = session.get(Document, digest)
    if known is None:
        known = Document(sha256=digest, size=len(content), media_type=media, stored_at=now)
        session.add(known)
        session.flush()
    return known
