"""What a form can ask, of whom, and who reads it: kinds, bounds, conditions that chain, columns for the office."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.settings import Settings
from tests.builders import NOW, a_call, an_association, asked, done, refusal
from tests.every_kind import A_BUDGET, FULL, every_kind
from workflows.calls import asking
from workflows.calls.form import Meaning, Question, Reader
from workflows.calls.sdg import GOALS
from workflows.calls.terms import Terms
from workflows.canonical import canonical
from workflows.eligibility.rules import Facts, judge
from workflows.language import LANGUAGES, say
from workflows.people.rules import ApplicantType
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries, rules
from workflows.submission.shapes import fits, fitting
from workflows.submission.shown import grids, in_words

OTHER, ACCREDITED = ApplicantType.OTHER_NONPROFIT, ApplicantType.ACCREDITED
NAMED = {"nl": "N", "fr": "N"}


def a_question(id: str, kind: str = "yes-no", **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "label": NAMED, **more}


def with_questions(*questions: dict[str, Any]) -> Terms:
    """The call with one more section of these questions."""
    data = every_kind().model_dump(mode="json", exclude_none=True)
    data["sections"].append({"id": "more", "title": NAMED, "questions": list(questions)})
    return Terms.model_validate(data)


def refused(*questions: dict[str, Any]) -> str:
    """The first complaint about a form with these questions."""
    with pytest.raises(ValidationError) as caught:
        with_questions(*questions)
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


def a_draft(**answers: Any) -> rules.Draft:
    return rules.Draft({**FULL, **answers}, (), OTHER)


def wrong(**answers: Any) -> list[tuple[str, str | None]]:
    """The codes and fields of what is wrong with the full draft after these changes."""
    return [(one.code, one.field) for one in rules.wrong(every_kind(), a_draft(**answers))]


def a_file(**answers: Any) -> tuple[Actor, str]:
    """Somebody with a file in the call, filled in but for these changes."""
    a_call(every_kind())
    actor, organisation = an_association()
    reference = done(submission.start, actor, "every", organisation, "nl", now=NOW)
    done(submission.save_answers, actor, reference, {**FULL, **answers}, now=NOW)
    return actor, reference


# What a call file may say of a question


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        (a_question("x", "table"), "columns: wanted for a table, and only there"),
        (a_question("x", columns=[{"id": "a", "kind": "number", "label": NAMED}]),
         "columns: wanted for a table, and only there"),
        (a_question("x", "number", max_length=3), "max_length: only for short-text and long-text"),
        (a_question("x", "date", at_most=3),
         "at_most: only for document, number, places, sdg, several-of, table"),
        (a_question("x", accepted=["pdf"]), "accepted: only for a document"),
        (a_question("x", "number", at_least=5, at_most=4), "at_least: expected at most 4"),
        (a_question("x", "sdg", at_most=18), "at_most: expected at most 17"),
        (a_question("x", "document", at_least=6), "at_least: expected at most 5"),
        (a_question("x", "document", at_most=0), "at_most: expected at least 1"),
        (a_question("x", "several-of", at_most=2, choices=[{"code": "a", "label": NAMED}]),
         "at_most: expected at most 1"),
        (a_question("x", "one-of", choices=[{"code": "a", "label": NAMED}] * 2),
         "choices.code: a stands there twice, expected each once"),
        (a_question("x", "number", means="title"), "kind: what means title is of kind short-text"),
        (a_question("x", only_if={"question": "zone"}), "question, answers: expected both or neither"),
        (a_question("x", only_if={}), "expected a question with its answers, or applicant_types"),
        (a_question("x", only_if={"question": "moon", "answers": ["yes"]}),
         "sections.questions.x.only_if.question: no question has the id moon"),
        (a_question("x", only_if={"question": "title", "answers": ["yes"]}),
         "sections.questions.x.only_if.question: title is short-text, "
         "expected one of one-of, places, sdg, several-of, yes-no, zone"),
        (a_question("x", only_if={"question": "themes", "answers": ["moon"]}),
         "sections.questions.x.only_if.answers: moon is no answer to themes, expected one of school, water, work"),
        (a_question("x", "amount", means="total-budget"),
         "sections.questions.means: total-budget is meant twice, expected once"),
        (a_question("x", "budget"), "sections.questions.means: requested is meant twice, expected once"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused_with_what_was_expected(question: dict[str, Any], complaint: str) -> None:
    assert refused(question) == complaint


def test_questions_that_wait_for_each_other_in_a_circle_are_refused_with_the_circle() -> None:
    names = ("a", "b", "c")
    circle = [
        a_question(name, only_if={"question": names[number - 1], "answers": ["yes"]})
        for number, name in enumerate(names)
    ]
    assert refused(*circle) == "sections.questions.a.only_if.question: expected no circle (a → c → b → a)"
    own = a_question("a", only_if={"question": "a", "answers": ["yes"]})
    assert refused(own) == "sections.questions.a.only_if.question: expected no circle (a → a)"


def test_what_the_programme_needs_of_every_file_is_asked_of_everybody() -> None:
    data = every_kind().model_dump(mode="json", exclude_none=True)
    data["sections"][0]["questions"][0]["only_if"] = {"applicant_types": ["accredited"]}
    with pytest.raises(ValidationError, match=r"sections\.questions\.title\.only_if: what means title is always asked"):
        Terms.model_validate(data)


def test_a_budget_is_asked_where_the_call_has_one_and_only_there() -> None:
    data = every_kind().model_dump(mode="json", exclude_none=True)
    conditions = [{"kind": "complete", "name": NAMED}]
    with pytest.raises(ValidationError, match="budget: expected no question of kind budget"):
        Terms.model_validate({**data, "conditions": conditions, "budget": None})
    with pytest.raises(ValidationError, match=r"conditions\[0\]\.kind: budget-caps wants a budget"):
        Terms.model_validate({**data, "budget": None})
    without = {**data["budget"], "cofinancing_hundredths": None}
    with pytest.raises(ValidationError, match=r"conditions\[1\]\.kind: co-financing wants budget\.cofinancing"):
        Terms.model_validate({**data, "budget": without})


def test_the_goals_are_seventeen_each_with_its_number_in_three_languages() -> None:
    assert [(number, *(name.texts()[language].split(". ")[0] for language in LANGUAGES))
            for number, name in GOALS.items()] == [(str(n),) * 4 for n in range(1, 18)]  # fmt: skip
    assert GOALS["10"].texts() == {
        "nl": "10. Ongelijkheid verminderen", "fr": "10. Inégalités réduites", "en": "10. Reduced inequalities",
    }  # fmt: skip


# What is asked


def test_a_chain_of_answers_brings_its_questions_and_takes_them_away_again() -> None:
    def asked_of(type: ApplicantType = OTHER, **answers: Any) -> list[str]:
        sections = rules.sections(every_kind(), rules.Draft(answers, (), type))
        return [question.id for section in sections if section.id == "partners" for question in section.questions]

    assert asked_of() == ["partnered"]
    assert asked_of(ACCREDITED) == ["partnered", "accreditation"]
    assert asked_of(partnered=True) == ["partnered", "partner-list", "themes"]
    water = {"partnered": True, "themes": ["work", "water"], "permit": "yes"}
    assert asked_of(**water) == ["partnered", "partner-list", "themes", "permit", "permit-document"]
    assert asked_of(**{**water, "partnered": False}) == ["partnered"]


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.randoms())
def test_along_a_chain_everything_is_asked_up_to_the_first_no_in_whatever_order_it_stands(
    answers: list[bool], chance: Any
) -> None:
    chain = [
        Question.model_validate(
            a_question(f"q{n}", only_if={"question": f"q{n - 1}", "answers": ["yes"]} if n else None)
        )
        for n in range(len(answers))
    ]
    shuffled = chance.sample(chain, len(chain))
    reached = answers.index(False) + 1 if False in answers else len(answers)
    given_answers = {f"q{n}": answer for n, answer in enumerate(answers)}
    assert asking.asked(shuffled, given_answers, OTHER) == {f"q{n}" for n in range(reached)}


def test_what_is_not_asked_is_neither_missing_nor_wrong() -> None:
    empty_list = {"partner-list": [{"name": None, "role": None, "since": None, "share": None, "phone": None}]}
    draft = a_draft(partnered=False, **empty_list)
    assert [one.field for one in rules.missing(every_kind(), draft)] == []
    assert wrong(partnered=False, **empty_list) == []
    assert [one.field for one in rules.missing(every_kind(), a_draft(themes=["water"]))] == ["permit"]
    assert [one.field for one in rules.missing(every_kind(), a_draft(themes=["water"], permit="yes"))] == [
        "permit-document"
    ]


def test_what_is_not_asked_is_not_frozen_and_comes_back_with_the_answer_that_asks_it(settings: Settings) -> None:
    actor, reference = a_file(themes=["water"], permit="yes")
    page = one_page("Vergunning")
    done(submission.attach, actor, reference, "permit-document", "v.pdf", page, now=NOW)
    done(submission.save_answers, actor, reference, {"themes": ["work"]}, now=NOW)
    receipt = done(submission.submit, actor, reference, received_at=NOW)
    assert (receipt.content["answers"], receipt.content["documents"]) == ({**FULL, "themes": ["work"]}, [])
    assert receipt.digest == sha256(canonical(receipt.content).encode()).hexdigest()
    done(submission.reopen, actor, reference, now=NOW)
    done(submission.save_answers, actor, reference, {"themes": ["water"]}, now=NOW)
    again = done(submission.submit, actor, reference, received_at=NOW)
    assert again.content["answers"]["permit"] == "yes"
    assert [one["question"] for one in again.content["documents"]] == ["permit-document"]


def test_progress_counts_what_is_asked_only() -> None:
    def of(**answers: Any) -> list[rules.Progress]:
        draft = rules.Draft(answers, (), OTHER)
        return [rules.progress(section, draft) for section in rules.sections(every_kind(), draft)]

    assert of() == [rules.Progress(0, 6), rules.Progress(0, 1), rules.Progress(0, 1)]
    assert of(partnered=False)[1] == rules.Progress(1, 1)
    assert of(partnered=True)[1] == rules.Progress(1, 3)
    assert of(budget=A_BUDGET)[2] == rules.Progress(1, 1)


# What is an answer, and what is wrong with one


def test_half_a_period_no_row_and_a_budget_without_costs_are_no_answers() -> None:
    halves = {
        "period": {"from": "2027-09-01", "to": None}, "partner-list": None, "goals": None,
        "budget": {"lines": [], "own": 100, "funders": []},
    }  # fmt: skip
    fields = [one.field for one in rules.missing(every_kind(), a_draft(**halves))]
    assert fields == ["period", "goals", "partner-list", "budget"]


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ({}, []),
        ({"people": 10}, []),
        ({"people": 9}, [("number-too-small", "people")]),
        ({"people": 5000}, []),
        ({"people": 5001}, [("number-too-large", "people")]),
        ({"goals": ["1", "2", "3"]}, []),
        ({"goals": ["1", "2", "3", "4"]}, [("choices-too-many", "goals")]),
        ({"themes": ["work", "school"]}, []),
        ({"themes": ["work", "school", "water"], "permit": "no"}, [("choices-too-many", "themes")]),
        ({"period": {"from": "2027-09-01", "to": "2027-09-01"}}, []),
        ({"period": {"from": "2027-09-01", "to": "2027-08-31"}}, [("period-backwards", "period")]),
        ({"partner-list": [FULL["partner-list"][0]] * 4}, [("rows-too-many", "partner-list")]),
        ({"partner-list": [{**FULL["partner-list"][0], "name": "", "role": None}]}, [("cells-empty", "partner-list")]),
    ],
)  # fmt: skip
def test_an_answer_is_held_to_the_bounds_of_its_question_bounds_included(
    answers: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    assert wrong(**answers) == problems


def test_an_empty_cell_is_told_with_its_row_and_columns() -> None:
    row = {**FULL["partner-list"][0], "name": "", "role": None}
    problem = rules.wrong(every_kind(), a_draft(**{"partner-list": [FULL["partner-list"][1], row]}))[0]
    assert [say(problem.reason, language) for language in LANGUAGES] == [
        "“Partners”, rij 2: vul nog in: Naam, Rol.",
        "«\u00a0Partenaires\u00a0», ligne 2\u00a0: remplissez encore\u00a0: Nom, Rôle.",
        "“Partners”, row 2: still to fill in: Name, Role.",
    ]


def test_a_period_means_its_two_days() -> None:
    found = [rules.answer(every_kind(), a_draft(), meaning) for meaning in (Meaning.STARTS_ON, Meaning.ENDS_ON)]
    assert found == ["2027-09-01", "2028-08-31"]
    condition = every_kind().conditions[2]

    def lasts(ends: str) -> bool | None:
        draft = a_draft(period={"from": "2027-09-01", "to": ends})
        return judge(condition, Facts(every_kind(), draft, NOW, "vzw")).ok

    assert [lasts("2029-08-31"), lasts("2029-09-01")] == [True, False]


def test_nobody_fails_a_condition_over_a_question_that_is_not_asked_of_them() -> None:
    need = {"kind": "answered-one-of", "question": "permit", "accepted": ["yes"], "name": NAMED}
    call = every_kind(conditions=[need])

    def verdict(**answers: Any) -> bool | None:
        return judge(call.conditions[0], Facts(call, a_draft(**answers), NOW, "vzw")).ok

    assert [verdict(permit="no"), verdict(themes=["water"], permit="no"), verdict(themes=["water"], permit="yes")] == [
        True, False, True,
    ]  # fmt: skip


KEYS = ("from", "to", "name", "share", "lines", "own", "funders", "amount", "category")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("2027-09-01"),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(KEYS), part, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([question.id for question in every_kind().questions()]), JSON))
def test_whatever_is_stored_is_read_as_an_answer_or_as_none(stored: dict[str, Any]) -> None:
    call = every_kind()
    draft = rules.Draft(fitting(call, {**FULL, **stored}), (), ACCREDITED)
    problems = (*rules.missing(call, draft), *rules.wrong(call, draft))
    told = [in_words(call, question, draft.answers.get(question.id), "fr") for question in call.questions()]
    assert all(isinstance(one, str) for one in (*told, *(say(problem.reason, "fr") for problem in problems)))


def test_a_full_draft_fits_and_an_answer_to_an_older_question_is_none() -> None:
    call = every_kind()
    assert fitting(call, {**FULL, "gone": 1}) == {**FULL, "gone": 1}
    older = {"partner-list": "Eau Vive", "budget": 1_500_000, "period": "2027-09-01", "goals": "6", "people": "12"}
    assert fitting(call, {**FULL, **older}) == {key: value for key, value in FULL.items() if key not in older}
    assert [fits(question, None) for question in call.questions()] == [True] * 14


def test_an_older_answer_stays_in_the_draft_and_on_no_screen(settings: Settings) -> None:
    _, reference = a_file(**{"partner-list": "Eau Vive, al jaren"})
    row = asked(lambda session: queries.row(session, reference).answers)
    assert (row["partner-list"], "partner-list" in asked(queries.view, reference).answers) == (
        "Eau Vive, al jaren",
        False,
    )


# Documents


def test_a_question_takes_its_own_kinds_of_documents_and_its_own_number(settings: Settings) -> None:
    actor, reference = a_file(themes=["water"], permit="yes")
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
    kind = refusal(submission.attach, actor, reference, "permit-document", "v.png", png, now=NOW)
    assert (kind.code, kind.field, kind.reason.facts["accepted"]) == (
        "document-kind-refused", "permit-document", ["pdf"],
    )  # fmt: skip
    done(submission.attach, actor, reference, "permit-document", "v.pdf", one_page("1"), now=NOW)
    many = refusal(submission.attach, actor, reference, "permit-document", "w.pdf", one_page("2"), now=NOW)
    assert (many.code, many.reason.facts["most"]) == ("documents-too-many", 1)


# Who reads what


def test_a_column_for_the_office_is_cut_out_for_the_jury(settings: Settings) -> None:
    _, reference = a_file()
    file = asked(queries.view, reference)
    seen = file.seen_by(Reader.JURY)
    table = next(question for question in seen.terms.questions() if question.id == "partner-list")
    assert [column.id for column in table.columns] == ["name", "role", "since", "share"]
    assert seen.answers["partner-list"][0] == {
        "name": "Eau Vive", "role": "builds", "since": "2019-05-01", "share": 300_000,
    }  # fmt: skip
    assert file.seen_by(Reader.PUBLIC).answers == {key: FULL[key] for key in ("title", "summary", "zone")}


def test_what_is_read_does_not_depend_on_whether_its_condition_is_read(settings: Settings) -> None:
    data = every_kind().model_dump(mode="json", exclude_none=True)
    data["sections"][1]["questions"][0]["readers"] = ["administration"]
    a_call(Terms.model_validate(data))
    actor, organisation = an_association()
    reference = done(submission.start, actor, "every", organisation, "nl", now=NOW)
    done(submission.save_answers, actor, reference, FULL, now=NOW)
    seen = asked(queries.view, reference).seen_by(Reader.JURY)
    assert [question.id for question in seen.sections[1].questions] == ["partner-list", "themes"]
    assert seen.requested == 1_500_000


def test_every_kind_of_answer_is_said_in_words() -> None:
    call = every_kind()
    said = {one.id: in_words(call, one, FULL.get(one.id), "nl") for one in call.questions()}
    assert said == {
        "title": "Waterpunt", "summary": "Een waterpunt voor de wijk.", "zone": "Kinshasa",
        "period": "van 1 september 2027 tot en met 31 augustus 2028", "people": "120",
        "goals": "6. Schoon water en sanitair, 10. Ongelijkheid verminderen",
        "main-goal": "6. Schoon water en sanitair",
        "partnered": "Ja",
        "partner-list": "Eau Vive · Bouwt · 1 mei 2019 · €\u00a03.000 · 02 000 00 00\nÉcole Verte · Geeft les",
        "themes": "Werk", "permit": "", "permit-document": "", "accreditation": "",
        "budget": "€\u00a017.000 kosten, waarvan €\u00a015.000 gevraagd",
    }  # fmt: skip
    table = grids(call, next(one for one in call.questions() if one.id == "partner-list"), FULL["partner-list"], "fr")
    assert [(one.head, one.numeric, one.foot) for one in table] == [
        (("Nom", "Rôle", "Depuis", "Part", "Téléphone"), (3,), ("Total", "", "", "3\u202f000\u00a0€", "")),
    ]
    costs, funding = grids(call, next(one for one in call.questions() if one.kind == "budget"), A_BUDGET, "en")
    assert costs.rows[0] == ("Waterpunt", "Activities", "Twee kranen", "€15,000")
    assert [row[2] for row in funding.rows] == ["€1,000", "€1,000", "€15,000"]
    assert (costs.foot or ())[-1] == (funding.foot or ())[-1] == "€17,000"
