"""Moving the closing of a call later, for everybody."""

from datetime import datetime, time
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from portal import errors
from portal.administrator import blueprint
from portal.administrator.forms import ExtensionForm
from portal.administrator.frame import show
from portal.administrator.setup import EDITED
from portal.language import language
from portal.work import actor, ask, now, work
from workflows.calls import preparing
from workflows.calls.queries import call_view
from workflows.language import BRUSSELS, show_moment
from workflows.problems import NotThere, Problem


@blueprint.route("/calls/<call_id>/extension", methods=["GET", "POST"])
def extension(call_id: str) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
    if call.stage not in EDITED[1:]:
        raise NotThere
    closes = call.terms.closes.astimezone(BRUSSELS)
    form = ExtensionForm(data={"time": closes.strftime("%H:%M")})
    if form.validate_on_submit():
        wall = datetime.combine(form.closes_at.data, time.fromisoformat(form.time.data))
        try:
            with work() as session:
                preparing.extend(session, actor(), call_id, wall, form.reason.data or "", now=now())
        except Problem as problem:
            errors.blame(form, problem)
        else:
            told = show_moment(wall.replace(tzinfo=BRUSSELS), language())
            flash(_("The deadline is extended for everybody, to %(moment)s.", moment=told), "success")
            return redirect(url_for("administrator.call", call_id=call_id))
    return show("setup_extension", call, status=422 if form.is_submitted() else 200, form=form)
