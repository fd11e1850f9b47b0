"""The browsers that are signed in with one's account: end one, or all others."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.account import blueprint
from portal.signin import token
from portal.work import actor, now, work
from workflows.people import sessions


@blueprint.post("/sessions/<handle>/end")
def end_session(handle: str) -> Response:
    """Sign one browser out."""
    with work() as database:
        sessions.end_session(database, actor(), handle, now=now())
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("account.home"))


@blueprint.post("/sessions/end-others")
def end_others() -> Response:
    """Sign out every browser but this one."""
    with work() as database:
        ended = sessions.end_others(database, actor(), token(), now=now())
    flash(ngettext("%(num)d browser is signed out.", "%(num)d browsers are signed out.", ended), "success")
    return redirect(url_for("account.home"))
