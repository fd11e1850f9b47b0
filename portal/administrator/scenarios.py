"""Scenarios of an allocation: what was tried, kept under a name, and two of them side by side as tables."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from portal.addresses import row_number
from portal.administrator import blueprint, trying, words
from portal.administrator.frame import open_decision, show
from portal.forms import line, needed
from portal.received import AtMost, Form
from portal.saving import pressed, saved
from portal.work import Session, actor, ask, now
from workflows.allocation import queries, scenarios
from workflows.allocation.queries import Board
from workflows.allocation.scenarios import Outcome, ScenarioView
from workflows.allocation.what_if import Setting
from workflows.calls.queries import CallView, call_view
from workflows.problems import Problem


class NameForm(Form):
    """The name of a scenario."""

    name = line(_("Name of the scenario"), needed(), AtMost(80))


@blueprint.route("/calls/<call_id>/allocation/scenarios", methods=["GET", "POST"])
def scenario_list(call_id: str) -> Any:
    """The scenarios of a call, two of them compared; what the address changes is kept under the name that was sent."""
    with ask() as session:
        open_decision(session, call_id)
        call = call_view(session, call_id, now())
        board = queries.board_to_look_at(session, call_id)
    setting = trying.read(trying.form_of(call.terms), call.terms)
    form = NameForm()

    def act(session: Session) -> None:
        scenarios.save(session, actor(), call_id, form.name.data, setting or Setting(), now=now())

    onward = url_for("administrator.scenario_list", call_id=call_id)
    if answer := saved(form, act, gettext("The scenario is kept."), onward):
        return answer
    return _page(call, board, form, setting)


def _page(call: CallView, board: Board, form: NameForm, setting: Setting | None) -> Any:
    with ask() as session:
        kept = scenarios.scenarios(session, call.id)
    stands = ScenarioView(0, gettext("The call as it stands"), Setting())
    outcomes = {one.id: _outcome(board, one) for one in (stands, *kept)}
    first, second = (outcomes.get(row_number(request.args.get(name)) or 0) for name in ("first", "second"))
    compared = first and second and first is not second
    return show(
        "scenarios", call, status=422 if form.errors else 200, form=form, setting=setting, words=words,
        has_errors=bool(form.errors), scenarios=[(one, outcomes[one.id]) for one in (stands, *kept)],
        queries={one.id: trying.address(one.setting, call.terms) for one in (stands, *kept)},
        first=first, second=second, differences=scenarios.differences(first, second) if compared else None,
    )  # fmt: skip


def _outcome(board: Board, scenario: ScenarioView) -> Outcome | None:
    """What it comes to; None where what persons fixed does not fit into it."""
    try:
        return scenarios.outcome(board, scenario)
    except Problem:
        return None


@blueprint.post("/calls/<call_id>/allocation/scenarios/<int:scenario_id>/drop")
def drop_scenario(call_id: str, scenario_id: int) -> Response:
    return pressed(
        lambda session: scenarios.drop(session, actor(), call_id, scenario_id, now=now()),
        gettext("The scenario is thrown away."), url_for("administrator.scenario_list", call_id=call_id),
    )  # fmt: skip
