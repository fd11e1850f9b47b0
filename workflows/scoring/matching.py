"""Assigning a jury: every file gets its jurors, the worst pair as good as can be, then all pairs together. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.problems import Reason
from workflows.scoring import shortage
from workflows.scoring.drafting import Draft, fairest
from workflows.scoring.jury import Fits, Jury, JuryFile, Pair, fits, knows_theme
from workflows.scoring.lots import lot
from workflows.scoring.seating import Seating, Table, plan

LOT_BITS = 32


@dataclass(frozen=True)
class Matching:
    """A complete assignment, or as much of one as can be.

    `pairs` are the new ones in order, the locked ones not among them. `short`: files that still lack jurors, with how
    many; `reasons` name for each shortage the files and jurors it is about. `fit` is the sum over the new pairs and
    `worst` the least of them, None without any. `loads`: files by person, locked ones and those elsewhere included.
    """

    pairs: tuple[Pair, ...]
    short: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    fit: int
    worst: int | None
    loads: Mapping[int, int]


def match(jury: Jury, given: Fits | None = None) -> Matching:
    """The assignment of the seats that are not locked, independent of the order of the input.

    Within the languages, conflicts and limits: as many seats filled as can be, as few jurors below their least as can
    be, then the worst pair as good as can be, then the highest sum of fits, then the highest sum of lots.
    `given` are fits made elsewhere, by default `jury.fits`; a pair that is not in them is not made.
    """
    desk = _Desk(jury, fits(jury) if given is None else given)
    draft = Draft(desk.table, desk.even)
    table = draft.settle()
    floor = fairest(table)
    found = _best(table, desk.costs(floor, sum(table.seats)))
    suits = [table.fits[file][juror] for file, juror in found]
    pairs = sorted((desk.files[file].reference, desk.jurors[juror].person_id) for file, juror in found)
    taken = Counter(person for _, person in (*pairs, *jury.locked))
    return Matching(
        pairs=tuple(pairs),
        short=tuple(
            (file.reference, wanted - seats)
            for file, wanted, seats in zip(desk.files, desk.table.seats, table.seats, strict=True) if wanted > seats
        ),
        reasons=tuple(shortage.say(one, desk.files, desk.jurors, jury.themes) for one in draft.shortages),
        fit=sum(suits),
        worst=min(suits, default=None),
        loads={juror.person_id: juror.load + taken[juror.person_id] for juror in desk.jurors},
    )  # fmt: skip


def _best(table: Table, costs: list[dict[int, int]]) -> list[tuple[int, int]]:
    """The cheapest way to seat a feasible table, as pairs of file and juror."""
    seating = Seating(table, costs)
    for file, expert in plan(table):
        placed = seating.seat(file, expert=expert)
        assert placed  # the draft found a place for every seat that is left
    for juror, least in enumerate(table.least):
        while seating.load[juror] < least:
            pulled = seating.pull(juror)
            assert pulled  # and files for every juror
    return [(file, juror) for file, jurors in enumerate(seating.given) for juror in sorted(jurors)]


class _Desk:
    """The jury in order, files and jurors by their number; `even` are the jurors without a limit of their own, with
    the files they have already."""

    def __init__(self, jury: Jury, given: Fits) -> None:
        self.files = sorted(jury.files, key=lambda file: file.reference)
        self.jurors = sorted(jury.jurors, key=lambda juror: juror.person_id)
        self._jury = jury
        number = {juror.person_id: place for place, juror in enumerate(self.jurors)}
        locked = Counter(person for _, person in jury.locked)
        have = [juror.load + locked[juror.person_id] for juror in self.jurors]
        self.even = {place: have[place] for place, juror in enumerate(self.jurors) if juror.most is None}
        rows = [
            {
                number[person]: fit
                for person, fit in sorted(given[file.reference].items())
                if person in number and person not in file.conflicted and person not in file.locked
            }
            for file in self.files
        ]
        experts = [
            frozenset(place for place in row if knows_theme(file, self.jurors[place]))
            for file, row in zip(self.files, rows, strict=True)
        ]
        self.table = Table(
            seats=tuple(max(0, file.wanted - len(file.locked)) for file in self.files),
            need=tuple(self._experts_needed(file, number) for file in self.files),
            fits=tuple(rows),
            experts=tuple(experts),
            least=tuple(max(0, one.least - had) for one, had in zip(self.jurors, have, strict=True)),
            most=tuple(
                len(self.files) if one.most is None else max(0, one.most - had)
                for one, had in zip(self.jurors, have, strict=True)
            ),
        )

    def _experts_needed(self, file: JuryFile, number: Mapping[int, int]) -> int:
        known = any(knows_theme(file, self.jurors[number[person]]) for person in file.locked if person in number)
        return int(self._jury.expert_wanted and bool(file.themes) and not known and file.wanted > len(file.locked))

    def costs(self, floor: int, seats: int) -> list[dict[int, int]]:
        """What each pair that suits at least so well costs: its fit above the floor, and its lot far below that, all
        the lots together being less than one unit of fit."""
        shift = LOT_BITS + seats.bit_length()
        return [
            {
                juror: -((fit - floor << shift) + lot(file.reference, self.jurors[juror].person_id))
                for juror, fit in row.items()
                if fit >= floor
            }
            for file, row in zip(self.files, self.table.fits, strict=True)
        ]
