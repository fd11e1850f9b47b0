"""The short form of `make faults`: a worker that is killed again and again, and a mail server that hangs up."""

from config.settings import Settings
from tests.faults.storm import weather


def test_kills_and_a_faulty_mail_server_lose_and_double_no_letter(settings: Settings) -> None:
    outcome = weather(settings, letters=5, kills=8)
    assert (outcome.letters, outcome.lost, outcome.broken, outcome.missing, outcome.unflagged) == (5, 0, (), (), ())
    assert (outcome.kills, outcome.faults > 0) == (8, True)
