"""The screens on which scenarios are kept and compared, and awards fixed by hand."""

from flask.testing import FlaskClient

from tests.builders import CLOSES, DAY, a_call, an_administrator, an_application, asked, sign_in
from tests.conftest import Clock
from workflows.allocation import queries, scenarios

CALL = "/administration/calls/small/allocation"


def test_an_administrator_keeps_a_scenario_compares_it_and_fixes_an_award(client: FlaskClient, clock: Clock) -> None:
    a_call()
    references = [an_application("scored", marks=(mark, 4, 4)) for mark in (5, 4, 4)]
    clock.now = CLOSES + DAY
    sign_in(client, an_administrator())
    kept = client.post(f"{CALL}/scenarios?percent=-50&rule=rank-stop", data={"name": "Half"}, follow_redirects=True)
    assert (kept.status_code, "Half" in kept.text) == (200, True)
    (scenario,) = asked(scenarios.scenarios, "small")
    assert (scenario.setting.percent, scenario.setting.rule) == (-50, "rank-stop")
    assert client.post(f"{CALL}/scenarios", data={"name": "Half"}).status_code == 422
    page = client.get(f"{CALL}/scenarios?first=0&second={scenario.id}").text
    assert ("Valt weg" in page, references[2] in page) == (True, True)
    optimum = client.get(f"{CALL}?optimum=1").text
    assert "Optimum" in optimum
    path = f"/administration/files/{references[0]}/fixed-award"
    assert client.post(path, data={"cents": "", "reason": ""}).status_code == 422
    fixed = client.post(path, data={"cents": "0", "reason": "Twice funded"}, follow_redirects=True)
    assert (fixed.status_code, "Twice funded" in fixed.text) == (200, True)
    assert asked(queries.board, "small").awarded == 2
    cut = client.get(f"{CALL}?percent=-100").text
    assert "Twice funded" in cut
    assert client.post(f"{path}/free", follow_redirects=True).status_code == 200
    assert asked(queries.board, "small").awarded == 3
