"""Screening: the submitted files with the automatic verdict, and admitting the clean ones in one go."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.frame import open_file, show, withheld
from portal.work import Session, actor, ask, now, work
from workflows.calls.queries import CallView, call_view
from workflows.completion.queries import waiting_files
from workflows.eligibility import actions
from workflows.eligibility.queries import Screening, of_all
from workflows.lifecycle import ApplicationState
from workflows.problems import NotThere, Problem
from workflows.submission.queries import of_call

FILTERS = ("all", "passed", "person", "failed", "asked", "waiting", "done")


@blueprint.get("/calls/<call_id>/screening")
def screening(call_id: str) -> Any:
    wanted = request.args.get("show", "all")
    if wanted not in FILTERS:
        raise NotThere
    with ask() as session:
        call, screened, pile = _screened(session, call_id)
    sorted_out: dict[str, list[Screening]] = {name: [] for name in FILTERS}
    for one in screened:
        sorted_out[pile(one)].append(one)
        sorted_out["all"].append(one)
    numbers = {name: len(found) for name, found in sorted_out.items()}
    return show("screening", call, wanted=wanted, files=sorted_out[wanted], numbers=numbers, pile=pile, words=words)


@blueprint.get("/calls/<call_id>/screening/clean")
def clean(call_id: str) -> Any:
    """Exactly the files that would be declared eligible, each with the digest of what is seen of it here."""
    with ask() as session:
        call, screened, pile = _screened(session, call_id)
    return show("clean", call, files=[one for one in screened if pile(one) == "passed"], words=words)


@blueprint.post("/calls/<call_id>/screening/clean")
def admit_many(call_id: str) -> Any:
    """Admit the files that were ticked, each by itself: one that changed since it was seen, or cannot be admitted, is
    named and keeps none of the others back. A second click finds them admitted."""
    admitted = already = 0
    for ticked in request.form.getlist("file"):
        reference, _space, seen = ticked.partition(" ")
        try:
            with work() as session:
                if open_file(session, reference).state is ApplicationState.ELIGIBLE:
                    already += 1
                else:
                    actions.admit(session, actor(), reference, seen=seen, now=now())
                    admitted += 1
        except Problem as problem:
            flash(_("%(reference)s is left out.", reference=reference) + " " + errors.sentence(problem), "error")
    if already:
        flash(ngettext("%(num)d file was eligible already.", "%(num)d files were eligible already.", already), "info")
    if admitted:
        told = ngettext("%(num)d file was declared eligible.", "%(num)d files were declared eligible.", admitted)
        flash(told, "success")
    if not request.form.getlist("file"):
        flash(_("Nothing was ticked."), "info")
    return redirect(url_for("administrator.screening", call_id=call_id))


def _screened(session: Session, call_id: str) -> tuple[CallView, tuple[Screening, ...], Callable[[Screening], str]]:
    """A call with the screenings of its files, in a number of statements that does not grow, and where each lies."""
    call = call_view(session, call_id, now())
    hidden = withheld(session, call_id)
    files = [one for one in of_call(session, call_id) if one.state is not ApplicationState.DRAFT]
    asked = waiting_files(session, call_id, now())
    screened = of_all(session, [one for one in files if one.reference not in hidden])
    return call, screened, lambda one: "asked" if one.application.reference in asked else _pile(one)


def _pile(one: Screening) -> str:
    """Where a file lies: decided, not screened yet, or by its verdict."""
    if one.application.state is not ApplicationState.SUBMITTED:
        return "done"
    if not one.checks:
        return "waiting"
    return {True: "passed", False: "failed", None: "person"}[one.verdict]
