"""Numbers that nobody chose and everybody can draw again: digests of what they are about. Pure, without a state."""

import hashlib
import struct

BITS = 32


def lot(*parts: object) -> int:
    """One number of 32 bits: the first of SHA-256 over the parts, joined by `|`. It decides between equals."""
    return int.from_bytes(hashlib.sha256(_text(parts)).digest()[: BITS // 8])


def lots(count: int, *parts: object) -> tuple[int, ...]:
    """So many numbers of 32 bits: SHAKE-256 over the parts, joined by `|`, read as big-endian."""
    return struct.unpack(f">{count}I", hashlib.shake_256(_text(parts)).digest(count * BITS // 8))


def _text(parts: tuple[object, ...]) -> bytes:
    return "|".join(map(str, parts)).encode()
