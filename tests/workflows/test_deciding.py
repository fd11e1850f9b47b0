"""Deciding: what was seen is what is decided, once, by a person, and the database itself guards the envelopes."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from portal import set_up
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_juror,
    an_administrator,
    an_application,
    asked,
    assign,
    decide,
    done,
    refusal,
    terms,
    work_off,
)
from workflows import database, tasks
from workflows.allocation import actions as allocation
from workflows.allocation import exchange, queries, rules
from workflows.allocation.tables import Booking
from workflows.calls import actions as calls
from workflows.calls.queries import call_view
from workflows.calls.tables import Envelope
from workflows.calls.terms import Terms
from workflows.history import entries
from workflows.language import LANGUAGES, say
from workflows.letters import actions as letters
from workflows.letters import queries as letters_queries
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.permissions import SYSTEM, Duty
from workflows.problems import NotThere, Problem
from workflows.publication.queries import public_results, results
from workflows.scoring import actions as scoring
from workflows.scoring.actions import NewReview
from workflows.submission import queries as submission
from workflows.submission.tables import Application

LATER = CLOSES + 30 * DAY
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> tuple[Path, dict[str, str]]:
    """An installation with four files ready to be decided, made once and copied by each test."""
    instance = tmp_path_factory.mktemp("prepared")
    shutil.copy(migrated, instance / "oproep.sqlite")
    set_up.connect(Settings(instance=instance))
    a_call()
    references = {
        "best": an_application("scored", marks=(5, 5, 5)),
        "second": an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4)),
        "third": an_application("scored", {"requested": 1_600_000}, marks=(4, 4, 3)),
        "weak": an_application("scored", marks=(2, 2, 2)),
    }
    database.disconnect()
    return instance, references


@pytest.fixture
def ranked(prepared: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[dict[str, str]]:
    """60,000 euro for four files: two are funded, one is on the reserve list, one is below the pass mark."""
    instance, references = prepared
    shutil.copytree(instance, tmp_path / "instance")
    set_up.connect(Settings(instance=tmp_path / "instance"))
    yield references
    database.disconnect()


def seen() -> str:
    """The fingerprint of what is on the board now."""
    fingerprint: str = asked(queries.board, "small").fingerprint
    return fingerprint


def commit(seen: str, *, seen_at: datetime | None = None, now: datetime = LATER) -> None:
    done(allocation.commit, an_administrator(), "small", seen, seen_at=seen_at, now=now)


def refused(seen: str, *, seen_at: datetime | None = None, now: datetime = LATER) -> tuple[str, dict[str, Any]]:
    """Code and facts with which a decision is refused; in that case nothing of it stays."""
    problem: Problem = refusal(allocation.commit, an_administrator(), "small", seen, seen_at=seen_at, now=now)
    assert [bool(say(problem.reason, language)) for language in LANGUAGES] == [True, True, True]
    assert asked(call_view, "small", now).state is CallState.PUBLISHED
    with pytest.raises(NotThere):
        asked(queries.decision, "small")
    return problem.code, dict(problem.reason.facts)


def states() -> dict[str, tuple[str, int | None]]:
    return {one.reference: (one.state.value, one.awarded_cents) for one in asked(submission.of_call, "small")}


def test_the_board_shows_rank_score_and_award_and_writes_nothing(ranked: dict[str, str]) -> None:
    before = states()
    board = asked(queries.board, "small")
    assert [(line.rank, line.application.reference, line.score, line.award, line.reserve) for line in board.lines] == [
        (1, ranked["best"], 10_000, 2_000_000, False),
        (2, ranked["second"], 8000, 2_500_000, False),
        (3, ranked["third"], 7667, 0, True),
        (4, ranked["weak"], 4000, 0, False),
    ]
    assert [(one.id, one.amount, one.used, one.left) for one in board.envelopes] == [
        ("total", 6_000_000, 4_500_000, 1_500_000)
    ]
    assert (board.total, board.awarded, board.unready, board.unscreened, board.without_remark) == (
        4_500_000, 2, (), (), (),
    )  # fmt: skip
    assert states() == before


def test_what_was_seen_is_what_is_decided(ranked: dict[str, str]) -> None:
    fingerprint = seen()
    commit(fingerprint)
    assert states() == {
        ranked["best"]: ("awarded", 2_000_000), ranked["second"]: ("awarded", 2_500_000),
        ranked["third"]: ("reserve", None), ranked["weak"]: ("refused", None),
    }  # fmt: skip
    assert asked(call_view, "small", LATER).state is CallState.DECIDED
    with_bookings = select(Application.reference, Booking.envelope, Booking.cents).join(
        Application, Application.id == Booking.application_id
    )
    assert asked(lambda session: sorted(tuple(row) for row in session.execute(with_bookings))) == sorted([
        (ranked["best"], "total", 2_000_000), (ranked["second"], "total", 2_500_000),
    ])  # fmt: skip
    decision = asked(queries.decision, "small")
    last = asked(entries, "call:small")[-1]
    assert (last.event, last.actor, last.at, dict(last.facts)) == (
        Event.DECIDE, "Ada", LATER,
        {"fingerprint": fingerprint, "record": decision.record_sha256, "total": 4_500_000},
    )  # fmt: skip


def test_the_record_of_the_decision_can_be_repeated_offline(ranked: dict[str, str]) -> None:
    commit(seen())
    decision, record = asked(queries.decision, "small"), asked(queries.record, "small")
    assert decision.record_sha256 == sha256(decision.record.encode()).hexdigest()
    data = exchange.read(json.dumps(record["input"]))
    again = exchange.result_to_json(data, rules.allocate(data))
    assert (record["result"], record["fingerprint"]) == (json.loads(json.dumps(again)), rules.fingerprint(data))
    assert record["result"]["awards"] == {ranked["best"]: 2_000_000, ranked["second"]: 2_500_000}


def test_every_file_keeps_the_facts_of_its_decision(ranked: dict[str, str]) -> None:
    commit(seen())
    last = {name: asked(entries, f"application:{reference}")[-1] for name, reference in ranked.items()}
    assert {name: (entry.event, entry.facts["rank"], entry.facts["score"]) for name, entry in last.items()} == {
        "best": (Event.AWARD, 1, 10_000), "second": (Event.AWARD, 2, 8000),
        "third": (Event.PUT_ON_RESERVE, 3, 7667), "weak": (Event.REFUSE, 4, 4000),
    }  # fmt: skip
    assert {name: entry.facts["refusal"]["cause"] for name, entry in last.items() if "refusal" in entry.facts} == {
        "third": "envelope-short", "weak": "below-pass-mark",
    }  # fmt: skip
    assert [entry.reason for entry in last.values()] == ["Een goed uitgewerkt dossier."] * 4


def test_a_preview_that_is_stale_is_refused_with_the_files_that_changed(settings: Settings) -> None:
    a_call()
    an_application("scored")
    open_file = an_application("eligible")
    late = a_juror()
    assign(open_file, late, now=NOW)
    looked = CLOSES + 20 * DAY
    before = seen()
    new = NewReview({"relevance": 5, "feasibility": 5}, {})
    done(scoring.save_review, late, open_file, Duty.JURY, new, submit=True, now=looked + SECOND)
    assert refused(before, seen_at=looked)[0] == "files-not-scored"  # the score still lacks its opinion
    changed = an_application("scored", now=CLOSES - DAY)
    assert refused(before, seen_at=looked) == ("preview-stale", {"changed": [open_file]})
    assert refused(before) == ("preview-outdated", {})
    assert refused(before, seen_at=CLOSES - 2 * DAY) == ("preview-stale", {"changed": sorted([changed, open_file])})


def test_changed_terms_make_a_preview_stale_and_the_call_is_named(ranked: dict[str, str]) -> None:
    before = seen()
    poorer = terms().model_dump(mode="json", exclude_none=True)["envelopes"]
    poorer[0]["amount_cents"] = 2_000_000
    done(calls.import_call, SYSTEM, terms(envelopes=poorer), now=LATER, reason="Minder geld.")
    assert refused(before, seen_at=LATER - SECOND) == ("preview-stale", {"changed": ["small"]})


def test_nothing_is_decided_before_the_call_has_closed(ranked: dict[str, str]) -> None:
    assert refused(seen(), now=CLOSES - SECOND) == ("call-not-assessed", {})
    commit(seen(), now=CLOSES)


def test_nothing_is_decided_twice(ranked: dict[str, str]) -> None:
    commit(seen())
    record = asked(queries.decision, "small").record_sha256
    for fingerprint in (seen(), "0" * 64):
        again = refusal(allocation.commit, an_administrator(), "small", fingerprint, now=LATER)
        assert again.code == "allocation-decided"
    assert asked(queries.decision, "small").record_sha256 == record


def test_nothing_is_decided_while_a_file_waits_for_screening_for_marks_or_for_a_remark(settings: Settings) -> None:
    a_call()
    weak = an_application("scored", marks=(1, 1, 1))
    waiting = an_application("submitted")
    assert refused(seen()) == ("files-not-screened", {"references": [waiting]})
    done(lambda session: _withdraw(session, waiting))
    unmarked = an_application("eligible")
    assert refused(seen()) == ("files-not-scored", {"references": [unmarked]})
    done(lambda session: _withdraw(session, unmarked))
    done(scoring.record_remark, SYSTEM, weak, "", now=NOW)
    assert refused(seen()) == ("remarks-missing", {"references": [weak]})
    done(scoring.record_remark, SYSTEM, weak, "Te mager uitgewerkt.", now=NOW)
    commit(seen())
    assert states()[weak] == ("refused", None)


def _withdraw(session: Any, reference: str) -> None:
    session.execute(update(Application).where(Application.reference == reference).values(state="withdrawn"))


def test_a_person_of_the_office_decides_never_the_system_and_no_juror(ranked: dict[str, str]) -> None:
    for who in (SYSTEM, a_juror()):
        with pytest.raises(NotThere):
            done(allocation.commit, who, "small", seen(), now=LATER)


@pytest.mark.parametrize(
    ("cents", "steps"),
    [
        (310_000, []), (310_001, ["finance-inspection"]),
        (620_000, ["finance-inspection"]), (620_001, ["finance-inspection", "budget-minister"]),
        (1_500_000, ["finance-inspection", "budget-minister"]),
        (1_500_001, ["finance-inspection", "budget-minister", "government", "agreement"]),
    ],
)  # fmt: skip
def test_a_decision_needs_the_steps_whose_threshold_it_is_strictly_above(cents: int, steps: list[str]) -> None:
    above = {"finance-inspection": 310_000, "budget-minister": 620_000, "government": 1_500_000, "agreement": 1_500_000}
    listed = [
        {"step": step, "above_cents": threshold, "name": {"nl": step, "fr": step}} for step, threshold in above.items()
    ]
    call: Terms = terms(approvals=listed)
    assert [one.step for one in queries.approvals(call, cents)] == steps


# What the database itself refuses


def test_the_database_refuses_a_booking_above_the_envelope(ranked: dict[str, str]) -> None:
    commit(seen())
    third = asked(submission.view, ranked["third"]).id
    booking = {"application_id": third, "call_id": "small", "envelope": "total"}
    with pytest.raises(IntegrityError, match="envelope overspent"):
        done(lambda session: session.add(Booking(**booking, cents=1_500_001)))
    done(lambda session: session.add(Booking(**booking, cents=1_500_000)))
    with pytest.raises(IntegrityError, match="envelope overspent"):
        done(lambda session: session.execute(update(Booking).values(cents=Booking.cents + 1)))
    assert asked(lambda session: sum(session.scalars(select(Booking.cents)))) == 6_000_000


def test_the_database_refuses_a_booking_of_nothing_or_from_an_unknown_envelope(ranked: dict[str, str]) -> None:
    third = asked(submission.view, ranked["third"]).id
    for envelope, cents in (("total", 0), ("total", -1), ("elsewhere", 1)):
        with pytest.raises(IntegrityError):
            done(
                lambda session, envelope=envelope, cents=cents: session.add(
                    Booking(application_id=third, call_id="small", envelope=envelope, cents=cents)
                )
            )


@pytest.mark.parametrize(
    ("name", "values", "constraint"),
    [
        ("weak", {"awarded_cents": 1}, "award_if_and_only_if_awarded"),
        ("weak", {"state": "awarded"}, "award_if_and_only_if_awarded"),
        ("best", {"awarded_cents": None}, "award_if_and_only_if_awarded"),
        ("best", {"awarded_cents": 0}, "award_is_money"),
        ("best", {"state": "refused"}, "award_if_and_only_if_awarded"),
        ("best", {"state": "published"}, "state"),
    ],
)
def test_the_database_knows_that_an_award_is_money_of_an_awarded_file(
    ranked: dict[str, str], name: str, values: dict[str, Any], constraint: str
) -> None:
    commit(seen())
    with pytest.raises(IntegrityError, match=constraint):
        done(
            lambda session: session.execute(
                update(Application).where(Application.reference == ranked[name]).values(**values)
            )
        )


def test_the_envelopes_in_the_database_are_those_of_the_terms(ranked: dict[str, str]) -> None:
    kept = asked(lambda session: [(one.code, one.amount_cents) for one in session.scalars(select(Envelope))])
    assert kept == [("total", 6_000_000)]


# What becomes public


def test_the_outcome_is_public_only_when_every_applicant_was_told(ranked: dict[str, str]) -> None:
    administrator = an_administrator()
    assert asked(public_results, "small", LATER) is None
    commit(seen())
    assert asked(public_results, "small", LATER) is None
    work_off()
    assert asked(public_results, "small", LATER) is None
    held = letters_queries.seen_digest(asked(letters_queries.of_call, "small", held_only=True))
    done(letters.release, administrator, "small", held, tasks.office(), now=LATER)
    shown = asked(public_results, "small", LATER)
    assert shown == asked(results, "small", LATER)
    assert [(row.reference, row.requested, row.awarded) for row in shown.awards] == [
        (ranked["best"], 2_000_000, 2_000_000), (ranked["second"], 2_500_000, 2_500_000),
    ]  # fmt: skip
    assert (shown.total, shown.received, shown.eligible) == (4_500_000, 4, 4)


def test_a_published_total_that_is_not_ours_is_shown_beside_it_with_the_difference(settings: Settings) -> None:
    figure = {"total_cents": 1_999_900, "source": {"nl": "Jaarverslag", "fr": "Rapport annuel"}}
    a_call(terms(published_figure=figure))
    an_application("scored")
    decide(an_administrator())
    found = asked(results, "small", LATER).difference
    assert (found.published, found.computed, found.cents) == (1_999_900, 2_000_000, 100)


def test_a_reserve_file_is_no_award(ranked: dict[str, str]) -> None:
    commit(seen())
    assert asked(submission.view, ranked["third"]).state is ApplicationState.RESERVE
    assert ranked["third"] not in {row.reference for row in asked(results, "small", LATER).awards}
