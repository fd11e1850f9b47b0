"""Saving while somebody types: the script sends the form a moment after the typing stops, and is told what came of
it. Decides nothing that the buttons of the page would not."""

from dataclasses import replace
from typing import Any

from flask import jsonify, request
from flask_babel import gettext as _

from portal import errors
from portal.answers import shown
from portal.applicant import blueprint
from portal.applicant.forms import SectionForm, written
from portal.applicant.loading import load
from portal.applicant.section import save, section_of
from portal.language import colon, language
from portal.work import ask, now
from workflows.calls.form import Question, QuestionKind
from workflows.language import show_clock, text_in
from workflows.permissions import Action
from workflows.problems import Problem
from workflows.submission.drafts import Saved
from workflows.submission.merging import mark, marks_after
from workflows.submission.queries import ApplicationView
from workflows.submission.unread import readable


@blueprint.post("/<reference>/sections/<section_id>/autosave")
def autosave(reference: str, section_id: str) -> Any:
    """Keep what was typed so far; as JSON the hour, what is not counted yet and why, and the marks to go on with."""
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    form = SectionForm(section_of(file.application.terms, section_id), file.application, request.form)
    form.validate()
    form.forgive_unasked()
    try:
        saved = save(form, reference, ring=False)
    except Problem as problem:
        return jsonify(problem=errors.sentence(problem)), 409
    return jsonify(told(form, file.application, saved))


def told(form: SectionForm, application: ApplicationView, saved: Saved) -> dict[str, Any]:
    """What came of saving a form, for the script of its page."""
    sent, seen = form.kept(), form.seen()
    asked = {question.id: question for question in form.section.questions}
    refused = {name: str(form[name].errors[0]) for name in asked if form[name].errors}
    elsewhere = [
        name for name in sent
        if name not in saved.conflicts and mark(saved.answers.get(name)) != mark(sent[name])
    ]  # fmt: skip
    stored = replace(application, answers=readable(saved.answers))
    return {
        "saved": _("Saved at %(hour)s.", hour=show_clock(now(), language())),
        "marks": written(marks_after(saved.answers, sent, seen)),
        "refused": [f"{_label(asked[name])}{colon()} {why}" for name, why in refused.items()],
        "conflicts": [_label(asked[name]) for name in saved.conflicts],
        "elsewhere": [_label(asked[name]) for name in elsewhere],
        "read": {
            name: _("Saved as %(amount)s.", amount=shown(stored, question))
            for name, question in asked.items()
            if question.kind is QuestionKind.AMOUNT and name not in refused and stored.answers.get(name) is not None
        },
    }  # fmt: skip


def _label(question: Question) -> str:
    return text_in(question.label.texts(), language())
