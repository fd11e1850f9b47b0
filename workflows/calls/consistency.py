"""What the parts of a call say against each other. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.calls.form import Meaning, QuestionKind
from workflows.people.rules import ApplicantType
from workflows.permissions import Duty
from workflows.problems import Reason

if TYPE_CHECKING:  # the terms judge themselves by what stands here
    from workflows.calls.terms import ApplicantRule, Terms, Zone


@dataclass(frozen=True)
class Inconsistency:
    """Something two parts say against each other: in English with its key, for files; as a reason, for people.

    `spot` is where it can be put right, as keys and numbers.
    """

    text: str
    spot: tuple[str | int, ...]
    reason: Reason


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
    if terms.scoring.opinion_required and not terms.criteria_of(Duty.EXPERT):
        text = 'scoring.opinion_required: expected a criterion with judged_by = "expert"'
        yield Inconsistency(text, ("scoring", "opinion_required"), Reason("no-expert-criterion"))


def _doubles(terms: "Terms") -> Iterator[Inconsistency]:
    """Names that stand there twice."""
    named: dict[str, list[tuple[str, tuple[str | int, ...]]]] = {
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
    """What is asked of questions that are not there."""
    ids = {question.id for question in terms.questions()}
    for number, condition in enumerate(terms.conditions):
        if condition.question is not None and condition.question not in ids:
            text = f"conditions[{number}].question: no question has the id {condition.question}"
            reason = Reason("no-such-question", {"question": condition.question})
            yield Inconsistency(text, ("conditions", number, "question"), reason)
    for meaning in NEEDED_MEANINGS + ((Meaning.ZONE,) if terms.zones else ()):
        if terms.question_meaning(meaning) is None:
            text = f"sections.questions.means: expected one question that means {meaning}"
            yield Inconsistency(text, ("sections",), Reason("no-question-means", {"meaning": str(meaning)}))
    if not terms.zones:
        for at, section in enumerate(terms.sections):
            for number, question in enumerate(section.questions):
                if question.kind in (QuestionKind.ZONE, QuestionKind.PLACES):
                    text = f"sections.questions.kind: {question.id} asks for a {question.kind}, expected zones"
                    place = ("sections", at, "questions", number, "kind")
                    yield Inconsistency(text, place, Reason("no-zones", {"question": question.label.texts()}))


NEEDED_MEANINGS = (Meaning.TITLE, Meaning.SUMMARY, Meaning.REQUESTED)
"""What every form asks, whatever it calls it: lists, letters and the division of the money need it."""


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
