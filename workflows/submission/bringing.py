"""Taking in the applications of a weighed file: all of them with what they need, in a few statements each hundred."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.calls.queries import CallView, call_view
from workflows.calls.tables import CallVersion
from workflows.database import lock_chain
from workflows.files import store
from workflows.files.actions import take_in
from workflows.files.tables import Document
from workflows.history import HOUSE, move_all, record_all
from workflows.lifecycle import ApplicationState, Event
from workflows.people.tables import Accreditation, Membership, Organisation, Person
from workflows.permissions import Actor, MemberRole
from workflows.problems import Problem
from workflows.submission import intake, rules
from workflows.submission.intake import Arrival, Fetch, Weighed
from workflows.submission.records import Paper
from workflows.submission.tables import Application, Attachment, Submission

TOGETHER = 500
"""Rows that are written at once: enough for few statements, few enough for little memory."""


class FileRefused(Exception):
    """A file with mistakes, of which nothing was taken in."""

    def __init__(self, weighed: Weighed) -> None:
        super().__init__(weighed)
        self.weighed = weighed


def bring_in(
    session: Session, actor: Actor, call_id: str, file: IO[bytes], *, fetch: Fetch = intake.nowhere, now: datetime
) -> Weighed:
    """Take in the applications of a file that are not here yet: submitted, frozen, with a receipt number.

    An organisation that is not known is founded, its contact becomes the owner; what is known of an organisation and
    its members stands. Raises FileRefused where one row has a mistake, NotThere, Problem `call-takes-no-files`.
    """
    locked(session, call_id)
    weighed = intake.weigh(session, actor, call_id, file, fetch=fetch, now=now)
    if weighed.refused:
        raise FileRefused(weighed)
    lock_chain(session, HOUSE)
    call = call_view(session, call_id, now)
    numbers = _numbers(session, call_id)
    for start in range(0, len(weighed.arrivals), TOGETHER):
        _Batch(session, actor, call, fetch, now).take(weighed.arrivals[start : start + TOGETHER], numbers)
    return weighed


def _numbers(session: Session, call_id: str) -> Iterator[int]:
    there = select(func.coalesce(func.max(Application.number), 0)).where(
        Application.call_id == call_id, ~Application.test
    )
    return count((session.scalar(there) or 0) + 1)


class _Batch:
    """Some rows written together."""

    def __init__(self, session: Session, actor: Actor, call: CallView, fetch: Fetch, now: datetime) -> None:
        self.session, self.actor, self.call, self.fetch, self.now = session, actor, call, fetch, now
        self.terms = session.get_one(CallVersion, (call.id, call.version)).fingerprint

    def take(self, arrivals: Sequence[Arrival], numbers: Iterator[int]) -> None:
        people = self._people(arrivals)
        organisations = self._organisations(arrivals, people)
        applications: list[tuple[Application, Mapping[str, object]]] = []
        frozen: list[tuple[Application, Arrival, Submission]] = []
        for arrival in arrivals:
            record, number = arrival.record, next(numbers)
            application = Application(
                reference=rules.reference(self.call.terms.reference_prefix, number), call_id=self.call.id,
                number=number, organisation_id=organisations[record.organisation.enterprise_number],
                language=record.language, state=ApplicationState.DRAFT, answers=dict(record.answers),
                started_at=record.received_at, saved_at=record.received_at, received_at=record.received_at,
            )  # fmt: skip
            submission = self._frozen(application.reference, arrival)
            facts = {
                "external": record.external, "mark": arrival.mark, "contact": people[record.contact_email],
                "receipt": submission.receipt_number, "digest": submission.digest,
            }  # fmt: skip
            self.session.add(application)
            applications.append((application, facts))
            frozen.append((application, arrival, submission))
        move_all(self.session, applications, Event.BRING_IN, actor=self.actor, now=self.now)
        for application, arrival, submission in frozen:
            submission.application_id = application.id
            self.session.add(submission)
            self._attach(application, arrival)
        self.session.flush()

    def _people(self, arrivals: Sequence[Arrival]) -> dict[str, int]:
        """The account of every contact by its address, opened where there is none: without a password."""
        wanted = {one.record.contact_email: one.record for one in reversed(arrivals)}
        known = select(Person.email, Person.id).where(Person.email.in_(wanted))
        found = {row.email: row.id for row in self.session.execute(known)}
        new = [
            Person(email=email, name=record.contact_name, language=record.language, created_at=self.now)
            for email, record in reversed(wanted.items()) if email not in found
        ]  # fmt: skip
        self.session.add_all(new)
        record_all(self.session, [(person, {}) for person in new], Event.REGISTER, actor=self.actor, now=self.now)
        return found | {person.email: person.id for person in new}

    def _organisations(self, arrivals: Sequence[Arrival], people: Mapping[str, int]) -> dict[str, int]:
        """Every organisation by its enterprise number, founded where it is not known."""
        wanted = {one.record.organisation.enterprise_number: one.record for one in reversed(arrivals)}
        known = select(Organisation.enterprise_number, Organisation.id).where(
            Organisation.enterprise_number.in_(wanted)
        )
        found = {row.enterprise_number: row.id for row in self.session.execute(known)}
        new = {
            number: Organisation(
                enterprise_number=number, name=record.organisation.name, legal_form=record.organisation.legal_form,
                street=record.organisation.street, postal_code=record.organisation.postal_code,
                city=record.organisation.city, contact_name=record.contact_name, contact_email=record.contact_email,
                created_at=self.now,
            )
            for number, record in reversed(wanted.items()) if number not in found
        }  # fmt: skip
        self.session.add_all(new.values())
        facts = [(one, {"enterprise_number": number}) for number, one in new.items()]
        record_all(self.session, facts, Event.REGISTER, actor=self.actor, now=self.now)
        for number, one in new.items():
            record = wanted[number]
            owner = people[record.contact_email]
            self.session.add(Membership(person_id=owner, organisation_id=one.id, role=MemberRole.OWNER))
            starts, ends = record.organisation.accredited_from, record.organisation.accredited_until
            if starts:
                self.session.add(
                    Accreditation(organisation_id=one.id, starts=starts, ends=ends, stated_at=record.received_at)
                )
        return found | {number: one.id for number, one in new.items()}

    def _frozen(self, reference: str, arrival: Arrival) -> Submission:
        """The submission of what its applicant is asked; it has no application yet."""
        record = intake.as_asked(self.call, arrival.record, arrival.type)
        views = []
        for paper in record.papers:
            document = self._document(paper)
            views.append(
                rules.AttachmentView("", paper.question, paper.name, document.media_type, document.size, paper.sha256)
            )
        snapshot = rules.Snapshot(
            self.call.id, self.call.version, self.terms, reference, 1, record.organisation.enterprise_number,
            record.language, record.answers, tuple(views), record.received_at,
        )  # fmt: skip
        digest = snapshot.digest()
        return Submission(
            number=1, content=snapshot.content(), digest=digest, received_at=record.received_at,
            receipt_number=rules.receipt_number(reference, 1, digest),
        )  # fmt: skip

    def _document(self, paper: Paper) -> Document:
        """The document, stored now where it was not. Raises Problem where it is gone since it was weighed."""
        known = self.session.get(Document, paper.sha256)
        if known is not None:
            return known
        content = self.fetch(paper)
        if content is None or store.digest_of(content) != paper.sha256:
            raise Problem("document-not-there", name=paper.name)
        return take_in(self.session, content, now=self.now)

    def _attach(self, application: Application, arrival: Arrival) -> None:
        """Put the documents under the questions of an application that has its key."""
        for paper in arrival.record.papers:
            self._document(paper)
            self.session.add(Attachment(
                token=secrets.token_urlsafe(24), application_id=application.id, question_id=paper.question,
                name=paper.name, sha256=paper.sha256, added_at=arrival.record.received_at,
            ))  # fmt: skip
