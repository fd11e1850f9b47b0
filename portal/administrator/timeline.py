"""History entries as the timeline of a page."""

from typing import Any

from portal.administrator import happenings
from portal.language import language
from workflows.history import EntryView
from workflows.language import show_moment


def timeline(entries: tuple[EntryView, ...], *, named: bool = False) -> list[dict[str, Any]]:
    """The entries, newest first; `named` says for each which file it is about."""
    found = []
    for entry in sorted(entries, key=lambda entry: entry.position, reverse=True):
        text, tone = happenings.event(entry.event)
        about = entry.subject.split(":", 1)[1] if named and entry.subject.startswith("application:") else ""
        found.append({
            "when": show_moment(entry.at, language()), "iso": entry.at.isoformat(), "by": happenings.by(entry),
            "text": text, "tone": tone, "reason": entry.reason, "facts": happenings.facts(entry), "about": about,
        })  # fmt: skip
    return found
