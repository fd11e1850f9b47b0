"""One's own account: links that work once, passwords that are forgotten, addresses that change, browsers that end."""

from datetime import timedelta

import pytest

from config.settings import Settings
from tests.builders import (
    DAY,
    NOW,
    PASSWORD,
    a_call,
    a_person,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    work_off,
)
from workflows import tasks
from workflows.database import reading
from workflows.history import entries
from workflows.letters import mailing
from workflows.letters import queries as letters
from workflows.lifecycle import Event
from workflows.people import accounts, queries, sessions
from workflows.people import actions as people
from workflows.people.actions import NewPerson
from workflows.people.sessions import Limits
from workflows.people.tables import Person
from workflows.permissions import Actor
from workflows.problems import NotThere
from workflows.submission import actions as submission

OTHER = "een heel andere lange zin"


def ada() -> Actor:
    """Somebody who registered a moment ago and did not confirm yet."""
    return done(accounts.register, NewPerson("Ada", "ada@example.org", "nl", PASSWORD), now=NOW).actor


def mails() -> list[tuple[str, str]]:
    """To whom what kind of mail was written, oldest first."""
    work_off()
    return [(mail.address, mail.kind) for mail in reversed(asked(letters.mailbox))]


def token(kind: str) -> str:
    """The token of the link in the newest mail of this kind."""
    work_off()
    mail = next(mail for mail in asked(letters.mailbox) if mail.kind == kind)
    with reading() as session:
        text = mailing.with_link(session, mail.body, mail.link_id, tasks.office())
    return text.split("/link/")[1].split()[0]


def enters(email: str, password: str) -> bool:
    return asked(people.recognise, email, password) is not None


def happened(actor: Actor) -> list[Event]:
    return [entry.event for entry in asked(entries, f"person:{actor.person_id}")]


def test_registering_a_known_address_opens_nothing_and_tells_its_owner(settings: Settings) -> None:
    owner = ada()
    again = done(accounts.register, NewPerson("Eve", "ADA@example.org", "fr", OTHER), now=NOW)
    assert again.actor is None
    assert mails() == [("ada@example.org", "confirm-address"), ("ada@example.org", "registered-already")]
    assert (enters("ada@example.org", PASSWORD), enters("ada@example.org", OTHER)) == (True, False)
    assert happened(owner) == [Event.REGISTER, Event.ASK_CONFIRMATION, Event.REGISTER_AGAIN]


def test_a_weak_password_is_refused_for_a_known_address_as_for_a_new_one(settings: Settings) -> None:
    ada()
    for email in ("ada@example.org", "bo@example.org"):
        assert refusal(accounts.register, NewPerson("X", email, "nl", "kort"), now=NOW).code == "password-short"


def test_the_owner_of_an_address_is_told_three_times_an_hour_at_most(settings: Settings) -> None:
    owner = ada()
    for minute in range(5):
        done(accounts.register, NewPerson("Eve", "ada@example.org", "nl", OTHER), now=NOW + timedelta(minutes=minute))
    assert happened(owner).count(Event.REGISTER_AGAIN) == 3


def test_an_unconfirmed_person_prepares_an_application_but_does_not_submit_it(settings: Settings) -> None:
    a_call()
    actor, organisation = an_association()
    reference = an_application(by=(actor, organisation))
    with reading() as session:
        email = session.get_one(Person, actor.person_id).email
    done(unconfirm, actor)
    refused = refusal(submission.submit, actor, reference, received_at=NOW)
    assert refused.code == "address-unconfirmed"
    done(accounts.ask_again, actor, now=NOW)
    done(people.confirm_address, token("confirm-address"), now=NOW)
    assert done(submission.submit, actor, reference, received_at=NOW).received_at == NOW
    assert mails()[0] == (email, "confirm-address")


def unconfirm(session: object, actor: Actor) -> None:
    session.get_one(Person, actor.person_id).confirmed_at = None  # type: ignore[attr-defined]


def test_the_mail_that_confirms_is_sent_again_three_times_an_hour_at_most(settings: Settings) -> None:
    actor = ada()
    for minute in (1, 2):
        done(accounts.ask_again, actor, now=NOW + timedelta(minutes=minute))
    assert refusal(accounts.ask_again, actor, now=NOW + timedelta(minutes=3)).code == "mails-too-many"
    done(accounts.ask_again, actor, now=NOW + timedelta(minutes=61))
    done(people.confirm_address, token("confirm-address"), now=NOW + timedelta(minutes=62))
    assert refusal(accounts.ask_again, actor, now=NOW + 2 * DAY).code == "address-confirmed"


def test_a_new_password_is_set_once_ends_every_session_and_confirms_the_address(settings: Settings) -> None:
    actor = ada()
    browser = done(people.sign_in, actor.person_id, now=NOW)
    done(accounts.ask_new_password, " ADA@example.org", now=NOW)
    link = token("new-password")
    assert done(accounts.set_new_password, link, OTHER, now=NOW) == actor.person_id
    assert (enters("ada@example.org", PASSWORD), enters("ada@example.org", OTHER)) == (False, True)
    assert asked(sessions.signed_in, browser, NOW, Limits()) is None
    assert asked(queries.person_view, actor.person_id).confirmed is True
    assert refusal(accounts.set_new_password, link, PASSWORD, now=NOW).code == "link-used"
    assert mails()[-1] == ("ada@example.org", "password-changed")


def test_a_link_for_a_password_expires_and_a_weak_password_does_not_use_it_up(settings: Settings) -> None:
    ada()
    done(accounts.ask_new_password, "ada@example.org", now=NOW)
    link = token("new-password")
    assert refusal(accounts.set_new_password, link, "kort", now=NOW).code == "password-short"
    late = NOW + accounts.TO_CHANGE
    assert refusal(accounts.set_new_password, link, OTHER, now=late).code == "link-expired"
    done(accounts.set_new_password, link, OTHER, now=late - timedelta(seconds=1))


def test_using_one_link_for_a_password_closes_the_others(settings: Settings) -> None:
    ada()
    done(accounts.ask_new_password, "ada@example.org", now=NOW)
    first = token("new-password")
    done(accounts.ask_new_password, "ada@example.org", now=NOW)
    done(accounts.set_new_password, token("new-password"), OTHER, now=NOW)
    assert refusal(accounts.set_new_password, first, PASSWORD, now=NOW).code == "link-used"


def test_asking_a_password_for_an_unknown_address_does_nothing(settings: Settings) -> None:
    done(accounts.ask_new_password, "nobody@example.org", now=NOW)
    assert mails() == []


def test_links_for_a_password_are_three_an_hour(settings: Settings) -> None:
    actor = ada()
    for _ in range(5):
        done(accounts.ask_new_password, "ada@example.org", now=NOW)
    assert happened(actor).count(Event.ASK_PASSWORD) == 3


def test_a_link_for_one_thing_does_nothing_else(settings: Settings) -> None:
    ada()
    confirming = token("confirm-address")
    for act in (lambda session: accounts.set_new_password(session, confirming, OTHER, now=NOW),
                lambda session: accounts.change_address(session, confirming, now=NOW)):  # fmt: skip
        with pytest.raises(NotThere):
            done(act)
    assert enters("ada@example.org", PASSWORD)


def test_changing_ones_password_ends_the_other_browsers_only(settings: Settings) -> None:
    actor = ada()
    here, there = (done(people.sign_in, actor.person_id, now=NOW) for _ in range(2))
    done(accounts.change_password, actor, here, OTHER, now=NOW)
    assert [asked(sessions.signed_in, one, NOW, Limits()) is not None for one in (here, there)] == [True, False]
    assert enters("ada@example.org", OTHER)


def test_another_address_counts_once_its_link_is_used_and_the_old_one_is_told(settings: Settings) -> None:
    actor = ada()
    done(accounts.ask_address, actor, "Nieuw@Example.org", now=NOW)
    assert asked(queries.person_view, actor.person_id).email == "ada@example.org"
    done(accounts.change_address, token("new-address"), now=NOW)
    view = asked(queries.person_view, actor.person_id)
    assert (view.email, view.confirmed) == ("nieuw@example.org", True)
    assert mails()[1:] == [("nieuw@example.org", "new-address"), ("ada@example.org", "address-changed")]
    told = next(mail.body for mail in asked(letters.mailbox) if mail.kind == "address-changed")
    assert ("n…@example.org" in told, "nieuw@" in told) == (True, False)


def test_a_link_that_went_to_the_old_address_no_longer_opens_the_account(settings: Settings) -> None:
    actor = ada()
    done(accounts.ask_new_password, "ada@example.org", now=NOW)
    old = token("new-password")
    done(accounts.ask_address, actor, "nieuw@example.org", now=NOW)
    done(accounts.change_address, token("new-address"), now=NOW)
    assert refusal(accounts.set_new_password, old, OTHER, now=NOW).code == "link-used"
    assert enters("nieuw@example.org", PASSWORD)


def test_a_taken_address_is_not_given_and_that_is_not_said(settings: Settings) -> None:
    actor = ada()
    bo = done(people.open_account, NewPerson("Bo", "bo@example.org", "nl", PASSWORD), now=NOW)
    done(accounts.ask_address, actor, "bo@example.org", now=NOW)
    assert mails()[1:] == [("bo@example.org", "registered-already")]
    assert asked(queries.person_view, actor.person_id).email == "ada@example.org"
    assert happened(bo)[-1] is Event.REGISTER_AGAIN
    assert refusal(accounts.ask_address, actor, "ada@example.org", now=NOW).code == "email-same"


def test_a_name_is_changed_and_never_emptied(settings: Settings) -> None:
    actor = ada()
    done(accounts.change_name, actor, "  Ada Lovelace ", now=NOW)
    assert asked(queries.person_view, actor.person_id).name == "Ada Lovelace"
    assert refusal(accounts.change_name, actor, "  ", now=NOW).code == "name-needed"


@pytest.mark.parametrize(
    ("seen", "later", "lives"),
    [
        ([], timedelta(days=30) - timedelta(seconds=1), True),
        ([], timedelta(days=30), False),
        ([20, 40, 60, 80], timedelta(days=90) - timedelta(seconds=1), True),
        ([20, 40, 60, 80], timedelta(days=90), False),
    ],
)
def test_a_browser_is_signed_out_when_idle_and_in_the_end_always(
    settings: Settings, seen: list[int], later: timedelta, lives: bool
) -> None:
    browser = done(people.sign_in, a_person().person_id, now=NOW)
    for day in seen:
        done(sessions.note_seen, browser, "Firefox, Linux", now=NOW + day * DAY)
    assert (asked(sessions.signed_in, browser, NOW + later, Limits()) is not None) is lives


def test_a_browser_is_noted_as_seen_once_an_hour(settings: Settings) -> None:
    browser = done(people.sign_in, a_person().person_id, now=NOW)
    moments = (timedelta(minutes=59), timedelta(hours=1))
    assert [asked(sessions.to_be_noted, browser, NOW + moment) for moment in moments] == [False, True]


def test_one_ends_ones_own_browsers_one_by_one_or_all_others(settings: Settings) -> None:
    actor = a_person()
    tokens = [done(people.sign_in, actor.person_id, browser=f"Browser {n}", now=NOW + n * DAY) for n in range(4)]
    later = NOW + 5 * DAY
    listed = asked(sessions.sessions_of, actor.person_id, tokens[1], later, Limits())
    assert [(one.browser, one.current) for one in listed] == [
        ("Browser 1", True), ("Browser 3", False), ("Browser 2", False), ("Browser 0", False),
    ]  # fmt: skip
    done(sessions.end_session, actor, listed[1].handle, now=later)
    assert asked(sessions.signed_in, tokens[3], later, Limits()) is None
    assert done(sessions.end_others, actor, tokens[1], now=later) == 2
    assert [one.current for one in asked(sessions.sessions_of, actor.person_id, tokens[1], later, Limits())] == [True]
    with pytest.raises(NotThere):
        done(sessions.end_session, a_person(), listed[0].handle, now=later)
