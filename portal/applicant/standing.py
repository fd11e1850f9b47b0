"""Where a file stands as its applicant may know it: a decision shows once its letter was released, not before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _

from workflows.awards.queries import OfferView
from workflows.calls.queries import CallView
from workflows.calls.rules import Stage
from workflows.letters.queries import LetterView
from workflows.letters.rules import LetterKind
from workflows.lifecycle import ApplicationState
from workflows.permissions import MemberRole
from workflows.reminders.queries import NOTHING_WAITS, Waiting
from workflows.submission.queries import ApplicationView


class Standing(StrEnum):
    """What an applicant sees of the state."""

    DRAFT = "draft"
    MISSED = "missed"
    SUBMITTED = "submitted"
    ASSESSMENT = "assessment"
    AWARDED = "awarded"
    RESERVE = "reserve"
    REFUSED = "refused"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"


TOLD_BY = {
    ApplicationState.AWARDED: (LetterKind.AWARD, Standing.AWARDED),
    ApplicationState.RESERVE: (LetterKind.RESERVE, Standing.RESERVE),
    ApplicationState.REFUSED: (LetterKind.REFUSAL, Standing.REFUSED),
    ApplicationState.INELIGIBLE: (LetterKind.INELIGIBLE, Standing.INELIGIBLE),
}

TONES = {
    Standing.DRAFT: "warn", Standing.MISSED: "neutral", Standing.SUBMITTED: "good", Standing.ASSESSMENT: "info",
    Standing.AWARDED: "good", Standing.RESERVE: "info", Standing.REFUSED: "neutral", Standing.INELIGIBLE: "neutral",
    Standing.WITHDRAWN: "neutral",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file of one's own with all a screen says of it. `role` is the reader's in its organisation."""

    application: ApplicationView
    call: CallView
    letters: tuple[LetterView, ...]
    role: MemberRole | None
    now: datetime
    preview: bool = False
    waits: Waiting = NOTHING_WAITS
    offer: OfferView | None = None
    """The amount put to the organisation last, where it is another than was asked."""

    @property
    def open(self) -> bool:
        """Whether the call still takes applications; a test is taken before it is shown, and only then."""
        return self.call.stage is (Stage.DRAFT if self.application.test else Stage.OPEN)

    @property
    def writable(self) -> bool:
        """Whether this person may work on the file at all; when, is for its standing to say."""
        return self.role in (MemberRole.OWNER, MemberRole.EDITOR)

    @property
    def withdrawable(self) -> bool:
        """Whether to offer withdrawal. A decision nobody told yet does not show by the button's absence."""
        return self.writable and (self.changing or self.standing in (Standing.SUBMITTED, Standing.ASSESSMENT))

    @property
    def deletable(self) -> bool:
        """Whether to offer deletion: of a draft that was never submitted, to an owner."""
        draft = self.application.state is ApplicationState.DRAFT and not self.application.reopened
        return draft and self.role is MemberRole.OWNER

    @property
    def standing(self) -> Standing:
        return standing(self.application.state, self.open, self.letters, reopened=self.application.reopened)

    @property
    def status(self) -> str:
        return _("Submitted, being changed") if self.changing else label(self.standing)

    @property
    def tone(self) -> str:
        return "info" if self.changing else TONES[self.standing]

    @property
    def changing(self) -> bool:
        """Whether it was submitted and taken back: what was submitted counts until it is submitted again."""
        return self.application.reopened and self.open

    @property
    def title(self) -> str:
        return self.application.title or _("Application without a title yet")

    @property
    def urgency(self) -> str:
        """The tone of the deadline: a week before it, and in its last day."""
        left = self.call.terms.closes - self.now
        return "bad" if left < timedelta(days=1) else "warn" if left < timedelta(days=7) else "neutral"

    @property
    def unread(self) -> tuple[LetterView, ...]:
        return tuple(letter for letter in self.letters if letter.opened_at is None)


def standing(state: ApplicationState, open: bool, letters: Sequence[LetterView], *, reopened: bool = False) -> Standing:
    """What the applicant may know, from the state, whether the call is open, and the released letters.

    Once the call is closed a reopened file counts as it was last submitted, also in the moment before it is put back.
    """
    match state:
        case ApplicationState.DRAFT:
            late = Standing.ASSESSMENT if reopened else Standing.MISSED
            return Standing.DRAFT if open else late
        case ApplicationState.SUBMITTED:
            return Standing.SUBMITTED if open else Standing.ASSESSMENT
        case ApplicationState.ELIGIBLE:
            return Standing.ASSESSMENT
        case ApplicationState.WITHDRAWN:
            return Standing.WITHDRAWN
    kind, told = TOLD_BY[state]
    return told if any(letter.kind is kind for letter in letters) else Standing.ASSESSMENT


def label(standing: Standing) -> str:
    """The standing in a few words."""
    return {
        Standing.DRAFT: _("Not submitted yet"),
        Standing.MISSED: _("Not submitted in time"),
        Standing.SUBMITTED: _("Submitted"),
        Standing.ASSESSMENT: _("Being assessed"),
        Standing.AWARDED: _("Grant awarded"),
        Standing.RESERVE: _("On the reserve list"),
        Standing.REFUSED: _("Not selected"),
        Standing.INELIGIBLE: _("Not eligible"),
        Standing.WITHDRAWN: _("Withdrawn"),
    }[standing]
