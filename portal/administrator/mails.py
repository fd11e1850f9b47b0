"""The mails of a call or a file with their exact text, and sending one again: a person's act, with a reason."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from portal import errors, forms
from portal.addresses import row_number
from portal.administrator import blueprint, words
from portal.administrator.frame import show
from portal.received import Form
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.letters import outbox
from workflows.letters.rules import LINK
from workflows.problems import Problem

ON_A_PAGE = 100
ON_ITS_WAY = ("pending", "sending")


class AgainForm(Form):
    """Why a mail is sent again."""

    reason = TextAreaField(_("Why is it sent again?"), widget=GovTextArea(), filters=[forms.tidy])


@blueprint.get("/calls/<call_id>/mails")
def mails(call_id: str) -> Any:
    """A page of mails, the newest first; `file` names one file, `before` the last mail of the page before."""
    reference, before = request.args.get("file", ""), row_number(request.args.get("before", ""))
    with ask() as session:
        call = call_view(session, call_id, now())
        found = outbox.log_of(session, actor(), call_id, reference=reference, before=before, limit=ON_A_PAGE + 1)
    older = found[ON_A_PAGE - 1].mail.id if len(found) > ON_A_PAGE else None
    return show("mails", call, lines=found[:ON_A_PAGE], reference=reference, before=before, older=older, words=words)


@blueprint.get("/calls/<call_id>/mails/<int:mail_id>")
def mail(call_id: str, mail_id: int) -> Any:
    """One mail as it was written. The address of a single-use link stands in no table, so it is not shown."""
    return _page(call_id, mail_id, AgainForm())


@blueprint.post("/calls/<call_id>/mails/<int:mail_id>")
def send_again(call_id: str, mail_id: int) -> Any:
    form = AgainForm()
    try:
        with work() as session:
            outbox.logged(session, actor(), call_id, mail_id)
            outbox.send_again(session, actor(), mail_id, form.reason.data or "", now=now())
    except Problem as problem:
        errors.blame(form, problem)
        return _page(call_id, mail_id, form, 422)
    flash(str(_("The mail is sent again.")), "success")
    return redirect(url_for("administrator.mail", call_id=call_id, mail_id=mail_id))


def _page(call_id: str, mail_id: int, form: Form, status: int = 200) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        line = outbox.logged(session, actor(), call_id, mail_id)
    body = line.mail.body.replace(LINK, str(_("[a link for this person alone]")))
    movable = str(line.mail.state) not in ON_ITS_WAY
    return show("mail", call, status=status, line=line, body=body, form=form, movable=movable, words=words)
