"""The demonstration world: the calls of 2024 played to their end, a call in the middle of its jury, two open calls."""

from datetime import UTC, datetime, timedelta

from config.settings import CALLS, DEMO
from workflows.calls import actions as calls
from workflows.calls import queries as calls_queries
from workflows.calls.rules import Stage, read_terms, shifted
from workflows.calls.strict import Words
from workflows.calls.terms import Terms
from workflows.database import reading, transaction
from workflows.letters import queries as letters_queries
from workflows.people import actions as people
from workflows.people import queries as people_queries
from workflows.permissions import SYSTEM
from workflows.replay.play import Play, Report
from workflows.replay.world import ADMINISTRATOR, COLLEAGUE, World, read_world

PASSWORD = "samen aan de slag"  # noqa: S105  # of a demonstration, printed at its start
"""Of every demonstration account; they exist in a demonstration only."""
PLAYED = ("zuid-2024", "noord-2024")
OPEN = ("zuid-2026", "noord-2026")
PRACTICE = "zuid-practice"
PRACTICE_FILES = 14
PRACTICE_SINCE = 35
"""Days since its closing, more than its play takes: nothing in it lies in the future."""

ACCOUNTS = (
    {"role": "administrator", "email": ADMINISTRATOR[1]},
    {"role": "second administrator", "email": COLLEAGUE[1]},
    {"role": "juror", "email": "marieke.vandamme@jury.example"},
    {"role": "juror", "email": "olivier.desmedt@jury.example"},
    {"role": "juror", "email": "samira.bouzid@jury.example"},
    {"role": "expert", "email": "sofie.dhondt@hub.example"},
    {"role": "association (NL)", "email": "ruben.ouali@voorbeeld-waterlijn.example"},
    {"role": "association (FR)", "email": "rachida.dumortier@exemple-rives-solidaires.example"},
)


def terms(call_id: str) -> Terms:
    """The terms of a call in `config/calls`. Raises TermsRefused."""
    path = CALLS / f"{call_id}.toml"
    return read_terms(path.read_text(encoding="utf-8"), path.name)


def world(call_id: str) -> World:
    """The world of a call in `config/demo`."""
    return read_world(DEMO / f"{call_id}.toml")


class HalfPlayed(Exception):
    """A call of 2024 whose play was interrupted: it can be neither kept nor played on."""


def held() -> frozenset[str]:
    """The calls this database holds."""
    with reading() as session:
        return frozenset(call.id for call in calls_queries.calls(session, datetime.now(UTC)))


def loaded() -> bool:
    """Whether this database holds the demonstration world, whole. Raises HalfPlayed."""
    for call_id in PLAYED:
        refuse_half_played(call_id)
    return {*PLAYED, *OPEN, PRACTICE} <= held()


def refuse_half_played(call_id: str) -> None:
    """Raise HalfPlayed where the call is there, and not decided or not answered."""
    with reading() as session:
        call = next((one for one in calls_queries.calls(session, datetime.now(UTC)) if one.id == call_id), None)
        unanswered = letters_queries.of_call(session, call_id, held_only=True)
    if call is not None and (call.stage not in (Stage.DECIDED, Stage.CLOSED) or unanswered):
        raise HalfPlayed(call_id)


def load(report: Report, now: datetime) -> None:
    """Load the calls that are not there yet."""
    already = held()
    for call_id in PLAYED:
        if call_id not in already:
            Play(world(call_id), terms(call_id), report).run()
    if PRACTICE not in already:
        _practice(report, now)
    for call_id in OPEN:
        if call_id not in already:
            _open(terms(call_id), now)
    for account in ACCOUNTS:
        _let_in(account["email"])


def _practice(report: Report, now: datetime) -> None:
    """A call whose jury is at work: some files to screen, some to score, an opinion to give."""
    original = terms("zuid-2024")
    by = timedelta(days=(now - original.closes).days - PRACTICE_SINCE)
    moved = shifted(original, by).model_copy(update={
        "id": PRACTICE, "year": now.year, "reference_prefix": "OEF26", "published_figure": None,
        "name": Words(nl="Oefenoproep Zuid", fr="Appel d’exercice Sud", en="Practice call South"),
    })  # fmt: skip
    played = world("zuid-2024").shifted(by, PRACTICE, PRACTICE_FILES)
    play = Play(played, moved, report)
    play.publish()
    play.apply()
    play.screen(undecided=2)
    play.assign()
    held_back = {_person(email) for email in (ACCOUNTS[2]["email"], ACCOUNTS[5]["email"])}
    play.score(keep_back=lambda judge, number: judge.person_id in held_back and number % 2 == 1)


def _open(found: Terms, now: datetime) -> None:
    """An open call. Where today lies outside its dates they are moved, so that the demonstration can be used."""
    if not found.opens + timedelta(days=1) < now < found.closes - timedelta(days=7):
        found = shifted(found, timedelta(days=(now - found.closes).days + 45))
    with transaction() as session:
        calls.import_call(session, SYSTEM, found, now=min(now, found.opens))
        calls.publish(session, SYSTEM, found.id, now=min(now, found.opens))


def _let_in(email: str) -> None:
    with transaction() as session:
        person = people_queries.person_by_email(session, email)
        if person is not None and person.password_hash is None:
            people.set_password(session, person.id, PASSWORD)


def _person(email: str) -> int:
    with reading() as session:
        person = people_queries.person_by_email(session, email)
        return person.id if person else 0
