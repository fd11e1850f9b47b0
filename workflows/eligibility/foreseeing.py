"""May I apply? At most four questions, asked of anybody and judged by the conditions themselves before there is a file.

Which four follows from the call: who applies, where, for how much, what it asks with yes or no, when it starts. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from workflows.calls.asking import CODED
from workflows.calls.form import Meaning, Question, QuestionKind
from workflows.calls.terms import Condition, ConditionKind, Terms
from workflows.eligibility.facts import Facts
from workflows.eligibility.rules import judge
from workflows.people.rules import ApplicantType
from workflows.problems import Verdict
from workflows.submission.rules import Draft

MOST = 4
"""A reader answers these standing in a bus; what they leave out is listed beside the answer."""


class Topic(StrEnum):
    """What is asked."""

    APPLICANT = "applicant"
    PLACE = "place"
    AMOUNT = "amount"
    ANSWER = "answer"
    START = "start"


class Applicant(StrEnum):
    """What an organisation says it is."""

    ACCREDITED = "accredited"
    ASSOCIATION = "association"
    ANOTHER = "another"


@dataclass(frozen=True)
class Asked:
    """One of the questions, and the conditions its answer decides. An `ANSWER` is to a question of the form."""

    topic: Topic
    conditions: tuple[Condition, ...]
    question: Question | None = None

    @property
    def name(self) -> str:
        """What the answer is called in an address."""
        return f"{self.topic}-{self.question.id}" if self.question else str(self.topic)


@dataclass(frozen=True)
class Given:
    """The answers. `form` and `zone` are said in words where none of the call's fits; `amount` in cents; `answers` by
    question, in their stored shapes."""

    applicant: Applicant = Applicant.ASSOCIATION
    form: str = ""
    zone: str = ""
    place: str = ""
    amount: int | None = None
    starts: date | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


def questions(terms: Terms) -> tuple[Asked, ...]:
    """What this call asks of whoever wonders whether to apply, in the order that decides most; at most four."""
    return tuple(_questions(terms))[:MOST]


def applicants(terms: Terms) -> tuple[Applicant, ...]:
    """What an organisation can answer: what makes no difference in this call is not offered."""
    found = [Applicant.ASSOCIATION]
    if any(rule.type is ApplicantType.ACCREDITED for rule in terms.applicants):
        found.insert(0, Applicant.ACCREDITED)
    if _of(terms, ConditionKind.BELGIAN_LEGAL_PERSONALITY):
        found.append(Applicant.ANOTHER)
    return tuple(found)


def foresee(terms: Terms, given: Given, now: datetime) -> tuple[tuple[Condition, Verdict], ...]:
    """The verdict on each condition that the questions decide, as on a file with these answers that arrives now."""
    accredited = given.applicant is Applicant.ACCREDITED
    type = ApplicantType.ACCREDITED if accredited else ApplicantType.OTHER_NONPROFIT
    form = given.form if given.applicant is Applicant.ANOTHER else "vzw"
    facts = Facts(terms, Draft(_answers(terms, given), (), type), now, form)
    return tuple((one, judge(one, facts)) for asked in questions(terms) for one in asked.conditions)


def left_out(terms: Terms) -> tuple[Condition, ...]:
    """The conditions that the questions say nothing of."""
    decided = [one for asked in questions(terms) for one in asked.conditions]
    return tuple(condition for condition in terms.conditions if condition not in decided)


def _questions(terms: Terms) -> Iterator[Asked]:
    who = _of(terms, ConditionKind.BELGIAN_LEGAL_PERSONALITY, ConditionKind.APPLICANT_TYPE)
    amount = _of(terms, ConditionKind.AMOUNT)
    if len(applicants(terms)) > 1 and (who or amount):  # an amount is judged by the type too
        yield Asked(Topic.APPLICANT, who)
    where = _of(terms, ConditionKind.ZONE, ConditionKind.PLACES)
    if where and terms.zones:
        yield Asked(Topic.PLACE, where)
    if amount:
        yield Asked(Topic.AMOUNT, amount)
    for condition in _of(terms, ConditionKind.ANSWERED_YES, ConditionKind.ANSWERED_ONE_OF):
        question = next((one for one in terms.questions() if one.id == condition.question), None)
        # What hangs on another answer would be spared whatever is said here.
        if question and question.kind in CODED and not (question.only_if and question.only_if.question):
            yield Asked(Topic.ANSWER, (condition,), question)
    starts = _of(terms, ConditionKind.STARTS_BETWEEN)
    if starts and terms.question_meaning(Meaning.STARTS_ON):
        yield Asked(Topic.START, starts)


def _of(terms: Terms, *kinds: ConditionKind) -> tuple[Condition, ...]:
    return tuple(condition for condition in terms.conditions if condition.kind in kinds)


def _answers(terms: Terms, given: Given) -> dict[str, Any]:
    """The answers as the form of the call would hold them."""
    said = {
        Meaning.ZONE: given.zone or None, Meaning.PLACES: [given.place] if given.place else None,
        Meaning.REQUESTED: given.amount, Meaning.STARTS_ON: given.starts.isoformat() if given.starts else None,
    }  # fmt: skip
    found = dict(given.answers)
    for meaning, value in said.items():
        question = terms.question_meaning(meaning)
        if question and value is not None:
            found[question.id] = _shaped(terms, question, value)
    return found


def _shaped(terms: Terms, question: Question, value: Any) -> Any:
    """The answer in the shape of its question: an amount may be what a budget comes to, a day the first of a period."""
    if question.kind is QuestionKind.PERIOD:
        return {"from": value, "to": None}
    if question.kind is QuestionKind.BUDGET and terms.budget:
        line = {"category": terms.budget.categories[0].code, "label": "", "amount": value, "explanation": None}
        return {"lines": [line], "own": None, "funders": []}
    return value
