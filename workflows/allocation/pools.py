"""A pool pays awards from several sources of money, and re-routes earlier payments where earmarks cross."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workflows.allocation.envelopes import Reach, Source


class Pool:
    """The sources of one enclosing envelope and what each kind of application was paid from each, in cents.

    Where the sources of every kind lie in one another, the most specific first is exact: nothing paid from a
    wider source could have come from a narrower one. Where they cross, a payment may push an earlier one to
    another source that may pay it too (augmenting paths of maximum flow, Ford and Fulkerson 1956), so that
    the order of booking never makes a set of awards unpayable. `level` restricts a round to the money of
    priority lists.
    """

    def __init__(self, sources: Sequence[Source], kinds: Iterable[Reach], crossing: bool) -> None:
        self.sources = list(sources)
        self.paid: dict[Reach, list[int]] = {kind: [0] * len(self.sources) for kind in sorted(set(kinds))}
        self.crossing = crossing
        self.level = 0
        self._open: dict[Reach, Reach] = {}
        self._payees: list[dict[Reach, None]] = [{} for _ in self.sources]  # the kinds each source pays
        self._tried: list[tuple[Reach, int, int]] | None = None

    def open_to(self, kind: Reach) -> Reach:
        """The sources that may pay this kind in this round: those of the priority lists being walked, if it has any."""
        if kind not in self._open:
            self._open[kind] = tuple(place for place in kind if self.sources[place].level >= self.level) or kind
        return self._open[kind]

    def walks(self, kind: Reach, level: int) -> bool:
        """Whether this kind belongs to a list that is walked in the round of `level`."""
        return any(self.sources[place].level >= level for place in kind)

    def room(self, kind: Reach) -> int:
        """The largest award in cents this kind could be paid now."""
        if not self.crossing:
            sources = self.sources
            return sum([sources[at].left for at in self.open_to(kind) if sources[at].closed_by is None])
        lefts, self._tried = [source.left for source in self.sources], []
        room = self._push(kind, sum(lefts))
        tried, self._tried = self._tried, None
        for other, place, cents in reversed(tried):
            self._note(other, place, -cents)
        for source, left in zip(self.sources, lefts, strict=True):
            source.left = left
        return room

    def pay(self, kind: Reach, amount: int) -> list[Source]:
        """Book `amount` cents, at most `room`; the sources that have less left afterwards."""
        lefts = [source.left for source in self.sources]
        self._push(kind, amount)
        return [source for source, left in zip(self.sources, lefts, strict=True) if source.left < left]

    def close(self, kind: Reach, by: str) -> None:
        """Close to everyone the sources at which an application stopped the ranking in this round."""
        for place in self.open_to(kind):
            if self.sources[place].closed_by is None:
                self.sources[place].closed_by = by

    def closed_by(self, kind: Reach) -> str | None:
        """The application that closed a source this kind would need, if one did: the widest source first."""
        closers = (self.sources[place].closed_by for place in reversed(self.open_to(kind)))
        return next((closer for closer in closers if closer is not None), None)

    def all_closed(self, kind: Reach) -> bool:
        """Whether no source of this kind is open any more."""
        return all(self.sources[place].closed_by is not None for place in self.open_to(kind))

    def next_round(self, level: int) -> None:
        """Release what the lists walked so far left of their money, and open the sources of `level`."""
        for source in sorted(self.sources, key=lambda source: -source.level):
            if source.priority and source.level > level and source.upward is not None:
                self._move(source, self.sources[source.upward], source.left)
            source.closed_by = source.passed = None
        self.level = level
        self._open.clear()

    def starved(self, wanted: dict[Reach, int]) -> tuple[set[Reach], int] | None:
        """Kinds that together want more cents than all sources that may pay them hold, and what those hold.

        None when everything wanted can be paid. By Hall's condition such a set exists otherwise: every kind
        reached from an unpaid one along paying sources. Books what is wanted; meant for a pool that is thrown
        away after.
        """
        for kind in sorted(wanted):
            if self._push(kind, wanted[kind]) < wanted[kind]:
                seen = self._search(kind)[1]
                bound = {other for other in wanted if set(other) <= seen.keys()}
                return bound, sum(self.sources[place].cap for place in seen)
        return None

    def scaled(self, times: int) -> "Pool":
        """An empty pool with all money multiplied, for trying out fractions of cents in whole numbers."""
        sources = [
            replace(source, cap=source.cap * times, left=source.cap * times, closed_by=None) for source in self.sources
        ]
        return Pool(sources, self.paid, self.crossing)

    def copy(self) -> "Pool":
        """The same pool with the same payments, to try out more of them."""
        copied = Pool([replace(source) for source in self.sources], self.paid, self.crossing)
        copied.level = self.level
        for kind, row in self.paid.items():
            for place, cents in enumerate(row):
                if cents:
                    copied._note(kind, place, cents)
        return copied

    def release_to(self, kind: Reach, wanted: int) -> None:
        """Release priority money, the outermost first, until this kind finds `wanted` cents or none is left."""
        for place in sorted(range(len(self.sources)), key=lambda place: self.sources[place].level):
            source, to = self.sources[place], self._released_to(place, kind)
            if place not in kind and to is not None:
                self._move(source, to, min(source.left, max(0, wanted - self.room(kind))))

    def release_unwanted(self, level: int, wanted: dict[Reach, int]) -> None:
        """Release of the priority money at `level` what is over when its lists are paid all they want, in cents."""
        trial = self.scaled(1)
        trial.level = level
        for kind, row in self.paid.items():
            if trial.walks(kind, level):
                trial._push(kind, sum(row) + wanted[kind])
        for source, tried in zip(self.sources, trial.sources, strict=True):
            if source.priority and source.level == level and source.upward is not None:
                self._move(source, self.sources[source.upward], min(source.left, tried.left))

    def _free(self, place: int) -> int:
        source = self.sources[place]
        return source.left if source.closed_by is None else 0

    def _released_to(self, place: int, kind: Reach) -> Source | None:
        """The source of this kind that money of a priority envelope is released to, if any."""
        source = self.sources[place]
        while source.priority and source.upward is not None:
            place, source = source.upward, self.sources[source.upward]
            if place in kind:
                return source
        return None

    def _move(self, source: Source, to: Source, amount: int) -> None:
        source.left -= amount
        source.cap -= amount
        to.left += amount
        to.cap += amount

    def _push(self, kind: Reach, wanted: int) -> int:
        """Book up to `wanted` cents, most specific source first, re-routing earlier payments; what was booked."""
        booked = 0
        for place in self.open_to(kind):
            part = min(wanted - booked, self._free(place))
            self._note(kind, place, part)
            self.sources[place].left -= part
            booked += part
        while self.crossing and booked < wanted:
            end, came = self._search(kind)
            if end is None:
                break
            booked += self._reroute(kind, end, came, wanted - booked)
        return booked

    def _note(self, kind: Reach, place: int, cents: int) -> None:
        """Write down that a source pays a kind so much more, or less."""
        row = self.paid[kind]
        row[place] += cents
        if row[place]:
            self._payees[place][kind] = None
        else:
            self._payees[place].pop(kind, None)
        if self._tried is not None and cents:
            self._tried.append((kind, place, cents))

    def _search(self, kind: Reach) -> tuple[int | None, dict[int, tuple[int, Reach] | None]]:
        """A source with money left that a chain of re-routed payments leads to, and how each source was reached."""
        came: dict[int, tuple[int, Reach] | None] = dict.fromkeys(self.open_to(kind))
        queue = deque(came)
        while queue:
            place = queue.popleft()
            if self._free(place) > 0:
                return place, came
            for other in self._payees[place]:
                for further in self.open_to(other):
                    if further not in came:
                        came[further] = (place, other)
                        queue.append(further)
        return None, came

    def _reroute(self, kind: Reach, end: int, came: dict[int, tuple[int, Reach] | None], wanted: int) -> int:
        steps = []
        place = end
        while (step := came[place]) is not None:
            steps.append((step[0], place, step[1]))
            place = step[0]
        part = min([wanted, self._free(end), *(self.paid[other][source] for source, _, other in steps)])
        for source, further, other in steps:
            self._note(other, source, -part)
            self._note(other, further, part)
        self._note(kind, place, part)
        self.sources[end].left -= part
        return part
