"""Amounts: read as people type them, shown as each language writes them, divided without losing a cent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.language import LANGUAGES
from workflows.money import largest_remainder, parse_amount, show_amount
from workflows.problems import Problem, Reason

EIGHTEEN_AND_A_HALF_THOUSAND = (
    "18 500,00", "18.500,00", "18500.00", "€ 18 500", "18500", "18500,0", "18 500.00", "18,500.00", "18\u00a0500 €",
    "18\u202f500,00\u00a0€", "18'500.00", "18’500", "EUR 18500,00", "18500 eur", "18 500 euro",
    "18 500 Euros", " 18500 ",
)  # fmt: skip


def problem(typed: str, language: str) -> Reason:
    with pytest.raises(Problem) as refused:
        parse_amount(typed, language)
    return refused.value.reason


@pytest.mark.parametrize("typed", EIGHTEEN_AND_A_HALF_THOUSAND)
def test_the_same_amount_is_read_in_every_notation_and_language(typed: str) -> None:
    assert {language: parse_amount(typed, language) for language in LANGUAGES} == {
        "nl": 1_850_000, "fr": 1_850_000, "en": 1_850_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("0", 0), ("0,01", 1), ("0.5", 50), ("7", 700), ("9999,99", 999_999), ("24.960,00", 2_496_000),
        ("639 946", 63_994_600), ("1.250.000", 125_000_000), ("1,250,000.05", 125_000_005), ("6200,01", 620_001),
    ],
)  # fmt: skip
def test_cents_and_millions_are_read_too(typed: str, cents: int) -> None:
    assert parse_amount(typed, "nl") == cents


def test_a_single_mark_before_three_digits_groups_only_where_the_language_groups_with_it() -> None:
    ambiguous = {"typed": "18.500", "small": 1850, "large": 1_850_000}
    assert parse_amount("18.500", "nl") == 1_850_000
    assert problem("18.500", "fr") == Reason("amount-ambiguous", ambiguous)
    assert problem("18.500", "en") == Reason("amount-ambiguous", ambiguous)
    assert parse_amount("18,500", "en") == 1_850_000
    assert problem("18,500", "nl") == Reason("amount-ambiguous", {**ambiguous, "typed": "18,500"})
    assert problem("18,500", "fr") == Reason("amount-ambiguous", {**ambiguous, "typed": "18,500"})


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "€", "tien", "1e5", "12,", ",50", "1,2,3", "18.50.00", "1.2345.678", "1,234.567", "12.345,678",
        "1.234,56.78", "1234.567", "0.500", "½", "12-13", "9" * 19, "$ 18",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_amount_of_whole_cents_is_asked_back(typed: str, language: str) -> None:
    assert problem(typed, language) == Reason("amount-unreadable", {"typed": typed})


@pytest.mark.parametrize("typed", ["-5", "€ -5,00", "- 1 000"])
def test_a_negative_amount_is_refused(typed: str) -> None:
    assert problem(typed, "fr") == Reason("amount-negative", {"typed": typed})


@pytest.mark.parametrize(
    ("cents", "nl", "fr", "en"),
    [
        (1_850_000, "€\u00a018.500", "18\u202f500\u00a0€", "€18,500"),
        (1_850_050, "€\u00a018.500,50", "18\u202f500,50\u00a0€", "€18,500.50"),
        (5, "€\u00a00,05", "0,05\u00a0€", "€0.05"),
        (0, "€\u00a00", "0\u00a0€", "€0"),
        (-1_460_000, "€\u00a0-14.600", "-14\u202f600\u00a0€", "-€14,600"),
        (125_000_000, "€\u00a01.250.000", "1\u202f250\u202f000\u00a0€", "€1,250,000"),
    ],
)
def test_an_amount_is_shown_as_the_language_writes_it(cents: int, nl: str, fr: str, en: str) -> None:
    assert [show_amount(cents, language) for language in LANGUAGES] == [nl, fr, en]


@given(st.integers(0, 10**14), st.sampled_from(LANGUAGES))
def test_an_amount_shown_is_read_back_as_itself(cents: int, language: str) -> None:
    assert parse_amount(show_amount(cents, language), language) == cents


@given(st.text("0123456789., €-", max_size=12), st.sampled_from(LANGUAGES))
def test_whatever_is_typed_gives_cents_or_a_reason(typed: str, language: str) -> None:
    try:
        cents = parse_amount(typed, language)
    except Problem as refused:
        given_back = {"amount-unreadable": 1, "amount-ambiguous": 1, "amount-negative": 1}[refused.code]
    else:
        given_back = parse_amount(show_amount(cents, language), language) == cents
    assert given_back == 1


def test_the_percentages_of_the_2024_report_are_those_of_the_largest_remainder() -> None:
    by_type = [23_196, 625_346, 200_000, 32_700, 0]
    by_place = [6_200, 126_238, 424_946, 80_786, 243_072]
    assert largest_remainder(100, by_type) == [2, 71, 23, 4, 0]
    assert largest_remainder(100, by_place) == [1, 14, 48, 9, 28]


def test_equal_remainders_go_to_the_earlier_weight_and_no_weight_gets_nothing() -> None:
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(1, [0, 5, 5]) == [0, 1, 0]
    assert largest_remainder(100, [0, 0]) == [0, 0]
    assert largest_remainder(100, []) == []


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any))
def test_the_parts_sum_to_the_total_and_none_is_a_whole_unit_off(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert sum(parts) == total
    assert [abs(part - share) < 1 for part, share in zip(parts, exact, strict=True)] == [True] * len(weights)
