"""A cut over the awards of a call that are not signed: looked at first, then done exactly as it was seen."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import HiddenField, TextAreaField

from portal.administrator import blueprint
from portal.administrator.frame import open_decision, show
from portal.forms import CountField, needed, tidy
from portal.received import AtMost, Form
from portal.saving import saved
from portal.work import Session, actor, ask, now
from workflows.awards import cutting, queries
from workflows.calls.queries import call_view
from workflows.language import LANGUAGES
from workflows.problems import NotThere, Problem

USUAL = "15"


class CutForm(Form):
    """The reason, which every association reads in the language of its file, and what was seen."""

    percent = CountField(_("Per cent taken off"), validators=[needed()])
    basis_nl = TextAreaField(
        _("Reason in Dutch"), filters=[tidy], validators=[needed(), AtMost(1000)], widget=GovTextArea()
    )
    basis_fr = TextAreaField(
        _("Reason in French"), filters=[tidy], validators=[needed(), AtMost(1000)], widget=GovTextArea()
    )
    basis_en = TextAreaField(
        _("Reason in English"), filters=[tidy], validators=[needed(), AtMost(1000)], widget=GovTextArea()
    )
    seen = HiddenField(filters=[tidy])


@blueprint.route("/calls/<call_id>/awards/cut", methods=["GET", "POST"])
def cut_awards(call_id: str) -> Any:
    """What a cut would do, award by award, and the form that does it."""
    with ask() as session:
        open_decision(session, call_id)
        call = call_view(session, call_id, now())
        if not queries.awards(session, call_id, now()):
            raise NotThere
    form = CutForm()

    def act(session: Session) -> None:
        basis = {language: form[f"basis_{language}"].data or "" for language in LANGUAGES}
        cutting.cut(session, actor(), call_id, form.percent.data, basis, form.seen.data or "", now=now())

    told = gettext("The awards are reduced. Each association is asked to accept or to adapt its budget.")
    if answer := saved(form, act, told, url_for("administrator.awards", call_id=call_id)):
        return answer
    typed = form.percent.data if request.method == "POST" else request.args.get("percent", USUAL)
    with ask() as session:
        try:
            percent = int(typed) if str(typed).isascii() and str(typed).isdigit() else 0
            plan = cutting.plan(session, call_id, percent, now())
        except Problem:
            plan = None
    form.percent.data, form.seen.data = typed, plan.fingerprint if plan else ""
    status = 422 if request.method == "POST" else 200
    return show("cut_awards", call, status=status, form=form, plan=plan, typed=typed, has_errors=bool(form.errors))
