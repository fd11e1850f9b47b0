"""Whatever was decided is answered once, numbered without gaps, held until a person lets go, and never mailed twice."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from tests.builders import (
    CLOSES,
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
    terms,
    work_off,
)
from workflows import tasks
from workflows.history import entries
from workflows.letters import actions as letters
from workflows.letters import mailing, queries
from workflows.letters.queries import LetterView, MailView
from workflows.letters.rules import ATTEMPTS, LEASE, LetterKind, next_attempt
from workflows.letters.tables import Letter, MailState
from workflows.letters.transport import Folder, Message, NotTaken, PerhapsTaken, Smtp, build
from workflows.lifecycle import Event
from workflows.people import queries as people
from workflows.permissions import SYSTEM
from workflows.problems import NotThere
from workflows.replay.paper import one_page
from workflows.submission import actions as submission

SECOND = timedelta(seconds=1)
MESSAGE = Message(
    "<letter-2026-0001-1@example.org>", "oproep@example.org", "Brussels International", "ada@example.org",
    "Ontvangst", "Beste Ada", NOW,
)  # fmt: skip


def write(entry_id: int) -> None:
    done(letters.write, entry_id, tasks.office())


def all_letters(call: str = "small", *, held_only: bool = False) -> tuple[LetterView, ...]:
    found: tuple[LetterView, ...] = asked(queries.of_call, call, held_only=held_only)
    return found


def numbers(call: str = "small") -> list[str]:
    return [letter.number for letter in all_letters(call)]


def a_receipt() -> MailView:
    """The mail of a receipt, its PDF made."""
    by = an_association()
    an_application("submitted", by=by)
    for entry_id in asked(queries.unwritten, NOW):
        write(entry_id)
    for letter_id in asked(queries.unrendered, NOW):
        done(letters.render, letter_id, one_page("Ontvangst"), now=NOW)
    found: MailView = asked(queries.mailbox)[0]
    return found


def claim(mail: MailView, now: datetime = NOW) -> tuple[int, Message] | None:
    found: tuple[int, Message] | None = done(mailing.claim, mail.id, tasks.office(), now=now)
    return found


def standing(mail: MailView) -> tuple[MailState, int, str]:
    """State, attempts and trouble of a mail as it stands now."""
    found = asked(queries.mail, mail.id)
    return found.state, found.attempts, found.trouble


# Writing


def test_one_letter_answers_an_event_however_often_it_is_written(settings: Settings) -> None:
    a_call()
    an_application("submitted")
    (due,) = asked(queries.unwritten, NOW)
    for _ in range(3):
        write(due)
    assert [(letter.number, letter.kind, len(letter.mails)) for letter in all_letters()] == [
        ("2026/0001", LetterKind.RECEIPT, 1)
    ]
    assert asked(queries.unwritten, NOW) == []


def test_every_submission_has_a_receipt_of_its_own(settings: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application("submitted", by=by)
    done(submission.reopen, by[0], reference, now=NOW)
    done(submission.submit, by[0], reference, received_at=NOW + SECOND)
    for due in asked(queries.unwritten, NOW):
        write(due)
    assert numbers() == ["2026/0001", "2026/0002"]
    receipts = [letter.content.count(f"{reference}/{number}/") for number, letter in enumerate(all_letters(), 1)]
    assert receipts == [1, 1]


def test_numbers_have_no_gap_where_a_writer_was_rolled_back(settings: Settings) -> None:
    a_call()
    for _ in range(3):
        an_application("submitted")
    first, second, third = asked(queries.unwritten, NOW)
    write(first)

    def write_and_fail(session: Any) -> None:
        letters.write(session, second, tasks.office())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        done(write_and_fail)
    write(third)
    write(second)
    assert numbers() == ["2026/0001", "2026/0002", "2026/0003"]
    assert asked(lambda session: session.scalars(select(Letter.entry_id).order_by(Letter.number)).all()) == [
        first, third, second,
    ]  # fmt: skip


def test_numbers_begin_again_with_the_year_in_brussels(settings: Settings) -> None:
    a_call(terms(closes_at=terms().closes_at + 60 * DAY))
    new_year = datetime.fromisoformat("2026-12-31T23:00:00+00:00")
    for at in (NOW, new_year - SECOND, new_year, new_year + DAY):
        an_application("submitted", now=at)
    for due in asked(queries.unwritten, NOW):
        write(due)
    assert numbers() == ["2026/0001", "2026/0002", "2027/0001", "2027/0002"]


def test_a_letter_is_in_the_language_of_the_file_for_every_member(settings: Settings) -> None:
    a_call()
    by = an_association(language="nl")
    an_application("submitted", by=by, language="fr")
    work_off()
    (letter,) = all_letters()
    assert (letter.language, letter.title.split()[0]) == ("fr", "Réception")
    assert [mail.body.split()[0] for mail in letter.mails] == ["Bonjour"]


def test_moves_without_an_answer_write_no_letter(settings: Settings) -> None:
    a_call()
    an_application("withdrawn")
    an_application("eligible")
    work_off()
    assert [letter.kind for letter in all_letters()] == [LetterKind.RECEIPT, LetterKind.RECEIPT]


# Releasing


def test_a_receipt_leaves_at_once_and_any_other_letter_is_held(settings: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application("ineligible", by=by)
    work_off()
    assert [(letter.kind.value, letter.released_at, len(letter.mails)) for letter in all_letters()] == [
        ("receipt", NOW, 1), ("ineligible", None, 0),
    ]  # fmt: skip
    assert [letter.kind.value for letter in asked(queries.released_to, by[0], reference)] == ["receipt"]
    held = all_letters(held_only=True)
    assert [(letter.kind.value, letter.pdf is not None) for letter in held] == [("ineligible", True)]
    with pytest.raises(NotThere):
        done(letters.open_letter, by[0], reference, held[0].id, now=NOW)


def test_a_person_releases_exactly_the_letters_that_were_seen(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    by = an_association()
    first = an_application("ineligible", by=by)
    work_off()
    seen = queries.seen_digest(all_letters(held_only=True))
    an_application("ineligible")
    work_off()
    stale = refusal(letters.release, administrator, "small", seen, tasks.office(), now=CLOSES)
    assert (stale.code, len(all_letters(held_only=True))) == ("letters-changed", 2)
    seen = queries.seen_digest(all_letters(held_only=True))
    for stranger in (SYSTEM, by[0]):
        with pytest.raises(NotThere):
            done(letters.release, stranger, "small", seen, tasks.office(), now=CLOSES)
    assert done(letters.release, administrator, "small", seen, tasks.office(), now=CLOSES) == 2
    assert refusal(letters.release, administrator, "small", seen, tasks.office(), now=CLOSES).code == "nothing-held"
    last = asked(entries, f"application:{first}")[-1]
    assert (last.event, last.actor, last.at, last.facts["letter"]) == (
        Event.RELEASE_LETTER, "Ada", CLOSES, "2026/0002",
    )  # fmt: skip


@pytest.mark.parametrize(("heading", "code"), [
    ("Motivering", "letter-without-reasons"), ("Beroepsmogelijkheden", "letter-without-remedies"),
])  # fmt: skip
def test_a_letter_with_a_missing_part_cannot_be_released_and_says_which(
    settings: Settings, heading: str, code: str
) -> None:
    a_call()
    reference = an_application("ineligible")
    work_off()
    (letter,) = all_letters(held_only=True)
    done(lambda session: session.execute(
        update(Letter).where(Letter.id == letter.id).values(content=letter.content.replace(f'"{heading}"', '"Iets"'))
    ))  # fmt: skip
    seen = queries.seen_digest(all_letters(held_only=True))
    refused = refusal(letters.release, an_administrator(), "small", seen, tasks.office(), now=CLOSES)
    assert [(one.code, one.reason.facts) for one in refused.problems] == [
        (code, {"letter": letter.number, "file": reference})
    ]
    assert len(all_letters(held_only=True)) == 1


def test_a_changed_text_is_another_set_of_letters(settings: Settings) -> None:
    a_call()
    an_application("ineligible")
    work_off()
    seen = queries.seen_digest(all_letters(held_only=True))
    done(lambda session: session.execute(update(Letter).values(content=Letter.content + " ")))
    stale = refusal(letters.release, an_administrator(), "small", seen, tasks.office(), now=CLOSES)
    assert stale.code == "letters-changed"


def test_the_first_opening_of_a_letter_is_kept_as_proof_and_strangers_find_nothing(settings: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application("submitted", by=by)
    work_off()
    (letter,) = asked(queries.released_to, by[0], reference)
    for later in (SECOND, 2 * SECOND):
        done(letters.open_letter, by[0], reference, letter.id, now=NOW + later)
    opened = [entry.at for entry in asked(entries, f"application:{reference}") if entry.event is Event.READ_LETTER]
    assert (opened, asked(queries.letter, letter.id).opened_at) == ([NOW + SECOND], NOW + SECOND)
    with pytest.raises(NotThere):
        done(letters.open_letter, a_person(), reference, letter.id, now=NOW)


def test_a_pdf_is_kept_once_and_is_not_there_before(settings: Settings) -> None:
    a_call()
    an_application("submitted")
    write(asked(queries.unwritten, NOW)[0])
    (letter,) = all_letters()
    with pytest.raises(NotThere):
        queries.pdf(letter)
    for text in ("eerste", "tweede"):
        done(letters.render, letter.id, one_page(text), now=NOW)
    assert queries.pdf(asked(queries.letter, letter.id)) == one_page("eerste")


# Sending


def test_a_mail_waits_for_its_pdf(settings: Settings) -> None:
    a_call()
    an_application("submitted")
    write(asked(queries.unwritten, NOW)[0])
    mail = asked(queries.mailbox)[0]
    assert (claim(mail), asked(queries.unsent, NOW)) == (None, [])
    done(letters.render, mail.letter_id, one_page("Ontvangst"), now=NOW)
    assert asked(queries.unsent, NOW) == [mail.id]


def test_of_two_claims_only_one_wins(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    claims: list[object] = []
    threads = [threading.Thread(target=lambda: claims.append(claim(mail))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one is None for one in claims].count(False) == 1
    assert standing(mail) == (MailState.SENDING, 1, "")


def test_a_mail_that_was_taken_is_sent_and_never_due_again(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    claimed = claim(mail)
    assert claimed is not None
    done(mailing.settle, mail.id, claimed[0], None, now=NOW + SECOND)
    found = asked(queries.mail, mail.id)
    assert (found.state, found.sent_at, found.trouble) == (MailState.SENT, NOW + SECOND, "")
    assert (claim(mail, NOW + DAY), asked(queries.unsent, NOW + DAY)) == (None, [])


def test_a_lease_that_ran_out_leaves_the_mail_unknown_and_it_is_not_sent_again(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    claimed = claim(mail)
    assert claimed is not None
    assert (claim(mail, NOW + LEASE), asked(queries.unsent, NOW + LEASE)) == (None, [])
    assert standing(mail)[0] is MailState.SENDING
    after = NOW + LEASE + SECOND
    assert (asked(queries.unsent, after), claim(mail, after)) == ([mail.id], None)
    lost = (MailState.UNKNOWN, 1, "the sender stopped before it could say whether it was taken")
    assert standing(mail) == lost
    done(mailing.settle, mail.id, claimed[0], None, now=after)
    assert (standing(mail), asked(queries.unsent, NOW + DAY)) == (lost, [])


def test_an_old_fence_settles_nothing(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    first = claim(mail)
    assert first is not None
    done(mailing.settle, mail.id, first[0], NotTaken("451"), now=NOW)
    second = claim(mail, NOW + timedelta(minutes=1))
    assert second is not None
    done(mailing.settle, mail.id, first[0], None, now=NOW)
    assert (first[0], second[0], standing(mail)) == (1, 2, (MailState.SENDING, 2, "451"))


def test_a_mail_not_taken_is_tried_again_after_1_2_4_minutes_and_then_given_up(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    now = NOW
    waits: list[int] = []
    identities: set[str] = set()
    while (claimed := claim(mail, now)) is not None:
        fence, message = claimed
        identities.add(message.message_id)
        done(mailing.settle, mail.id, fence, NotTaken("451 later"), now=now)
        again = next((minutes for minutes in range(200) if asked(queries.unsent, now + timedelta(minutes=minutes))), 0)
        waits.append(again)
        now += timedelta(minutes=again)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 0]
    assert standing(mail) == (MailState.FAILED, 8, "451 later")
    person = asked(lambda session: people.person_by_email(session, mail.address).id)
    assert identities == {f"<letter-2026-0001-{person}@example.org>"}


def test_the_delays_double_and_end() -> None:
    waits = [next_attempt(attempt, NOW) for attempt in range(1, ATTEMPTS + 1)]
    assert waits == [NOW + timedelta(minutes=2**power) for power in range(ATTEMPTS - 1)] + [None]


def test_a_mail_that_was_perhaps_taken_is_never_sent_blindly_again(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    claimed = claim(mail)
    assert claimed is not None
    done(mailing.settle, mail.id, claimed[0], PerhapsTaken("connection lost"), now=NOW)
    assert (standing(mail), claim(mail, NOW + DAY)) == ((MailState.UNKNOWN, 1, "connection lost"), None)


def test_the_same_mail_left_twice_in_a_folder_is_one_file(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    claimed = claim(mail)
    assert claimed is not None
    for _ in range(2):
        assert mailing.send(Folder(settings.mail_folder), claimed[1]) is None
    (left,) = settings.mail_folder.glob("*")
    assert left.name == f"{claimed[1].message_id.strip('<>').split('@')[0]}.eml"


# The message and the server


@pytest.mark.parametrize("field", ["subject", "to", "sender", "sender_name", "message_id"])
def test_a_line_break_in_a_header_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)(linefeed|cr or lf|newline|invalid|parse|header)"):
        build(replace(MESSAGE, **{field: f"{getattr(MESSAGE, field)}\r\nBcc: spy@example.org"})).as_bytes()


def test_a_project_title_with_a_line_break_cannot_add_a_header_and_the_receipt_still_leaves(settings: Settings) -> None:
    text = terms().model_dump(mode="json", exclude_none=True)["letters"]
    text["receipt"]["subject"] = {"nl": "Ontvangst {project}", "fr": "Réception {project}"}
    a_call(terms(letters=text))
    an_application("submitted", {"title": "Waterpunt\r\nBcc: spy@example.org"})
    work_off()
    (left,) = settings.mail_folder.glob("*.eml")
    heads = left.read_bytes().split(b"\r\n\r\n")[0].decode().splitlines()
    assert [head for head in heads if head.lower().startswith("bcc")] == []
    assert asked(queries.counts) == {"sent": 1}


def test_a_message_says_who_writes_to_whom_with_its_letter_attached(settings: Settings) -> None:
    a_call()
    mail = a_receipt()
    claimed = claim(mail)
    assert claimed is not None
    message = build(claimed[1])
    assert {name: str(message[name]) for name in ("From", "To", "Message-ID", "Auto-Submitted", "Date")} == {
        "From": "Brussels International <oproep@example.org>", "To": mail.address,
        "Message-ID": claimed[1].message_id, "Auto-Submitted": "auto-generated",
        "Date": "Tue, 24 Nov 2026 12:00:00 +0000",
    }  # fmt: skip
    assert [(part.get_filename(), part.get_content()) for part in message.iter_attachments()] == [
        ("2026-0001.pdf", one_page("Ontvangst"))
    ]


@dataclass
class Post:
    """What a mail server of a test was told, and how it answers: by command, or by hanging up (None)."""

    port: int
    taken: list[str]


@contextmanager
def a_mail_server(answers: dict[str, str | None]) -> Iterator[Post]:
    """A server that speaks enough of RFC 5321, with these answers instead of its own."""
    taken: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def say(self, command: str, usual: str) -> bool:
            answer = answers.get(command, usual)
            if answer is not None:
                self.wfile.write(f"{answer}\r\n".encode())
            return answer is not None

        def handle(self) -> None:
            self.say("", "220 test")
            for line in self.rfile:
                command = line.decode().split()[0].upper()
                if command == "DATA" and answers.get("DATA", "354 go on") is not None:
                    self.wfile.write(b"354 go on\r\n")
                    content = iter(self.rfile.readline, b".\r\n")
                    text = b"".join(content).decode()
                    taken.extend([text] if "CONTENT" not in answers else [])
                    if not self.say("CONTENT", "250 taken"):
                        return
                elif not self.say(command, "250 ok"):
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Post(server.server_address[1], taken)
        server.shutdown()
        thread.join()


def sent_to(answers: dict[str, str | None]) -> tuple[type[Exception] | None, list[str]]:
    """What a server with these answers leaves of a mail: the trouble, and the subjects it took."""
    with a_mail_server(answers) as post:
        trouble = mailing.send(Smtp("127.0.0.1", post.port, timeout=5), MESSAGE)
        subjects = [line for text in post.taken for line in text.splitlines() if line.startswith("Subject")]
    return type(trouble) if trouble else None, subjects


def test_a_server_takes_a_mail_refuses_it_or_leaves_us_in_doubt() -> None:
    assert {
        "takes it": sent_to({}),
        "knows no such person": sent_to({"RCPT": "550 unknown"}),
        "does not want it": sent_to({"CONTENT": "554 no"}),
        "hangs up after the content": sent_to({"CONTENT": None}),
    } == {
        "takes it": (None, ["Subject: Ontvangst"]),
        "knows no such person": (NotTaken, []),
        "does not want it": (NotTaken, []),
        "hangs up after the content": (PerhapsTaken, []),
    }


def test_a_server_that_is_not_there_took_nothing() -> None:
    with a_mail_server({}) as post:
        port = post.port
    assert type(mailing.send(Smtp("127.0.0.1", port, timeout=5), MESSAGE)) is NotTaken
