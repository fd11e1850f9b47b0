"""Awards: the overview of a call, and the page of one award from its approvals to its last payment."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.wrappers import Response

from portal.administrator import blueprint, words
from portal.administrator.frame import relation_to, show, withheld
from portal.downloads import download
from portal.forms import AmountField, DayField, Pick, choices, line, needed
from portal.received import AtMost, Form
from portal.saving import saved
from portal.work import Session, actor, ask, now
from workflows.awards import actions, offering, queries
from workflows.awards.actions import Paper
from workflows.awards.queries import AwardView
from workflows.budget.queries import lines
from workflows.budget.rules import budget_year
from workflows.calls.queries import call_view
from workflows.permissions import Action, require
from workflows.problems import NotThere


class StepForm(Form):
    """A step of approval. Its code sets it apart from the other forms of the page."""

    taken_on = DayField(_("Day"), validators=[needed()])
    reference = line(_("Reference"), needed(), AtMost(120), description=_("Such as the number of the opinion."))
    document = FileField(_("Document"), widget=GovFileInput())


class SignForm(Form):
    """The signature of the act."""

    signed_on = DayField(_("Signed on"), validators=[needed()])
    reference = line(_("Reference of the act"), needed(), AtMost(120))


class CommitForm(Form):
    """The commitment, with a line where the call names none."""

    budget_line = Pick(_("Basic allocation"))


class PayForm(Form):
    """A payment on what is committed."""

    budget_line = Pick(_("Basic allocation"))
    cents = AmountField(_("Amount"), validators=[needed()])
    reference = line(_("Reference of the claim"), needed(), AtMost(120), description=_("Each claim is paid once."))


class AskForm(Form):
    """A button: ask the association whether it goes on with less than it asked for."""


class DeclineForm(Form):
    """What the association wrote when it gave its award up."""

    reason = line(_("What the association says"), needed(), AtMost(1000))


@blueprint.get("/calls/<call_id>/awards")
def awards(call_id: str) -> Any:
    """Every award of a call with where it stands; those closed to this administrator are left out."""
    with ask() as session:
        call = call_view(session, call_id, now())
        found = queries.awards(session, call_id, now())
        closed = withheld(session, call_id)
        period = queries.caretaking(session, now())
    shown = [one for one in found if one.application.reference not in closed]
    return show("awards", call, awards=shown, closed=len(found) - len(shown), period=period, words=words)


@blueprint.route("/files/<reference>/award", methods=["GET", "POST"])
def award(reference: str) -> Any:
    """One award: its steps, its signature, its money. A button says which of its forms was sent."""
    with ask() as session:
        found = _open(session, reference)
        call = call_view(session, found.application.call_id, now())
        moved = queries.movements(session, reference)
        offered = [(one.code, f"{one.code} ({one.year})") for one in lines(session, budget_year(now()))]
    act = request.form.get("do", "")
    sent = request.method == "POST"
    named = [(step.code, f"step-{step.code}") for step in found.steps]
    steps = {code: _form(StepForm, name, sent and act == name) for code, name in named}
    forms = {name: _form(kind, name, sent and act == name) for name, kind in FORMS.items()}
    forms["commit"].budget_line.choices = choices([("", gettext("Choose…")), *offered])
    forms["pay"].budget_line.choices = choices([(code, code) for code in dict.fromkeys(one.line for one in moved)])
    chosen = {**forms, **{f"step-{code}": form for code, form in steps.items()}}.get(act) if sent else None
    if sent and chosen is None:
        raise NotThere
    onward = url_for("administrator.award", reference=reference)
    if act == "decline":
        onward = url_for("administrator.awards", call_id=call.id)
    if chosen is not None and (
        answer := saved(chosen, lambda session: _do(session, act, chosen, reference), _told(act), onward)
    ):
        return answer
    wrong = chosen if chosen is not None and chosen.errors else None
    return show(
        "award", call, status=422 if sent else 200, found=found, steps=steps, forms=forms, moved=moved, words=words,
        wrong=wrong, has_errors=bool(wrong), year=budget_year(now()),
    )  # fmt: skip


@blueprint.get("/files/<reference>/award/budget/<int:number>")
def offer_document(reference: str, number: int) -> Response:
    """The adapted budget that an association sent."""
    with ask() as session:
        found = _open(session, reference)
        name, media_type, content = queries.offer_document(session, found.application.id, number)
    return download(content, media_type, name)


@blueprint.get("/files/<reference>/award/steps/<step>")
def step_document(reference: str, step: str) -> Response:
    """The document of a step of approval."""
    with ask() as session:
        found = _open(session, reference)
        name, media_type, content = queries.step_document(session, found.application.id, step)
    return download(content, media_type, name)


FORMS: dict[str, type[Form]] = {
    "sign": SignForm,
    "commit": CommitForm,
    "pay": PayForm,
    "ask": AskForm,
    "decline": DeclineForm,
}


def _form(kind: type[Form], prefix: str, sent: bool) -> Any:
    """A form of the page: filled with what was sent where it is the one, empty otherwise."""
    return kind(prefix=f"{prefix}-") if sent else kind(formdata=None, prefix=f"{prefix}-")


def _do(session: Session, act: str, form: Any, reference: str) -> None:
    by, at = actor(), now()
    if act == "sign":
        actions.sign(session, by, reference, form.signed_on.data, form.reference.data, now=at)
    elif act == "commit":
        actions.commit(session, by, reference, form.budget_line.data or "", now=at)
    elif act == "ask":
        offering.ask(session, by, reference, now=at)
    elif act == "decline":
        offering.record_decline(session, by, reference, form.reason.data, now=at)
    elif act == "pay":
        actions.pay(session, by, reference, form.budget_line.data or "", form.cents.data, form.reference.data, now=at)
    else:
        sent = form.document.data
        paper = Paper(sent.filename, sent.read()) if sent else None
        step, day = act.removeprefix("step-"), form.taken_on.data
        actions.record_step(session, by, reference, step, day, form.reference.data, paper, now=at)


def _told(act: str) -> str:
    told: str = {
        "sign": gettext("The signature is recorded. Commit the amount now."),
        "commit": gettext("The amount is committed."),
        "pay": gettext("The payment is booked."),
        "ask": gettext("The association is asked. It answers on its own page of the file."),
        "decline": gettext("The award is given up: its money is free again."),
    }.get(act) or gettext("The step is recorded.")
    return told


def _open(session: Session, reference: str) -> AwardView:
    require(actor(), Action.HANDLE_AWARD, relation_to(session, reference))
    return queries.award(session, reference, now())
