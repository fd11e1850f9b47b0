"""What the two doors of judging share: the queue, the desk with one file, the form of a review, documents.

Both doors name their endpoints alike (`home`, `file`, `save`, `conflict`, `declare`, `document`), so their
shared pages link to each other within whichever door was opened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import HiddenField, TextAreaField

from portal import errors, forms, previews
from portal.addresses import row_number
from portal.downloads import download as hand_out
from portal.language import language
from portal.received import Form
from portal.work import actor, ask, now, work
from workflows.calls.form import Reader
from workflows.calls.queries import CallView, call_view
from workflows.calls.terms import Criterion
from workflows.completion.queries import answers_given
from workflows.language import text_in
from workflows.lifecycle import ApplicationState
from workflows.permissions import Duty
from workflows.problems import Problem
from workflows.scoring import actions, conflicts, queries, rules
from workflows.scoring.actions import NewReview
from workflows.scoring.queries import QueueItem, ReviewView
from workflows.scoring.rules import Advice
from workflows.submission.queries import ApplicationView
from workflows.submission.queries import document as stored_document

ABOUT_ANSWERS = ("mark-missing", "mark-out-of-scale", "opinion-text-missing", "advice-missing")
UNREADABLE_VERSION = -1


@dataclass(frozen=True)
class Queue:
    """The files given to a judge, by reference, with the calls they belong to."""

    items: tuple[QueueItem, ...]
    calls: Mapping[str, CallView]

    @property
    def to_do(self) -> tuple[QueueItem, ...]:
        return tuple(item for item in self.items if item.open and item.review.submitted_at is None)

    @property
    def done(self) -> tuple[QueueItem, ...]:
        return tuple(item for item in self.items if item.review.submitted_at is not None)

    @property
    def closed(self) -> tuple[QueueItem, ...]:
        """Files that were decided before this judge submitted."""
        return tuple(item for item in self.items if not item.open and item.review.submitted_at is None)

    def next_to_do(self, reference: str = "") -> QueueItem | None:
        """The first unfinished file after this one, from the top again after the last."""
        others = [item for item in self.to_do if item.reference != reference]
        return next((item for item in others if item.reference > reference), others[0] if others else None)

    def position(self, reference: str) -> int:
        """Where the file stands among all, from 1."""
        return 1 + [item.reference for item in self.items].index(reference)

    def beside(self, reference: str, step: int) -> QueueItem | None:
        """The file before (-1) or after (1) this one."""
        at = self.position(reference) - 1 + step
        return self.items[at] if 0 <= at < len(self.items) else None


@dataclass(frozen=True)
class Desk:
    """One file before its judge: what they may read, and what they said of it so far."""

    duty: Duty
    file: ApplicationView
    review: ReviewView
    queue: Queue

    @property
    def call(self) -> CallView:
        return self.queue.calls[self.file.call_id]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.file.terms.criteria_of(self.duty)

    @property
    def open(self) -> bool:
        """Whether the file is still judged."""
        return self.file.state is ApplicationState.ELIGIBLE

    @property
    def writable(self) -> bool:
        return self.open and self.review.submitted_at is None

    @property
    def scale(self) -> int:
        """The most this judge's marks can add to the score."""
        return sum(criterion.weight for criterion in self.criteria)

    def total(self, marks: Mapping[str, int]) -> str:
        """What these marks add to the score: each criterion's weight times its share of the points."""
        given = (Fraction(one.weight * marks.get(one.id, 0), one.points) for one in self.criteria)
        hundredths = rules.round_half_up(100 * sum(given, Fraction(0)))
        return str(format_decimal(Decimal(hundredths) / 100, "0.##"))


class ConflictForm(Form):
    reason = TextAreaField(widget=GovTextArea(), filters=[forms.tidy])


def open_queue(duty: Duty) -> Queue:
    """The queue of the person of this request."""
    with ask() as session:
        items = queries.queue(session, actor(), duty)
        calls = {item.call_id: call_view(session, item.call_id, now()) for item in items}
    return Queue(tuple(sorted(items, key=lambda item: item.reference)), calls)


def open_desk(reference: str, duty: Duty) -> Desk:
    """The file as this judge may see it. Raises NotThere for everybody else."""
    with ask() as session:
        file, review = queries.assigned_file(session, actor(), reference, duty)
    return Desk(duty, file, review, open_queue(duty))


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
    new, seen = _said(form, desk), row_number(form["version"].data)
    version = UNREADABLE_VERSION if seen is None else seen
    try:
        with work() as session:
            actions.save_review(session, actor(), reference, duty, new, submit=submit, seen_version=version, now=now())
    except Problem as problem:
        return _refused(template, open_desk(reference, duty), form, new, problem, submit=submit), 422
    flash(_("Your review is submitted.") if submit else _("Your draft is saved. Only you can see it."), "success")
    return redirect(url_for(".file", reference=reference))


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


def review_form(desk: Desk) -> Form:
    """A mark and a comment per criterion; for an expert the opinion and advice; the version the judge saw."""
    review = desk.review
    fields: dict[str, Any] = {"version": HiddenField()}
    values: dict[str, Any] = {"version": review.row_version, "text": review.text, "advice": review.advice}
    for criterion in desk.criteria:
        mark, comment = f"mark-{criterion.id}", f"comment-{criterion.id}"
        name = text_in(criterion.name.texts(), language())
        fields |= {mark: forms.CountField(name), comment: _text(_("Comment"))}
        values |= {mark: review.marks.get(criterion.id), comment: review.comments.get(criterion.id, "")}
    if desk.duty is Duty.EXPERT:
        chosen = forms.choices([(str(advice), words["text"]) for advice, words in advice_words().items()])
        fields |= {
            "text": _text(_("Your opinion")),
            "advice": forms.OneOf(_("Your advice"), choices=chosen, widget=GovRadioInput()),
        }
    form: Form = type("ReviewForm", (Form,), fields)(data=values)
    return form


def advice_words() -> dict[Advice, dict[str, str]]:
    """The advice of an expert in words, each with its tone."""
    return {
        Advice.FAVOURABLE: {"text": _("Favourable"), "tone": "good"},
        Advice.RESERVED: {"text": _("Favourable with reservations"), "tone": "warn"},
        Advice.UNFAVOURABLE: {"text": _("Unfavourable"), "tone": "bad"},
    }


def level_words(criterion: Criterion) -> list[str]:
    """What each mark means, in the order of the marks, empty where not said; nothing where the call says none."""
    said = {level.mark: text_in(level.text.texts(), language()) for level in criterion.levels}
    return [said.get(mark, "") for mark in range(criterion.points + 1)] if said else []


def _text(label: str) -> Any:
    return TextAreaField(label, widget=GovTextArea(), filters=[forms.tidy])


def _page(template: str, desk: Desk, form: Form, **more: Any) -> str:
    marks = {one.id: form[f"mark-{one.id}"].data for one in desk.criteria}
    given = {key: mark for key, mark in marks.items() if mark is not None}
    with ask() as session:
        completed = answers_given(session, desk.file, now(), language())
    return render_template(
        template, desk=desk, form=form, total=desk.total(given), advice_words=advice_words(), completed=completed,
        level_words=level_words, **more,
    )  # fmt: skip


def _said(form: Form, desk: Desk) -> NewReview:
    """What the judge said, as the workflow takes it."""
    marks = {one.id: form[f"mark-{one.id}"].data for one in desk.criteria}
    comments = {one.id: form[f"comment-{one.id}"].data for one in desk.criteria}
    expert = desk.duty is Duty.EXPERT
    return NewReview(
        {key: mark for key, mark in marks.items() if mark is not None},
        {key: text for key, text in comments.items() if text},
        form["text"].data if expert else "",
        Advice(form["advice"].data) if expert and form["advice"].data else None,
    )


def _refused(template: str, desk: Desk, form: Form, new: NewReview, problem: Problem, *, submit: bool) -> str:
    """The page once more. Where the review changed meanwhile, both versions stand there to compare."""
    for one in _complaints(desk, new, submit=submit) if problem.code in ABOUT_ANSWERS else (problem,):
        errors.blame(form, one)
    kept = NewReview(desk.review.marks, desk.review.comments, desk.review.text, desk.review.advice)
    form["version"].data = str(desk.review.row_version)
    return _page(
        template, desk, form, elsewhere=problem.code == "review-changed-elsewhere",
        unsaved=None if new == kept else new,
    )  # fmt: skip


def _complaints(desk: Desk, new: NewReview, *, submit: bool) -> Iterator[Problem]:
    """Everything that stops this review, in the order of the page; the action stops at the first."""
    for criterion in desk.criteria:
        try:
            rules.check_marks((criterion,), new.marks, all_wanted=submit)
        except Problem as problem:
            problem.field = f"mark-{criterion.id}"
            yield problem
    if submit and desk.duty is Duty.EXPERT:
        if not new.text:
            yield Problem("opinion-text-missing", field="text")
        if new.advice is None:
            yield Problem("advice-missing", field="advice")
