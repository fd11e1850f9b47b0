"""A judge's desk: their queue and the file before them, what they read and what they said of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask_babel import format_decimal

from portal.work import actor, ask, now
from workflows.calls.queries import CallView, call_view
from workflows.calls.terms import Criterion
from workflows.lifecycle import ApplicationState
from workflows.permissions import Duty
from workflows.scoring import queries, rules
from workflows.scoring.queries import QueueItem, ReviewView
from workflows.submission.queries import ApplicationView


@dataclass(frozen=True)
class Queue:
    """The files given to a judge, by reference, with the calls they belong to."""

    items: tuple[QueueItem, ...]
    calls: Mapping[str, CallView]

    @property
    def to_do(self) -> tuple[QueueItem, ...]:
        return tuple(item for item in self.items if item.open and item.review.submitted_at is None)

    @property
    def done(self) -> tuple[QueueItem, ...]:
        return tuple(item for item in self.items if item.review.submitted_at is not None)

    @property
    def closed(self) -> tuple[QueueItem, ...]:
        """Files that were decided before this judge submitted."""
        return tuple(item for item in self.items if not item.open and item.review.submitted_at is None)

    def next_to_do(self, reference: str = "") -> QueueItem | None:
        """The first unfinished file after this one, from the top again after the last."""
        others = [item for item in self.to_do if item.reference != reference]
        return next((item for item in others if item.reference > reference), others[0] if others else None)

    def position(self, reference: str) -> int:
        """Where the file stands among all, from 1."""
        return 1 + [item.reference for item in self.items].index(reference)

    def beside(self, reference: str, step: int) -> QueueItem | None:
        """The file before (-1) or after (1) this one."""
        at = self.position(reference) - 1 + step
        return self.items[at] if 0 <= at < len(self.items) else None


@dataclass(frozen=True)
class Desk:
    """One file before its judge: what they may read, and what they said of it so far."""

    duty: Duty
    file: ApplicationView
    review: ReviewView
    queue: Queue

    @property
    def call(self) -> CallView:
        return self.queue.calls[self.file.call_id]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.file.terms.criteria_of(self.duty)

    @property
    def open(self) -> bool:
        """Whether the file is still judged."""
        return self.file.state is ApplicationState.ELIGIBLE

    @property
    def writable(self) -> bool:
        return self.open and self.review.submitted_at is None

    @property
    def scale(self) -> int:
        """The most this judge's marks can add to the score."""
        return sum(criterion.weight for criterion in self.criteria)

    def total(self, marks: Mapping[str, int]) -> str:
        """What these marks add to the score: each criterion's weight times its share of the points."""
        given = (Fraction(one.weight * marks.get(one.id, 0), one.points) for one in self.criteria)
        hundredths = rules.round_half_up(100 * sum(given, Fraction(0)))
        return str(format_decimal(Decimal(hundredths) / 100, "0.##"))


def open_queue(duty: Duty) -> Queue:
    """The queue of the person of this request."""
    with ask() as session:
        items = queries.queue(session, actor(), duty)
        calls = {item.call_id: call_view(session, item.call_id, now()) for item in items}
    return Queue(tuple(sorted(items, key=lambda item: item.reference)), calls)


def open_desk(reference: str, duty: Duty) -> Desk:
    """The file as this judge may see it. Raises NotThere for everybody else."""
    with ask() as session:
        file, review = queries.assigned_file(session, actor(), reference, duty)
    return Desk(duty, file, review, open_queue(duty))
