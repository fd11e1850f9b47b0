"""Assignment: which juror and which expert judges which file; suggested, looked at, applied, or by hand."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import errors
from portal.addresses import row_number
from portal.administrator import blueprint, words
from portal.administrator.frame import duties, duty_of, open_file, relation_to, show, withheld
from portal.administrator.standing import lacks_expert, lacks_jurors
from portal.work import Session, actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.people.queries import PersonView
from workflows.permissions import Action, Duty, require
from workflows.problems import NotThere, Problem
from workflows.scoring import actions
from workflows.scoring.jury import Pair
from workflows.scoring.queries import Scored, panel, scored, scored_file
from workflows.submission.queries import conflicted_pairs, conflicted_people, row

NO_PAIRS: frozenset[Pair] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """A person who could judge a file, or does. `begun`: something is written, so it cannot be taken back."""

    person: PersonView
    assigned: bool
    begun: bool
    submitted: bool
    conflict: bool
    speaks: bool
    load: int


@blueprint.get("/calls/<call_id>/assignment")
def assignment(call_id: str) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        files = _files(session, call_id)
        judges = {duty: panel(session, call.id, duty) for duty in duties(call)}
        excluded = conflicted_pairs(session, [found.application.id for found in files])
    conflicts = {
        found.application.reference: {person for file, person in excluded if file == found.application.id}
        for found in files
    }
    return show(
        "assignment", call, files=files, judges=judges, conflicts=conflicts, loads=_loads(files), Duty=Duty,
        words=words, lacks_jurors=lacks_jurors, lacks_expert=lacks_expert,
    )  # fmt: skip


@blueprint.get("/calls/<call_id>/assignment/suggestion/<duty>")
def suggestion(call_id: str, duty: str) -> Any:
    """A preview: nothing is written."""
    return _suggestion(call_id, duty_of(duty))


def _suggestion(call_id: str, kind: Duty, kept: frozenset[Pair] = NO_PAIRS, refused: frozenset[Pair] = NO_PAIRS) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        judged = _files(session, call_id)
        files = {one.application.reference: one.application for one in judged}
        kept = frozenset(pair for pair in kept if pair[0] in files)
        refused = frozenset(pair for pair in refused if pair[0] in files)
        found = actions.suggest(session, actor(), call_id, kind, kept=kept, refused=refused)
        people = {one.id: one for one in panel(session, call_id, kind)}
    pairs = sorted(pair for pair in {*kept, *found.pairs} if pair[0] in files and pair[1] in people)
    reasons = [reason for reason in found.reasons if set(reason.facts["references"]) <= files.keys()]
    new = Counter(person for _reference, person in pairs)
    unseen = Counter(person for reference, person in found.pairs if reference not in files)
    seen = {one.application.reference: [review.person_id for review in one.of(kind)] for one in judged}
    return show(
        "suggestion", call, duty=kind, pairs=pairs, reasons=reasons, files=files, people=people, words=words,
        loads={person: (new[person], found.loads[person] - unseen[person]) for person in people},
        refused=sorted(refused), kept=kept, seen={reference: seen[reference] for reference, _person in pairs},
    )  # fmt: skip


@blueprint.post("/calls/<call_id>/assignment/suggestion/<duty>")
def apply_suggestion(call_id: str, duty: str) -> Any:
    """Assign the pairs that were kept on the screen, all or none, each judged again; or suggest the others anew."""
    kind = duty_of(duty)
    shown = frozenset(_pair(text) for text in request.form.getlist("shown"))
    pairs = [_pair(text) for text in request.form.getlist("pair")]
    if "again" in request.form:
        refused = frozenset(_pair(text) for text in request.form.getlist("refused"))
        return _suggestion(call_id, kind, frozenset(pairs), (refused | shown) - frozenset(pairs))
    try:
        with work() as session:
            for reference, _person in pairs:
                require(actor(), Action.ASSIGN, relation_to(session, reference))
            actions.assign_all(session, actor(), pairs, kind, _seen({one for one, _person in pairs}), now=now())
        n = len(pairs)
        flash(ngettext("%(num)d assignment was made.", "%(num)d assignments were made.", n), "success")
    except Problem as problem:
        errors.tell(problem)
        flash(_("Nothing was assigned. Ask for a new suggestion."), "info")
    return redirect(url_for("administrator.assignment", call_id=call_id))


@blueprint.get("/files/<reference>/assignment")
def file_assignment(reference: str) -> Any:
    with ask() as session:
        application = open_file(session, reference)
        call = call_view(session, application.call_id, now())
        found = scored_file(session, reference)
        loads = _loads(_files(session, call.id))
        excluded = conflicted_people(session, row(session, reference))
        candidates = {
            duty: [_candidate(found, person, duty, excluded, loads) for person in panel(session, call.id, duty)]
            for duty in duties(call)
        }
    return show("file_assignment", call, application=application, candidates=candidates, words=words)


@blueprint.post("/files/<reference>/assignment/<duty>/<int:person_id>")
def assign(reference: str, duty: str, person_id: int) -> Any:
    return _change(reference, duty, person_id, actions.assign, _("The file was given."))


@blueprint.post("/files/<reference>/assignment/<duty>/<int:person_id>/back")
def unassign(reference: str, duty: str, person_id: int) -> Any:
    return _change(reference, duty, person_id, actions.unassign, _("The file was taken back."))


def _change(reference: str, duty: str, person_id: int, change: Any, told: str) -> Any:
    kind = duty_of(duty)
    try:
        with work() as session:
            open_file(session, reference)
            change(session, actor(), reference, person_id, kind, now=now())
        flash(told, "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.file_assignment", reference=reference))


def _files(session: Session, call_id: str) -> tuple[Scored, ...]:
    files = scored(session, call_id)
    hidden = withheld(session, call_id)
    return tuple(found for found in files if found.application.reference not in hidden)


def _loads(files: tuple[Scored, ...]) -> Counter[tuple[Duty, int]]:
    """How many files of the call each person judges, by duty."""
    return Counter((review.duty, review.person_id) for found in files for review in found.reviews)


def _candidate(
    found: Scored, person: PersonView, duty: Duty, excluded: frozenset[int], loads: Counter[tuple[Duty, int]]
) -> Candidate:
    review = next((one for one in found.of(duty) if one.person_id == person.id), None)
    return Candidate(
        person, review is not None, bool(review and review.row_version),
        bool(review and review.submitted_at), person.id in excluded,
        found.application.language in person.languages, loads[duty, person.id],
    )  # fmt: skip


def _seen(references: set[str]) -> dict[str, list[int]]:
    """Who had each of these files when the suggestion was shown."""
    found: dict[str, list[int]] = {}
    for text in request.form.getlist("seen"):
        reference, _bar, people = text.partition("|")
        if reference in references:
            found[reference] = [person for one in people.split(",") if (person := row_number(one)) is not None]
    return found


def _pair(text: str) -> tuple[str, int]:
    reference, _bar, person = text.partition("|")
    person_id = row_number(person)
    if person_id is None:
        raise NotThere
    return reference, person_id
