"""Why, and what would have changed it, as sentences in Dutch, French and English."""

from dataclasses import replace

import pytest

from workflows.allocation.reasons import because, rest
from workflows.allocation.rules import AllocationInput, Candidate, Envelope, EnvelopeUse, Limit, Refusal, allocate
from workflows.language import LANGUAGES, say

NAMES = {"total": {"nl": "Zuid", "fr": "Sud", "en": "South"}}


def file(id, score, requested, applicant="x", minimum=None):
    return Candidate(id, applicant, score, requested, minimum or requested, frozenset())


FILES = (
    file("big", 9000, 6_000_000),
    file("bigger", 8000, 7_000_000),
    file("last", 6500, 100_000),
    file("weak", 5000, 1),
)
CALL = AllocationInput("c", "rank-skip", 6000, FILES, (Envelope("total", 6_000_000, ("*",), "ceiling"),))


def told(data, id, language):
    refusal = next(one for one in allocate(data).refusals if one.id == id)
    score = next(one.score for one in data.candidates if one.id == id)
    return [say(reason, language) for reason in because(data, refusal, score, NAMES)]


def test_what_was_missing_and_what_would_reach_it_are_two_sentences():
    assert told(CALL, "last", "en") == [
        "When last had its turn, the envelope “South” was €1,000 short.",
        "From a score of 90.00, all other files unchanged, last would have received a grant.",
        "For the rule to reach last, the envelope “South” must grow by €71,000: "
        "new money goes first to those ranked higher.",
    ]
    assert told(CALL, "last", "nl") == [
        "Toen last aan de beurt was, kwam de enveloppe “Zuid” €\u00a01.000 te kort.",
        "Vanaf 90,00 punten, de andere dossiers onveranderd, had last een subsidie gekregen.",
        "Opdat de regel tot bij last reikt, moet de enveloppe “Zuid” €\u00a071.000 groter zijn: "
        "nieuw geld gaat eerst naar wie hoger staat.",
    ]
    assert told(CALL, "last", "fr") == [
        "Au tour de last, il manquait 1\u202f000\u00a0€ dans l’enveloppe «\u00a0Sud\u00a0».",
        "À partir de 90,00 points, les autres dossiers inchangés, last aurait reçu une subvention.",
        "Pour que la règle arrive jusqu’à last, l’enveloppe «\u00a0Sud\u00a0» doit compter 71\u202f000\u00a0€ "
        "de plus\u00a0: l’argent nouveau va d’abord aux mieux classés.",
    ]


def test_what_still_fits_is_advised_only_where_it_is_an_award_the_call_gives():
    data = replace(CALL, envelopes=(Envelope("total", 6_500_000, ("*",), "ceiling"),))
    data = replace(data, candidates=FILES[:2])
    assert told(data, "bigger", "en")[-1] == "A request of at most €5,000 would still have fitted."
    assert "fitted" not in told(replace(data, least_award=1_000_000), "bigger", "en")[-1]


def test_below_the_pass_mark_the_pass_mark_may_be_enough_or_not():
    roomy = replace(CALL, envelopes=(Envelope("total", 20_000_000, ("*",), "ceiling"),))
    assert told(roomy, "weak", "en") == [
        "weak scored 50.00 and stayed below the pass mark of 60.00.",
        "At the pass mark itself, all other files unchanged, weak would have received a grant.",
    ]
    assert (
        told(CALL, "weak", "en")[1]
        == "From a score of 90.00, all other files unchanged, weak would have received a grant."
    )


def test_stop_and_limits_and_a_hopeless_request_have_their_own_sentences():
    stop = replace(CALL, rule="rank-stop")
    assert told(stop, "last", "en")[0] == (
        "The envelope “South” was already closed: bigger, ranked higher, no longer fitted in it."
    )
    one_each = replace(CALL, limits=(Limit("one-each", "applicant", 1, None, None),))
    assert told(one_each, "bigger", "en")[0] == "The limit “one-each” was reached for bigger."
    capped = replace(CALL, limits=(Limit("cap", "applicant", None, 6_500_000, None),))
    assert told(capped, "bigger", "en")[0] == "Under the limit “cap” €65,000 too little was left for bigger."
    assert "No score would have changed this." in told(CALL, "bigger", "en")
    elsewhere = replace(CALL, envelopes=(Envelope("total", 1, ("opt",), "ceiling"),))
    assert told(elsewhere, "big", "en")[0] == "No envelope is meant for big."


OPTIMUM = replace(CALL, rule="optimum-points")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("big", "not-chosen", "total", 5, None, 9000, 4, None, 850),
        Refusal("big", "not-chosen", "total", None, None, None, 4),
        Refusal("big", "override"),
        Refusal("big", "envelope-closed", "total", None, "bigger", None, 0, 7),
    ],
)
def test_every_sentence_has_its_facts_in_every_language(refusal, language):
    for data in (OPTIMUM, replace(OPTIMUM, rule="optimum-spent")):
        said = [say(reason, language) for reason in because(data, refusal, 8000)]
        assert said
        assert not any("{" in sentence or "None" in sentence for sentence in said)


def test_a_rest_says_where_it_goes_and_whether_it_can_be_used():
    data = replace(CALL, least_award=1_000_000)
    opt = {"opt": {"nl": "BPG", "fr": "TPO", "en": "OPT"}, **NAMES}
    use = EnvelopeUse("opt", 43_000_000, 42_494_600, 505_400, 505_400, "total")
    reason = rest(data, use, opt)
    assert reason is not None
    assert say(reason, "en") == (
        "In “OPT” €5,054 is left, less than the smallest grant of €10,000: nobody can be funded from it any more. "
        "It goes to “South”."
    )
    codes = [
        getattr(rest(data, replace(use, **more)), "code", None)
        for more in ({"released_to": None}, {"unusable": 0}, {"unusable": 0, "released_to": None}, {"left": 0})
    ]
    assert codes == ["rest-unusable-kept", "rest-released", "rest-kept", None]
