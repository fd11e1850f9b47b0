"""Which questions an applicant is asked: conditions on other answers and on the type of applicant. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflows.calls.form import Meaning, OnlyIf, Question, QuestionKind
from workflows.people.rules import ApplicantType

CODED = {
    QuestionKind.YES_NO, QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF, QuestionKind.ZONE, QuestionKind.PLACES,
    QuestionKind.SDG,
}  # fmt: skip
"""Kinds whose answers are codes, so that another question can depend on them."""
ALWAYS = frozenset({Meaning.TITLE, Meaning.SUMMARY, Meaning.ZONE, Meaning.REQUESTED})
"""What the programme needs of every file."""


def asked(questions: Sequence[Question], answers: Mapping[str, Any], type: ApplicantType) -> frozenset[str]:
    """The ids of the questions that are asked. What depends on a question that is not asked is not asked either,
    whatever was answered there before."""
    found: set[str] = set()
    waiting = list(questions)
    while True:
        here = [
            question for question in waiting
            if question.only_if is None or _holds(question.only_if, found, answers, type)
        ]  # fmt: skip
        if not here:
            return frozenset(found)
        found |= {question.id for question in here}
        waiting = [question for question in waiting if question.id not in found]


def codes(value: Any) -> frozenset[str]:
    """The codes in an answer: `yes` or `no`, one code, or several."""
    match value:
        case bool():
            return frozenset({"yes" if value else "no"})
        case str() if value:
            return frozenset({value})
        case list() | tuple():
            return frozenset(str(code) for code in value)
    return frozenset()


def _holds(only_if: OnlyIf, asked: set[str], answers: Mapping[str, Any], type: ApplicantType) -> bool:
    if only_if.applicant_types and type not in only_if.applicant_types:
        return False
    if only_if.question is None:
        return True
    return only_if.question in asked and bool(codes(answers.get(only_if.question)) & set(only_if.answers))


def complaints(
    questions: Sequence[Question], offered: Mapping[QuestionKind, frozenset[str]], *, budgeted: bool
) -> Iterator[str]:
    """What is wrong with a form as a whole, each with its key. `offered`: the codes that answer a kind of question;
    `budgeted`: whether the call has a budget, from which amounts are computed."""
    by_id = {question.id: question for question in questions}
    yield from _meanings(questions, budgeted)
    for question in questions:
        if question.only_if is not None:
            yield from _only_if(question, question.only_if, by_id, offered)
    circle = _circle(by_id)
    if circle:
        yield f"sections.questions.{circle[0]}.only_if.question: expected no circle ({' → '.join(circle)})"


def _meanings(questions: Sequence[Question], budgeted: bool) -> Iterator[str]:
    """What the programme needs from the form: once, and not both typed and computed."""
    meant = [meaning for question in questions for meaning in question.meanings]
    for meaning in sorted(ALWAYS):
        if meaning not in meant:
            yield f"sections.questions.means: expected one question that means {meaning}"
    for meaning in sorted({meaning for meaning in meant if meant.count(meaning) > 1}):
        yield f"sections.questions.means: {meaning} is meant twice, expected once"
    if [question.kind for question in questions].count(QuestionKind.BUDGET) != budgeted:
        yield f"budget: expected {'one question' if budgeted else 'no question'} of kind budget"


def _only_if(
    question: Question, only_if: OnlyIf, by_id: Mapping[str, Question], offered: Mapping[QuestionKind, frozenset[str]]
) -> Iterator[str]:
    """A condition on a question that is not there or has no codes, or on an answer that one does not offer."""
    key = f"sections.questions.{question.id}.only_if"
    if question.meanings & ALWAYS:
        yield f"{key}: what means {', '.join(sorted(question.meanings & ALWAYS))} is always asked, expected none"
    if only_if.question is None:
        return
    other = by_id.get(only_if.question)
    if other is None:
        yield f"{key}.question: no question has the id {only_if.question}"
    elif other.kind not in CODED:
        yield f"{key}.question: {other.id} is {other.kind}, expected one of {', '.join(sorted(CODED))}"
    else:
        known = offered.get(other.kind) or frozenset(choice.code for choice in other.choices)
        for code in sorted(set(only_if.answers) - known):
            yield f"{key}.answers: {code} is no answer to {other.id}, expected one of {', '.join(sorted(known))}"


def _circle(by_id: Mapping[str, Question]) -> list[str]:
    """A circle of questions that wait for each other, empty where there is none."""
    safe: set[str] = set()
    for start in by_id:
        path: list[str] = []
        at = start
        while at in by_id and at not in safe:
            if at in path:
                return [*path[path.index(at) :], at]
            path.append(at)
            only_if = by_id[at].only_if
            at = (only_if.question if only_if else None) or ""
        safe |= set(path)
    return []
