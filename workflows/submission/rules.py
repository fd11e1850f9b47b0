"""When a draft may be submitted, and the marks a submission carries. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflows.calls import asking
from workflows.calls.form import Meaning, Question, QuestionKind, Section
from workflows.calls.terms import Terms
from workflows.canonical import fingerprint
from workflows.people.rules import ApplicantType
from workflows.problems import Problem
from workflows.submission import budget, checks

Answers = Mapping[str, Any]
RECEIPT = re.compile(r"[A-Z]{1,4}[0-9]{2}-[0-9]{4,9}-[0-9]{2}/[0-9]{1,6}/[0-9a-f]{8}/[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class AttachmentView:
    """A document of a file. `token` names it in addresses; `size` in bytes."""

    token: str
    question_id: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Draft:
    """What is judged before submission. `unread`: the questions under which something stands that cannot be read."""

    answers: Answers
    attachments: tuple[AttachmentView, ...]
    type: ApplicantType
    unread: frozenset[str] = frozenset()


def asked(terms: Terms, draft: Draft) -> frozenset[str]:
    """The ids of the questions this applicant is asked, by the conditions of the form."""
    return asking.asked(tuple(terms.questions()), draft.answers, draft.type)


def sections(terms: Terms, draft: Draft) -> tuple[Section, ...]:
    """The form as this applicant meets it: only the questions that are asked, no section without any."""
    ids = asked(terms, draft)
    met = (
        section.model_copy(update={"questions": tuple(one for one in section.questions if one.id in ids)})
        for section in terms.sections
    )
    return tuple(section for section in met if section.questions)


def missing(terms: Terms, draft: Draft) -> tuple[Problem, ...]:
    """Every required question that is asked and has no answer, in the order of the form, each a Problem on its field.

    Of documents there may be too few.
    """
    return tuple(
        Problem(
            "document-missing" if question.kind is QuestionKind.DOCUMENT else "answer-missing",
            field=question.id, question=question.label.texts(),
        )
        for section in sections(terms, draft) for question in section.questions
        if question.required and question.id not in draft.unread
        and not answered(question, draft.answers, draft.attachments)
    )  # fmt: skip


def wrong(terms: Terms, draft: Draft) -> tuple[Problem, ...]:
    """Answers that would be refused whatever the jury thinks: what cannot be read, amounts and numbers out of bounds,
    half-filled rows, broken caps of a budget, an end before the start."""
    found: list[Problem] = []
    if terms.applicant_rule(draft.type) is None:
        found.append(Problem("applicant-type-not-invited"))
    for section in sections(terms, draft):
        for question in section.questions:
            if question.id in draft.unread:
                found.append(Problem("answer-unread", field=question.id, question=question.label.texts()))
                continue
            value = draft.answers.get(question.id)
            if value in (None, "", []):
                continue
            found += checks.complaints(question, value)
            if question.kind is QuestionKind.BUDGET and terms.budget:
                found += budget.complaints(terms.budget, question.id, value)
    return tuple(found) + _amount_out_of_bounds(terms, draft) + _ends_before_start(terms, draft)


def _amount_out_of_bounds(terms: Terms, draft: Draft) -> tuple[Problem, ...]:
    """A requested amount below the floor, above the ceiling (both may be asked) or above the total budget."""
    requested, question = answer(terms, draft, Meaning.REQUESTED), terms.question_meaning(Meaning.REQUESTED)
    rule, total = terms.applicant_rule(draft.type), answer(terms, draft, Meaning.TOTAL_BUDGET)
    if question is None or requested is None or requested < 0:  # below zero the budget is overfinanced, and says so
        return ()
    found: list[Problem] = []
    if rule and not rule.floor_cents <= requested <= rule.ceiling_cents:
        code = "amount-above-ceiling" if requested > rule.ceiling_cents else "amount-below-floor"
        bounds = {"floor": rule.floor_cents, "ceiling": rule.ceiling_cents, "requested": requested}
        found.append(Problem(code, field=question.id, **bounds))
    if total is not None and requested > total:
        found.append(Problem("amount-above-budget", field=question.id, requested=requested, total=total))
    return tuple(found)


def _ends_before_start(terms: Terms, draft: Draft) -> tuple[Problem, ...]:
    """Where the two days are two questions; a period is judged by itself."""
    starts, ends = (answer(terms, draft, meaning) for meaning in (Meaning.STARTS_ON, Meaning.ENDS_ON))
    last = terms.question_meaning(Meaning.ENDS_ON)
    if not (starts and ends and last) or last.kind is QuestionKind.PERIOD:
        return ()
    if date.fromisoformat(ends) < date.fromisoformat(starts):
        return (Problem("ends-before-start", field=last.id, starts=starts, ends=ends),)
    return ()


def answered(question: Question, answers: Answers, attachments: Iterable[AttachmentView]) -> bool:
    """Whether the question has an answer; `no` and 0 are answers, half a period and a budget without a cost none."""
    value = answers.get(question.id)
    match question.kind:
        case QuestionKind.DOCUMENT:
            there = sum(attachment.question_id == question.id for attachment in attachments)
            return there >= max(1, question.at_least or 0)
        case QuestionKind.PERIOD:
            return bool(value and value["from"] and value["to"])
        case QuestionKind.BUDGET:
            return bool(value and value["lines"])
    return value not in (None, "", [])


def answer(terms: Terms, draft: Draft, meaning: Meaning) -> Any:
    """What the answers say with this meaning, None where it is not asked or not answered. From a budget it is
    computed, in cents; a period gives its two days."""
    question = terms.question_meaning(meaning)
    value = draft.answers.get(question.id) if question else None
    if question is None or value is None or (question.only_if and question.id not in asked(terms, draft)):
        return None
    match question.kind, meaning:
        case QuestionKind.BUDGET, _ if terms.budget:
            found = budget.sums(terms.budget, value)
            if not value["lines"]:
                return None
            return found.requested if meaning is Meaning.REQUESTED else found.total
        case QuestionKind.PERIOD, Meaning.STARTS_ON:
            return value["from"]
        case QuestionKind.PERIOD, Meaning.ENDS_ON:
            return value["to"]
    return value


@dataclass(frozen=True)
class Progress:
    """How far a section is."""

    done: int
    wanted: int

    @property
    def complete(self) -> bool:
        return self.done == self.wanted


def progress(section: Section, draft: Draft) -> Progress:
    """Required questions answered, and how many there are."""
    required = [question for question in section.questions if question.required]
    done = sum(
        question.id not in draft.unread and answered(question, draft.answers, draft.attachments)
        for question in required
    )
    return Progress(done, len(required))


def reference(prefix: str, number: int) -> str:
    """The reference of a file: prefix, number within the call, two check digits (mod 97, as bank references have)."""
    return f"{prefix}-{number:04d}-{_check_digits(prefix, number)}"


def submitted_mark(submissions: int, reopened: bool) -> str:
    """What a page remembers of a file that can be withdrawn: how often it was submitted, and whether it is open again.
    It says nothing of its assessment."""
    return f"{submissions}{'-reopened' if reopened else ''}"


def receipt_number(reference: str, submission: int, digest: str) -> str:
    """The number of a receipt: the file, which submission of it, the beginning of the content's SHA-256, check digits.

    The check digits are those of ISO 7064, MOD 97-10, over every letter and digit before them, as in an IBAN.
    """
    number = f"{reference}/{submission}/{digest[:8]}"
    return f"{number}/{98 - _value(number) * 100 % 97:02d}"


def tidy_receipt_number(typed: str) -> str:
    """A receipt number as it was written, from what somebody copied: without spaces, letters in their own case."""
    reference, *rest = "".join(typed.split()).split("/")
    return "/".join((reference.upper(), *(part.lower() for part in rest)))


def valid_receipt_number(text: str) -> bool:
    """Whether a text has the form of a receipt number and its check digits are right."""
    return RECEIPT.fullmatch(text) is not None and _value(text) % 97 == 1


def _value(text: str) -> int:
    """The letters and digits of a text as one number, a letter as 10 to 35; other signs do not count."""
    return int("".join(str(int(sign, 36)) for sign in text if sign.isalnum()))


def _check_digits(prefix: str, number: int) -> str:
    value = int("".join(str(int(character, 36)) for character in prefix) + f"{number:04d}")
    return f"{value % 97 or 97:02d}"


def valid_reference(text: str) -> bool:
    """Whether the check digits of a reference are right."""
    parts = text.split("-")
    if len(parts) != 3 or not parts[0].isalnum() or not parts[1].isdigit():
        return False
    return reference(parts[0], int(parts[1])) == text


@dataclass(frozen=True)
class Snapshot:
    """What was submitted, frozen. `terms` is the fingerprint of that version of the call's terms, `applicant` what the
    organisation said of itself that day, and its type."""

    call: str
    terms_version: int
    terms: str
    reference: str
    submission: int
    organisation: str
    language: str
    answers: Answers
    attachments: tuple[AttachmentView, ...]
    received_at: datetime
    applicant: Mapping[str, Any] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """The content as JSON values, in one order."""
        return {
            "call": self.call, "terms_version": self.terms_version, "terms": self.terms,
            "reference": self.reference, "submission": self.submission, "organisation": self.organisation,
            "language": self.language, "answers": dict(self.answers),
            "documents": [
                {"question": found.question_id, "name": found.name, "sha256": found.sha256, "size": found.size}
                for found in self.attachments
            ],
            "received_at": self.received_at.isoformat(),
            **({"applicant": dict(self.applicant)} if self.applicant else {}),
        }  # fmt: skip

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the content."""
        return fingerprint(self.content())
