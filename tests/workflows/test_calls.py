"""A call is data: its file read strictly and written back to the byte; its stage by the clock; its versions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import CALLS, Settings
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    OPENS,
    a_call,
    a_person,
    an_administrator,
    an_application,
    asked,
    decide,
    done,
    refusal,
    terms,
)
from workflows.calls import actions as calls
from workflows.calls import queries
from workflows.calls.refusals import TermsRefused
from workflows.calls.rules import Stage, is_open, read_terms, shifted, stage, write_terms
from workflows.calls.terms import Terms
from workflows.history import entries
from workflows.lifecycle import CallState, Event
from workflows.permissions import SYSTEM
from workflows.problems import NotThere

FILES = sorted(CALLS.glob("*.toml"))
SECOND = timedelta(seconds=1)


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(TermsRefused) as found:
        read_terms(text, "oproep.toml")
    assert found.value.source == "oproep.toml"
    return found.value.complaints


def changed(old: str, new: str) -> str:
    """The file of South 2024 with one place changed."""
    text = (CALLS / "zuid-2024.toml").read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_there_are_two_editions_played_and_two_open() -> None:
    assert [path.stem for path in FILES] == ["noord-2024", "noord-2026", "zuid-2024", "zuid-2026"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_call_file_is_written_back_to_the_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = read_terms(text, path.name)
    assert write_terms(found) == text
    assert found.id == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_kept_in_the_database_is_the_whole_file(settings: Settings, path: Path) -> None:
    found = read_terms(path.read_text(encoding="utf-8"), path.name)
    done(calls.import_call, SYSTEM, found, now=NOW)
    kept = Terms.model_validate(asked(queries.terms_of, found.id).model_dump(mode="json"))
    assert write_terms(kept) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('kind = "south"', 'kind = "south"\ncolour = "red"',
         f"colour: unknown key, expected one of {', '.join(sorted(Terms.model_fields))}"),
        ("jurors_per_application = 3", "jurors_per_application = 3\njurors = 3",
         "scoring.jurors: unknown key, expected one of blind, extremes_explained, gap_hundredths, "
         "jurors_per_application, jury_due_at, opinion_due_at, opinion_required, pass_mark_hundredths, quorum"),
        ("year = 2024", 'year = "2024"', "year: Input should be a valid integer (given: '2024')"),
        ("jurors_per_application = 3", "jurors_per_application = 2.5",
         "scoring.jurors_per_application: Input should be a valid integer (given: 2.5)"),
        ("floor_cents = 1000000", "floor_cents = 10000.00",
         "applicants[0].floor_cents: Input should be a valid integer (given: 10000.0)"),
        ("weight = 30", 'weight = "veel"', "criteria[0].weight: Input should be a valid integer (given: 'veel')"),
        ("floor_cents = 1000000", "floor_cents = -1",
         "applicants[0].floor_cents: Input should be greater than or equal to 0 (given: -1)"),
        ("ceiling_cents = 12500000", "ceiling_cents = 999999",
         "applicants[0]: ceiling_cents: expected at least floor_cents"),
        ('kind = "south"', 'kind = "south"\naccent = "pink"',
         "accent: Input should be 'terracotta', 'indigo', 'moss', 'plum' or 'teal' (given: 'pink')"),
        ('[name]\nnl = "Projectoproep Zuid 2024"\n', "[name]\n", "name.nl: missing, expected a value"),
        ('[name]\nnl = "Projectoproep Zuid 2024"\n', '[name]\nnl = ""\n',
         "name.nl: String should have at least 1 character (given: '')"),
        ('groups = [\n  "opt",\n]', 'groups = [\n  "gaza",\n]',
         "envelopes.opt.groups: gaza is unknown, expected one of *, accredited, kin, opt, other-nonprofit, rsk"),
        ("closes_at = 2024-04-12 16:00:00", "closes_at = 2024-02-08 09:00:00",
         "closes_at: expected an instant after opens_at"),
        ("closes_at = 2024-04-12 16:00:00", "closes_at = 9999-12-31 23:59:59-23:59",
         "closes_at: expected a year from 2000 to 2200"),
        ("closes_at = 2024-04-12 16:00:00", "closes_at = 0001-01-01 00:00:00+23:59",
         "closes_at: expected a year from 2000 to 2200"),
        ("closes_at = 2024-04-12 16:00:00", 'closes_at = "vrijdag"',
         "closes_at: Input should be a valid datetime or date, input is too short (given: 'vrijdag')"),
        ("Aanvraag {reference} – toekenning", "Aanvraag {amount} – toekenning",
         "letters.award: no letter can fill {amount}, expected one of awarded:money, call, closes_at:day, "
         "closes_at:moment, organisation, pass_mark:score, project, rank, receipt_number, received_at:day, "
         "received_at:moment, reference, requested:money, score:score"),
        ("Aanvraag {reference} – toekenning", "Aanvraag {reference – toekenning",
         "letters.award: expected '}' before end of string"),
        ("year = 2024", "year = 2024 jaar",
         "Expected newline or end of document after a statement (at line 3, column 13)"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_the_key_and_what_was_expected(old: str, new: str, complaint: str) -> None:
    assert refused(changed(old, new)) == (complaint,)


def test_several_mistakes_are_told_at_once_each_with_the_file() -> None:
    with pytest.raises(TermsRefused) as found:
        read_terms(changed('kind = "south"\nyear = 2024', 'kind = "Ons Zuiden"\nyear = 1950'), "oproep.toml")
    assert str(found.value) == (
        "oproep.toml: kind: String should match pattern '^[a-z0-9][a-z0-9_-]{0,59}$' (given: 'Ons Zuiden')\n"
        "oproep.toml: year: Input should be greater than or equal to 2013 (given: 1950)"
    )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"criteria": []}, "criteria: Tuple should have at least 1 item after validation, not 0"),
        ({"scoring": {"jurors_per_application": 2, "pass_mark_hundredths": 10_001, "opinion_required": True}},
         "scoring.pass_mark_hundredths: Input should be less than or equal to 10000 (given: 10001)"),
        ({"criteria": [{"id": "one", "weight": 1, "judged_by": "jury", "name": {"nl": "A", "fr": "A"}}]},
         'scoring.opinion_required: expected a criterion with judged_by = "expert"'),
        ({"criteria": [{"id": "one", "weight": 0, "judged_by": "expert", "name": {"nl": "A", "fr": "A"}}]},
         "criteria.weight: expected at least one above 0"),
        ({"conditions": [{"kind": "answered-yes", "question": "moon", "name": {"nl": "A", "fr": "A"}}]},
         "conditions[0].question: no question has the id moon"),
        ({"applicants": [{"type": "accredited", "floor_cents": 1, "ceiling_cents": 2}] * 2},
         "applicants.type: accredited stands there twice, expected each once"),
    ],
)  # fmt: skip
def test_parts_that_contradict_each_other_are_refused(changes: dict[str, object], complaint: str) -> None:
    data = {**terms().model_dump(mode="python", exclude_none=True), **changes}
    with pytest.raises(ValueError, match="1 validation error") as found:
        Terms.model_validate(data)
    first = found.value.errors()[0]  # type: ignore[attr-defined]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    given = f" (given: {first['input']!r})" if isinstance(first["input"], int) else ""
    assert f"{key}: {first['msg'].removeprefix('Value error, ')}{given}".removeprefix(": ") == complaint


def test_the_stage_follows_from_the_state_and_the_clock_to_the_second() -> None:
    call = terms()
    clock = (OPENS - SECOND, OPENS, CLOSES - SECOND, CLOSES)
    assert {state.value: [stage(state, call, at).value for at in clock] for state in CallState} == {
        "draft": ["draft", "draft", "draft", "draft"],
        "published": ["announced", "open", "open", "assessment"],
        "decided": ["decided", "decided", "decided", "decided"],
        "closed": ["closed", "closed", "closed", "closed"],
    }


@pytest.mark.parametrize(
    ("closes_at", "last_second"),
    [
        ("2018-03-16T16:00:00", datetime(2018, 3, 16, 14, 59, 59, tzinfo=UTC)),  # winter time
        ("2026-07-01T16:00:00", datetime(2026, 7, 1, 13, 59, 59, tzinfo=UTC)),  # summer time
        ("2020-05-08T00:00:00", datetime(2020, 5, 7, 21, 59, 59, tzinfo=UTC)),  # midnight
        ("2027-03-28T01:59:59", datetime(2027, 3, 28, 0, 59, 58, tzinfo=UTC)),  # just before the clocks go forward
        ("2027-03-28T03:00:00", datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC)),  # as they go
        ("2027-03-28T02:30:00", datetime(2027, 3, 28, 1, 29, 59, tzinfo=UTC)),  # an hour there is not: 03:30
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 29, 59, tzinfo=UTC)),  # an hour there is twice: the first
        ("2026-10-25T03:00:00", datetime(2026, 10, 25, 1, 59, 59, tzinfo=UTC)),  # after they went back
    ],
)
def test_on_time_is_strictly_before_the_closing_instant_in_brussels(closes_at: str, last_second: datetime) -> None:
    closes = datetime.fromisoformat(closes_at)
    call = terms(opens_at=closes - 30 * DAY, closes_at=closes)
    arrivals = (last_second, last_second + SECOND - timedelta(microseconds=1), last_second + SECOND)
    assert [is_open(CallState.PUBLISHED, call, at) for at in arrivals] == [True, True, False]
    assert [is_open(CallState.DRAFT, call, at) for at in arrivals] == [False, False, False]


def test_a_closing_instant_with_its_own_offset_is_taken_as_it_stands() -> None:
    call = terms(closes_at=datetime.fromisoformat("2026-12-15T15:00:00+00:00"))
    assert (call.closes == CLOSES, "closes_at = 2026-12-15 16:00:00" in write_terms(call)) == (True, True)


def test_a_shifted_call_moves_all_its_days_and_nothing_else() -> None:
    original = read_terms((CALLS / "zuid-2024.toml").read_text(encoding="utf-8"), "zuid-2024.toml")
    moved = shifted(original, timedelta(days=364))
    assert write_terms(shifted(moved, -timedelta(days=364))) == write_terms(original)
    assert (moved.opens_at, moved.closes_at, moved.reference_date) == (
        original.opens_at + timedelta(days=364), original.closes_at + timedelta(days=364),
        original.reference_date + timedelta(days=364),
    )  # fmt: skip


def test_the_same_terms_imported_twice_are_one_version(settings: Settings) -> None:
    a_call()
    done(calls.import_call, SYSTEM, terms(), now=NOW)
    assert asked(queries.call_view, "small", NOW).version == 1
    assert [entry.event for entry in asked(entries, "call:small")] == [Event.IMPORT_CALL, Event.PUBLISH]


def test_a_draft_changes_without_a_reason_a_published_call_only_with_one(settings: Settings) -> None:
    later = terms(closes_at=terms().closes_at + DAY)
    much_later = terms(closes_at=terms().closes_at + 2 * DAY)
    a_call(published=False)
    done(calls.import_call, SYSTEM, later, now=NOW)
    done(calls.publish, SYSTEM, "small", now=NOW)
    assert refusal(calls.import_call, SYSTEM, much_later, now=NOW).code == "reason-needed"
    done(calls.import_call, SYSTEM, much_later, now=NOW, reason="De stroom viel uit.")
    assert asked(queries.call_view, "small", NOW).version == 3
    assert [asked(queries.terms_of, "small", version).closes for version in (1, 2, 3)] == [
        CLOSES, CLOSES + DAY, CLOSES + 2 * DAY,
    ]  # fmt: skip
    assert [(entry.event, entry.reason) for entry in asked(entries, "call:small")] == [
        (Event.IMPORT_CALL, ""), (Event.CHANGE_CALL, ""), (Event.PUBLISH, ""),
        (Event.CHANGE_CALL, "De stroom viel uit."),
    ]  # fmt: skip


def test_terms_do_not_change_once_money_was_divided_under_them(settings: Settings) -> None:
    a_call()
    an_application("scored")
    decide(an_administrator())
    changed_terms = terms(closes_at=terms().closes_at + DAY)
    assert refusal(calls.import_call, SYSTEM, changed_terms, now=NOW, reason="vergeten").code == "call-decided"
    done(calls.close, SYSTEM, "small", now=NOW)
    assert refusal(calls.import_call, SYSTEM, changed_terms, now=NOW, reason="vergeten").code == "call-decided"


def test_a_call_is_published_once_and_closed_only_after_its_decision(settings: Settings) -> None:
    a_call()
    assert refusal(calls.publish, SYSTEM, "small", now=NOW).code == "move-not-possible"
    assert refusal(calls.close, SYSTEM, "small", now=NOW).code == "move-not-possible"


def test_the_public_knows_published_calls_only_the_last_to_close_first(settings: Settings) -> None:
    a_call()
    a_call(terms(id="later", reference_prefix="L26", closes_at=terms().closes_at + DAY))
    a_call(terms(id="hidden", reference_prefix="H26"), published=False)
    assert [(call.id, call.stage) for call in asked(queries.public_calls, NOW)] == [
        ("later", Stage.OPEN), ("small", Stage.OPEN),
    ]  # fmt: skip
    assert [call.id for call in asked(queries.calls, NOW)] == ["later", "small", "hidden"]


def test_only_the_office_imports_and_publishes(settings: Settings) -> None:
    stranger = a_person()
    for act in (
        lambda session: calls.import_call(session, stranger, terms(), now=NOW),
        lambda session: calls.publish(session, stranger, "small", now=NOW),
        lambda session: calls.close(session, stranger, "small", now=NOW),
        lambda session: calls.publish(session, SYSTEM, "nowhere", now=NOW),
        lambda session: queries.call_view(session, "nowhere", NOW),
        lambda session: queries.terms_of(session, "nowhere"),
    ):
        with pytest.raises(NotThere):
            done(act)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("nl", "oproep.toml: scoring.jurors: deze sleutel bestaat niet. Hier kan staan: "),
        (
            "fr",
            "oproep.toml: scoring.jurors: cette clé n’existe pas. Ici peuvent figurer\u00a0: ",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_the_language_of_its_reader(language: str, told: str) -> None:
    with pytest.raises(TermsRefused) as found:
        read_terms(changed("jurors_per_application = 3", "jurors_per_application = 3\njurors = 3"), "oproep.toml")
    (said,) = found.value.said(language)
    assert said.startswith(told)
