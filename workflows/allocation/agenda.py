"""What the jury should talk about: files with marks far apart, files near a line, files somebody asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.allocation import queries
from workflows.allocation.queries import Line
from workflows.problems import Reason
from workflows.scoring.meeting import asked_by_hand
from workflows.scoring.queries import Scored, scored

NEAR = 300
"""So near a line, in 1/100 point, one mark of one juror may decide."""


@dataclass(frozen=True)
class Item:
    """A file and why it is on the agenda; without reasons it is not. `spread` in 1/100 point of 100."""

    found: Scored
    spread: int | None
    reasons: tuple[Reason, ...]


def agenda(session: Session, call_id: str) -> tuple[Item, ...]:
    """Every file that is judged, those to discuss first, by number. Marks are far apart where they are further apart
    than the gap its call sets; a call that sets none asks for no discussion of it."""
    lines = queries.board(session, call_id).lines
    awards = {line.application.reference: line.award for line in lines}
    by_hand_for = asked_by_hand(session, call_id)
    items = []
    for found in scored(session, call_id):
        stands = found.standing
        asked = by_hand_for.get(found.application.id, "")
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
