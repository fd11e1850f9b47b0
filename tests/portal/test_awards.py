"""The screens of the budget and of awards, as an administrator and an applicant meet them."""

from typing import Any

from flask.testing import FlaskClient

from tests.builders import CLOSES, DAY, a_juror, an_administrator, asked, done, sign_in
from tests.conftest import Clock
from tests.workflows.test_awards import AFTER, BASIS, CODE, a_decided_call, a_line
from workflows.awards import caretaker, queries
from workflows.awards.rules import AwardState
from workflows.budget import queries as budget
from workflows.people.queries import actor_of, members
from workflows.permissions import Actor
from workflows.submission import queries as files

ADMINISTRATION = "/administration"


def post(client: FlaskClient, path: str, **fields: Any) -> tuple[int, str]:
    """The status and the page after posting, redirects followed."""
    answer = client.post(ADMINISTRATION + path, data=fields, follow_redirects=True)
    return answer.status_code, answer.text


def day(prefix: str, of: Any) -> dict[str, list[int]]:
    return {prefix: [of.day, of.month, of.year]}


def test_an_administrator_opens_a_line_and_books_its_credits(client: FlaskClient) -> None:
    sign_in(client, an_administrator())
    status, page = post(client, "/budget", year="2027", code="29.006.27.1", name_nl="Subsidies", name_fr="Subventions")
    assert (status, "Schrijf een basisallocatie als" in page) == (422, True)
    status, page = post(client, "/budget", year="2027", code=CODE, name_nl="Subsidies", name_fr="Subventions")
    assert (status, "Boek nu haar kredieten" in page) == (200, True)
    for way, commitment, reason in (("add", "100000.00", "Budget"), ("take", "40000.00", "Transfer")):
        assert post(client, "/budget/1", way=way, commitment=commitment, liquidation="", reason=reason)[0] == 200
    status, page = post(client, "/budget/1", way="take", commitment="60000.01", liquidation="", reason="Too much")
    assert (status, "€\u00a00,01 te weinig krediet" in page) == (422, True)
    (line,) = asked(budget.lines, 2027)
    assert (line.commitment_credit, line.liquidation_credit) == (6_000_000, 0)


def test_an_award_goes_from_its_approvals_to_its_last_payment(client: FlaskClient, clock: Clock) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    a_line(clerk, 2027)
    clock.now = AFTER
    sign_in(client, clerk)
    path = f"/files/{reference}/award"
    for step in ("finance-inspection", "budget-minister", "government"):
        name = f"step-{step}"
        fields = {"do": name, f"{name}-reference": "IF/1", **day(f"{name}-taken_on", AFTER)}
        assert post(client, path, **fields)[0] == 200
    status, page = post(client, path, do="sign", **{"sign-reference": "MB 1"}, **day("sign-signed_on", CLOSES))
    assert (status, "de akte kan niet eerder ondertekend zijn" in page) == (422, True)
    assert post(client, path, do="sign", **{"sign-reference": "MB 1"}, **day("sign-signed_on", AFTER))[0] == 200
    assert post(client, path, do="commit")[0] == 200
    payment = {"do": "pay", "pay-budget_line": CODE, "pay-cents": "20000.00", "pay-reference": "Claim 1"}
    assert post(client, path, **payment)[0] == 200
    assert asked(queries.award, reference, AFTER).state is AwardState.PAID
    overview = client.get(f"{ADMINISTRATION}/calls/small/awards").text
    assert ("Volledig betaald" in overview, reference in overview) == (True, True)
    assert "Claim 1" in client.get(f"{ADMINISTRATION}/budget/1").text


def test_a_period_holds_awards_and_tells_those_who_wait_without_telling_who_was_awarded(
    client: FlaskClient, clock: Clock
) -> None:
    clerk, (reference, refused, _other) = a_decided_call(2_000_000, 2_500_000, 2_400_000)
    organisation = asked(files.view, refused).organisation.id
    (owner,) = asked(lambda session: [actor_of(session, one.id) for one in members(session, organisation)])
    clock.now = AFTER
    sign_in(client, clerk)
    basis = {f"basis_{language}": text for language, text in BASIS.items()}
    status, page = post(client, "/caretaking", **day("starts", CLOSES), **{**basis, "basis_fr": ""})
    assert (status, "Geef de reden in het Nederlands, het Frans en het Engels" in page) == (422, True)
    assert post(client, "/caretaking", **day("starts", CLOSES), **basis)[0] == 200
    page = client.get(f"{ADMINISTRATION}/files/{reference}/award").text
    assert ("In beraad: lopende zaken" in page, "Verkiezingen." in page, 'value="sign"' in page) == (True, True, False)
    sign_in(client, owner)
    page = client.get(f"/applications/{refused}").text
    assert ("Beslissingen over subsidies moeten mogelijk wachten" in page, "Verkiezingen." in page) == (True, True)
    sign_in(client, clerk)
    assert post(client, "/caretaking/1/end", **day("ends", AFTER))[0] == 200
    assert asked(queries.award, reference, AFTER).state is AwardState.IN_APPROVAL


def test_the_money_is_there_for_administrators_only(client: FlaskClient, clock: Clock) -> None:
    clerk, (reference,) = a_decided_call(2_000_000)
    done(caretaker.begin, clerk, CLOSES.date(), None, BASIS, now=AFTER)
    a_line(clerk, 2027)
    clock.now = AFTER + DAY
    paths = ("/budget", "/budget/1", "/caretaking", "/calls/small/awards", f"/files/{reference}/award")

    def seen_by(actor: Actor) -> list[int]:
        sign_in(client, actor)
        return [client.get(ADMINISTRATION + path).status_code for path in paths]

    assert (seen_by(clerk), seen_by(a_juror())) == ([200] * 5, [404] * 5)
    sign_in(client, clerk)
    unknown = ("/budget/7", f"/files/{reference}/award/steps/government", "/files/S26-0009-99/award")
    assert [client.get(ADMINISTRATION + path).status_code for path in unknown] == [404] * 3
