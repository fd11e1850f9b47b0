"""Applications on their way elsewhere: the rows that `intake` takes in, as they were submitted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.queries import terms_of
from workflows.files import store
from workflows.history import HistoryEntry
from workflows.lifecycle import ApplicationState, Event
from workflows.people.actions import NewOrganisation
from workflows.people.queries import members
from workflows.people.rules import AccreditationState
from workflows.people.tables import Accreditation, Person
from workflows.permissions import Action, Actor, require
from workflows.submission import queries
from workflows.submission.queries import ApplicationView
from workflows.submission.records import Paper, Record
from workflows.submission.typed import read_answer

HANDED_ON = tuple(
    state for state in ApplicationState if state not in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)
)
"""A draft is nobody's but the applicant's, and what was withdrawn is handed on to nobody."""


@dataclass(frozen=True)
class _Sender:
    """How an application arrived: its name elsewhere, and who sent it."""

    external: str
    person_id: int | None


def records(session: Session, actor: Actor, call_id: str) -> Iterator[Record]:
    """Every application of the call that was submitted and not withdrawn, by number. Raises NotThere."""
    require(actor, Action.EXCHANGE_APPLICATIONS)
    terms_of(session, call_id)
    senders = _senders(session, f"call:{call_id}")
    for found in queries.of_call(session, call_id, *HANDED_ON):
        yield _record(session, found, senders[f"application:{found.reference}"])


def record_of(session: Session, reference: str) -> Record:
    """One application of this instance. Raises NotThere."""
    found = queries.view(session, reference)
    subject = f"application:{reference}"
    sender = _senders(session, f"call:{found.call_id}", subject).get(subject, _Sender(reference, None))
    return _record(session, found, sender)


def contents(record: Record) -> Iterator[tuple[str, bytes]]:
    """The documents of an application: SHA-256 and content of each."""
    for paper in record.papers:
        yield paper.sha256, store.get(paper.sha256)


def _record(session: Session, application: ApplicationView, sender: _Sender) -> Record:
    found, organisation = application.as_asked(), application.organisation
    starts, ends = _accreditation(session, organisation.id, application)
    contact = session.get(Person, sender.person_id) if sender.person_id else None
    people = () if contact else members(session, organisation.id)[:1]
    name, email = (
        (contact.name, contact.email) if contact else (people[0].name, people[0].email) if people else ("", "")
    )
    answers = {
        question.id: value for question in found.terms.questions()
        if (value := read_answer(found.terms, question, found.answers.get(question.id), found.language)) is not None
    }  # fmt: skip
    return Record(
        found.call_id, sender.external, found.received_at or found.saved_at, found.language,
        NewOrganisation(
            organisation.enterprise_number, organisation.name, organisation.legal_form, organisation.street,
            organisation.postal_code, organisation.city, accredited_from=starts, accredited_until=ends,
        ),
        name, email, answers,
        tuple(Paper(one.question_id, one.name, one.sha256) for one in found.attachments),
    )  # fmt: skip


def _accreditation(
    session: Session, organisation_id: int, application: ApplicationView
) -> tuple[date | None, date | None]:
    """The accreditation that holds on the reference date and was stated when the application arrived."""
    at = application.terms.reference_date
    periods = session.execute(
        select(Accreditation.starts, Accreditation.ends)
        .where(
            Accreditation.organisation_id == organisation_id,
            Accreditation.status != AccreditationState.REFUSED,
            Accreditation.stated_at <= (application.received_at or application.saved_at),
        )
        .order_by(Accreditation.starts, Accreditation.id)
    )
    return next(((starts, ends) for starts, ends in periods if starts <= at and (not ends or at <= ends)), (None, None))


def _senders(session: Session, chain: str, subject: str | None = None) -> Mapping[str, _Sender]:
    """How the applications of a call arrived the last time, by subject."""
    entries = select(HistoryEntry.subject, HistoryEntry.event, HistoryEntry.actor_id, HistoryEntry.facts).where(
        HistoryEntry.chain == chain, HistoryEntry.event.in_((Event.SUBMIT, Event.BRING_IN))
    )
    if subject is not None:
        entries = entries.where(HistoryEntry.subject == subject)
    found: dict[str, _Sender] = {}
    for name, event, actor_id, facts in session.execute(entries.order_by(HistoryEntry.position)):
        before = found.get(name)
        if event == Event.BRING_IN:
            found[name] = _Sender(facts["external"], facts["contact"])
        else:
            found[name] = _Sender(before.external if before else name.removeprefix("application:"), actor_id)
    return found
