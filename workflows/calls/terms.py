"""The terms of one edition: everything that makes a call, as strict data. Pure; the TOML file mirrors these classes."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from workflows.budget.rules import CODE
from workflows.calls.budget import Budget
from workflows.calls.consistency import PARTS_ONLY, inconsistencies
from workflows.calls.form import Bound, Meaning, Question, Section
from workflows.calls.strict import Cents, Code, Count, Instant, PlaceCode, Strict, Words
from workflows.language import BRUSSELS, placeholders
from workflows.people.rules import ApplicantType
from workflows.permissions import Duty


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
    BUDGET_CAPS = "budget-caps"
    CO_FINANCING = "co-financing"
    STARTS_BETWEEN = "starts-between"
    LASTS_AT_MOST = "lasts-at-most"
    ANSWERED_YES = "answered-yes"
    ANSWERED_ONE_OF = "answered-one-of"
    NUMBER_BETWEEN = "number-between"
    DOCUMENT_PRESENT = "document-present"
    SIGNED = "signed"
    ONE_PER_ORGANISATION = "one-per-organisation"
    FILES_PER_ORGANISATION = "files-per-organisation"


class Condition(Strict):
    """A condition of eligibility: its kind and the parameters that kind reads. `article`: where the call sets it, for
    the letter of refusal."""

    kind: ConditionKind
    name: Words
    article: Words | None = None
    question: Code | None = None
    accepted: tuple[Code, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    months: Count | None = None
    least: Bound | None = None
    most: Bound | None = None


class Level(Strict):
    """What a mark on a criterion means."""

    mark: Annotated[int, Field(ge=0, strict=True)]
    text: Words


class Criterion(Strict):
    """A criterion of evaluation: whole points from 0 to `points`, counted `weight` times. A mean mark under the
    minimum, in 1/100 of a point, is refused whatever the score."""

    id: Code
    weight: Annotated[int, Field(ge=0, strict=True)]
    points: Count = 5
    judged_by: Duty
    name: Words
    guidance: Words | None = None
    minimum_hundredths: Annotated[int, Field(ge=0, strict=True)] | None = None
    levels: tuple[Level, ...] = ()


class Scoring(Strict):
    """How marks become a ranking. `quorum`: submitted reviews of jurors a file needs to be ranked. `gap_hundredths`: a
    spread between jurors above it sends a file to discussion. `extremes_explained`: the lowest and the highest mark on
    a criterion need a comment. `blind`: the jury does not see who applies."""

    jurors_per_application: Count
    quorum: Count = 1
    pass_mark_hundredths: Annotated[int, Field(ge=0, le=10000, strict=True)]
    gap_hundredths: Annotated[int, Field(ge=0, le=10000, strict=True)] | None = None
    opinion_required: bool
    extremes_explained: bool = False
    blind: bool = False
    jury_due_at: Instant | None = None
    opinion_due_at: Instant | None = None

    def due(self, duty: Duty) -> datetime | None:
        """Until when reviews in this duty are expected."""
        wall = self.jury_due_at if duty is Duty.JURY else self.opinion_due_at
        return None if wall is None else _instant(wall)


class EnvelopePolicy(StrEnum):
    """What an envelope means; defined in `allocation.rules`."""

    CEILING = "ceiling"
    RESERVED = "reserved"
    POT = "pot"
    PRIORITY = "priority"


class Envelope(Strict):
    """An amount for the applications that carry a group: a zone code in lower case, an applicant type, or `*`.

    `budget_line`: the basic allocation its money is charged to, in the year in which it is committed.
    """

    id: Code
    amount_cents: Cents
    policy: EnvelopePolicy
    groups: tuple[str, ...] = Field(min_length=1)
    name: Words
    source: Words | None = None
    budget_line: Annotated[str, StringConstraints(pattern=CODE)] | None = None


class AllocationRule(Strict):
    """The rule by which the envelopes are divided, and how ties are broken."""

    rule: Literal["rank-stop", "rank-skip", "rank-partial-stop", "rank-partial-skip", "pro-rata"]
    ties: tuple[Literal["score", "smaller-request", "larger-request", "id"], ...] = ("smaller-request", "id")
    why: Words
    second_signature: bool = True


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
    opens_at: Instant
    closes_at: Instant
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
    budget: Budget | None = None
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
        """The question whose answer has or holds this meaning, if the call asks it."""
        return next((question for question in self.questions() if meaning in question.meanings), None)

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
