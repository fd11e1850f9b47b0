"""One line in the log per request, under an id that the answer carries too. Neither path nor person stands in it."""

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from config.logging import mark

log = logging.getLogger(__name__)
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
HEADER = "X-Request-Id"


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    """The proxy's id where it is one, otherwise our own: a foreign text never gets into the log."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
    g.began = time.monotonic()
    mark(request=g.request_id)


def _end(response: Response) -> Response:
    if "request_id" not in g:
        return response
    response.headers[HEADER] = g.request_id
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    log.log(level, "answered", extra={
        "method": request.method, "endpoint": request.endpoint or "none", "status": response.status_code,
        "ms": round((time.monotonic() - g.began) * 1000),
    })  # fmt: skip
    return response
