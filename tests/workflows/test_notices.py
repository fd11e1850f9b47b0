"""Mails that carry no letter, and the single-use links in them."""

from datetime import timedelta

import pytest

from config.settings import Settings
from tests.builders import NOW, PASSWORD, asked, done, work_off
from workflows import database, tasks
from workflows.database import transaction
from workflows.history import entries
from workflows.language import sentences
from workflows.letters import mailing, queries
from workflows.letters.rules import LINK, NOTICE_AFTER, NoticeKind
from workflows.lifecycle import Event
from workflows.people import actions as people
from workflows.people import links
from workflows.people.actions import NewPerson
from workflows.people.links import Purpose
from workflows.people.tables import Person
from workflows.permissions import Actor
from workflows.problems import NotThere, Problem


def asked_to_confirm() -> tuple[Actor, str]:
    """Somebody who asked for a link, and the token in the mail that left."""
    who = done(people.open_account, NewPerson("Fa", "fa@people.example", "fr", PASSWORD), now=NOW)
    done(people.ask_confirmation, who, now=NOW)
    work_off()
    return who, token_in_the_mail()


def token_in_the_mail() -> str:
    (mail,) = asked(queries.mailbox)
    with database.reading() as session:
        text = mailing.with_link(session, mail.body, mail.link_id, tasks.office())
    return text.split("/link/")[1].split()[0]


def confirmed(who: Actor) -> bool:
    return asked(lambda session: session.get_one(Person, who.person_id).confirmed_at) is not None


def test_a_notice_goes_once_in_the_language_of_its_person(settings: Settings) -> None:
    who, _ = asked_to_confirm()
    told = [entry.facts for entry in asked(entries, f"person:{who.person_id}") if entry.event is Event.ASK_CONFIRMATION]
    assert told == [{"link": 1}]
    work_off()
    (mail,) = asked(queries.mailbox)
    assert (mail.subject, mail.state, mail.kind) == ("Confirmez votre adresse e-mail", "sent", "confirm-address")
    assert asked(queries.unnoticed, NOW) == []


def test_the_secret_of_a_link_is_in_the_mail_that_left_and_in_no_table(settings: Settings) -> None:
    _, token = asked_to_confirm()
    (mail,) = asked(queries.mailbox)
    assert LINK in mail.body
    assert token not in mail.body
    (left,) = settings.mail_folder.glob("*.eml")
    assert f"/link/{token}" in left.read_text().replace("=\n", "")
    tables = b"".join(path.read_bytes() for path in settings.instance.glob("oproep.sqlite*"))
    assert (b"confirm-address" in tables, token.encode() in tables) == (True, False)


def test_a_link_works_once(settings: Settings) -> None:
    who, token = asked_to_confirm()
    assert not confirmed(who)
    done(people.confirm_address, token, now=NOW)
    assert confirmed(who)
    with pytest.raises(Problem, match="link-used"):
        done(people.confirm_address, token, now=NOW)


def test_a_link_works_until_the_second_it_says(settings: Settings) -> None:
    who, token = asked_to_confirm()
    with pytest.raises(Problem, match="link-expired"):
        done(people.confirm_address, token, now=NOW + people.TO_CONFIRM)
    done(people.confirm_address, token, now=NOW + people.TO_CONFIRM - timedelta(seconds=1))
    assert confirmed(who)


def test_a_link_to_an_address_that_was_changed_since_confirms_nothing(settings: Settings) -> None:
    who, token = asked_to_confirm()
    with transaction() as session:
        session.get_one(Person, who.person_id).email = "other@people.example"
    with pytest.raises(NotThere):
        done(people.confirm_address, token, now=NOW)


@pytest.mark.parametrize("forged", ["", "x", "1", "WzEsImNvbmZpcm0tYWRkcmVzcyJd.AAAA", "☃" * 40, "." * 3000])
def test_a_link_we_did_not_sign_leads_nowhere(settings: Settings, forged: str) -> None:
    asked_to_confirm()
    with pytest.raises(NotThere):
        done(people.confirm_address, forged, now=NOW)


def test_a_link_signed_by_another_installation_leads_nowhere(settings: Settings) -> None:
    asked_to_confirm()
    links.sign_with("the key of somebody else")
    foreign = links.token(1, Purpose.CONFIRM_ADDRESS)
    links.sign_with(settings.session_key())
    with pytest.raises(NotThere):
        done(people.confirm_address, foreign, now=NOW)


def test_every_notice_has_its_event_and_its_two_sentences() -> None:
    assert set(NOTICE_AFTER.values()) == set(NoticeKind)
    wanted = {f"notice-{kind}{part}" for kind in NoticeKind for part in ("", "-subject")}
    assert {code for code in sentences() if code.startswith("notice-")} == wanted
