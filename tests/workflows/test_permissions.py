"""Who may do what: the whole table, read as a table. A point is refused, and refused looks like not there."""

from typing import cast

import pytest

from workflows.permissions import (
    SYSTEM,
    VISITOR,
    Action,
    Actor,
    Duty,
    MemberRole,
    Relation,
    Role,
    may,
    require,
)
from workflows.problems import NotThere

NOBODY = Relation()

SOMEBODY: dict[str, tuple[Actor, Relation]] = {
    "visitor": (VISITOR, NOBODY),
    "signed in": (Actor(1), NOBODY),
    "reader": (Actor(1), Relation(member=MemberRole.READER)),
    "editor": (Actor(1), Relation(member=MemberRole.EDITOR)),
    "owner": (Actor(1), Relation(member=MemberRole.OWNER)),
    "juror": (Actor(1, roles=frozenset({Role.JUROR})), NOBODY),
    "its juror": (Actor(1, roles=frozenset({Role.JUROR})), Relation(assigned=Duty.JURY)),
    "expert": (Actor(1, roles=frozenset({Role.EXPERT})), NOBODY),
    "its expert": (Actor(1, roles=frozenset({Role.EXPERT})), Relation(assigned=Duty.EXPERT)),
    "admin": (Actor(1, roles=frozenset({Role.ADMINISTRATOR})), NOBODY),
    "system": (SYSTEM, NOBODY),
}

TABLE = """
                       visitor    signed in  reader     editor     owner      juror      its juror  expert     its expert admin      system
see-public             yes        yes        yes        yes        yes        yes        yes        yes        yes        yes        yes
use-account            .          yes        yes        yes        yes        yes        yes        yes        yes        yes        .
read-organisation      .          .          yes        yes        yes        .          .          .          .          .          .
edit-organisation      .          .          .          yes        yes        .          .          .          .          .          .
manage-organisation    .          .          .          .          yes        .          .          .          .          .          .
start-application      .          .          .          yes        yes        .          .          .          .          .          .
read-own-application   .          .          yes        yes        yes        .          .          .          .          .          .
edit-application       .          .          .          yes        yes        .          .          .          .          .          .
submit-application     .          .          .          yes        yes        .          .          .          .          .          .
restore-submission     .          .          .          yes        yes        .          .          .          .          .          yes
withdraw-application   .          .          .          yes        yes        .          .          .          .          .          .
delete-draft           .          .          .          .          yes        .          .          .          .          .          .
read-own-letter        .          .          yes        yes        yes        .          .          .          .          .          .
answer-offer           .          .          .          yes        yes        .          .          .          .          .          .
write-to-office        .          .          .          yes        yes        .          .          .          .          .          .
read-messages          .          .          .          .          .          .          .          .          .          yes        .
write-to-applicant     .          .          .          .          .          .          .          .          .          yes        .
ask-completion         .          .          .          .          .          .          .          .          .          yes        .
answer-completion      .          .          .          yes        yes        .          .          .          .          .          .
remind                 .          .          .          .          .          .          .          .          .          .          yes
enter-jury             .          .          .          .          .          yes        yes        .          .          .          .
read-assigned          .          .          .          .          .          .          yes        .          yes        .          .
declare-conflict       .          .          .          .          .          .          yes        .          yes        .          .
declare-no-conflict    .          .          .          .          .          .          yes        .          yes        .          .
score                  .          .          .          .          .          .          yes        .          .          .          .
enter-expertise        .          .          .          .          .          .          .          yes        yes        .          .
give-opinion           .          .          .          .          .          .          .          .          yes        .          .
administer             .          .          .          .          .          .          .          .          .          yes        .
check-organisation     .          .          .          .          .          .          .          .          .          yes        yes
give-role              .          .          .          .          .          .          .          .          .          yes        yes
manage-call            .          .          .          .          .          .          .          .          .          yes        yes
preview-call           .          .          .          .          .          .          .          .          .          yes        .
try-call               .          .          .          .          .          .          .          .          .          yes        .
exchange-files         .          .          .          .          .          .          .          .          .          yes        yes
read-any-application   .          .          .          .          .          .          .          .          .          yes        yes
screen                 .          .          .          .          .          .          .          .          .          yes        yes
assign                 .          .          .          .          .          .          .          .          .          yes        yes
record-remark          .          .          .          .          .          .          .          .          .          yes        yes
lead-meeting           .          .          .          .          .          .          .          .          .          yes        yes
allocate               .          .          .          .          .          .          .          .          .          yes        .
handle-award           .          .          .          .          .          .          .          .          .          yes        .
manage-budget          .          .          .          .          .          .          .          .          .          yes        .
release-letters        .          .          .          .          .          .          .          .          .          yes        .
send-again             .          .          .          .          .          .          .          .          .          yes        yes
hold-sending           .          .          .          .          .          .          .          .          .          yes        yes
read-mailbox           yes        yes        yes        yes        yes        yes        yes        yes        yes        yes        yes
"""  # noqa: E501  # a table is read as a table


def test_this_is_who_may_do_what() -> None:
    lines = ["".ljust(23) + "".join(name.ljust(11) for name in SOMEBODY)]
    for action in Action:
        cells = ("yes" if may(actor, action, relation) else "." for actor, relation in SOMEBODY.values())
        lines.append(action.ljust(23) + "".join(text.ljust(11) for text in cells))
    assert "\n".join(["", *(line.rstrip() for line in lines), ""]) == TABLE


def test_a_conflict_of_interest_takes_everything_away_but_declaring_it() -> None:
    conflicted = {
        name: [
            action for action in Action
            if may(actor, action, relation)
            != may(actor, action, Relation(relation.member, relation.assigned, conflicted=True))
        ]
        for name, (actor, relation) in SOMEBODY.items()
    }  # fmt: skip
    talk = [Action.READ_MESSAGES, Action.WRITE_TO_APPLICANT, Action.ASK_COMPLETION]
    clerk = [
        Action.CHECK_ORGANISATION, Action.READ_ANY_APPLICATION, Action.SCREEN, Action.ASSIGN, Action.RECORD_REMARK,
        Action.LEAD_MEETING,
    ]  # fmt: skip
    assert {name: lost for name, lost in conflicted.items() if lost} == {
        "its juror": [Action.READ_ASSIGNED, Action.DECLARE_NO_CONFLICT, Action.SCORE],
        "its expert": [Action.READ_ASSIGNED, Action.DECLARE_NO_CONFLICT, Action.GIVE_OPINION],
        "admin": [*talk, *clerk, Action.ALLOCATE, Action.HANDLE_AWARD, Action.RELEASE_LETTERS, Action.SEND_AGAIN],
        "system": [*clerk, Action.SEND_AGAIN],
    }


def test_a_judge_who_did_not_declare_yet_can_do_nothing_but_that() -> None:
    for duty, role, say in ((Duty.JURY, Role.JUROR, Action.SCORE), (Duty.EXPERT, Role.EXPERT, Action.GIVE_OPINION)):
        judge, before = Actor(1, "", frozenset({role})), Relation(assigned=duty, undeclared=True)
        declare = [Action.DECLARE_CONFLICT, Action.DECLARE_NO_CONFLICT]
        assert [action for action in declare if may(judge, action, before)] == declare
        assert not any(may(judge, action, before) for action in (Action.READ_ASSIGNED, say))


def test_a_file_given_in_one_duty_is_not_judged_in_the_other() -> None:
    both = Actor(1, roles=frozenset({Role.JUROR, Role.EXPERT}))
    allowed = {
        duty: [action for action in (Action.SCORE, Action.GIVE_OPINION) if may(both, action, Relation(assigned=duty))]
        for duty in Duty
    }
    assert allowed == {Duty.JURY: [Action.SCORE], Duty.EXPERT: [Action.GIVE_OPINION]}


def test_an_assignment_without_the_role_opens_nothing() -> None:
    former = (Actor(1), Relation(assigned=Duty.JURY))
    stranger = (Actor(1), NOBODY)
    assert [may(former[0], action, former[1]) for action in Action] == [
        may(stranger[0], action, stranger[1]) for action in Action
    ]


def test_membership_without_an_account_opens_nothing_of_the_file() -> None:
    of_the_file = [action for action in Action if "application" in action or "letter" in action]
    owner = Relation(member=MemberRole.OWNER)
    assert [action for action in of_the_file if may(VISITOR, action, owner)] == []


def test_an_unknown_action_is_refused_to_everybody() -> None:
    unknown = cast(Action, "sell-the-house")
    assert {may(actor, unknown, relation) for actor, relation in SOMEBODY.values()} == {False}


def test_refused_looks_like_not_there() -> None:
    with pytest.raises(NotThere):
        require(VISITOR, Action.ALLOCATE)
    assert require(Actor(1, roles=frozenset({Role.ADMINISTRATOR})), Action.ALLOCATE) is None  # type: ignore[func-returns-value]
