"""Money is integer cents: reading what people type, showing it back, dividing it without losing a cent."""

import re
from collections.abc import Sequence

from workflows.problems import Problem

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_CURRENCY = re.compile(r"€|euros?|eur", re.IGNORECASE)
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)*")
GROUPING = {"nl": ".", "fr": " ", "en": ","}
NARROW_SPACE = "\u202f"


def parse_amount(text: str, language: str) -> int:
    """Cents meant by what a person typed, such as `18 500,00`, `18.500,00`, `18500.00` or `€ 18 500`.

    With both marks present the last is the decimal one. A single mark followed by exactly three digits is
    grouping only where the language groups with it; otherwise the amount is ambiguous and asked back.
    Raises Problem `amount-unreadable`, `amount-ambiguous` or `amount-negative`.
    """
    bare = _SPACES.sub("", _CURRENCY.sub("", text))
    if bare.startswith("-"):
        raise Problem("amount-negative", typed=text)
    if not _AMOUNT.fullmatch(bare) or len(bare) > 18:
        raise Problem("amount-unreadable", typed=text)
    whole, decimals = _split(bare, language, text)
    if len(decimals) > 2:
        raise Problem("amount-unreadable", typed=text)
    return int(whole) * 100 + int(decimals.ljust(2, "0") or "0")


def _split(bare: str, language: str, typed: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    marks = [character for character in bare if character in ".,"]
    if not marks:
        return bare, ""
    if len(set(marks)) == 2:
        mark = marks[-1]
        if marks.count(mark) > 1:
            raise Problem("amount-unreadable", typed=typed)
        before, after = bare.split(mark)
        return _ungroup(before, marks[0], typed), after
    mark = marks[0]
    if len(marks) > 1:
        return _ungroup(bare, mark, typed), ""
    before, after = bare.split(mark)
    if len(after) != 3 or len(before) > 3 or before.startswith("0"):
        return before, after
    if mark == GROUPING[language]:
        return before + after, ""
    digits = int(before + after)
    raise Problem("amount-ambiguous", typed=typed, small=digits // 10, large=digits * 100)


def _ungroup(text: str, mark: str, typed: str) -> str:
    first, *others = text.split(mark)
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in others):
        raise Problem("amount-unreadable", typed=typed)
    return first + "".join(others)


def show_amount(cents: int, language: str) -> str:
    """An amount as the language writes it, cents only where there are any: `€ 18.500`, `18 500,50 €`, `€18,500`."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", {"nl": ".", "fr": NARROW_SPACE, "en": ","}[language])
    if rest:
        grouped += ("." if language == "en" else ",") + f"{rest:02d}"
    match language:
        case "nl":
            return f"€\u00a0{sign}{grouped}"
        case "fr":
            return f"{sign}{grouped}\u00a0€"
        case _:
            return f"{sign}€{grouped}"


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` units in proportion to `weights` so that the parts sum exactly; the largest remainders get the
    units left over, ties going to the earlier weight. With total 100 this prints percentages that sum to 100, the
    method by which the 2024 annual report's percentages were made."""
    sum_of_weights = sum(weights)
    if sum_of_weights == 0:
        return [0] * len(weights)
    parts = [total * weight // sum_of_weights for weight in weights]
    remainders = [total * weight % sum_of_weights for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts
