"""Which questions an applicant is asked: conditions on other answers and on the type of applicant. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflows.calls.form import Meaning, OnlyIf, Question, QuestionKind
from workflows.calls.labels import value
from workflows.calls.strict import Inconsistency, Spot
from workflows.people.rules import ApplicantType
from workflows.problems import Reason

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


def codes(given: Any) -> frozenset[str]:
    """The codes in an answer: `yes` or `no`, one code, or several."""
    match given:
        case bool():
            return frozenset({"yes" if given else "no"})
        case str() if given:
            return frozenset({given})
        case list() | tuple():
            return frozenset(str(code) for code in given)
    return frozenset()


def _holds(only_if: OnlyIf, asked: set[str], answers: Mapping[str, Any], type: ApplicantType) -> bool:
    if only_if.applicant_types and type not in only_if.applicant_types:
        return False
    if only_if.question is None:
        return True
    return only_if.question in asked and bool(codes(answers.get(only_if.question)) & set(only_if.answers))


def complaints(
    questions: Sequence[Question],
    spots: Mapping[str, Spot],
    offered: Mapping[QuestionKind, frozenset[str]],
    *,
    budgeted: bool,
    zoned: bool,
) -> Iterator[Inconsistency]:
    """What is wrong with a form as a whole. `spots`: where each question stands; `offered`: the codes that answer a
    kind of question; `budgeted`, `zoned`: whether the call has a budget, from which amounts are computed, and zones."""
    by_id = {question.id: question for question in questions}
    yield from _meanings(questions, budgeted, ALWAYS if zoned else ALWAYS - {Meaning.ZONE})
    for question in questions:
        if question.only_if is not None:
            yield from _only_if(question, question.only_if, by_id, spots[question.id], offered)
    circle = _circle(by_id)
    if circle:
        text = f"sections.questions.{circle[0]}.only_if.question: expected no circle ({' → '.join(circle)})"
        reason = Reason("only-if-circle", {"questions": [by_id[one].label.texts() for one in circle]})
        yield Inconsistency(text, (*spots[circle[0]], "only_if"), reason)


def _meanings(questions: Sequence[Question], budgeted: bool, needed: frozenset[Meaning]) -> Iterator[Inconsistency]:
    """What the programme needs from the form: once, and not both typed and computed."""
    meant = [meaning for question in questions for meaning in question.meanings]
    for meaning in sorted(needed):
        if meaning not in meant:
            text = f"sections.questions.means: expected one question that means {meaning}"
            reason = Reason("no-question-means", {"meaning": value("Meaning", meaning)})
            yield Inconsistency(text, ("sections",), reason)
    for meaning in sorted({meaning for meaning in meant if meant.count(meaning) > 1}):
        text = f"sections.questions.means: {meaning} is meant twice, expected once"
        yield Inconsistency(text, ("sections",), Reason("means-twice", {"meaning": value("Meaning", meaning)}))
    if [question.kind for question in questions].count(QuestionKind.BUDGET) != budgeted:
        text = f"budget: expected {'one question' if budgeted else 'no question'} of kind budget"
        yield Inconsistency(text, ("budget",), Reason("budget-wants-question" if budgeted else "budget-not-set"))


def _only_if(
    question: Question,
    only_if: OnlyIf,
    by_id: Mapping[str, Question],
    spot: Spot,
    offered: Mapping[QuestionKind, frozenset[str]],
) -> Iterator[Inconsistency]:
    """A condition on a question that is not there or has no codes, or on an answer that one does not offer."""
    key = f"sections.questions.{question.id}.only_if"
    facts = {"question": question.label.texts()}
    if question.meanings & ALWAYS:
        text = f"{key}: what means {', '.join(sorted(question.meanings & ALWAYS))} is always asked, expected none"
        yield Inconsistency(text, (*spot, "only_if"), Reason("only-if-always-asked", facts))
    if only_if.question is None:
        return
    there = (*spot, "only_if", "question")
    other = by_id.get(only_if.question)
    if other is None:
        text = f"{key}.question: no question has the id {only_if.question}"
        yield Inconsistency(text, there, Reason("only-if-no-question", {**facts, "other": only_if.question}))
    elif other.kind not in CODED:
        text = f"{key}.question: {other.id} is {other.kind}, expected one of {', '.join(sorted(CODED))}"
        yield Inconsistency(text, there, Reason("only-if-not-coded", {**facts, "other": other.label.texts()}))
    else:
        known = offered.get(other.kind) or frozenset(choice.code for choice in other.choices)
        for code in sorted(set(only_if.answers) - known):
            text = f"{key}.answers: {code} is no answer to {other.id}, expected one of {', '.join(sorted(known))}"
            reason = Reason("only-if-no-answer", {**facts, "answer": code, "other": other.label.texts()})
            yield Inconsistency(text, (*spot, "only_if", "answers"), reason)


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
