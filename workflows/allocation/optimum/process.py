"""The solver in a process of its own, with a hard clock: it answers in time or it is ended."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any

PROGRAM = Path(__file__).with_name("solver.py")
GRACE = 500  # milliseconds the solver gets after its own limit before it is ended
THOUSAND = 1000
PARTS = 10**6  # a column of a relaxation comes in millionths
PRICE = 10**18  # a price comes in 10^-18 of the objective's unit per unit of its row

Columns = list[int]
Row = tuple[str, int, list[int], list[int]]
"""A sense (`<=`, `>=`, `=`), a bound, columns and their coefficients."""


class OptimiserMissing(Exception):
    """The optional extra `optimum` (highspy) is not installed."""


@dataclass(frozen=True)
class Model:
    """A maximum to find: columns with costs and bounds, which of them are whole, and rows; all whole numbers.

    `relax` asks the linear relaxation: its columns come in millionths, with prices of the rows in 10^-18. A solution to
    start from is never given: HiGHS 1.16 has called one optimal that broke a row.
    """

    costs: Columns
    lowers: Columns
    uppers: Columns
    whole: list[bool]
    rows: list[Row]
    relax: bool = False
    presolve: bool = True


@dataclass
class Answer:
    """What the solver had found when it ended or was ended. `word`: `optimal`, `infeasible` or `limit`."""

    word: str = "limit"
    columns: Columns | None = None
    prices: list[int] = field(default_factory=list)
    bound: int | None = None


class Clock:
    """So many milliseconds, running."""

    def __init__(self, milliseconds: int) -> None:
        self._started = time.monotonic_ns()
        self._given = milliseconds

    def used(self) -> int:
        return (time.monotonic_ns() - self._started) // 10**6

    def left(self) -> int:
        return max(0, self._given - self.used())


class Solver:
    """A solver process, used as a context. Raises OptimiserMissing where the extra is not installed."""

    def __init__(self, clock: Clock, *, seed: int = 0, threads: int = 1) -> None:
        if find_spec("highspy") is None:
            raise OptimiserMissing
        self.clock = clock
        self.version = ""
        self._settings = {"seed": seed, "threads": threads}
        self._process = subprocess.Popen(  # noqa: S603 - our own program, by its path, without a shell
            [sys.executable, "-P", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True)
        self._reader.start()

    def __enter__(self) -> "Solver":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked: it was not ended for being late."""
        return self._process.poll() is None

    def ask(self, model: Model, better: Callable[[Columns], None] | None = None, *, milliseconds: int) -> Answer:
        """The answer within so many milliseconds, at most what the clock has left, and GRACE. A solver that is later
        is ended, and what it had found until then is the answer; `better` is told of each solution as it comes."""
        milliseconds = min(milliseconds, self.clock.left())
        answer, own = Answer(), Clock(milliseconds + GRACE)
        if not self.alive or not milliseconds or not self._send(model, milliseconds):
            return answer
        while True:
            try:
                line = self._lines.get(timeout=own.left() / THOUSAND)
            except queue.Empty:
                line = None
            if line is None:
                self._end()
                break
            word = json.loads(line)
            if "version" in word:
                self.version = word["version"]
                continue
            answer.columns = word.get("columns", answer.columns)
            if "last" in word:
                answer.word, answer.bound = word["last"], word.get("bound")
                answer.prices = word.get("prices", [])
                break
            if better is not None:
                better(word["columns"])
        return answer

    def _send(self, model: Model, milliseconds: int) -> bool:
        request: dict[str, Any] = {**asdict(model), **self._settings, "milliseconds": milliseconds}
        try:
            assert self._process.stdin is not None  # it was asked for a pipe
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            return False
        return True

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _read(pipe: IO[str], lines: "queue.Queue[str | None]") -> None:
    """Hand over the lines of the solver as they come, and None when it has ended."""
    for line in pipe:
        lines.put(line)
    lines.put(None)
