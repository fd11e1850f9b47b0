"""A file after its form: task list, receipt, letters, documents, taking back and withdrawing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.answers import shown_or_typed, size
from portal.applicant import blueprint
from portal.applicant.forms import WithdrawForm
from portal.applicant.loading import done, load
from portal.applicant.standing import File
from portal.downloads import download
from portal.saving import pressed, saved
from portal.work import Session, actor, ask, now, work
from workflows.awards.queries import caretaking
from workflows.calls.form import Question
from workflows.letters import queries as letters
from workflows.letters.actions import open_letter
from workflows.letters.blocks import from_json
from workflows.letters.page import to_html
from workflows.letters.queries import LetterView
from workflows.reminders.queries import NOTHING_WAITS, waiting
from workflows.submission import actions, queries
from workflows.submission.queries import ApplicationView
from workflows.submission.rules import progress, submitted_mark

FETCHING_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")
"""Headers in which browsers say that nobody reads yet."""


@blueprint.get("/<reference>")
def task_list(reference: str) -> str:
    """What there is to do, and where the file stands."""
    with ask() as session:
        file = load(session, reference)
    return task_list_page(file, WithdrawForm(formdata=None))


def task_list_page(file: File, form: WithdrawForm, **more: Any) -> str:
    """The page of a file; `unkept` are questions with answers that came too late, to be copied."""
    with ask() as session:
        waits = waiting(session, [file.application.id], now()).get(file.application.id, NOTHING_WAITS)
        receipts = queries.receipts(session, file.application.id) if file.application.received_at else ()
        period = caretaking(session, now()) if file.standing == "assessment" else None
    file = replace(file, waits=waits)
    application = file.application
    form.seen.data = submitted_mark(len(receipts), application.reopened)
    sections = [(section, progress(section, application.draft)) for section in application.sections]
    return render_template(
        "applicant/task_list.html", dossier=file, form=form, sections=sections, done=done(application), size=size,
        asked=_asked(application), withdrawable=file.withdrawable,
        receipts=receipts, caretaking=period, aside=_set_aside(file.application), **more,
    )  # fmt: skip


@blueprint.get("/<reference>/letters/<int:letter_id>")
def letter(reference: str, letter_id: int) -> str:
    """A letter as it was frozen; its first opening is written down."""
    with ask() as session:
        file = load(session, reference)
        found = letters.letter_to(session, actor(), reference, letter_id)
    content = Markup(to_html(from_json(found.content)))  # noqa: S704  # the renderer escapes every text in it
    _opened(found)
    return render_template("applicant/letter.html", dossier=file, letter=found, content=content)


@blueprint.get("/<reference>/letters/<int:letter_id>.pdf")
def letter_pdf(reference: str, letter_id: int) -> Response:
    """The same letter as PDF, once it is rendered."""
    with ask() as session:
        found = letters.letter_to(session, actor(), reference, letter_id)
    content = letters.pdf(found)
    _opened(found)
    return download(content, "application/pdf", f"{reference}-{found.number.replace('/', '-')}.pdf")


def _opened(found: LetterView) -> None:
    """Write down that the letter is opened, which it is by who gets it: a HEAD gets nothing.

    A browser that fetches ahead of its reader is refused, so that it asks again once somebody wants to read.
    """
    if any("prefetch" in request.headers.get(name, "") for name in FETCHING_AHEAD):
        abort(503)
    if request.method == "GET" and found.opened_at is None:
        with work() as session:
            open_letter(session, actor(), found.application, found.id, now=now())


@blueprint.post("/<reference>/reopen")
def reopen(reference: str) -> Response:
    """Take a submitted file back to change it, before the deadline."""
    return _act(reference, actions.reopen, _(
        "You can change the application now. What you submitted counts until you submit it again."
    ))  # fmt: skip


@blueprint.post("/<reference>/restore")
def restore(reference: str) -> Response:
    """Go back to what was submitted last."""
    return _act(reference, actions.restore, _("The application is again as you last submitted it, and counts."))


@blueprint.post("/<reference>/bring-back")
def bring_back(reference: str) -> Response:
    """Undo a withdrawal, before the deadline."""
    return _act(
        reference, actions.bring_back, _("The application is no longer withdrawn: it counts as you submitted it.")
    )


@blueprint.post("/<reference>/delete")
def delete(reference: str) -> Response:
    """Delete a draft that was never submitted."""
    return pressed(
        lambda session: actions.delete(session, actor(), reference, now=now()),
        _("The draft %(reference)s is deleted.", reference=reference), url_for("applicant.home"),
        otherwise=_page_of(reference),
    )  # fmt: skip


@blueprint.route("/<reference>/withdraw", methods=["GET", "POST"])
def withdraw(reference: str) -> Any:
    """Withdraw a submitted file, with a reason. Coming back here, as a change of language does, shows the file."""
    if request.method != "POST":
        return redirect(_page_of(reference))
    form = WithdrawForm()

    def act(session: Session) -> None:
        seen = form.seen.data or None
        actions.withdraw(session, actor(), reference, form.reason.data, seen=seen, now=now())

    if answer := saved(form, act, _("The application is withdrawn."), _page_of(reference)):
        return answer
    with ask() as session:
        file = load(session, reference)
    if file.withdrawable:
        return task_list_page(file, form), 422
    for sentence in form.reason.errors:
        flash(sentence, "error")
    return redirect(_page_of(reference))  # the page has no such form any more


def _act(reference: str, act: Callable[..., None], said: str) -> Response:
    """Do this to a file, say that it is done or why not, and show the file."""
    return pressed(lambda session: act(session, actor(), reference, now=now()), said, _page_of(reference))


def _page_of(reference: str) -> str:
    return url_for("applicant.task_list", reference=reference)


def _set_aside(application: ApplicationView) -> list[tuple[Question, str]]:
    """What a reopened draft said otherwise when its last submission was put back, in words."""
    aside = application.set_aside or {"answers": {}, "documents": []}
    answers, questions = aside["answers"], _asked(application)
    words = {key: shown_or_typed(application, questions[key], answers[key]) for key in questions if key in answers}
    for one in aside["documents"]:
        words[one["question"]] = ", ".join(filter(None, (words.get(one["question"]), one["name"])))
    return [(question, words[key] or _("empty")) for key, question in _asked(application).items() if key in words]


def _asked(application: ApplicationView) -> dict[str, Question]:
    return {question.id: question for question in application.terms.questions()}
