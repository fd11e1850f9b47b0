"""The form of a call: its sections and questions, how each is answered, when it is asked, who may read it.

The answers of a file are plain JSON by question id, in the shapes that stand beside each kind below. Documents are
attachments and no part of it. A period is `{"from": day, "to": day}`, either of them null while it is not given. A
table is a list of rows, each an object by column id, null where a cell is empty. The shape of a budget stands in
`submission.budget`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from workflows.calls.strict import Code, Count, Strict, Words
from workflows.people.rules import ApplicantType


class QuestionKind(StrEnum):
    """How a question is answered, and so how the answer is stored."""

    SHORT_TEXT = "short-text"  # str
    LONG_TEXT = "long-text"  # str
    NUMBER = "number"  # int
    AMOUNT = "amount"  # int, cents
    DATE = "date"  # str, ISO day
    PERIOD = "period"  # {"from": str, "to": str}, ISO days, both included
    YES_NO = "yes-no"  # bool
    ONE_OF = "one-of"  # str, code of the choice
    SEVERAL_OF = "several-of"  # list[str], codes
    ZONE = "zone"  # str, code of a zone of the call
    PLACES = "places"  # list[str], codes of places within the zones
    SDG = "sdg"  # list[str], numbers of goals of sustainable development, "1" to "17"
    TABLE = "table"  # list[dict[str, str | int | None]], rows by column id
    BUDGET = "budget"  # dict, see submission.budget
    DOCUMENT = "document"  # attachments


class Meaning(StrEnum):
    """What an answer is to the programme, whatever the office calls the question."""

    TITLE = "title"
    SUMMARY = "summary"
    ZONE = "zone"
    PLACES = "places"
    REQUESTED = "requested"
    TOTAL_BUDGET = "total-budget"
    STARTS_ON = "starts-on"
    ENDS_ON = "ends-on"
    PERIOD = "period"
    PARTNERS = "partners"


class Reader(StrEnum):
    """Who may read an answer. `public` is read by everybody, `administration` by the office only."""

    PUBLIC = "public"
    JURY = "jury"
    EXPERT = "expert"
    ADMINISTRATION = "administration"


class ColumnKind(StrEnum):
    """How a cell of a table is answered; stored as the question of that kind is."""

    SHORT_TEXT = "short-text"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    YES_NO = "yes-no"
    ONE_OF = "one-of"


class DocumentKind(StrEnum):
    """A kind of document, told by its content."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    ODT = "odt"
    ODS = "ods"
    PNG = "png"
    JPG = "jpg"


Bound = Annotated[int, Field(ge=0, le=10**12, strict=True)]
ROWS, DOCUMENTS = 20, 5
"""How many rows of a table and documents of a question there may be where the question does not say."""
MOST_ROWS, MOST_DOCUMENTS = 100, 20

_TEXTS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})
_CHOSEN = frozenset({QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF})
_COUNTED = frozenset({
    QuestionKind.NUMBER, QuestionKind.SEVERAL_OF, QuestionKind.PLACES, QuestionKind.SDG, QuestionKind.TABLE,
    QuestionKind.DOCUMENT,
})  # fmt: skip
_MEANT = {
    Meaning.TITLE: frozenset({QuestionKind.SHORT_TEXT}),
    Meaning.SUMMARY: _TEXTS,
    Meaning.ZONE: frozenset({QuestionKind.ZONE}),
    Meaning.PLACES: frozenset({QuestionKind.PLACES}),
    Meaning.REQUESTED: frozenset({QuestionKind.AMOUNT}),
    Meaning.TOTAL_BUDGET: frozenset({QuestionKind.AMOUNT}),
    Meaning.STARTS_ON: frozenset({QuestionKind.DATE}),
    Meaning.ENDS_ON: frozenset({QuestionKind.DATE}),
    Meaning.PERIOD: frozenset({QuestionKind.PERIOD}),
    Meaning.PARTNERS: frozenset({QuestionKind.SHORT_TEXT, QuestionKind.TABLE}),
}


class Choice(Strict):
    code: Code
    label: Words


class OnlyIf(Strict):
    """When a question is asked: where another one is answered with one of `answers`, where the applicant is of one of
    these types; where both are given, both must hold. `answers` are codes, `yes` or `no`, or numbers of goals."""

    question: Code | None = None
    answers: tuple[str, ...] = ()
    applicant_types: tuple[ApplicantType, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.question) != bool(self.answers):
            raise ValueError("question, answers: expected both or neither")
        if not self.question and not self.applicant_types:
            raise ValueError("expected a question with its answers, or applicant_types")
        return self


class Column(Strict):
    """A column of a table. Without `readers` of its own it is read by those of the question."""

    id: Code
    kind: ColumnKind
    required: bool = True
    max_length: Count | None = None
    readers: tuple[Reader, ...] = ()
    label: Words
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if (self.kind is ColumnKind.ONE_OF) != bool(self.choices):
            raise ValueError("choices: wanted for one-of, and only there")
        _only_for(self.max_length, self.kind is ColumnKind.SHORT_TEXT, "max_length: only for short-text")
        return self


class Question(Strict):
    """A question of the form. `at_least` and `at_most`: the smallest and largest number; or how many choices, places,
    goals, rows or documents. `accepted`: kinds of documents, all of them where none is named. `identifies`: the answer
    tells who applies, so that the jury does not see it where the call has files judged blind."""

    id: Code
    kind: QuestionKind
    means: Meaning | None = None
    required: bool = True
    max_length: Count | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    accepted: tuple[DocumentKind, ...] = ()
    readers: tuple[Reader, ...] = (Reader.JURY, Reader.EXPERT)
    identifies: bool = False
    label: Words
    help: Words | None = None
    choices: tuple[Choice, ...] = ()
    columns: tuple[Column, ...] = ()
    only_if: OnlyIf | None = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        kind = self.kind
        if (kind in _CHOSEN) != bool(self.choices):
            raise ValueError("choices: wanted for one-of and several-of, and only there")
        if (kind is QuestionKind.TABLE) != bool(self.columns):
            raise ValueError("columns: wanted for a table, and only there")
        _only_for(self.max_length, kind in _TEXTS, "max_length: only for short-text and long-text")
        _only_for(self.at_least, kind in _COUNTED, f"at_least: only for {', '.join(sorted(_COUNTED))}")
        _only_for(self.at_most, kind in _COUNTED, f"at_most: only for {', '.join(sorted(_COUNTED))}")
        _only_for(self.accepted or None, kind is QuestionKind.DOCUMENT, "accepted: only for a document")
        if self.means and kind not in _MEANT[self.means]:
            raise ValueError(f"kind: what means {self.means} is of kind {', '.join(sorted(_MEANT[self.means]))}")
        return self

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name, codes in (("choices.code", self.choices), ("columns.id", self.columns)):
            values = [one.code if isinstance(one, Choice) else one.id for one in codes]
            for value in sorted({value for value in values if values.count(value) > 1}):
                raise ValueError(f"{name}: {value} stands there twice, expected each once")
        most = {
            QuestionKind.TABLE: MOST_ROWS, QuestionKind.DOCUMENT: MOST_DOCUMENTS, QuestionKind.SDG: 17,
            QuestionKind.SEVERAL_OF: len(self.choices),
        }.get(self.kind)  # fmt: skip
        if self.at_most is not None and self.kind is not QuestionKind.NUMBER and self.at_most == 0:
            raise ValueError("at_most: expected at least 1")
        if most is not None and (self.at_most or 0) > most:
            raise ValueError(f"at_most: expected at most {most}")
        if self.at_least is not None and self.most is not None and self.at_least > self.most:
            raise ValueError(f"at_least: expected at most {self.most}")
        return self

    @property
    def most(self) -> int | None:
        """The most there may be of what `at_most` counts, also where the question does not say; None without bound."""
        if self.at_most is not None:
            return self.at_most
        return {
            QuestionKind.TABLE: ROWS, QuestionKind.DOCUMENT: DOCUMENTS, QuestionKind.SDG: 17,
            QuestionKind.SEVERAL_OF: len(self.choices),
        }.get(self.kind)  # fmt: skip

    @property
    def meanings(self) -> frozenset[Meaning]:
        """What the answer means, with what it holds: a period its two days, a budget the sums computed from it."""
        match self.kind, self.means:
            case QuestionKind.BUDGET, _:
                return frozenset({Meaning.REQUESTED, Meaning.TOTAL_BUDGET})
            case _, Meaning.PERIOD:
                return frozenset({Meaning.PERIOD, Meaning.STARTS_ON, Meaning.ENDS_ON})
            case _, None:
                return frozenset()
        return frozenset({self.means}) if self.means else frozenset()


class Section(Strict):
    id: Code
    title: Words
    questions: tuple[Question, ...] = Field(min_length=1)


def _only_for(value: object, fits: bool, complaint: str) -> None:
    """Raise ValueError where a key has a value at a kind that has no use for it."""
    if value is not None and not fits:
        raise ValueError(complaint)
