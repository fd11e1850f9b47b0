"""The order of the files: by score, and among equal scores by the published ties, to the last one."""

import hashlib

from workflows.allocation.model import AllocationInput, Candidate, Seed

TieKey = tuple[int | str, ...]


def ranking(data: AllocationInput) -> tuple[Candidate, ...]:
    """All candidates, best score first, equal scores by `data.ties` and finally by id."""
    keys = tie_keys(data)
    return tuple(sorted(data.candidates, key=lambda candidate: (-candidate.score, keys[candidate.id])))


def tie_keys(data: AllocationInput) -> dict[str, TieKey]:
    """Where each candidate stands among equal scores, lowest first, by its id; independent of all scores."""
    if data.ties == AllocationInput.ties:
        return {candidate.id: (candidate.requested, candidate.id) for candidate in data.candidates}
    return {candidate.id: _tie_key(data, candidate) for candidate in data.candidates}


def draw(call: str, id: str, seed: str) -> tuple[int, int]:
    """The lot an application draws: the first 20 bits of SHA-256 over `call|id|seed`, then the next 20 if
    equal.

    The seed must be published after the ranking is sealed, so that nobody can aim for it.
    """
    bits = int.from_bytes(hashlib.sha256(f"{call}|{id}|{seed}".encode()).digest()[:5])
    return bits >> 20, bits & 0xFFFFF


def _tie_key(data: AllocationInput, candidate: Candidate) -> TieKey:
    key: list[int | str] = []
    for tie in data.ties:
        if isinstance(tie, Seed):
            key += [-weight for weight in draw(data.call, candidate.id, tie.seed)]
        elif tie == "smaller-request":
            key.append(candidate.requested)
        elif tie == "larger-request":
            key.append(-candidate.requested)
        elif tie == "id":
            key.append(candidate.id)
    return (*key, candidate.id)
