"""The order of the files: by score, in the grey zone by lot, and among equal scores by the published ties, to the
last one."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

from workflows.allocation.model import AllocationInput, Candidate, Seed

TieKey = tuple[int | str, ...]


def ranking(data: AllocationInput) -> tuple[Candidate, ...]:
    """All candidates, best score first, those of the grey zone by lot, equal scores by `data.ties` and finally by
    id."""
    return Order(data).ranked


def draw(call: str, id: str, seed: str) -> tuple[int, int]:
    """The lot an application draws: the first 20 bits of SHA-256 over `call|id|seed`, then the next 20 if
    equal.

    The seed must be published after the ranking is sealed, so that nobody can aim for it.
    """
    bits = int.from_bytes(hashlib.sha256(f"{call}|{id}|{seed}".encode()).digest()[:5])
    return bits >> 20, bits & 0xFFFFF


@dataclass(frozen=True)
class _Lots:
    """The order drawn in the grey zone, lowest first."""

    lowest: int
    highest: int
    keys: dict[str, TieKey]

    def __contains__(self, score: int) -> bool:
        return self.lowest <= score <= self.highest


class Order:
    """The ranking, and what it takes to stand above somebody in it."""

    def __init__(self, data: AllocationInput) -> None:
        self._data = data
        self._plain = data.ties == AllocationInput.ties
        self._ties = {} if self._plain else {one.id: _tie_key(data, one) for one in data.candidates}
        self._lots = self._zone_lots(data)
        if self._plain and self._lots is None:  # three quick passes, each of which keeps the order of the one before
            ranked = sorted(sorted(data.candidates, key=attrgetter("id")), key=attrgetter("requested"))
            self.ranked = tuple(sorted(ranked, key=attrgetter("score"), reverse=True))
        else:
            self.ranked = tuple(sorted(data.candidates, key=self._key))

    def _key(self, one: Candidate) -> tuple[int, TieKey]:
        if self._lots is not None and one.score in self._lots:
            return -self._lots.highest, self._lots.keys[one.id]
        return -one.score, self._tie(one)

    def _tie(self, one: Candidate) -> TieKey:
        """Where a candidate stands among equal scores, lowest first; independent of all scores."""
        return (one.requested, one.id) if self._plain else self._ties[one.id]

    def score_above(self, one: Candidate, place: int | None) -> int:
        """The smallest score, in 1/100 points, with which an application stands before the place in the ranking (None:
        anywhere) and at or above the pass mark."""
        if place is None:
            return self._data.pass_mark
        above = self.ranked[place]
        if self._lots is not None and above.score in self._lots:
            wins = self._lots.keys[one.id] < self._lots.keys[above.id]
            return max(self._data.pass_mark, self._lots.lowest if wins else self._lots.highest + 1)
        return max(self._data.pass_mark, above.score + (self._tie(one) > self._tie(above)))

    def steps(self) -> set[int]:
        """Scores between which nobody's place changes: a rise to one of them is as good as any smaller rise."""
        found = {score for one in self.ranked for score in (one.score, one.score + 1)}
        return found | ({self._lots.lowest, self._lots.highest + 1} if self._lots else set())

    def draws(self) -> tuple[tuple[str, int], ...]:
        """Who was placed by a draw, with the lot, in the order of the ranking."""
        data, lots = self._data, self._lots
        if lots is None and not any(isinstance(tie, Seed) for tie in data.ties):
            return ()
        place = next((at for at, tie in enumerate(data.ties) if isinstance(tie, Seed)), None)
        before = sum(tie != "score" for tie in data.ties[:place])  # what decides before the draw does
        alike = Counter((one.score, self._tie(one)[:before]) for one in self.ranked)
        drawn = []
        for one in self.ranked:
            if lots is not None and one.score in lots:
                drawn.append((one.id, -int(lots.keys[one.id][0])))
            elif place is not None and alike[one.score, self._tie(one)[:before]] > 1:
                drawn.append((one.id, -int(self._tie(one)[before])))
        return tuple(drawn)

    def _zone_lots(self, data: AllocationInput) -> _Lots | None:
        zone = data.grey_zone
        if zone is None:
            return None
        keys: dict[str, TieKey] = {one.id: (*_lot_key(data.call, one.id, zone.seed), one.id) for one in data.candidates}
        return _Lots(zone.lowest, zone.highest, keys)


def _lot_key(call: str, id: str, seed: str) -> tuple[int, int]:
    """The largest lot stands first."""
    first, second = draw(call, id, seed)
    return -first, -second


def _tie_key(data: AllocationInput, candidate: Candidate) -> TieKey:
    key: list[int | str] = []
    for tie in data.ties:
        if isinstance(tie, Seed):
            key += _lot_key(data.call, candidate.id, tie.seed)
        elif tie == "smaller-request":
            key.append(candidate.requested)
        elif tie == "larger-request":
            key.append(-candidate.requested)
        elif tie == "id":
            key.append(candidate.id)
    return (*key, candidate.id)
