"""One address a notice goes to, and the owner of a single-use link, whom several kinds of notice are for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from workflows.history import HistoryEntry
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


Recipients = Callable[[Session, HistoryEntry], Iterable[Recipient]]


def owner_of_the_link(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The person a link is for, at the address it is to show."""
    link = session.get_one(Link, entry.facts["link"])
    person = session.get_one(Person, link.person_id)
    return [Recipient(person.name, link.address, person.language, link_id=link.id, facts={"until": link.expires_at})]
