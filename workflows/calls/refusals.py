"""Why a call file cannot be taken: each mistake with its key and what was expected, in three languages."""

from dataclasses import dataclass
from typing import Any, get_args

from workflows.calls.strict import Strict
from workflows.language import say
from workflows.problems import Reason

EXPECTED = {
    "missing": "call-file-missing",
    "int_type": "call-file-whole-number",
    "int_from_float": "call-file-whole-number",
    "int_parsing": "call-file-whole-number",
    "string_type": "call-file-text",
    "bool_type": "call-file-true-or-false",
    "bool_parsing": "call-file-true-or-false",
    "enum": "call-file-one-of",
    "literal_error": "call-file-one-of",
    "string_pattern_mismatch": "call-file-pattern",
    "string_too_short": "call-file-empty",
    "too_short": "call-file-empty",
    "too_long": "call-file-too-long",
    "string_too_long": "call-file-too-long",
    "greater_than_equal": "call-file-at-least",
    "less_than_equal": "call-file-at-most",
    "tuple_type": "call-file-list",
    "list_type": "call-file-list",
    "model_type": "call-file-table",
    "dict_type": "call-file-table",
    "model_attributes_type": "call-file-table",
}
"""The sentence for each kind of mistake that the strict reading names; days and instants are told by their prefix."""


@dataclass(frozen=True)
class Complaint:
    """One mistake: its key (empty where it has none), what it is in English, and the reason said to other readers;
    without a reason the text is in the reader's language already."""

    key: str
    text: str
    reason: Reason | None

    def said(self, language: str) -> str:
        """The mistake in the language, its key before it."""
        told = say(self.reason, language) if self.reason and language != "en" else self.text
        return f"{self.key}: {told}" if self.key else told


class TermsRefused(Exception):
    """A call file that cannot be taken: the file, the key or line, and what was expected."""

    def __init__(self, source: str, found: tuple[Complaint, ...]) -> None:
        super().__init__(source, found)
        self.source, self.found = source, found

    @property
    def complaints(self) -> tuple[str, ...]:
        return tuple(one.said("en") for one in self.found)

    def said(self, language: str) -> tuple[str, ...]:
        """Every mistake in the language, the file before it."""
        return tuple(f"{self.source}: {one.said(language)}" for one in self.found)

    def __str__(self) -> str:
        return "\n".join(self.said("en"))


def plain(text: str, code: str = "call-file-does-not-fit", **facts: Any) -> Complaint:
    """A mistake that is no key's."""
    return Complaint("", text, Reason(code, {"message": text, **facts}))


def of_error(model: type[Strict], detail: Any) -> Complaint:
    """One mistake of the strict reading of this model."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = ", ".join(sorted(_part(model, detail["loc"][:-1]).model_fields))
        return Complaint(
            key, f"unknown key, expected one of {known}", Reason("call-file-unknown-key", {"known": known})
        )
    if kind == "missing":
        return Complaint(key, "missing, expected a value", Reason("call-file-missing"))
    simple = isinstance(given, (str, int, float, bool))
    message = detail["msg"].removeprefix("Value error, ")
    text = message + (f" (given: {given!r})" if simple else "")
    code = EXPECTED.get(kind) or next((f"call-file-{one}" for one in ("datetime", "date") if kind.startswith(one)), "")
    facts = {
        "message": message, "given": str(given)[:80] if simple else "…", "expected": context.get("expected", ""),
        "pattern": context.get("pattern", ""), "bound": context.get("ge", context.get("le", "")),
    }  # fmt: skip
    return Complaint(key, text, Reason(code or "call-file-does-not-fit", facts))


def follows(detail: Any) -> bool:
    """Whether a list is called too short only because what stands in it could not be read."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _part(model: type[Strict], spot: tuple[str | int, ...]) -> type[Strict]:
    """The model at a spot within this one."""
    for name in spot:
        if isinstance(name, str):
            model = _model_in(model.model_fields[name].annotation) or model
    return model


def _model_in(annotation: Any) -> type[Strict] | None:
    """The model that an annotation speaks of, be it optional or many of them."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found), None)
