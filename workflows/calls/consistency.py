"""What the parts of a call say against each other. Pure."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workflows.calls import asking
from workflows.calls.form import QuestionKind
from workflows.calls.sdg import GOALS
from workflows.calls.strict import Inconsistency, Spot
from workflows.people.rules import ApplicantType
from workflows.permissions import Duty
from workflows.problems import Reason

if TYPE_CHECKING:  # the terms judge themselves by what stands here
    from workflows.calls.terms import ApplicantRule, Terms, Zone


PARTS_ONLY = "parts_only"
"""A context of validation in which each part is judged by itself, and not against the others."""


def inconsistencies(terms: "Terms") -> Iterator[Inconsistency]:
    """What the parts say against each other."""
    if terms.closes <= terms.opens:
        yield Inconsistency(
            "closes_at: expected an instant after opens_at", ("closes_at",), Reason("closes-before-opens")
        )
    yield from _doubles(terms)
    yield from _questions(terms)
    yield from _groups(terms)
    if sum(criterion.weight for criterion in terms.criteria) == 0:
        yield Inconsistency("criteria.weight: expected at least one above 0", ("criteria",), Reason("no-weight"))
    yield from _scoring(terms)
    if terms.scoring.opinion_required and not terms.criteria_of(Duty.EXPERT):
        text = 'scoring.opinion_required: expected a criterion with judged_by = "expert"'
        yield Inconsistency(text, ("scoring", "opinion_required"), Reason("no-expert-criterion"))


def _scoring(terms: "Terms") -> Iterator[Inconsistency]:
    """What no file or mark could ever reach."""
    if terms.scoring.quorum > terms.scoring.jurors_per_application:
        text = "scoring.quorum: expected at most jurors_per_application"
        yield Inconsistency(text, ("scoring", "quorum"), Reason("quorum-out-of-reach"))
    for at, criterion in enumerate(terms.criteria):
        facts = {"criterion": criterion.name.texts(), "most": criterion.points}
        if (criterion.minimum_hundredths or 0) > 100 * criterion.points:
            text = f"criteria[{at}].minimum_hundredths: expected at most {100 * criterion.points}"
            yield Inconsistency(text, ("criteria", at, "minimum_hundredths"), Reason("minimum-out-of-reach", facts))
        described = [level.mark for level in criterion.levels]
        if len(set(described)) < len(described) or any(mark > criterion.points for mark in described):
            text = f"criteria[{at}].levels: expected each mark from 0 to {criterion.points} at most once"
            yield Inconsistency(text, ("criteria", at, "levels"), Reason("levels-not-marks", facts))


def _doubles(terms: "Terms") -> Iterator[Inconsistency]:
    """Names that stand there twice."""
    named: dict[str, list[tuple[str, Spot]]] = {
        "sections.questions.id": [
            (question.id, ("sections", at, "questions", number, "id"))
            for at, section in enumerate(terms.sections) for number, question in enumerate(section.questions)
        ],
        "sections.id": [(one.id, ("sections", at, "id")) for at, one in enumerate(terms.sections)],
        "criteria.id": [(one.id, ("criteria", at, "id")) for at, one in enumerate(terms.criteria)],
        "envelopes.id": [(one.id, ("envelopes", at, "id")) for at, one in enumerate(terms.envelopes)],
        "zones.code": [(one.code, ("zones", at, "code")) for at, one in enumerate(terms.zones)],
        "applicants.type": [(str(one.type), ("applicants", at, "type")) for at, one in enumerate(terms.applicants)],
    }  # fmt: skip
    for key, found in named.items():
        values = [value for value, _ in found]
        for value in sorted({value for value in values if values.count(value) > 1}):
            last = [place for name, place in found if name == value][-1]
            text = f"{key}: {value} stands there twice, expected each once"
            yield Inconsistency(text, last, Reason("stands-twice", {"value": value}))


def _questions(terms: "Terms") -> Iterator[Inconsistency]:
    """What conditions of eligibility read that the call does not have, and what is wrong with the form."""
    spots: dict[str, Spot] = {
        question.id: ("sections", at, "questions", number)
        for at, section in enumerate(terms.sections) for number, question in enumerate(section.questions)
    }  # fmt: skip
    for number, condition in enumerate(terms.conditions):
        if condition.question is not None and condition.question not in spots:
            text = f"conditions[{number}].question: no question has the id {condition.question}"
            reason = Reason("no-such-question", {"question": condition.question})
            yield Inconsistency(text, ("conditions", number, "question"), reason)
    yield from _budgeted(terms)
    offered = {
        QuestionKind.YES_NO: frozenset({"yes", "no"}),
        QuestionKind.ZONE: frozenset(zone.code for zone in terms.zones),
        QuestionKind.PLACES: frozenset(place.code for zone in terms.zones for place in zone.places),
        QuestionKind.SDG: frozenset(GOALS),
    }
    budgeted, zoned = terms.budget is not None, bool(terms.zones)
    yield from asking.complaints(tuple(terms.questions()), spots, offered, budgeted=budgeted, zoned=zoned)
    for question in () if zoned else terms.questions():
        if question.kind in (QuestionKind.ZONE, QuestionKind.PLACES):
            text = f"sections.questions.kind: {question.id} asks for a {question.kind}, expected zones"
            reason = Reason("no-zones", {"question": question.label.texts()})
            yield Inconsistency(text, (*spots[question.id], "kind"), reason)


def _budgeted(terms: "Terms") -> Iterator[Inconsistency]:
    """Conditions on a budget the call does not ask."""
    cofinanced = terms.budget is not None and terms.budget.cofinancing_hundredths is not None
    for number, condition in enumerate(terms.conditions):
        spot, facts = ("conditions", number, "kind"), {"condition": condition.name.texts()}
        if condition.kind == "budget-caps" and terms.budget is None:
            text = f"conditions[{number}].kind: {condition.kind} wants a budget"
            yield Inconsistency(text, spot, Reason("condition-wants-budget", facts))
        if condition.kind == "co-financing" and not cofinanced:
            text = f"conditions[{number}].kind: {condition.kind} wants budget.cofinancing_hundredths"
            yield Inconsistency(text, spot, Reason("condition-wants-cofinancing", facts))


def _groups(terms: "Terms") -> Iterator[Inconsistency]:
    """Envelopes for groups that no application carries."""
    known = known_groups(terms.zones, terms.applicants)
    for number, envelope in enumerate(terms.envelopes):
        for group in envelope.groups:
            if group not in known:
                expected = ", ".join(sorted(known))
                text = f"envelopes.{envelope.id}.groups: {group} is unknown, expected one of {expected}"
                yield Inconsistency(text, ("envelopes", number, "groups"), Reason("unknown-group", {"group": group}))


def known_groups(zones: "Iterable[Zone]", applicants: "Iterable[ApplicantRule]") -> frozenset[str]:
    """The groups an application can carry: everybody, its zone, its type of applicant."""
    types = {str(rule.type) for rule in applicants if rule.type is not ApplicantType.ANY}
    return frozenset({"*"} | {zone.code.lower() for zone in zones} | types)
