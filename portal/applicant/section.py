"""One section of an application: its answers, saved as far as they can be, and everything typed kept."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal import errors
from portal.answers import shown, shown_or_typed, size
from portal.applicant import blueprint, documents
from portal.applicant.difference import side_by_side
from portal.applicant.forms import ADD_ROW, LIVE, REMOVE_ROW, THEN, SectionForm, sent_form
from portal.applicant.late import too_late
from portal.applicant.loading import load
from portal.applicant.places import DraftPlace
from portal.applicant.standing import File, Standing
from portal.guard import keeps_text
from portal.language import colon, language
from portal.work import actor, ask, now, work
from workflows.calls.form import Question, QuestionKind, Section
from workflows.calls.terms import Terms
from workflows.language import show_moment, text_in
from workflows.permissions import Action
from workflows.problems import NotThere, Problem
from workflows.submission import actions, rules
from workflows.submission.drafts import Saved

TAKE = "_take"
"""The questions of which the stored answer is taken instead of the one that was typed."""


@dataclass
class Outcome:
    """What came of sending a section. `conflicts`: questions that somebody else answered otherwise meanwhile."""

    conflicts: tuple[str, ...] = ()
    refused: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Conflict:
    """A question with both its answers in words, what differs marked."""

    question: Question
    mine: Markup
    theirs: Markup


@blueprint.route("/<reference>/sections/<section_id>", methods=["GET", "POST"])
@keeps_text
def section(reference: str, section_id: str) -> Any:
    """Show a section, or keep what was sent of it."""
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    asked = section_of(file.application.terms, section_id)
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
    mine = form.kept()
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    refused = {question.id for question in asked.questions if form[question.id].errors}
    unsaved = {question.id for question in asked.questions} if outcome.refused else refused | {*outcome.conflicts}
    form.refresh(file.application, unsaved)
    if file.standing is not Standing.DRAFT:
        return too_late(form, file)
    if not outcome.conflicts:
        _blame(form, _wrong(file))
    if outcome.conflicts or outcome.refused or form.errors:
        form.grow(request.form.get(THEN, "").removeprefix(ADD_ROW))
        return _page(form, file, outcome, 409 if outcome.conflicts else 422, mine)
    flash(_saved(form, file), "saved")
    return redirect(_next(file, asked, _ids(file) - before))


def section_of(terms: Terms, section_id: str) -> Section:
    """The section with this id. Raises NotThere."""
    found = next((section for section in terms.sections if section.id == section_id), None)
    if found is None:
        raise NotThere
    return found


def save(form: SectionForm, reference: str, *, ring: bool = True) -> Saved:
    """Keep the answers of a form, and what was typed and cannot be read. Raises Problem where the file takes none."""
    taken = request.form.getlist(TAKE)
    answers = {question: answer for question, answer in form.kept().items() if question not in taken}
    with work(ring=ring) as session:
        return actions.save_answers(session, actor(), reference, answers, seen=form.seen(), now=now())


def _ids(file: File) -> frozenset[str]:
    """The questions this applicant is asked, as the file stands."""
    return rules.asked(file.application.terms, file.application.draft)


def _keep(form: SectionForm, file: File) -> Outcome:
    """Save the good answers, take out and put in documents; each by itself, so that one refusal costs nothing else."""
    outcome = Outcome()
    try:
        outcome.conflicts = save(form, file.application.reference).conflicts
    except Problem as problem:
        errors.tell(problem)
        outcome.refused.append(problem)
        return outcome
    documents.remove_ticked(file)
    documents.add_sent(form, file)
    return outcome


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
        f"{text_in(question.label.texts(), language())}{colon()} {shown(application, question)}"
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


def _conflicts(file: File, asked: Section, outcome: Outcome, mine: dict[str, Any]) -> list[Conflict]:
    """Both answers to each question that somebody else answered otherwise, in words."""
    found = []
    for question in asked.questions:
        if question.id in outcome.conflicts:
            empty = _("empty")
            both = side_by_side(
                shown_or_typed(file.application, question, mine.get(question.id)) or empty,
                shown_or_typed(file.application, question, file.application.in_draft.get(question.id)) or empty,
            )
            found.append(Conflict(question, *both))
    return found


def _page(
    form: SectionForm, file: File, outcome: Outcome, status: int, mine: dict[str, Any] | None = None
) -> tuple[str, int] | Response:
    ids = [section.id for section in file.application.sections]
    number = ids.index(form.section.id) + 1 if form.section.id in ids else len(ids)
    page = render_template(
        "applicant/section.html", form=form, dossier=file, section=form.section, outcome=outcome,
        conflicts=_conflicts(file, form.section, outcome, mine or {}), take=TAKE,
        number=number, of=len(ids), shown=shown, size=size,
        sent=request.method == "POST", largest=size(current_app.config["SETTINGS"].upload_limit),
        previewed=documents.PREVIEWED, place=DraftPlace(file.application.reference, form.section.id, actor().person_id),
    )  # fmt: skip
    return page, status
