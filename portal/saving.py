"""Saving: validate, work in one transaction, blame what stands in the way, say that it is done, go on."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from portal import errors
from portal.received import Form
from portal.work import Session, work
from workflows.problems import Problem

Act = Callable[[Session], Any]
Onward = str | Callable[[Any], str]
"""The address of the next page, where need be from what the act answers."""


def saved(form: Form, act: Act, told: str, onward: Onward) -> Response | None:
    """Act on a form that was sent and can be taken, say so, go on.

    None where the page is to be shown (again): what stands in the way is said under its field, or at the top.
    """
    if not form.validate_on_submit():
        return None
    try:
        with work() as session:
            found = act(session)
    except Problem as problem:
        errors.blame(form, problem)
        return None
    flash(told, "success")
    return redirect(onward(found) if callable(onward) else onward)


def pressed(act: Act, told: str, onward: str, *, otherwise: str = "") -> Response:
    """Act on a button, say that it is done or why not, and go on to the same page (or `otherwise` where it is not)."""
    try:
        with work() as session:
            act(session)
    except Problem as problem:
        errors.tell(problem)
        return redirect(otherwise or onward)
    flash(told, "success")
    return redirect(onward)
