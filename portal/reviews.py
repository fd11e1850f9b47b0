"""The review of a file as a form: a mark and a comment per criterion, for an expert an opinion and its advice."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import HiddenField, TextAreaField

from portal import forms
from portal.desk import Desk
from portal.language import language
from portal.received import Form
from workflows.calls.terms import Criterion
from workflows.language import text_in
from workflows.permissions import Duty
from workflows.problems import Problem
from workflows.scoring import rules
from workflows.scoring.actions import NewReview
from workflows.scoring.rules import Advice


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


def said(form: Form, desk: Desk) -> NewReview:
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


def complaints(desk: Desk, new: NewReview, *, submit: bool) -> Iterator[Problem]:
    """Everything that stops this review, in the order of the page; the action stops at the first."""
    for criterion in desk.criteria:
        try:
            rules.check_marks((criterion,), new.marks, all_wanted=submit)
        except Problem as problem:
            problem.field = f"mark-{criterion.id}"
            yield problem
        if submit and desk.file.terms.scoring.extremes_explained:
            try:
                rules.check_explained((criterion,), new.marks, new.comments)
            except Problem as problem:
                problem.field = f"comment-{criterion.id}"
                yield problem
    if submit and desk.duty is Duty.EXPERT:
        if not new.text:
            yield Problem("opinion-text-missing", field="text")
        if new.advice is None:
            yield Problem("advice-missing", field="advice")
