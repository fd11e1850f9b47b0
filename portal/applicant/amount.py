"""The amount of a file once it is another than was asked: accept it, send an adapted budget, or give up."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput, GovTextArea
from wtforms import TextAreaField

from portal.applicant import blueprint
from portal.applicant.loading import load
from portal.applicant.standing import File, Standing
from portal.forms import OneOf, choices, needed, tidy
from portal.received import AtMost, Form
from portal.saving import saved
from portal.work import Session, actor, ask, now
from workflows.awards import offering
from workflows.awards.actions import Paper
from workflows.awards.rules import Answer
from workflows.problems import NotThere


class AmountForm(Form):
    """What the association answers."""

    answer = OneOf(
        _("What do you decide?"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([
            (Answer.ACCEPTED, _("We go on with this amount and our budget fits it")),
            (Answer.ADAPTED, _("We go on with this amount and send an adapted budget")),
            (Answer.DECLINED, _("We give up this application")),
        ]),
    )  # fmt: skip
    document = FileField(
        _("Adapted budget"), widget=GovFileInput(), description=_("Only if you adapt it. A PDF or a spreadsheet.")
    )
    explanation = TextAreaField(
        _("Explanation"), filters=[tidy], validators=[AtMost(2000)], widget=GovTextArea(),
        description=_("What changes in the project, or why you give up."),
    )  # fmt: skip


class DeclineForm(Form):
    """Giving up an award that was told."""

    explanation = TextAreaField(
        _("Why do you give it up?"), filters=[tidy], validators=[needed(), AtMost(2000)], widget=GovTextArea()
    )


@blueprint.route("/<reference>/amount", methods=["GET", "POST"])
def amount(reference: str) -> Any:
    """What was put to the association, and its answer; or the form to give a told award up."""
    with ask() as session:
        file = load(session, reference)
    if file.offer is None and file.standing is not Standing.AWARDED:
        raise NotThere
    asked = file.offer is not None and file.offer.answer is None
    form: Any = AmountForm() if asked else DeclineForm()
    told = gettext("Your answer has reached the administration.")
    if file.writable and (
        answer := saved(form, lambda session: _answer(session, file, form), told, _page_of(reference))
    ):
        return answer
    page = render_template(
        "applicant/amount.html", dossier=file, offer=file.offer, asked=asked, form=form, has_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200


def _answer(session: Session, file: File, form: Any) -> None:
    reference, said = file.application.reference, form.explanation.data or ""
    if isinstance(form, DeclineForm):
        offering.decline(session, actor(), reference, said, now=now())
        return
    assert file.offer is not None  # the form is that of a question
    sent = form.document.data
    paper = Paper(sent.filename, sent.read()) if sent else None
    number, answer = file.offer.number, Answer(form.answer.data)
    offering.answer(session, actor(), reference, number, answer, said, paper, now=now())


def _page_of(reference: str) -> str:
    return url_for("applicant.task_list", reference=reference)
