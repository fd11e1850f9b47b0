"""The whole answer of `oproep allocate`: the result, what is proved of it, and all that is needed to check it again.

`verify.py` checks it with nothing but the standard library; the bound is computed by it too, so that what is written
is what will be found.
"""

from dataclasses import asdict

from workflows.allocation import verify
from workflows.allocation.exchange import result_to_json, to_data
from workflows.allocation.model import AllocationInput, Result
from workflows.allocation.optimum.stages import Proof
from workflows.allocation.strict import Object
from workflows.canonical import fingerprint

FORMAT = 1
RULES = 1  # raised when the same input may get other awards than before


def answer(data: AllocationInput, result: Result, proof: Proof | None = None) -> Object:
    """The result in the exchange format with its certificate. `proof` is that of an optimum; a rank rule has none,
    and then bound and proved are null: it proves nothing about an optimum."""
    inputs = to_data(data)
    found = result_to_json(data, result, fingerprint(inputs))
    decision = {"input": found["fingerprint"], "awards": found["awards"], "bookings": found["bookings"]}
    certificate: Object = {
        "format": FORMAT, "rules": RULES, "input": inputs, "decision": fingerprint(decision),
        "solver": None, "prices": [], "proved_by": None, "canonical": None, "first": None,
    }  # fmt: skip
    if proof is not None:
        prices = [[*name, price] for name, price in proof.prices]
        missed = sum(floor.missing for floor in result.floors_missed)
        found["bound"] = verify.upper_bound(verify.Call(inputs), dict(proof.prices), missed)
        found["proved"] = proof.proved
        certificate |= {
            "solver": proof.solver, "prices": prices, "canonical": proof.canonical,
            "proved_by": proved_by(proof, found["bound"], result.value),
            "first": None if proof.first is None else asdict(proof.first),
        }  # fmt: skip
    found["certificate"] = certificate
    return found


def proved_by(proof: Proof, bound: int, value: int) -> str | None:
    """`prices` where anyone can see from them that nothing is worth more, `search` where the solver says so."""
    if bound == value:
        return "prices"
    return "search" if proof.proved else None
