"""Letters of a call: what is held, looked at and released as one set, and what became of the mails."""

from collections import Counter
from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import ngettext
from markupsafe import Markup

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.frame import open_decision, open_file, show
from portal.administrator.standing import standing
from portal.set_up import office
from portal.work import Session, actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.letters import actions, queries
from workflows.letters.blocks import from_json
from workflows.letters.page import to_html
from workflows.letters.queries import LetterView
from workflows.problems import Problem


@blueprint.get("/calls/<call_id>/letters")
def letters(call_id: str) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        open_decision(session, call_id)
        found = queries.of_call(session, call_id)
        figures = standing(session, call)
        held = tuple(one for one in found if one.released_at is None)
        waiting = len(actions.withheld(session, call_id, held, now()))
    mails = Counter(str(mail.state) for one in found for mail in one.mails)
    return show(
        "letters", call, held=held, released=[one for one in found if one.released_at], mails=mails, words=words,
        digest=queries.seen_digest(held), recipient=_recipient, figures=figures, waiting=waiting,
    )  # fmt: skip


@blueprint.post("/calls/<call_id>/letters")
def release(call_id: str) -> Any:
    """Release the set that was on the screen; a second click finds nothing held and changes nothing."""
    try:
        with work() as session:
            seen, head = request.form.get("digest", ""), office(current_app.config["SETTINGS"])
            number = actions.release(session, actor(), call_id, seen, head, now=now())
        flash(ngettext("%(num)d letter was released.", "%(num)d letters were released.", number), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.letters", call_id=call_id))


@blueprint.get("/letters/<int:letter_id>")
def letter(letter_id: int) -> Any:
    with ask() as session:
        found = _open_letter(session, letter_id)
        call = call_view(session, open_file(session, found.application).call_id, now())
    shown = Markup(to_html(from_json(found.content)))  # noqa: S704  to_html escapes every text in it
    return show("letter", call, letter=found, shown=shown, words=words, recipient=_recipient(found))


@blueprint.get("/letters/<int:letter_id>/letter.pdf")
def letter_pdf(letter_id: int) -> Response:
    with ask() as session:
        found = _open_letter(session, letter_id)
        content = queries.pdf(found)
    name = found.number.replace("/", "-")
    disposition = {"Content-Disposition": f'attachment; filename="{name}-{found.application}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=disposition)


def _open_letter(session: Session, letter_id: int) -> LetterView:
    found = queries.letter(session, letter_id)
    open_file(session, found.application)
    return found


def _recipient(one: LetterView) -> str:
    """The organisation a letter is addressed to, as frozen in it."""
    return next(iter(from_json(one.content).recipient), "")
