"""Who may do what: one table, used at the door (blueprint), in the drawer (first line of an action) and on the button.

Predicates judge an Actor and a Relation, small frozen facts that the queries of the stages gather and hand in.
Whatever has no line here is refused; refused looks like not there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.lifecycle import ApplicationState
from workflows.problems import NotThere


class Role(StrEnum):
    """What a person is to the programme as a whole; being an applicant follows from membership of an organisation."""

    ADMINISTRATOR = "administrator"
    JUROR = "juror"
    EXPERT = "expert"
    SYSTEM = "system"


class MemberRole(StrEnum):
    """What a person may do in the files of an organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"


class Duty(StrEnum):
    """In which capacity somebody judges a file; also who judges a criterion."""

    JURY = "jury"
    EXPERT = "expert"


@dataclass(frozen=True)
class Actor:
    """Who acts. `person_id` is None for a visitor and for the system."""

    person_id: int | None = None
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)


VISITOR = Actor()
SYSTEM = Actor(name="system", roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True)
class Relation:
    """What an actor is to one object.

    `member` is the role in the organisation whose file it is, `assigned` the duty in which the file was given to
    the actor, `conflicted` whether a conflict of interest is recorded, `undeclared` whether the actor, who is to judge
    it, did not say yet whether there is one, `state` the application's state.
    """

    member: MemberRole | None = None
    assigned: Duty | None = None
    conflicted: bool = False
    undeclared: bool = False
    state: ApplicationState | None = None


NO_RELATION = Relation()


class Action(StrEnum):
    """Everything that can be asked of the programme."""

    SEE_PUBLIC = "see-public"
    USE_ACCOUNT = "use-account"
    READ_ORGANISATION = "read-organisation"
    EDIT_ORGANISATION = "edit-organisation"
    MANAGE_ORGANISATION = "manage-organisation"
    START_APPLICATION = "start-application"
    READ_OWN_APPLICATION = "read-own-application"
    EDIT_APPLICATION = "edit-application"
    SUBMIT_APPLICATION = "submit-application"
    RESTORE_SUBMISSION = "restore-submission"
    WITHDRAW_APPLICATION = "withdraw-application"
    DELETE_DRAFT = "delete-draft"
    READ_OWN_LETTER = "read-own-letter"
    ANSWER_OFFER = "answer-offer"
    WRITE_TO_OFFICE = "write-to-office"
    READ_MESSAGES = "read-messages"
    WRITE_TO_APPLICANT = "write-to-applicant"
    ASK_COMPLETION = "ask-completion"
    ANSWER_COMPLETION = "answer-completion"
    REMIND = "remind"
    ENTER_JURY = "enter-jury"
    READ_ASSIGNED = "read-assigned"
    DECLARE_CONFLICT = "declare-conflict"
    DECLARE_NO_CONFLICT = "declare-no-conflict"
    SCORE = "score"
    ENTER_EXPERTISE = "enter-expertise"
    GIVE_OPINION = "give-opinion"
    ADMINISTER = "administer"
    CHECK_ORGANISATION = "check-organisation"
    GIVE_ROLE = "give-role"
    MANAGE_CALL = "manage-call"
    PREVIEW_CALL = "preview-call"
    TRY_CALL = "try-call"
    EXCHANGE_APPLICATIONS = "exchange-files"
    READ_ANY_APPLICATION = "read-any-application"
    SCREEN = "screen"
    ASSIGN = "assign"
    RECORD_REMARK = "record-remark"
    LEAD_MEETING = "lead-meeting"
    ALLOCATE = "allocate"
    HANDLE_AWARD = "handle-award"
    MANAGE_BUDGET = "manage-budget"
    RELEASE_LETTERS = "release-letters"
    SEND_AGAIN = "send-again"
    HOLD_SENDING = "hold-sending"
    READ_MAILBOX = "read-mailbox"


Predicate = Callable[[Actor, Relation], bool]


def anyone(actor: Actor, relation: Relation) -> bool:
    return True


def signed_in(actor: Actor, relation: Relation) -> bool:
    return actor.person_id is not None


def member(actor: Actor, relation: Relation) -> bool:
    return relation.member is not None


def writer(actor: Actor, relation: Relation) -> bool:
    return relation.member in (MemberRole.OWNER, MemberRole.EDITOR)


def owner(actor: Actor, relation: Relation) -> bool:
    return relation.member is MemberRole.OWNER


def role(wanted: Role) -> Predicate:
    return lambda actor, relation: wanted in actor.roles


def assigned(duty: Duty) -> Predicate:
    return lambda actor, relation: relation.assigned is duty


def unconflicted(actor: Actor, relation: Relation) -> bool:
    return not relation.conflicted


def declared(actor: Actor, relation: Relation) -> bool:
    return not relation.undeclared


def all_of(*predicates: Predicate) -> Predicate:
    return lambda actor, relation: all(predicate(actor, relation) for predicate in predicates)


def any_of(*predicates: Predicate) -> Predicate:
    return lambda actor, relation: any(predicate(actor, relation) for predicate in predicates)


_system = role(Role.SYSTEM)
_administrator = role(Role.ADMINISTRATOR)
_clerk = all_of(any_of(_administrator, _system), unconflicted)
_judge = any_of(
    all_of(role(Role.JUROR), assigned(Duty.JURY)),
    all_of(role(Role.EXPERT), assigned(Duty.EXPERT)),
)

PERMISSIONS: dict[Action, Predicate] = {
    Action.SEE_PUBLIC: anyone,
    Action.USE_ACCOUNT: signed_in,
    Action.READ_ORGANISATION: all_of(signed_in, member),
    Action.EDIT_ORGANISATION: all_of(signed_in, writer),
    Action.MANAGE_ORGANISATION: all_of(signed_in, owner),
    Action.START_APPLICATION: all_of(signed_in, writer),
    Action.READ_OWN_APPLICATION: all_of(signed_in, member),
    Action.EDIT_APPLICATION: all_of(signed_in, writer),
    Action.SUBMIT_APPLICATION: all_of(signed_in, writer),
    Action.RESTORE_SUBMISSION: any_of(_system, all_of(signed_in, writer)),
    Action.WITHDRAW_APPLICATION: all_of(signed_in, writer),
    Action.DELETE_DRAFT: all_of(signed_in, owner),
    Action.READ_OWN_LETTER: all_of(signed_in, member),
    Action.ANSWER_OFFER: all_of(signed_in, writer),
    Action.WRITE_TO_OFFICE: all_of(signed_in, writer),
    Action.READ_MESSAGES: all_of(_administrator, unconflicted),
    Action.WRITE_TO_APPLICANT: all_of(_administrator, unconflicted),
    Action.ASK_COMPLETION: all_of(_administrator, unconflicted),
    Action.ANSWER_COMPLETION: all_of(signed_in, writer),
    Action.REMIND: _system,
    Action.ENTER_JURY: role(Role.JUROR),
    Action.ENTER_EXPERTISE: role(Role.EXPERT),
    Action.READ_ASSIGNED: all_of(_judge, unconflicted, declared),
    Action.DECLARE_CONFLICT: _judge,
    Action.DECLARE_NO_CONFLICT: all_of(_judge, unconflicted),
    Action.SCORE: all_of(role(Role.JUROR), assigned(Duty.JURY), unconflicted, declared),
    Action.GIVE_OPINION: all_of(role(Role.EXPERT), assigned(Duty.EXPERT), unconflicted, declared),
    Action.ADMINISTER: _administrator,
    Action.CHECK_ORGANISATION: _clerk,
    Action.GIVE_ROLE: any_of(_administrator, _system),
    Action.MANAGE_CALL: any_of(_administrator, _system),
    Action.PREVIEW_CALL: _administrator,
    Action.TRY_CALL: _administrator,
    Action.EXCHANGE_APPLICATIONS: any_of(_administrator, _system),
    Action.READ_ANY_APPLICATION: _clerk,
    Action.SCREEN: _clerk,
    Action.ASSIGN: _clerk,
    Action.RECORD_REMARK: _clerk,
    Action.LEAD_MEETING: _clerk,
    Action.ALLOCATE: all_of(_administrator, unconflicted),
    Action.HANDLE_AWARD: all_of(_administrator, unconflicted),
    Action.MANAGE_BUDGET: _administrator,
    Action.RELEASE_LETTERS: all_of(_administrator, unconflicted),
    Action.SEND_AGAIN: _clerk,
    Action.HOLD_SENDING: any_of(_administrator, _system),
    Action.READ_MAILBOX: anyone,  # the page itself exists in development only
}


def may(actor: Actor, action: Action, relation: Relation = NO_RELATION) -> bool:
    """Whether the actor may do this to an object they stand in this relation to; unknown actions are refused."""
    predicate = PERMISSIONS.get(action)
    return predicate is not None and predicate(actor, relation)


def require(actor: Actor, action: Action, relation: Relation = NO_RELATION) -> None:
    """Raise NotThere unless the actor may: forbidden looks like not there."""
    if not may(actor, action, relation):
        raise NotThere
