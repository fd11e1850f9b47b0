"""A new call made of an earlier one, or of the neutral template: its dates moved, its year put right. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from workflows.calls.rules import read_terms, shifted
from workflows.calls.terms import Terms
from workflows.language import BRUSSELS, LANGUAGES

NEUTRAL = Path(__file__).with_name("neutral.toml")
AS_IT_WAS = ("source", "letters")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True)
class NewEdition:
    """What makes a copy a call of its own. It opens on `opens_on` at the hour of the original."""

    id: str
    year: int
    reference_prefix: str
    opens_on: date


@cache
def neutral() -> Terms:
    """The small call that a funder without an earlier one begins with."""
    return read_terms(NEUTRAL.read_text(encoding="utf-8"), NEUTRAL.name)


def next_edition(source: Terms, plan: NewEdition) -> Terms:
    """The terms of the new call.

    What the clock does (opening, closing, reference date) moves by the same number of days. Other days, such as the
    window in which projects start, move by whole years, and so do the years that texts name, from that of the edition
    on. Sources of amounts and letters stay as they are: they say what was, and the law.

    Raises pydantic's ValidationError where the plan is no name, year or prefix.
    """
    by = timedelta(days=(plan.opens_on - source.opens.astimezone(BRUSSELS).date()).days)
    moved = shifted(source, by)
    aged = _aged(source.model_dump(mode="json"), source.year, plan.year - source.year)
    instants = {name: moved.model_dump(mode="json")[name] for name in ("opens_at", "closes_at", "reference_date")}
    own = {"id": plan.id, "year": plan.year, "reference_prefix": plan.reference_prefix, "published_figure": None}
    return Terms.model_validate({**aged, **instants, **own})


def suggested(source: Terms, today: date) -> NewEdition:
    """What the next edition most likely is: a year later, on the same weekday."""
    opens = source.opens.astimezone(BRUSSELS).date()
    years = max(1, -(-(today - opens).days // 364))
    year = source.year + years
    name = source.id.replace(str(source.year), str(year))
    prefix = source.reference_prefix[:-2] + f"{year % 100:02d}"
    return NewEdition(
        name if name != source.id else f"{source.id}-{year}", year, prefix, opens + timedelta(days=364 * years)
    )


def _aged(value: Any, since: int, by: int) -> Any:
    """Content with its days and the years its texts name moved by whole years."""
    match value:
        case dict():
            return {
                key: part if key in AS_IT_WAS else _aged_words(part, since, by) if key in LANGUAGES
                else _aged(part, since, by) for key, part in value.items()
            }  # fmt: skip
        case list():
            return [_aged(part, since, by) for part in value]
        case str() if DAY.fullmatch(value):
            return _years_later(date.fromisoformat(value), by).isoformat()
    return value


def _aged_words(text: str, since: int, by: int) -> str:
    return YEAR.sub(lambda found: str(int(found[0]) + (by if int(found[0]) >= since else 0)), text)


def _years_later(day: date, by: int) -> date:
    """The same day of a later year; the 28th where there is no 29 February."""
    try:
        return day.replace(year=day.year + by)
    except ValueError:
        return day.replace(year=day.year + by, day=28)
