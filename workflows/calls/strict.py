"""What every part of a call file is made of: refused when unknown, never changed, Dutch and French always there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from workflows.problems import Reason


def _of_our_time(moment: datetime) -> datetime:
    """An instant far out of our time falls off the calendar in another zone."""
    if not 2000 <= moment.year <= 2200:
        raise ValueError("expected a year from 2000 to 2200")
    return moment


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,19}$")]
Cents = Annotated[int, Field(ge=0, le=10**13, strict=True)]
Instant = Annotated[datetime, AfterValidator(_of_our_time)]
Count = Annotated[int, Field(ge=1, le=10**6, strict=True)]


Spot = tuple[str | int, ...]
"""Where something stands in the terms: a row of keys and numbers, such as `("sections", 0, "questions", 2)`."""


@dataclass(frozen=True)
class Inconsistency:
    """What two parts of a call say against each other: in English with its key, for files; as a reason, for people.

    `spot` is where it can be put right.
    """

    text: str
    spot: Spot
    reason: Reason


class Strict(BaseModel):
    """Unknown keys are refused, values do not change type on the way in, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """A text in the three languages; Dutch and French are always there."""

    nl: Annotated[str, Field(min_length=1)]
    fr: Annotated[str, Field(min_length=1)]
    en: str = ""

    def texts(self) -> dict[str, str]:
        """The texts by language, as `language.text_in` wants them."""
        return {"nl": self.nl, "fr": self.fr, "en": self.en}
