"""What the conditions of eligibility look at in a file, and how that reads. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.calls import labels
from workflows.calls.form import Meaning, Question, QuestionKind
from workflows.calls.terms import Terms
from workflows.language import LANGUAGES, say, show_day, show_moment, text_in
from workflows.people.rules import ApplicantStanding
from workflows.problems import Reason
from workflows.submission.budget import Sums, sums
from workflows.submission.rules import Draft, answer, asked
from workflows.submission.shown import in_words


@dataclass(frozen=True)
class Facts:
    """What the conditions look at. `others` are references of other files of the same organisation in the call.

    `type_confirmed` is False where the type of the applicant rests on its own word only; `country` is that of its
    seat, `signatory` who binds it.
    """

    terms: Terms
    draft: Draft
    received_at: datetime
    legal_form: str
    others: tuple[str, ...] = ()
    type_confirmed: bool = True
    country: str = "BE"
    signatory: str = ""

    def spares(self, question_id: str | None) -> bool:
        """Whether the form asks this of others but not of this applicant: nobody fails what they are not asked."""
        there = any(question.id == question_id for question in self.terms.questions())
        return there and question_id not in asked(self.terms, self.draft)

    def sums(self) -> Sums | None:
        """What the budget comes to, where the call has one and it is filled in."""
        if self.terms.budget is None or self.meaning(Meaning.TOTAL_BUDGET) is None:
            return None
        question = self.terms.question_meaning(Meaning.TOTAL_BUDGET)
        return sums(self.terms.budget, self.draft.answers.get(question.id)) if question else None

    @property
    def basis(self) -> tuple[ApplicantStanding, tuple[str, ...]]:
        return ApplicantStanding(self.draft.type, self.type_confirmed), self.others

    def meaning(self, meaning: Meaning) -> Any:
        return answer(self.terms, self.draft, meaning)

    def question(self, question_id: str | None) -> Question | None:
        """The question with this id, where this applicant is asked it."""
        if question_id not in asked(self.terms, self.draft):
            return None
        return next(question for question in self.terms.questions() if question.id == question_id)


def basis(version: int, standing: ApplicantStanding, others: Iterable[str]) -> str:
    """What the verdicts on a submission rest on beside it: the version of the terms, the type of the applicant, the
    other files of its organisation. Where it changes, the submission is judged again."""
    return "/".join((str(version), standing.type, "confirmed" if standing.confirmed else "stated", *others))


@dataclass(frozen=True)
class Seen:
    """Something a condition looked at and what stood there, by language; of an answer, the id of its question."""

    label: Mapping[str, str]
    shown: Mapping[str, str]
    question: str | None = None


def seen_answer(facts: Facts, question: Question) -> Seen:
    """An answer, or the names of the documents under a question."""
    if question.kind is QuestionKind.DOCUMENT:
        names = ", ".join(one.name for one in facts.draft.attachments if one.question_id == question.id)
        shown = dict.fromkeys(LANGUAGES, names)
    else:
        value = facts.draft.answers.get(question.id)
        shown = {language: in_words(facts.terms, question, value, language) for language in LANGUAGES}
    nothing = Reason("seen-nothing")
    return Seen(
        question.label.texts(), {language: text or say(nothing, language) for language, text in shown.items()},
        question.id,
    )  # fmt: skip


def seen_beside(facts: Facts, code: str) -> Seen:
    """Something that is no answer, by the code of its label."""
    show, nothing = BESIDE[code], Reason("seen-none")
    return Seen(
        {language: say(Reason(code), language) for language in LANGUAGES},
        {language: show(facts, language) or say(nothing, language) for language in LANGUAGES},
    )


def _legal_form(facts: Facts, language: str) -> str:
    codes = {"other": "legal-form-other", "foreign": "legal-form-foreign"}
    return say(Reason(codes[facts.legal_form]), language) if facts.legal_form in codes else facts.legal_form


BESIDE: Mapping[str, Callable[[Facts, str], str]] = {
    "seen-received": lambda facts, language: show_moment(facts.received_at, language),
    "seen-closes": lambda facts, language: show_moment(facts.terms.closes, language),
    "seen-legal-form": _legal_form,
    "seen-country": lambda facts, language: facts.country,
    "seen-type": lambda facts, language: text_in(labels.value("ApplicantType", facts.draft.type), language),
    "seen-reference-date": lambda facts, language: show_day(facts.terms.reference_date, language),
    "seen-others": lambda facts, language: ", ".join(facts.others),
    "seen-signatory": lambda facts, language: facts.signatory,
}
"""What is looked at beside the answers, by the code of its label."""
