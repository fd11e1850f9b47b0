"""Changing an assignment by hand: whether a swap is allowed, and what it does to the fit and the loads. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from workflows.problems import Reason, Verdict
from workflows.scoring.jury import Fits, Jury, JuryFile, Pair, hindrance, knows_theme, theme_fit


@dataclass(frozen=True)
class Standing:
    """How an assignment stands: the sum of all fits, the least of them (None without pairs), files by person, those
    elsewhere included."""

    fit: int
    worst: int | None
    loads: Mapping[int, int]


@dataclass(frozen=True)
class Change:
    """Whether a change is allowed, and how the assignment stands before and after it."""

    verdict: Verdict
    before: Standing
    after: Standing


def change(
    jury: Jury, pairs: Collection[Pair], removed: Collection[Pair], added: Collection[Pair], given: Fits | None = None
) -> Change:
    """Judge a change of the assignment `pairs`, the locked ones included: one juror for another on a file, two jurors
    who exchange files, or more at once.

    The verdict speaks of what the change does, not of what was wrong before and becomes no worse. `given` are fits
    made elsewhere, by default by the themes. References and persons must be of the jury.
    """
    old, new = frozenset(pairs), frozenset(pairs) - frozenset(removed) | frozenset(added)
    before, after = standing(jury, old, given), standing(jury, new, given)
    touched = {reference for reference, _ in (*removed, *added)}
    reasons = (
        *_about_pairs(jury, old, removed, added),
        *_about_files(jury, touched, old, new),
        *_about_loads(jury, before.loads, after.loads),
    )
    return Change(Verdict(not reasons, reasons), before, after)


def standing(jury: Jury, pairs: Collection[Pair], given: Fits | None = None) -> Standing:
    """How an assignment stands, the locked pairs being among `pairs`."""
    files = {file.reference: file for file in jury.files}
    known = {juror.person_id: juror.themes for juror in jury.jurors}
    loads = {juror.person_id: juror.load for juror in jury.jurors}
    suits = []
    for reference, person in pairs:
        loads[person] += 1
        suits.append(
            theme_fit(files[reference].themes, known[person]) if given is None else given[reference].get(person, 0)
        )
    return Standing(sum(suits), min(suits, default=None), loads)


def _about_pairs(
    jury: Jury, old: frozenset[Pair], removed: Collection[Pair], added: Collection[Pair]
) -> Iterator[Reason]:
    files = {file.reference: file for file in jury.files}
    jurors = {juror.person_id: juror for juror in jury.jurors}
    for reference, person in sorted(removed):
        facts = {"juror": jurors[person].name, "reference": reference}
        if (reference, person) in jury.locked:
            yield Reason("pair-locked", facts)
        elif (reference, person) not in old:
            yield Reason("pair-not-there", facts)
    for reference, person in sorted(added):
        hindered = hindrance(files[reference], jurors[person])
        if (reference, person) in old:
            yield Reason("pair-there-already", {"juror": jurors[person].name, "reference": reference})
        elif hindered is not None:
            yield hindered


def _about_files(jury: Jury, touched: set[str], old: frozenset[Pair], new: frozenset[Pair]) -> Iterator[Reason]:
    for file in sorted((file for file in jury.files if file.reference in touched), key=lambda file: file.reference):
        before, after = _on(file, old), _on(file, new)
        if len(after) > max(file.wanted, len(before)) or len(after) < min(file.wanted, len(before)):
            yield Reason("file-jurors", {"reference": file.reference, "count": len(after), "wanted": file.wanted})
        if jury.expert_wanted and file.themes and _experts(jury, file, before) and not _experts(jury, file, after):
            yield Reason("file-without-expert", {"reference": file.reference})


def _on(file: JuryFile, pairs: frozenset[Pair]) -> frozenset[int]:
    return frozenset(person for reference, person in pairs if reference == file.reference)


def _experts(jury: Jury, file: JuryFile, people: frozenset[int]) -> bool:
    return any(juror.person_id in people and knows_theme(file, juror) for juror in jury.jurors)


def _about_loads(jury: Jury, before: Mapping[int, int], after: Mapping[int, int]) -> Iterator[Reason]:
    for juror in sorted(jury.jurors, key=lambda juror: juror.person_id):
        old, new = before[juror.person_id], after[juror.person_id]
        if juror.most is not None and new > max(juror.most, old):
            yield Reason("juror-above-most", {"juror": juror.name, "count": new, "most": juror.most})
        if new < min(juror.least, old):
            yield Reason("juror-below-least", {"juror": juror.name, "count": new, "least": juror.least})
