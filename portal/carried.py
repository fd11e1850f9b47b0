"""What somebody typed into a form after their session had ended: carried over the sign-in, then offered again.

Nothing of it is kept on the server, and nothing is done with it until the person sends it again, from a page of the new
session: so a form that another site sent in somebody's name does nothing either.
"""

import json
from urllib.parse import urlsplit

from flask import current_app, render_template, request
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from werkzeug.exceptions import HTTPException
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired

from portal.received import Form

NEVER = ("csrf_token",)
NEEDED = DataRequired(_("Please fill this in."))


class SignInForm(Form):
    """Signing in; `next` is where to go on, `carried` what was typed there."""

    longest_text = 2_000_000

    email = StringField(
        _("E-mail address"), filters=[lambda typed: (typed or "").strip()], validators=[NEEDED], widget=GovTextInput()
    )
    password = PasswordField(_("Password"), validators=[NEEDED], widget=GovPasswordInput())
    next = HiddenField()
    carried = HiddenField()


def kept(endpoint: str | None) -> bool:
    """Whether what is typed into the form of this endpoint is carried over a sign-in."""
    return getattr(current_app.view_functions.get(endpoint or ""), "keeps_text", False)


def sign_in_page() -> tuple[str, int]:
    """The sign-in, with what this request brought."""
    form = SignInForm(formdata=None, next=request.path, carried=json.dumps(_typed()))
    return render_template("public/sign_in.html", form=form), 401


def offer(path: str | None, carried: str | None) -> str | None:
    """The page that offers again what was carried to this path; None where nothing was."""
    try:
        pairs = [(str(name), str(value)) for name, value in json.loads(carried or "[]")]
    except (ValueError, TypeError, RecursionError):
        return None
    return _page(path, pairs) if pairs and path and _is_kept_at(path) else None


def offer_again() -> tuple[str, int]:
    """What this request brought from a page of an earlier session, to be sent again from this one."""
    return _page(request.path, _typed()), 409


def _typed() -> list[tuple[str, str]]:
    """The fields of this request; documents are never carried."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]


def _is_kept_at(path: str) -> bool:
    """Whether a path of this portal leads to a form whose text is carried."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None  # there is a request
    try:
        endpoint, _given = adapter.match(urlsplit(path).path, "POST")
    except HTTPException:
        return False
    return kept(str(endpoint))


def _page(path: str, pairs: list[tuple[str, str]]) -> str:
    shown = [value for name, value in pairs if not name.startswith("_") and value.strip()]
    return render_template("carried.html", path=urlsplit(path).path, pairs=pairs, shown=shown)
