"""The states of a call and of an application, the events that move them, and the one table of moves."""

from enum import StrEnum

from workflows.problems import Problem


class CallState(StrEnum):
    """Where a call stands. Open and closed for applications follow from the clock, not from a state."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DECIDED = "decided"
    CLOSED = "closed"


class ApplicationState(StrEnum):
    """Where an application stands: few states; everything else about it is a dated fact."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    AWARDED = "awarded"
    RESERVE = "reserve"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What happens: events with a row in MOVES change a state, the others are recorded only."""

    # moves of a call
    PUBLISH = "publish"
    DECIDE = "decide"
    CLOSE = "close"
    # moves of an application
    SUBMIT = "submit"
    BRING_IN = "bring-in"
    REOPEN = "reopen"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    BRING_BACK = "bring-back"
    ADMIT = "admit"
    DECLARE_INELIGIBLE = "declare-ineligible"
    AWARD = "award"
    PUT_ON_RESERVE = "put-on-reserve"
    REFUSE = "refuse"
    DECLINE_AWARD = "decline-award"
    # recorded, no change of state
    IMPORT_CALL = "import-call"
    CHANGE_CALL = "change-call"
    PREPARE_CALL = "prepare-call"
    DISCARD_PREPARATION = "discard-preparation"
    EXTEND_DEADLINE = "extend-deadline"
    START_TEST = "start-test"
    REGISTER = "register"
    REGISTER_AGAIN = "register-again"
    ASK_CONFIRMATION = "ask-confirmation"
    CONFIRM_ADDRESS = "confirm-address"
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    ASK_PASSWORD = "ask-password"
    CHANGE_PASSWORD = "change-password"
    ASK_ADDRESS = "ask-address"
    CHANGE_ADDRESS = "change-address"
    CHANGE_NAME = "change-name"
    END_SESSION = "end-session"
    GRANT_ROLE = "grant-role"
    TAKE_ROLE = "take-role"
    INVITE = "invite"
    REVOKE_INVITATION = "revoke-invitation"
    ACCEPT_INVITATION = "accept-invitation"
    ASK_TO_JOIN = "ask-to-join"
    ANSWER_JOIN = "answer-join"
    CHANGE_MEMBER = "change-member"
    REMOVE_MEMBER = "remove-member"
    LEAVE = "leave"
    CHANGE_ORGANISATION = "change-organisation"
    STATE_ACCREDITATION = "state-accreditation"
    CONFIRM_ACCREDITATION = "confirm-accreditation"
    REFUSE_ACCREDITATION = "refuse-accreditation"
    CHANGE_ACCOUNT_NUMBER = "change-account-number"
    READ_ACCOUNT_NUMBER = "read-account-number"
    LOOK_AT_ACCOUNT = "look-at-account"
    CONFIRM_ACCOUNT = "confirm-account"
    REFUSE_ACCOUNT = "refuse-account"
    START_DRAFT = "start-draft"
    SAVE_ANSWERS = "save-answers"
    ATTACH = "attach"
    DETACH = "detach"
    DELETE_DRAFT = "delete-draft"
    REFUSE_SUBMISSION = "refuse-submission"
    WRITE_TO_OFFICE = "write-to-office"
    WRITE_TO_APPLICANT = "write-to-applicant"
    SETTLE_MESSAGES = "settle-messages"
    ASK_COMPLETION = "ask-completion"
    SAVE_COMPLETION = "save-completion"
    ANSWER_COMPLETION = "answer-completion"
    WITHDRAW_COMPLETION = "withdraw-completion"
    REMIND_DRAFT = "remind-draft"
    REMIND_COMPLETION = "remind-completion"
    REPORT_TO_OFFICE = "report-to-office"
    SCREEN = "screen"
    OVERRULE = "overrule"
    APPOINT = "appoint"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    DECLARE_NO_CONFLICT = "declare-no-conflict"
    DECLARE_CONFLICT = "declare-conflict"
    RECUSE = "recuse"
    SAVE_REVIEW = "save-review"
    SUBMIT_REVIEW = "submit-review"
    RECORD_REMARK = "record-remark"
    RECORD_MEETING = "record-meeting"
    DELIBERATE = "deliberate"
    CLOSE_PANEL = "close-panel"
    REOPEN_PANEL = "reopen-panel"
    FIX_AWARD = "fix-award"
    FREE_AWARD = "free-award"
    SAVE_SCENARIO = "save-scenario"
    DROP_SCENARIO = "drop-scenario"
    SIGN_ALLOCATION = "sign-allocation"
    TAKE_BACK_SIGNATURE = "take-back-signature"
    OPEN_BUDGET_LINE = "open-budget-line"
    BOOK_CREDIT = "book-credit"
    CORRECT_CREDIT = "correct-credit"
    BEGIN_CARETAKING = "begin-caretaking"
    END_CARETAKING = "end-caretaking"
    SIGN_PROMOTION = "sign-promotion"
    PROMOTE = "promote"
    CUT_AWARD = "cut-award"
    ASK_CONSENT = "ask-consent"
    ANSWER_OFFER = "answer-offer"
    RECORD_STEP = "record-step"
    SIGN_ACT = "sign-act"
    COMMIT_MONEY = "commit-money"
    PAY_MONEY = "pay-money"
    WRITE_LETTER = "write-letter"
    RELEASE_LETTER = "release-letter"
    READ_LETTER = "read-letter"
    SEND_AGAIN = "send-again"
    HOLD_SENDING = "hold-sending"
    LIFT_HOLD = "lift-hold"


State = CallState | ApplicationState

MOVES: dict[tuple[State, Event], State] = {
    (CallState.DRAFT, Event.PUBLISH): CallState.PUBLISHED,
    (CallState.PUBLISHED, Event.DECIDE): CallState.DECIDED,
    (CallState.DECIDED, Event.CLOSE): CallState.CLOSED,
    (ApplicationState.DRAFT, Event.SUBMIT): ApplicationState.SUBMITTED,
    (ApplicationState.DRAFT, Event.BRING_IN): ApplicationState.SUBMITTED,
    (ApplicationState.SUBMITTED, Event.REOPEN): ApplicationState.DRAFT,
    (ApplicationState.DRAFT, Event.RESTORE): ApplicationState.SUBMITTED,
    (ApplicationState.SUBMITTED, Event.ADMIT): ApplicationState.ELIGIBLE,
    (ApplicationState.SUBMITTED, Event.DECLARE_INELIGIBLE): ApplicationState.INELIGIBLE,
    (ApplicationState.SUBMITTED, Event.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.ELIGIBLE, Event.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.WITHDRAWN, Event.BRING_BACK): ApplicationState.SUBMITTED,
    (ApplicationState.ELIGIBLE, Event.AWARD): ApplicationState.AWARDED,
    (ApplicationState.ELIGIBLE, Event.PUT_ON_RESERVE): ApplicationState.RESERVE,
    (ApplicationState.ELIGIBLE, Event.REFUSE): ApplicationState.REFUSED,
    (ApplicationState.RESERVE, Event.AWARD): ApplicationState.AWARDED,
    (ApplicationState.AWARDED, Event.DECLINE_AWARD): ApplicationState.WITHDRAWN,
}


def next_state(state: State, event: Event) -> State:
    """The state `event` leads to.

    Raises Problem `move-not-possible` (facts: `state`, `event`) where the table has no such move.
    """
    after = MOVES.get((state, event))
    if after is None or type(after) is not type(state):  # the drafts of a call and an application are equal texts
        raise Problem("move-not-possible", state=state, event=event)
    return after
