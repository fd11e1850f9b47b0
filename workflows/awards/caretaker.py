"""Beginning and ending a caretaker period: entered by an administrator, for every call at once."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from workflows.awards import queries, rules
from workflows.awards.tables import CaretakerPeriod
from workflows.database import lock_chain
from workflows.history import record
from workflows.language import LANGUAGES
from workflows.lifecycle import Event
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem

LOCK = "caretaking"
"""Held by whoever changes the periods and by whoever signs: no act slips through between the two."""


def begin(
    session: Session, actor: Actor, starts: date | None, ends: date | None, basis: Mapping[str, str], *, now: datetime
) -> int:  # fmt: skip
    """Enter a period; returns its id. `basis` says in three languages why. Awards that are not signed are held from its
    first day. Raises Problem as `rules.check_period`, or `basis-needed`."""
    require(actor, Action.MANAGE_BUDGET)
    lock_chain(session, LOCK)
    rules.check_period(starts, ends, queries.periods(session))
    missing = [language for language in LANGUAGES if not basis.get(language, "").strip()]
    if missing:
        raise Problem("basis-needed", field=f"basis_{missing[0]}")
    assert starts is not None  # checked
    period = CaretakerPeriod(starts=starts, ends=ends, basis={code: basis[code].strip() for code in LANGUAGES})
    session.add(period)
    facts = {"starts": starts.isoformat(), "ends": ends and ends.isoformat()}
    session.flush()
    record(session, period, Event.BEGIN_CARETAKING, actor=actor, now=now, reason=period.basis["nl"], facts=facts)
    return period.id


def end(session: Session, actor: Actor, period_id: int, ends: date | None, *, now: datetime) -> None:
    """Say from which day the government has full powers again: held awards are released that day.

    Raises NotThere, Problem `caretaking-end-needed`, `caretaking-ended` or as `rules.check_period`.
    """
    require(actor, Action.MANAGE_BUDGET)
    lock_chain(session, LOCK)
    period = session.get(CaretakerPeriod, period_id, with_for_update=True)
    if period is None:
        raise NotThere
    if period.ends is not None:
        raise Problem("caretaking-ended", day=period.ends.isoformat())
    if ends is None:
        raise Problem("caretaking-end-needed", field="ends")
    rules.check_period(period.starts, ends, [one for one in queries.periods(session) if one.id != period_id])
    period.ends = ends
    record(session, period, Event.END_CARETAKING, actor=actor, now=now, facts={"ends": ends.isoformat()})
