"""Screening: the submitted files with the automatic verdict, and admitting the clean ones in one go."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.frame import open_file, show, withheld
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.completion.queries import waiting_files
from workflows.eligibility import actions
from workflows.eligibility.queries import Screening, of
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
        call = call_view(session, call_id, now())
        files = [found for found in of_call(session, call_id) if found.state is not ApplicationState.DRAFT]
        hidden = withheld(session, [found.reference for found in files])
        screened = [of(session, found) for found in files if found.reference not in hidden]
        asked = waiting_files(session, call_id, now())

    def pile(one: Screening) -> str:
        return "asked" if one.application.reference in asked else _pile(one)

    sorted_out: dict[str, list[Screening]] = {name: [] for name in FILTERS}
    for one in screened:
        sorted_out[pile(one)].append(one)
        sorted_out["all"].append(one)
    numbers = {name: len(found) for name, found in sorted_out.items()}
    return show("screening", call, wanted=wanted, files=sorted_out[wanted], numbers=numbers, pile=pile, words=words)


@blueprint.post("/calls/<call_id>/screening")
def admit_many(call_id: str) -> Any:
    """Admit the files that were ticked, each by itself: one that cannot be admitted keeps none of the others back."""
    ticked, admitted, done = request.form.getlist("file"), 0, 0
    for reference in ticked:
        try:
            with work() as session:
                if open_file(session, reference).state is ApplicationState.SUBMITTED:
                    actions.admit(session, actor(), reference, now=now())
                    admitted += 1
                else:
                    done += 1
        except Problem as problem:
            flash(f"{reference}: {errors.sentence(problem)}", "error")
    if admitted:
        told = ngettext("%(num)d file was declared eligible.", "%(num)d files were declared eligible.", admitted)
        flash(told, "success")
    if done or not ticked:
        n = done
        told = ngettext("%(num)d file was decided on already.", "%(num)d files were decided on already.", n)
        flash(told if n else _("Nothing was ticked."), "info")
    return redirect(url_for("administrator.screening", call_id=call_id))


def _pile(one: Screening) -> str:
    """Where a file lies: decided, not screened yet, or by its verdict."""
    if one.application.state is not ApplicationState.SUBMITTED:
        return "done"
    if not one.checks:
        return "waiting"
    return {True: "passed", False: "failed", None: "person"}[one.verdict]
