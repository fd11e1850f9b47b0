"""What an allocation is asked and what it answers: integers only, cents and 1/100 points."""

from collections.abc import Mapping
from dataclasses import dataclass, field

RANK_RULES = ("rank-stop", "rank-skip", "rank-partial-stop", "rank-partial-skip")
PRO_RATA = "pro-rata"
OPTIMUM_RULES = ("optimum-points", "optimum-point-euros", "optimum-projects", "optimum-spent")
RULES = (*RANK_RULES, PRO_RATA, *OPTIMUM_RULES)
POLICIES = ("ceiling", "reserved", "pot", "priority")
TIE_KEYS = ("score", "smaller-request", "larger-request", "id")
EVERYONE = "*"


class InputRefused(ValueError):
    """The input cannot be allocated: `place` such as `applications[3].score`, `reason` what was expected there."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class RuleNeedsOptimiser(ValueError):
    """The rule is an optimum: `rules.allocate` does not answer it, `optimum.allocate` does."""


class FixedAwardsTooLarge(ValueError):
    """Frozen and overridden awards alone exceed an envelope or a limit: `by` cents (or awards, for a number).

    `id` is the application at which it no longer fitted, `envelope` the envelope or limit that is too small.
    """

    def __init__(self, id: str, envelope: str | None, by: int) -> None:
        super().__init__(f"the fixed award of {id} exceeds {envelope} by {by}")
        self.id = id
        self.envelope = envelope
        self.by = by


@dataclass(frozen=True)
class Seed:
    """A tie decided by a draw: 20 bits of SHA-256 over call, application and this published text, largest first."""

    seed: str


@dataclass(frozen=True)
class GreyZone:
    """Scores in 1/100 points, both included, that cannot be told apart: who lies there is ordered by the lot alone.

    `seed` as for Seed. Above the zone and below it the score decides as ever.
    """

    lowest: int
    highest: int
    seed: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application in the ranking: `score` in 1/100 points, `requested` and `minimum` in cents.

    `minimum` is the smallest award the applicant accepts; only the partial rules go below `requested`.
    """

    id: str
    applicant: str
    score: int
    requested: int
    minimum: int
    groups: frozenset[str]


@dataclass(frozen=True)
class Envelope:
    """Money in cents for the applications that carry one of `groups` (`*`: all), under one of POLICIES."""

    id: str
    amount: int
    groups: tuple[str, ...]
    policy: str


@dataclass(frozen=True)
class Limit:
    """At most so many awards or cents, at least so many awards, per `applicant` or for one `group:<name>`."""

    id: str
    per: str
    max_awards: int | None
    max_amount: int | None
    min_awards: int | None


@dataclass(frozen=True)
class Override:
    """An award in cents fixed by a person, with the reason; 0 refuses the application."""

    id: str
    award: int
    reason: str


@dataclass(frozen=True)
class AllocationInput:
    """Everything the decision depends on. `frozen`: awards in cents notified earlier, paid first, never changed.

    `least_award`: cents below which the call gives no award, so that a smaller rest of an envelope is unusable.
    `ranked_within`: groups inside which an optimum may not pass over a better ranked application.
    """

    call: str
    rule: str
    pass_mark: int
    candidates: tuple[Candidate, ...]
    envelopes: tuple[Envelope, ...]
    limits: tuple[Limit, ...] = ()
    ties: tuple[str | Seed, ...] = ("smaller-request", "id")
    overrides: tuple[Override, ...] = ()
    frozen: Mapping[str, int] = field(default_factory=dict)
    grey_zone: GreyZone | None = None
    least_award: int = 0
    ranked_within: tuple[str, ...] = ()

    def fixed(self) -> dict[str, int]:
        """The awards in cents nobody competes for: notified earlier, or overridden."""
        return {**self.frozen, **{override.id: override.award for override in self.overrides}}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an application got nothing: the first cause, and what would have changed it.

    `cause`: `below-pass-mark`, `envelope-short`, `envelope-closed`, `limit`, `override` (a frozen 0 counts as one) or,
    of an optimum, `not-chosen`.
    `envelope`: the envelope, or for `limit` the limit, that refused it; None where no envelope pays it at all.
    `short_by`: cents missing at its turn if granted to it alone. `blocked_by`: the application that closed it.
    `score_needed`: the smallest own score that would fund it, all else unchanged; None where no score would (for pro
    rata also where a share of less than a cent leaves it open; for stop over priority money in calls
    above `rules.RERUNS_UP_TO` a given score is sufficient, but a smaller one may be too).
    `largest_fitting`: the largest award in cents that would have fitted at its turn; None if it had no turn.
    `grow_by`: the cents by which the envelope must grow for the rule to reach it: with these, and with any more,
    it is funded (growth.py); None where no growth of this envelope alone would do, or none was found.
    `over_price`: of an optimum, by how much (in units of the objective) it costs more at the prices of the envelopes
    than it brings, rounded down; None where it has no price.
    """

    id: str
    cause: str
    envelope: str | None = None
    short_by: int | None = None
    blocked_by: str | None = None
    score_needed: int | None = None
    largest_fitting: int | None = None
    grow_by: int | None = None
    over_price: int | None = None


@dataclass(frozen=True)
class EnvelopeUse:
    """Cents booked to an envelope: by its members; for reserved and priority money, the part paid from it.

    `left` of a priority envelope is what its members left and was released to the enclosing one, `released_to`.
    `unusable`: the part of `left` that is too small for the least award of the call.
    """

    id: str
    amount: int
    used: int
    left: int
    unusable: int = 0
    released_to: str | None = None


@dataclass(frozen=True)
class FloorMissed:
    """A least number of awards that was not reached: the limit, the applicant or group, and how many are missing."""

    limit: str
    of: str
    missing: int


@dataclass(frozen=True)
class Result:
    """The allocation. Every candidate is in exactly one of `awards` (cents) and `refusals` (in rank order).

    `reserve`: at or above the pass mark and refused for lack of money only, in rank order.
    `overtakings`: (funded, the best-ranked refused application whose short money it was paid from), one per
    award.
    `value`: the objective of an optimum rule; of the others the sum of score times award (1/100 points times cents),
    the objective rank order maximises.
    `below_minimum`: pro-rata awards smaller than the applicant's minimum, for which consent is needed.
    `bookings`: (application, envelope, cents) of what each award takes of each envelope; with fixed awards
    included, an envelope's bookings sum to its use and never exceed its amount.
    `draws`: (application, lot of 20 bits) of everyone whose place the draw decided, in the order of the ranking.
    """

    awards: dict[str, int]
    reserve: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    envelopes: tuple[EnvelopeUse, ...]
    overtakings: tuple[tuple[str, str], ...]
    value: int
    floors_missed: tuple[FloorMissed, ...] = ()
    below_minimum: tuple[str, ...] = ()
    bookings: tuple[tuple[str, str, int], ...] = ()
    draws: tuple[tuple[str, int], ...] = ()
