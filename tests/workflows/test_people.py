"""Persons and organisations: what identifies them, who is signed in, since when an association is accredited."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from config.settings import Settings
from tests.builders import DAY, NOW, PASSWORD, a_person, an_association, asked, done, refusal
from workflows.database import reading
from workflows.history import entries
from workflows.language import say
from workflows.lifecycle import Event
from workflows.people import actions as people
from workflows.people import queries, rules, sessions
from workflows.people.actions import NewOrganisation, NewPerson
from workflows.people.queries import PersonView
from workflows.people.rules import ApplicantType
from workflows.people.sessions import Limits
from workflows.people.tables import SignInSession
from workflows.permissions import SYSTEM, VISITOR, Actor, MemberRole, Role
from workflows.problems import NotThere, Problem

ULB = "0407626464"
"""A real enterprise number, for its check digits."""


def wrong(rule: object, typed: str) -> tuple[str, str | None]:
    """The code and the field with which a rule refuses what was typed."""
    with pytest.raises(Problem) as refused:
        rule(typed)  # type: ignore[operator]
    return refused.value.code, refused.value.field


def sign_in(email: str, password: str) -> str | None:
    """Sign in as the portal does: recognise, then begin a session; its token."""
    person = asked(people.recognise, email, password)
    return None if person is None else done(people.sign_in, person, now=NOW)


def who_is(token: str | None) -> PersonView | None:
    """Whose browser carries this token, a minute later."""
    return asked(sessions.signed_in, token, NOW + timedelta(minutes=1), Limits())


@pytest.mark.parametrize(
    "typed", ["0407626464", "0407.626.464", "BE 0407.626.464", "BE0407626464", "407626464", "0407 626 464"]
)
def test_an_enterprise_number_is_read_as_it_stands_on_paper(typed: str) -> None:
    assert rules.enterprise_number(typed) == ULB
    assert rules.show_enterprise_number(ULB) == "0407.626.464"


@pytest.mark.parametrize(
    "typed", ["", "0407626465", "0407.626.46", "04076264640", "FR0407626464", "vzw", "2407626464", "9" * 5000]
)
def test_an_enterprise_number_with_a_slip_is_refused(typed: str) -> None:
    assert wrong(rules.enterprise_number, typed) == ("enterprise-number-wrong", "enterprise_number")


@pytest.mark.parametrize("typed", ["BE68 5390 0754 7034", "be68539007547034", "BE68-5390-0754-7034"])
def test_a_belgian_account_number_is_kept_compact(typed: str) -> None:
    assert rules.iban(typed) == "BE68539007547034"


def test_a_foreign_account_number_is_taken_too() -> None:
    assert rules.iban("NL91 ABNA 0417 1643 00") == "NL91ABNA0417164300"


@pytest.mark.parametrize("typed", ["BE68 5390 0754 7035", "BE69 5390 0754 7034", "BE68", "539-0075470-34", "geen"])
def test_an_account_number_with_a_slip_is_refused(typed: str) -> None:
    assert wrong(rules.iban, typed) == ("iban-wrong", "iban")


def test_a_belgian_account_number_must_also_be_right_in_its_own_digits() -> None:
    digits = "539007547035"  # the last two are not the first ten modulo 97
    check = 98 - int(digits + "111400") % 97
    assert wrong(rules.iban, f"BE{check:02d}{digits}") == ("iban-wrong", "iban")


def test_an_account_number_is_masked_on_every_screen() -> None:
    assert rules.masked_iban("BE68539007547034") == "BE•• •••• •••• 7034"


def test_an_address_is_normalised_and_a_wrong_one_refused() -> None:
    assert rules.email("  Ada@Example.ORG ") == "ada@example.org"
    assert [wrong(rules.email, typed) for typed in ("", "ada", "ada@", "ada@@x.org", "a b@x.org")] == [
        ("email-wrong", "email")
    ] * 5


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password-short"),
        ("kort wachtwoor", "password-short"),
        ("aaaaaaaaaaaaaaaaaaaa", "password-guessable"),
        ("ababababababababab", "password-guessable"),
        ("wij zijn ADA.LOVELACE samen", "password-guessable"),
        ("welkom bij oproep 2026", "password-guessable"),
    ],
)
def test_a_short_or_guessable_password_is_refused(password: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        rules.acceptable_password(password, forbidden=("ada.lovelace", "oproep", "ab"))
    assert (refused.value.code, refused.value.field) == (code, "password")


def test_a_sentence_of_fifteen_characters_is_a_password_and_nothing_else_is_asked() -> None:
    rules.acceptable_password("een blauwe deur", forbidden=("ada",))
    rules.acceptable_password("дверь синяя как море", forbidden=("",))


@pytest.mark.parametrize(
    ("period", "at", "type"),
    [
        ((date(2022, 1, 1), date(2026, 12, 31)), date(2026, 12, 31), ApplicantType.ACCREDITED),
        ((date(2022, 1, 1), date(2026, 12, 31)), date(2027, 1, 1), ApplicantType.OTHER_NONPROFIT),
        ((date(2027, 1, 1), None), date(2026, 12, 31), ApplicantType.OTHER_NONPROFIT),
        ((date(2027, 1, 1), None), date(2027, 1, 1), ApplicantType.ACCREDITED),
        ((date(2027, 1, 1), None), date(2099, 1, 1), ApplicantType.ACCREDITED),
    ],
)
def test_accreditation_counts_from_its_first_to_its_last_day(
    period: tuple[date, date | None], at: date, type: ApplicantType
) -> None:
    assert rules.applicant_standing([rules.Period(*period)], at).type is type


def test_two_cycles_of_accreditation_join_without_a_gap() -> None:
    cycles = [rules.Period(date(2022, 1, 1), date(2026, 12, 31)), rules.Period(date(2027, 1, 1), date(2031, 12, 31))]
    days = [date(2021, 12, 31), date(2026, 12, 31), date(2027, 1, 1), date(2032, 1, 1)]
    assert [rules.applicant_standing(cycles, day).type.value for day in days] == [
        "other-nonprofit", "accredited", "accredited", "other-nonprofit",
    ]  # fmt: skip
    assert rules.applicant_standing([], date(2026, 12, 31)).type is ApplicantType.OTHER_NONPROFIT


def test_the_type_of_an_organisation_is_that_on_the_reference_date(settings: Settings) -> None:
    _, organisation = an_association(accredited_from=date(2022, 1, 1), accredited_until=date(2026, 12, 31))
    types = [asked(queries.applicant_type_at, organisation, day) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert types == [ApplicantType.ACCREDITED, ApplicantType.OTHER_NONPROFIT]


def test_an_account_is_opened_once_per_address(settings: Settings) -> None:
    new = NewPerson("Ada", "ada@example.org", "nl", PASSWORD)
    actor = done(people.open_account, new, now=NOW)
    again = refusal(people.open_account, NewPerson("Ada B.", "ADA@example.org", "fr", PASSWORD), now=NOW)
    assert (actor.name, again.code, again.field) == ("Ada", "email-taken", "email")


def test_the_right_password_signs_in_and_the_session_can_be_ended(settings: Settings) -> None:
    actor = done(people.open_account, NewPerson("Ada", "ada@example.org", "nl", PASSWORD), now=NOW)
    token = sign_in(" Ada@Example.org ", PASSWORD)
    assert who_is(token).id == actor.person_id
    done(people.sign_out, actor, token, now=NOW + DAY)
    assert who_is(token) is None
    done(people.sign_out, actor, token, now=NOW + 2 * DAY)
    happened = [(entry.event, entry.at) for entry in asked(entries, f"person:{actor.person_id}")]
    assert happened == [(Event.REGISTER, NOW), (Event.SIGN_IN, NOW), (Event.SIGN_OUT, NOW + DAY)]


def test_a_wrong_password_an_unknown_address_and_an_account_without_password_look_alike(settings: Settings) -> None:
    done(people.open_account, NewPerson("Ada", "ada@example.org", "nl", PASSWORD), now=NOW)
    done(people.open_account, NewPerson("Bo", "bo@example.org", "nl"), now=NOW)
    tried = [("ada@example.org", PASSWORD + "!"), ("nobody@example.org", PASSWORD), ("bo@example.org", "")]
    assert [sign_in(email, password) for email, password in tried] == [None, None, None]


def test_a_new_password_replaces_the_old_one(settings: Settings) -> None:
    actor = done(people.open_account, NewPerson("Ada", "ada@example.org", "nl", PASSWORD), now=NOW)
    assert refusal(people.set_password, actor.person_id, "").code == "password-short"
    done(people.set_password, actor.person_id, "een heel andere zin")
    assert sign_in("ada@example.org", PASSWORD) is None
    assert who_is(sign_in("ada@example.org", "een heel andere zin")) is not None


def test_only_the_hash_of_a_token_is_kept(settings: Settings) -> None:
    done(people.open_account, NewPerson("Ada", "ada@example.org", "nl", PASSWORD), now=NOW)
    token = sign_in("ada@example.org", PASSWORD)
    with reading() as session:
        assert session.scalars(select(SignInSession.token_hash)).all() == [sha256(token.encode()).hexdigest()]
    assert who_is("geheim") is None


def test_eight_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(settings: Settings) -> None:
    for minute in range(8):
        assert asked(queries.attempts_left, "key", NOW + timedelta(minutes=minute)) is True
        done(people.note_failed_sign_in, "key", now=NOW + timedelta(minutes=minute))
    moments = [timedelta(minutes=8), timedelta(minutes=14, seconds=59), timedelta(minutes=15)]
    assert [asked(queries.attempts_left, "key", NOW + later) for later in moments] == [False, False, True]
    assert asked(queries.attempts_left, "other", NOW + timedelta(minutes=8)) is True


def test_an_organisation_is_known_by_its_number_not_by_its_name(settings: Settings) -> None:
    ada = a_person()
    new = NewOrganisation("BE 0407.626.464", "ULB Coopération", "asbl", iban="BE68 5390 0754 7034")
    organisation = done(people.found_organisation, ada, new, now=NOW)
    same_name = NewOrganisation("0456789034", "ULB Coopération", "asbl")
    done(people.found_organisation, a_person(), same_name, now=NOW)
    again = refusal(people.found_organisation, a_person(), NewOrganisation(ULB, "Autre nom", "asbl"), now=NOW)
    assert (again.code, again.field) == ("organisation-known", "enterprise_number")
    assert say(again.reason, "en").startswith("The organisation with this enterprise number is known here already.")
    view = asked(queries.organisation_view, organisation)
    assert (view.enterprise_number, view.iban) == (ULB, "BE•• •••• •••• 7034")
    assert asked(queries.member_role, ada.person_id, organisation) is MemberRole.OWNER
    assert asked(queries.member_role, a_person().person_id, organisation) is None


def test_nobody_founds_an_organisation_without_an_account_or_with_a_wrong_number(settings: Settings) -> None:
    with pytest.raises(NotThere):
        done(people.found_organisation, VISITOR, NewOrganisation(ULB, "ULB", "asbl"), now=NOW)
    slip = refusal(people.found_organisation, a_person(), NewOrganisation("0407626465", "ULB", "asbl"), now=NOW)
    account = NewOrganisation(ULB, "ULB", "asbl", iban="BE68 5390 0754 7035")
    assert (slip.code, refusal(people.found_organisation, a_person(), account, now=NOW).code) == (
        "enterprise-number-wrong", "iban-wrong",
    )  # fmt: skip
    assert asked(queries.organisation_by_number, ULB) is None


def test_a_role_is_given_once_by_the_office_only(settings: Settings) -> None:
    ada = a_person(Role.ADMINISTRATOR)
    bo = a_person()
    assert bo.person_id is not None
    for _ in range(2):
        done(people.give_role, bo.person_id, Role.JUROR, actor=ada, now=NOW)
    assert asked(queries.actor_of, bo.person_id).roles == {Role.JUROR}
    granted = [entry.event for entry in asked(entries, f"person:{bo.person_id}")]
    assert granted == [Event.REGISTER, Event.GRANT_ROLE]
    with pytest.raises(NotThere):
        done(people.give_role, bo.person_id, Role.ADMINISTRATOR, actor=bo, now=NOW)
    assert [person.id for person in asked(queries.people_with, Role.JUROR)] == [bo.person_id]


def test_a_person_chooses_the_language_of_their_screens(settings: Settings) -> None:
    ada = a_person(language="nl")
    done(people.choose_language, ada, "fr")
    assert asked(queries.person_view, ada.person_id).language == "fr"
    with pytest.raises(NotThere):
        done(people.choose_language, Actor(), "fr")
    with pytest.raises(NotThere):
        done(people.choose_language, SYSTEM, "fr")
