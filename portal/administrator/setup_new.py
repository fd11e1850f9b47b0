"""Beginning a call: a copy of an earlier one, or the small neutral one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal import errors
from portal.administrator import blueprint
from portal.administrator.forms import NewCallForm
from portal.forms import choices
from portal.language import language
from portal.work import actor, ask, now, work
from workflows.calls import copying, preparing
from workflows.calls.copying import NewEdition
from workflows.calls.queries import calls, terms_of
from workflows.calls.terms import Terms
from workflows.language import BRUSSELS, text_in
from workflows.problems import Problem

NEUTRAL = "-"


@blueprint.route("/calls/new", methods=["GET", "POST"])
def new_call() -> Any:
    """Choose what to copy, then say what makes the new call one of its own."""
    with ask() as session:
        found = calls(session, now())
        chosen = request.values.get("source", "")
        terms = _source(session, chosen, {call.id for call in found})
    sources = [(call.id, text_in(call.terms.name.texts(), language())) for call in found]
    sources.append((NEUTRAL, _("A small neutral call, to begin without an earlier one")))
    if terms is None:
        return render_template("administrator/setup_new.html", sources=sources, form=None)
    plan = copying.suggested(terms, now().astimezone(BRUSSELS).date())
    form = NewCallForm(data={**plan.__dict__, "source": chosen})
    form.source.choices = choices(sources)
    if form.validate_on_submit():
        made = NewEdition(form.id.data, form.year.data, form.reference_prefix.data, form.opens_on.data)
        try:
            with work() as session:
                call_id = preparing.begin(session, actor(), terms, made, now=now())
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(_("The call is made, in preparation: nobody else sees it. Go through its parts."), "success")
            return redirect(url_for("administrator.setup", call_id=call_id))
    page = render_template("administrator/setup_new.html", sources=sources, form=form, source=terms)
    return page, 422 if form.is_submitted() else 200


def _source(session: Any, chosen: str, known: set[str]) -> Terms | None:
    """The terms to copy; None until one was chosen."""
    if chosen == NEUTRAL:
        return copying.neutral()
    return terms_of(session, chosen) if chosen in known else None
