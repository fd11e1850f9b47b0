"""Two texts side by side, each whole, with what differs marked word by word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

WORD = re.compile(r"\s+|[^\s]+")
LONGEST = 4000
"""Words and spaces of a text up to which the differences are looked for: longer ones are shown as they are."""


def side_by_side(mine: str, theirs: str) -> tuple[Markup, Markup]:
    """Both texts as safe HTML; the words that the other does not have stand in `<mark>`."""
    ours, others = WORD.findall(mine), WORD.findall(theirs)
    if max(len(ours), len(others)) > LONGEST:
        return _html(mine), _html(theirs)
    left, right = Markup(), Markup()
    for kind, from_left, to_left, from_right, to_right in SequenceMatcher(None, ours, others, False).get_opcodes():
        same = kind == "equal"
        left += _piece(ours[from_left:to_left], same)
        right += _piece(others[from_right:to_right], same)
    return left, right


def _piece(words: Sequence[str], same: bool) -> Markup:
    text = _html("".join(words))
    return text if same or not words else Markup("<mark>{}</mark>").format(text)


def _html(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
