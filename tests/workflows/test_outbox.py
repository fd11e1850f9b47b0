"""An operator sees how the mails stand, holds them all, and sends one again on purpose; nothing does so by itself."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from config.settings import Settings
from oproep import main
from tests.builders import (
    CLOSES,
    NOW,
    a_call,
    a_person,
    an_administrator,
    an_application,
    asked,
    done,
    refusal,
    work_off,
)
from workflows import tasks
from workflows.history import chain_entries, entries
from workflows.letters import mailing, outbox, queries
from workflows.letters.tables import MailState
from workflows.letters.transport import NotTaken, PerhapsTaken
from workflows.lifecycle import Event
from workflows.permissions import SYSTEM
from workflows.problems import NotThere


def a_receipt_mail() -> int:
    """A mail that could leave now."""
    an_application("submitted")
    for entry_id in asked(queries.unwritten, NOW):
        tasks.write_letter(entry_id)
    for letter_id in asked(queries.unrendered, NOW):
        tasks.render_letter(letter_id)
    return max(one.id for one in asked(queries.mailbox))


def left_in(mail_id: int, trouble: Exception | None) -> None:
    """Let the mail be sent, with this outcome."""
    fence, _ = done(mailing.claim, mail_id, tasks.office(), now=NOW)
    done(mailing.settle, mail_id, fence, trouble, now=NOW)


def test_under_a_hold_nothing_leaves_and_afterwards_everything_does(settings: Settings) -> None:
    a_call()
    mail_id = a_receipt_mail()
    done(outbox.hold, SYSTEM, "restored from a backup", now=NOW)
    done(outbox.hold, SYSTEM, "a second time", now=NOW)
    assert (asked(queries.unsent, NOW), done(mailing.claim, mail_id, tasks.office(), now=NOW)) == ([], None)
    work_off()
    assert asked(queries.counts) == {"pending": 1}
    standing = asked(outbox.standing, NOW + timedelta(minutes=3))
    assert (standing.hold.reason, standing.due, standing.oldest) == ("restored from a backup", 1, timedelta(minutes=3))
    done(outbox.lift, SYSTEM, now=NOW)
    assert refusal(outbox.lift, SYSTEM, now=NOW).code == "nothing-held-back"
    work_off()
    assert (asked(queries.counts), asked(outbox.held)) == ({"sent": 1}, None)
    assert [one.event for one in asked(chain_entries, "house")[:2]] == [Event.LIFT_HOLD, Event.HOLD_SENDING]


def test_a_mail_that_perhaps_left_is_sent_again_only_by_a_person_with_a_reason_and_says_so_for_good(
    settings: Settings,
) -> None:
    a_call()
    mail_id = a_receipt_mail()
    reference = asked(queries.letter, 1).application
    left_in(mail_id, PerhapsTaken("hung up"))
    work_off()
    before = asked(queries.mail, mail_id)
    assert (before.state, before.perhaps_twice) == (MailState.UNKNOWN, False)
    clerk = an_administrator()
    assert refusal(outbox.send_again, clerk, mail_id, "  ", now=CLOSES).code == "reason-needed"
    with pytest.raises(NotThere):
        done(outbox.send_again, a_person(), mail_id, "mijn brief", now=CLOSES)
    done(outbox.send_again, clerk, mail_id, "niet aangekomen", now=CLOSES)
    assert refusal(outbox.send_again, clerk, mail_id, "nog eens", now=CLOSES).code == "mail-on-its-way"
    work_off()
    after = asked(queries.mail, mail_id)
    assert (after.state, after.perhaps_twice, after.body) == (MailState.SENT, True, before.body)
    assert len(list(settings.mail_folder.glob("*.eml"))) == 1
    said = asked(entries, f"application:{reference}")[-1]
    assert (said.event, said.reason, said.facts) == (
        Event.SEND_AGAIN, "niet aangekomen", {"mail": mail_id, "was": "unknown"},
    )  # fmt: skip


def test_a_mail_that_never_left_is_not_marked_when_it_is_sent_again(settings: Settings) -> None:
    a_call()
    mail_id = a_receipt_mail()
    now = NOW
    while claimed := done(mailing.claim, mail_id, tasks.office(), now=now):
        done(mailing.settle, mail_id, claimed[0], NotTaken("550 no"), now=now)
        now += timedelta(hours=3)
    assert [(one.id, one.state, one.attempts) for one in asked(outbox.troubled)] == [(mail_id, MailState.FAILED, 8)]
    done(outbox.send_again, SYSTEM, mail_id, "address mended", now=NOW)
    work_off()
    assert (asked(queries.mail, mail_id).perhaps_twice, asked(outbox.troubled)) == (False, ())


def test_the_commands_tell_hold_release_and_retry(settings: Settings) -> None:
    a_call()
    mail_id = a_receipt_mail()
    left_in(mail_id, PerhapsTaken("hung up"))

    def run(*words: str) -> tuple[int, str]:
        outcome = CliRunner().invoke(main, ["outbox", *words, "--instance", str(settings.instance)])
        return outcome.exit_code, " ".join(outcome.output.split())

    code, said = run("status")
    assert (code, "unknown 1" in said, "letter 2026/0001" in said) == (1, True, True), said
    assert run("retry", "--reason", "x")[0] == 2
    assert run("retry", "99", "--reason", "x") == (1, "Error: there is no mail 99")
    assert run("hold", "--reason", "maintenance") == (0, "No mail leaves until `oproep outbox release`.")
    assert run("retry", "--unknown", "--reason", "asked for") == (0, "1 to be sent again.")
    code, said = run("status")
    assert (code, "SENDING IS OFF" in said, "Perhaps sent twice: 1." in said) == (0, True, True), said
    assert run("release") == (0, "Mails leave again.")
    assert run("release") == (1, "Error: Sending is on already.")
