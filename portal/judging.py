"""What the two doors of judging share: the desk with one file, what is saved there, conflicts, documents.

Both doors name their endpoints alike (`home`, `file`, `save`, `autosave`, `conflict`, `declare`, `document`), so their
shared pages link to each other within whichever door was opened.
"""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from portal import errors, forms, previews
from portal.addresses import row_number
from portal.desk import Desk, Queue, open_desk
from portal.downloads import download as hand_out
from portal.language import colon, language
from portal.received import Form
from portal.reviews import advice_words, complaints, level_words, review_form, said
from portal.work import actor, ask, now, work
from workflows.calls.form import Reader
from workflows.calls.queries import call_view
from workflows.completion.queries import answers_given
from workflows.language import show_clock
from workflows.lifecycle import ApplicationState
from workflows.permissions import Duty
from workflows.problems import Problem
from workflows.scoring import actions, conflicts, queries
from workflows.scoring.actions import NewReview
from workflows.scoring.queries import QueueItem, ReviewView
from workflows.submission.documents import document as stored_document

ABOUT_ANSWERS = ("mark-missing", "mark-out-of-scale", "comment-missing", "opinion-text-missing", "advice-missing")
UNREADABLE_VERSION = -1


class ConflictForm(Form):
    reason = TextAreaField(widget=GovTextArea(), filters=[forms.tidy])


def file_page(template: str, reference: str, duty: Duty) -> Any:
    """The file at the left; at the right the review: a form, or what was submitted. Who did not declare yet whether
    they have a conflict of interest is asked that first."""
    with ask() as session:
        if not queries.announced(session, actor(), reference, duty).cleared:
            return redirect(url_for(".conflict", reference=reference))
    desk = open_desk(reference, duty)
    return _page(template, desk, review_form(desk))


def preview_page(template: str, call_id: str, duty: Duty) -> str:
    """The desk as it will be, with a made-up file of a call in preparation."""
    with ask() as session:
        call = previews.prepared(session, call_id)
    file = previews.made_up(call, ApplicationState.ELIGIBLE)
    review = ReviewView(0, actor().name, duty, {}, {}, "", None, None, 0)
    item = QueueItem(file.reference, file.title, file.organisation.name, call.id, file.language, True, review)
    seen = file.seen_by(Reader.EXPERT if duty is Duty.EXPERT else Reader.JURY)
    desk = Desk(duty, seen, review, Queue((item,), {call.id: call}))
    return _page(template, desk, review_form(desk), preview=True)


def save(template: str, reference: str, duty: Duty) -> Any:
    """Keep the review as a draft, or submit it; on a problem the page comes back with all that was typed."""
    desk = open_desk(reference, duty)
    form = review_form(desk)
    submit = request.form.get("do") == "submit"
    if not form.validate():
        return _page(template, desk, form), 422
    new, seen = said(form, desk), row_number(form["version"].data)
    version = UNREADABLE_VERSION if seen is None else seen
    try:
        with work() as session:
            actions.save_review(session, actor(), reference, duty, new, submit=submit, seen_version=version, now=now())
    except Problem as problem:
        return _refused(template, open_desk(reference, duty), form, new, problem, submit=submit), 422
    flash(_("Your review is submitted.") if submit else _("Your draft is saved. Only you can see it."), "saved")
    return redirect(url_for(".file", reference=reference))


def autosave(reference: str, duty: Duty) -> Any:
    """Keep what was typed so far as the private draft; as JSON the hour, what is not saved and why, the version to go
    on with. The script of the page asks it (`static/autosave.js`); the button "Save draft" does the same."""
    desk = open_desk(reference, duty)
    form = review_form(desk)
    version = row_number(form["version"].data)
    seen = UNREADABLE_VERSION if version is None else version
    if not form.validate():
        refused = [f"{one.label.text}{colon()} {one.errors[0]}" for one in form if one.errors]
        return jsonify(
            saved=_("Not everything is saved yet."),
            marks=str(seen),
            refused=refused,
            conflicts=[],
            elsewhere=[],
            read={},
        )
    try:
        with work(ring=False) as session:
            kept = actions.save_review(
                session, actor(), reference, duty, said(form, desk), submit=False, seen_version=seen, now=now()
            )
    except Problem as problem:
        return jsonify(problem=errors.sentence(problem)), 409
    told = _("Saved at %(hour)s. Only you can see it.", hour=show_clock(now(), language()))
    return jsonify(saved=told, marks=str(kept), refused=[], conflicts=[], elsewhere=[], read={})


def conflict_page(template: str, reference: str, duty: Duty) -> str:
    """Where a judge says whether they can judge this file freely, before they see more of it than whose it is."""
    return _declaration(template, reference, duty, ConflictForm())


def declare(template: str, reference: str, duty: Duty) -> Any:
    """Declare to have no conflict of interest, which opens the file, or to have one, after which it is gone."""
    form = ConflictForm()
    try:
        with work() as session:
            if request.form.get("do") == "free":
                conflicts.declare_no_conflict(session, actor(), reference, duty, now=now())
                return redirect(url_for(".file", reference=reference))
            conflicts.declare_conflict(session, actor(), reference, duty, form.reason.data or "", now=now())
    except Problem as problem:
        errors.blame(form, problem)
        return _declaration(template, reference, duty, form), 422
    flash(_("Your conflict of interest is noted. File %(file)s has left your list.", file=reference), "success")
    return redirect(url_for(".home"))


def _declaration(template: str, reference: str, duty: Duty, form: Form) -> str:
    with ask() as session:
        item = queries.announced(session, actor(), reference, duty)
        call = call_view(session, item.call_id, now())
    return render_template(template, item=item, call=call, form=form)


def download(reference: str, token: str, duty: Duty) -> Response:
    """A document of the file, to be saved and never shown inside the portal."""
    with ask() as session:
        file, _review = queries.assigned_file(session, actor(), reference, duty)
        found, content = stored_document(session, file, token)
    return hand_out(content, found.media_type, found.name)


def _page(template: str, desk: Desk, form: Form, **more: Any) -> str:
    marks = {one.id: form[f"mark-{one.id}"].data for one in desk.criteria}
    given = {key: mark for key, mark in marks.items() if mark is not None}
    with ask() as session:
        completed = answers_given(session, desk.file, now(), language())
    return render_template(
        template, desk=desk, form=form, total=desk.total(given), advice_words=advice_words(), completed=completed,
        level_words=level_words, person=actor().person_id, **more,
    )  # fmt: skip


def _refused(template: str, desk: Desk, form: Form, new: NewReview, problem: Problem, *, submit: bool) -> str:
    """The page once more. Where the review changed meanwhile, both versions stand there to compare."""
    for one in complaints(desk, new, submit=submit) if problem.code in ABOUT_ANSWERS else (problem,):
        errors.blame(form, one)
    kept = NewReview(desk.review.marks, desk.review.comments, desk.review.text, desk.review.advice)
    form["version"].data = str(desk.review.row_version)
    return _page(
        template, desk, form, elsewhere=problem.code == "review-changed-elsewhere",
        unsaved=None if new == kept else new,
    )  # fmt: skip
