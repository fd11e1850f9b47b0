"""The terms of one edition: everything that makes a call, as strict data. Pure; the TOML file mirrors these classes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from workflows.calls.form import Meaning, Question, QuestionKind, Section
from workflows.calls.strict import Cents, Code, Count, PlaceCode, Strict, Words
from workflows.language import BRUSSELS, placeholders
from workflows.people.rules import ApplicantType
from workflows.permissions import Duty
from workflows.problems import Reason


class Accent(StrEnum):
    """The colour by which a call is known on its pages; each is a class of the style sheet."""

    TERRACOTTA = "terracotta"
    INDIGO = "indigo"
    MOSS = "moss"
    PLUM = "plum"
    TEAL = "teal"


class ApplicantRule(Strict):
    """Who may apply, and between which amounts, both bounds included."""

    type: ApplicantType
    floor_cents: Cents
    ceiling_cents: Cents

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.ceiling_cents < self.floor_cents:
            raise ValueError("ceiling_cents: expected at least floor_cents")
        return self


class Place(Strict):
    code: PlaceCode
    name: Words
    excluded: bool = False


class Zone(Strict):
    """A region in which projects may take place; excluded places are offered, so that a refusal can be explained."""

    code: PlaceCode
    name: Words
    places: tuple[Place, ...] = ()


class ConditionKind(StrEnum):
    """The conditions of eligibility this version can judge; each has one function in `eligibility.rules`."""

    ON_TIME = "on-time"
    COMPLETE = "complete"
    BELGIAN_LEGAL_PERSONALITY = "belgian-legal-personality"
    APPLICANT_TYPE = "applicant-type"
    ZONE = "zone"
    PLACES = "places"
    AMOUNT = "amount"
    STARTS_BETWEEN = "starts-between"
    LASTS_AT_MOST = "lasts-at-most"
    ANSWERED_YES = "answered-yes"
    ANSWERED_ONE_OF = "answered-one-of"
    ONE_PER_ORGANISATION = "one-per-organisation"


class Condition(Strict):
    """A condition of eligibility: its kind and the parameters that kind reads."""

    kind: ConditionKind
    name: Words
    question: Code | None = None
    accepted: tuple[Code, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    months: Count | None = None


class Criterion(Strict):
    """A criterion of evaluation: whole points from 0 to `points`, counted `weight` times."""

    id: Code
    weight: Annotated[int, Field(ge=0, strict=True)]
    points: Count = 5
    judged_by: Duty
    name: Words
    guidance: Words | None = None


class Scoring(Strict):
    """How marks become a ranking."""

    jurors_per_application: Count
    pass_mark_hundredths: Annotated[int, Field(ge=0, le=10000, strict=True)]
    opinion_required: bool


class EnvelopePolicy(StrEnum):
    """What an envelope means; defined in `allocation.rules`."""

    CEILING = "ceiling"
    RESERVED = "reserved"
    POT = "pot"
    PRIORITY = "priority"


class Envelope(Strict):
    """An amount for the applications that carry a group: a zone code in lower case, an applicant type, or `*`."""

    id: Code
    amount_cents: Cents
    policy: EnvelopePolicy
    groups: tuple[str, ...] = Field(min_length=1)
    name: Words
    source: Words | None = None


class AllocationRule(Strict):
    """The rule by which the envelopes are divided, and how ties are broken."""

    rule: Literal["rank-stop", "rank-skip", "rank-partial-stop", "rank-partial-skip", "pro-rata"]
    ties: tuple[Literal["score", "smaller-request", "larger-request", "id"], ...] = ("smaller-request", "id")
    why: Words


class Approval(Strict):
    """A step a decision needs where the amount is strictly above the threshold."""

    step: Code
    above_cents: Cents
    name: Words


class LetterText(Strict):
    """The office's own words of one kind of letter, with fixed placeholders; Dutch and French only."""

    subject: Words
    opening: Words
    closing: Words

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.unknown_placeholders(frozenset())  # raises ValueError on a brace that is left open
        return self

    def unknown_placeholders(self, known: frozenset[str]) -> frozenset[str]:
        """Placeholders that no letter can fill."""
        texts = (text for words in (self.subject, self.opening, self.closing) for text in words.texts().values())
        return frozenset().union(*(placeholders(text) for text in texts)) - known


class Letters(Strict):
    """One text per kind of letter, and the dated legal notices."""

    receipt: LetterText
    ineligible: LetterText
    award: LetterText
    reserve: LetterText
    refusal: LetterText
    reasons_notice: Words
    remedies_notice: Words


class PublishedFigure(Strict):
    """A total somebody published elsewhere; ours is computed beside it and the difference is shown."""

    total_cents: Cents
    source: Words


class Terms(Strict):
    """Everything that makes one edition of a call."""

    id: Code
    kind: Code
    accent: Accent | None = None
    year: Annotated[int, Field(ge=2013, le=2100, strict=True)]
    reference_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}[0-9]{2}$")]
    opens_at: datetime
    closes_at: datetime
    reference_date: date
    organisers: tuple[str, ...] = Field(min_length=1)
    chosen_by_us: tuple[str, ...] = ()
    name: Words
    summary: Words
    published_figure: PublishedFigure | None = None
    scoring: Scoring
    allocation: AllocationRule
    letters: Letters
    applicants: tuple[ApplicantRule, ...] = Field(min_length=1)
    zones: tuple[Zone, ...] = ()
    conditions: tuple[Condition, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    envelopes: tuple[Envelope, ...] = Field(min_length=1)
    approvals: tuple[Approval, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if not (info.context or {}).get(PARTS_ONLY):
            for complaint in inconsistencies(self):
                raise ValueError(complaint.text)
        return self

    @property
    def opens(self) -> datetime:
        """The opening instant (UTC-comparable); the file gives Brussels wall-clock time."""
        return _instant(self.opens_at)

    @property
    def closes(self) -> datetime:
        """The closing instant: on time is strictly before it."""
        return _instant(self.closes_at)

    def questions(self) -> Iterator[Question]:
        """Every question, in the order of the form."""
        for section in self.sections:
            yield from section.questions

    def question_meaning(self, meaning: Meaning) -> Question | None:
        """The question whose answer has this meaning, if the call asks it."""
        return next((question for question in self.questions() if question.means is meaning), None)

    def zone(self, code: str) -> Zone | None:
        """The zone with this code, None where the edition has none such."""
        return next((zone for zone in self.zones if zone.code == code), None)

    def applicant_rule(self, type: ApplicantType) -> ApplicantRule | None:
        """The amounts for this type of applicant, those for anybody else; None where that type may not apply."""
        rules = {rule.type: rule for rule in self.applicants}
        return rules.get(type) or rules.get(ApplicantType.ANY)

    def criteria_of(self, duty: Duty) -> tuple[Criterion, ...]:
        """The criteria judged in this duty."""
        return tuple(criterion for criterion in self.criteria if criterion.judged_by is duty)


def _instant(moment: datetime) -> datetime:
    return moment.replace(tzinfo=BRUSSELS) if moment.tzinfo is None else moment


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


def inconsistencies(terms: Terms) -> Iterator[Inconsistency]:
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


def _doubles(terms: Terms) -> Iterator[Inconsistency]:
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


def _questions(terms: Terms) -> Iterator[Inconsistency]:
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


def _groups(terms: Terms) -> Iterator[Inconsistency]:
    """Envelopes for groups that no application carries."""
    known = known_groups(terms.zones, terms.applicants)
    for number, envelope in enumerate(terms.envelopes):
        for group in envelope.groups:
            if group not in known:
                expected = ", ".join(sorted(known))
                text = f"envelopes.{envelope.id}.groups: {group} is unknown, expected one of {expected}"
                yield Inconsistency(text, ("envelopes", number, "groups"), Reason("unknown-group", {"group": group}))


def known_groups(zones: Iterable[Zone], applicants: Iterable[ApplicantRule]) -> frozenset[str]:
    """The groups an application can carry: everybody, its zone, its type of applicant."""
    types = {str(rule.type) for rule in applicants if rule.type is not ApplicantType.ANY}
    return frozenset({"*"} | {zone.code.lower() for zone in zones} | types)
