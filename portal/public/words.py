"""What the codes of a call mean to a reader, in the interface's words."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.hints import answer_form
from portal.hints import rule as rule
from portal.language import language
from workflows.calls.form import Question, Reader
from workflows.calls.strict import Words
from workflows.calls.terms import Condition, EnvelopePolicy, Terms, Zone
from workflows.language import show_day, show_score, text_in
from workflows.money import show_amount
from workflows.people.rules import ApplicantType
from workflows.permissions import Duty


def applicant_type(type: ApplicantType) -> str:
    return {
        ApplicantType.ACCREDITED: _("Accredited organisation"),
        ApplicantType.OTHER_NONPROFIT: _("Other non-profit organisation"),
        ApplicantType.ANY: _("Every organisation"),
    }[type]


def applicant_type_hint(type: ApplicantType) -> str:
    return {
        ApplicantType.ACCREDITED: _(
            "A civil society organisation or institutional actor accredited under the law of 19 March 2013 "
            "on Belgian development cooperation."
        ),
        ApplicantType.OTHER_NONPROFIT: _("A Belgian association or foundation without that accreditation."),
        ApplicantType.ANY: _("Every organisation with an enterprise number, within the conditions below."),
    }[type]


def policy(policy: EnvelopePolicy) -> str:
    """What an envelope means, in a sentence."""
    return {
        EnvelopePolicy.CEILING: _("At most this amount is granted."),
        EnvelopePolicy.RESERVED: _("Kept for these projects; what they leave is not given to others."),
        EnvelopePolicy.POT: _("A pot of its own: these projects are paid from it and from nothing else."),
        EnvelopePolicy.PRIORITY: _("These projects come first; what they leave goes to the others."),
    }[policy]


def chosen_by_us(keys: Sequence[str]) -> list[str]:
    """What of a call was chosen for the demonstration, each thing once."""
    by_key = {
        "opens_at": _("the dates"),
        "closes_at": _("the dates"),
        "reference_date": _("the dates"),
        "scoring": _("the number of jurors, the pass mark and the place of the technical opinion"),
        "criteria": _("the weights, the marks and the explanation of the criteria"),
        "allocation": _("the rule by which the money is divided, and how ties are broken"),
        "conditions": _("some of the conditions"),
        "budget": _("the headings and the bounds of the budget"),
        "approvals": _("the thresholds of approval"),
        "sections": _("the questions of the form"),
        "letters": _("the texts of the letters"),
        "zones": _("the places within the zones"),
        "applicants": _("the amounts per applicant"),
        "envelopes": _("the amount of the call"),
        "organisers": _("the organisers"),
        "summary": _("the introduction"),
        "name": _("the name"),
    }
    return list(dict.fromkeys(by_key.get(key.split(".")[0], key) for key in keys))


def accreditation(terms: Terms) -> str:
    """On which day an accreditation counts; empty where the call asks for none."""
    if all(rule.type is not ApplicantType.ACCREDITED for rule in terms.applicants):
        return ""
    return _("What counts is your accreditation on %(day)s.", day=show_day(terms.reference_date, language()))


def zone(zone: Zone) -> str:
    """A zone with its places, those that are excluded apart."""
    taken, excluded = (", ".join(_t(one.name) for one in zone.places if one.excluded is out) for out in (False, True))
    told = _t(zone.name)
    if taken:
        told = _("%(label)s: %(what)s", label=told, what=taken)
    return _("%(zone)s. Excluded: %(places)s.", zone=told, places=excluded) if excluded else told


def condition(condition: Condition) -> str:
    """A condition, with the days between which it holds."""
    if not (condition.earliest and condition.latest):
        return _t(condition.name)
    earliest, latest = (show_day(day, language()) for day in (condition.earliest, condition.latest))
    window = _("from %(earliest)s up to and including %(latest)s", earliest=earliest, latest=latest)
    return f"{_t(condition.name)} ({window})"


def judged_by(duty: Duty) -> str:
    return _("Jury") if duty is Duty.JURY else _("Technical expert")


def readings(terms: Terms) -> str:
    """How many read each application, and what it needs to be considered."""
    jurors = ngettext(
        "%(num)s juror reads each application.", "%(num)s jurors read each application.",
        terms.scoring.jurors_per_application,
    )  # fmt: skip
    pass_mark = show_score(terms.scoring.pass_mark_hundredths, language())
    needed = _("At least %(pass_mark)s points out of 100 are needed to be considered for a grant.", pass_mark=pass_mark)
    return f"{jurors} {needed}"


def who_decides(terms: Terms) -> list[str]:
    """Who has a say, in the order in which they have it."""
    experts = bool(terms.criteria_of(Duty.EXPERT))
    told = [
        _("The administration checks the conditions; one that is not met is explained in a letter."),
        _("Jurors and technical experts give marks, each for their own criteria; the ranking follows from the marks.")
        if experts
        else _("Jurors give marks; the ranking follows from the marks."),
        _("The rule of this call divides the money over the ranking, and the administration confirms the decision."),
    ]
    for step in terms.approvals:
        above = show_amount(step.above_cents, language())
        told.append(_("For a grant above %(amount)s: %(step)s.", amount=above, step=_t(step.name)))
    return told


def question(question: Question) -> str:
    """What is asked, and whether it may be left out."""
    return _t(question.label) if question.required else f"{_t(question.label)} ({_('optional')})"


def asked_how(question: Question) -> str:
    """How a question is answered, who reads the answer, and whether everybody is asked."""
    told = [answer_form(question)]
    if question.readers == (Reader.ADMINISTRATION,):
        told.append(_("read by the administration only"))
    elif Reader.PUBLIC in question.readers:
        told.append(_("published if a grant is awarded"))
    if question.only_if:
        told.append(_("asked only of some, by their other answers or their type"))
    return " · ".join(told)


def _t(words: Words) -> str:
    return str(text_in(words.texts(), language()))
