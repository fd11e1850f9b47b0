"""The parts in which a call is prepared, one screen each, and the screen on which a given setting stands."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from workflows.calls.shape import Input, is_small, setting
from workflows.calls.strict import Spot, Strict
from workflows.calls.terms import LetterText, Terms
from workflows.problems import NotThere

PARTS: dict[str, tuple[str, ...]] = {
    "general": ("kind", "accent", "year", "reference_prefix", "organisers"),
    "dates": ("opens_at", "closes_at", "reference_date"),
    "texts": ("name", "summary"),
    "applicants": ("applicants",),
    "zones": ("zones",),
    "form": ("sections",),
    "conditions": ("conditions",),
    "criteria": ("criteria", "scoring"),
    "money": ("envelopes", "allocation"),
    "approvals": ("approvals",),
    "letters": ("letters",),
    "sources": ("published_figure", "chosen_by_us"),
}
"""Which settings stand on which screen; whatever a later version adds to the terms stands with the form."""
NEVER_EDITED = "id"


def title(part: str) -> str:
    return {
        "general": _("The call itself"),
        "dates": _("Dates"),
        "texts": _("Name and introduction"),
        "applicants": _("Who may apply, and amounts"),
        "zones": _("Zones and places"),
        "form": _("The form"),
        "conditions": _("Conditions of eligibility"),
        "criteria": _("Criteria and scoring"),
        "money": _("Envelopes and their division"),
        "approvals": _("Approvals"),
        "letters": _("Letters"),
        "sources": _("What was published or chosen elsewhere"),
    }[part]


def names(part: str) -> tuple[str, ...]:
    """The settings of the terms that a part shows. Raises NotThere."""
    if part not in PARTS:
        raise NotThere
    if part != "form":
        return PARTS[part]
    placed = {name for listed in PARTS.values() for name in listed} | {NEVER_EDITED}
    return PARTS["form"] + tuple(name for name in Terms.model_fields if name not in placed)


def part_of(name: str) -> str:
    """The part that shows a setting of the terms."""
    return next((part for part, listed in PARTS.items() if name in listed), "form")


def read_spot(text: str) -> Spot:
    """The spot that an address names, such as `sections.0.questions.2`. Raises NotThere."""
    found = tuple(int(key) if key.isascii() and key.isdigit() and len(key) < 6 else key for key in text.split("."))
    if not all(found) and "" in found:
        raise NotThere
    return found


def write_spot(spot: Spot) -> str:
    return ".".join(map(str, spot))


def has_own_screen(model: type[Strict]) -> bool:
    """Whether a part of a list, or a group, is edited on a screen of its own."""
    return model is LetterText or not is_small(model)


def screen_of(spot: Spot) -> tuple[str, Spot, str]:
    """Where a setting is edited: the part, the spot of the screen within it, and the field's anchor there."""
    model: type[Strict] = Terms
    screen: Spot = ()
    last = None
    for number, key in enumerate(spot):
        if isinstance(key, int) or key not in model.model_fields:
            continue
        last = setting(model, key)
        if last.of is None:
            break
        model = last.of
        following = spot[number + 1] if number + 1 < len(spot) else None
        if last.input is Input.MANY and isinstance(following, int) and has_own_screen(model):
            screen = spot[: number + 2]
        elif last.input is Input.GROUP and (model is LetterText or key == "letters"):
            screen = spot[: number + 1]
    anchor = write_spot(spot[len(screen) :])
    if last is not None and last.input in (Input.DAY, Input.MOMENT):
        anchor += "-day"
    return part_of(str(spot[0])), screen, anchor


def address(call_id: str, spot: Spot) -> str:
    """The address of the field at a spot."""
    part, screen, anchor = screen_of(spot)
    return screen_address(call_id, part, screen) + (f"#{anchor}" if anchor else "")


def screen_address(call_id: str, part: str, spot: Spot) -> str:
    more: dict[str, Any] = {"spot": write_spot(spot)} if spot and spot != ("letters",) else {}
    return url_for("administrator.setup_part", call_id=call_id, part=part, **more)
