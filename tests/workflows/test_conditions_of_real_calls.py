"""The conditions of the calls of 2024 and 2026 on what really happened: each case is one of the domain, by its name."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import ROOT
from workflows.calls.rules import read_terms
from workflows.calls.terms import Condition, ConditionKind, Terms
from workflows.eligibility.facts import Facts
from workflows.eligibility.rules import judge, looked_at
from workflows.people.rules import ApplicantType, Period, applicant_standing
from workflows.submission.rules import AttachmentView, Draft

NAME = {"nl": "Voorwaarde", "fr": "Condition", "en": "Condition"}


def call(name: str, **changes: Any) -> Terms:
    text = (ROOT / "config" / "calls" / f"{name}.toml").read_text(encoding="utf-8")
    return read_terms(text, name).model_copy(update=changes)


SOUTH, NORTH = call("zuid-2024"), call("noord-2024")


def facts(terms: Terms, answers: dict[str, Any], *documents: str, **changes: Any) -> Facts:
    """A file of a Belgian association that is not accredited, on time."""
    files = tuple(AttachmentView(name, name, f"{name}.pdf", "application/pdf", 1, "0" * 64) for name in documents)
    draft = Draft(answers, files, changes.pop("type", ApplicantType.OTHER_NONPROFIT))
    given = {"received_at": terms.closes - timedelta(seconds=1), "legal_form": "vzw", **changes}
    return Facts(terms, draft, **given)


def outcome(found: Facts, kind: str, **parameters: Any) -> str:
    """Passed, or the codes of the reasons; of the call's own condition of that kind where no parameters are given."""
    condition = Condition.model_validate({"kind": kind, "name": NAME, **parameters})
    if not parameters:
        condition = next((one for one in found.terms.conditions if one.kind == kind), condition)
    verdict = judge(condition, found)
    assert (verdict.ok is True) == (not verdict.reasons)
    return "passed" if verdict.ok else " ".join(reason.code for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("places", "expected"),
    [(["GAZA"], "place-excluded"), (["WEST-BANK"], "passed"), (["EAST-JERUSALEM"], "passed")],
)
def test_case_4_gaza_is_excluded_and_the_west_bank_and_east_jerusalem_are_not(places: list[str], expected: str) -> None:
    assert outcome(facts(SOUTH, {"zone": "OPT", "places": places}), "places") == expected


def test_case_5_chennai_and_paramaribo_are_no_zones_of_2024() -> None:
    zones = ("KIN", "RSK", "OPT", "CHENNAI", "PARAMARIBO")
    assert [outcome(facts(SOUTH, {"zone": zone}), "zone") for zone in zones] == [
        "passed", "passed", "passed", "zone-not-in-call", "zone-not-in-call",
    ]  # fmt: skip


def test_case_6_a_congolese_association_applies_alone_in_vain_and_as_a_partner_with_success() -> None:
    alone = facts(SOUTH, {}, legal_form="foreign")
    from_kinshasa = facts(SOUTH, {}, legal_form="other", country="CD")
    belgian_with_partner = facts(call("zuid-2026"), {"partner": "Association congolaise, Kinshasa"})
    assert [outcome(one, "belgian-legal-personality") for one in (alone, from_kinshasa, belgian_with_partner)] == [
        "foreign-association", "foreign-association", "passed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("requested", "type", "expected"),
    [
        (12_500_000, "other-nonprofit", "amount-above-ceiling"),
        (12_500_000, "accredited", "passed"),
        (2_500_000, "other-nonprofit", "passed"),
        (2_496_000, "other-nonprofit", "passed"),
        (1_000_000, "other-nonprofit", "passed"),
        (999_999, "other-nonprofit", "amount-below-floor"),
    ],
)
def test_case_7_the_ceiling_is_that_of_the_type_of_applicant(requested: int, type: str, expected: str) -> None:
    assert outcome(facts(SOUTH, {"requested": requested}, type=ApplicantType(type)), "amount") == expected


@pytest.mark.parametrize(
    ("accredited", "reference_date", "expected"),
    [
        (Period(date(2022, 1, 1), date(2026, 12, 31)), date(2026, 12, 31), "passed"),
        (Period(date(2022, 1, 1), date(2026, 12, 31)), date(2027, 1, 1), "amount-above-ceiling"),
        (Period(date(2027, 1, 1), None), date(2026, 12, 31), "amount-above-ceiling"),
        (Period(date(2027, 1, 1), None), date(2027, 1, 1), "passed"),
        (Period(date(2027, 1, 1), None, confirmed=False), date(2027, 1, 1), "accreditation-unconfirmed"),
    ],
)
def test_case_8_the_accreditation_of_the_reference_date_makes_the_ceiling(
    accredited: Period, reference_date: date, expected: str
) -> None:
    standing = applicant_standing([accredited], reference_date)
    found = facts(
        call("zuid-2024", reference_date=reference_date), {"requested": 12_500_000}, type=standing.type,
        type_confirmed=standing.confirmed,
    )  # fmt: skip
    assert outcome(found, "amount") == expected


@pytest.mark.parametrize(
    ("closes_at", "late_by"),
    [
        ("2018-03-16T16:00", -1), ("2018-03-16T16:00", 0), ("2020-05-08T00:00", -1), ("2020-05-08T00:00", 0),
        ("2026-03-29T03:00", -1), ("2026-03-29T03:00", 0),
    ],
)  # fmt: skip
def test_case_9_the_last_second_before_the_closing_is_on_time_on_the_night_of_summer_time_too(
    closes_at: str, late_by: int
) -> None:
    terms = call("noord-2024", closes_at=datetime.fromisoformat(closes_at))
    found = facts(terms, {}, received_at=terms.closes + timedelta(seconds=late_by))
    assert outcome(found, "on-time") == ("passed" if late_by < 0 else "late")


def test_case_15_24_months_is_the_most_and_karamati_took_26() -> None:
    form = {"period": {"from": "2022-12-01", "to": "2025-01-31"}}
    karamati = facts(call("zuid-2026"), form)
    assert outcome(karamati, "lasts-at-most", months=24) == "lasts-too-long"
    assert outcome(karamati, "lasts-at-most", months=26) == "passed"


def test_case_21_only_a_second_file_of_the_same_enterprise_number_is_one_too_many() -> None:
    counts = [(), ("Z24-0001-00",), ("Z24-0001-00", "Z24-0002-00")]
    found = [facts(SOUTH, {}, others=others) for others in counts]
    assert [outcome(one, "one-per-organisation") for one in found] == ["passed", "several-files", "several-files"]
    two = [outcome(one, "files-per-organisation", most=2) for one in found]
    assert two == ["passed", "passed", "too-many-files"]


def test_the_north_wants_brussels_young_people_and_one_of_its_themes() -> None:
    zone = NORTH.zones[0].code
    fits = facts(NORTH, {"zone": zone, "youth": True, "theme": "migration"})
    fails = facts(NORTH, {"zone": "KIN", "youth": False, "theme": "sport"})
    kinds = ("zone", "answered-yes", "answered-one-of")
    assert [outcome(fits, kind) for kind in kinds] == ["passed"] * 3
    assert [outcome(fails, kind) for kind in kinds] == ["zone-not-in-call", "answered-no", "answer-not-accepted"]


def test_a_project_outside_a_city_is_outside_the_south() -> None:
    found = [facts(SOUTH, {"urban-context": answer}) for answer in (True, False)]
    assert [outcome(one, "answered-yes") for one in found] == ["passed", "answered-no"]


def test_a_document_is_there_and_only_a_person_sees_that_it_is_signed() -> None:
    without, attached = facts(SOUTH, {}), facts(SOUTH, {}, "declaration", signatory="Ann Peeters")
    kinds = ("document-present", "signed")
    assert [outcome(without, kind, question="declaration") for kind in kinds] == ["document-absent"] * 2
    found = [outcome(attached, kind, question="declaration") for kind in kinds]
    assert found == ["passed", "signature-to-see"]
    signed = Condition.model_validate({"kind": "signed", "name": NAME, "question": "declaration"})
    assert [one.shown["nl"] for one in looked_at(signed, attached)] == ["declaration.pdf", "Ann Peeters"]


@given(age=st.integers(0, 99), least=st.integers(0, 99), most=st.integers(0, 99))
def test_a_number_passes_exactly_within_its_bounds_both_included(age: int, least: int, most: int) -> None:
    sections = NORTH.sections
    youth = next(question for question in NORTH.questions() if question.id == "youth")
    number = youth.model_copy(update={"id": "oldest", "kind": "number"})
    terms = NORTH.model_copy(update={"sections": (sections[0].model_copy(update={"questions": (number,)}),)})
    found = outcome(facts(terms, {"oldest": age}), "number-between", question="oldest", least=least, most=most)
    assert found == ("passed" if least <= age <= most else "number-outside-bounds")


def test_a_number_that_is_not_given_fails() -> None:
    assert outcome(facts(NORTH, {}), "number-between", question="theme", most=25) == "number-unknown"


@pytest.mark.parametrize("name", ["zuid-2024", "zuid-2026", "noord-2024", "noord-2026"])
def test_every_condition_of_the_shipped_calls_can_be_judged_on_an_empty_file_and_says_what_it_looked_at(
    name: str,
) -> None:
    found = facts(call(name), {})
    for condition in found.terms.conditions:
        judge(condition, found)
        looked_at(condition, found)
    assert ConditionKind.ON_TIME in {condition.kind for condition in found.terms.conditions}
