"""May the file be judged at all? Each condition with its bounds, from cases of real editions; a person decides."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from tests.builders import (
    ANSWERS,
    CLOSES,
    NOW,
    a_call,
    a_person,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    terms,
)
from workflows.calls.terms import Condition, ConditionKind, Terms
from workflows.eligibility import actions as eligibility
from workflows.eligibility import queries
from workflows.eligibility.rules import CONDITIONS, Facts, judge, overall
from workflows.eligibility.tables import EligibilityCheck
from workflows.history import entries
from workflows.language import LANGUAGES, say
from workflows.lifecycle import ApplicationState, Event
from workflows.people.rules import ApplicantType
from workflows.permissions import SYSTEM
from workflows.problems import NotThere, Verdict
from workflows.submission.queries import view
from workflows.submission.rules import AttachmentView, Draft

NAME = {"nl": "Voorwaarde", "fr": "Condition", "en": "Condition"}
BUDGET = AttachmentView("token", "budget", "begroting.pdf", "application/pdf", 1, "0" * 64)
MORE = {
    "id": "more", "title": {"nl": "Meer", "fr": "Plus"},
    "questions": [
        {"id": "starts", "kind": "date", "means": "starts-on", "label": {"nl": "Van", "fr": "Du"}},
        {"id": "ends", "kind": "date", "means": "ends-on", "label": {"nl": "Tot", "fr": "Au"}},
        {"id": "urban", "kind": "yes-no", "label": {"nl": "Stad", "fr": "Ville"}},
    ],
}  # fmt: skip
ZONES_2021 = [
    {"code": "RSK", "name": {"nl": "Rabat-Salé-Kénitra", "fr": "Rabat-Salé-Kénitra", "en": "Rabat-Salé-Kénitra"}},
    {"code": "KIN", "name": {"nl": "Kinshasa", "fr": "Kinshasa", "en": "Kinshasa"}},
    {"code": "CHENNAI", "name": {"nl": "Chennai", "fr": "Chennai", "en": "Chennai"}},
]
ZONES_2024 = [*ZONES_2021[:2], terms().model_dump(mode="json")["zones"][0]]


def call(**changes: Any) -> Terms:
    """The small call with a start and an end date and a question of yes or no."""
    sections = terms().model_dump(mode="json", exclude_none=True)["sections"]
    return terms(sections=[*sections, MORE], **changes)


def facts(
    answers: Mapping[str, Any] | None = None,
    *,
    of: Terms | None = None,
    type: str = "other-nonprofit",
    legal_form: str = "vzw",
    received_at: datetime = NOW,
    others: tuple[str, ...] = (),
) -> Facts:
    """What the conditions look at, of a file that meets them all but for what is said here."""
    draft = Draft({**ANSWERS, **(answers or {})}, (BUDGET,), ApplicantType(type))
    return Facts(of or call(), draft, received_at, legal_form, others)


def verdict(kind: str, found: Facts, **parameters: Any) -> tuple[bool | None, list[str]]:
    """The verdict on one condition with the codes of its reasons."""
    result: Verdict = judge(Condition.model_validate({"kind": kind, "name": NAME, **parameters}), found)
    for reason in result.reasons:
        assert [bool(say(reason, language)) for language in LANGUAGES] == [True, True, True]
    return result.ok, [reason.code for reason in result.reasons]


PASSES: tuple[bool, list[str]] = (True, [])


def test_every_kind_of_condition_has_its_judge() -> None:
    assert sorted(CONDITIONS) == sorted(ConditionKind)


def test_on_time_is_strictly_before_closing() -> None:
    moments = (CLOSES - timedelta(seconds=1), CLOSES, CLOSES + timedelta(seconds=1))
    assert [verdict("on-time", facts(received_at=at)) for at in moments] == [
        PASSES, (False, ["late"]), (False, ["late"]),
    ]  # fmt: skip


def test_a_complete_file_lacks_no_required_answer_or_document() -> None:
    full = {"starts": "2027-01-01", "ends": "2027-12-31", "urban": False}
    assert verdict("complete", facts(full)) == PASSES
    lacking = judge(Condition.model_validate({"kind": "complete", "name": NAME}), facts({**full, "title": ""}))
    assert lacking.reasons[0].facts == {"questions": [{"nl": "Titel", "fr": "Titre", "en": "Title"}]}


@pytest.mark.parametrize("form", ["asbl", "vzw", "aisbl", "ivzw", "fondation", "stichting"])
def test_a_belgian_association_or_foundation_passes(form: str) -> None:
    assert verdict("belgian-legal-personality", facts(legal_form=form)) == PASSES


@pytest.mark.parametrize("form", ["", "ONG (RDC)", "association de droit congolais", "nv"])
def test_another_legal_form_is_for_a_person_to_look_up(form: str) -> None:
    assert verdict("belgian-legal-personality", facts(legal_form=form)) == (None, ["legal-form-unknown"])


def test_only_an_invited_type_of_applicant_passes() -> None:
    accredited_only = call(applicants=[{"type": "accredited", "floor_cents": 1, "ceiling_cents": 2}])
    assert verdict("applicant-type", facts(of=accredited_only, type="accredited")) == PASSES
    assert verdict("applicant-type", facts(of=accredited_only)) == (False, ["applicant-type-not-invited"])


def test_chennai_was_a_zone_in_2021_and_is_none_in_2024() -> None:
    of_2021, of_2024 = (call(zones=zones) for zones in (ZONES_2021, ZONES_2024))
    assert verdict("zone", facts({"zone": "CHENNAI"}, of=of_2021)) == PASSES
    assert verdict("zone", facts({"zone": "CHENNAI"}, of=of_2024)) == (False, ["zone-not-in-call"])
    assert verdict("zone", facts({"zone": None}, of=of_2024)) == (False, ["zone-not-in-call"])


@pytest.mark.parametrize(
    ("zone", "places", "expected"),
    [
        ("OPT", ["WEST-BANK"], PASSES),
        ("OPT", [], PASSES),
        ("OPT", ["GAZA"], (False, ["place-excluded"])),
        ("OPT", ["WEST-BANK", "GAZA"], (False, ["place-excluded"])),
        ("KIN", ["GAZA"], (False, ["place-excluded"])),
        ("KIN", ["WEST-BANK"], (False, ["place-outside-zone"])),
        ("KIN", [], PASSES),
    ],
)
def test_an_activity_in_gaza_is_inadmissible_and_one_in_the_west_bank_is_not(
    zone: str, places: list[str], expected: tuple[bool, list[str]]
) -> None:
    assert verdict("places", facts({"zone": zone, "places": places})) == expected


def test_the_excluded_place_is_named_in_the_reason() -> None:
    condition = Condition.model_validate({"kind": "places", "name": NAME})
    reason = judge(condition, facts({"zone": "OPT", "places": ["GAZA"]})).reasons[0]
    assert [say(reason, language) for language in LANGUAGES] == [
        "Het project voorziet activiteiten in: Gazastrook. Dat gebied is in deze editie uitgesloten van de zone "
        "Bezette Palestijnse gebieden.",
        "Le projet prévoit des activités à l’endroit suivant\u00a0: bande de Gaza. Ce territoire est exclu de la zone "
        "Territoire palestinien occupé dans cette édition.",
        "The project plans activities in: Gaza Strip. This place is excluded from the zone Occupied Palestinian "
        "territories in this edition.",
    ]


@pytest.mark.parametrize(
    ("type", "requested", "expected"),
    [
        ("other-nonprofit", 999_999, (False, ["amount-below-floor"])),
        ("other-nonprofit", 1_000_000, PASSES),
        ("other-nonprofit", 2_500_000, PASSES),
        ("other-nonprofit", 2_500_001, (False, ["amount-above-ceiling"])),
        ("accredited", 2_500_001, PASSES),
        ("accredited", 12_500_000, PASSES),
        ("accredited", 12_500_001, (False, ["amount-above-ceiling"])),
        ("accredited", None, (False, ["amount-unknown"])),
    ],
)
def test_floor_and_ceiling_belong_to_what_may_be_asked(type: str, requested: int | None, expected: object) -> None:
    assert verdict("amount", facts({"requested": requested}, type=type)) == expected


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2024-10-31", (False, ["starts-outside-window"])),
        ("2024-11-01", PASSES),
        ("2025-03-31", PASSES),
        ("2025-04-01", (False, ["starts-outside-window"])),
        (None, (None, ["start-unknown"])),
        ("", (None, ["start-unknown"])),
    ],
)
def test_the_project_starts_in_the_window_both_days_included(starts: str | None, expected: object) -> None:
    window = {"earliest": "2024-11-01", "latest": "2025-03-31"}
    assert verdict("starts-between", facts({"starts": starts}), **window) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "months", "expected"),
    [
        ("2022-12-01", "2024-11-30", 24, PASSES),
        ("2022-12-01", "2024-12-01", 24, (False, ["lasts-too-long"])),
        ("2022-12-01", "2025-01-31", 24, (False, ["lasts-too-long"])),  # 26 months, as one project of 2022 had
        ("2025-01-31", "2025-02-28", 1, PASSES),  # there is no 31 February: a month later is 1 March
        ("2025-01-31", "2025-03-01", 1, (False, ["lasts-too-long"])),
        ("2024-02-29", "2025-02-28", 12, PASSES),
        ("2024-02-29", "2025-03-01", 12, (False, ["lasts-too-long"])),
        ("2024-12-31", "2025-12-30", 12, PASSES),
        ("2024-12-31", "2025-12-31", 12, (False, ["lasts-too-long"])),
        ("2025-01-01", None, 12, (None, ["period-unknown"])),
        (None, "2025-01-01", 12, (None, ["period-unknown"])),
    ],
)
def test_a_project_of_24_months_passes_and_one_day_more_does_not(
    starts: str | None, ends: str | None, months: int, expected: object
) -> None:
    assert verdict("lasts-at-most", facts({"starts": starts, "ends": ends}), months=months) == expected


@pytest.mark.parametrize(
    ("answer", "expected"), [(True, PASSES), (False, (False, ["answered-no"])), (None, (False, ["answered-no"]))]
)
def test_a_condition_can_be_a_question_answered_with_yes(answer: bool | None, expected: object) -> None:
    assert verdict("answered-yes", facts({"urban": answer}), question="urban") == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("migration", PASSES),
        (["sport", "migration"], PASSES),
        ("sport", (False, ["answer-not-accepted"])),
        ([], (False, ["answer-not-accepted"])),
        (None, (False, ["answer-not-accepted"])),
    ],
)
def test_a_condition_can_be_a_choice_among_the_accepted_ones(answer: object, expected: object) -> None:
    accepted = ["migration", "decolonisation"]
    assert verdict("answered-one-of", facts({"theme": answer}), question="theme", accepted=accepted) == expected


def test_a_second_file_of_an_organisation_is_for_a_person_to_decide() -> None:
    assert verdict("one-per-organisation", facts()) == PASSES
    assert verdict("one-per-organisation", facts(others=("S26-0001-70",))) == (None, ["several-files"])


def test_one_failure_fails_the_file_and_one_open_question_leaves_it_open() -> None:
    assert [overall(found) for found in ({}, {0: True}, {0: True, 1: None}, {0: None, 1: False})] == [
        True, True, None, False,
    ]  # fmt: skip


def screened(answers: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """A submitted file of an organisation so changed, screened."""
    reference = an_application("submitted", answers, by=an_association(**changes))
    done(eligibility.screen, SYSTEM, reference, now=NOW)
    return reference


def checks(reference: str) -> list[tuple[str, bool | None, bool | None]]:
    """Each condition by name, with what the machine found and what counts."""
    return [(one.name["en"], one.automatic, one.ok) for one in asked(queries.screening, reference).checks]


def test_a_screened_file_shows_every_condition_in_the_order_of_the_call(settings: Settings) -> None:
    a_call()
    reference = screened({"zone": "OPT", "places": ["GAZA"]}, legal_form="ONG")
    assert checks(reference) == [
        ("On time", True, True), ("Place", False, False), ("Amount", True, True),
        ("Belgian legal personality", None, None),
    ]  # fmt: skip
    assert asked(queries.screening, reference).verdict is False
    assert asked(queries.unscreened, NOW) == []


def test_screening_again_gives_one_answer_and_leaves_other_files_alone(settings: Settings) -> None:
    a_call()
    draft, submitted = an_application("draft"), an_application("submitted")
    assert asked(queries.unscreened, NOW) == [submitted]
    for reference in (draft, submitted, submitted):
        done(eligibility.screen, SYSTEM, reference, now=NOW)
    assert (checks(draft), len(checks(submitted))) == ([], 4)
    done(eligibility.admit, SYSTEM, submitted, now=NOW)
    before = asked(entries, f"application:{submitted}")
    done(eligibility.screen, SYSTEM, submitted, now=NOW)
    assert asked(entries, f"application:{submitted}") == before


def test_a_file_is_admitted_only_when_every_condition_is_met(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    unscreened = an_application("submitted")
    assert refusal(eligibility.admit, administrator, unscreened, now=NOW).code == "conditions-open"
    reference = screened(legal_form="ONG")
    open_ones = refusal(eligibility.admit, administrator, reference, now=NOW)
    assert [name["en"] for name in open_ones.reason.facts["conditions"]] == ["Belgian legal personality"]
    done(eligibility.overrule, administrator, reference, 3, True, "KBO nagekeken", now=NOW)
    done(eligibility.admit, administrator, reference, now=NOW)
    assert asked(view, reference).state is ApplicationState.ELIGIBLE


def test_overruling_needs_a_reason_and_is_written_down(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    reference = screened(legal_form="ONG")
    assert refusal(eligibility.overrule, administrator, reference, 3, True, " ", now=NOW).code == "reason-needed"
    done(eligibility.overrule, administrator, reference, 3, True, " KBO nagekeken ", now=NOW)
    assert checks(reference)[3] == ("Belgian legal personality", None, True)
    last = asked(entries, f"application:{reference}")[-1]
    assert (last.event, last.actor, last.reason, dict(last.facts)) == (
        Event.OVERRULE, "Ada", "KBO nagekeken", {"condition": "belgian-legal-personality", "ok": True},
    )  # fmt: skip
    with pytest.raises(NotThere):
        done(eligibility.overrule, administrator, reference, 9, True, "x", now=NOW)


def test_the_database_itself_refuses_an_overruling_without_a_reason(settings: Settings) -> None:
    a_call()
    screened()
    with pytest.raises(IntegrityError, match="overruled_with_reason"):
        done(lambda session: session.execute(update(EligibilityCheck).values(overruled_ok=True)))


def test_ineligible_needs_a_failed_condition_whose_reasons_are_kept_for_the_letter(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    good = screened()
    assert refusal(eligibility.declare_ineligible, administrator, good, now=NOW).code == "no-condition-failed"
    gaza = screened({"zone": "OPT", "places": ["GAZA"]})
    done(eligibility.declare_ineligible, administrator, gaza, now=NOW)
    last = asked(entries, f"application:{gaza}")[-1]
    names = terms().zones[0]
    assert dict(last.facts) == {
        "failures": [
            {
                "condition": {"nl": "Plaats", "fr": "Lieu", "en": "Place"},
                "reasons": [
                    {
                        "code": "place-excluded",
                        "facts": {"places": [names.places[1].name.texts()], "zone": names.name.texts()},
                    }
                ],
                "remark": "",
                "article": None,
                "seen": [
                    {
                        "label": {"nl": "Zone", "fr": "Zone", "en": "Zone"},
                        "question": "zone",
                        "shown": dict(names.name.texts()),
                    },
                    {
                        "label": {"nl": "Plaatsen", "fr": "Lieux", "en": "Places"},
                        "question": "places",
                        "shown": dict(names.places[1].name.texts()),
                    },
                ],
            }
        ]
    }
    assert asked(view, gaza).state is ApplicationState.INELIGIBLE


def test_a_decided_eligibility_is_decided(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    reference = an_application("eligible")
    assert [
        refusal(eligibility.admit, administrator, reference, now=NOW).code,
        refusal(eligibility.declare_ineligible, administrator, reference, now=NOW).code,
        refusal(eligibility.overrule, administrator, reference, 1, False, "x", now=NOW).code,
    ] == ["move-not-possible"] * 3


def test_an_organisation_with_two_files_is_named_the_other(settings: Settings) -> None:
    once = {"kind": "one-per-organisation", "name": {"nl": "Eén", "fr": "Une", "en": "One"}}
    a_call(terms(conditions=[once]))
    by = an_association()
    first, withdrawn, draft = (an_application(state, by=by) for state in ("submitted", "withdrawn", "draft"))
    done(eligibility.screen, SYSTEM, first, now=NOW)
    assert checks(first) == [("One", True, True)]
    second = an_application("submitted", by=by)
    done(eligibility.screen, SYSTEM, second, now=NOW)
    assert asked(queries.screening, second).checks[0].reasons[0].facts == {"others": [first]}
    assert len({first, second, withdrawn, draft}) == 4


def test_only_the_office_judges_eligibility(settings: Settings) -> None:
    a_call()
    stranger = a_person()
    reference = screened()
    for act in (
        lambda session: eligibility.screen(session, stranger, reference, now=NOW),
        lambda session: eligibility.overrule(session, stranger, reference, 1, True, "x", now=NOW),
        lambda session: eligibility.admit(session, stranger, reference, now=NOW),
        lambda session: eligibility.declare_ineligible(session, stranger, reference, now=NOW),
    ):
        with pytest.raises(NotThere):
            done(act)
