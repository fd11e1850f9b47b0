"""What the jury should talk about: files with marks far apart, files near a line, files somebody asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.allocation import queries
from workflows.allocation.queries import Line
from workflows.permissions import Duty
from workflows.problems import Reason
from workflows.scoring.meeting import deliberations_of
from workflows.scoring.queries import Scored, scored
from workflows.scoring.standing import Standards, standing

FAR_APART = 2000
"""A spread between jurors above it is talked about, in 1/100 point of 100."""

NEAR = 300
"""So near a line, in 1/100 point, one mark of one juror may decide."""


@dataclass(frozen=True)
class Item:
    """A file and why it is on the agenda; without reasons it is not. `spread` in 1/100 point of 100."""

    found: Scored
    spread: int | None
    reasons: tuple[Reason, ...]


def agenda(session: Session, call_id: str) -> tuple[Item, ...]:
    """Every file that is judged, those to discuss first, by number."""
    lines = queries.board(session, call_id).lines
    awards = {line.application.reference: line.award for line in lines}
    items = []
    files = scored(session, call_id)
    made = deliberations_of(session, call_id, [found.application.id for found in files])
    for found in files:
        reviews = [review.marks for review in found.of(Duty.JURY) if review.submitted_at]
        stands = standing(found.application.terms, Standards(gap=FAR_APART), found.score, {Duty.JURY: reviews})
        asked = made[found.application.id].asked
        by_hand = (Reason("discussion-asked", {"why": asked}),) if asked else ()
        near = tuple(_near(found, lines, awards))
        items.append(Item(found, stands.spread, (*stands.discuss, *near, *by_hand)))
    return tuple(sorted(items, key=lambda item: not item.reasons))


def _near(found: Scored, lines: Sequence[Line], awards: Mapping[str, int]) -> Iterator[Reason]:
    """Near the pass mark, or so near the last funded or the first unfunded file that they could change places."""
    if found.score is None:
        return
    least = found.application.terms.scoring.pass_mark_hundredths
    if abs(found.score - least) <= NEAR:
        yield Reason("near-pass-mark", {"score": found.score, "line": least})
    funded = awards.get(found.application.reference, 0) > 0
    others = [line.score for line in lines if (line.award > 0) is not funded and line.score >= least]
    if others and found.score >= least:
        other = max(others) if funded else min(others)
        if abs(found.score - other) <= NEAR:
            yield Reason("near-money-line", {"score": found.score, "line": other})
