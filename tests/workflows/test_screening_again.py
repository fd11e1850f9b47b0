"""A verdict says what it looked at; it is judged again when what it rests on changes, and a person's word with it."""

from datetime import date, timedelta

from config.settings import Settings
from tests.builders import (
    NOW,
    a_call,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    terms,
    work_off,
)
from workflows.calls import actions as calls
from workflows.eligibility import actions as eligibility
from workflows.eligibility import queries
from workflows.eligibility.queries import CheckView
from workflows.letters import queries as letters
from workflows.letters.blocks import Items, from_json
from workflows.people import organisations
from workflows.permissions import SYSTEM
from workflows.submission import actions as submission

LATER = NOW + timedelta(hours=1)
ONCE = {"kind": "one-per-organisation", "name": {"nl": "Eén", "fr": "Une", "en": "One"}}
AMOUNT = {"kind": "amount", "name": {"nl": "Bedrag", "fr": "Montant", "en": "Amount"}}


def check(reference: str, number: int) -> CheckView:
    found: CheckView = asked(queries.screening, reference).checks[number]
    return found


def screen(reference: str) -> str:
    done(eligibility.screen, SYSTEM, reference, now=NOW)
    return reference


def test_a_verdict_says_the_answers_it_looked_at_and_what_stood_beside_them(settings: Settings) -> None:
    a_call()
    reference = screen(an_application("submitted", {"zone": "OPT", "places": ["GAZA"]}))
    places, amount, personality = (check(reference, number) for number in (1, 2, 3))
    assert [(one.label["nl"], one.shown["nl"], one.question) for one in places.seen] == [
        ("Zone", "Bezette Palestijnse gebieden", "zone"), ("Plaatsen", "Gazastrook", "places"),
    ]  # fmt: skip
    assert places.questions == ("zone", "places")
    assert [one.label["en"] for one in amount.seen] == ["Amount requested", "Type of applicant", "Reference date"]
    assert [(one.label["fr"], one.shown["fr"]) for one in personality.seen] == [
        ("Forme juridique", "vzw"), ("Pays du siège", "BE"),
    ]  # fmt: skip


def test_nothing_is_due_twice(settings: Settings) -> None:
    a_call()
    reference = an_application("submitted")
    assert asked(queries.unscreened, NOW) == [reference]
    screen(reference)
    assert asked(queries.unscreened, NOW) == []


def test_a_second_file_and_its_withdrawal_make_the_first_be_judged_again(settings: Settings) -> None:
    a_call(terms(conditions=[ONCE]))
    by = an_association()
    first = screen(an_application("submitted", by=by))
    second = an_application("submitted", by=by)
    assert asked(queries.unscreened, NOW) == [first, second]
    assert refusal(eligibility.admit, an_administrator(), first, now=NOW).code == "screening-due"
    screen(first)
    screen(second)
    assert (check(first, 0).ok, check(first, 0).reasons[0].facts) == (None, {"others": [second]})
    done(submission.withdraw, by[0], second, "toch niet", now=NOW)
    assert asked(queries.unscreened, NOW) == [first]
    screen(first)
    assert check(first, 0).ok is True
    earlier = check(first, 0).earlier
    assert earlier is not None
    assert (earlier.ok, earlier.submission) == (None, 1)


def test_a_confirmed_accreditation_settles_what_waited_for_it(settings: Settings) -> None:
    a_call(terms(conditions=[AMOUNT]))
    by = an_association()
    stated = done(organisations.state_accreditation, *by, date(2020, 1, 1), None, now=NOW)
    reference = screen(an_application("submitted", {"requested": 12_000_000}, by=by))
    assert check(reference, 0).reasons[0].code == "accreditation-unconfirmed"
    done(organisations.confirm_accreditation, an_administrator(), stated, date(2020, 1, 1), None, now=LATER)
    assert asked(queries.unscreened, NOW) == [reference]
    screen(reference)
    assert check(reference, 0).ok is True


def test_a_persons_word_stays_while_it_is_about_the_same_and_is_earlier_once_it_is_not(settings: Settings) -> None:
    a_call(terms(conditions=[AMOUNT, ONCE]))
    administrator, by = an_administrator(), an_association()
    reference = screen(an_application("submitted", by=by))
    done(eligibility.overrule, administrator, reference, 0, False, "te duur", now=NOW)
    another = screen(an_application("submitted", by=by))
    screen(reference)
    assert (check(reference, 0).ok, check(reference, 0).overruled_reason) == (False, "te duur")
    done(eligibility.overrule, administrator, reference, 1, True, "dit dossier telt", now=NOW)
    done(submission.withdraw, by[0], another, "toch niet", now=NOW)
    screen(reference)
    one = check(reference, 1)
    assert (one.ok, one.overruled_reason) == (True, "")
    assert one.earlier is not None
    assert (one.earlier.ok, one.earlier.remark) == (True, "dit dossier telt")


def test_changed_terms_have_every_waiting_file_judged_again(settings: Settings) -> None:
    a_call(terms(conditions=[AMOUNT]))
    reference = screen(an_application("submitted", {"requested": 2_000_000}))
    lower = [{"type": "other-nonprofit", "floor_cents": 1_000_000, "ceiling_cents": 1_500_000}]
    changed = terms(conditions=[AMOUNT], applicants=lower)
    done(calls.import_call, SYSTEM, changed, now=NOW, reason="minder geld")
    assert asked(queries.unscreened, NOW) == [reference]
    work_off(NOW)
    assert (check(reference, 0).ok, check(reference, 0).reasons[0].code) == (False, "amount-above-ceiling")
    earlier = check(reference, 0).earlier
    assert earlier is not None
    assert earlier.ok is True


def test_the_letter_names_the_article_and_quotes_what_was_judged_and_waits_for_its_release(settings: Settings) -> None:
    article = {"nl": "artikel 4 van het reglement", "fr": "article 4 du règlement", "en": "article 4 of the rules"}
    a_call(terms(conditions=[{"kind": "places", "name": {"nl": "Plaats", "fr": "Lieu"}, "article": article}]))
    by = an_association("fr")
    reference = screen(an_application("submitted", {"zone": "OPT", "places": ["GAZA"]}, by=by, language="fr"))
    done(eligibility.declare_ineligible, an_administrator(), reference, now=NOW)
    work_off(NOW)
    (held,) = asked(letters.of_call, "small", held_only=True)
    (reasons,) = (block.texts for block in from_json(held.content).blocks if isinstance(block, Items))
    assert [text.replace("\u00a0", " ") for text in reasons] == [
        "Lieu (article 4 du règlement) : Le projet prévoit des activités à l’endroit suivant : bande de Gaza. Ce "
        "territoire est exclu de la zone Territoire palestinien occupé dans cette édition. Le dossier indique : Zone "
        "« Territoire palestinien occupé », Lieux « bande de Gaza »."
    ]
