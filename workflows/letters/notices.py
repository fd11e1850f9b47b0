"""To whom a notice goes, and what it may say besides the facts of the event it tells of."""

from workflows.letters.notices_calls import RECIPIENTS_OF_CALLS
from workflows.letters.notices_files import RECIPIENTS_OF_FILES
from workflows.letters.notices_people import RECIPIENTS_OF_PEOPLE
from workflows.letters.recipients import Recipient as Recipient
from workflows.letters.recipients import Recipients, owner_of_the_link
from workflows.letters.rules import NoticeKind

RECIPIENTS: dict[NoticeKind, Recipients] = {
    NoticeKind.CONFIRM_ADDRESS: owner_of_the_link,
    **RECIPIENTS_OF_CALLS,
    **RECIPIENTS_OF_FILES,
    **RECIPIENTS_OF_PEOPLE,
}
