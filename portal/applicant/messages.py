"""The messages between the association and the administration about one file."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import thread
from portal.applicant import blueprint
from portal.applicant.loading import load
from portal.downloads import download
from portal.guard import keeps_text
from portal.thread import MessageForm
from portal.work import actor, ask
from workflows.messages import queries
from workflows.messages.rules import Side


@blueprint.url_value_preprocessor
def allow_documents(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Several documents fit in the request of a message."""
    if endpoint == "applicant.messages":
        thread.allow_documents()


@blueprint.route("/<reference>/messages", methods=["GET", "POST"])
@keeps_text
def messages(reference: str) -> Any:
    """Show the thread, or write in it. Having been shown, it is read."""
    form = None
    if request.method == "POST":
        form = MessageForm()
        if thread.send(form, reference, Side.APPLICANT):
            flash(_("Your message is sent."), "success")
            return redirect(url_for("applicant.messages", reference=reference, _anchor="last"))
    with ask() as session:
        file = load(session, reference)
        found = queries.thread(session, actor(), reference, Side.APPLICANT)
    thread.see(found, Side.APPLICANT)
    page = render_template(
        "applicant/messages.html", dossier=file, thread=found, form=form or thread.fresh(found), **thread.words()
    )
    return page, 422 if form and form.errors else 200


@blueprint.get("/<reference>/messages/documents/<token>")
def message_document(reference: str, token: str) -> Response:
    """A document that goes with a message, to be saved."""
    with ask() as session:
        found, content = queries.document(session, actor(), reference, Side.APPLICANT, token)
    return download(content, found.media_type, found.name)
