"""The start of the office: every call, where it stands and what must be done now."""

from flask import render_template

from portal.administrator import blueprint
from portal.administrator.standing import standing, time_line, to_do
from portal.work import ask, now
from workflows.calls.queries import calls


@blueprint.get("/")
def home() -> str:
    with ask() as session:
        found = []
        for call in calls(session, now()):
            figures = standing(session, call)
            found.append(
                {"call": call, "figures": figures, "line": time_line(session, call), "to_do": to_do(call, figures)}
            )
    return render_template("administrator/home.html", calls=found)
