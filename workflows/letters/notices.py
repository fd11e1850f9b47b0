"""To whom a notice goes, and what it may say besides the facts of the event it tells of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from workflows.calls.queries import terms_of
from workflows.history import HistoryEntry
from workflows.language import LANGUAGES
from workflows.letters.rules import NoticeKind
from workflows.lifecycle import ApplicationState
from workflows.people.queries import members
from workflows.people.tables import Link, Person
from workflows.submission.queries import of_call


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


def _everybody_with_a_draft(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The people behind every draft of the call, where the change is a substantial one; each in the file's language."""
    if not entry.facts.get("substantial"):
        return []
    call_id = entry.subject.split(":", 1)[1]
    told = [one for one in entry.facts.get("changes", ()) if one["substantial"]]
    facts = {
        "call": terms_of(session, call_id).name.texts(), "reason": entry.reason or "–",
        "what": {
            language: "\n".join(
                f"- {one['what'][language]}: {one['before'][language]} → {one['after'][language]}" for one in told
            )
            for language in LANGUAGES
        },
    }  # fmt: skip
    return [
        Recipient(
            person.name, person.email, file.language, path=f"/applications/{file.reference}",
            facts={**facts, "reference": file.reference},
        )
        for file in of_call(session, call_id, ApplicationState.DRAFT)
        for person in members(session, file.organisation.id)
    ]  # fmt: skip


RECIPIENTS: dict[NoticeKind, Callable[[Session, HistoryEntry], Iterable[Recipient]]] = {
    NoticeKind.CONFIRM_ADDRESS: _owner_of_the_link,
    NoticeKind.CALL_CHANGED: _everybody_with_a_draft,
    NoticeKind.DEADLINE_EXTENDED: _everybody_with_a_draft,
}
