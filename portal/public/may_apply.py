"""May I apply? A few questions of the call, answered by anybody; nothing of it is kept.

The answers stand in the address: they can be sent to a colleague, survive a change of language, and need no script.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm
from wtforms.validators import InputRequired

from portal.forms import AmountField, DayField, OneOf, Pick, choices
from portal.language import language
from portal.options import place_of
from portal.public import blueprint
from portal.public.calls import public_call
from portal.questions import field_of, from_field
from portal.received import Form
from portal.work import ask, now
from workflows.calls.form import Meaning
from workflows.calls.queries import CallView
from workflows.calls.rules import Stage
from workflows.calls.terms import Terms
from workflows.eligibility.foreseeing import Applicant, Asked, Given, Topic, applicants, foresee, left_out, questions
from workflows.language import show_day, text_in

ELSEWHERE = "elsewhere"
"""No code of a place or zone is in lower case."""
FEW = 7
"""Up to so many places are shown at once; more are a list that opens."""


@blueprint.get("/calls/<call_id>/may-apply")
def may_apply(call_id: str) -> Any:
    """The questions, and where they are answered, what the conditions of the call say of it."""
    with ask() as session:
        call = public_call(session, call_id)
    asked = questions(call.terms)
    if call.stage not in (Stage.ANNOUNCED, Stage.OPEN) or not asked:
        return redirect(url_for("public.call", call_id=call_id))
    sent = request.args if any(one.name in request.args for one in asked) else None
    form = AskedForm(call.terms, asked, sent)
    answered = sent is not None and form.validate()
    found = foresee(call.terms, form.given(), _moment(call)) if answered else ()
    page = render_template(
        "public/may_apply.html", call=call, terms=call.terms, form=form, asked=asked, answered=answered,
        fails=[one for one in found if one[1].ok is False], doubts=[one for one in found if one[1].ok is None],
        left_out=left_out(call.terms),
    )  # fmt: skip
    return page, 422 if form.errors else 200


class AskedForm(Form):
    """The questions as fields. It changes nothing, so it needs no proof of where it was sent from."""

    def __init__(self, terms: Terms, asked: tuple[Asked, ...], sent: MultiDict[str, str] | None) -> None:
        super().__init__(formdata=None, meta={"csrf": False})
        self.terms, self.asked = terms, asked
        for one in asked:
            BaseForm.__setitem__(self, one.name, _field(one, terms))
            self[one.name].validators = [InputRequired(_("Please fill this in."))]
        self.process(formdata=sent)

    def given(self) -> Given:
        """The answers, once they are valid."""
        said: dict[str, Any] = {one.topic: self[one.name].data for one in self.asked if one.question is None}
        place = said.get(Topic.PLACE, "")
        zone = next((zone for zone in self.terms.zones if place in {one.code for one in zone.places}), None)
        return Given(
            Applicant(said.get(Topic.APPLICANT, Applicant.ASSOCIATION)),
            _("another legal form"),
            zone.code if zone else _("another place") if place == ELSEWHERE else place,
            place if zone else "",
            said.get(Topic.AMOUNT),
            said.get(Topic.START),
            {one.question.id: from_field(one.question, self[one.name].data) for one in self.asked if one.question},
        )


def _moment(call: CallView) -> Any:
    """The moment an application is thought to arrive: now, or when the call opens."""
    return max(now(), call.terms.opens)


def _field(one: Asked, terms: Terms) -> Any:
    if one.question is not None:
        return field_of(one.question, terms)
    match one.topic:
        case Topic.APPLICANT:
            return OneOf(_("What is your organisation?"), choices=choices(_applicants(terms)), widget=GovRadioInput())
        case Topic.PLACE:
            return _place(terms)
        case Topic.AMOUNT:
            return AmountField(_("How much do you want to ask?"), description=_("In euro, for the whole project."))
    return DayField(_("When does your project start?"), description=_("For example 27 3 2027."))


def _applicants(terms: Terms) -> list[tuple[str, str]]:
    day = show_day(terms.reference_date, language())
    labels = {
        Applicant.ACCREDITED: _("An organisation accredited on %(day)s under the law of 19 March 2013", day=day),
        Applicant.ASSOCIATION: _("A Belgian association or foundation")
        if Applicant.ACCREDITED not in applicants(terms)
        else _("A Belgian association or foundation without that accreditation"),
        Applicant.ANOTHER: _("Something else: a company, a foreign association, a group without legal personality"),
    }
    return [(str(one), labels[one]) for one in applicants(terms)]


def _place(terms: Terms) -> Any:
    """Places where the form of the call asks for them, else zones; one is enough, another can be tried after it."""
    listed: list[tuple[str, str]] = []
    for zone in terms.zones:
        places = zone.places if terms.question_meaning(Meaning.PLACES) else ()
        listed += [(one.code, place_of(one, zone)) for one in places] or [
            (zone.code, text_in(zone.name.texts(), language()))
        ]
    listed.append((ELSEWHERE, _("Somewhere else")))
    label = _("Where does your project take place?")
    told = _("In several places? Try them one after the other.") if len(listed) > 2 else ""
    if len(listed) <= FEW:
        return OneOf(label, choices=choices(listed), description=told, widget=GovRadioInput())
    return Pick(label, choices=choices([("", _("Choose…")), *listed]), description=told)
