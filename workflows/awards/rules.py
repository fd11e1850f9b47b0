"""Whether an act may be signed, which budget lines pay it, and where an award stands. Pure; money in cents.

A government that has only current affairs to deal with grants no discretionary subsidies. That binds the signature
alone: an act signed before is a decision with full powers, which is carried out and paid (ADR 45).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.budget.rules import Pledge
from workflows.money import largest_remainder
from workflows.problems import Problem

WHOLE = 100

Shares = tuple[tuple[str, int], ...]
"""Budget codes, each with the cents it pays."""


class AwardState(StrEnum):
    """Where an award stands; it follows from dated facts and is kept nowhere."""

    HELD = "held"
    IN_APPROVAL = "in-approval"
    TO_SIGN = "to-sign"
    SIGNED = "signed"
    COMMITTED = "committed"
    PAID = "paid"


class Answer(StrEnum):
    """What an association says of another amount than it asked for, or than was awarded before."""

    ACCEPTED = "accepted"
    ADAPTED = "adapted"
    DECLINED = "declined"


@dataclass(frozen=True)
class Period:
    """Days on which the government has no full powers: from `starts` to the day before `ends`, or for the time being.

    `basis` is the reason in words, by language.
    """

    id: int
    starts: date
    ends: date | None
    basis: Mapping[str, str]

    def covers(self, day: date) -> bool:
        """Whether the day falls in it."""
        return self.starts <= day and (self.ends is None or day < self.ends)


def caretaking(periods: Iterable[Period], *days: date) -> Period | None:
    """The period one of these days falls in."""
    return next((one for one in periods if any(one.covers(day) for day in days)), None)


def check_period(starts: date | None, ends: date | None, others: Iterable[Period]) -> None:
    """Raise Problem `caretaking-start-needed`, `caretaking-ends-first`, or `caretaking-overlaps` with another one."""
    if starts is None:
        raise Problem("caretaking-start-needed", field="starts")
    if ends is not None and ends <= starts:
        raise Problem("caretaking-ends-first", field="ends")
    new = Period(0, starts, ends, {})
    if any(one.covers(starts) or new.covers(one.starts) for one in others):
        raise Problem("caretaking-overlaps", field="starts")


def check_signature(
    signed_on: date, today: date, decided_on: date, steps: Collection[date], missing: Collection[str],
    periods: Iterable[Period],
) -> None:  # fmt: skip
    """Raise Problem where an act cannot be signed: `award-held` in a caretaker period, `steps-missing`, `day-to-come`,
    `signed-before-decision` or `signed-before-step`."""
    if caretaking(periods, signed_on, today):
        raise Problem("award-held", field="signed_on")
    if missing:
        raise Problem("steps-missing", count=len(missing))
    if signed_on > today:
        raise Problem("day-to-come", field="signed_on")
    if signed_on < decided_on:
        raise Problem("signed-before-decision", field="signed_on", day=decided_on.isoformat())
    if steps and signed_on < max(steps):
        raise Problem("signed-before-step", field="signed_on", day=max(steps).isoformat())


def reduced(cents: int, percent: int) -> int:
    """An award after a cut by so many per cent, rounded down to the cent: a cut never takes less than it says."""
    return cents * (WHOLE - percent) // WHOLE


def reduced_bookings(bookings: Sequence[tuple[str, int]], before: int, after: int) -> dict[str, int]:
    """What the award takes of each envelope once it is `after` cents instead of `before`.

    An envelope that counts all of it counts all of the new amount; those that share it share the new amount in the
    same proportion, to the cent.
    """
    whole = {envelope: after for envelope, cents in bookings if cents == before}
    parts = [(envelope, cents) for envelope, cents in bookings if cents != before]
    shared = sum(cents for _, cents in parts)
    cut = largest_remainder(shared * after // before, [cents for _, cents in parts])
    return whole | {envelope: cents for (envelope, _), cents in zip(parts, cut, strict=True)}


def state(*, signed: bool, missing: bool, held: bool, award: int, pledge: Pledge) -> AwardState:
    """Where an award of so many cents stands."""
    if pledge.paid >= award:
        return AwardState.PAID
    if pledge.committed:
        return AwardState.COMMITTED
    if signed:
        return AwardState.SIGNED
    if held:
        return AwardState.HELD
    return AwardState.IN_APPROVAL if missing else AwardState.TO_SIGN


def shares(award: int, bookings: Sequence[tuple[str, int]], lines: Mapping[str, str | None]) -> Shares:
    """Which budget codes pay an award, and how many cents each.

    `bookings`: envelopes with the cents the award takes of each, the narrowest envelope first. One award can count in
    several (a theme inside the total), but is paid once: from the narrowest that names a line, then from the next.
    Raises Problem `budget-line-not-named` where the envelopes that name a line do not pay all of it.
    """
    paid: dict[str, int] = {}
    left = award
    for envelope, cents in bookings:
        code, taken = lines.get(envelope), min(cents, left)
        if code and taken:
            paid[code] = paid.get(code, 0) + taken
            left -= taken
    if left:
        raise Problem("budget-line-not-named", left=left)
    return tuple(paid.items())
