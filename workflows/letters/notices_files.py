"""To whom notices about files go: the people of the applying organisation, and the office."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calls.queries import terms_of
from workflows.completion.tables import CompletionRequest
from workflows.history import HistoryEntry
from workflows.language import say, text_in
from workflows.letters.notices_calls import people_behind
from workflows.letters.recipients import Recipient, Recipients
from workflows.letters.rules import NoticeKind
from workflows.lifecycle import Event
from workflows.messages.queries import conflicted
from workflows.messages.tables import Message, Thread
from workflows.people.queries import people_with
from workflows.people.tables import Organisation, Person
from workflows.permissions import Actor, Role
from workflows.problems import Reason
from workflows.reminders.queries import reported
from workflows.submission.queries import ApplicationView, view
from workflows.submission.tables import Application


def _of_the_file(session: Session, entry: HistoryEntry) -> tuple[ApplicationView, list[Person]]:
    reference = entry.subject.split(":", 1)[1]
    people = people_behind(session, Application.reference == reference)
    return view(session, reference), [person for person, _ in people]


def _named(file: ApplicationView) -> str:
    return f"{file.reference} “{file.title}”" if file.title else file.reference


def _message(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """A message of the office, its text included; its documents stay behind the sign-in."""
    file, people = _of_the_file(session, entry)
    message = session.get_one(Message, (file.id, entry.facts["message"]))
    count = len(entry.facts["documents"])
    for person in people:
        more = say(Reason("message-with-documents", {"count": count}), person.language) + "\n\n" if count else ""
        facts = {"file": _named(file), "text": message.text, "more": more}
        yield _to(person, f"/applications/{file.reference}/messages", facts)


def _request(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """A request for what is missing, in the language of the file: that of its explanation and of every letter."""
    file, people = _of_the_file(session, entry)
    request = session.get_one(CompletionRequest, (file.id, entry.facts["request"]))
    labels = [
        text_in(question.label.texts(), file.language)
        for question in file.terms.questions() if question.id in request.questions
    ]  # fmt: skip
    facts = {
        "file": _named(file), "questions": "\n".join(f"- {label}" for label in labels), "due_at": request.due_at,
        "explanation": request.explanation, "reason": entry.reason,
    }  # fmt: skip
    path = f"/applications/{file.reference}/requests/{request.number}"
    return [_to(person, path, facts, file.language) for person in people]


def _draft(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """A draft whose deadline draws near."""
    file, people = _of_the_file(session, entry)
    facts = {"file": _named(file), "call": file.terms.name.texts()}
    return [_to(person, f"/applications/{file.reference}", facts) for person in people]


def _consent(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """Another amount than was asked for; the amounts stay behind the sign-in, and nothing is said of an outcome."""
    file, people = _of_the_file(session, entry)
    return [_to(person, f"/applications/{file.reference}/amount", {"file": _named(file)}) for person in people]


def _office(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """What came in for a call and still waits, to every administrator, without the files closed to them."""
    call_id = entry.subject.split(":", 1)[1]
    name = terms_of(session, call_id).name.texts()
    answers = [one.subject for one in reported(session, entry) if one.event == Event.ANSWER_COMPLETION]
    answered = {subject.split(":", 1)[1] for subject in answers}
    waits = (Message.side == "applicant") & (Message.number > Thread.answered)
    for person in people_with(session, Role.ADMINISTRATOR):
        rows = session.execute(
            select(Application.reference, Organisation.name, func.count(Message.number))
            .join(Organisation, Organisation.id == Application.organisation_id)
            .outerjoin(Thread, Thread.application_id == Application.id)
            .outerjoin(Message, (Message.application_id == Application.id) & waits)
            .where(
                Application.call_id == call_id, ~conflicted(Actor(person.id)),
                Thread.application_id.is_not(None) | Application.reference.in_(answered),
            )
            .group_by(Application.id, Application.reference, Organisation.name).order_by(Application.number)
        )  # fmt: skip
        lines = [
            say(Reason(code, {"file": reference, "organisation": organisation, "count": count}), person.language)
            for reference, organisation, count in rows
            for code, told in (("report-messages", count > 0), ("report-answer", reference in answered)) if told
        ]  # fmt: skip
        if lines:
            facts = {"call": name, "lines": "\n".join(lines)}
            yield Recipient(
                person.name, person.email, person.language, f"/administration/calls/{call_id}/messages", facts=facts
            )


def _to(person: Person, path: str, facts: Mapping[str, Any], language: str = "") -> Recipient:
    return Recipient(person.name, person.email, language or person.language, path, facts=facts)


RECIPIENTS_OF_FILES: dict[NoticeKind, Recipients] = {
    NoticeKind.MESSAGE: _message,
    NoticeKind.COMPLETION_ASKED: _request,
    NoticeKind.COMPLETION_WITHDRAWN: _request,
    NoticeKind.COMPLETION_REMINDER: _request,
    NoticeKind.DRAFT_REMINDER: _draft,
    NoticeKind.CONSENT_ASKED: _consent,
    NoticeKind.REPORT: _office,
}
