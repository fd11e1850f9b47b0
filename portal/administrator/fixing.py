"""Fixing the award of one file by hand before the decision, with the reason, and leaving it to the rule again."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, NumberRange

from portal.administrator import blueprint, words
from portal.administrator.frame import open_decision, open_file, show
from portal.forms import AmountField, needed, tidy
from portal.received import AtMost, Form
from portal.saving import pressed, saved
from portal.work import Session, actor, ask, now
from workflows.allocation import fixing, queries
from workflows.calls.queries import call_view
from workflows.problems import NotThere


class FixedForm(Form):
    """The amount and why it is not the rule's."""

    cents = AmountField(
        _("Award"), validators=[InputRequired(_("Give the amount of the award.")), NumberRange(min=0)],
        description=_("0 refuses the file."),
    )  # fmt: skip
    reason = TextAreaField(
        _("Reason"), filters=[tidy], validators=[needed(), AtMost(1000)], widget=GovTextArea(),
        description=_("It stands in the record of the decision and in the letter, as it is written here."),
    )  # fmt: skip


@blueprint.route("/files/<reference>/fixed-award", methods=["GET", "POST"])
def fixed_award(reference: str) -> Any:
    """The award of a file as the rule gives it, and as a person fixes it."""
    with ask() as session:
        application = open_file(session, reference)
        open_decision(session, application.call_id)
        call = call_view(session, application.call_id, now())
        board = queries.board_to_look_at(session, call.id)
    line = next((one for one in board.lines if one.application.reference == reference), None)
    if line is None:
        raise NotThere
    form = FixedForm(data={"cents": line.fixed.cents, "reason": line.fixed.reason} if line.fixed else {})

    def act(session: Session) -> None:
        fixing.fix(session, actor(), reference, form.cents.data, form.reason.data, now=now())

    onward = url_for("administrator.allocation", call_id=call.id)
    if answer := saved(form, act, gettext("The award is fixed. The division below takes it into account."), onward):
        return answer
    return show(
        "fixed_award", call, status=422 if form.errors else 200, line=line, application=application, form=form,
        has_errors=bool(form.errors), words=words, ranked=len(board.lines),
    )  # fmt: skip


@blueprint.post("/files/<reference>/fixed-award/free")
def free_award(reference: str) -> Response:
    """The rule decides again over this file."""
    with ask() as session:
        call_id = open_file(session, reference).call_id
    return pressed(
        lambda session: fixing.free(session, actor(), reference, now=now()),
        gettext("The rule decides again over %(reference)s.", reference=reference),
        url_for("administrator.allocation", call_id=call_id),
    )  # fmt: skip
