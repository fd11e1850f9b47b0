"""Asking which awards a person fixed before the decision."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.allocation.tables import FixedAward
from workflows.people.tables import Person
from workflows.submission.tables import Application


@dataclass(frozen=True)
class Fixed:
    """An award in cents that a person fixed before the decision, why, who and when."""

    cents: int
    reason: str
    by: str
    at: datetime


def fixed_awards(session: Session, call_id: str) -> dict[str, Fixed]:
    """The awards of a call that a person fixed, by the reference of the file."""
    found = session.execute(
        select(Application.reference, FixedAward, Person.name)
        .join(FixedAward, FixedAward.application_id == Application.id)
        .outerjoin(Person, Person.id == FixedAward.fixed_by).where(Application.call_id == call_id)
    )  # fmt: skip
    return {reference: Fixed(one.cents, one.reason, name or "", one.fixed_at) for reference, one, name in found}
