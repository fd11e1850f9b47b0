"""The jury as it is assigned: which juror may judge which file, and how well the file suits them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflows.language import Text
from workflows.problems import Problem, Reason
from workflows.scoring.lots import lot

FULL_FIT = 1000
"""The fit of a juror who knows every theme of a file; 0 is who knows none."""

Pair = tuple[str, int]
"""A file and its juror: the reference and the id of the person."""

Fits = Mapping[str, Mapping[int, int]]
"""By reference, how well the file suits each person who may judge it, in whole numbers: the more the better."""


@dataclass(frozen=True)
class JuryFile:
    """A file that needs `wanted` jurors. `conflicted` are persons with a conflict of interest, `locked` persons who
    keep it, whoever decided so."""

    reference: str
    language: str
    wanted: int
    themes: frozenset[str] = frozenset()
    conflicted: frozenset[int] = frozenset()
    locked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Juror:
    """A juror with the languages they read and the themes they know.

    `least` and `most` bound the number of their files, locked ones and the `load` they have elsewhere included.
    Without `most` the files are spread over all such jurors as evenly as can be. Raises Problem `juror-limits` where
    the least is above the most.
    """

    person_id: int
    name: str
    languages: frozenset[str]
    themes: frozenset[str] = frozenset()
    least: int = 0
    most: int | None = None
    load: int = 0

    def __post_init__(self) -> None:
        if self.most is not None and self.least > self.most:
            raise Problem("juror-limits", juror=self.name, least=self.least, most=self.most)


@dataclass(frozen=True)
class Jury:
    """The files and the jurors of a call. `expert_wanted`: each file with themes gets somebody who knows one of them.

    `themes` are the names of the themes by their code. Raises Problem `conflict-known` where a locked juror has a
    conflict of interest: no lock outweighs one.
    """

    files: tuple[JuryFile, ...]
    jurors: tuple[Juror, ...]
    expert_wanted: bool = True
    themes: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for file in self.files:
            if file.locked & file.conflicted:
                raise Problem("conflict-known", reference=file.reference)

    @property
    def locked(self) -> frozenset[Pair]:
        """The pairs that are kept."""
        return frozenset((file.reference, person) for file in self.files for person in file.locked)


def hindrance(file: JuryFile, juror: Juror) -> Reason | None:
    """Why a juror may not judge a file, if so."""
    if juror.person_id in file.conflicted:
        return Reason("conflict-known", {"reference": file.reference})
    if file.language not in juror.languages:
        return Reason("juror-language", {"juror": juror.name, "reference": file.reference})
    return None


def knows_theme(file: JuryFile, juror: Juror) -> bool:
    """Whether the juror is an expert of one of the file's themes."""
    return not file.themes.isdisjoint(juror.themes)


def theme_fit(themes: frozenset[str], known: frozenset[str]) -> int:
    """The share of a file's themes that is known, in thousandths, rounded down; a file without themes suits all."""
    return FULL_FIT * len(themes & known) // len(themes) if themes else FULL_FIT


def fits(jury: Jury, best: int | None = None) -> Fits:
    """Who may judge each file and how well it suits them, by the themes they know.

    With `best` only so many of the best suited per file, for calls of thousands of files; where the last of them suit
    equally well, which ones differs from file to file, so that nobody is left out everywhere.
    """
    alike: dict[tuple[frozenset[str], frozenset[str]], list[int]] = defaultdict(list)
    for juror in sorted(jury.jurors, key=lambda juror: juror.person_id):
        alike[juror.languages, juror.themes].append(juror.person_id)
    return {file.reference: dict(_best_suited(file, alike, best)) for file in jury.files}


def _best_suited(
    file: JuryFile, alike: Mapping[tuple[frozenset[str], frozenset[str]], list[int]], best: int | None
) -> Iterator[tuple[int, int]]:
    by_fit: dict[int, list[list[int]]] = defaultdict(list)
    for (languages, known), people in alike.items():
        if file.language in languages:
            by_fit[theme_fit(file.themes, known)].append(people)
    found = 0
    for fit in sorted(by_fit, reverse=True):
        people = sorted(person for group in by_fit[fit] for person in group)
        for person in people if best is None else _from_a_place_of_its_own(file.reference, people):
            if person in file.conflicted or person in file.locked:
                continue
            if best is not None and found >= best:
                return
            found += 1
            yield person, fit


def _from_a_place_of_its_own(reference: str, people: list[int]) -> Iterable[int]:
    start = lot(reference) % len(people)
    return people[start:] + people[:start]
