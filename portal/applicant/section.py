"""One section of an application: answers and documents, saved as far as they can be, and everything typed kept."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import errors
from portal.addresses import row_number
from portal.answers import shown, size
from portal.applicant import blueprint
from portal.applicant.file import task_list_page
from portal.applicant.forms import (
    ADD_ROW,
    LIVE,
    MARK,
    REMOVE_ROW,
    THEN,
    VERSION,
    SectionForm,
    WithdrawForm,
    blame_field,
    mark,
    sent_form,
)
from portal.applicant.loading import load
from portal.applicant.standing import File, Standing
from portal.language import language
from portal.work import actor, ask, now, work
from workflows.calls.form import Question, QuestionKind, Section
from workflows.calls.terms import Terms
from workflows.language import show_moment, text_in
from workflows.permissions import Action
from workflows.problems import NotThere, Problem
from workflows.submission import actions, queries, rules

REMOVE = "_remove"
TOO_LATE = ("already-submitted", "move-not-possible", "deadline-passed")
DOCUMENTS_AT_ONCE = 6
"""How many of the largest documents one request may carry; a section may ask for several."""
FIELDS_AT_ONCE = 5000
"""A long budget beside long tables; the framework's own bound would refuse them with all that was typed."""


@dataclass
class Outcome:
    """What came of sending a section. `conflict`: somebody else saved it meanwhile."""

    conflict: bool = False
    refused: list[Problem] = field(default_factory=list)


@blueprint.url_value_preprocessor
def allow_documents(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A section may carry several documents, so more than one fits in its request; runs before the form is read."""
    if endpoint == "applicant.section":
        request.max_content_length = DOCUMENTS_AT_ONCE * current_app.config["SETTINGS"].upload_limit + 500_000
        request.max_form_parts = FIELDS_AT_ONCE


@blueprint.route("/<reference>/sections/<section_id>", methods=["GET", "POST"])
def section(reference: str, section_id: str) -> Any:
    """Show a section, or keep what was sent of it."""
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    asked = _section(file.application.terms, section_id)
    if request.method != "POST":
        if file.standing is not Standing.DRAFT:
            return redirect(url_for("applicant.task_list", reference=reference))
        form = SectionForm(asked, file.application, None)
        if not form.met():  # nothing of this section is asked of this applicant
            return redirect(url_for("applicant.task_list", reference=reference))
        form.grow(request.args.get("row", ""))
        _blame(form, _wrong(file))
        return _page(form, file, Outcome(), 200)
    form = SectionForm(asked, file.application, sent_form(request.form, request.files))
    form.validate()
    form.forgive_unasked()
    before = _ids(file)
    outcome = _keep(form, file)
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    form.refresh(file.application.row_version, file.application.answers)
    if file.standing is not Standing.DRAFT:
        return _too_late(form, file)
    if not outcome.conflict:
        _blame(form, _wrong(file))
    if outcome.conflict or outcome.refused or form.errors:
        form.grow(request.form.get(THEN, "").removeprefix(ADD_ROW))
        return _page(form, file, outcome, 409 if outcome.conflict else 422)
    flash(_saved(form, file), "success")
    return redirect(_next(file, asked, _ids(file) - before))


def _section(terms: Terms, section_id: str) -> Section:
    found = next((section for section in terms.sections if section.id == section_id), None)
    if found is None:
        raise NotThere
    return found


def _ids(file: File) -> frozenset[str]:
    """The questions this applicant is asked, as the file stands."""
    return rules.asked(file.application.terms, file.application.draft)


def _keep(form: SectionForm, file: File) -> Outcome:
    """Save the good answers, take out and put in documents; each by itself, so that one refusal costs nothing else."""
    outcome = Outcome()
    reference = file.application.reference
    try:
        with work() as session:
            before = queries.own(session, actor(), reference, Action.EDIT_APPLICATION)
            actions.save_answers(
                session, actor(), reference, form.answers(), seen_version=_seen(form, before), now=now()
            )
    except Problem as problem:
        errors.tell(problem)
        outcome.refused.append(problem)
        outcome.conflict = problem.code == "draft-changed-elsewhere"
    if any(problem.code in TOO_LATE for problem in outcome.refused):
        return outcome
    _remove_documents(file)
    _add_documents(form, file)
    return outcome


def _seen(form: SectionForm, before: queries.ApplicationView) -> int:
    """The version this person saw. Where only other sections changed since, this one is as good as seen."""
    unchanged = form[MARK].data == mark(form.section, before.answers)
    sent = str(form[VERSION].data or "")
    return before.row_version if unchanged else row_number(sent) or 0


def _remove_documents(file: File) -> None:
    """Take out the ticked documents; one that is gone already is no problem."""
    ticked = set(request.form.getlist(REMOVE))
    for attachment in file.application.attachments:
        if attachment.token in ticked:
            with suppress(NotThere), work() as session:
                actions.detach(session, actor(), file.application.reference, attachment.token, now=now())


def _add_documents(form: SectionForm, file: File) -> None:
    """Put in the sent documents, each by itself; the same one sent twice is there once."""
    limit = current_app.config["SETTINGS"].upload_limit
    for question, sent in form.documents():
        content, name = sent.stream.read(), str(sent.filename)
        if len(content) > limit:
            blame_field(form[question.id], _("%(name)s is larger than %(size)s.", name=name, size=size(limit)))
            continue
        try:
            with work() as session:
                actions.attach(session, actor(), file.application.reference, question.id, name, content, now=now())
        except Problem as problem:
            blame_field(form[question.id], f"{name}: {errors.sentence(problem)}")


def _too_late(form: SectionForm, file: File) -> Any:
    """The file takes no answers any more: back to it, with whatever was typed and is not kept."""
    unkept = _unkept(form, file)
    if unkept:
        return task_list_page(file, WithdrawForm(formdata=None), unkept=unkept), 409
    return redirect(url_for("applicant.task_list", reference=file.application.reference))


def _unkept(form: SectionForm, file: File) -> list[tuple[Question, str]]:
    """The questions whose answer on the screen is not the one that is kept, each with what was typed or sent."""
    kept, asked = file.application, form.section.questions
    typed = replace(kept, answers={**kept.answers, **form.answers()})
    readable = [(one, shown(typed, one)) for one in asked if shown(typed, one) != shown(kept, one)]
    unreadable = [(one, " ".join(map(str, form[one.id].raw_data or ()))) for one in asked if form[one.id].errors]
    return readable + unreadable + [(one, str(sent.filename)) for one, sent in form.documents()]


def _wrong(file: File) -> tuple[Problem, ...]:
    return rules.wrong(file.application.terms, file.application.draft)


def _blame(form: SectionForm, problems: tuple[Problem, ...]) -> None:
    """Say under the fields of this section what would be refused at submission, where nothing is said there yet."""
    silent = [problem for problem in problems if problem.field in form and not form[problem.field].errors]
    for problem in silent:
        errors.blame(form, problem)


def _saved(form: SectionForm, file: File) -> str:
    """That it is saved, and how the amounts were read."""
    application = file.application
    read = [
        f"{text_in(question.label.texts(), language())}: {shown(application, question)}"
        for question in form.section.questions
        if question.kind in (QuestionKind.AMOUNT, QuestionKind.BUDGET) and shown(application, question)
    ]
    at = show_moment(application.saved_at, language())
    if not read:
        return _("Saved on %(moment)s.", moment=at)
    return _("Saved on %(moment)s. Amounts as we read them: %(amounts)s.", moment=at, amounts="; ".join(read))


def _next(file: File, asked: Section, brought: frozenset[str]) -> str:
    """Where the pressed button leads: on, back to the list, or here again; here too where, without the script, the
    answers brought questions into this section that nobody has seen yet."""
    reference, then = file.application.reference, request.form.get(THEN, "")
    here = partial(url_for, "applicant.section", reference=reference, section_id=asked.id)
    if then.startswith(ADD_ROW):
        rows = then.removeprefix(ADD_ROW)
        return here(row=rows, _anchor=f"{rows}.new")
    if then.startswith(REMOVE_ROW):
        return here(_anchor=then.removeprefix(REMOVE_ROW).split(".")[0])
    if then == "list":
        return url_for("applicant.task_list", reference=reference)
    unseen = [question.id for question in asked.questions if question.id in brought]
    if unseen and LIVE not in request.form:
        flash(_("Because of your answers there is something more to fill in here."), "info")
        return here(_anchor=unseen[0])
    if then == "stay":
        return here()
    terms, ids = file.application.terms, {section.id for section in file.application.sections}
    later = terms.sections[[section.id for section in terms.sections].index(asked.id) + 1 :]
    following = next((section for section in later if section.id in ids), None)
    if following:
        return url_for("applicant.section", reference=reference, section_id=following.id)
    return url_for("applicant.check", reference=reference)


def _page(form: SectionForm, file: File, outcome: Outcome, status: int) -> tuple[str, int] | Response:
    ids = [section.id for section in file.application.sections]
    number = ids.index(form.section.id) + 1 if form.section.id in ids else len(ids)
    conflicts = form.changed_elsewhere() if outcome.conflict else []
    page = render_template(
        "applicant/section.html", form=form, dossier=file, section=form.section, outcome=outcome, conflicts=conflicts,
        number=number, of=len(ids), shown=shown, size=size,
        sent=request.method == "POST", largest=size(current_app.config["SETTINGS"].upload_limit),
    )  # fmt: skip
    return page, status
