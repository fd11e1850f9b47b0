"""What it would cost to fund an application the optimum leaves out, and from which score it would be in.

Found by solving again with the application forced in. Of the best division without it and the best with it only the
second gains when its score rises, so their distance is exactly the rise that is needed; a re-run confirms it.
"""

from dataclasses import dataclass, replace

from workflows.allocation.model import AllocationInput, Candidate, FixedAwardsTooLarge, Override, Result
from workflows.allocation.optimum.process import Solver
from workflows.allocation.optimum.stages import NoAnswerInTime, Proof, allocate

BY_ITSELF_UP_TO = 20  # refusals of an optimum that are forced without being asked for
SCORED = ("optimum-points", "optimum-point-euros")


@dataclass(frozen=True)
class Forced:
    """`costs`: units of the objective lost by funding it; `leaves`: who would lose the award. All None where it cannot
    be funded at all, or the clock ran out. `score_needed` in 1/100 points, confirmed by a re-run."""

    id: str
    costs: int | None = None
    leaves: tuple[str, ...] | None = None
    score_needed: int | None = None


def force(data: AllocationInput, result: Result, id: str, solver: Solver) -> Forced:
    """Solve again with the whole request of an application forced in."""
    one = next(one for one in data.candidates if one.id == id)
    override = Override(id, one.requested, "forced in, to see what that costs")
    try:
        other, proof = allocate(replace(data, overrides=(*data.overrides, override)), solver)
    except (FixedAwardsTooLarge, NoAnswerInTime):
        return Forced(id)
    if not proof.proved:
        return Forced(id)
    costs = result.value - other.value
    leaves = tuple(sorted(result.awards.keys() - other.awards.keys()))
    return Forced(id, costs, leaves, _score(data, one, costs, solver))


def forced_all(data: AllocationInput, result: Result, proof: Proof, solver: Solver) -> Result:
    """The result with the score each refused application needed, where they are few and the optimum is proved."""
    few = sum(refusal.cause == "not-chosen" for refusal in result.refusals) <= BY_ITSELF_UP_TO
    if not few or not proof.proved or data.rule not in SCORED:
        return result
    refusals = tuple(
        replace(refusal, score_needed=force(data, result, refusal.id, solver).score_needed)
        if refusal.cause == "not-chosen"
        else refusal
        for refusal in result.refusals
    )
    return replace(result, refusals=refusals)


def _score(data: AllocationInput, one: Candidate, costs: int, solver: Solver) -> int | None:
    """The smallest own score with which the re-run funds it: with exactly the distance the lots decide."""
    if data.rule not in SCORED:
        return None
    rise = costs if data.rule == "optimum-points" else -(-costs // one.requested)
    for score in (one.score + rise, one.score + rise + 1):
        risen = tuple(replace(other, score=score) if other.id == one.id else other for other in data.candidates)
        try:
            result, proof = allocate(replace(data, candidates=risen), solver)
        except NoAnswerInTime:
            return None
        if one.id in result.awards:
            return score if proof.proved else None
    return None
