"""Asking what type of applicant organisations are on a day: one, or many in one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.people.rules import AccreditationState, ApplicantStanding, Period, applicant_standing
from workflows.people.tables import Accreditation


@dataclass(frozen=True)
class Standings:
    """The accreditations of organisations that were not refused, each with the instant at which it was stated."""

    stated: Mapping[int, tuple[tuple[datetime, Period], ...]]

    def at(self, organisation_id: int, day: date, stated_by: datetime | None = None) -> ApplicantStanding:
        """What the organisation is on this day, and whether the office confirmed it.

        Only what was stated by the instant `stated_by` counts: a file that is submitted keeps its type.
        """
        stated = self.stated.get(organisation_id, ())
        return applicant_standing((one for at, one in stated if stated_by is None or at <= stated_by), day)


def standings(session: Session, organisation_ids: Iterable[int]) -> Standings:
    """What is known of these organisations, in one statement."""
    found: dict[int, list[tuple[datetime, Period]]] = {}
    rows = session.scalars(
        select(Accreditation)
        .where(Accreditation.organisation_id.in_(set(organisation_ids)))
        .where(Accreditation.status != AccreditationState.REFUSED).order_by(Accreditation.id)
    )  # fmt: skip
    for one in rows:
        period = Period(one.starts, one.ends, one.status == AccreditationState.CONFIRMED)
        found.setdefault(one.organisation_id, []).append((one.stated_at, period))
    return Standings({organisation: tuple(periods) for organisation, periods in found.items()})
