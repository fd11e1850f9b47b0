"""What tests build worlds from: a_person(), an_association(), a_call(), an_application(state=…); real database."""

import itertools
import re
import secrets
import threading
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient

from workflows import tasks
from workflows.allocation import actions as allocation
from workflows.allocation import queries as allocation_queries
from workflows.calls import actions as calls
from workflows.calls.terms import Terms
from workflows.database import reading, transaction
from workflows.eligibility import actions as eligibility
from workflows.people import actions as people
from workflows.people import queries as people_queries
from workflows.people.actions import NewOrganisation, NewPerson
from workflows.people.tables import SignInSession
from workflows.permissions import SYSTEM, Actor, Duty, Role
from workflows.problems import Problem
from workflows.replay.paper import one_page
from workflows.scoring import actions as scoring
from workflows.scoring import conflicts
from workflows.scoring.actions import NewReview
from workflows.scoring.rules import Advice
from workflows.submission import actions as submission

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OPENS = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 15, 15, 0, tzinfo=UTC)
"""16:00 in Brussels."""
DAY = timedelta(days=1)
PASSWORD = "een lange zin om te testen"
STATES = ("draft", "submitted", "eligible", "ineligible", "scored", "withdrawn")

_numbers = itertools.count(1)

SMALL_CALL = """
id = "small"
kind = "south"
year = 2026
reference_prefix = "S26"
opens_at = 2026-11-01T09:00:00
closes_at = 2026-12-15T16:00:00
reference_date = 2026-12-15
organisers = ["Brussels International"]
chosen_by_us = ["criteria.weight"]
name = {nl = "Kleine oproep", fr = "Petit appel", en = "Small call"}
summary = {nl = "Een oproep om te testen.", fr = "Un appel pour tester.", en = "A call to test with."}
scoring = {jurors_per_application = 2, pass_mark_hundredths = 6000, opinion_required = true}
[allocation]
rule = "rank-skip"
second_signature = false
ties = ["smaller-request", "id"]
why = {nl = "Van hoog naar laag.", fr = "Du plus haut au plus bas.", en = "From high to low."}
[letters]
reasons_notice = {nl = "Wet van 29 juli 1991.", fr = "Loi du 29 juillet 1991."}
remedies_notice = {nl = "Raad van State, 60 dagen.", fr = "Conseil d’État, 60 jours."}
receipt = {subject = {nl = "Ontvangst {reference}", fr = "Réception {reference}"}, opening = {nl = "Dag", fr = "Bonjour"}, closing = {nl = "Tot dan.", fr = "À bientôt."}}
ineligible = {subject = {nl = "Niet ontvankelijk", fr = "Irrecevable"}, opening = {nl = "Dag", fr = "Bonjour"}, closing = {nl = "Slot.", fr = "Fin."}}
award = {subject = {nl = "Toekenning {awarded:money}", fr = "Octroi {awarded:money}"}, opening = {nl = "Dag", fr = "Bonjour"}, closing = {nl = "Slot.", fr = "Fin."}}
reserve = {subject = {nl = "Reserve", fr = "Réserve"}, opening = {nl = "Dag", fr = "Bonjour"}, closing = {nl = "Slot.", fr = "Fin."}}
refusal = {subject = {nl = "Weigering", fr = "Refus"}, opening = {nl = "Dag", fr = "Bonjour"}, closing = {nl = "Slot.", fr = "Fin."}}
[[applicants]]
type = "accredited"
floor_cents = 1000000
ceiling_cents = 12500000
[[applicants]]
type = "other-nonprofit"
floor_cents = 1000000
ceiling_cents = 2500000
[[zones]]
code = "OPT"
name = {nl = "Bezette Palestijnse gebieden", fr = "Territoire palestinien occupé", en = "Occupied Palestinian territories"}
[[zones.places]]
code = "WEST-BANK"
name = {nl = "Westelijke Jordaanoever", fr = "Cisjordanie", en = "West Bank"}
[[zones.places]]
code = "GAZA"
name = {nl = "Gazastrook", fr = "bande de Gaza", en = "Gaza Strip"}
excluded = true
[[zones]]
code = "KIN"
name = {nl = "Kinshasa", fr = "Kinshasa", en = "Kinshasa"}
[[conditions]]
kind = "on-time"
name = {nl = "Tijdig", fr = "Dans les délais", en = "On time"}
[[conditions]]
kind = "places"
name = {nl = "Plaats", fr = "Lieu", en = "Place"}
[[conditions]]
kind = "amount"
name = {nl = "Bedrag", fr = "Montant", en = "Amount"}
[[conditions]]
kind = "belgian-legal-personality"
name = {nl = "Belgische rechtspersoonlijkheid", fr = "Personnalité juridique belge", en = "Belgian legal personality"}
[[criteria]]
id = "relevance"
weight = 3
judged_by = "jury"
name = {nl = "Relevantie", fr = "Pertinence", en = "Relevance"}
[[criteria]]
id = "feasibility"
weight = 2
judged_by = "jury"
name = {nl = "Haalbaarheid", fr = "Faisabilité", en = "Feasibility"}
[[criteria]]
id = "soundness"
weight = 1
judged_by = "expert"
name = {nl = "Degelijkheid", fr = "Solidité", en = "Soundness"}
[[envelopes]]
id = "total"
amount_cents = 6000000
policy = "ceiling"
groups = ["*"]
name = {nl = "Totaal", fr = "Total", en = "Total"}
[[approvals]]
step = "government"
above_cents = 1500000
name = {nl = "Regering", fr = "Gouvernement", en = "Government"}
[[sections]]
id = "project"
title = {nl = "Het project", fr = "Le projet", en = "The project"}
questions = [
  {id = "title", kind = "short-text", means = "title", max_length = 80, readers = ["public"], label = {nl = "Titel", fr = "Titre", en = "Title"}},
  {id = "summary", kind = "long-text", means = "summary", max_length = 500, readers = ["public"], label = {nl = "Samenvatting", fr = "Résumé", en = "Summary"}},
  {id = "zone", kind = "zone", means = "zone", readers = ["public"], label = {nl = "Zone", fr = "Zone", en = "Zone"}},
  {id = "places", kind = "places", means = "places", required = false, label = {nl = "Plaatsen", fr = "Lieux", en = "Places"}},
  {id = "contact", kind = "short-text", required = false, readers = ["administration"], label = {nl = "Contact", fr = "Contact", en = "Contact"}},
]
[[sections]]
id = "means"
title = {nl = "Middelen", fr = "Moyens", en = "Means"}
questions = [
  {id = "requested", kind = "amount", means = "requested", label = {nl = "Gevraagd bedrag", fr = "Montant demandé", en = "Amount requested"}},
  {id = "budget", kind = "document", label = {nl = "Begroting", fr = "Budget", en = "Budget"}},
]
"""

ANSWERS: dict[str, Any] = {
    "title": "Waterpunt", "summary": "Een waterpunt voor de wijk.", "zone": "KIN", "places": [],
    "requested": 2_000_000,
}  # fmt: skip


def terms(**changes: Any) -> Terms:
    """A small complete call; `changes` replace keys of its file."""
    return Terms.model_validate({**tomllib.loads(SMALL_CALL), **changes})


def a_number() -> str:
    """A Belgian enterprise number nobody used yet."""
    first = f"09{next(_numbers):06d}"
    return f"{first}{97 - int(first) % 97:02d}"


def a_person(*roles: Role, name: str = "", language: str = "nl", speaks: tuple[str, ...] = ("nl", "fr")) -> Actor:
    """Somebody with an account and these roles."""
    number = next(_numbers)
    with transaction() as session:
        new = NewPerson(name or f"Persoon {number}", f"persoon{number}@people.example", language)
        actor = people.open_account(session, new, now=OPENS - DAY)
        assert actor.person_id is not None
        for role in roles:
            people.give_role(session, actor.person_id, role, actor=SYSTEM, now=OPENS - DAY)
        people.speaks(session, actor.person_id, frozenset(speaks))
    with reading() as session:
        return people_queries.actor_of(session, actor.person_id)


def an_administrator() -> Actor:
    return a_person(Role.ADMINISTRATOR, name="Ada")


def a_juror() -> Actor:
    return a_person(Role.JUROR)


def an_expert() -> Actor:
    return a_person(Role.EXPERT)


def an_association(language: str = "nl", **changes: Any) -> tuple[Actor, int]:
    """Somebody who owns an organisation, and the organisation's id."""
    actor = a_person(language=language)
    new = NewOrganisation(a_number(), f"Vereniging {next(_numbers)}", "vzw", "Straat 1", "1000", "Brussel")
    with transaction() as session:
        organisation = people.found_organisation(
            session, actor, NewOrganisation(**{**new.__dict__, **changes}), now=OPENS - DAY
        )
    return actor, organisation


def a_call(call_terms: Terms | None = None, *, published: bool = True) -> Terms:
    """A call in the database."""
    found = call_terms or terms()
    with transaction() as session:
        calls.import_call(session, SYSTEM, found, now=OPENS - DAY)
        if published:
            calls.publish(session, SYSTEM, found.id, now=OPENS - DAY)
    return found


def an_application(
    state: str = "draft",
    answers: Mapping[str, Any] | None = None,
    *,
    by: tuple[Actor, int] | None = None,
    call: str = "small",
    language: str = "nl",
    marks: tuple[int, int, int] = (4, 4, 4),
    now: datetime = NOW,
) -> str:
    """The reference of an application in this state of STATES, in a call that is there already.

    `marks` are relevance, feasibility (of every juror) and soundness (of the expert), for `scored`.
    """
    actor, organisation = by or an_association(language)
    with transaction() as session:
        reference = submission.start(session, actor, call, organisation, language, now=now)
        submission.save_answers(session, actor, reference, {**ANSWERS, **(answers or {})}, now=now)
        submission.attach(session, actor, reference, "budget", "begroting.pdf", one_page("Begroting"), now=now)
    if state == "draft":
        return reference
    with transaction() as session:
        submission.submit(session, actor, reference, received_at=now)
    if state == "withdrawn":
        with transaction() as session:
            submission.withdraw(session, actor, reference, "toch niet", now=now)
    if state in ("eligible", "ineligible", "scored"):
        with transaction() as session:
            eligibility.screen(session, SYSTEM, reference, now=now)
            if state == "ineligible":
                eligibility.overrule(session, SYSTEM, reference, 1, False, "verkeerde plaats", now=now)
                eligibility.declare_ineligible(session, SYSTEM, reference, now=now)
            else:
                eligibility.admit(session, SYSTEM, reference, now=now)
    if state == "scored":
        score(reference, marks, call=call, now=now)
    return reference


def assign(
    reference: str,
    judge: Actor,
    duty: Duty = Duty.JURY,
    call: str = "small",
    now: datetime = NOW,
    *,
    declared: bool = True,
) -> None:
    """Appoint the judge to the call's panel and give them the file, in which they declare to have no conflict."""
    with transaction() as session:
        scoring.appoint(session, SYSTEM, call, judge.person_id or 0, duty, now=now)
        scoring.assign(session, SYSTEM, reference, judge.person_id or 0, duty, now=now)
        if declared:
            conflicts.declare_no_conflict(session, judge, reference, duty, now=now)


def score(reference: str, marks: tuple[int, int, int], *, call: str = "small", now: datetime = NOW) -> None:
    """Two jurors and an expert give these marks; the jury agrees on a remark."""
    relevance, feasibility, soundness = marks
    for duty, judge in ((Duty.JURY, a_juror()), (Duty.JURY, a_juror()), (Duty.EXPERT, an_expert())):
        assign(reference, judge, duty, call, now)
        new = NewReview({"relevance": relevance, "feasibility": feasibility}, {})
        if duty is Duty.EXPERT:
            new = NewReview({"soundness": soundness}, {}, "Degelijk.", Advice.FAVOURABLE)
        with transaction() as session:
            scoring.save_review(session, judge, reference, duty, new, submit=True, now=now)
    with transaction() as session:
        scoring.record_remark(session, SYSTEM, reference, "Een goed uitgewerkt dossier.", now=now)


def decide(actor: Actor, call: str = "small", now: datetime = CLOSES + 30 * DAY) -> None:
    """Commit the allocation that is on the board."""
    with reading() as session:
        seen = allocation_queries.board(session, call).fingerprint
    with transaction() as session:
        allocation.commit(session, actor, call, seen, now=now)


def work_off(at: datetime = CLOSES + 60 * DAY) -> None:
    """Let the background do everything that is due at this instant."""
    with patch.object(tasks, "utcnow", lambda: at):
        while tasks.work_off():
            pass


def sign_in(client: FlaskClient, actor: Actor) -> FlaskClient:
    """The client with a browser session of this person."""
    token = secrets.token_urlsafe(16)
    with transaction() as session:
        session.add(
            SignInSession(
                token_hash=people_queries.token_hash(token),
                person_id=actor.person_id,
                created_at=CLOSES + 60 * DAY,  # young enough at whatever instant a test plays
            )
        )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def done(act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What an action gives, in a transaction of its own."""
    with transaction() as session:
        return act(session, *given, **named)


def asked(query: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What a query answers, in a session of its own."""
    with reading() as session:
        return query(session, *given, **named)


def refusal(act: Callable[..., Any], *given: Any, **named: Any) -> Problem:
    """The problem with which an action, in a transaction of its own, is refused."""
    with pytest.raises(Problem) as caught:
        done(act, *given, **named)
    return caught.value


def at_once(act: Callable[[], None], threads: int) -> None:
    """Run `act` in so many threads, which begin together; what one raises is raised."""
    begin, troubles = threading.Barrier(threads), []

    def run() -> None:
        begin.wait()
        try:
            act()
        except Exception as trouble:  # raised below, where the test sees it
            troubles.append(trouble)

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    for trouble in troubles:
        raise trouble


def without_token(page: str) -> str:
    """The page without the token of its forms, which changes every second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)
