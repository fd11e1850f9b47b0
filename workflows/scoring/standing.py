"""Where a file stands after the reviews: enough of them, far apart or not, above the minima, in which class. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from workflows.calls.terms import Terms
from workflows.permissions import Duty
from workflows.problems import Reason, Verdict
from workflows.scoring.rules import FULL_SCORE, Marks, mean_mark, round_half_up


@dataclass(frozen=True)
class Standards:
    """What a call asks of the reviews, beside its pass mark.

    `quorum`: reviews by jurors a file needs to be ranked. `gap`: a spread between jurors above it, in 1/100 point of
    100, sends a file to discussion, None never does. `minima`: the least mean mark by criterion id, in 1/100 of a
    point. `classes`: the least score of each class but the last, in 1/100 point, best first, such as
    (8000, 6500, 5000) for four classes; empty where the call ranks by points.
    """

    quorum: int = 1
    gap: int | None = None
    minima: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[int, ...] = ()


def standards(terms: Terms) -> Standards:
    """What this call asks of the reviews."""
    minima = {one.id: one.minimum_hundredths for one in terms.criteria if one.minimum_hundredths is not None}
    return Standards(terms.scoring.quorum, terms.scoring.gap_hundredths, minima)


@dataclass(frozen=True)
class Standing:
    """`verdict`: True may be funded, False may not, None cannot be ranked yet, with the reasons. `spread`: between the
    highest and the lowest juror in 1/100 point, None with fewer than two. `discuss`: why the jury must talk about it.
    `rank_class`: 1 is the best, None without classes or score."""

    score: int | None
    verdict: Verdict
    spread: int | None
    discuss: tuple[Reason, ...]
    rank_class: int | None


def standing(
    terms: Terms,
    standards: Standards,
    score: int | None,
    by_duty: Mapping[Duty, Sequence[Marks]],
    agreed: Marks = MappingProxyType({}),
) -> Standing:
    """Where a file with this score in 1/100 point stands, `by_duty` being the submitted reviews behind it and `agreed`
    the marks the jury gave together."""
    totals = jury_totals(terms, by_duty.get(Duty.JURY, ()))
    spread = max(totals) - min(totals) if len(totals) > 1 else None
    discuss: tuple[Reason, ...] = ()
    if spread is not None and standards.gap is not None and spread > standards.gap:
        facts = {"lowest": round_half_up(min(totals)), "highest": round_half_up(max(totals)), "gap": standards.gap}
        discuss = (Reason("marks-far-apart", facts),)
    return Standing(
        score,
        _verdict(terms, standards, score, by_duty, agreed),
        None if spread is None else round_half_up(spread),
        discuss,
        None if score is None or not standards.classes else class_of(score, standards.classes),
    )


def jury_totals(terms: Terms, reviews: Sequence[Marks]) -> list[Fraction]:
    """What each juror gave in all, in 1/100 point, as a share of the most a juror can give; complete reviews only."""
    criteria = [criterion for criterion in terms.criteria_of(Duty.JURY) if criterion.weight]
    possible = sum(criterion.weight * criterion.points for criterion in criteria)
    return [
        Fraction(FULL_SCORE * sum(criterion.weight * marks[criterion.id] for criterion in criteria), possible)
        for marks in reviews
        if criteria and all(criterion.id in marks for criterion in criteria)
    ]


def class_of(score: int, classes: Sequence[int]) -> int:
    """The class of a score, 1 being the best; `classes` as in `Standards`."""
    return next((number for number, least in enumerate(classes, 1) if score >= least), len(classes) + 1)


def class_score(score: int, classes: Sequence[int]) -> int:
    """What a file is ranked with where the call ranks by class: the least score of its class, so that files of a class
    are equal and the published ties decide between them."""
    return (*classes, 0)[class_of(score, classes) - 1]


def _verdict(
    terms: Terms, standards: Standards, score: int | None, by_duty: Mapping[Duty, Sequence[Marks]], agreed: Marks
) -> Verdict:
    reviews = len(by_duty.get(Duty.JURY, ()))
    if reviews < standards.quorum:
        return Verdict(None, (Reason("quorum-missed", {"count": reviews, "quorum": standards.quorum}),))
    if score is None:
        return Verdict(None, (Reason("score-missing"),))
    below = []
    for criterion in terms.criteria:
        mean, least = mean_mark(criterion, by_duty, agreed), standards.minima.get(criterion.id)
        if mean is not None and least is not None and 100 * mean < least:
            facts = {"criterion": criterion.name.texts(), "mean": round_half_up(100 * mean), "least": least}
            below.append(Reason("criterion-below-minimum", facts))
    if score < terms.scoring.pass_mark_hundredths:
        below.append(Reason("score-below-pass-mark", {"score": score, "least": terms.scoring.pass_mark_hundredths}))
    return Verdict(not below, tuple(below))
