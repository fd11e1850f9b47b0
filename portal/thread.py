"""The form in which either side of a thread writes, and sending it; which side it is, is for the screen to say."""

import secrets

from flask import current_app, request
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCharacterCount, GovFileInput
from wtforms import HiddenField, MultipleFileField, TextAreaField

from portal import errors
from portal.addresses import row_number
from portal.answers import size
from portal.forms import tidy
from portal.received import Form
from portal.work import actor, now, work
from workflows.messages import actions
from workflows.messages.queries import ThreadView
from workflows.messages.rules import DOCUMENTS_PER_MESSAGE, LONGEST, Side
from workflows.problems import Problem


class MessageForm(Form):
    """A message. `seen` is the last message that was shown, `once` makes a form sent twice one message."""

    text = TextAreaField(_("Your message"), filters=[tidy], widget=GovCharacterCount())
    documents = MultipleFileField(_("Documents"), widget=GovFileInput(multiple=True))
    seen = HiddenField()
    once = HiddenField()


def fresh(thread: ThreadView) -> MessageForm:
    """An empty form under a thread as it is shown now."""
    return MessageForm(formdata=None, seen=str(thread.last), once=secrets.token_urlsafe(16))


def allow_documents() -> None:
    """A message may carry several documents, so more than one fits in its request; before the form is read."""
    request.max_content_length = DOCUMENTS_PER_MESSAGE * _limit() + 500_000


def send(form: MessageForm, reference: str, side: Side) -> bool:
    """Write the message that was sent; where it is refused, the form says why and keeps the text."""
    if form.only_shown:
        return False
    try:
        documents = _documents(form)
        once = form.once.data or secrets.token_urlsafe(16)
        seen = row_number(str(form.seen.data or "")) or 0
        with work() as session:
            actions.write(
                session, actor(), reference, side, form.text.data or "", documents, seen=seen, once=once[:40], now=now()
            )
    except Problem as problem:
        errors.blame(form, problem)
        return False
    return True


def see(thread: ThreadView, side: Side) -> None:
    """Note that this side has seen the thread as it is shown; where it had, nothing is written."""
    if thread.read < thread.last:
        with work(ring=False) as session:
            actions.see(session, actor(), thread.reference, side, thread.last)


def words() -> dict[str, object]:
    """What the template of a thread needs besides the thread."""
    return {"longest": LONGEST, "largest": size(_limit()), "most": DOCUMENTS_PER_MESSAGE, "size": size}


def _documents(form: MessageForm) -> list[tuple[str, bytes]]:
    """The documents that were sent. Raises Problem on one that is too large."""
    found = []
    for one in form.documents.data or ():
        if one and one.filename:
            content = one.stream.read()
            if len(content) > _limit():
                raise Problem(
                    "message-document-too-large", field="documents", name=one.filename, most=size(_limit())
                )  # fmt: skip
            found.append((str(one.filename), content))
    return found


def _limit() -> int:
    limit: int = current_app.config["SETTINGS"].upload_limit
    return limit
