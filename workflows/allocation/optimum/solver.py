"""HiGHS behind a pipe: whole numbers in, whole numbers out, in a process that can be ended from outside.

Started by `process.py` as a program of its own; reads one model per line (JSON, see `process.Model`) and answers
each with lines: any better solution as it is found, then the last word. Floats live here and nowhere else; what is
answered is a guess, checked and added up again in whole numbers by whoever asked.
"""

import json
import os
import sys
from typing import Any, TextIO

import highspy
import numpy

PARTS = 10**6  # a column of a relaxation is answered in millionths
PRICE = 10**18  # a price is answered in 10^-18 of the objective's unit per unit of the row
LARGEST_COST = 10**4  # costs are scaled down to this, so that one tolerance suits all objectives


def main() -> None:
    """Answer models until the input ends."""
    _answer({"solver": "HiGHS", "version": highspy.Highs().version()})
    for line in sys.stdin:
        Answering(json.loads(line)).run()


class Answering:
    """One model and what HiGHS finds in it."""

    def __init__(self, model: dict[str, Any]) -> None:
        self.model = model
        self.scale = max(1.0, max(map(abs, model["costs"]), default=0) / LARGEST_COST)
        self.highs = highspy.Highs()
        for name, value in self._options().items():
            self.highs.setOptionValue(name, value)

    def run(self) -> None:
        """Solve, and answer with the last word."""
        model, highs = self.model, self.highs
        highs.passModel(self._programme())
        if not model["relax"]:
            highs.cbMipImprovingSolution += self._improved
        highs.run()
        status, info = highs.getModelStatus(), highs.getInfo()
        word: dict[str, Any] = {"last": _WORDS.get(status, "limit")}
        solution = highs.getSolution()
        if solution.value_valid:
            word["columns"] = self._whole(solution.col_value)
        if model["relax"] and solution.dual_valid:
            word["prices"] = [round(abs(dual) * self.scale * PRICE) for dual in solution.row_dual]
        if not model["relax"] and abs(info.mip_dual_bound) < highspy.kHighsInf:
            word["bound"] = round(info.mip_dual_bound * self.scale)
        _answer(word)

    def _improved(self, event: Any) -> None:
        _answer({"columns": self._whole(event.data_out.mip_solution)})

    def _whole(self, columns: Any) -> list[int]:
        if not self.model["relax"]:
            return [round(value) for value in columns]
        return [round(value * PARTS) for value in columns]

    def _options(self) -> dict[str, Any]:
        model = self.model
        return {
            "output_flag": False,
            "presolve": "choose" if model["presolve"] else "off",
            "threads": model["threads"],
            "parallel": "off" if model["threads"] == 1 else "on",
            "random_seed": model["seed"],
            "time_limit": model["milliseconds"] / 1000,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.999 / self.scale if self.scale < PARTS else 0.0,
            "mip_feasibility_tolerance": 1e-9,
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
        }

    def _programme(self) -> highspy.HighsLp:
        model = self.model
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(model["costs"]), len(model["rows"])
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = numpy.array(model["costs"], dtype=float) / self.scale
        lp.col_lower_ = numpy.array(model["lowers"], dtype=float)
        lp.col_upper_ = numpy.array(model["uppers"], dtype=float)
        lows, highs = zip(*(_sides(sense, bound) for sense, bound, *_ in model["rows"]), strict=True)
        lp.row_lower_, lp.row_upper_ = numpy.array(lows), numpy.array(highs)
        starts = numpy.cumsum([0, *(len(columns) for *_, columns, _ in model["rows"])])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = starts
        lp.a_matrix_.index_ = numpy.array([column for *_, columns, _ in model["rows"] for column in columns], dtype=int)
        values = [value for *_, values in model["rows"] for value in values]
        lp.a_matrix_.value_ = numpy.array(values, dtype=float)
        if not model["relax"]:
            whole, broken = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
            lp.integrality_ = [whole if flag else broken for flag in model["whole"]]
        return lp


_WORDS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
}


def _sides(sense: str, bound: int) -> tuple[float, float]:
    infinite = highspy.kHighsInf
    return {"<=": (-infinite, float(bound)), ">=": (float(bound), infinite), "=": (float(bound), float(bound))}[sense]


def _own_output() -> TextIO:
    """The pipe to whoever asked; what the solver's own library prints goes nowhere."""
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return pipe


_PIPE = _own_output()


def _answer(word: dict[str, Any]) -> None:
    _PIPE.write(json.dumps(word) + "\n")
    _PIPE.flush()


if __name__ == "__main__":
    main()
