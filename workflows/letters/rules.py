"""Which letter answers which event, when a mail is tried again. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from workflows.lifecycle import Event


class LetterKind(StrEnum):
    """The letters this version writes; each has its text in the call."""

    RECEIPT = "receipt"
    INELIGIBLE = "ineligible"
    AWARD = "award"
    RESERVE = "reserve"
    REFUSAL = "refusal"


LETTER_AFTER: dict[Event, LetterKind] = {
    Event.SUBMIT: LetterKind.RECEIPT,
    Event.ANSWER_COMPLETION: LetterKind.RECEIPT,
    Event.DECLARE_INELIGIBLE: LetterKind.INELIGIBLE,
    Event.AWARD: LetterKind.AWARD,
    Event.CUT_AWARD: LetterKind.AWARD,
    Event.PUT_ON_RESERVE: LetterKind.RESERVE,
    Event.REFUSE: LetterKind.REFUSAL,
}
"""The one map from what happened to what is written. A new letter is a line here, a text, and a composer."""


class NoticeKind(StrEnum):
    """Mails that carry no letter: `notice-<kind>` and `notice-<kind>-subject` in `sentences/notices.toml`."""

    CONFIRM_ADDRESS = "confirm-address"
    MESSAGE = "message"
    COMPLETION_ASKED = "completion-asked"
    COMPLETION_WITHDRAWN = "completion-withdrawn"
    COMPLETION_REMINDER = "completion-reminder"
    DRAFT_REMINDER = "draft-reminder"
    CALL_CHANGED = "call-changed"
    DEADLINE_EXTENDED = "deadline-extended"
    CONSENT_ASKED = "consent-asked"
    SIGNATURE_ASKED = "signature-asked"
    REPORT = "report"
    REGISTERED_ALREADY = "registered-already"
    NEW_PASSWORD = "new-password"  # noqa: S105  # the name of a mail
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    NEW_ADDRESS = "new-address"
    ADDRESS_CHANGED = "address-changed"
    INVITATION = "invitation"
    INVITATION_ACCEPTED = "invitation-accepted"
    JOIN_ASKED = "join-asked"
    JOIN_ANSWERED = "join-answered"
    MEMBER_REMOVED = "member-removed"
    MEMBER_CHANGED = "member-changed"
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_CONFIRMED = "account-confirmed"
    ACCOUNT_REFUSED = "account-refused"
    ACCREDITATION_CONFIRMED = "accreditation-confirmed"
    ACCREDITATION_REFUSED = "accreditation-refused"


NOTICE_AFTER: dict[Event, NoticeKind] = {
    Event.ASK_CONFIRMATION: NoticeKind.CONFIRM_ADDRESS,
    Event.WRITE_TO_APPLICANT: NoticeKind.MESSAGE,
    Event.ASK_COMPLETION: NoticeKind.COMPLETION_ASKED,
    Event.WITHDRAW_COMPLETION: NoticeKind.COMPLETION_WITHDRAWN,
    Event.REMIND_COMPLETION: NoticeKind.COMPLETION_REMINDER,
    Event.REMIND_DRAFT: NoticeKind.DRAFT_REMINDER,
    Event.CHANGE_CALL: NoticeKind.CALL_CHANGED,
    Event.EXTEND_DEADLINE: NoticeKind.DEADLINE_EXTENDED,
    Event.CUT_AWARD: NoticeKind.CONSENT_ASKED,
    Event.ASK_CONSENT: NoticeKind.CONSENT_ASKED,
    Event.SIGN_ALLOCATION: NoticeKind.SIGNATURE_ASKED,
    Event.SIGN_PROMOTION: NoticeKind.SIGNATURE_ASKED,
    Event.REPORT_TO_OFFICE: NoticeKind.REPORT,
    Event.REGISTER_AGAIN: NoticeKind.REGISTERED_ALREADY,
    Event.ASK_PASSWORD: NoticeKind.NEW_PASSWORD,
    Event.CHANGE_PASSWORD: NoticeKind.PASSWORD_CHANGED,
    Event.ASK_ADDRESS: NoticeKind.NEW_ADDRESS,
    Event.CHANGE_ADDRESS: NoticeKind.ADDRESS_CHANGED,
    Event.INVITE: NoticeKind.INVITATION,
    Event.ACCEPT_INVITATION: NoticeKind.INVITATION_ACCEPTED,
    Event.ASK_TO_JOIN: NoticeKind.JOIN_ASKED,
    Event.ANSWER_JOIN: NoticeKind.JOIN_ANSWERED,
    Event.REMOVE_MEMBER: NoticeKind.MEMBER_REMOVED,
    Event.CHANGE_MEMBER: NoticeKind.MEMBER_CHANGED,
    Event.CHANGE_ACCOUNT_NUMBER: NoticeKind.ACCOUNT_CHANGED,
    Event.CONFIRM_ACCOUNT: NoticeKind.ACCOUNT_CONFIRMED,
    Event.REFUSE_ACCOUNT: NoticeKind.ACCOUNT_REFUSED,
    Event.CONFIRM_ACCREDITATION: NoticeKind.ACCREDITATION_CONFIRMED,
    Event.REFUSE_ACCREDITATION: NoticeKind.ACCREDITATION_REFUSED,
}
"""What happened and what is mailed about it. A new notice is a line here, two sentences, and who it goes to
(`letters.notices`)."""

LINK = "\ue000link\ue000"
"""Stands in a mail for the address of its single-use link until it leaves; no person can type it."""

LEAVES_AT_ONCE = frozenset({LetterKind.RECEIPT})
"""Letters that need no release; all others are held until a person releases them."""

ATTEMPTS = 8
LEASE = timedelta(minutes=2)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a mail that failed for the `attempts`-th time is tried again: after 1, 2, 4 … minutes; None: given up."""
    return now + timedelta(minutes=2 ** (attempts - 1)) if attempts < ATTEMPTS else None
