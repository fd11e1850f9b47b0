"""Asking about applications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from workflows.calls.form import Meaning, Reader, Section
from workflows.calls.queries import terms_named
from workflows.calls.tables import Call, CallVersion
from workflows.calls.terms import Terms
from workflows.files.tables import Document
from workflows.lifecycle import ApplicationState, CallState
from workflows.people.queries import OrganisationView, standing_iban, view_of
from workflows.people.rules import ApplicantType
from workflows.people.standings import Standings, standings
from workflows.people.tables import Membership, Organisation
from workflows.permissions import Action, Actor, MemberRole, Relation, require
from workflows.problems import NotThere
from workflows.submission.relations import call_relation as call_relation  # who is what to a file is asked here too
from workflows.submission.relations import clerk_relation as clerk_relation
from workflows.submission.relations import conflicted_files as conflicted_files
from workflows.submission.relations import conflicted_pairs as conflicted_pairs
from workflows.submission.relations import conflicted_people as conflicted_people
from workflows.submission.relations import own_relation as own_relation
from workflows.submission.rules import AttachmentView, Draft, answer, sections
from workflows.submission.seeing import nameless_section, neutral, seen_section, visible
from workflows.submission.shapes import fitting
from workflows.submission.tables import Application, Attachment, Submission
from workflows.submission.unread import unread_of


@dataclass(frozen=True)
class Receipt:
    """Proof of one submission."""

    number: str
    submission: int
    received_at: datetime
    digest: str
    content: Mapping[str, Any]
    pdf: str | None = None


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
    call: tuple[CallState, int] = (CallState.PUBLISHED, 1)
    """The state of its call and the version of the terms."""
    set_aside: Mapping[str, Any] | None = None
    role: MemberRole | None = None
    """The reader's role in the organisation, where the file was asked for by `own`."""
    test: bool = False
    unread: Mapping[str, Any] = field(default_factory=dict)
    """What was typed into the draft and cannot be read yet, by question."""

    @property
    def reopened(self) -> bool:
        """Whether it was submitted and taken back: its last submission counts until it is submitted again."""
        return self.state is ApplicationState.DRAFT and self.received_at is not None

    @property
    def draft(self) -> Draft:
        return Draft(self.answers, self.attachments, self.type, frozenset(self.unread))

    @property
    def in_draft(self) -> dict[str, Any]:
        """The answers with what is not read yet in its place: what two people's texts are compared by."""
        return {**self.answers, **self.unread}

    def meaning(self, meaning: Meaning) -> Any:
        """What the answers say with this meaning."""
        return answer(self.terms, self.draft, meaning)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The form as this applicant meets it."""
        return sections(self.terms, self.draft)

    @cached_property
    def title(self) -> str:
        return self.meaning(Meaning.TITLE) or ""

    @cached_property
    def requested(self) -> int:
        return self.meaning(Meaning.REQUESTED) or 0

    @cached_property
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
        """The same file with only the answers and documents this reader may see, of tables only their columns; where
        the call has files judged blind, for the jury without who applies."""
        sections = self.sections
        blind = reader is Reader.JURY and self.terms.scoring.blind
        if blind:
            sections = tuple(nameless_section(section) for section in sections)
        kept = self._with(tuple(seen for section in sections if (seen := seen_section(section, reader)).questions))
        if not blind:
            return kept
        return replace(kept, organisation=self.organisation.nameless(), attachments=neutral(kept.attachments))

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
            unread={key: value for key, value in self.unread.items() if key in kept},
            terms=self.terms.model_copy(update={"sections": unconditional}),
        )


_ROW = select(Application).where(Application.reference == bindparam("reference"))
_LOCKED = _ROW.with_for_update()
"""Said once, because nearly every act begins with them."""


def row(session: Session, reference: str, *, lock: bool = False) -> Application:
    """The row of a file. Raises NotThere."""
    found = session.scalar(_LOCKED if lock else _ROW, {"reference": reference})
    if found is None:
        raise NotThere
    return found


def view(session: Session, reference: str) -> ApplicationView:
    """One application, whoever asks: for the stages and for those whose permission was judged. Raises NotThere."""
    found = session.execute(_named(), {"reference": reference}).first()
    if found is None:
        raise NotThere
    return _views(session, [found])[0]


def own(session: Session, actor: Actor, reference: str, action: Action) -> ApplicationView:
    """The application for somebody of its organisation, with their role in it. Raises NotThere for everybody else."""
    mine = (Membership.organisation_id == Application.organisation_id) & (Membership.person_id == actor.person_id)
    statement = _with_call().add_columns(Membership.role).outerjoin(Membership, mine)
    found = session.execute(statement.where(Application.reference == reference)).first()
    if found is None:
        raise NotThere
    *named, role = found
    application = named[0]
    member = MemberRole(role) if role else None
    state = ApplicationState(application.state)
    relation = own_relation(session, actor, application) if application.test else Relation(member=member, state=state)
    require(actor, action, relation)
    return replace(_views(session, [named])[0], role=member)


def of_organisations(session: Session, organisation_ids: tuple[int, ...]) -> tuple[ApplicationView, ...]:
    """The applications of organisations, the last touched first."""
    statement = _with_call().where(Application.organisation_id.in_(organisation_ids))
    return _views(session, session.execute(statement.order_by(Application.saved_at.desc(), Application.id)).all())


def of_call(session: Session, call_id: str, *states: ApplicationState) -> tuple[ApplicationView, ...]:
    """The applications of a call in these states (all where none is named), by number; tests are none."""
    statement = _with_call().where(Application.call_id == call_id, ~Application.test).order_by(Application.number)
    if states:
        statement = statement.where(Application.state.in_(states))
    return _views(session, session.execute(statement).all())


def of_ids(session: Session, ids: Sequence[int]) -> tuple[ApplicationView, ...]:
    """The applications with these ids, by call and number."""
    statement = _with_call().where(Application.id.in_(ids)).order_by(Application.call_id, Application.number)
    return _views(session, session.execute(statement).all())


def references(session: Session, call_id: str, state: ApplicationState) -> tuple[str, ...]:
    """The references of the files of a call in this state, by number; tests are none."""
    statement = select(Application.reference).where(Application.call_id == call_id, Application.state == state)
    return tuple(session.scalars(statement.where(~Application.test).order_by(Application.number)))


def trials_of(session: Session, call_id: str) -> tuple[ApplicationView, ...]:
    """The tests the office made of a call, by number."""
    statement = _with_call().where(Application.call_id == call_id, Application.test)
    return _views(session, session.execute(statement.order_by(Application.number)).all())


def receipts(session: Session, application_id: int) -> tuple[Receipt, ...]:
    """Every submission of a file, the last first."""
    found = session.scalars(
        select(Submission).where(Submission.application_id == application_id).order_by(Submission.number.desc())
    )
    return tuple(receipt_of(one) for one in found)


def receipt_of(submission: Submission) -> Receipt:
    """The proof of this submission."""
    return Receipt(
        submission.receipt_number, submission.number, submission.received_at, submission.digest, submission.content,
        submission.pdf,
    )  # fmt: skip


@cache
def _named() -> Select[*tuple[Any, ...]]:
    """The one with a reference; said once, because it is asked for most."""
    return _with_call().where(Application.reference == bindparam("reference"))


def _with_call() -> Select[*tuple[Any, ...]]:
    """Applications, each with its organisation and with what names the terms of its call."""
    return (
        select(Application, Organisation, standing_iban(), Call.state, Call.version, CallVersion.fingerprint)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Call, Call.id == Application.call_id)
        .join(CallVersion, (CallVersion.call_id == Call.id) & (CallVersion.number == Call.version))
    )


def _views(session: Session, found: Sequence[Any]) -> tuple[ApplicationView, ...]:
    """Views of rows that `_with_call` finds."""
    attachments: dict[int, list[AttachmentView]] = {one[0].id: [] for one in found}
    documents = (
        select(Attachment, Document).join(Document, Document.sha256 == Attachment.sha256)
        .where(Attachment.application_id.in_(attachments)).order_by(Attachment.added_at, Attachment.token)
    )  # fmt: skip
    for one, content in session.execute(documents):
        attachments[one.application_id].append(
            AttachmentView(one.token, one.question_id, one.name, content.media_type, content.size, one.sha256)
        )
    known = standings(session, {one[0].organisation_id for one in found})
    return tuple(
        _one(
            row, view_of(organisation, iban), known, tuple(attachments[row.id]),
            terms_named(session, row.call_id, version, fingerprint), (CallState(state), version),
        )
        for row, organisation, iban, state, version, fingerprint in found
    )  # fmt: skip


def _one(
    found: Application,
    organisation: OrganisationView,
    known: Standings,
    attachments: tuple[AttachmentView, ...],
    terms: Terms,
    call: tuple[CallState, int],
) -> ApplicationView:
    stated_by = None if found.state == ApplicationState.DRAFT else found.received_at
    return ApplicationView(
        id=found.id, reference=found.reference, number=found.number, call_id=found.call_id,
        state=ApplicationState(found.state), language=found.language,
        organisation=organisation, type=known.at(organisation.id, terms.reference_date, stated_by).type,
        answers=fitting(terms, found.answers), attachments=attachments, terms=terms, started_at=found.started_at,
        saved_at=found.saved_at, received_at=found.received_at, awarded_cents=found.awarded_cents,
        row_version=found.row_version, call=call, set_aside=found.set_aside, test=found.test,
        unread=unread_of(found.answers),
    )  # fmt: skip
