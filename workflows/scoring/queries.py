"""Asking about scoring: a judge's queue, a file as a judge sees it, scores and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.form import Meaning, Reader
from workflows.calls.terms import Criterion
from workflows.lifecycle import ApplicationState
from workflows.people.queries import PersonView, person_views
from workflows.people.tables import Person
from workflows.permissions import Action, Actor, Duty, Relation, require
from workflows.problems import Reason
from workflows.scoring.rules import Advice, Marks, mean_mark, score
from workflows.scoring.standing import Standing, standards, standing
from workflows.scoring.tables import Assignment, Deliberation, JuryRemark, PanelMember, Review
from workflows.submission.queries import (
    ApplicationView,
    conflicted_pairs,
    conflicted_people,
    of_call,
    of_ids,
    row,
    view,
)
from workflows.submission.tables import Application

JUDGED = (ApplicationState.ELIGIBLE, ApplicationState.AWARDED, ApplicationState.RESERVE, ApplicationState.REFUSED)


@dataclass(frozen=True)
class ReviewView:
    """A review as its author and the office see it. `row_version` is 0 where nothing was saved yet."""

    person_id: int
    person: str
    duty: Duty
    marks: Marks
    comments: Mapping[str, str]
    text: str
    advice: Advice | None
    submitted_at: datetime | None
    row_version: int


@dataclass(frozen=True)
class QueueItem:
    """A file in a judge's queue. `cleared`: they declared to have no conflict of interest in it, and may open it.
    `partners`: who takes part besides the applicant, as the file names them. Where the jury judges blind neither they
    nor the organisation are there."""

    reference: str
    title: str
    organisation: str
    call_id: str
    language: str
    open: bool
    review: ReviewView
    cleared: bool = True
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scored:
    """A file with its reviews and its score in 1/100 point, None while marks are missing or reviews for the quorum."""

    application: ApplicationView
    reviews: tuple[ReviewView, ...]
    score: int | None
    remark: str
    agreed: Marks = field(default_factory=dict)
    """Marks the jury agreed on together; they stand in the place of the mean of the criterion."""

    @cached_property
    def standing(self) -> Standing:
        """Where the file stands by what its call asks of the reviews."""
        terms = self.application.terms
        return standing(terms, standards(terms), self.score, _counted(self.reviews), self.agreed)

    @property
    def below_minimum(self) -> tuple[Reason, ...]:
        """The criteria on which the file is under the minimum of the call."""
        return tuple(one for one in self.standing.verdict.reasons if one.code == "criterion-below-minimum")

    def of(self, duty: Duty) -> tuple[ReviewView, ...]:
        return tuple(review for review in self.reviews if review.duty is duty)

    @property
    def waiting(self) -> tuple[ReviewView, ...]:
        """Reviews that were asked for and are not in yet."""
        return tuple(review for review in self.reviews if review.submitted_at is None)

    @property
    def missing_opinion(self) -> bool:
        """Whether the call requires a technical opinion that this file does not have."""
        required = self.application.terms.scoring.opinion_required
        return required and not any(review.submitted_at for review in self.of(Duty.EXPERT))

    @property
    def ready(self) -> bool:
        """Whether the file can be ranked."""
        return self.score is not None and not self.waiting and not self.missing_opinion

    @property
    def score_of_reviews(self) -> int | None:
        """What the score would be without the marks the jury agreed on together."""
        return score(self.application.terms, _counted(self.reviews))

    def mean(self, criterion: Criterion) -> int | None:
        """The mean mark on a criterion in 1/100 point, for showing."""
        mean = mean_mark(criterion, _counted(self.reviews), self.agreed)
        return None if mean is None else round(mean * 100)


def relation(session: Session, actor: Actor, application: Application, duty: Duty) -> Relation:
    """What the actor is to a file as a judge."""
    given = _own(session, actor, application, duty)
    conflicted = actor.person_id is not None and actor.person_id in conflicted_people(session, application)
    return Relation(
        assigned=duty if given else None, conflicted=conflicted,
        undeclared=given is not None and given.cleared_at is None, state=ApplicationState(application.state),
    )  # fmt: skip


def panel(session: Session, call_id: str, duty: Duty) -> tuple[PersonView, ...]:
    """The people appointed to judge the files of a call in this duty, by name."""
    members = select(PanelMember.person_id).where(PanelMember.call_id == call_id, PanelMember.duty == duty)
    return person_views(session, members)


def queue(session: Session, actor: Actor, duty: Duty) -> tuple[QueueItem, ...]:
    """The files given to the actor, conflicted ones left out, unfinished ones first."""
    given = {
        one.application_id: one
        for one in session.scalars(
            select(Assignment).where(Assignment.person_id == actor.person_id, Assignment.duty == duty)
        )
    }
    excluded = conflicted_pairs(session, list(given))
    mine = [id for id in given if (id, actor.person_id) not in excluded]
    reviews = {one.assignment_id: one for one in session.scalars(select(Review).where(Review.assignment_id.in_(
        given[id].id for id in mine
    )))}  # fmt: skip
    person = session.get_one(Person, actor.person_id)
    items = [
        _item(found, given[found.id], _review(given[found.id], person, reviews.get(given[found.id].id)))
        for found in of_ids(session, mine)
        if found.state in JUDGED
    ]
    return tuple(sorted(items, key=lambda item: (item.review.submitted_at is not None, not item.open, item.reference)))


def announced(session: Session, actor: Actor, reference: str, duty: Duty) -> QueueItem:
    """What a judge may know of a file before they declare whether they have a conflict of interest in it.

    Raises NotThere for who does not judge it.
    """
    application = row(session, reference)
    require(actor, Action.DECLARE_NO_CONFLICT, relation(session, actor, application, duty))
    own = _own(session, actor, application, duty)
    assert own is not None  # the permission was just judged on it
    return _item(view(session, reference), own, _reviewed(session, own))


def assigned_file(session: Session, actor: Actor, reference: str, duty: Duty) -> tuple[ApplicationView, ReviewView]:
    """A file as its judge sees it, with their own review. Raises NotThere for everybody else."""
    application = row(session, reference)
    require(actor, Action.READ_ASSIGNED, relation(session, actor, application, duty))
    reader = Reader.JURY if duty is Duty.JURY else Reader.EXPERT
    own = _own(session, actor, application, duty)
    assert own is not None  # the permission was just judged on it
    return view(session, reference).seen_by(reader), _reviewed(session, own)


def scored(session: Session, call_id: str) -> tuple[Scored, ...]:
    """Every file of a call that is judged or was, by number, with its reviews."""
    return _scored(session, of_call(session, call_id, *JUDGED))


def scored_file(session: Session, reference: str) -> Scored:
    """One file with its reviews and its score. Raises NotThere."""
    return _scored(session, (view(session, reference),))[0]


def remark_of(session: Session, application_id: int) -> str:
    """The jury's common remark, empty where there is none yet."""
    found = session.get(JuryRemark, application_id)
    return found.text if found else ""


def _scored(session: Session, files: Sequence[ApplicationView]) -> tuple[Scored, ...]:
    """The files with their reviews, in as many questions to the database for two hundred as for one."""
    ids = [one.id for one in files]
    excluded = conflicted_pairs(session, ids)
    found: dict[int, list[ReviewView]] = {id: [] for id in ids}
    statement = (
        select(Assignment, Person, Review).join(Person, Person.id == Assignment.person_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.application_id.in_(ids)).order_by(Assignment.id)
    )  # fmt: skip
    for assignment, person, review in session.execute(statement):
        if (assignment.application_id, person.id) not in excluded:
            found[assignment.application_id].append(_review(assignment, person, review))
    agreed = select(JuryRemark.application_id, JuryRemark.text).where(JuryRemark.application_id.in_(ids))
    remarks = {one.application_id: one.text for one in session.execute(agreed)}
    marked = select(Deliberation.application_id, Deliberation.agreed).where(Deliberation.application_id.in_(ids))
    together = {one.application_id: one.agreed for one in session.execute(marked)}
    return tuple(
        _weighed(one, tuple(found[one.id]), remarks.get(one.id, ""), together.get(one.id, {})) for one in files
    )


def _weighed(application: ApplicationView, reviews: tuple[ReviewView, ...], remark: str, agreed: Marks) -> Scored:
    """A file with the score its reviews give, none while they are too few."""
    terms, counted = application.terms, _counted(reviews)
    points = score(terms, counted, agreed)
    reached = standing(terms, standards(terms), points, counted, agreed).verdict.ok is not None
    return Scored(application, reviews, points if reached else None, remark, agreed)


def _counted(reviews: Sequence[ReviewView]) -> dict[Duty, list[Marks]]:
    """The marks that count: those of submitted reviews."""
    counted: dict[Duty, list[Marks]] = {duty: [] for duty in Duty}
    for review in reviews:
        if review.submitted_at:
            counted[review.duty].append(review.marks)
    return counted


def _reviewed(session: Session, assignment: Assignment) -> ReviewView:
    return _review(assignment, session.get_one(Person, assignment.person_id), session.get(Review, assignment.id))


def _review(assignment: Assignment, person: Person, found: Review | None) -> ReviewView:
    if found is None:
        return ReviewView(person.id, person.name, Duty(assignment.duty), {}, {}, "", None, None, 0)
    return ReviewView(
        person.id, person.name, Duty(assignment.duty), found.marks, found.comments, found.text,
        Advice(found.advice) if found.advice else None, found.submitted_at, found.row_version,
    )  # fmt: skip


def _item(whole: ApplicationView, assignment: Assignment, review: ReviewView) -> QueueItem:
    jury = Duty(assignment.duty) is Duty.JURY
    found = whole.seen_by(Reader.JURY if jury else Reader.EXPERT)
    partners = () if jury and found.terms.scoring.blind else named_partners(whole)
    return QueueItem(
        found.reference, found.title or found.reference, found.organisation.name, found.call_id, found.language,
        found.state is ApplicationState.ELIGIBLE, review, assignment.cleared_at is not None, partners,
    )  # fmt: skip


def named_partners(file: ApplicationView) -> tuple[str, ...]:
    """The partners a file names: a text of names, or the first column of the rows of a table."""
    said = file.meaning(Meaning.PARTNERS) or ()
    if isinstance(said, str):
        return (said,)
    asked = file.terms.question_meaning(Meaning.PARTNERS)
    first = asked.columns[0].id if asked else ""
    return tuple(str(row[first]) for row in said if row.get(first))


def _own(session: Session, actor: Actor, application: Application, duty: Duty) -> Assignment | None:
    return session.scalar(
        select(Assignment).where(
            Assignment.application_id == application.id, Assignment.person_id == actor.person_id,
            Assignment.duty == duty,
        )
    )  # fmt: skip
