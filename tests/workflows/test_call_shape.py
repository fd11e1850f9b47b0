"""The terms as a person edits them: an input and words for each, what is wrong, what changed, what is copied."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CALLS
from tests.builders import NOW, terms
from workflows.calls import copying, labels, readiness, shape
from workflows.calls.changes import OPEN_AFTER_CLOSING, SUBSTANTIAL, changes, check_change
from workflows.calls.copying import NewEdition, neutral, next_edition
from workflows.calls.form import Choice, Question
from workflows.calls.rules import Stage, read_terms
from workflows.calls.shape import Input, blank, copied, models, put, settings
from workflows.calls.terms import Condition, Place, Terms
from workflows.language import LANGUAGES, say
from workflows.problems import NotThere, Problem

SETTINGS = [one for model in models() for one in settings(model)]
FILES = sorted(CALLS.glob("*.toml"))


def content(**changed: Any) -> dict[str, Any]:
    return {**terms().model_dump(mode="json"), **changed}


def codes(found: tuple[readiness.Finding, ...], *, blocking: bool = True) -> list[str]:
    return [one.reason.code for one in found if one.blocking is blocking]


@pytest.mark.parametrize("one", SETTINGS, ids=lambda one: f"{one.model.__name__}.{one.name}")
def test_every_setting_has_a_name_and_a_help_text_in_three_languages(one: shape.Setting) -> None:
    said = labels.labels()[one.model.__name__][one.name]
    assert sorted(said) == sorted([*LANGUAGES, "help"])
    assert sorted(said["help"]) == sorted(LANGUAGES)
    assert all(said[language] and said["help"][language] for language in LANGUAGES)


@pytest.mark.parametrize("one", [one for one in SETTINGS if one.codes], ids=lambda one: one.name)
def test_every_value_that_can_be_chosen_has_words_in_three_languages(one: shape.Setting) -> None:
    named = labels.labels()["value"][one.vocabulary]
    assert sorted(named) == sorted(one.codes)
    assert all(all(text[language] for language in LANGUAGES) for text in named.values())


def test_nothing_is_named_that_no_model_has() -> None:
    named = {(model, name) for model, found in labels.labels().items() if model != "value" for name in found}
    assert named == {(one.model.__name__, one.name) for one in SETTINGS}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_call_file_says_is_content_that_reads_as_the_same_terms(file: Any) -> None:
    found = read_terms(file.read_text(encoding="utf-8"), file.name)
    assert readiness.read(found.model_dump(mode="json")) == found


# lists


def test_a_new_part_has_a_code_nobody_has() -> None:
    assert blank(Question, [{"id": "question-1"}, {"id": "title"}])["id"] == "question-2"
    assert blank(Place, [])["code"] == "PLACE-1"


def test_a_copied_part_has_its_own_code_and_no_meaning() -> None:
    title = content()["sections"][0]["questions"][0]
    again = copied(Question, title, [title])
    assert (again["id"], again["means"], again["label"]) == ("title-2", None, title["label"])


def test_a_copied_section_has_questions_of_its_own() -> None:
    call = content()
    call["sections"].append(copied(shape.model_at(("sections", 0)), call["sections"][0], call["sections"]))
    assert codes(readiness.problems_before_opening(call, NOW)) == []


@given(st.lists(st.sampled_from(["a", "a-1", "a-2", "b", "choice", "choice-1", "choice-3"]), unique=True, max_size=7))
def test_a_copy_never_takes_a_code_that_is_taken(taken: list[str]) -> None:
    beside = [{"code": code} for code in taken]
    assert blank(Choice, beside)["code"] not in taken
    assert all(copied(Choice, one, beside)["code"] not in taken for one in beside)


def test_a_spot_that_is_not_there_is_not_there() -> None:
    for spot in (("nothing",), ("criteria", 9), ("criteria", "id"), ("name", "nl", "x")):
        with pytest.raises(NotThere):
            shape.at(content(), spot)


def test_putting_a_value_leaves_the_old_content_as_it_was() -> None:
    call = content()
    assert put(call, ("criteria", 0, "weight"), 9)["criteria"][0]["weight"] == 9
    assert call["criteria"][0]["weight"] == 3


# what is wrong


def test_the_small_call_has_nothing_that_blocks_it() -> None:
    assert codes(readiness.problems_before_opening(content(), NOW)) == []


def test_what_cannot_be_read_is_told_with_its_spot() -> None:
    wrong = content(closes_at=None, kind="Ons Zuiden", name={"nl": "", "fr": "F", "en": ""})
    found = {one.spot: one.reason.code for one in readiness.problems_before_opening(wrong, NOW) if one.blocking}
    assert found == {
        ("closes_at",): "setting-empty",
        ("kind",): "setting-not-a-code",
        ("name", "nl"): "setting-empty-in",
    }


@pytest.mark.parametrize(
    ("spot", "value", "expected"),
    [
        (("applicants", 0, "ceiling_cents"), 5, "ceiling-below-floor"),
        (("sections", 0, "questions", 0, "kind"), "one-of", "choices-where-needed"),
        (("letters", "award", "subject", "nl"), "Aanvraag {reference", "brace-left-open"),
        (("letters", "award", "subject", "nl"), "Aanvraag reference}", "brace-left-open"),
        (("letters", "award", "subject", "nl"), "Aanvraag {amount}", "placeholder-unknown"),
        (("year",), 1900, "setting-too-small"),
        (("scoring", "pass_mark_hundredths"), 10_001, "setting-too-large"),
        (("criteria", 0, "judged_by"), "nobody", "setting-wrong"),
    ],
)
def test_what_a_model_refuses_is_told_in_the_readers_language(spot: Any, value: Any, expected: str) -> None:
    found = readiness.problems_before_opening(put(content(), spot, value), NOW)
    assert codes(found) == [expected]


def test_a_list_is_not_called_empty_because_what_stands_in_it_is_wrong() -> None:
    wrong = put(content(), ("applicants",), [{"type": "any", "floor_cents": 2, "ceiling_cents": 1}])
    assert codes(readiness.problems_before_opening(wrong, NOW)) == ["ceiling-below-floor"]
    assert codes(readiness.problems_before_opening(content(applicants=[]), NOW)) == ["setting-empty"]


def test_several_inconsistencies_are_told_at_once() -> None:
    wrong = content(closes_at="2026-01-01T00:00:00", zones=[])
    found = codes(readiness.problems_before_opening(wrong, NOW))
    assert found == ["closes-before-opens", "no-zones", "no-zones", "closing-passed"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"kind": "answered-yes"}, ["condition-needs"]),
        ({"kind": "answered-one-of"}, ["condition-needs", "condition-needs"]),
        ({"kind": "starts-between"}, ["condition-needs", "condition-needs", "condition-without-question"]),
        ({"kind": "starts-between", "earliest": "2027-01-01"}, ["condition-without-question"]),
        ({"kind": "lasts-at-most", "months": 3}, ["condition-without-question", "condition-without-question"]),
        ({"kind": "complete"}, []),
    ],
)
def test_a_condition_that_cannot_be_judged_blocks(condition: dict[str, Any], expected: list[str]) -> None:
    call = content(conditions=[{"name": {"nl": "N", "fr": "F", "en": "E"}, **condition}])
    assert codes(readiness.problems_before_opening(call, NOW)) == expected


def test_a_meaning_that_two_questions_have_blocks() -> None:
    call = put(content(), ("sections", 0, "questions", 4, "means"), "title")
    assert codes(readiness.problems_before_opening(call, NOW)) == ["means-twice"]


def test_a_prefix_of_another_call_blocks() -> None:
    found = readiness.problems_before_opening(content(), NOW, {"S26": "other"})
    assert [(one.reason.facts, one.spot) for one in found if one.blocking] == [
        ({"prefix": "S26", "call": "other"}, ("reference_prefix",))
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"closes_at": "2026-12-19T16:00:00"}, "closes-in-weekend"),
        ({"closes_at": "2027-10-31T02:30:00"}, "hour-stands-twice"),
        ({"conditions": [{"kind": "complete", "name": {"nl": "N", "fr": "F", "en": "E"}}]}, "no-condition-on-time"),
        ({"summary": {"nl": "Zoals in 2025.", "fr": "F", "en": "E"}}, "mentions-old-year"),
        ({"applicants": [{"type": "any", "floor_cents": 0, "ceiling_cents": 10**9}]}, "ceiling-above-envelope"),
        ({}, "weights-not-100"),
        ({}, "english-missing"),
    ],
)
def test_what_is_worth_a_look_is_told_and_blocks_nothing(changed: dict[str, Any], code: str) -> None:
    found = readiness.problems_before_opening(content(**changed), NOW)
    assert (code in codes(found, blocking=False), codes(found)) == (True, [])


# what changed


def changed_terms(**changed: Any) -> Terms:
    return Terms.model_validate(content(**changed))


def test_the_same_terms_have_no_changes() -> None:
    assert changes(terms(), terms()) == ()


def test_a_change_is_told_with_the_way_to_it_and_both_values_in_words() -> None:
    after = Terms.model_validate(put(content(), ("criteria", 0, "weight"), 7))
    (found,) = changes(terms(), after)
    assert (found.key, found.what["nl"], found.before["nl"], found.after["nl"], found.substantial) == (
        "criteria.relevance.weight", "Criteria › Relevantie › Gewicht", "3", "7", True,
    )  # fmt: skip


def test_money_and_moments_are_written_as_the_language_does() -> None:
    moved = put(content(closes_at="2026-12-18T16:00:00"), ("envelopes", 0, "amount_cents"), 7_000_000)
    found = {one.key: (one.before["fr"], one.after["fr"]) for one in changes(terms(), Terms.model_validate(moved))}
    assert found == {
        "closes_at": ("15 décembre 2026 à 16\u00a0h\u00a000", "18 décembre 2026 à 16\u00a0h\u00a000"),
        "envelopes.total.amount_cents": ("60\u202f000\u00a0€", "70\u202f000\u00a0€"),
    }


def test_better_words_are_no_substantial_change_and_a_reader_of_another_language_is_told_which_changed() -> None:
    after = changed_terms(name={"nl": "Andere naam", "fr": "Petit appel", "en": "Small call"})
    (found,) = changes(terms(), after)
    assert (found.substantial, found.after["nl"], found.after["fr"]) == (False, "Andere naam", "NL: Andere naam")


def test_what_is_added_and_taken_away_is_told_by_its_name() -> None:
    call = content()
    del call["sections"][0]["questions"][4]
    call["approvals"] = []
    found = {one.key: (one.before["nl"], one.after["nl"]) for one in changes(terms(), Terms.model_validate(call))}
    assert found == {
        "approvals.government": ("Regering", "niets"), "sections.project.questions.contact": ("Contact", "niets"),
    }  # fmt: skip


def test_another_order_is_a_change() -> None:
    after = changed_terms(criteria=list(reversed(content()["criteria"])))
    assert [one.key for one in changes(terms(), after)] == ["criteria"]


def refused(after: Terms, stage: Stage, now: datetime = NOW) -> str | None:
    try:
        check_change(terms(), after, stage, now)
    except Problem as problem:
        return problem.code
    return None


LATER = {"closes_at": "2026-12-20T16:00:00"}
SOONER = {"closes_at": "2026-12-10T16:00:00"}
MORE = [{**terms().model_dump(mode="json")["envelopes"][0], "amount_cents": 7_000_000}]
SECOND = [{**MORE[0], "id": "second"}]
WORDS = {"summary": {"nl": "N", "fr": "F", "en": "E"}}


@pytest.mark.parametrize(
    ("changed", "by_stage"),
    [
        (WORDS, (None, None, None, None, "call-decided")),
        (LATER, (None, None, None, "fixed-after-closing", "call-decided")),
        (SOONER, (None, None, "closing-only-later", "fixed-after-closing", "call-decided")),
        ({"opens_at": "2026-11-02T09:00:00"}, (None, None, "fixed-once-open", "fixed-after-closing", "call-decided")),
        ({"reference_prefix": "T26"}, (None, *["fixed-once-published"] * 3, "call-decided")),
        ({"closes_at": "2026-11-20T16:00:00"},
         (None, "closing-passed", "closing-only-later", "fixed-after-closing", "call-decided")),
        ({"envelopes": MORE}, (None, None, None, None, "call-decided")),
        ({"envelopes": [*MORE, *SECOND]}, (None, None, None, "fixed-after-closing", "call-decided")),
        ({"approvals": []}, (None, None, None, None, "call-decided")),
    ],
)  # fmt: skip
def test_what_may_change_when(changed: dict[str, Any], by_stage: tuple[str | None, ...]) -> None:
    stages = (Stage.DRAFT, Stage.ANNOUNCED, Stage.OPEN, Stage.ASSESSMENT, Stage.DECIDED)
    assert tuple(refused(changed_terms(**changed), stage) for stage in stages) == by_stage


def test_of_what_is_substantial_only_the_money_there_is_may_change_after_the_closing() -> None:
    assert set() == SUBSTANTIAL & OPEN_AFTER_CLOSING
    assert sorted(SUBSTANTIAL) == [
        "allocation", "applicants", "budget", "closes_at", "conditions", "criteria", "envelopes", "opens_at",
        "reference_date", "scoring", "sections", "zones",
    ]  # fmt: skip


# copies


def zuid() -> Terms:
    return read_terms((CALLS / "zuid-2026.toml").read_text(encoding="utf-8"), "zuid-2026.toml")


def test_a_copy_moves_what_the_clock_does_by_days_and_windows_by_years() -> None:
    found = next_edition(zuid(), NewEdition("zuid-2027", 2027, "Z27", date(2027, 10, 4)))
    window = next(one for one in found.conditions if one.kind == "starts-between")
    instants = (found.opens_at.isoformat(), found.closes_at.isoformat(), found.reference_date.isoformat())
    assert instants == ("2027-10-04T09:00:00", "2028-01-28T16:00:00", "2028-01-28")
    assert (window.earliest, window.latest) == (date(2028, 9, 1), date(2028, 12, 31))
    assert (found.name.nl, found.id, found.year, found.reference_prefix) == (
        "Projectoproep Zuid 2027", "zuid-2027", 2027, "Z27",
    )  # fmt: skip


def test_a_copy_leaves_the_law_and_the_sources_alone() -> None:
    found = next_edition(zuid(), NewEdition("zuid-2027", 2027, "Z27", date(2027, 10, 4)))
    assert found.letters == zuid().letters
    assert [one.source for one in found.envelopes] == [one.source for one in zuid().envelopes]


def test_a_copy_changes_nothing_that_is_no_date_or_name() -> None:
    again = next_edition(zuid(), NewEdition("zuid-2026", 2026, "Z26", date(2026, 10, 5)))
    assert again == zuid().model_copy(update={"published_figure": None})


def test_the_next_edition_is_suggested_a_year_later_on_the_same_weekday() -> None:
    assert copying.suggested(zuid(), date(2026, 11, 26)) == NewEdition("zuid-2027", 2027, "Z27", date(2027, 10, 4))
    assert copying.suggested(zuid(), date(2029, 1, 1)).opens_on > date(2029, 1, 1) - timedelta(days=1)


def test_the_neutral_call_fits_any_funder_who_writes_its_own_words_where_it_asks_for_them() -> None:
    found = next_edition(neutral(), NewEdition("stad-2027", 2027, "ST27", date(2027, 3, 1)))
    at = datetime(2027, 1, 1, tzinfo=UTC)
    edited = found.model_dump(mode="json")
    told = readiness.problems_before_opening(edited, at)
    assert [(one.reason.code, ".".join(map(str, one.spot))) for one in told if one.blocking] == [
        ("still-the-example", "organisers"), ("still-the-example", "summary"),
        ("still-the-example", "letters.reasons_notice"), ("still-the-example", "letters.remedies_notice"),
    ]  # fmt: skip
    own = {"nl": "Eigen woorden.", "fr": "Nos mots.", "en": "Our words."}
    for one in told:
        edited = put(edited, one.spot, ["Stad Brussel"] if one.spot == ("organisers",) else own)
    assert readiness.problems_before_opening(edited, at) == ()
    assert (found.zones, [str(rule.type) for rule in found.applicants]) == ((), ["any"])


def test_a_setting_of_a_kind_nobody_taught_is_an_error_at_once() -> None:
    class Odd(Condition):
        ratio: float = 0.5

    with pytest.raises(TypeError, match=r"Odd\.ratio: no input is known"):
        settings(Odd)


def test_there_is_an_input_for_every_kind_of_setting() -> None:
    assert {one.input for one in SETTINGS} == set(Input)


@pytest.mark.parametrize("key", ["opens_at", "closes_at"])
def test_an_hour_that_the_clock_skips_is_refused_as_it_was_typed(key: str) -> None:
    typed = {"opens_at": "2026-03-29T02:30:00", "closes_at": "2027-03-28T02:30:00"}[key]
    (found,) = [one for one in readiness.problems_before_opening(content(**{key: typed}), NOW) if one.blocking]
    assert (found.reason.code, found.spot) == ("hour-skipped", (key,))
    assert "02:30 does not exist in Brussels" in say(found.reason, "en")
