"""The form of a call: its sections and questions, how each is answered, what it means, who may read it."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from workflows.calls.strict import Code, Count, Strict, Words


class QuestionKind(StrEnum):
    """How a question is answered, and so how the answer is stored."""

    SHORT_TEXT = "short-text"  # str
    LONG_TEXT = "long-text"  # str
    NUMBER = "number"  # int
    AMOUNT = "amount"  # int, cents
    DATE = "date"  # str, ISO day
    YES_NO = "yes-no"  # bool
    ONE_OF = "one-of"  # str, code of the choice
    SEVERAL_OF = "several-of"  # list[str], codes
    ZONE = "zone"  # str, code of a zone of the call
    PLACES = "places"  # list[str], codes of places within the zones
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


class Reader(StrEnum):
    """Who may read an answer. `public` is read by everybody, `administration` by the office only."""

    PUBLIC = "public"
    JURY = "jury"
    EXPERT = "expert"
    ADMINISTRATION = "administration"


class Choice(Strict):
    code: Code
    label: Words


class Question(Strict):
    id: Code
    kind: QuestionKind
    means: Meaning | None = None
    required: bool = True
    max_length: Count | None = None
    readers: tuple[Reader, ...] = (Reader.JURY, Reader.EXPERT)
    label: Words
    help: Words | None = None
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _choices_where_needed(self) -> Self:
        needs = self.kind in (QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF)
        if needs != bool(self.choices):
            raise ValueError("choices: wanted for one-of and several-of, and only there")
        return self


class Section(Strict):
    id: Code
    title: Words
    questions: tuple[Question, ...] = Field(min_length=1)
