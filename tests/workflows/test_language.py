"""Every sentence in the three languages, with the same facts in each; days and moments in words."""

import re
import string
from datetime import UTC, date, datetime

import pytest

from workflows.language import (
    LANGUAGES,
    fill,
    placeholders,
    say,
    seen_length,
    sentences,
    show_day,
    show_moment,
    show_score,
    show_share,
    text_in,
)
from workflows.problems import Reason

THE_SAME_WORD = {
    ("change-line", "nl", "en"),
    ("answer-total", "fr", "en"), ("budget-funder", "fr", "en"),
    ("letter-condition", "nl", "en"), ("letter-condition-of-article", "nl", "en"), ("letter-seen", "nl", "en"),
    ("letter-document", "nl", "en"), ("letter-document", "nl", "fr"), ("letter-document", "fr", "en"),
    ("letter-organisation", "fr", "en"), ("letter-project", "nl", "en"), ("letter-reference", "nl", "fr"),
    ("replay-zone", "nl", "fr"), ("replay-zone", "nl", "en"), ("replay-zone", "fr", "en"),
    ("application-question", "fr", "en"),
}  # fmt: skip
"""Words that two languages share; any other sentence that is the same twice was forgotten to be translated."""

SPECS = {"", "money", "moment", "day", "score", "reason", "share", "wall"}


def fields(template: str) -> list[tuple[str, str]]:
    """The placeholders of a sentence with the way each is written, in alphabetical order."""
    return sorted({(name, spec or "") for _, name, spec, _ in string.Formatter().parse(template) if name is not None})


@pytest.mark.parametrize("code", sorted(sentences()))
def test_a_sentence_is_there_in_dutch_french_and_english_with_the_same_facts(code: str) -> None:
    sentence = sentences()[code]
    assert tuple(sentence) == LANGUAGES
    assert [text.strip() == text.removesuffix("\n") != "" for text in sentence.values()] == [True, True, True]
    assert fields(sentence["nl"]) == fields(sentence["fr"]) == fields(sentence["en"])
    assert {spec for _, spec in fields(sentence["nl"])} - SPECS == set()


def test_no_sentence_is_the_same_in_two_languages_by_accident() -> None:
    same = {
        (code, one, other)
        for code, sentence in sentences().items()
        for one, other in (("nl", "fr"), ("nl", "en"), ("fr", "en"))
        if sentence[one] == sentence[other]
    }
    assert same == THE_SAME_WORD


def test_french_keeps_its_double_marks_on_the_line_of_their_word() -> None:
    loose = [code for code, sentence in sentences().items() if re.search(r" [:;?!»]|« ", sentence["fr"])]
    assert loose == []


def test_a_reason_is_said_with_its_facts_written_the_local_way() -> None:
    reason = Reason("amount-above-ceiling", {"requested": 12_500_000, "ceiling": 2_500_050, "floor": 0})
    assert [say(reason, language) for language in LANGUAGES] == [
        "U vraagt €\u00a0125.000. Voor uw type organisatie is het maximum in deze oproep €\u00a025.000,50.",
        "Vous demandez 125\u202f000\u00a0€. Pour votre type d’organisation, le maximum de cet appel est de "
        "25\u202f000,50\u00a0€.",
        "You ask for €125,000. For your type of organisation the most in this call is €25,000.50.",
    ]


def test_a_deadline_is_said_in_brussels_time() -> None:
    reason = Reason(
        "deadline-passed", {"closes_at": "2026-12-15T15:00:00+00:00", "received_at": "2026-12-15T15:00:01+00:00"}
    )
    assert [say(reason, language) for language in LANGUAGES] == [
        "De oproep sloot op 15 december 2026 om 16:00. Wat u stuurde, kwam aan op 15 december 2026 om 16:00:01 "
        "(Brusselse tijd) en is dus te laat. Wat u eerder bewaarde, blijft bewaard.",
        "L’appel s’est clôturé le 15 décembre 2026 à 16\u00a0h\u00a000. Votre envoi est arrivé le 15 décembre 2026 "
        "à 16\u00a0h\u00a000\u00a0min"
        "\u00a001\u00a0s (heure de Bruxelles)\u00a0: il est donc tardif. Ce que vous aviez enregistré reste conservé.",
        "The call closed on 15 December 2026 at 16:00. What you sent arrived on 15 December 2026 at 16:00:01 "
        "(Brussels time), so it is late. What you saved before is kept.",
    ]


def test_facts_that_are_texts_of_the_call_are_said_in_the_language_and_lists_with_commas() -> None:
    zones = [{"nl": "Kinshasa", "fr": "Kinshasa", "en": ""}, {"nl": "Marokko", "fr": "Maroc", "en": "Morocco"}]
    said = [fill("{zone}: {zones}", {"zone": "X", "zones": zones}, language) for language in LANGUAGES]
    assert said == ["X: Kinshasa, Marokko", "X: Kinshasa, Maroc", "X: Kinshasa, Morocco"]


@pytest.mark.parametrize(
    ("instant", "nl", "fr", "en"),
    [
        (datetime(2027, 1, 29, 15, 0, tzinfo=UTC), "29 januari 2027 om 16:00", "29 janvier 2027 à 16 h 00",
         "29 January 2027 at 16:00"),
        (datetime(2027, 7, 1, 14, 0, tzinfo=UTC), "1 juli 2027 om 16:00", "1er juillet 2027 à 16 h 00",
         "1 July 2027 at 16:00"),
        (datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC), "28 maart 2027 om 01:59:59", "28 mars 2027 à 1 h 59 min 59 s",
         "28 March 2027 at 01:59:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "28 maart 2027 om 03:00", "28 mars 2027 à 3 h 00",
         "28 March 2027 at 03:00"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "31 oktober 2027 om 02:30", "31 octobre 2027 à 2 h 30",
         "31 October 2027 at 02:30"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "31 oktober 2027 om 02:30", "31 octobre 2027 à 2 h 30",
         "31 October 2027 at 02:30"),
        (datetime(2027, 12, 31, 23, 0, tzinfo=UTC), "1 januari 2028 om 00:00", "1er janvier 2028 à 0 h 00",
         "1 January 2028 at 00:00"),
    ],
)  # fmt: skip
def test_a_moment_is_told_in_brussels_time_across_the_change_of_the_clocks(
    instant: datetime, nl: str, fr: str, en: str
) -> None:
    assert [show_moment(instant, language).replace("\u00a0", " ") for language in LANGUAGES] == [nl, fr, en]
    assert show_moment(instant.isoformat(), "nl") == show_moment(instant, "nl")


def test_a_day_and_a_score_are_written_the_local_way() -> None:
    assert [show_day(date(2027, 1, 1), language) for language in LANGUAGES] == [
        "1 januari 2027", "1er janvier 2027", "1 January 2027",
    ]  # fmt: skip
    assert [show_score(7405, language) for language in LANGUAGES] == ["74,05", "74,05", "74.05"]
    assert [show_score(points, "nl") for points in (0, 9, 100, 10_000)] == ["0,00", "0,09", "1,00", "100,00"]


def test_a_missing_text_falls_back_to_another_official_language() -> None:
    assert text_in({"nl": "Zuid", "fr": "Sud", "en": ""}, "en") == "Sud"
    assert text_in({"nl": "", "fr": "Sud"}, "nl") == "Sud"
    assert text_in({"nl": "Zuid", "fr": ""}, "fr") == "Zuid"
    assert text_in({"en": "South"}, "nl") == "South"
    assert text_in({}, "nl") == ""
    assert text_in("een gewone tekst", "fr") == "een gewone tekst"


def test_no_code_runs_in_a_template_that_people_edit() -> None:
    with pytest.raises(KeyError):
        fill("{reference.__class__.__mro__}", {"reference": "S26-0001"}, "nl")
    with pytest.raises(KeyError):
        fill("{reference[0]}", {"reference": "S26-0001"}, "nl")
    assert placeholders("{reference} vraagt {requested:money}, {{niet dit}}") == {"reference", "requested:money"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", 0), ("é", 1), ("e\u0301", 1), ("ɛ\u0301", 1), ("a\nb", 3), ("a\r\nb", 3), ("👩\u200d🌾", 1),
        ("👍🏾", 1), ("🇧🇪", 1), ("🇧🇪🇨🇩", 2), ("🇧🇪 x", 3), ("❤\ufe0f", 1), ("كلمة", 4),
    ],
)  # fmt: skip
def test_a_text_is_as_long_as_a_person_sees_it(text: str, seen: int) -> None:
    assert seen_length(text) == seen


def test_a_share_is_written_as_the_language_does() -> None:
    shares = (700, 1250, 1205, 10_000)
    assert [[show_share(one, language) for one in shares] for language in LANGUAGES] == [
        ["7\u00a0%", "12,5\u00a0%", "12,05\u00a0%", "100\u00a0%"],
        ["7\u00a0%", "12,5\u00a0%", "12,05\u00a0%", "100\u00a0%"],
        ["7%", "12.5%", "12.05%", "100%"],
    ]
