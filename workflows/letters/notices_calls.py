"""Notices about a call that changed under those who work on a draft."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from workflows.calls.queries import terms_of
from workflows.history import HistoryEntry
from workflows.language import LANGUAGES
from workflows.letters.recipients import Recipient, Recipients
from workflows.letters.rules import NoticeKind
from workflows.lifecycle import ApplicationState
from workflows.people.queries import members
from workflows.submission.queries import of_call


def _everybody_with_a_draft(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The people behind every draft of the call, where the change is a substantial one; each in the file's language."""
    if not entry.facts.get("substantial"):
        return []
    call_id = entry.subject.split(":", 1)[1]
    told = [one for one in entry.facts.get("changes", ()) if one["substantial"]]
    facts = {
        "call": terms_of(session, call_id).name.texts(), "reason": entry.reason or "–",
        "what": {
            language: "\n".join(
                f"- {one['what'][language]}: {one['before'][language]} → {one['after'][language]}" for one in told
            )
            for language in LANGUAGES
        },
    }  # fmt: skip
    return [
        Recipient(
            person.name, person.email, file.language, path=f"/applications/{file.reference}",
            facts={**facts, "reference": file.reference},
        )
        for file in of_call(session, call_id, ApplicationState.DRAFT)
        for person in members(session, file.organisation.id)
    ]  # fmt: skip


RECIPIENTS_OF_CALLS: dict[NoticeKind, Recipients] = {
    NoticeKind.CALL_CHANGED: _everybody_with_a_draft,
    NoticeKind.DEADLINE_EXTENDED: _everybody_with_a_draft,
}
