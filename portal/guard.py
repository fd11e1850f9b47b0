"""The door: every endpoint declares an action of the permission table, by itself or by its blueprint."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app, redirect, request, url_for
from flask_login import current_user

from portal import carried
from portal.work import actor
from workflows import permissions
from workflows.permissions import Action, Relation
from workflows.problems import NotThere

View = TypeVar("View", bound=Callable[..., Any])


def door(name: str, package: str, action: Action, **options: Any) -> Blueprint:
    """A blueprint whose every endpoint needs this action."""
    blueprint = Blueprint(name, package, **options)
    blueprint.needs = action  # type: ignore[attr-defined]
    return blueprint


def needs(action: Action) -> Callable[[View], View]:
    """Declare that one endpoint needs another action than its blueprint."""

    def declare(view: View) -> View:
        view.needs = action  # type: ignore[attr-defined]
        return view

    return declare


def keeps_text(view: View) -> View:
    """Declare that what was typed into this form is carried over a sign-in, should the session have ended meanwhile."""
    view.keeps_text = True  # type: ignore[attr-defined]
    return view


def declared(app: Flask, endpoint: str) -> Action | None:
    """The action an endpoint declares, None where it declares none."""
    if endpoint == "static":
        return Action.SEE_PUBLIC
    own = getattr(app.view_functions[endpoint], "needs", None)
    blueprint = app.blueprints.get(endpoint.rsplit(".", 1)[0])
    found: Action | None = own or getattr(blueprint, "needs", None)
    return found


def may(action: str, **relation: Any) -> bool:
    """For templates: whether the person of this request may do this."""
    return permissions.may(actor(), Action(action), Relation(**relation))


def install(app: Flask) -> None:
    app.before_request(_check)
    app.add_template_global(may)


def _check() -> Any:
    """Refuse what is not declared; send a visitor to the sign-in; to everybody else it is not there."""
    if request.endpoint is None:
        return None
    action = declared(current_app, request.endpoint)
    if action is None:
        raise NotThere
    if permissions.may(actor(), action):
        return None
    if not current_user.is_authenticated:
        if request.method == "POST" and carried.kept(request.endpoint):
            return carried.sign_in_page()
        return redirect(url_for("public.sign_in", next=_wanted()))
    raise NotThere


def _wanted() -> str | None:
    """The page to come back to after signing in: the one asked for, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    sent_from, here = request.referrer or "", request.host_url
    return f"/{sent_from.removeprefix(here)}" if sent_from.startswith(here) else None
