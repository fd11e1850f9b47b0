"""Two worlds that differ in what somebody may not know answer them alike, byte for byte, over every page there is."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from config.settings import Settings
from portal import set_up
from tests import builders
from tests.builders import CLOSES, DAY, NOW, done
from tests.conftest import Clock
from workflows import database
from workflows.calls.terms import Terms
from workflows.database import transaction
from workflows.messages import actions as messages
from workflows.messages.rules import Side
from workflows.permissions import Actor, Duty, Role
from workflows.scoring import actions as scoring
from workflows.scoring import conflicts, deliberating
from workflows.scoring.actions import NewReview
from workflows.scoring.deliberating import NewDeliberation
from workflows.scoring.rules import Advice
from workflows.scoring.tables import Assignment, Review
from workflows.submission import actions as submission
from workflows.submission.queries import row, view

NOT_ASKED = {
    "static": "files of the programme",
    "health.metrics": "figures of the machinery, behind a token; in development open to who sits at the machine",
    "public.mailbox": "there in development only, and shows every mail",
    "public.mail": "there in development only",
    "public.mail_letter": "there in development only",
}
"""Endpoints that are left out, each with its reason."""


NUMBERED = ("number", "place", "letter_id", "mail_id", "line_id", "account_id", "accreditation_id")
"""Arguments of addresses that count from 1."""


@dataclass
class World:
    """People by their part in it, files by name, and what the addresses of pages are filled with."""

    people: dict[str, Actor] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    organisations: tuple[int, ...] = ()

    def values(self, argument: str) -> tuple[str, ...]:
        """What stands in the place of an argument of an address. A new kind of argument is given its values here."""
        numbers = ("1", "2")
        ids = tuple(str(one.person_id) for one in self.people.values() if one.person_id)
        return {
            "call_id": ("small", "past"),
            "reference": tuple(self.files.values()),
            "token": tuple(self.tokens.values()),
            "duty": tuple(Duty),
            "part": ("criteria",),
            "spot": ("criteria.0",),
            "kind": ("csv",),
            "spoken": ("nl",),
            "section_id": ("project",),
            "step": ("government",),
            "person_id": ids,
            "organisation_id": tuple(map(str, self.organisations)),
            **dict.fromkeys(NUMBERED, numbers),
        }[argument]


Fact = tuple[frozenset[str], Callable[[World], None]]


def may_know(*people: str) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    """Register a fact: what makes it so, and who may know of it."""

    def register(make: Callable[[World], None]) -> Callable[[World], None]:
        FACTS[make.__name__] = (frozenset(people), make)
        return make

    return register


FACTS: dict[str, Fact] = {}


@may_know("office", "third juror")
def an_assignment(world: World) -> None:
    builders.assign(world.files["judged"], world.people["third juror"], declared=False)


@may_know("first juror")
def a_mark_in_a_draft(world: World) -> None:
    review(world, "first juror", {"relevance": 1}, {"feasibility": "Een bedenking in het klad."}, submit=False)


@may_know("office", "second juror")
def marks_and_a_note_submitted(world: World) -> None:
    review(world, "second juror", {"relevance": 0, "feasibility": 5}, {"relevance": "Een geheime noot."}, submit=True)


@may_know("office", "expert")
def an_opinion(world: World) -> None:
    new = NewReview({"soundness": 1}, {"soundness": "Wankel."}, "Een geheim advies.", Advice.UNFAVOURABLE)
    done(scoring.save_review, world.people["expert"], world.files["judged"], Duty.EXPERT, new, submit=True, now=NOW)


@may_know("office", "second juror")
def a_conflict(world: World) -> None:
    who, file = world.people["second juror"], world.files["other"]
    done(conflicts.declare_conflict, who, file, Duty.JURY, "Mijn zus werkt er.", now=NOW)


@may_know("office", "expert")
def a_recusal(world: World) -> None:
    who = world.people["expert"].person_id
    done(conflicts.recuse, world.people["office"], world.files["other"], who, "Zat in het bestuur.", now=NOW)


@may_know("office")
def a_remark_and_agreed_marks(world: World) -> None:
    office, file = world.people["office"], world.files["judged"]
    done(scoring.record_remark, office, file, "Een geheime opmerking.", now=NOW)
    new = NewDeliberation("Te bespreken.", frozenset(), {"relevance": 3}, "Samen herlezen.", "Notities.", 0)
    done(deliberating.deliberate, office, file, new, now=NOW)


@may_know("office", "applicant")
def a_message(world: World) -> None:
    file, text = world.files["judged"], "Een vraag van de dienst."
    done(messages.write, world.people["office"], file, Side.OFFICE, text, seen=0, once="een", now=NOW)


@may_know("other applicant")
def an_answer_in_a_draft(world: World) -> None:
    who, file = world.people["other applicant"], world.files["draft"]
    done(submission.save_answers, who, file, {"title": "Geheime titel", "requested": 1_500_000}, now=NOW)


@may_know("office")
def a_note_on_a_decided_file(world: World) -> None:
    """No action makes it after the decision; the store may still differ."""
    with transaction() as session:
        application = row(session, world.files["decided"])
        for given in session.scalars(select(Assignment).where(Assignment.application_id == application.id)):
            session.get_one(Review, given.id).comments = {"relevance": "Achteraf bekeken."}


def review(world: World, who: str, marks: dict[str, int], comments: dict[str, str], *, submit: bool) -> None:
    new = NewReview(marks, comments)
    done(
        scoring.save_review, world.people[who], world.files["judged"], Duty.JURY, new, submit=submit,
        now=NOW + (DAY / 24 if submit else DAY / 48),
    )  # fmt: skip


@pytest.fixture
def world(settings: Settings, clock: Clock) -> World:
    """A call in the middle of its judging and one that is decided, with somebody in every part."""
    content = builders.terms().model_dump(mode="json")
    builders.a_call()
    builders.a_call(Terms.model_validate({**content, "id": "past", "reference_prefix": "P26"}))
    made, (applicant, theirs), (other, others) = World(), builders.an_association(), builders.an_association()
    made.organisations = (theirs, others)
    made.people = {
        "visitor": Actor(None, "", frozenset()),
        "applicant": applicant,
        "other applicant": other,
        "office": builders.an_administrator(),
        "office in conflict": builders.a_person(Role.ADMINISTRATOR),
        **{f"{one} juror": builders.a_person(Role.JUROR) for one in ("first", "second", "third")},
        "expert": builders.an_expert(),
        "other expert": builders.an_expert(),
    }
    files = {"judged": (applicant, theirs), "other": (other, others)}
    made.files = {name: builders.an_application("eligible", by=by) for name, by in files.items()}
    made.files["draft"] = builders.an_application("draft", by=(other, others))
    made.files["decided"] = builders.an_application("scored", by=(applicant, theirs), call="past", marks=(1, 1, 1))
    judges = {"first juror": Duty.JURY, "second juror": Duty.JURY, "expert": Duty.EXPERT}
    for name, duty in judges.items():
        for file in ("judged", "other"):
            builders.assign(made.files[file], made.people[name], duty)
    builders.assign(made.files["other"], made.people["third juror"])
    review(made, "first juror", {"relevance": 4}, {}, submit=False)  # that a review is begun, the office may know
    for name, file in made.files.items():
        with database.reading() as session:
            made.tokens[name] = view(session, file).attachments[0].token
    own = made.people["office in conflict"].person_id or 0
    for file in ("judged", "other", "decided"):
        done(conflicts.recuse, made.people["office"], made.files[file], own, "Vriend van het huis.", now=NOW)
    clock.now = CLOSES + 31 * DAY
    builders.decide(made.people["office"], "past")
    builders.work_off(CLOSES + 30 * DAY)
    return made


def addresses(app: Flask, world: World) -> Iterator[str]:
    """Every address that answers GET, filled with what there is in the world."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_ASKED:
            for given in fillings(rule, world):
                yield adapter.build(rule.endpoint, given)


def fillings(rule: Rule, world: World) -> Iterator[dict[str, object]]:
    names = sorted(rule.arguments)
    for chosen in product(*(world.values(name) for name in names)):
        given = dict(zip(names, chosen, strict=True))
        if "reference" in given and "token" in given:
            file = next(name for name, one in world.files.items() if one == given["reference"])
            if given["token"] != world.tokens[file]:
                continue
        yield {key: int(value) if str(value).isdigit() else value for key, value in given.items()}


DOORS = ("/administration/", "/jury/", "/expertise/")


def answers(client: FlaskClient, asked: list[str]) -> dict[str, tuple[int, str, bytes]]:
    """What each address answers: the status, where it sends on, and every byte but the tokens of forms, drawn anew for
    each. Behind a door that does not open only every tenth address is tried: it shuts before any page is looked for."""
    found: dict[str, tuple[int, str, bytes]] = {}
    shut = tuple(door for door in DOORS if client.get(door).status_code != 200)
    for number, address in enumerate(asked):
        if address.startswith(shut) and number % 10:
            continue
        found[address] = answer(client, address)
    return found


def answer(client: FlaskClient, address: str) -> tuple[int, str, bytes]:
    """What one address answers."""
    given = client.get(address)
    body = given.data
    if given.mimetype == "text/html":
        body = re.sub(r'name="once"[^>]*value="[^"]+"', "", builders.without_token(given.text)).encode()
    return given.status_code, given.headers.get("Location", ""), body


def test_nobody_can_tell_two_worlds_apart_by_what_they_may_not_know(
    app: Flask, settings: Settings, world: World, tmp_path: Path
) -> None:
    asked = list(dict.fromkeys(addresses(app, world)))
    clients = {name: visitor(app, actor) for name, actor in world.people.items()}
    seed = tmp_path / "seed.sqlite"
    keep(settings, seed)
    told, leaks = {}, {}
    for name, client in clients.items():
        put_back(settings, seed)
        told[name] = before = answers(client, asked)
        put_back(settings, seed)
        for who, make in FACTS.values():
            if name not in who:
                make(world)
        after = answers(client, asked)
        leaks[name] = [address for address in before if before[address] != after[address]]
    assert leaks == {name: [] for name in clients}
    seen = {name: sum(status == 200 for status, *_ in found.values()) for name, found in told.items()}
    for fact, (entitled, make) in FACTS.items():  # else the rest would hold for want of anything to see
        put_back(settings, seed)
        make(world)
        name = min(entitled)
        pages = sorted(
            told[name], key=lambda one: "26-" not in one
        )  # the pages of one file first: it shows soonest there
        assert any(answer(clients[name], one) != told[name][one] for one in pages), fact
    assert seen["office"] > seen["office in conflict"] > seen["applicant"] > seen["visitor"]


def visitor(app: Flask, actor: Actor) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client if actor.person_id is None else builders.sign_in(client, actor)


def keep(settings: Settings, seed: Path) -> None:
    """The world as it is now, to begin from again."""
    database.disconnect()
    shutil.copy(settings.instance / "oproep.sqlite", seed)
    set_up.connect(settings)


def put_back(settings: Settings, seed: Path) -> None:
    database.disconnect()
    for left in settings.instance.glob("oproep.sqlite*"):
        left.unlink()
    shutil.copy(seed, settings.instance / "oproep.sqlite")
    set_up.connect(settings)
