"""Scoring: how far the jury is, how far its members are apart, and the remark it agrees on."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.forms import RemarkForm
from portal.administrator.frame import open_file, show, withheld
from portal.work import Session, actor, ask, now, work
from workflows.allocation.queries import allocation_input
from workflows.allocation.rules import ranking
from workflows.calls.queries import CallView, call_view
from workflows.calls.terms import Terms
from workflows.lifecycle import ApplicationState
from workflows.permissions import Duty
from workflows.problems import Problem
from workflows.scoring import actions
from workflows.scoring.queries import JUDGED, Scored, scored, scored_file
from workflows.scoring.rules import Marks, round_half_up


@dataclass(frozen=True)
class Judge:
    """A juror or expert and how far they are."""

    name: str
    duty: Duty
    done: int
    total: int


@dataclass(frozen=True)
class Standing:
    """One file in the ranking. `spread` holds the lowest and the highest juror's total in 1/100 point."""

    found: Scored
    rank: int | None
    spread: tuple[int, int] | None
    marks: tuple[int, int]
    opinion: bool | None


@blueprint.get("/calls/<call_id>/scoring")
def scoring(call_id: str) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        files = scored(session, call_id)
        hidden = withheld(session, call_id)
    shown = tuple(found for found in files if found.application.reference not in hidden)
    ranks = _ranks(call, shown)  # among what is shown: a gap would tell where a hidden file stands
    standings = [_standing(found, ranks) for found in shown]
    standings.sort(key=lambda one: (one.rank is None, one.rank or 0, one.found.application.number))
    return show("scoring", call, judges=_judges(shown), standings=standings, words=words)


@blueprint.get("/files/<reference>/scoring")
def file_scoring(reference: str) -> Any:
    form = RemarkForm()
    with ask() as session:
        found = _judged(session, reference)
        call = call_view(session, found.application.call_id, now())
    form.text.data = found.remark
    return _page(call, found, form)


@blueprint.post("/files/<reference>/scoring")
def remark(reference: str) -> Any:
    form = RemarkForm()
    with ask() as session:
        found = _judged(session, reference)
        call = call_view(session, found.application.call_id, now())
    if not form.validate_on_submit():
        return _page(call, found, form, status=422)
    typed: str = form.text.data
    if found.remark not in (typed, form.seen.data):
        form.text.errors = [_("Somebody changed the remark meanwhile; it is shown above. Save again to replace it.")]
        return _page(call, found, form, status=409, theirs=found.remark)
    try:
        with work() as session:
            actions.record_remark(session, actor(), reference, typed, now=now())
    except Problem as problem:
        errors.blame(form, problem)
        return _page(call, found, form, status=422)
    flash(_("The remark of the jury on %(reference)s is saved.", reference=reference), "success")
    return redirect(url_for("administrator.scoring", call_id=call.id, _anchor=reference))


def _judged(session: Session, reference: str) -> Scored:
    open_file(session, reference)
    return scored_file(session, reference)


def _page(call: CallView, found: Scored, form: RemarkForm, *, status: int = 200, theirs: str = "") -> Any:
    totals = {one.person_id: juror_total(call.terms, one.marks) for one in found.of(Duty.JURY) if one.submitted_at}
    editable = found.application.state is ApplicationState.ELIGIBLE
    return show(
        "file_scoring", call, status=status, found=found, application=found.application, form=form, totals=totals,
        editable=editable, judged=found.application.state in JUDGED, words=words, Duty=Duty, theirs=theirs,
        seen=found.remark,
    )  # fmt: skip


def _ranks(call: CallView, files: tuple[Scored, ...]) -> dict[str, int]:
    ranked = {found.application.reference: found for found in files if found.score is not None}
    order = ranking(allocation_input(call.terms, ranked))
    return {candidate.id: place for place, candidate in enumerate(order, 1)}


def _standing(found: Scored, ranks: dict[str, int]) -> Standing:
    terms, jury = found.application.terms, found.of(Duty.JURY)
    totals = [total for one in jury if one.submitted_at and (total := juror_total(terms, one.marks)) is not None]
    opinions = found.of(Duty.EXPERT)
    return Standing(
        found, ranks.get(found.application.reference),
        (min(totals), max(totals)) if len(totals) > 1 else None,
        (sum(one.submitted_at is not None for one in jury), len(jury)),
        any(one.submitted_at for one in opinions) if opinions or terms.scoring.opinion_required else None,
    )  # fmt: skip


def _judges(files: tuple[Scored, ...]) -> list[Judge]:
    given: dict[tuple[Duty, str, int], list[bool]] = {}
    for found in files:
        for review in found.reviews:
            given.setdefault((review.duty, review.person, review.person_id), []).append(review.submitted_at is not None)
    return [
        Judge(name, duty, sum(done), len(done))
        for (duty, name, _id), done in sorted(given.items(), key=lambda one: (one[0][0] is Duty.EXPERT, one[0][1]))
    ]


def juror_total(terms: Terms, marks: Marks) -> int | None:
    """What one juror's marks alone come to, in 1/100 point of 100 over the jury's criteria; for showing only."""
    criteria = [one for one in terms.criteria_of(Duty.JURY) if one.id in marks]
    possible = sum(one.weight * one.points for one in criteria)
    if not possible:
        return None
    return round_half_up(Fraction(10000 * sum(one.weight * marks[one.id] for one in criteria), possible))
