"""How long the assignment of a jury takes: `.venv/bin/python -m tests.bench.jury`. Targets: 1 s, 10 s on one core."""

import random
import resource
import sys
import time

from workflows.scoring.jury import Fits, Juror, Jury, JuryFile, fits
from workflows.scoring.matching import match

THEMES = [f"theme-{number}" for number in range(8)]
SPOKEN = [frozenset({"nl"}), frozenset({"fr"}), frozenset({"nl", "fr"}), frozenset({"nl", "fr"})]


def a_large_jury(files: int, people: int, wanted: int, *, limits: bool = True) -> Jury:
    """A made-up jury: half the jurors bilingual, three of eight themes known, 3 % conflicts, 60 to 120 % of the mean
    load where there are limits."""
    chance = random.Random(1)
    mean = files * wanted / people
    least, most = (int(0.6 * mean), int(1.2 * mean) + 1) if limits else (0, None)
    jurors = [
        Juror(number, f"Juror {number}", chance.choice(SPOKEN), frozenset(chance.sample(THEMES, 3)), least, most)
        for number in range(people)
    ]
    listed = [
        JuryFile(
            f"F{number:05}", chance.choice(["nl", "fr"]), wanted, frozenset(chance.sample(THEMES, 2)),
            frozenset(person for person in range(people) if chance.random() < 0.03),
        )
        for number in range(files)
    ]  # fmt: skip
    return Jury(tuple(listed), tuple(jurors))


def rough_fits(jury: Jury, best: int | None) -> Fits:
    """Fits from 0 to 1,000 without any order in them, the hardest case."""
    chance, found = random.Random(2), {}
    for reference, row in fits(jury).items():
        drawn = {person: chance.randint(0, 1000) for person in row}
        found[reference] = dict(sorted(drawn.items(), key=lambda one: -one[1])[:best])
    return found


def main() -> None:
    for files, people, best in ((200, 20, None), (1000, 100, 50), (10_000, 1000, 50)):
        for name, limits in (("limits", True), ("as even as can be", False)):
            jury = a_large_jury(files, people, 3, limits=limits)
            for fitting, given in (("themes", fits(jury, best)), ("rough", rough_fits(jury, best))):
                start = time.process_time()
                found = match(jury, given)
                seconds = time.process_time() - start
                loads = found.loads.values()
                sys.stdout.write(
                    f"{files:>6} x {people:<5} {name:<18} {fitting:<7} {seconds:6.2f} s"
                    f"  fit {found.fit}, worst {found.worst}, loads {min(loads)}-{max(loads)},"
                    f" short {len(found.short)}, shortages {len(found.reasons)}\n"
                )
    sys.stdout.write(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB\n")


if __name__ == "__main__":
    main()
