"""When a request arrived: by the stamp of a trusted proxy or this server's clock. The client's is never asked.

A proxy stamps the beginning of a request (`X-Request-Start`) before anything waits, so that a crowd at the closing hour
makes nobody late; where it also stamps the end of the body (`X-Request-Read`), a body that was held back is found.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

START, READ = "HTTP_X_REQUEST_START", "HTTP_X_REQUEST_READ"
STAMP = re.compile(r"(?:t=)?([0-9]{10})(?:\.([0-9]{1,6}))?|(?:t=)?([0-9]{13})", re.ASCII)
AHEAD, BEHIND = timedelta(seconds=2), timedelta(minutes=5)
"""How far a stamp may be from this server's clock; one that is further is of a broken clock, and is not believed."""


def began(environ: Mapping[str, Any], clock: datetime, *, trusted: bool) -> datetime:
    """The instant (UTC) at which the request began: the proxy's stamp where one is trusted, otherwise `clock`."""
    return (_stamp(environ.get(START), clock) if trusted else None) or clock


def read(environ: Mapping[str, Any], clock: datetime, *, trusted: bool) -> datetime:
    """The instant (UTC) at which its body was there: the proxy's second stamp, otherwise `clock`."""
    return (_stamp(environ.get(READ), clock) if trusted else None) or clock


def _stamp(text: Any, clock: datetime) -> datetime | None:
    """Seconds with a fraction (`t=1793890799.123`) or milliseconds since 1970, as proxies write them."""
    found = STAMP.fullmatch(str(text or "").strip())
    if found is None:
        return None
    whole, fraction, milliseconds = found.groups()
    micro = int(milliseconds) * 1000 if milliseconds else int(whole) * 1_000_000 + int((fraction or "0").ljust(6, "0"))
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micro)
    return at if -BEHIND <= at - clock <= AHEAD else None
