"""When somebody is reminded of what. Pure."""

from datetime import datetime, timedelta

from workflows.language import BRUSSELS

BEFORE_CLOSING = (1, 7)
"""Days before the deadline of a call at which unfinished drafts are reminded, the nearest first."""
BEFORE_REQUEST = 1
"""Days before the deadline of a request at which it is brought to mind."""
REPORT_HOUR = 8
"""The hour in Brussels after which the office gets the list of what came in, on working days."""
SATURDAY = 5


def draft_reminder(closes: datetime, known_since: datetime, started: datetime, now: datetime) -> int | None:
    """Of how many days before the closing a draft is to be reminded now; None where of none.

    A mark counts only for who knew this deadline (set at `known_since`) and had begun (`started`) before it: nobody is
    told seven days before what was six days ahead from the beginning. Of two passed marks the nearest counts.
    """
    return _passed(BEFORE_CLOSING, closes, max(known_since, started), now)


def request_reminder(due: datetime, asked: datetime, now: datetime) -> bool:
    """Whether a request made at `asked` is to be brought to mind now."""
    return _passed((BEFORE_REQUEST,), due, asked, now) is not None


def report_mark(now: datetime) -> datetime:
    """The last moment at which the office was to get its list: what came in before it is due."""
    local = now.astimezone(BRUSSELS)
    mark = local.replace(hour=REPORT_HOUR, minute=0, second=0, microsecond=0)
    while mark > local or mark.weekday() >= SATURDAY:
        mark = (mark - timedelta(days=1)).replace(hour=REPORT_HOUR)
    return mark


def _passed(marks: tuple[int, ...], deadline: datetime, since: datetime, now: datetime) -> int | None:
    """The nearest mark that has passed, if `since` lies before it and the deadline still ahead."""
    if now >= deadline:
        return None
    for days in marks:
        mark = _days_before(deadline, days)
        if mark <= now:
            return days if since <= mark else None
    return None


def _days_before(deadline: datetime, days: int) -> datetime:
    """The same hour on the clocks of Brussels so many days earlier, also across a change of summer time."""
    return deadline.astimezone(BRUSSELS) - timedelta(days=days)
