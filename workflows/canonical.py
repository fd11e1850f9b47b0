"""One text for one value, and its hash: what fingerprints, snapshots and the history are made of."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value gives the same text everywhere."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of the value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
