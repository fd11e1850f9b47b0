"""Acting in the jury and the technical expertise: assign, mark, submit, agree on a remark."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.calls.queries import terms_of
from workflows.history import record, record_all
from workflows.lifecycle import ApplicationState, Event
from workflows.people.queries import person_view
from workflows.permissions import Action, Actor, Duty, Role, require
from workflows.problems import NotThere, Problem
from workflows.scoring import queries, rules
from workflows.scoring.jury import Juror, Jury, JuryFile, Pair
from workflows.scoring.matching import Matching, match
from workflows.scoring.meeting import refuse_closed
from workflows.scoring.rules import Advice, Marks
from workflows.scoring.tables import Assignment, JuryRemark, PanelMember, Review
from workflows.submission.queries import clerk_relation, conflicted_pairs, conflicted_people, of_call, row
from workflows.submission.tables import Application

ROLE_OF = {Duty.JURY: Role.JUROR, Duty.EXPERT: Role.EXPERT}


@dataclass(frozen=True)
class NewReview:
    """What a judge says: whole points and comments by criterion id, a text, for an expert an advice."""

    marks: Marks
    comments: Mapping[str, str]
    text: str = ""
    advice: Advice | None = None


def appoint(session: Session, actor: Actor, call_id: str, person_id: int, duty: Duty, *, now: datetime) -> bool:
    """Put a person with the fitting role on the panel of a call; False where they were on it already.

    Raises Problem `not-a-judge`.
    """
    require(actor, Action.ASSIGN)
    call = locked(session, call_id)
    refuse_closed(session, call_id)
    if ROLE_OF[duty] not in person_view(session, person_id).roles:
        raise Problem("not-a-judge")
    if session.get(PanelMember, (call_id, person_id, duty)) is not None:
        return False
    session.add(PanelMember(call_id=call_id, person_id=person_id, duty=duty))
    record(session, call, Event.APPOINT, actor=actor, now=now, facts={"person": person_id, "duty": duty})
    return True


def suggest(
    session: Session,
    actor: Actor,
    call_id: str,
    duty: Duty = Duty.JURY,
    *,
    kept: Collection[Pair] = (),
    refused: Collection[Pair] = (),
) -> Matching:
    """An assignment of the eligible files of a call, as even as can be, around what is assigned; writes nothing.

    `kept` are pairs that stay as if they were assigned, `refused` pairs that are not to be made. A conflict of interest
    outweighs both.
    """
    require(actor, Action.ASSIGN)
    applications = of_call(session, call_id, ApplicationState.ELIGIBLE)
    wanted = applications[0].terms.scoring.jurors_per_application if applications and duty is Duty.JURY else 1
    ids = [found.id for found in applications]
    excluded, given = _by_file(conflicted_pairs(session, ids)), _by_file(_given(session, ids, duty))
    files, here = [], Counter[int]()
    for found in applications:
        conflicted = excluded[found.id]
        assigned = given[found.id] - conflicted
        here.update(assigned)
        locked = assigned | _of_file(kept, found.reference) - conflicted
        barred = conflicted | _of_file(refused, found.reference) - locked
        files.append(JuryFile(found.reference, found.language, wanted, conflicted=barred, locked=locked))
    loads = _loads(session, call_id, duty)
    jurors = [
        Juror(one.id, one.name, one.languages, load=loads.get(one.id, 0) - here[one.id])
        for one in queries.panel(session, call_id, duty)
    ]
    return match(Jury(tuple(files), tuple(jurors), expert_wanted=False))


def assign_all(
    session: Session,
    actor: Actor,
    pairs: Collection[Pair],
    duty: Duty,
    seen: Mapping[str, Collection[int]],
    *,
    now: datetime,
) -> None:
    """Assign the pairs that were looked at, all or none; `seen` says who had each file then.

    Raises Problem `assignment-changed` with the files that were given or taken back meanwhile, NotThere where they are
    of several calls; and as `assign`.
    """
    wanted = sorted({*seen, *(reference for reference, _ in pairs)})
    files = {reference: _open_file(session, actor, Action.ASSIGN, reference) for reference in wanted}
    if len({file.call_id for file in files.values()}) > 1:
        raise NotThere  # one suggestion is of one call
    given = _by_file(_given(session, [file.id for file in files.values()], duty))
    changed = [reference for reference in sorted(seen) if given[files[reference].id] != frozenset(seen[reference])]
    if changed:
        raise Problem("assignment-changed", references=changed)
    excluded = conflicted_pairs(session, [file.id for file in files.values()])
    new: list[tuple[Application, int]] = []
    for reference, person_id in dict.fromkeys(pairs):  # a pair that is sent twice is one
        file = files[reference]
        if session.get(PanelMember, (file.call_id, person_id, duty)) is None:
            raise Problem("not-a-judge")
        if (file.id, person_id) in excluded:
            raise Problem("conflict-known", reference=reference)
        if person_id not in given[file.id]:
            new.append((file, person_id))
    session.add_all(
        Assignment(application_id=file.id, person_id=person_id, duty=duty, assigned_at=now) for file, person_id in new
    )
    facts = [(file, {"person": person_id, "duty": duty}) for file, person_id in new]
    record_all(session, facts, Event.ASSIGN, actor=actor, now=now)


def assign(session: Session, actor: Actor, reference: str, person_id: int, duty: Duty, *, now: datetime) -> None:
    """Give a file to a judge; giving it twice changes nothing.

    Raises Problem `not-eligible-yet`, `conflict-known` or `not-a-judge`.
    """
    application = _open_file(session, actor, Action.ASSIGN, reference)
    if session.get(PanelMember, (application.call_id, person_id, duty)) is None:
        raise Problem("not-a-judge")
    if person_id in conflicted_people(session, application):
        raise Problem("conflict-known", reference=reference)
    if person_id in _assigned(session, application.id, duty):
        return
    session.add(Assignment(application_id=application.id, person_id=person_id, duty=duty, assigned_at=now))
    record(session, application, Event.ASSIGN, actor=actor, now=now, facts={"person": person_id, "duty": duty})


def unassign(session: Session, actor: Actor, reference: str, person_id: int, duty: Duty, *, now: datetime) -> None:
    """Take a file back from a judge who has not written anything yet. Raises Problem `review-begun`."""
    application = _open_file(session, actor, Action.ASSIGN, reference)
    assignment = _assignment(session, application.id, person_id, duty)
    if session.get(Review, assignment.id) is not None:
        raise Problem("review-begun")
    session.delete(assignment)
    record(session, application, Event.UNASSIGN, actor=actor, now=now, facts={"person": person_id, "duty": duty})


def save_review(
    session: Session,
    actor: Actor,
    reference: str,
    duty: Duty,
    new: NewReview,
    *,
    submit: bool,
    seen_version: int | None = None,
    now: datetime,
) -> int:
    """Keep a judge's own review, as a private draft or submitted; its version to go on with.

    The history has a draft once, however often it was saved meanwhile.

    Raises NotThere for who is not an unconflicted judge of the file, Problem `scoring-closed` once the file is
    decided, `review-submitted` after submission, `review-changed-elsewhere`, `mark-missing`, `mark-out-of-scale`,
    `comment-missing` (where the call wants the lowest and the highest marks explained), `opinion-text-missing` or
    `advice-missing`.
    """
    application = row(session, reference, lock=True)
    wanted = Action.SCORE if duty is Duty.JURY else Action.GIVE_OPINION
    require(actor, wanted, queries.relation(session, actor, application, duty))
    if application.state != ApplicationState.ELIGIBLE:
        raise Problem("scoring-closed")
    refuse_closed(session, application.call_id)
    assignment = _assignment(session, application.id, actor.person_id, duty)
    review = session.get(Review, assignment.id)
    if review is not None and review.submitted_at is not None:
        raise Problem("review-submitted", at=review.submitted_at.isoformat())
    if seen_version is not None and seen_version != (review.row_version if review else 0):
        raise Problem("review-changed-elsewhere")
    _check(session, application, duty, new, submit=submit)
    begun = review is None
    if review is None:
        review = Review(assignment_id=assignment.id)
        session.add(review)
    review.marks, review.comments = dict(new.marks), {key: text for key, text in new.comments.items() if text}
    review.text, review.advice = new.text.strip(), new.advice
    review.saved_at, review.submitted_at = now, now if submit else None
    session.flush()
    if submit or begun:
        event = Event.SUBMIT_REVIEW if submit else Event.SAVE_REVIEW
        record(session, application, event, actor=actor, now=now, facts={"duty": duty})
    return review.row_version


def record_remark(session: Session, actor: Actor, reference: str, text: str, *, now: datetime) -> None:
    """Write down the remark the jury agreed on; it becomes part of the reasons in the letter."""
    application = _open_file(session, actor, Action.RECORD_REMARK, reference)
    remark = session.get(JuryRemark, application.id)
    if remark is None:
        session.add(JuryRemark(application_id=application.id, text=text.strip(), saved_at=now))
    elif remark.text == text.strip():
        return
    else:
        remark.text, remark.saved_at = text.strip(), now
    record(session, application, Event.RECORD_REMARK, actor=actor, now=now)


def _check(session: Session, application: Application, duty: Duty, new: NewReview, *, submit: bool) -> None:
    terms = terms_of(session, application.call_id)
    rules.check_marks(terms.criteria_of(duty), new.marks, all_wanted=submit)
    if submit and terms.scoring.extremes_explained:
        rules.check_explained(terms.criteria_of(duty), new.marks, new.comments)
    if submit and duty is Duty.EXPERT:
        if not new.text.strip():
            raise Problem("opinion-text-missing", field="text")
        if new.advice is None:
            raise Problem("advice-missing", field="advice")


def _open_file(session: Session, actor: Actor, action: Action, reference: str) -> Application:
    """An eligible file, for somebody of the office without a conflict in it. Raises NotThere,
    Problem `not-eligible-yet` or `panel-closed`."""
    application = row(session, reference, lock=True)
    require(actor, action, clerk_relation(session, actor, application))
    if application.state != ApplicationState.ELIGIBLE:
        raise Problem("not-eligible-yet", reference=reference)
    refuse_closed(session, application.call_id)
    return application


def _assignment(session: Session, application_id: int, person_id: int | None, duty: Duty) -> Assignment:
    found = session.scalar(
        select(Assignment).where(
            Assignment.application_id == application_id, Assignment.person_id == person_id, Assignment.duty == duty
        )
    )
    if found is None:
        raise NotThere
    return found


def _assigned(session: Session, application_id: int, duty: Duty) -> frozenset[int]:
    people = select(Assignment.person_id).where(Assignment.application_id == application_id, Assignment.duty == duty)
    return frozenset(session.scalars(people))


def _of_file(pairs: Collection[Pair], reference: str) -> frozenset[int]:
    return frozenset(person for of, person in pairs if of == reference)


def _given(session: Session, ids: Collection[int], duty: Duty) -> Iterable[Row[int, int]]:
    """Who has these files: pairs of application id and person id."""
    pairs = select(Assignment.application_id, Assignment.person_id)
    return session.execute(pairs.where(Assignment.application_id.in_(ids), Assignment.duty == duty))


def _by_file(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """The persons of each file."""
    found: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    for application_id, person_id in pairs:
        found[application_id] |= {person_id}
    return found


def _loads(session: Session, call_id: str, duty: Duty) -> dict[int, int]:
    """How many files of calls that are still judged each member of this panel has."""
    members = select(PanelMember.person_id).where(PanelMember.call_id == call_id, PanelMember.duty == duty)
    open_files = (
        select(Assignment.person_id, func.count()).join(Application, Application.id == Assignment.application_id)
        .where(Assignment.person_id.in_(members), Application.state == ApplicationState.ELIGIBLE)
        .group_by(Assignment.person_id)
    )  # fmt: skip
    return dict(session.execute(open_files).all())
