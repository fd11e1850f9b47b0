"""To whom a notice goes, and what it may say besides the facts of the event it tells of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from workflows.history import HistoryEntry
from workflows.letters.rules import NoticeKind
from workflows.people.tables import Link, Person


@dataclass(frozen=True)
class Recipient:
    """One address a notice goes to. Its link is a page of the portal (`path`) or a single-use one (`link_id`)."""

    name: str
    address: str
    language: str
    path: str = "/"
    link_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def _owner_of_the_link(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    link = session.get_one(Link, entry.facts["link"])
    person = session.get_one(Person, link.person_id)
    return [Recipient(person.name, link.address, person.language, link_id=link.id, facts={"until": link.expires_at})]


RECIPIENTS: dict[NoticeKind, Callable[[Session, HistoryEntry], Iterable[Recipient]]] = {
    NoticeKind.CONFIRM_ADDRESS: _owner_of_the_link,
}
