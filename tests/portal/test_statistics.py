"""The statistics of a ranking on the screen of the office."""

from flask.testing import FlaskClient

from tests.builders import NOW, a_call, an_administrator, an_application, done, sign_in
from workflows.submission.queries import row
from workflows.submission.tables import Conflict

ADDRESS = "/administration/calls/small/statistics"


def test_the_statistics_say_they_decide_nothing_and_name_their_seed(client: FlaskClient) -> None:
    a_call()
    first, last = an_application("scored", marks=(5, 4, 4)), an_application("scored", marks=(2, 3, 2))
    sign_in(client, an_administrator()).get("/?language=en")
    shown = client.get(ADDRESS).get_data(as_text=True)
    for words in ("none of these figures decides anything", "Seed of the draws", first, last, "100 %", "marks-plot"):
        assert words in shown, words


def test_who_has_a_conflict_in_one_file_sees_no_statistics_and_no_gap_in_the_ranking(client: FlaskClient) -> None:
    a_call()
    own, other = an_application("scored", marks=(5, 5, 5)), an_application("scored", marks=(4, 4, 4))
    ada = an_administrator()
    done(lambda session: session.add(Conflict(
        application_id=row(session, own).id, person_id=ada.person_id, reason="", declared_at=NOW
    )))  # fmt: skip
    sign_in(client, ada).get("/?language=en")
    assert client.get(ADDRESS).status_code == 404
    ranking = client.get("/administration/calls/small/scoring").get_data(as_text=True)
    assert (own in ranking, f'id="{own}"' in ranking, other in ranking) == (False, False, True)
    assert 'data-label="Rank" class="num">1</td>' in ranking.replace("\n", "")


def test_without_a_score_there_is_nothing_to_show(client: FlaskClient) -> None:
    a_call()
    an_application("eligible")
    sign_in(client, an_administrator()).get("/?language=en")
    assert "No scored file yet" in client.get(ADDRESS).get_data(as_text=True)
