"""From problems to answers of the web: the only place that knows both."""

from typing import Any

from flask import Flask, Response, current_app, flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from config.settings import Settings
from portal import carried
from portal.answers import size
from portal.language import language
from portal.received import Form
from workflows.language import say
from workflows.problems import NotThere, Problem, Problems


def install(app: Flask) -> None:
    app.register_error_handler(NotThere, not_there)
    app.register_error_handler(404, not_there)
    app.register_error_handler(Problem, refused)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(SecurityError, foreign_host)
    app.register_error_handler(HTTPException, other)
    app.register_error_handler(500, broken)


def sentence(problem: Problem) -> str:
    """The problem in the language of this request."""
    return say(problem.reason, language())


def tell(problem: Problem) -> None:
    """Show the problem at the top of the next page."""
    for one in problem.problems if isinstance(problem, Problems) else (problem,):
        flash(sentence(one), "error")


def blame(form: Form, problem: Problem) -> None:
    """Put the problem under the field it is about, or at the top of the page."""
    for one in problem.problems if isinstance(problem, Problems) else (problem,):
        if one.field and one.field in form:
            field = form[one.field]
            field.errors = [*field.errors, sentence(one)]
        else:
            flash(sentence(one), "error")


def not_there(error: Exception) -> Any:
    return render_template("error.html", title=_("This page does not exist"), text=_(
        "Check the address, or go back to the start. If you followed a link from us, sign in first: "
        "some pages are only there for those they concern."
    )), 404  # fmt: skip


def refused(problem: Problem) -> Any:
    """A problem no route answered itself: the sentence, and the way back."""
    return render_template("error.html", title=_("This cannot be done"), text=sentence(problem)), 409


def expired(error: Exception) -> Any:
    """The form is of another session; where it holds text that would be lost, that is offered again."""
    if carried.kept(request.endpoint):
        return carried.offer_again() if current_user.is_authenticated else carried.sign_in_page()
    return render_template("error.html", title=_("This form has expired"), text=_(
        "For your safety a form only counts in the browser session in which it was opened. Go back, "
        "copy what you typed if need be, reload the page and send it again."
    )), 400  # fmt: skip


def foreign_host(error: SecurityError) -> Response:
    """A name that is not ours: no page can be built, for every link in it would carry that name."""
    settings: Settings = current_app.config["SETTINGS"]
    text = _("This portal does not answer under that name. Its address is %(address)s.", address=settings.base_url)
    return Response(f"{text}\n", 400, mimetype="text/plain")


def other(error: HTTPException) -> Any:
    """What went wrong before any route could answer, never in the words of a library."""
    title = _("This cannot be done")
    match error.code:
        case 405:
            text = _("This address cannot be used in this way. Go back and use the links and buttons of the page.")
        case 413:
            title, text = _("Too much was sent at once"), _too_much()
        case _:
            text = _("The request could not be understood. Go back, reload the page and try again.")
    return render_template("error.html", title=title, text=text), error.code or 500


def _too_much() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return _(
        "One document or text may be at most %(each)s, and everything sent at once at most %(all)s. Nothing of it was "
        "saved; what you saved before is safe. Go back and send less at a time.",
        each=size(settings.upload_limit), all=size(request.max_content_length or 0),
    )  # fmt: skip


def broken(error: Exception) -> Any:
    return render_template("error.html", title=_("Something went wrong on our side"), text=_(
        "What you last saved is safe. Please try again in a moment; if it keeps happening, write to us."
    )), 500  # fmt: skip
