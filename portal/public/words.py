"""What the codes of a call mean to a reader, in the interface's words."""

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.hints import answer_form as answer_form
from portal.hints import rule as rule
from workflows.calls.terms import EnvelopePolicy
from workflows.people.rules import ApplicantType


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
