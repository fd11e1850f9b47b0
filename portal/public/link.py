"""Where the single-use links of mails lead: a page with a button. Looking at it does nothing."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.public import blueprint
from portal.received import Form
from portal.work import Session, ask, now, work
from workflows.people import actions, queries
from workflows.people.links import Purpose, read


@blueprint.route("/link/<token>", methods=["GET", "POST"])
def follow_link(token: str) -> Any:
    """Say what the link does and do it when the button is pressed."""
    purpose = read(token)[1]
    form = Form()
    if form.validate_on_submit():
        with work() as session:
            USE[purpose](session, token)
        flash(_("Thank you: your address is confirmed."), "success")
        return redirect(url_for("applicant.home"))
    with ask() as session:
        link = queries.link_view(session, token, now=now())
    return render_template("public/link.html", form=form, address=link.address)


def _confirm(session: Session, token: str) -> None:
    actions.confirm_address(session, token, now=now())


USE = {Purpose.CONFIRM_ADDRESS: _confirm}
