"""A small call from its draft to its letters, as a list of sentences."""

from config.settings import Settings
from tests.builders import CLOSES, DAY, a_call, an_administrator, an_application, decide, work_off
from workflows import tasks
from workflows.database import reading, transaction
from workflows.letters import actions as letters
from workflows.letters import queries as letters_queries
from workflows.publication.queries import public_results


def test_a_small_call_runs_from_draft_to_mailed_letters(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    best = an_application("scored", marks=(5, 5, 5))
    second = an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4), language="fr")
    third = an_application("scored", {"requested": 1_600_000}, marks=(4, 4, 3))
    weak = an_application("scored", marks=(2, 2, 2))
    wrong_place = an_application("ineligible")
    decide(administrator)
    work_off()
    with reading() as session:
        held = letters_queries.of_call(session, "small", held_only=True)
        assert {letter.application: letter.kind.value for letter in held} == {
            best: "award", second: "award", third: "reserve", weak: "refusal", wrong_place: "ineligible",
        }  # fmt: skip
        assert public_results(session, "small", CLOSES + 40 * DAY) is None
    with transaction() as session:
        seen = letters_queries.seen_digest(held)
        letters.release(session, administrator, "small", seen, tasks.office(), now=CLOSES + 35 * DAY)
    work_off()
    with reading() as session:
        assert letters_queries.counts(session) == {"sent": 10}
        shown = public_results(session, "small", CLOSES + 40 * DAY)
        assert shown is not None
        assert [(row.reference, row.awarded) for row in shown.awards] == [(best, 2_000_000), (second, 2_500_000)]
    assert len(list(settings.mail_folder.glob("*.eml"))) == 10
