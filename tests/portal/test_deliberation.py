"""The meeting of the jury on the screens: agenda, marks given together, the panel closed and its minutes."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.builders import NOW, a_call, an_administrator, an_application, asked, done, sign_in
from workflows.permissions import Actor, Duty
from workflows.scoring import deliberating, meeting
from workflows.scoring.deliberating import NewMeeting
from workflows.scoring.queries import panel, scored_file
from workflows.submission.queries import row
from workflows.submission.tables import Conflict

HOUSE = "/administration"


@pytest.fixture
def ada(client: FlaskClient) -> Actor:
    """The administrator whose browser `client` is."""
    found = an_administrator()
    sign_in(client, found)
    client.get("/?language=en")
    return found


def a_scored_file(marks: tuple[int, int, int] = (3, 3, 3)) -> str:
    a_call()
    return an_application("scored", marks=marks)


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(HOUSE + path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def jury() -> list[int]:
    return [one.id for one in asked(panel, "small", Duty.JURY)]


def meeting_day(present: list[int], seen: int = 0) -> dict[str, object]:
    return {
        "held_on": ["20", "12", "2026"], "place": "Brussel", "present": [str(one) for one in present],
        "notes": "", "seen": str(seen),
    }  # fmt: skip


def test_a_meeting_is_held_a_mark_agreed_on_and_the_panel_closed(client: FlaskClient, ada: Actor) -> None:
    reference = a_scored_file()
    assert "Near the pass mark: 60.00 against 60.00." in page(client, "/calls/small/deliberation")
    answer = client.post(f"{HOUSE}/calls/small/deliberation", data=meeting_day(jury()))
    assert answer.status_code == 302
    form = {"mark-relevance": "5", "mark-feasibility": "", "reason": "Samen herlezen.", "seen": "0"}
    assert client.post(f"{HOUSE}/files/{reference}/deliberation", data=form).status_code == 302
    told = "They make the score 80.00; by the marks of the jurors alone it would be 60.00."
    assert told in page(client, f"/files/{reference}/deliberation")
    assert client.post(f"{HOUSE}/calls/small/deliberation/close").status_code == 302
    assert asked(meeting.panel_closed, "small")
    closed = page(client, "/calls/small/deliberation")
    assert asked(meeting.closing, "small", 1).record_sha256 in closed
    assert "nothing changes here any more" in page(client, f"/files/{reference}/deliberation")


def test_the_minutes_are_the_same_bytes_every_time_in_each_language(client: FlaskClient, ada: Actor) -> None:
    a_scored_file()
    done(
        deliberating.record_meeting, ada, "small", NewMeeting(date(2026, 12, 20), "", frozenset(jury()), "", 0), now=NOW
    )
    done(deliberating.close_panel, ada, "small", now=NOW)
    for language in ("nl", "fr", "en"):
        one, other = (client.get(f"{HOUSE}/calls/small/deliberation/minutes-1-{language}.pdf") for _ in range(2))
        assert (one.status_code, one.data[:5], one.data) == (200, b"%PDF-", other.data)
    page(client, "/calls/small/deliberation/minutes-2-nl.pdf", 404)
    page(client, "/calls/small/deliberation/minutes-1-de.pdf", 404)


def test_a_mark_without_a_reason_comes_back_with_what_was_typed(client: FlaskClient, ada: Actor) -> None:
    reference = a_scored_file()
    form = {"mark-relevance": "5", "mark-feasibility": "", "notes": "Lang besproken.", "seen": "0"}
    answer = client.post(f"{HOUSE}/files/{reference}/deliberation", data=form)
    shown = answer.get_data(as_text=True)
    assert (answer.status_code, "Give the reason why" in shown, "Lang besproken." in shown) == (422, True, True)
    assert asked(scored_file, reference).agreed == {}


def test_a_panel_is_reopened_with_a_reason(client: FlaskClient, ada: Actor) -> None:
    a_scored_file()
    done(
        deliberating.record_meeting, ada, "small", NewMeeting(date(2026, 12, 20), "", frozenset(jury()), "", 0), now=NOW
    )
    done(deliberating.close_panel, ada, "small", now=NOW)
    client.post(f"{HOUSE}/calls/small/deliberation/reopen", data={"reason": " "})
    assert asked(meeting.panel_closed, "small")
    client.post(f"{HOUSE}/calls/small/deliberation/reopen", data={"reason": "Een punt was fout."})
    assert not asked(meeting.panel_closed, "small")
    assert "Een punt was fout." in page(client, "/calls/small/deliberation")


def test_the_screen_in_the_room_names_no_juror(client: FlaskClient, ada: Actor) -> None:
    reference = a_scored_file()
    shown = page(client, f"/files/{reference}/deliberation/shown")
    assert [one.name for one in asked(panel, "small", Duty.JURY) if one.name in shown] == []
    assert "Een goed uitgewerkt dossier." in shown


def test_a_conflict_in_one_file_closes_the_meeting_and_that_file(client: FlaskClient, ada: Actor) -> None:
    own, other = a_scored_file(), an_application("scored")
    done(lambda session: session.add(Conflict(
        application_id=row(session, own).id, person_id=ada.person_id, reason="", declared_at=NOW
    )))  # fmt: skip
    page(client, "/calls/small/deliberation", 404)
    page(client, f"/files/{own}/deliberation", 404)
    page(client, f"/files/{own}/deliberation/shown", 404)
    assert own not in page(client, f"/files/{other}/deliberation")
    assert client.post(f"{HOUSE}/calls/small/deliberation/close").status_code == 404
