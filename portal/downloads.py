"""A document handed out: to be saved, or looked at where no script of it can run and no page of ours can be reached."""

from io import BytesIO

from flask import Response, send_file

from workflows.files.rules import JPEG, PDF, PNG
from workflows.problems import NotThere

PREVIEWED = (PDF, PNG, JPEG)
"""The kinds a browser shows by itself, and that carry no script a browser runs."""
SANDBOX = "sandbox; default-src 'none'"
SHOWN = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The viewer of a browser does not show a PDF in a sandbox; it runs apart from the page by itself."""


def download(content: bytes, media_type: str, name: str) -> Response:
    """The content as a file of this name (any characters), in a sandbox should a browser show it all the same."""
    answer = send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def preview(content: bytes, media_type: str, name: str) -> Response:
    """The content to be looked at in the browser. Raises NotThere for a kind that is not shown."""
    if media_type not in PREVIEWED:
        raise NotThere
    answer = send_file(BytesIO(content), media_type, as_attachment=False, download_name=name)
    answer.headers["Content-Security-Policy"] = SHOWN if media_type == PDF else SANDBOX
    return answer
