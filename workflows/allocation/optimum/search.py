"""One stage of an optimum, question after question: floors, objective, fewest cut awards, then the published lots.

Each answer of the solver is added up again in whole numbers, and kept only where it is as good as it said. The
questions are asked one after the other with the earlier answer fixed, never mixed by large weights.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.allocation.optimum import trial
from workflows.allocation.optimum.bounds import Priced, Prices, decided, priced
from workflows.allocation.optimum.matrix import Matrix
from workflows.allocation.optimum.process import PARTS, Columns, Solver
from workflows.allocation.optimum.programme import Programme
from workflows.allocation.optimum.trial import Awards, Trial
from workflows.allocation.pools import Pool

LOTS_LEAST, LOTS_TIMES = 3000, 3  # the lots may take so many milliseconds, or so many times what the optimum took
PAID_IN_A_MILLISECOND = 40  # awards, explained too
ROUNDS_OF_LOTS = 3  # 60 bits
FLOATS_TELL = 10**9  # apart, of a value: beyond it the floats of the solver say no more


@dataclass
class Found:
    """The awards of a stage and what is known of them.

    `bound`: no allocation of this stage is worth more, by prices alone. `proved`: nor more than these awards,
    `by_prices` or by the solver's search. `canonical`: of all as good, the one the lots prefer.
    """

    awards: Awards
    value: int
    bound: Priced
    prices: Prices
    missed: int
    proved: bool = False
    by_prices: bool = False
    canonical: bool = False


class Search:
    """`lots(round)` gives each item's weight, 20 bits at a time; `ranked` are the items from the best rank down."""

    def __init__(
        self, found: Programme, pools: Iterable[Pool], solver: Solver, ranked: Sequence[int],
        lots: Callable[[int], list[int]], first: Callable[[int, Priced], None],
    ) -> None:  # fmt: skip
        self.found, self.pools, self.solver, self.ranked = found, list(pools), solver, ranked
        self.lots, self.first = lots, first
        self._began = self._until = solver.clock.used()

    def run(self) -> Found | None:
        """The best awards found within the clock; None where not even the relaxation was answered in time."""
        missed, sure = self._fewest_missed()
        best = None if missed is None else self._relaxed(missed)
        if best is None:
            return None
        self.first(best.value, best.bound)
        self._improve(best)
        best.proved, best.by_prices = best.proved and sure, best.by_prices and sure
        if best.proved:
            self._settle(best)
        return best

    def _fewest_missed(self) -> tuple[int | None, bool]:
        """How many awards the floors must miss at least, nothing else comes before this; and whether that is sure."""
        if not any(floor.missing > 0 for floor in self.found.floors):
            return 0, True
        matrix = Matrix(self.found)
        answer = self.solver.ask(matrix.model(matrix.fewest_missed()), milliseconds=self.solver.clock.left())
        awards = None if answer.columns is None else self._checked(matrix, answer.columns)
        return None if awards is None else trial.missed(self.found, awards), answer.word == "optimal"

    def _relaxed(self, missed: int) -> Found | None:
        """Prices and a first answer: what the relaxation funds wholly, then whatever fits, the dearest to it first."""
        matrix = Matrix(self.found, missed=missed)
        answer = self.solver.ask(matrix.model(matrix.worth(), relax=True), milliseconds=self.solver.clock.left())
        if answer.columns is None or answer.word != "optimal":
            return None
        rows, sources = len(self.found.rows), len(self.found.sources)
        floors = answer.prices[matrix.first_floor : matrix.first_floor + len(self.found.floors)]
        prices = Prices(answer.prices[:rows], answer.prices[rows : rows + sources], floors)
        bound = priced(self.found, prices, missed)
        shares = answer.columns
        wanted = sorted(range(len(matrix.x)), key=lambda at: (-shares[matrix.x[at]], -bound.gains[at]))
        whole = [at for at in wanted if shares[matrix.x[at]] >= PARTS]
        candidates = [self._filled([*whole, *wanted]), self._filled(self.ranked), self._filled([*whole, *self.ranked])]
        fit = [awards for awards in candidates if trial.missed(self.found, awards) <= missed]
        best = max(fit, key=lambda awards: trial.value(self.found, awards), default=None)
        if best is None:
            return self._from_solver(missed, prices, bound)
        return Found(best, trial.value(self.found, best), bound, prices, missed)

    def _from_solver(self, missed: int, prices: Prices, bound: Priced) -> Found | None:
        """A first answer where filling up does not meet the floors."""
        matrix = Matrix(self.found, missed=missed)
        answer = self.solver.ask(matrix.model(matrix.fewest_missed()), milliseconds=self.solver.clock.left())
        awards = None if answer.columns is None else self._checked(matrix, answer.columns)
        if awards is None or trial.missed(self.found, awards) > missed:
            return None
        return Found(awards, trial.value(self.found, awards), bound, prices, missed)

    def _improve(self, best: Found) -> None:
        """Search on among those whom the bound does not decide."""
        if best.bound.value <= best.value:
            best.proved = best.by_prices = True
            return
        matrix = Matrix(self.found, decided(self.found, best.bound, best.value), best.missed)

        def better(columns: Columns) -> None:
            awards = self._checked(matrix, columns)
            if awards is None or trial.missed(self.found, awards) > best.missed:
                return
            if (value := trial.value(self.found, awards)) > best.value:
                best.awards, best.value = awards, value

        for presolve in (True, False):  # what was called optimal and is not is asked again in the plainest way
            model = matrix.model(matrix.worth(), presolve=presolve)
            answer = self.solver.ask(model, better, milliseconds=self._left_for_search())
            if answer.columns is not None:
                better(answer.columns)
            best.by_prices = best.bound.value <= best.value
            best.proved = best.by_prices or (answer.word == "optimal" and self._as_good_as_said(best, answer.bound))
            if best.proved or answer.word == "limit":
                return

    def _as_good_as_said(self, best: Found, bound: int | None) -> bool:
        """Whether no more than rounding lies between the awards and the solver's own bound: of its floats, and of each
        cut award to a whole cent."""
        cut = [item.worth.cent for at, item in enumerate(self.found.items) if 0 < best.awards.get(at, 0) < item.high]
        return bound is not None and bound - best.value <= best.value // FLOATS_TELL + sum(cut)

    def _settle(self, best: Found) -> None:
        """Of all allocations as good, the one with the fewest cut awards and, among those, the largest lots."""
        self._until = self.solver.clock.used() + max(LOTS_LEAST, LOTS_TIMES * (self.solver.clock.used() - self._began))
        sure = decided(self.found, best.bound, best.value)
        matrix = Matrix(self.found, sure, best.missed)
        matrix.at_least(matrix.worth(), best.value)
        if matrix.e:
            cut = matrix.fewest_partial()
            if not self._adopt(best, matrix, cut):
                return
            matrix.at_least(cut, -trial.partials(self.found, best.awards))
        for number in range(ROUNDS_OF_LOTS):
            word = "infeasible" if len(sure) == len(self.found.items) else self._another(matrix, best)
            if word == "infeasible":
                best.canonical = True
            if word != "optimal":
                return
            lots = matrix.lots(self.lots(number))
            if not self._adopt(best, matrix, lots):
                return
            matrix.at_least(lots, sum(lots[matrix.x[at]] for at in best.awards))

    def _another(self, matrix: Matrix, best: Found) -> str:
        """Whether another list of funded items is as good in all that was asked so far: the word of the solver."""
        matrix.another_list(best.awards)
        answer = self.solver.ask(matrix.model([]), milliseconds=self._left_for_lots())
        matrix.rows.pop()
        return answer.word

    def _adopt(self, best: Found, matrix: Matrix, costs: Columns) -> bool:
        """Take over the solver's last word on these costs, if it is proved and nothing that was won is lost."""
        answer = self.solver.ask(matrix.model(costs), milliseconds=self._left_for_lots())
        awards = None if answer.word != "optimal" or answer.columns is None else self._checked(matrix, answer.columns)
        if awards is None or trial.missed(self.found, awards) > best.missed:
            return False
        if trial.value(self.found, awards) < best.value:
            return False
        best.awards, best.value = awards, trial.value(self.found, awards)
        return True

    def _left_for_search(self) -> int:
        """What the clock has left, but for the time it takes to pay and explain everything afterwards."""
        return max(0, self.solver.clock.left() - len(self.found.items) // PAID_IN_A_MILLISECOND)

    def _left_for_lots(self) -> int:
        return max(0, self._until - self.solver.clock.used())

    def _filled(self, order: Iterable[int]) -> Awards:
        attempt = Trial(self.found, self.pools)
        attempt.fill(order)
        return attempt.awards

    def _checked(self, matrix: Matrix, columns: Columns) -> Awards | None:
        """The awards of a solution, paid again one by one in whole numbers; None where they do not all fit.

        Where awards may be cut, once with the amounts of the solver and once from the best rank down, as far as the
        money goes; the solver's are kept only where they are worth more.
        """
        funded = [at for at in self.ranked if columns[matrix.x[at]] == 1]
        full = {above for chain in self.found.chains for above, below in pairwise(chain) if columns[matrix.x[below]]}
        found = []
        for extra in ({}, {at: columns[column] for at, column in matrix.e.items()}) if matrix.e else ({},):
            attempt = Trial(self.found, self.pools)
            for at in funded:
                item = self.found.items[at]
                if not item.kept and not attempt.pay(at, item.high if at in full else item.low):
                    return None
            for at in funded:
                attempt.pay(at, min(attempt.room(at), extra.get(at, 0)))
            attempt.fill(funded)
            found.append({at: cents for at, cents in attempt.awards.items() if cents})
        return max(found, key=lambda awards: (trial.value(self.found, awards), -trial.partials(self.found, awards)))
