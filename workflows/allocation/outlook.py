"""How far a ranking can be trusted: severity, agreement, chances of being funded, other weights. Shown, never stored.

Everything is computed anew from the marks as they stand; the draws follow from the fingerprint of what is ranked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt

from sqlalchemy.orm import Session

from workflows.allocation import queries, rules
from workflows.allocation.model import AllocationInput
from workflows.calls.terms import Terms
from workflows.permissions import Duty
from workflows.problems import Reason
from workflows.scoring.agreement import alpha
from workflows.scoring.chances import Chance, Decide, Scores, chances, resampled
from workflows.scoring.flips import Flip, flips
from workflows.scoring.queries import Scored, scored
from workflows.scoring.rules import Marks, mean_mark, round_half_up
from workflows.scoring.severity import Review, leniency_variances, severity
from workflows.scoring.standing import jury_totals
from workflows.submission.queries import ApplicationView

DRAWS = 400


@dataclass(frozen=True)
class JurorLine:
    """What a juror gave to each file in all, lowest first; leniency against the others, and its standard error, None
    with too few reviews. All in 1/100 point of 100."""

    name: str
    totals: tuple[int, ...]
    lenient: int
    error: int | None

    @property
    def mean(self) -> int:
        return round_half_up(Fraction(sum(self.totals), len(self.totals)))


@dataclass(frozen=True)
class FileLine:
    """A ranked file, whether it is funded as things stand, and what chance could have made of it."""

    rank: int
    application: ApplicationView
    score: int
    funded: bool
    chance: Chance


@dataclass(frozen=True)
class Outlook:
    """All of it. `doubts` speak against trusting the severities. `alphas` is Krippendorff's alpha by criterion id, and
    in all under an empty id; None where there is nothing to agree about."""

    jurors: tuple[JurorLine, ...]
    doubts: tuple[Reason, ...]
    alphas: Mapping[str, Fraction | None]
    files: tuple[FileLine, ...]
    flips: tuple[Flip, ...]
    seed: str
    draws: int


def outlook(session: Session, call_id: str) -> Outlook:
    """The statistics of a call over the files that have a score."""
    board = queries.board(session, call_id)
    files = {found.application.reference: found for found in scored(session, call_id) if found.score is not None}
    decide = _rule(board.data)
    by_duty = {reference: _reviews(found) for reference, found in files.items()}
    fell = chances(resampled(board.terms, by_duty, board.fingerprint, DRAWS), decide)
    lines = tuple(
        FileLine(line.rank, line.application, line.score, line.award > 0, fell[line.application.reference])
        for line in board.lines
    )
    return Outlook(
        *_jurors(board.terms, files.values()),
        _alphas(board.terms, files.values()),
        lines,
        _flips(board.terms, files, decide) if files else (),
        board.fingerprint,
        DRAWS,
    )


def _rule(data: AllocationInput) -> Decide:
    """The rule of the call itself, with other scores."""

    def decide(scores: Scores) -> Collection[str]:
        candidates = tuple(replace(one, score=scores[one.id]) for one in data.candidates)
        awards = rules.allocate(replace(data, candidates=candidates)).awards
        return {reference for reference, cents in awards.items() if cents}

    return decide


def _reviews(found: Scored) -> dict[Duty, list[Marks]]:
    """The submitted reviews, a mark the jury agreed on in the place of each juror's own."""
    return {
        duty: [
            {**review.marks, **(found.agreed if duty is Duty.JURY else {})}
            for review in found.of(duty) if review.submitted_at
        ]
        for duty in Duty
    }  # fmt: skip


def _jurors(terms: Terms, files: Collection[Scored]) -> tuple[tuple[JurorLine, ...], tuple[Reason, ...]]:
    names, reviews = {}, []
    for found in files:
        for review in found.of(Duty.JURY):
            if review.submitted_at:
                names[review.person_id] = review.person
                for total in jury_totals(terms, [review.marks]):
                    reviews.append(Review(found.application.reference, review.person_id, total))
    model = severity(reviews)
    variances = leniency_variances(reviews, model)
    lines = (
        JurorLine(
            names[person],
            tuple(sorted(round_half_up(review.value) for review in reviews if review.person_id == person)),
            round_half_up(lenient),
            None if variances is None else isqrt(round_half_up(variances[person])),
        )
        for person, lenient in model.lenient.items()
    )
    return tuple(sorted(lines, key=lambda line: (line.lenient, line.name))), model.reasons


def _alphas(terms: Terms, files: Collection[Scored]) -> dict[str, Fraction | None]:
    given = [[review.marks for review in found.of(Duty.JURY) if review.submitted_at] for found in files]
    found = {"": alpha([jury_totals(terms, marks) for marks in given])}
    for criterion in terms.criteria_of(Duty.JURY):
        found[criterion.id] = alpha([[one[criterion.id] for one in marks] for marks in given])
    return found


def _flips(terms: Terms, files: Mapping[str, Scored], decide: Decide) -> tuple[Flip, ...]:
    means = {
        reference: {one.id: mean_mark(one, _reviews(found), found.agreed) for one in terms.criteria}
        for reference, found in files.items()
    }
    by_rank = terms.allocation.rule.startswith("rank-")
    return flips(terms.criteria, means, decide, pass_mark=terms.scoring.pass_mark_hundredths, by_rank=by_rank)
