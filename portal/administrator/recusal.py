"""Recusal: the office keeps a judge, or somebody of its own, out of a file for a conflict of interest."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from portal import errors, forms
from portal.addresses import row_number
from portal.administrator import blueprint
from portal.administrator.frame import duties, open_file, show
from portal.received import Form
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.people.queries import people_with
from workflows.permissions import Role
from workflows.problems import Problem
from workflows.scoring import conflicts
from workflows.scoring.queries import panel
from workflows.submission.queries import ApplicationView, conflicted_people, row


class RecusalForm(Form):
    person = forms.Pick(_("Who must not judge or handle this file?"))
    reason = TextAreaField(_("Why?"), widget=GovTextArea(), filters=[forms.tidy])

    def __init__(self, people: dict[int, str]) -> None:
        super().__init__()
        self.person.choices = forms.choices([("", _("Choose…")), *((str(one), name) for one, name in people.items())])


@blueprint.get("/files/<reference>/recusal")
def recusal(reference: str) -> Any:
    application, people = _file(reference)
    return _page(application, RecusalForm(people))


@blueprint.post("/files/<reference>/recusal")
def recuse(reference: str) -> Any:
    application, people = _file(reference)
    form = RecusalForm(people)
    person = row_number(form.person.data)
    if not person or person not in people:
        form.person.errors = [_("Choose who it is about.")]
        return _page(application, form, 422)
    try:
        with work() as session:
            conflicts.recuse(session, actor(), reference, person, form.reason.data or "", now=now())
    except Problem as problem:
        errors.blame(form, problem)
        return _page(application, form, 422)
    told = str(_("%(person)s no longer sees file %(file)s.", person=people[person], file=reference))
    flash(told, "success")
    return redirect(url_for("administrator.assignment", call_id=application.call_id))


def _file(reference: str) -> tuple[ApplicationView, dict[int, str]]:
    """The file, and the names of who can be recused from it: its panel and the office, without whom it is closed to
    already."""
    with ask() as session:
        application = open_file(session, reference)
        call = call_view(session, application.call_id, now())
        people = [one for duty in duties(call) for one in panel(session, call.id, duty)]
        people += people_with(session, Role.ADMINISTRATOR)
        closed = conflicted_people(session, row(session, reference))
    named = {one.id: one.name for one in people if one.id not in closed}
    return application, dict(sorted(named.items(), key=lambda one: (one[1], one[0])))


def _page(application: ApplicationView, form: Form, status: int = 200) -> Any:
    with ask() as session:
        call = call_view(session, application.call_id, now())
    return show("recusal", call, status=status, application=application, form=form)
