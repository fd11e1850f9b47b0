"""Answers on a diet: what is text goes over the line compressed, where the browser takes it.

A page holds a secret (the CSRF token) beside what a person typed, so its compressed length must not tell which of two
guesses is right: a name of random length in the gzip header hides it, the technique known as "Heal the Breach".
"""

import gzip
import secrets
from functools import lru_cache
from io import BytesIO

from flask import Flask, Response, request

WORTHWHILE = 1_000
"""Octets below which an answer is sent as it is."""
LONGEST = 2_000_000
TEXTS = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml")
HIDING = 100
"""Octets by which the length of an answer may vary."""


def install(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The same answer, compressed where that is worth it."""
    if response.mimetype not in TEXTS or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    taken = "gzip" in request.accept_encodings and "Content-Encoding" not in response.headers
    if not taken or response.content_length is None or not WORTHWHILE <= response.content_length <= LONGEST:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    response.set_data(_same_each_time(content) if request.endpoint == "static" else _packed(content, True))
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)  # other octets, the same content
    return response


@lru_cache(maxsize=32)
def _same_each_time(content: bytes) -> bytes:
    return _packed(content, False)


def _packed(content: bytes, hidden: bool) -> bytes:
    name = "a" * secrets.randbelow(HIDING) if hidden else ""
    packed = BytesIO()
    with gzip.GzipFile(name, "wb", compresslevel=6, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()
