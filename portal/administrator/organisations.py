"""The organisations: finding one, judging what it states, checking where it is paid."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from werkzeug.wrappers import Response
from wtforms import Field, TextAreaField
from wtforms.validators import ValidationError

from portal import errors
from portal.administrator import blueprint
from portal.downloads import download
from portal.forms import DayField, needed, tidy
from portal.received import Form
from portal.work import Session, actor, ask, now, work
from workflows.people import directory, membership, organisations, payment
from workflows.people.organisations import AccreditationView
from workflows.people.queries import organisation_view
from workflows.permissions import Action, require
from workflows.problems import Problem

MOST = 100


class JudgeForm(Form):
    """The days of an accreditation as the office found them."""

    starts = DayField(_("First day"), validators=[needed()])
    ends = DayField(_("Last day"), description=_("Leave it empty where no end is known."))

    def validate_ends(self, field: Field) -> None:
        if field.data and self.starts.data and field.data < self.starts.data:
            raise ValidationError(_("The last day comes before the first."))


class RefusalForm(Form):
    reason = TextAreaField(
        _("Reason"), filters=[tidy], widget=GovTextArea(), validators=[needed()],
        description=_("The organisation reads it in a mail, in the words you write here."),
    )  # fmt: skip


@blueprint.get("/organisations")
def organisations_list() -> str:
    """Organisations by name, number or town; at first those that wait for the office."""
    wanted = request.args.get("q", "").strip()
    everybody = "all" in request.args or bool(wanted)
    with ask() as session:
        found = directory.found(session, wanted, waiting=not everybody, limit=MOST + 1)
    return render_template(
        "administrator/organisations.html", found=found[:MOST], more=len(found) > MOST, wanted=wanted,
        everybody=everybody,
    )  # fmt: skip


@blueprint.get("/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> str:
    """One organisation as the office sees it."""
    with ask() as session:
        return render_template("administrator/organisation.html", **_known(session, organisation_id))


def _known(session: Session, organisation_id: int) -> dict[str, Any]:
    """What the office sees of an organisation; whoever belongs to it checks nothing of it."""
    return {
        "organisation": organisation_view(session, organisation_id),
        "people": membership.members_of(session, organisation_id),
        "accreditations": organisations.accreditations(session, organisation_id),
        "accounts": payment.accounts_of(session, organisation_id),
        "relation": organisations.relation_to(session, actor(), organisation_id),
    }


@blueprint.route("/accreditations/<int:accreditation_id>", methods=["GET", "POST"])
def accreditation(accreditation_id: int) -> Any:
    """Confirm an accreditation, with the days the office found."""
    with ask() as session:
        stated, organisation_id = _accreditation(session, accreditation_id)
        name = organisation_view(session, organisation_id).name
    form, refusal = JudgeForm(starts=stated.starts, ends=stated.ends), RefusalForm()
    refusing = "refuse" in request.form
    chosen = refusal if refusing else form
    if chosen.validate_on_submit():
        try:
            with work() as session:
                if refusing:
                    organisations.refuse_accreditation(
                        session, actor(), accreditation_id, refusal.reason.data, now=now()
                    )
                else:
                    organisations.confirm_accreditation(
                        session, actor(), accreditation_id, form.starts.data, form.ends.data, now=now()
                    )
            flash(gettext("The organisation is told."), "success")
        except Problem as problem:
            errors.tell(problem)
        return redirect(url_for("administrator.organisation", organisation_id=organisation_id))
    if refusing:  # what was typed in the other form is not its fault
        form = JudgeForm(formdata=None, starts=stated.starts, ends=stated.ends)
    page = render_template(
        "administrator/accreditation.html", form=form, refusal=refusal, name=name, organisation_id=organisation_id,
        stated=stated, has_errors=bool(chosen.errors), wrong=chosen,
    )  # fmt: skip
    return page, 422 if chosen.errors else 200


def _accreditation(session: Session, accreditation_id: int) -> tuple[AccreditationView, int]:
    stated, organisation_id = organisations.accreditation(session, accreditation_id)
    require(actor(), Action.CHECK_ORGANISATION, organisations.relation_to(session, actor(), organisation_id))
    return stated, organisation_id


@blueprint.route("/accounts/<int:account_id>", methods=["GET", "POST"])
def account(account_id: int) -> Any:
    """The one screen that shows a whole account number, once its button was pressed; that is written down."""
    with ask() as session:
        _checkable(session, account_id)
    number = ""
    if request.method == "POST":
        with work() as session:
            number = payment.full_number(session, actor(), account_id, now=now())
    return _account_page(account_id, RefusalForm(formdata=None), number)


@blueprint.post("/accounts/<int:account_id>/confirm")
def confirm_account(account_id: int) -> Response:
    """The first or the second look at a certificate: all is well."""
    try:
        with work() as session:
            if payment.account(session, account_id).looked_at is None:
                payment.look_at_account(session, actor(), account_id, now=now())
                flash(gettext("Noted. A colleague takes the second look."), "success")
            else:
                payment.confirm_account(session, actor(), account_id, now=now())
                flash(gettext("The account is confirmed. The organisation is told."), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.account", account_id=account_id))


@blueprint.post("/accounts/<int:account_id>/refuse")
def refuse_account(account_id: int) -> Any:
    """Send an account back, with a reason."""
    with ask() as session:
        _checkable(session, account_id)
    form = RefusalForm()
    if not form.validate_on_submit():
        return _account_page(account_id, form, "")
    try:
        with work() as session:
            payment.refuse_account(session, actor(), account_id, form.reason.data, now=now())
        flash(gettext("The account is sent back. The organisation is told."), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.account", account_id=account_id))


@blueprint.post("/accounts/<int:account_id>/certificate")
def certificate(account_id: int) -> Response:
    """The certificate of the bank, to be saved; it holds the number, so that it was read is written down."""
    with work() as session:
        name, media_type, content = payment.certificate(session, actor(), account_id, now=now())
    return download(content, media_type, name)


def _checkable(session: Session, account_id: int) -> payment.AccountView:
    """An account for this request's administrator. Raises NotThere for a member of its organisation."""
    found = payment.account(session, account_id)
    require(actor(), Action.CHECK_ORGANISATION, organisations.relation_to(session, actor(), found.organisation_id))
    return found


def _account_page(account_id: int, form: RefusalForm, number: str) -> tuple[str, int]:
    with ask() as session:
        found = _checkable(session, account_id)
    waits = found.standing in (payment.AccountStanding.TO_CHECK, payment.AccountStanding.SECOND_LOOK)
    page = render_template(
        "administrator/account.html", account=found, form=form, number=" ".join(_fours(number)), waits=waits,
        mine=found.looked_by_id == actor().person_id,
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _fours(number: str) -> list[str]:
    """An account number as it is printed, in groups of four."""
    return [number[at : at + 4] for at in range(0, len(number), 4)]
