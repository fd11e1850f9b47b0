"""Single-use links in mails: a signed number. The key stays with the installation, the database holds no secret."""

import hashlib
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer

from workflows.problems import NotThere


class Purpose(StrEnum):
    """What a link is for; a link for one thing opens nothing else."""

    CONFIRM_ADDRESS = "confirm-address"
    CHANGE_ADDRESS = "change-address"
    NEW_PASSWORD = "new-password"  # noqa: S105  # the name of a purpose
    JOIN = "join"


_signer: URLSafeSerializer | None = None


def sign_with(key: str) -> None:
    """Say with which key links are signed."""
    global _signer
    _signer = URLSafeSerializer(key, salt="oproep.links", signer_kwargs={"digest_method": hashlib.sha256})


def token(link_id: int, purpose: Purpose) -> str:
    """What stands in the address of a link."""
    return str(_keyed().dumps([link_id, str(purpose)]))


def read(typed: str) -> tuple[int, Purpose]:
    """The number and the purpose of a link that we signed. Raises NotThere for anything else."""
    try:
        link_id, purpose = _keyed().loads(typed)
        return int(link_id), Purpose(purpose)
    except (BadSignature, TypeError, ValueError):
        raise NotThere from None


def _keyed() -> URLSafeSerializer:
    if _signer is None:
        raise RuntimeError("no key is set: call workflows.people.links.sign_with first")
    return _signer
