"""`make bench`: the allocation against its goals, on made-up calls. Prints seconds, processor seconds and megabytes.

Every measurement runs in a process of its own. On a machine that does other work the processor seconds are the ones
to look at.
"""

import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.allocation import certificate, rules, verify
from workflows.allocation.exchange import to_json
from workflows.allocation.model import AllocationInput, Candidate, Envelope, Limit
from workflows.allocation.optimum.process import Clock, Solver
from workflows.allocation.optimum.stages import NoAnswerInTime, allocate

OBJECTIVES = ("optimum-points", "optimum-point-euros")


def made_up(number: int, envelopes: int, shape: str, rule: str, seed: int = 1) -> AllocationInput:
    """A call with log-normal requests in cents, many equal scores, a third of the money asked, two awards each."""
    chance = random.Random(seed)
    groups = [f"g{at}" for at in range(envelopes - 1)]
    files = []
    for at in range(number):
        cents = int(chance.lognormvariate(9.8, 0.8)) * 100
        own = (
            chance.sample(groups, min(len(groups), chance.choice([1, 1, 2, 3])))
            if shape == "crossing"
            else [chance.choice(groups)]
        )
        applicant = f"o{chance.randrange(max(1, number // 2))}"
        score = chance.randrange(3000, 10000, 25)
        files.append(Candidate(f"a{at:06}", applicant, score, cents, cents, frozenset(own)))
    asked = sum(one.requested for one in files)
    money = [Envelope("total", asked * 3 // 10, ("*",), "ceiling")]
    for group in groups:
        wanted = sum(one.requested for one in files if group in one.groups)
        money.append(Envelope(group, wanted * chance.randint(20, 50) // 100, (group,), "ceiling"))
    return AllocationInput("bench", rule, 4000, tuple(files), tuple(money), (Limit("two", "applicant", 2, None, None),))


def rank(number: int, envelopes: int, shape: str) -> str:
    """The rank rules with every explanation."""
    told = []
    for rule in ("rank-skip", "rank-stop"):
        data = made_up(number, envelopes, shape, rule)
        wall, used = time.perf_counter(), time.process_time()
        result = rules.allocate(data)
        wall, used = time.perf_counter() - wall, time.process_time() - used
        told.append(f"{rule} {len(result.refusals)} refusals explained {wall:.2f} s ({used:.2f} s processor)")
    return f"{'; '.join(told)}; {_megabytes(resource.RUSAGE_SELF)} MB"


def optimum(number: int, envelopes: int, shape: str, rule: str, clock: int) -> str:
    """An optimum with its certificate, checked."""
    data = made_up(number, envelopes, shape, rule)
    wall = time.perf_counter()
    try:
        with Solver(Clock(clock * 1000)) as solver:
            result, proof = allocate(data, solver)
    except NoAnswerInTime:
        return f"{rule}: no answer, {time.perf_counter() - wall:.1f} s of {clock}"
    wall = time.perf_counter() - wall
    found = certificate.answer(data, result, proof)
    checking = time.perf_counter()
    wrong = [said for said, wrong in verify.complaints(found) if wrong]
    checking = time.perf_counter() - checking
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = children.ru_utime + children.ru_stime + time.process_time()
    gap = (found["bound"] - found["value"]) / found["value"] * 100
    first = proof.first
    assert first is not None
    first_gap = (first.bound - first.value) / first.value * 100
    return (
        f"{rule}: {'proved' if proof.proved else 'not proved'}, one list {proof.canonical}, gap {gap:.4f} %,"
        f" {wall:.1f} s of {clock} ({used:.1f} s processor), first {first.milliseconds} ms with {first_gap:.3f} %,"
        f" checked in {checking:.1f} s {wrong or 'and holds'}, {_megabytes(resource.RUSAGE_CHILDREN)} MB in the solver"
    )


def command(number: int, envelopes: int, shape: str) -> str:
    """The whole command: reading, dividing, explaining, writing."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "in.json"
        file.write_text(to_json(made_up(number, envelopes, shape, "rank-skip")))
        out = Path(folder) / "out.json"
        wall = time.perf_counter()
        subprocess.run([sys.executable, "-m", "oproep", "allocate", str(file), "--out", str(out)], check=True)
        wall = time.perf_counter() - wall
        seconds = json.loads(out.read_text())["seconds"]
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = children.ru_utime + children.ru_stime
    return (
        f"{wall:.1f} s ({used:.1f} s processor), {seconds} s of it dividing, {_megabytes(resource.RUSAGE_CHILDREN)} MB"
    )


def _megabytes(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


SHAPES = ("nested", "crossing")
GOALS = [
    ("rank rules, 50,000 x 20: 1 s, 200 MB", [("rank", 50_000, 20, shape) for shape in SHAPES]),
    ("the command, 50,000 x 20: 200 MB", [("command", 50_000, 20, "crossing")]),
    (
        "500 proved in 5 s",
        [
            ("optimum", n, d, shape, rule, 5)
            for n in (50, 500)
            for d in (3, 20)
            for shape in SHAPES
            for rule in OBJECTIVES
        ],
    ),
    (
        "5,000 within 0.02 % in 30 s, first in 500 ms",
        [("optimum", 5000, d, shape, rule, 30) for d in (3, 20) for shape in SHAPES for rule in OBJECTIVES],
    ),
    (
        "50,000 within 0.01 % in 60 s; never 2 s over the clock",
        [("optimum", 50_000, 20, "crossing", rule, clock) for rule in OBJECTIVES for clock in (10, 60)],
    ),
]


def main() -> None:
    """Every goal, or in a process of its own the one measurement that is named."""
    if len(sys.argv) > 1:
        name, *words = json.loads(sys.argv[1])
        sys.stdout.write(globals()[name](*words) + "\n")
        return
    for goal, measurements in GOALS:
        sys.stdout.write(f"{goal}\n")
        for measurement in measurements:
            sys.stdout.write(f"  {' '.join(map(str, measurement[1:4]))}: ")
            sys.stdout.flush()
            subprocess.run([sys.executable, __file__, json.dumps(measurement)], check=True)


if __name__ == "__main__":
    main()
