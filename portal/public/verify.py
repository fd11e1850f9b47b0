"""Whether a receipt is genuine: for anybody who holds it, and no more than that."""

from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import FileField

from portal import errors
from portal.forms import line
from portal.public import blueprint
from portal.public.entering import one_more
from portal.received import Form
from portal.work import ask
from workflows.letters.verification import Finding, by_file, by_number
from workflows.problems import Problem

MOST = 60
"""Receipts that may be verified from one address in a quarter of an hour: a pile by hand, no list by a machine."""


class VerifyForm(Form):
    """A number or a file."""

    number = line(
        _("Receipt number"),
        description=_("As it stands on the receipt, such as Z24-0012-34/1/0a1b2c3d/56."),
    )  # fmt: skip
    file = FileField(
        _("Or the file"), widget=GovFileInput(),
        description=_("The receipt or the application as PDF, or the application as JSON, exactly as you received it."),
    )  # fmt: skip


@blueprint.route("/verify", methods=["GET", "POST"])
def verify() -> Any:
    """Say of a receipt that it is genuine, when it arrived and what its content's fingerprint is; nothing else."""
    form = VerifyForm()
    found: Finding | None = None
    if form.validate_on_submit():
        sent = request.files.get("file")
        try:
            if not one_more("verify", MOST):
                raise Problem("verifying-too-often", field="number")
            if sent is not None and sent.filename:
                with ask() as session:
                    found = by_file(session, sent.stream.read())
            elif form.number.data:
                with ask() as session:
                    found = by_number(session, form.number.data)
            else:
                form.number.errors = [str(_("Give a receipt number or choose a file."))]
        except Problem as problem:
            errors.blame(form, problem)
    return render_template("public/verify.html", form=form, found=found), 422 if form.errors else 200
