"""The messages with the associations: per call what waits for an answer, per file the thread."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import thread
from portal.addresses import row_number
from portal.administrator import blueprint, words
from portal.administrator.frame import show
from portal.downloads import download
from portal.guard import keeps_text
from portal.thread import MessageForm
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.lifecycle import ApplicationState
from workflows.messages import actions, queries
from workflows.messages.rules import Side


@blueprint.url_value_preprocessor
def allow_documents(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Several documents fit in the request of a message."""
    if endpoint == "administrator.file_messages":
        thread.allow_documents()


@blueprint.get("/calls/<call_id>/messages")
def messages(call_id: str) -> Any:
    """The threads of a call, those that wait for an answer first."""
    with ask() as session:
        call = call_view(session, call_id, now())
        threads = queries.of_call(session, actor(), call_id)
    return show("messages", call, threads=threads)


@blueprint.route("/files/<reference>/messages", methods=["GET", "POST"])
@keeps_text
def file_messages(reference: str) -> Any:
    """Show the thread of a file, or write in it. Having been shown, it is read."""
    form = None
    if request.method == "POST":
        form = MessageForm()
        if thread.send(form, reference, Side.OFFICE):
            flash(_("Your message is sent; the association gets it by e-mail too."), "success")
            return redirect(url_for("administrator.file_messages", reference=reference, _anchor="last"))
    with ask() as session:
        found = queries.thread(session, actor(), reference, Side.OFFICE)
        call = call_view(session, found.call_id, now())
    thread.see(found, Side.OFFICE)
    return show(
        "file_messages", call, status=422 if form and form.errors else 200, thread=found,
        form=form or thread.fresh(found), words=words,
        draft=found.state is ApplicationState.DRAFT, has_errors=form is not None, **thread.words(),
    )  # fmt: skip


@blueprint.post("/files/<reference>/messages/settle")
def settle_messages(reference: str) -> Response:
    """Say that what was written so far needs no answer."""
    with work() as session:
        seen = row_number(request.form.get("seen", "")) or 0
        actions.settle(session, actor(), reference, seen, now=now())
    flash(_("Noted: these messages need no answer."), "success")
    return redirect(url_for("administrator.file_messages", reference=reference))


@blueprint.get("/files/<reference>/messages/documents/<token>")
def message_document(reference: str, token: str) -> Response:
    """A document that goes with a message, to be saved."""
    with ask() as session:
        found, content = queries.document(session, actor(), reference, Side.OFFICE, token)
    return download(content, found.media_type, found.name)
