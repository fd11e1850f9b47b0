"""The optima that are laid beside a rule, each solved in a process of its own."""

from collections.abc import Callable
from dataclasses import replace

from workflows.allocation.model import AllocationInput, Result
from workflows.allocation.optimum import stages
from workflows.allocation.optimum.process import Clock, Solver
from workflows.allocation.optimum.stages import NoAnswerInTime

RULES = ("optimum-points", "optimum-point-euros")


def optima(data: AllocationInput, solver: Callable[[], Solver]) -> dict[str, tuple[Result, bool]]:
    """Each optimum with whether it is proved; one that found nothing before its clock ran out is not there.

    Raises OptimiserMissing where the extra is not installed.
    """
    found: dict[str, tuple[Result, bool]] = {}
    for rule in RULES:
        try:
            with solver() as one:
                result, proof = stages.allocate(replace(data, rule=rule, grey_zone=None), one)
            found[rule] = (result, proof.proved)
        except NoAnswerInTime:
            continue
    return found


def within(milliseconds: int) -> Callable[[], Solver]:
    """Solvers that are ended after so long, one thread each."""
    return lambda: Solver(Clock(milliseconds))
