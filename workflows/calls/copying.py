"""A new call made of an earlier one, or of the neutral template: its dates moved, its year put right. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from workflows.calls.rules import read_terms, shifted
from workflows.calls.terms import Terms
from workflows.language import BRUSSELS

NEUTRAL = Path(__file__).with_name("neutral.toml")


@dataclass(frozen=True)
class NewEdition:
    """What makes a copy a call of its own. It opens on `opens_on` at the hour of the original."""

    id: str
    year: int
    reference_prefix: str
    opens_on: date


def neutral() -> Terms:
    """The small call that a funder without an earlier one begins with."""
    return read_terms(NEUTRAL.read_text(encoding="utf-8"), NEUTRAL.name)


def next_edition(source: Terms, plan: NewEdition) -> Terms:
    """The terms of the new call: every date moved by the same number of days, the year changed in the name.

    Raises pydantic's ValidationError where the plan is no name, year or prefix.
    """
    by = timedelta(days=(plan.opens_on - source.opens.astimezone(BRUSSELS).date()).days)
    content = shifted(source, by).model_dump(mode="json")
    own = {"id": plan.id, "year": plan.year, "reference_prefix": plan.reference_prefix, "published_figure": None}
    return Terms.model_validate({**content, **own, "name": _renamed(content["name"], source.year, plan.year)})


def suggested(source: Terms, today: date) -> NewEdition:
    """What the next edition most likely is: a year later, on the same weekday."""
    opens = source.opens.astimezone(BRUSSELS).date()
    weeks = max(1, -(-(today - opens).days // 364))
    year = source.year + weeks
    name = source.id.replace(str(source.year), str(year))
    prefix = source.reference_prefix[:-2] + f"{year % 100:02d}"
    return NewEdition(
        name if name != source.id else f"{source.id}-{year}", year, prefix, opens + timedelta(days=364 * weeks)
    )


def _renamed(name: dict[str, Any], before: int, after: int) -> dict[str, Any]:
    return {language: text.replace(str(before), str(after)) for language, text in name.items()}
