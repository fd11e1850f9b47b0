"""Organisations: what they say of themselves, accreditations that are judged, accounts that four eyes check."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from tests.builders import (
    DAY,
    NOW,
    a_call,
    a_person,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    work_off,
)
from workflows.eligibility import actions as eligibility
from workflows.eligibility import queries as eligibility_queries
from workflows.history import entries
from workflows.letters import queries as letters
from workflows.lifecycle import Event
from workflows.people import directory, membership, organisations, payment, queries, rules
from workflows.people.organisations import Particulars
from workflows.people.payment import AccountStanding, Certificate
from workflows.people.rules import ApplicantType, Period
from workflows.people.tables import BankAccount
from workflows.permissions import SYSTEM, Actor, MemberRole
from workflows.problems import NotThere, Problem
from workflows.replay.paper import one_page
from workflows.submission import queries as applications

FULL = Particulars(
    "Vereniging", "vzw", "Straat 2", "1080", "Molenbeek", "vereniging.be", "Wim", "Wim@Vereniging.be",
    "+32 2 123 45 67", "Ida", "voorzitter",
)  # fmt: skip
IBAN, OTHER_IBAN = "BE68 5390 0754 7034", "BE71 0961 2345 6769"
ATTEST = Certificate("../attest bank.pdf", one_page("Rekeninghouder"))
CYCLE = (date(2022, 1, 1), date(2026, 12, 31))


def joined(organisation: int, role: MemberRole) -> Actor:
    """Somebody new with this role in the organisation."""
    actor = a_person()
    done(membership.admit_member, organisation, actor.person_id, role)
    return actor


def seen(organisation: int) -> int:
    return asked(queries.organisation_view, organisation).row_version


@pytest.mark.parametrize(
    ("rule", "typed", "kept"),
    [
        (rules.postal_code, " B-1000 ", "1000"),
        (rules.phone, "+32  2/123.45.67", "+32 2/123.45.67"),
        (rules.website, "vereniging.be", "https://vereniging.be"),
        (rules.website, "http://www.vereniging.be/nl", "http://www.vereniging.be/nl"),
    ],
)
def test_what_is_typed_is_kept_in_one_form(rule: object, typed: str, kept: str) -> None:
    assert rule(typed) == kept  # type: ignore[operator]


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        (rules.postal_code, "0999"), (rules.postal_code, "10000"), (rules.postal_code, "١٠٠٠"),
        (rules.phone, "123"), (rules.phone, "bel mij op 02 123 45 67"), (rules.phone, "1" * 16),
        (rules.website, "javascript:alert(1)"), (rules.website, "vereniging"), (rules.website, "https://"),
        (rules.website, "https://wie@vereniging.be"), (rules.website, "https://a b.be"), (rules.website, "http://[x"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(rule: object, typed: str) -> None:
    with pytest.raises(Problem):
        rule(typed)  # type: ignore[operator]


@given(st.text(max_size=40))
def test_a_website_that_is_taken_is_one_of_the_web_and_stays_as_it_is(typed: str) -> None:
    try:
        kept = rules.website(typed)
    except Problem:
        return
    assert (kept.startswith(("http://", "https://", "HTTP", "Http")), rules.website(kept)) == (True, kept)


def test_an_editor_changes_the_particulars_and_the_history_names_what_changed(settings: Settings) -> None:
    _, organisation = an_association()
    editor = joined(organisation, MemberRole.EDITOR)
    done(organisations.change_organisation, editor, organisation, FULL, seen(organisation), now=NOW)
    view = asked(queries.organisation_view, organisation)
    assert (view.website, view.contact_email, view.complete) == ("https://vereniging.be", "wim@vereniging.be", True)
    (last,) = asked(entries, f"organisation:{organisation}")[1:]
    assert (last.event, last.facts["changed"][:3]) == (
        Event.CHANGE_ORGANISATION, ["city", "contact_email", "contact_name"],
    )  # fmt: skip
    done(organisations.change_organisation, editor, organisation, FULL, seen(organisation), now=NOW)
    assert len(asked(entries, f"organisation:{organisation}")) == 2  # nothing changed, nothing happened


def test_of_two_who_edit_the_second_is_told(settings: Settings) -> None:
    owner, organisation = an_association()
    version = seen(organisation)
    done(organisations.change_organisation, owner, organisation, FULL, version, now=NOW)
    late = refusal(organisations.change_organisation, owner, organisation, replace(FULL, city="Gent"), version, now=NOW)
    assert (late.code, asked(queries.organisation_view, organisation).city) == (
        "organisation-changed-elsewhere", "Molenbeek",
    )  # fmt: skip


def test_a_reader_and_a_stranger_change_nothing(settings: Settings) -> None:
    _, organisation = an_association()
    for actor in (joined(organisation, MemberRole.READER), a_person(), an_administrator()):
        for act in (
            lambda session, who: organisations.change_organisation(session, who, organisation, FULL, 1, now=NOW),
            lambda session, who: organisations.state_accreditation(session, who, organisation, *CYCLE, now=NOW),
            lambda session, who: payment.give_account(session, who, organisation, IBAN, ATTEST, now=NOW),
        ):
            with pytest.raises(NotThere):
                done(act, actor)
    with pytest.raises(NotThere):
        done(payment.give_account, joined(organisation, MemberRole.EDITOR), organisation, IBAN, ATTEST, now=NOW)


def test_what_was_submitted_keeps_the_particulars_of_its_day(settings: Settings) -> None:
    a_call()
    owner, organisation = an_association(name="Vereniging Oud")
    reference = an_application("submitted", by=(owner, organisation))
    done(organisations.change_organisation, owner, organisation, FULL, seen(organisation), now=NOW)
    (receipt,) = asked(applications.receipts, asked(applications.view, reference).id)
    applicant = receipt.content["applicant"]
    assert (applicant["name"], applicant["type"], "iban" in applicant) == ("Vereniging Oud", "other-nonprofit", False)
    assert asked(queries.organisation_view, organisation).name == "Vereniging"


# Accreditation


@given(st.lists(st.tuples(st.dates(), st.none() | st.dates(), st.booleans())), st.dates())
def test_a_confirmed_period_never_counts_less_than_the_same_one_stated(
    given_periods: list[tuple[date, date | None, bool]], at: date
) -> None:
    periods = [Period(*one) for one in given_periods]
    standing = rules.applicant_standing(periods, at)
    better = rules.applicant_standing([replace(one, confirmed=True) for one in periods], at)
    assert (better.type, better.confirmed) == (standing.type, True)


def test_an_accreditation_is_stated_then_confirmed_for_corrected_days(settings: Settings) -> None:
    owner, organisation = an_association()
    stated = done(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW)
    at = date(2026, 12, 15)
    assert asked(queries.applicant_standing_at, organisation, at).confirmed is False
    done(organisations.confirm_accreditation, an_administrator(), stated, date(2022, 1, 1), date(2026, 12, 1), now=NOW)
    assert asked(queries.applicant_type_at, organisation, at) is ApplicantType.OTHER_NONPROFIT
    standing = asked(queries.applicant_standing_at, organisation, date(2026, 12, 1))
    assert (standing.type, standing.confirmed) == (ApplicantType.ACCREDITED, True)
    work_off()
    assert [mail.kind for mail in asked(letters.mailbox)] == ["accreditation-confirmed"]


def test_a_refused_accreditation_counts_for_nothing_and_its_reason_is_mailed(settings: Settings) -> None:
    owner, organisation = an_association()
    stated = done(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW)
    clerk = an_administrator()
    assert refusal(organisations.refuse_accreditation, clerk, stated, " ", now=NOW).code == "reason-needed"
    done(organisations.refuse_accreditation, clerk, stated, "Staat niet op de lijst.", now=NOW)
    assert asked(queries.applicant_type_at, organisation, date(2026, 1, 1)) is ApplicantType.OTHER_NONPROFIT
    again = refusal(organisations.confirm_accreditation, clerk, stated, *CYCLE, now=NOW)
    assert again.code == "accreditation-judged"
    work_off()
    (mail,) = asked(letters.mailbox)
    assert "Staat niet op de lijst." in mail.body


def test_a_statement_nobody_judged_yet_is_replaced_and_the_same_one_refused(settings: Settings) -> None:
    owner, organisation = an_association()
    first = done(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW)
    assert refusal(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW).code == (
        "accreditation-known"
    )  # fmt: skip
    second = done(organisations.state_accreditation, owner, organisation, date(2027, 1, 1), None, now=NOW)
    assert first == second
    backwards = refusal(organisations.state_accreditation, owner, organisation, CYCLE[1], CYCLE[0], now=NOW)
    assert (backwards.code, backwards.field) == ("accreditation-backwards", "ends")


def test_what_hangs_on_an_unconfirmed_accreditation_waits_for_a_person(settings: Settings) -> None:
    a_call()
    owner, organisation = an_association()
    stated = done(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW)
    high = an_application("submitted", {"requested": 12_000_000}, by=(owner, organisation))
    low = an_application("submitted", by=an_association(accredited_from=CYCLE[0], accredited_until=CYCLE[1]))
    for reference in (high, low):
        done(eligibility.screen, SYSTEM, reference, now=NOW)
    doubts = [
        [reason.code for check in asked(eligibility_queries.screening, reference).checks for reason in check.reasons]
        for reference in (high, low)
    ]
    assert doubts == [["accreditation-unconfirmed"], []]  # the low amount stands either way
    assert refusal(eligibility.admit, SYSTEM, high, now=NOW).code == "conditions-open"
    done(organisations.confirm_accreditation, an_administrator(), stated, *CYCLE, now=NOW)
    done(eligibility.screen, SYSTEM, high, now=NOW)
    done(eligibility.admit, SYSTEM, high, now=NOW)


def test_an_accreditation_stated_after_the_submission_changes_nothing_about_it(settings: Settings) -> None:
    a_call()
    owner, organisation = an_association()
    reference = an_application("submitted", by=(owner, organisation))
    done(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW + DAY)
    assert asked(applications.view, reference).type is ApplicantType.OTHER_NONPROFIT
    draft = an_application(by=(owner, organisation), now=NOW + 2 * DAY)
    assert asked(applications.view, draft).type is ApplicantType.ACCREDITED


def test_nobody_judges_the_accreditation_of_their_own_organisation(settings: Settings) -> None:
    owner, organisation = an_association()
    stated = done(organisations.state_accreditation, owner, organisation, *CYCLE, now=NOW)
    both = an_administrator()
    done(membership.admit_member, organisation, both.person_id, MemberRole.READER)
    for actor in (both, owner, a_person()):
        with pytest.raises(NotThere):
            done(organisations.confirm_accreditation, actor, stated, *CYCLE, now=NOW)
        with pytest.raises(NotThere):
            done(organisations.refuse_accreditation, actor, stated, "nee", now=NOW)


# The account number


def standings(organisation: int) -> list[AccountStanding]:
    return [one.standing for one in asked(payment.accounts_of, organisation)]


def given_account(iban: str = IBAN) -> tuple[Actor, int, int]:
    """An owner, their organisation, and the account it gave."""
    owner, organisation = an_association()
    return owner, organisation, done(payment.give_account, owner, organisation, iban, ATTEST, now=NOW)


def test_an_account_needs_a_certificate_that_is_a_document(settings: Settings) -> None:
    owner, organisation = an_association()
    codes = [
        refusal(payment.give_account, owner, organisation, iban, certificate, now=NOW).code
        for iban, certificate in (
            (IBAN, None), ("BE00", ATTEST), (IBAN, Certificate("x.exe", b"MZ" * 40)), (IBAN, Certificate("x.pdf", b"")),
        )
    ]  # fmt: skip
    assert codes == ["certificate-needed", "iban-wrong", "document-kind-refused", "certificate-needed"]
    assert standings(organisation) == []


def test_an_account_counts_after_two_looks_by_two_persons(settings: Settings) -> None:
    _, organisation, account = given_account()
    first, second = an_administrator(), an_administrator()
    assert refusal(payment.confirm_account, second, account, now=NOW).code == "account-not-open"
    done(payment.look_at_account, first, account, now=NOW)
    assert standings(organisation) == [AccountStanding.SECOND_LOOK]
    assert refusal(payment.confirm_account, first, account, now=NOW).code == "second-look-by-another"
    done(payment.confirm_account, second, account, now=NOW)
    (view,) = asked(payment.accounts_of, organisation)
    assert (view.standing, view.looked_by_id, view.iban, view.certificate_name) == (
        AccountStanding.CONFIRMED, first.person_id, "BE•• •••• •••• 7034", "attest bank.pdf",
    )  # fmt: skip
    assert refusal(payment.refuse_account, first, account, "toch niet", now=NOW).code == "account-not-open"


def test_the_database_itself_wants_four_eyes(settings: Settings) -> None:
    _, _, account = given_account()
    clerk = an_administrator()
    done(payment.look_at_account, clerk, account, now=NOW)

    def force(session: object) -> None:
        row = session.get_one(BankAccount, account)  # type: ignore[attr-defined]
        row.confirmed_at, row.confirmed_by = NOW, clerk.person_id

    with pytest.raises(IntegrityError):
        done(force)


def test_another_number_is_to_be_checked_anew_and_the_owners_are_warned(settings: Settings) -> None:
    owner, organisation, account = given_account()
    for clerk, act in ((an_administrator(), payment.look_at_account), (an_administrator(), payment.confirm_account)):
        done(act, clerk, account, now=NOW)
    assert done(payment.give_account, owner, organisation, IBAN, None, now=NOW) == account  # the same is no change
    done(payment.give_account, owner, organisation, OTHER_IBAN, ATTEST, now=NOW)
    assert standings(organisation) == [AccountStanding.TO_CHECK, AccountStanding.REPLACED]
    assert asked(queries.organisation_view, organisation).iban == "BE•• •••• •••• 6769"
    work_off()
    assert [mail.kind for mail in asked(letters.mailbox)] == ["account-changed", "account-confirmed"]
    assert refusal(payment.refuse_account, an_administrator(), account, "oud", now=NOW).code == "account-not-open"


def test_a_refused_account_gives_its_place_back_to_the_one_before(settings: Settings) -> None:
    owner, organisation, _ = given_account()
    wrong = done(payment.give_account, owner, organisation, OTHER_IBAN, ATTEST, now=NOW)
    done(payment.refuse_account, an_administrator(), wrong, "Andere houder.", now=NOW)
    assert standings(organisation) == [AccountStanding.REFUSED, AccountStanding.TO_CHECK]
    assert asked(queries.organisation_view, organisation).iban == "BE•• •••• •••• 7034"


def test_every_reading_of_a_whole_number_is_written_down_and_masked_there(settings: Settings) -> None:
    owner, organisation, account = given_account()
    clerk = an_administrator()
    assert done(payment.full_number, clerk, account, now=NOW) == "BE68539007547034"
    name, media_type, content = done(payment.certificate, clerk, account, now=NOW)
    assert (name, media_type, content) == ("attest bank.pdf", "application/pdf", ATTEST.content)
    happened = asked(entries, f"organisation:{organisation}")
    readings = [entry for entry in happened if entry.event is Event.READ_ACCOUNT_NUMBER]
    assert [(entry.actor, entry.facts["iban"]) for entry in readings] == [("Ada", "BE•• •••• •••• 7034")] * 2
    assert "539007547034" not in str([dict(entry.facts) for entry in happened])
    both = an_administrator()
    done(membership.admit_member, organisation, both.person_id, MemberRole.OWNER)
    for actor in (owner, both, a_person()):
        with pytest.raises(NotThere):
            done(payment.full_number, actor, account, now=NOW)
        with pytest.raises(NotThere):
            done(payment.certificate, actor, account, now=NOW)


def test_an_account_without_certificate_cannot_be_checked_until_it_has_one(settings: Settings) -> None:
    owner, organisation = an_association(iban=IBAN)
    (account,) = asked(payment.accounts_of, organisation)
    assert account.standing is AccountStanding.CERTIFICATE_MISSING
    assert refusal(payment.look_at_account, an_administrator(), account.id, now=NOW).code == "account-not-open"
    assert done(payment.give_account, owner, organisation, IBAN, ATTEST, now=NOW) == account.id
    assert standings(organisation) == [AccountStanding.TO_CHECK]


# The office's list


def test_the_office_finds_organisations_and_what_waits_for_it(settings: Settings) -> None:
    _, plain = an_association(name="École du Nord", city="Liège", enterprise_number="0407626464")
    _, waiting, _ = given_account()
    stating = an_association(accredited_from=CYCLE[0])[1]

    def ids(wanted: str, *, waits: bool = False) -> list[int]:
        return [one.id for one in asked(directory.found, wanted, waiting=waits)]

    assert ids("école nord") == ids("ÉCOLE") == ids("liège") == ids("0407.626.464") == ids("407626") == [plain]
    assert ids("école brussel") == ids("%") == ids("_") == []
    assert sorted(ids("", waits=True)) == [waiting, stating]
    found = {one.id: (one.accreditation_waits, one.account_waits) for one in asked(directory.found, "")}
    assert found == {plain: (False, False), waiting: (False, True), stating: (True, False)}
    done(payment.refuse_account, an_administrator(), asked(payment.accounts_of, waiting)[0].id, "nee", now=NOW)
    assert ids("", waits=True) == [stating]
