"""Asking about applications."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.calls.form import Meaning, Reader, Section
from workflows.calls.queries import terms_of
from workflows.calls.terms import Terms
from workflows.files import store
from workflows.files.tables import Document
from workflows.lifecycle import ApplicationState
from workflows.people.queries import OrganisationView, applicant_type_at, member_role, organisation_view
from workflows.people.rules import ApplicantType
from workflows.people.tables import Membership
from workflows.permissions import Action, Actor, MemberRole, Relation, may, require
from workflows.problems import NotThere
from workflows.submission.rules import AttachmentView, Draft, answer, sections
from workflows.submission.seeing import seen_section, visible
from workflows.submission.shapes import fitting
from workflows.submission.tables import Application, Attachment, Conflict, Submission


@dataclass(frozen=True)
class Receipt:
    """Proof of one submission."""

    number: str
    submission: int
    received_at: datetime
    digest: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class ApplicationView:
    """An application as those entitled to it see it. Amounts in cents."""

    id: int
    reference: str
    number: int
    call_id: str
    state: ApplicationState
    language: str
    organisation: OrganisationView
    type: ApplicantType
    answers: Mapping[str, Any]
    attachments: tuple[AttachmentView, ...]
    terms: Terms
    started_at: datetime
    saved_at: datetime
    received_at: datetime | None
    awarded_cents: int | None
    row_version: int
    test: bool = False

    @property
    def draft(self) -> Draft:
        return Draft(self.answers, self.attachments, self.type)

    def meaning(self, meaning: Meaning) -> Any:
        """What the answers say with this meaning."""
        return answer(self.terms, self.draft, meaning)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The form as this applicant meets it."""
        return sections(self.terms, self.draft)

    @property
    def title(self) -> str:
        return self.meaning(Meaning.TITLE) or ""

    @property
    def requested(self) -> int:
        return self.meaning(Meaning.REQUESTED) or 0

    @property
    def zone(self) -> str:
        return self.meaning(Meaning.ZONE) or ""

    def attached(self, question_id: str) -> tuple[AttachmentView, ...]:
        """The documents under a question."""
        return tuple(found for found in self.attachments if found.question_id == question_id)

    def as_asked(self) -> "ApplicationView":
        """The same file without answers and documents under questions that are not asked of this applicant: what was
        answered before another answer changed stays in the draft only."""
        return self._with(self.sections)

    def seen_by(self, reader: Reader) -> "ApplicationView":
        """The same file with only the answers and documents this reader may see, of tables only their columns."""
        return self._with(tuple(seen for section in self.sections if (seen := seen_section(section, reader)).questions))

    def _with(self, sections: tuple[Section, ...]) -> "ApplicationView":
        """The file cut down to these sections: what is left was asked, whatever it depended on."""
        kept = {question.id: question for section in sections for question in section.questions}
        unconditional = tuple(
            section.model_copy(update={
                "questions": tuple(one.model_copy(update={"only_if": None}) for one in section.questions)
            })
            for section in sections
        )  # fmt: skip
        return replace(
            self,
            answers={key: visible(kept[key], value) for key, value in self.answers.items() if key in kept},
            attachments=tuple(found for found in self.attachments if found.question_id in kept),
            terms=self.terms.model_copy(update={"sections": unconditional}),
        )


def row(session: Session, reference: str, *, lock: bool = False) -> Application:
    """The row of a file. Raises NotThere."""
    statement = select(Application).where(Application.reference == reference)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotThere
    return found


def view(session: Session, reference: str) -> ApplicationView:
    """One application, whoever asks: for the stages and for those whose permission was judged. Raises NotThere."""
    return _views(session, select(Application).where(Application.reference == reference), expected=1)[0]


def own(session: Session, actor: Actor, reference: str, action: Action) -> ApplicationView:
    """The application for somebody of its organisation. Raises NotThere for everybody else."""
    application = row(session, reference)
    require(actor, action, own_relation(session, actor, application))
    return view(session, reference)


def own_relation(session: Session, actor: Actor, application: Application) -> Relation:
    """What the actor is to an application as a member of its organisation. A test belongs to who may try the call."""
    if application.test:
        owner = MemberRole.OWNER if may(actor, Action.TRY_CALL) else None
        return Relation(member=owner, state=ApplicationState(application.state))
    role = member_role(session, actor.person_id, application.organisation_id)
    return Relation(member=role, state=ApplicationState(application.state))


def conflicted_people(session: Session, application: Application) -> frozenset[int]:
    """Persons with a conflict of interest in a file: declared or recused, or members of the applicant organisation."""
    declared = select(Conflict.person_id).where(Conflict.application_id == application.id)
    members = select(Membership.person_id).where(Membership.organisation_id == application.organisation_id)
    return frozenset(session.scalars(declared)) | frozenset(session.scalars(members))


def clerk_relation(session: Session, actor: Actor, application: Application) -> Relation:
    """What the actor is to a file as somebody of the office: a conflict of interest binds the office too.

    A test is nobody's to handle: it is closed to everybody as a conflict would close it.
    """
    conflicted = application.test or (
        actor.person_id is not None and actor.person_id in conflicted_people(session, application)
    )
    return Relation(conflicted=conflicted, state=ApplicationState(application.state))


def call_relation(session: Session, actor: Actor, call_id: str) -> Relation:
    """What the actor is to the decision over a call: conflicted where they are in any submitted file of it."""
    memberships = select(Membership.organisation_id).where(Membership.person_id == actor.person_id)
    declared = select(Conflict.application_id).where(Conflict.person_id == actor.person_id)
    conflicted = select(Application.id).where(
        Application.call_id == call_id,
        ~Application.test,
        Application.state != ApplicationState.DRAFT,
        Application.organisation_id.in_(memberships) | Application.id.in_(declared),
    )
    return Relation(conflicted=session.scalar(conflicted.limit(1)) is not None)


def of_organisations(session: Session, organisation_ids: tuple[int, ...]) -> tuple[ApplicationView, ...]:
    """The applications of organisations, the last touched first."""
    statement = select(Application).where(Application.organisation_id.in_(organisation_ids))
    return _views(session, statement.order_by(Application.saved_at.desc(), Application.id))


def of_call(session: Session, call_id: str, *states: ApplicationState) -> tuple[ApplicationView, ...]:
    """The applications of a call in these states (all where none is named), by number; tests are none."""
    statement = (
        select(Application).where(Application.call_id == call_id, ~Application.test).order_by(Application.number)
    )
    return _views(session, statement.where(Application.state.in_(states)) if states else statement)


def trials_of(session: Session, call_id: str) -> tuple[ApplicationView, ...]:
    """The tests the office made of a call, by number."""
    statement = select(Application).where(Application.call_id == call_id, Application.test)
    return _views(session, statement.order_by(Application.number))


def receipts(session: Session, application_id: int) -> tuple[Receipt, ...]:
    """Every submission of a file, the last first."""
    found = session.scalars(
        select(Submission).where(Submission.application_id == application_id).order_by(Submission.number.desc())
    )
    return tuple(Receipt(one.receipt_number, one.number, one.received_at, one.digest, one.content) for one in found)


def document(session: Session, application: ApplicationView, token: str) -> tuple[AttachmentView, bytes]:
    """A document of the file (as its reader sees the file) with its content. Raises NotThere."""
    found = next((attachment for attachment in application.attachments if attachment.token == token), None)
    if found is None:
        raise NotThere
    return found, store.get(found.sha256)


def _views(session: Session, statement: Select[Application], expected: int = 0) -> tuple[ApplicationView, ...]:
    rows = session.scalars(statement).all()
    if len(rows) < expected:
        raise NotThere
    terms = {call_id: terms_of(session, call_id) for call_id in {found.call_id for found in rows}}
    attachments: dict[int, list[AttachmentView]] = {found.id: [] for found in rows}
    documents = (
        select(Attachment, Document).join(Document, Document.sha256 == Attachment.sha256)
        .where(Attachment.application_id.in_(attachments)).order_by(Attachment.added_at, Attachment.token)
    )  # fmt: skip
    for one, content in session.execute(documents):
        attachments[one.application_id].append(
            AttachmentView(one.token, one.question_id, one.name, content.media_type, content.size, one.sha256)
        )
    return tuple(_one(session, found, tuple(attachments[found.id]), terms[found.call_id]) for found in rows)


def _one(
    session: Session, found: Application, attachments: tuple[AttachmentView, ...], terms: Terms
) -> ApplicationView:
    return ApplicationView(
        id=found.id, reference=found.reference, number=found.number, call_id=found.call_id,
        state=ApplicationState(found.state), language=found.language,
        organisation=organisation_view(session, found.organisation_id),
        type=applicant_type_at(session, found.organisation_id, terms.reference_date),
        answers=fitting(terms, found.answers), attachments=attachments, terms=terms, started_at=found.started_at,
        saved_at=found.saved_at, received_at=found.received_at, awarded_cents=found.awarded_cents,
        row_version=found.row_version, test=found.test,
    )  # fmt: skip
