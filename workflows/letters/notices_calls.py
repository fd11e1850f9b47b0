"""To whom changes of a call and later deadlines are told: the people behind its files, each once."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workflows.calls.queries import terms_of
from workflows.history import HistoryEntry
from workflows.language import LANGUAGES, say, text_in
from workflows.letters.recipients import Recipient, Recipients
from workflows.letters.rules import NoticeKind
from workflows.lifecycle import ApplicationState, Event
from workflows.people.queries import people_with
from workflows.people.tables import Membership, Person
from workflows.permissions import Action, Actor, Role, may
from workflows.problems import Reason
from workflows.submission.queries import call_relation
from workflows.submission.tables import Application

IN_THE_RUNNING = tuple(
    state for state in ApplicationState if state not in (ApplicationState.WITHDRAWN, ApplicationState.INELIGIBLE)
)
"""States of files whose people are told of a later deadline: the drafts and what was submitted."""


def people_behind(session: Session, which: ColumnElement[bool]) -> list[tuple[Person, str]]:
    """Everybody of the organisations of these applications, each once, with the reference of one of theirs. Tests
    count nowhere."""
    rows = session.execute(
        select(Person, func.min(Application.reference))
        .join(Membership, Membership.person_id == Person.id)
        .join(Application, Application.organisation_id == Membership.organisation_id)
        .where(which, ~Application.test).group_by(Person.id).order_by(Person.id)
    )  # fmt: skip
    return [(person, reference) for person, reference in rows]


def _change(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """Substantial changes of a published call, to everybody with a draft for it."""
    found = [one for one in entry.facts.get("changes", ()) if one["substantial"]]
    if not found:
        return
    lines = {language: "\n".join(_change_line(one, language) for one in found) for language in LANGUAGES}
    drafts = Application.state == ApplicationState.DRAFT
    for person, call in _with_files(session, entry, drafts):
        facts = {**call, "changes": lines[person.language], "reason": entry.reason}
        yield Recipient(person.name, person.email, person.language, call["path"], facts=facts)


def _change_line(change: Mapping[str, Any], language: str) -> str:
    what, before, after = (text_in(change[key], language) for key in ("what", "before", "after"))
    return say(Reason("change-line", {"what": what, "before": before, "after": after}), language)


def _extension(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """A later deadline, to everybody who applies, those who had submitted included."""
    for person, call in _with_files(session, entry, Application.state.in_(IN_THE_RUNNING)):
        facts = {**call, "reason": entry.reason}
        yield Recipient(person.name, person.email, person.language, call["path"], facts=facts)


def _signature(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """One administrator signed: every other who may sign the call too, so that one of them looks at the same."""
    call_id = entry.subject.split(":", 1)[1]
    screen = "reserve" if entry.event == Event.SIGN_PROMOTION else "allocation"
    facts = {"call": terms_of(session, call_id).name.texts(), "who": entry.actor}
    for person in people_with(session, Role.ADMINISTRATOR):
        other = Actor(person.id, person.name, person.roles)
        if person.id != entry.actor_id and may(other, Action.ALLOCATE, call_relation(session, other, call_id)):
            path = f"/administration/calls/{call_id}/{screen}"
            yield Recipient(person.name, person.email, person.language, path, facts=facts)


def _with_files(
    session: Session, entry: HistoryEntry, which: ColumnElement[bool]
) -> Iterable[tuple[Person, dict[str, Any]]]:  # fmt: skip
    call_id = entry.subject.split(":", 1)[1]
    name = terms_of(session, call_id).name.texts()
    for person, reference in people_behind(session, (Application.call_id == call_id) & which):
        yield person, {"call": name, "file": reference, "path": f"/applications/{reference}"}


RECIPIENTS_OF_CALLS: dict[NoticeKind, Recipients] = {
    NoticeKind.CALL_CHANGED: _change,
    NoticeKind.DEADLINE_EXTENDED: _extension,
    NoticeKind.SIGNATURE_ASKED: _signature,
}
