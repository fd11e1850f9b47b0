"""Who belongs to an organisation: invitations that work once, roles, and never an organisation without an owner."""

from datetime import timedelta

import pytest

from config.settings import Settings
from tests.builders import NOW, PASSWORD, a_person, an_administrator, an_association, asked, done, refusal, work_off
from workflows import tasks
from workflows.database import reading
from workflows.history import entries
from workflows.letters import mailing
from workflows.letters import queries as letters
from workflows.lifecycle import Event
from workflows.people import accounts, invitations, membership, queries
from workflows.people import actions as people
from workflows.people.actions import NewPerson
from workflows.people.queries import actor_of
from workflows.permissions import Actor, MemberRole, Role
from workflows.problems import NotThere

OWNER, EDITOR, READER = MemberRole.OWNER, MemberRole.EDITOR, MemberRole.READER


def invite(owner: Actor, organisation: int, email: str = "Wim@Example.org", role: MemberRole = EDITOR) -> int:
    return done(invitations.invite_member, owner, organisation, email, role, "fr", now=NOW)


def token() -> str:
    """The token of the link in the newest mail that has one."""
    work_off()
    mail = next(mail for mail in asked(letters.mailbox) if mail.link_id)
    with reading() as session:
        text = mailing.with_link(session, mail.body, mail.link_id, tasks.office())
    return text.split("/link/")[1].split()[0]


def known(email: str = "wim@example.org") -> Actor:
    """Somebody with an account at this address, which is not confirmed."""
    return done(people.open_account, NewPerson("Wim", email, "nl", PASSWORD), now=NOW)


def roles(organisation: int) -> dict[str, MemberRole]:
    return {one.name: one.role for one in asked(membership.members_of, organisation)}


def test_an_invitation_is_a_mail_in_its_language_with_a_link_to_an_address(settings: Settings) -> None:
    owner, organisation = an_association()
    invite(owner, organisation)
    work_off()
    (mail,) = asked(letters.mailbox)
    assert (mail.address, mail.kind, mail.language) == ("wim@example.org", "invitation", "fr")
    assert f"{owner.name} vous invite" in mail.body
    (offer,) = asked(invitations.of_organisation, organisation)
    assert (offer.address, offer.member_role, offer.expires_at - NOW) == (
        "wim@example.org", EDITOR, timedelta(days=14),
    )  # fmt: skip


def test_who_has_no_account_opens_one_with_the_invitation_which_confirms_the_address(settings: Settings) -> None:
    owner, organisation = an_association()
    invite(owner, organisation)
    link = token()
    assert asked(invitations.of_link, link, now=NOW).known is False
    person = done(invitations.accept_as_new, link, "Wim Water", PASSWORD, "nl", now=NOW)
    view = asked(queries.person_view, person)
    assert (view.email, view.confirmed, roles(organisation)["Wim Water"]) == ("wim@example.org", True, EDITOR)
    assert refusal(invitations.accept_as_new, link, "Nog eens", PASSWORD, "nl", now=NOW).code == "link-used"
    assert asked(invitations.of_organisation, organisation) == ()
    work_off()
    assert asked(letters.mailbox)[0].kind == "invitation-accepted"


def test_who_has_an_account_accepts_with_it_and_nobody_else_can(settings: Settings) -> None:
    owner, organisation = an_association()
    wim = known()
    invite(owner, organisation, role=READER)
    link = token()
    assert refusal(invitations.accept, a_person(), link, now=NOW).code == "invitation-for-another"
    assert refusal(invitations.accept_as_new, link, "Dief", PASSWORD, "nl", now=NOW).code == "email-taken"
    done(invitations.accept, wim, link, now=NOW)
    assert (roles(organisation)["Wim"], asked(queries.person_view, wim.person_id).confirmed) == (READER, True)


def test_an_invitation_expires_and_can_be_taken_back(settings: Settings) -> None:
    owner, organisation = an_association()
    wim = known()
    offer = invite(owner, organisation)
    link = token()
    late = NOW + invitations.TO_ACCEPT
    assert refusal(invitations.accept, wim, link, now=late).code == "link-expired"
    done(invitations.revoke, owner, offer, now=NOW)
    assert refusal(invitations.accept, wim, link, now=NOW).code == "invitation-closed"
    assert refusal(invitations.revoke, owner, offer, now=NOW).code == "invitation-closed"
    assert roles(organisation) == {owner.name: OWNER}


def test_inviting_an_address_again_closes_the_link_before(settings: Settings) -> None:
    owner, organisation = an_association()
    wim = known()
    invite(owner, organisation)
    first = token()
    invite(owner, organisation, role=READER)
    assert refusal(invitations.accept, wim, first, now=NOW).code == "invitation-closed"
    done(invitations.accept, wim, token(), now=NOW)
    assert roles(organisation)["Wim"] is READER
    assert refusal(invitations.invite_member, owner, organisation, "wim@example.org", OWNER, "nl", now=NOW).code == (
        "already-member"
    )  # fmt: skip


def test_an_invitation_is_worth_nothing_once_its_host_is_no_owner(settings: Settings) -> None:
    owner, organisation = an_association()
    other = a_person()
    done(membership.admit_member, organisation, other.person_id, OWNER)
    invite(other, organisation)
    wim, link = known(), token()
    done(membership.change_role, owner, organisation, other.person_id, READER, now=NOW)
    assert refusal(invitations.accept, wim, link, now=NOW).code == "invitation-closed"


def test_only_a_confirmed_owner_invites(settings: Settings) -> None:
    _, organisation = an_association()
    for role in (EDITOR, READER):
        member = a_person()
        done(membership.admit_member, organisation, member.person_id, role)
        with pytest.raises(NotThere):
            invite(member, organisation)
    unconfirmed = known("nieuw@example.org")
    done(membership.admit_member, organisation, unconfirmed.person_id, OWNER)
    refused = refusal(invitations.invite_member, unconfirmed, organisation, "x@example.org", READER, "nl", now=NOW)
    assert refused.code == "address-unconfirmed"


def test_an_organisation_has_so_many_invitations_open_and_no_more(settings: Settings) -> None:
    owner, organisation = an_association()
    for number in range(invitations.OPEN_AT_ONCE):
        invite(owner, organisation, f"lid{number}@example.org")
    one_more = refusal(invitations.invite_member, owner, organisation, "x@example.org", READER, "nl", now=NOW)
    assert one_more.code == "invitations-too-many"
    invite(owner, organisation, "lid0@example.org")  # the same one again is no more


# Roles


def test_an_owner_changes_roles_and_ends_memberships_and_the_member_is_told(settings: Settings) -> None:
    owner, organisation = an_association()
    wim = known()
    done(membership.admit_member, organisation, wim.person_id, READER)
    done(membership.change_role, owner, organisation, wim.person_id, EDITOR, now=NOW)
    assert roles(organisation)["Wim"] is EDITOR
    done(membership.remove_member, owner, organisation, wim.person_id, now=NOW)
    assert roles(organisation) == {owner.name: OWNER}
    work_off()
    assert [(mail.address, mail.kind) for mail in reversed(asked(letters.mailbox))] == [
        ("wim@example.org", "member-changed"), ("wim@example.org", "member-removed"),
    ]  # fmt: skip
    happened = [entry.event for entry in asked(entries, f"organisation:{organisation}")]
    assert happened == [Event.REGISTER, Event.CHANGE_MEMBER, Event.REMOVE_MEMBER]


def test_the_last_owner_neither_leaves_nor_steps_down(settings: Settings) -> None:
    owner, organisation = an_association()
    own = owner.person_id
    codes = [
        refusal(membership.leave, owner, organisation, now=NOW).code,
        refusal(membership.remove_member, owner, organisation, own, now=NOW).code,
        refusal(membership.change_role, owner, organisation, own, READER, now=NOW).code,
    ]
    assert codes == ["last-owner"] * 3
    other = a_person()
    done(membership.admit_member, organisation, other.person_id, OWNER)
    done(membership.leave, owner, organisation, now=NOW)
    assert roles(organisation) == {other.name: OWNER}
    with pytest.raises(NotThere):
        done(membership.leave, owner, organisation, now=NOW)


def test_an_editor_manages_nobody(settings: Settings) -> None:
    owner, organisation = an_association()
    editor = a_person()
    done(membership.admit_member, organisation, editor.person_id, EDITOR)
    for actor in (editor, a_person()):
        with pytest.raises(NotThere):
            done(membership.change_role, actor, organisation, owner.person_id, READER, now=NOW)
        with pytest.raises(NotThere):
            done(membership.remove_member, actor, organisation, owner.person_id, now=NOW)


def test_one_person_belongs_to_several_organisations(settings: Settings) -> None:
    owner, first = an_association()
    _, second = an_association()
    done(membership.admit_member, second, owner.person_id, READER)
    found = {one.id: one.role for one in asked(queries.organisations_of, owner.person_id)}
    assert found == {first: OWNER, second: READER}


# Asking to join


def test_whoever_asks_to_join_is_answered_by_the_owners(settings: Settings) -> None:
    owner, organisation = an_association(enterprise_number="0407626464")
    wim, zoe = a_person(name="Wim"), a_person(name="Zoë")
    for person in (wim, wim, zoe):
        done(membership.ask_to_join, person, "0407.626.464", now=NOW)
    asking = asked(membership.requests_for, organisation)
    assert [one.name for one in asking] == ["Wim", "Zoë"]  # asking twice is asking once
    done(membership.answer_request, owner, organisation, asking[0].id, EDITOR, now=NOW)
    done(membership.answer_request, owner, organisation, asking[1].id, None, now=NOW)
    assert roles(organisation) == {owner.name: OWNER, "Wim": EDITOR}
    again = refusal(membership.answer_request, owner, organisation, asking[1].id, OWNER, now=NOW)
    assert (again.code, asked(membership.requests_for, organisation)) == ("request-answered", ())
    work_off()
    kinds = [mail.kind for mail in reversed(asked(letters.mailbox))]
    assert kinds == ["join-asked", "join-asked", "join-answered", "join-answered"]


def test_nobody_asks_to_join_what_is_unknown_or_already_theirs_or_unconfirmed(settings: Settings) -> None:
    owner, organisation = an_association(enterprise_number="0407626464")
    fresh = done(accounts.register, NewPerson("Fa", "fa@example.org", "fr", PASSWORD), now=NOW).actor
    codes = [
        refusal(membership.ask_to_join, actor, number, now=NOW).code
        for actor, number in ((a_person(), "0456789034"), (owner, "0407626464"), (fresh, "0407626464"))
    ]
    assert codes == ["organisation-unknown", "already-member", "address-unconfirmed"]
    request = done(membership.ask_to_join, a_person(), "0407626464", now=NOW)
    assert request.startswith("Vereniging")
    (one,) = asked(membership.requests_for, organisation)
    stranger, elsewhere = an_association()
    with pytest.raises(NotThere):
        done(membership.answer_request, stranger, elsewhere, one.id, OWNER, now=NOW)
    with pytest.raises(NotThere):
        done(membership.answer_request, stranger, organisation, one.id, OWNER, now=NOW)


# Roles in the programme


def test_a_juror_without_account_is_invited_by_mail(settings: Settings) -> None:
    clerk = an_administrator()
    done(invitations.invite_to_role, clerk, "jury@example.org", Role.JUROR, "nl", now=NOW)
    person = done(invitations.accept_as_new, token(), "Juul", PASSWORD, "nl", now=NOW)
    assert asked(actor_of, person).roles == {Role.JUROR}
    held = refusal(invitations.invite_to_role, clerk, "jury@example.org", Role.JUROR, "nl", now=NOW)
    assert (held.code, asked(invitations.of_programme)) == ("role-held", ())


def test_only_the_office_gives_roles_and_takes_them_back(settings: Settings) -> None:
    clerk, juror = an_administrator(), a_person(Role.JUROR)
    for actor in (juror, an_association()[0]):
        with pytest.raises(NotThere):
            done(invitations.invite_to_role, actor, "x@example.org", Role.ADMINISTRATOR, "nl", now=NOW)
        with pytest.raises(NotThere):
            done(people.take_role, juror.person_id, Role.JUROR, actor=actor, now=NOW)
    done(people.take_role, juror.person_id, Role.JUROR, actor=clerk, now=NOW)
    assert asked(actor_of, juror.person_id).roles == frozenset()
    with pytest.raises(NotThere):
        done(people.take_role, juror.person_id, Role.JUROR, actor=clerk, now=NOW)


def test_the_last_administrator_stays(settings: Settings) -> None:
    clerk = an_administrator()
    assert refusal(people.take_role, clerk.person_id, Role.ADMINISTRATOR, actor=clerk, now=NOW).code == (
        "last-administrator"
    )  # fmt: skip
    other = an_administrator()
    done(people.take_role, clerk.person_id, Role.ADMINISTRATOR, actor=other, now=NOW)
    assert asked(actor_of, clerk.person_id).roles == frozenset()


def test_a_role_offered_by_somebody_who_lost_theirs_is_not_given(settings: Settings) -> None:
    clerk, other = an_administrator(), an_administrator()
    done(invitations.invite_to_role, clerk, "wim@example.org", Role.ADMINISTRATOR, "nl", now=NOW)
    wim, link = known(), token()
    done(people.take_role, clerk.person_id, Role.ADMINISTRATOR, actor=other, now=NOW)
    assert refusal(invitations.accept, wim, link, now=NOW).code == "invitation-closed"
    assert asked(actor_of, wim.person_id).roles == frozenset()
