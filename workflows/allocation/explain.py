"""Why an application got nothing, and what would have changed it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workflows.allocation.books import BEFORE_ALL, Books, Gate, Page
from workflows.allocation.model import PRO_RATA, AllocationInput, Candidate, Refusal
from workflows.allocation.ranking import TieKey, tie_keys


@dataclass(slots=True)
class Turn:
    """What an application met when the ranking came to it; amounts in cents."""

    cause: str
    gate: str | None
    short_by: int | None
    blocked_by: str | None
    fitting: int

    @classmethod
    def short(cls, short: Sequence[Gate], least: int, room: int) -> "Turn":
        """No money: a closed envelope is named before a short one, else the one with the least room."""
        closed = next((gate for gate in short if gate.closed_by is not None), None)
        if closed is not None:
            return cls("envelope-closed", closed.name, None, closed.closed_by, max(0, room))
        if not short:
            return cls("envelope-short", None, least, None, 0)
        tightest = min(short, key=lambda gate: gate.room)
        return cls("envelope-short", tightest.name, least - tightest.room, None, room)

    @classmethod
    def limited(cls, cents: Sequence[Gate], numbers: Sequence[Gate], least: int, room: int) -> "Turn":
        """Refused by a limit, whatever money there was: no award left, or too few cents."""
        full = next((gate for gate in numbers if gate.room < 1), None)
        if full is not None:
            return cls("limit", full.name, None, None, 0)
        tightest = min(cents, key=lambda gate: gate.room)
        return cls("limit", tightest.name, least - tightest.room, None, min(room, tightest.room))

    def after(self, earlier: "Turn") -> "Turn":
        """This turn, after an earlier one on the money of a priority list."""
        return replace(self, fitting=max(self.fitting, earlier.fitting))


def explain(
    data: AllocationInput,
    books: Books,
    ranked: Sequence[Candidate],
    refused: Sequence[Candidate],
    turns: dict[str, Turn],
    certain: Callable[[Candidate], bool] | None,
) -> tuple[Refusal, ...]:
    """One refusal per application without an award, in rank order, each with its first cause.

    `certain` says for pro rata whether an application would get a share at all.
    """
    fixed, ties = data.fixed(), tie_keys(data)
    pages = books.pages[1:]
    refusals = []
    for candidate in refused:
        if candidate.id in fixed:
            refusals.append(Refusal(candidate.id, "override"))
            continue
        turn = turns.get(candidate.id)
        anchor = _stand_before(pages, books, candidate, data.rule)
        hopeless = anchor == BEFORE_ALL or (
            certain is not None and ((turn is not None and turn.cause != "limit") or not certain(candidate))
        )
        score = None if hopeless else _score_before(data, ranked, candidate, anchor, ties)
        if turn is None:
            refusals.append(Refusal(candidate.id, "below-pass-mark", score_needed=score))
        else:
            why = (turn.cause, turn.gate, turn.short_by, turn.blocked_by)
            refusals.append(Refusal(candidate.id, *why, score, turn.fitting))
    return tuple(refusals)


def _stand_before(pages: Sequence[Page], books: Books, candidate: Candidate, rule: str) -> int | None:
    """The place in the ranking the application must stand before to be funded: BEFORE_ALL never, None
    anywhere.

    Exact without a re-run: whoever stands above it does not depend on it, and no room grows down the list, so
    the lowest place at which every gate still had room is where its own histories first fall short of what it
    needs. An application on the list of a priority envelope has one chance per walk, and the better one
    counts.
    """
    least = max(1, candidate.minimum) if "partial" in rule else candidate.requested
    best = BEFORE_ALL
    for page in pages:
        gates = books.gates(page, candidate)
        if not gates or not page.walks(candidate):
            continue
        cents, numbers = page.limits(candidate)
        places = [gate.last_place(least) for gate in (*gates, *cents)] if rule != PRO_RATA else []
        places += [gate.last_place(1) for gate in numbers]
        lowest = min((place for place in places if place is not None), default=None)
        if lowest is None:
            return None
        best = max(best, lowest)
    return best


def _score_before(
    data: AllocationInput,
    ranked: Sequence[Candidate],
    candidate: Candidate,
    anchor: int | None,
    ties: dict[str, TieKey],
) -> int:
    """The smallest score with which the application stands before `anchor` and is at or above the pass mark."""
    if anchor is None:
        return data.pass_mark
    above = ranked[anchor]
    return max(data.pass_mark, above.score + (ties[candidate.id] > ties[above.id]))
