"""What can be done at all with a jury: who goes short and why, how even the loads, how good the worst pair."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workflows.scoring.seating import Seating, Table, plan


class Lack(StrEnum):
    """What a set of files or jurors lacks."""

    JURORS = "jurors"  # each of the files has fewer possible jurors than it needs
    EXPERT = "expert"  # none of the possible jurors knows a theme of the files
    PLACES = "places"  # the files together need more reviews than their jurors have places
    EXPERT_PLACES = "expert-places"  # the same for the experts they need
    FILES = "files"  # the jurors together must take more files than there are for them


@dataclass(frozen=True)
class Shortage:
    """A set that cannot be served whatever is exchanged (Hall 1935; the minimum cut of the flow).

    `needed` and `possible` are reviews: of each file for JURORS and EXPERT, of all the files together for PLACES and
    EXPERT_PLACES, of all the jurors together for FILES. `possible` is always less.
    """

    lack: Lack
    files: tuple[int, ...]
    jurors: tuple[int, ...]
    needed: int
    possible: int


class Draft:
    """A first seating that ignores how well the files suit: it finds every shortage, and limits that are as even as
    can be for the jurors of `even`, who have no limit of their own, with the number of files each has already."""

    def __init__(self, table: Table, even: Mapping[int, int]) -> None:
        self.shortages: list[Shortage] = []
        self._table = table
        self._even = even
        self._seats = list(table.seats)
        self._seating = Seating(table, [dict.fromkeys(row, 0) for row in table.fits])

    def settle(self) -> Table:
        """The table of what can be done: seats that stay empty struck, limits lowered or set, all of it feasible."""
        self._strike_hopeless()
        self._start_even()
        self._seat_experts()
        self._seat_others()
        self._serve_least()
        self._raise_floor()
        seating = self._seating
        return replace(
            self._table, seats=tuple(self._seats), need=tuple(seating.need), least=tuple(seating.least),
            most=tuple(seating.most),
        )  # fmt: skip

    def _strike_hopeless(self) -> None:
        """Files that have too few possible jurors, whoever else is moved; those in the same case are named together."""
        few: dict[tuple[int, frozenset[int]], list[int]] = {}
        for file, row in enumerate(self._table.fits):
            if self._seats[file] > len(row):
                few.setdefault((self._seats[file], frozenset(row)), []).append(file)
                self._seats[file] = len(row)
        for (seats, jurors), files in few.items():
            self._note(Lack.JURORS, files, jurors, seats, len(jurors))
        unknown = [file for file, need in enumerate(self._table.need) if need and not self._table.experts[file]]
        for file in unknown:
            self._seating.need[file] = 0
        if unknown:
            self._note(Lack.EXPERT, unknown, (), 1, 0)

    def _seat_experts(self) -> None:
        wanted, blocked = list(self._seating.need), _Blocked()
        for file, need in enumerate(wanted):
            if need and not self._seat(file, expert=True):
                blocked.add(file, self._seating.reached)
                self._seating.need[file] = 0
        for files, jurors in blocked.sets:
            around = self._around(files, jurors)
            needed = sum(wanted[one] for one in around)
            possible = sum(len(self._seating.given[one]) for one in around)
            self._note(Lack.EXPERT_PLACES, around, jurors, needed, possible)

    def _seat_others(self) -> None:
        """One seat per file and round, so that no file has three jurors while another could have its second."""
        wanted, blocked = tuple(self._seats), _Blocked()
        for seats in range(1, max(wanted, default=0) + 1):
            for file in range(len(wanted)):
                if len(self._seating.given[file]) < min(seats, self._seats[file]) and not self._seat(file):
                    blocked.add(file, self._seating.reached)
                    self._seats[file] = len(self._seating.given[file])
        for files, jurors in blocked.sets:
            self._note_places(files, jurors, wanted)

    def _note_places(self, files: set[int], jurors: set[int], wanted: Sequence[int]) -> None:
        """A file of which these jurors hold only the seat for an expert counts with that seat alone."""
        seating, around = self._seating, self._around(files, jurors)
        whole = files.union(
            one for one in around if any(not seating.bound(one, juror) for juror in seating.given[one] & jurors)
        )
        needed = sum(wanted[one] if one in whole else seating.need[one] for one in around)
        possible = sum(len(seating.given[one]) if one in whole else seating.need[one] for one in around)
        self._note(Lack.PLACES, around, jurors, needed, possible)

    def _around(self, files: set[int], jurors: set[int]) -> list[int]:
        """The files that find no place and those these jurors have."""
        return sorted(files.union(*(self._seating.taken[juror] for juror in jurors)))

    def _serve_least(self) -> None:
        load, least = self._seating.load, self._seating.least
        for juror in range(len(least)):
            while load[juror] < least[juror]:
                if not self._seating.pull(juror):
                    reached = self._seating.reached  # none of them has more than the least, and none can get more
                    needed, possible = sum(least[one] for one in reached), sum(load[one] for one in reached)
                    self._note(Lack.FILES, (), reached, needed, possible)
                    for one in reached:
                        least[one] = load[one]

    def _note(self, lack: Lack, files: Iterable[int], jurors: Iterable[int], needed: int, possible: int) -> None:
        self.shortages.append(Shortage(lack, tuple(sorted(files)), tuple(sorted(jurors)), needed, possible))

    def _seat(self, file: int, *, expert: bool = False) -> bool:
        """Seat a juror; where only the even ceiling is in the way, it rises."""
        while not self._seating.seat(file, expert=expert):
            if self._even.keys().isdisjoint(self._seating.reached):
                return False
            self._set_ceiling(self._ceiling + 1)
        return True

    def _start_even(self) -> None:
        """The lowest ceiling under which there are as many places as seats."""
        self._set_ceiling(0)
        while self._even and sum(self._seating.most) < sum(self._seats):
            self._set_ceiling(self._ceiling + 1)

    def _set_ceiling(self, ceiling: int) -> None:
        self._ceiling = ceiling
        for juror, load in self._even.items():
            self._seating.make_room(juror, max(0, ceiling - load))

    def _raise_floor(self) -> None:
        """The highest floor that all the jurors without limits can reach together."""
        seating, before = self._seating, list(self._seating.least)
        for floor in range(1, self._ceiling + 1):
            for juror, load in self._even.items():
                seating.least[juror] = max(before[juror], min(seating.most[juror], floor - load))
                while seating.load[juror] < seating.least[juror]:
                    if not seating.pull(juror):
                        self._set_floor(before, floor - 1)
                        return

    def _set_floor(self, least: Sequence[int], floor: int) -> None:
        for juror, load in self._even.items():
            self._seating.least[juror] = max(least[juror], min(self._seating.most[juror], floor - load))


class _Blocked:
    """Files that find no place, together where the jurors around them are the same."""

    def __init__(self) -> None:
        self.sets: list[tuple[set[int], set[int]]] = []

    def add(self, file: int, jurors: frozenset[int]) -> None:
        together = ({file}, set(jurors))
        for other in [other for other in self.sets if not other[1].isdisjoint(jurors)]:
            self.sets.remove(other)
            together[0].update(other[0])
            together[1].update(other[1])
        self.sets.append(together)


def fairest(table: Table) -> int:
    """The best worst pair: the largest fit so that everything can be done with pairs that suit at least so well.

    The table must be feasible. One seating is enough: where it gets stuck nothing can be done above the best
    pair that would set it free, and there it goes on.
    """
    return _Fairest(table).find()


class _Fairest:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._seating = Seating(table, [{} for _ in table.fits])
        self._arcs = sorted((-fit, file, juror) for file, row in enumerate(table.fits) for juror, fit in row.items())
        self._admitted = 0
        self._of_file = [sorted(row.values()) for row in table.fits]
        self._of_juror: list[list[int]] = [[] for _ in table.most]
        for fit, _, juror in reversed(self._arcs):
            self._of_juror[juror].append(-fit)

    def find(self) -> int:
        table, seating = self._table, self._seating
        self._admit(
            min((row[-seats] for row, seats in zip(self._of_file, table.seats, strict=True) if seats), default=0)
        )
        for file, expert in plan(table):
            while not seating.seat(file, expert=expert):
                files = {file}.union(*(seating.taken[juror] for juror in seating.reached))
                self._admit(self._next(self._of_file[one] for one in files))
        for juror, least in enumerate(table.least):
            while seating.load[juror] < least:
                if not seating.pull(juror):
                    self._admit(self._next(self._of_juror[one] for one in seating.reached))
        return self._floor

    def _admit(self, floor: int) -> None:
        """Admit the pairs that suit at least so well."""
        self._floor = floor
        while self._admitted < len(self._arcs) and -self._arcs[self._admitted][0] >= floor:
            _, file, juror = self._arcs[self._admitted]
            self._seating.admit(file, juror)
            self._admitted += 1

    def _next(self, rows: Iterable[Sequence[int]]) -> int:
        """The best fit among these that is not admitted yet."""
        places = ((row, bisect_left(row, self._floor)) for row in rows)
        return max(row[place - 1] for row, place in places if place)
