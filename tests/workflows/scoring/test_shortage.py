"""Where a jury cannot be assigned in full, the set that lacks something is named, and it really lacks it."""

from collections import Counter

import pytest
from hypothesis import given

from tests.workflows.scoring.juries import a_file, a_juror, a_jury, juries, some
from workflows.language import say
from workflows.scoring.jury import Jury, hindrance, knows_theme
from workflows.scoring.matching import Matching, match
from workflows.scoring.shortage import NAMED, language_name


def lacking(found: Matching) -> list[tuple[str, object, object, object, object]]:
    return [
        (one.code, one.facts["references"], one.facts["people"], one.facts["needed"], one.facts["possible"])
        for one in found.reasons
    ]


def test_files_of_a_language_with_too_few_jurors_are_named_together() -> None:
    files = [a_file(f"N{number}", "nl", 3) for number in range(1, 5)] + [a_file("F1", "fr", 2)]
    jurors = [a_juror(1, "nl", most=9), a_juror(2, "nl fr", most=9), a_juror(3, "fr", most=9)]
    found = match(a_jury(files, jurors))
    assert lacking(found) == [("jury-lacks-jurors", ["N1", "N2", "N3", "N4"], [1, 2], 3, 2)]
    assert (found.short, len(found.pairs)) == ((("N1", 1), ("N2", 1), ("N3", 1), ("N4", 1)), 10)
    assert [say(found.reasons[0], language) for language in ("nl", "fr", "en")] == [
        "Te weinig juryleden voor deze dossiers (Nederlands; 4): N1, N2, N3, N4. "
        "Nog nodig per dossier: 3; beschikbaar: 2 (Juror 1, Juror 2).",
        "Trop peu de membres du jury pour ces dossiers (néerlandais ; 4) : N1, N2, N3, N4. "
        "Nombre encore nécessaire par dossier : 3 ; disponibles : 2 (Juror 1, Juror 2).".replace(" ;", "\u00a0;")
        .replace(" :", "\u00a0:"),
        "Too few jurors for these files (Dutch; 4): N1, N2, N3, N4. "
        "Still needed per file: 3; available: 2 (Juror 1, Juror 2).",
    ]  # fmt: skip


def test_files_that_nobody_can_judge_are_named() -> None:
    found = match(a_jury([a_file("F1", "fr"), a_file("F2", conflicted=[1])], [a_juror(1, most=1)]))
    assert lacking(found) == [("jury-lacks-anyone", ["F1", "F2"], [], 2, 0)]
    assert match(a_jury([a_file("F1")], [])).short == (("F1", 2),)


def test_files_whose_jurors_are_full_are_named_with_their_places() -> None:
    files = [a_file(f"N{number}", "nl", 2) for number in range(1, 4)] + [a_file("F1", "fr", 1), a_file("F2", "fr", 1)]
    jurors = [a_juror(1, "nl", most=2), a_juror(2, "nl", most=2), a_juror(3, "fr", most=5)]
    found = match(a_jury(files, jurors))
    assert lacking(found) == [("jury-lacks-places", ["N1", "N2", "N3"], [1, 2], 6, 4)]
    assert found.short == (("N2", 1), ("N3", 1))


def test_a_file_whose_only_expert_another_file_needs_counts_with_that_seat_alone() -> None:
    files = [a_file("F1", "fr", 1), a_file("N1", "nl", 2, themes=["water"])]
    found = match(
        a_jury(files, [a_juror(1, "nl fr", "water", most=1), a_juror(2, "nl", most=9), a_juror(3, "nl", most=9)])
    )
    assert lacking(found) == [("jury-lacks-places", ["F1", "N1"], [1], 2, 1)]
    assert found.short == (("F1", 1),)


def test_themes_nobody_knows_and_experts_without_room_are_named() -> None:
    files = [a_file("F1", wanted=1, themes=["work"]), *(a_file(f"W{n}", wanted=1, themes=["water"]) for n in (1, 2, 3))]
    jurors = [a_juror(1, themes="water", most=2), a_juror(2, most=9)]
    found = match(a_jury(files, jurors, themes={"work": {"nl": "Werk", "fr": "Travail", "en": "Work"}}))
    assert lacking(found) == [
        ("jury-lacks-expert", ["F1"], [], 1, 0),
        ("jury-lacks-expert-places", ["W1", "W2", "W3"], [1], 3, 2),
    ]
    assert (found.short, len(found.pairs)) == ((), 4)
    assert say(found.reasons[0], "en") == (
        "Nobody who knows a theme of these files can judge them: F1. Themes: Work."
    )  # fmt: skip


def test_jurors_who_cannot_reach_their_least_are_named() -> None:
    jurors = [a_juror(1, "fr", least=3, most=9), a_juror(2, "nl", most=9), a_juror(3, "fr nl", least=1, most=9)]
    found = match(a_jury([a_file("F1", "fr", 1), a_file("F2", "fr", 1), a_file("N1", "nl", 1)], jurors))
    assert lacking(found) == [("jury-lacks-files", [], [1], 3, 2)]
    assert found.loads == {1: 2, 2: 0, 3: 1}


@some
@given(juries())
def test_a_named_set_really_lacks_what_is_said(jury: Jury) -> None:
    """Each reason is a proof of its own: counted from the jury alone, the set can get no more than is said."""
    files = {file.reference: file for file in jury.files}
    jurors = {juror.person_id: juror for juror in jury.jurors}
    able = {
        reference: {one for one in jurors if hindrance(file, jurors[one]) is None and one not in file.locked}
        for reference, file in files.items()
    }
    locked = Counter(person for _, person in jury.locked)
    seats = {reference: max(0, file.wanted - len(file.locked)) for reference, file in files.items()}
    for reason in match(jury).reasons:
        around, people = reason.facts["references"], set(reason.facts["people"])
        needed, possible = reason.facts["needed"], reason.facts["possible"]
        assert possible < needed
        match reason.code:
            case "jury-lacks-jurors" | "jury-lacks-anyone":
                assert [(seats[one], able[one]) for one in around] == [(needed, people)] * len(around)
                assert possible == len(people)
            case "jury-lacks-expert":
                assert all(not any(knows_theme(files[one], jurors[two]) for two in able[one]) for one in around)
            case "jury-lacks-expert-places":
                experts = {one: {two for two in able[one] if knows_theme(files[one], jurors[two])} for one in around}
                room = sum(max(0, jurors[one].most - locked[one]) for one in people)
                assert possible == room + sum(min(1, len(experts[one] - people)) for one in around)
                assert needed == len(around)
            case "jury-lacks-places":
                room = sum(max(0, jurors[one].most - locked[one]) for one in people)
                assert needed <= sum(min(seats[one], len(able[one])) for one in around)
                assert possible >= room
                assert possible <= room + sum(len(able[one] - people) for one in around)
            case "jury-lacks-files":
                assert needed <= sum(max(0, jurors[one].least - locked[one]) for one in people)
                assert possible <= sum(1 for one in able for two in people if two in able[one])
            case other:
                pytest.fail(other)


def test_of_many_files_a_sentence_names_a_dozen_and_counts_the_rest() -> None:
    found = match(a_jury([a_file(f"F{number:02}", "fr") for number in range(20)], [a_juror(1)]))
    assert len(found.reasons[0].facts["references"]) == 20
    named = ", ".join(f"F{number:02}" for number in range(NAMED))
    assert f" (Frans; 20): {named}, … (+ 8). " in say(found.reasons[0], "nl")
    assert language_name("fr") == {"nl": "Frans", "fr": "français", "en": "French"}
