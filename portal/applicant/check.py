"""Check your answers, and submit."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import errors
from portal.addresses import row_number
from portal.applicant import blueprint
from portal.applicant.forms import DeclarationForm
from portal.applicant.loading import load
from portal.applicant.standing import File, Standing
from portal.work import Session, actor, ask, now, work
from workflows.calls.terms import Condition, ConditionKind
from workflows.eligibility.facts import Seen
from workflows.eligibility.queries import facts_of
from workflows.eligibility.rules import judge, looked_at, questions_read
from workflows.problems import Problem, Problems, Reason
from workflows.submission import actions
from workflows.submission.rules import answered, missing, wrong

Foreseen = tuple[Condition, bool | None, tuple[Reason, ...], tuple[Seen, ...]]
"""A condition with its verdict, the reasons for it, and what was looked at."""


@blueprint.get("/<reference>/check")
def check(reference: str) -> Any:
    """All answers, what is missing or wrong, and what would be refused."""
    with ask() as session:
        file = load(session, reference)
        if file.standing not in (Standing.DRAFT, Standing.MISSED):
            return redirect(url_for("applicant.task_list", reference=reference))
        return _page(session, file, DeclarationForm(formdata=None), 200)


@blueprint.route("/<reference>/submit", methods=["GET", "POST"])
def submit(reference: str) -> Any:
    """Submit: a receipt, or every reason why not. The evidence of a refused attempt is kept too.

    Coming back to the address, as a change of language does, shows the answers again.
    """
    if request.method != "POST":
        return redirect(url_for("applicant.check", reference=reference))
    form = DeclarationForm()
    if form.validate():
        try:
            with work() as session:
                seen = row_number(form.seen.data)
                actions.submit(session, actor(), reference, seen_version=seen, received_at=now())
        except Problem as problem:
            if not isinstance(problem, Problems):  # several are listed at the top, each with its link
                errors.tell(problem)
            if problem.code == "already-submitted":
                return redirect(url_for("applicant.receipt", reference=reference))
            _note(reference, problem)
        else:
            return redirect(url_for("applicant.receipt", reference=reference))
    else:
        _note(reference, Problem("declaration-missing"))
    with ask() as session:
        file = load(session, reference)
        if file.standing not in (Standing.DRAFT, Standing.MISSED):
            flash(file.status, "info")
            return redirect(url_for("applicant.task_list", reference=reference))
        return _page(session, file, form, 422)


def _note(reference: str, problem: Problem) -> None:
    found = problem.problems if isinstance(problem, Problems) else (problem,)
    codes = tuple(one.code for one in found)
    with work() as session:
        actions.note_refused_submission(session, actor(), reference, codes, received_at=now())


def _page(session: Session, file: File, form: DeclarationForm, status: int) -> tuple[str, int]:
    application = file.application
    form.seen.data = str(application.row_version)
    problems = missing(application.terms, application.draft) + wrong(application.terms, application.draft)
    where = {question.id: section for section in application.terms.sections for question in section.questions}
    page = render_template(
        "applicant/check.html", dossier=file, form=form, problems=problems, where=where,
        doubts=_foreseen(session, file), tried=status != 200,
    )  # fmt: skip
    return page, status


def _foreseen(session: Session, file: File) -> list[Foreseen]:
    """The conditions this file would fail, or that a person would have to look at, as it stands now.

    What is listed as missing or wrong already, and what was not answered yet, is not said a second time.
    """
    application = file.application
    facts = facts_of(session, application, now())
    listed = (ConditionKind.COMPLETE, ConditionKind.AMOUNT, ConditionKind.BUDGET_CAPS, ConditionKind.CO_FINANCING)
    found = []
    for condition in application.terms.conditions:
        questions = questions_read(condition, facts)
        known = all(answered(question, application.answers, application.attachments) for question in questions)
        verdict = judge(condition, facts)
        if known and verdict.ok is not True and condition.kind not in listed:
            found.append((condition, verdict.ok, verdict.reasons, looked_at(condition, facts)))
    return found
