"""The content-addressed store: a folder outside the web root, written so that a crash leaves no half document."""

import hashlib
import os
import tempfile
from pathlib import Path

_root: Path | None = None


def open_store(root: Path) -> None:
    """Make `root` the folder of all documents."""
    global _root
    root.mkdir(parents=True, exist_ok=True)
    _root = root


def digest_of(content: bytes) -> str:
    """The SHA-256 (hex) by which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def put(content: bytes) -> str:
    """Keep the content; returns its SHA-256. Written to a temporary name, synced, then renamed."""
    digest = digest_of(content)
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def get(digest: str) -> bytes:
    """The content with this hash, checked again on the way out. Raises ValueError where the disk lies."""
    content = _path(digest).read_bytes()
    if digest_of(content) != digest:
        raise ValueError(f"the document {digest} does not have its own hash")
    return content


def path_of(digest: str) -> Path:
    """Where the content with this hash is kept; for copying it as it is."""
    return _path(digest)


def _path(digest: str) -> Path:
    if _root is None:
        raise RuntimeError("no store is open: call workflows.files.store.open_store first")
    return _root / digest[:2] / digest
