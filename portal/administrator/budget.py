"""The budget: the lines of a year, the ledger of one of them, and the days on which nothing can be signed."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import TextAreaField

from portal.administrator import blueprint, words
from portal.forms import AmountField, CountField, DayField, Keeps, OneOf, choices, line, needed, tidy
from portal.received import AtMost, Form
from portal.saving import saved
from portal.work import Session, actor, ask, now
from workflows.awards import caretaker
from workflows.awards import queries as awards
from workflows.budget import actions, queries, rules
from workflows.language import LANGUAGES
from workflows.problems import Problem


class LineForm(Form):
    """A basic allocation of a year."""

    year = CountField(_("Budget year"), validators=[needed()])
    code = line(
        _("Basic allocation"), needed(), AtMost(30), Keeps(rules.basic_allocation),
        description=_("Mission, programme, activity, number, economic code: 29.006.27.01.3300."),
    )  # fmt: skip
    name_nl = line(_("Name in Dutch"), needed(), AtMost(200))
    name_fr = line(_("Name in French"), needed(), AtMost(200))


class CreditForm(Form):
    """Credit added to a line or taken off it."""

    way = OneOf(
        _("What changes"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([("add", _("Credit is added")), ("take", _("Credit is taken away"))]),
    )  # fmt: skip
    commitment = AmountField(_("Commitment credit"))
    liquidation = AmountField(_("Liquidation credit"))
    reason = line(
        _("Reason"), needed(), AtMost(300), description=_("Such as the initial budget, or a decree.")
    )  # fmt: skip


class PeriodForm(Form):
    """A caretaker period, with its reason in three languages."""

    starts = DayField(_("First day of current affairs"), validators=[needed()])
    ends = DayField(
        _("First day of full powers again"), description=_("Leave it empty while that is not known."),
    )  # fmt: skip
    basis_nl = TextAreaField(_("Reason in Dutch"), filters=[tidy], validators=[AtMost(1000)], widget=GovTextArea())
    basis_fr = TextAreaField(_("Reason in French"), filters=[tidy], validators=[AtMost(1000)], widget=GovTextArea())
    basis_en = TextAreaField(_("Reason in English"), filters=[tidy], validators=[AtMost(1000)], widget=GovTextArea())


class EndForm(Form):
    """The end of a period that has none yet."""

    ends = DayField(_("First day of full powers again"), validators=[needed()])


@blueprint.route("/budget", methods=["GET", "POST"])
def budget() -> Any:
    """The lines of a budget year, and the form that opens one."""
    with ask() as session:
        years = queries.years(session)
        this = rules.budget_year(now())
        wanted = request.args.get("year", "")
        year = next((one for one in years if str(one) == wanted), this if this in years or not years else years[0])
        lines = queries.lines(session, year)
    form = LineForm(year=this)

    def act(session: Session) -> int:
        name = {"nl": form.name_nl.data, "fr": form.name_fr.data}
        return actions.open_line(session, actor(), form.year.data, form.code.data, name, now=now())

    told = gettext("The basic allocation is open. Book its credits now.")
    if answer := saved(form, act, told, lambda opened: url_for("administrator.budget_line", line_id=opened)):
        return answer
    page = render_template(
        "administrator/budget.html", years=years, year=year, lines=lines, form=form, has_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200


@blueprint.route("/budget/<int:line_id>", methods=["GET", "POST"])
def budget_line(line_id: int) -> Any:
    """The ledger of a line, and the form that changes its credits."""
    form = CreditForm(way="add")

    def act(session: Session) -> None:
        sign = 1 if form.way.data == "add" else -1
        book = actions.book_credit if sign == 1 else actions.correct_credit
        cents = [sign * (field.data or 0) for field in (form.commitment, form.liquidation)]
        try:
            book(session, actor(), line_id, *cents, form.reason.data, now=now())
        except Problem as problem:
            problem.field = "commitment" if problem.field == "cents" else problem.field
            raise

    if answer := saved(form, act, gettext("Booked."), url_for("administrator.budget_line", line_id=line_id)):
        return answer
    with ask() as session:
        found, ledger = queries.line(session, line_id), queries.entries(session, line_id)
        broken = queries.first_broken(session, line_id)
    page = render_template(
        "administrator/budget_line.html", line=found, ledger=ledger, broken=broken, form=form, words=words,
        has_errors=bool(form.errors),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.route("/caretaking", methods=["GET", "POST"])
def caretaking() -> Any:
    """The caretaker periods, and the form that enters one."""
    form = PeriodForm()

    def act(session: Session) -> None:
        basis = {language: form[f"basis_{language}"].data or "" for language in LANGUAGES}
        caretaker.begin(session, actor(), form.starts.data, form.ends.data, basis, now=now())

    told = gettext("The period is entered. Awards that are not signed are held while it lasts.")
    if answer := saved(form, act, told, url_for("administrator.caretaking")):
        return answer
    return _periods_page(form, EndForm(formdata=None))


@blueprint.post("/caretaking/<int:period_id>/end")
def end_caretaking(period_id: int) -> Any:
    """Say from which day the government has full powers again."""
    form = EndForm()

    def act(session: Session) -> None:
        caretaker.end(session, actor(), period_id, form.ends.data, now=now())

    told = gettext("From that day held awards can be signed again.")
    if answer := saved(form, act, told, url_for("administrator.caretaking")):
        return answer
    return _periods_page(PeriodForm(formdata=None), form)


def _periods_page(form: PeriodForm, ending: EndForm) -> tuple[str, int]:
    with ask() as session:
        periods, lasts = awards.periods(session), awards.caretaking(session, now())
    wrong = ending if ending.errors else form
    page = render_template(
        "administrator/caretaking.html", periods=periods, lasts=lasts, form=form, ending=ending, wrong=wrong,
        has_errors=bool(wrong.errors),
    )  # fmt: skip
    return page, 422 if wrong.errors else 200
