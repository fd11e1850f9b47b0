"""What an association gets for a submission, and what anybody who holds it can prove with it."""

import io
import json
import re
from email import message_from_bytes, policy
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from config.settings import Settings
from portal.cli import main
from tests.builders import CLOSES, NOW, a_call, an_application, an_association, asked, done, sign_in, work_off
from tests.conftest import Clock
from workflows.canonical import canonical, fingerprint
from workflows.files import store
from workflows.history import entries
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Actor
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries
from workflows.submission.queries import Receipt

By = tuple[Actor, int]


@pytest.fixture
def by() -> By:
    a_call()
    return an_association()


@pytest.fixture
def own(client: FlaskClient, by: By) -> FlaskClient:
    sign_in(client, by[0]).get("/?language=en")
    return client


def receipts(reference: str) -> tuple[Receipt, ...]:
    found: tuple[Receipt, ...] = asked(queries.receipts, asked(queries.view, reference).id)
    return found


def twice_submitted(by: By) -> str:
    """A file that was submitted, changed in an answer and a document, and submitted again."""
    reference = an_application("submitted", by=by)
    done(submission.reopen, by[0], reference, now=NOW)
    done(submission.save_answers, by[0], reference, {"title": "Twee waterpunten"}, now=NOW)
    (old,) = asked(queries.view, reference).attachments
    done(submission.replace, by[0], reference, old.token, "tweede.pdf", one_page("2"), now=NOW)
    done(submission.submit, by[0], reference, received_at=NOW)
    return reference


def text_of(pdf: bytes) -> str:
    """The texts of a tagged PDF, by its structure."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return str(document.docinfo.get("/Title", "")) + " " + str(len(document.pages))


def test_the_application_as_pdf_is_there_at_once_and_stays_the_same(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    first = own.get(f"/applications/{reference}/submissions/1.pdf")
    assert (first.status_code, first.data[:5]) == (200, b"%PDF-")
    assert text_of(first.data) == f"Aanvraag zoals ingediend {reference} 1"
    work_off()
    assert own.get(f"/applications/{reference}/submissions/1.pdf").data == first.data
    assert store.get(receipts(reference)[0].pdf or "") == first.data


def test_receipt_and_application_leave_in_one_mail(own: FlaskClient, by: By, settings: Settings) -> None:
    reference = an_application("submitted", by=by)
    work_off()
    (mail,) = [
        message_from_bytes(one.read_bytes(), policy=policy.default) for one in settings.mail_folder.glob("letter*")
    ]
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert (names[1:], len(names)) == ([f"{reference}-1.pdf"], 2)
    contents = [part.get_content() for part in mail.iter_attachments()]
    assert contents[1] == own.get(f"/applications/{reference}/submissions/1.pdf").data


def test_every_submission_stays_with_its_documents_and_says_what_changed(own: FlaskClient, by: By) -> None:
    reference = twice_submitted(by)
    page = own.get(f"/applications/{reference}/receipt").get_data(as_text=True)
    changed = re.findall(r'data-label="(?:Question|Before|Now)"[^>]*>(.*?)</t', page)
    assert changed[:3] == ["Title", "Waterpunt", "Twee waterpunten"]
    assert [cell.split(" ")[0] for cell in changed[3:]] == ["Budget", "begroting.pdf", "tweede.pdf"]
    earlier = own.get(f"/applications/{reference}/submissions/1").get_data(as_text=True)
    assert "You submitted again after this" in earlier
    assert own.get(f"/applications/{reference}/submissions/1/documents/1").data == one_page("Begroting")
    assert own.get(f"/applications/{reference}/submissions/2/documents/1").data == one_page("2")
    statuses = [own.get(f"/applications/{reference}/submissions/{what}").status_code
                for what in ("2", "3", "3.pdf", "3.json", "1/documents/0", "1/documents/2")]  # fmt: skip
    assert statuses == [302, 404, 404, 404, 404, 404]


def test_the_pdf_of_a_second_submission_is_another_and_both_stay(own: FlaskClient, by: By) -> None:
    reference = twice_submitted(by)
    first, second = (own.get(f"/applications/{reference}/submissions/{number}.pdf").data for number in (1, 2))
    assert (first[:5], second[:5], first == second) == (b"%PDF-", b"%PDF-", False)


def test_a_stranger_gets_no_part_of_a_submission(client: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    sign_in(client, an_association()[0])
    paths = ("receipt", "submissions/1", "submissions/1.pdf", "submissions/1.json", "submissions/1/documents/1")
    assert {client.get(f"/applications/{reference}/{path}").status_code for path in paths} == {404}


# Proof


def verify(client: FlaskClient, *, number: str = "", file: bytes | None = None) -> tuple[int, str]:
    """What the public page says: its code, and the notice or the remark under a field."""
    data: dict[str, Any] = {"number": number}
    if file is not None:
        data["file"] = (io.BytesIO(file), "bewijs")
    answer = client.post("/verify?language=en", data=data, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    main = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    return answer.status_code, " ".join(main.split())


def test_whoever_holds_a_receipt_can_check_it_and_learns_nothing_else(client: FlaskClient, by: By) -> None:
    reference = an_application("submitted", {"title": "Geheim plan"}, by=by)
    work_off()
    (receipt,) = receipts(reference)
    name = asked(queries.view, reference).organisation.name
    mailed = f" {receipt.number.lower()} "
    for shown in ({"number": receipt.number}, {"number": mailed}, {"file": store.get(receipt.pdf or "")}):
        status, page = verify(client, **shown)  # type: ignore[arg-type]
        assert (status, "This receipt is genuine" in page, receipt.digest in page) == (200, True, True)
        assert "24 November 2026 at 13:00 (Brussels time)" in page
        assert ("Geheim plan" in page, name in page) == (False, False)


def test_the_receipt_letter_and_the_data_prove_it_too(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    work_off()
    page = own.get(f"/applications/{reference}/receipt").get_data(as_text=True)
    letter = re.search(r'href="([^"]*letters/\d+\.pdf)"', page)
    assert letter is not None
    data = own.get(f"/applications/{reference}/submissions/1.json").data
    assert fingerprint(json.loads(data)["content"]) == receipts(reference)[0].digest
    for file in (own.get(letter[1]).data, data, json.dumps(json.loads(data), indent=2).encode()):
        assert verify(own, file=file)[0] == 200


def test_what_is_not_ours_or_was_changed_is_said_to_be_so(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    pdf = own.get(f"/applications/{reference}/submissions/1.pdf").data
    data = json.loads(own.get(f"/applications/{reference}/submissions/1.json").data)
    number = data["receipt"]
    changed = {**data, "content": {**data["content"], "answers": {**data["content"]["answers"], "requested": 1}}}
    swapped = number[:-1] + ("0" if number[-1] != "0" else "1")
    unknown = "S26-0002-53/1/00000000/"
    unknown += next(f"{check:02d}" for check in range(98) if is_valid(f"{unknown}{check:02d}"))
    said = [
        verify(own, **shown)  # type: ignore[arg-type]
        for shown in (
            {"file": pdf + b" "}, {"file": b""}, {"file": b"{}"}, {"file": b"[" * 9000}, {"file": one_page("x")},
            {"file": canonical({**data, "receipt": unknown}).encode()},
        )
    ]  # fmt: skip
    assert [(status, "We did not give out this file as it is" in page) for status, page in said] == [(422, True)] * 6
    assert "something in it was changed" in verify(own, file=canonical(changed).encode())[1]
    assert "the check digits do not fit" in verify(own, number=swapped)[1]
    assert "We did not give out this receipt" in verify(own, number=unknown)[1]
    assert "Give a receipt number or choose a file" in verify(own)[1]


def is_valid(number: str) -> bool:
    from_right = "".join(str(int(sign, 36)) for sign in number if sign.isalnum())
    return int(from_right) % 97 == 1


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_a_receipt_is_verified_from_a_terminal(own: FlaskClient, by: By, settings: Settings, tmp_path: Any) -> None:
    reference = an_application("submitted", by=by)
    paths = {}
    for ending in ("pdf", "json"):
        paths[ending] = tmp_path / f"bewijs.{ending}"
        paths[ending].write_bytes(own.get(f"/applications/{reference}/submissions/1.{ending}").data)
    (receipt,) = receipts(reference)
    where = ("--instance", str(settings.instance))
    for what in (receipt.number, str(paths["pdf"]), str(paths["json"])):
        outcome = run("verify", what, *where)
        assert (outcome.exit_code, f"File        {reference}, submission 1" in outcome.output) == (0, True), (
            outcome.output
        )
    paths["pdf"].write_bytes(b"%PDF-1.7 nagemaakt")
    assert run("verify", str(paths["pdf"]), *where).exit_code == 1
    damaged = receipt.content["documents"][0]["sha256"]
    (settings.store / damaged[:2] / damaged).write_bytes(b"beschadigd")
    outcome = run("verify", receipt.number, *where)
    assert (outcome.exit_code, "is lost or damaged in the store" in outcome.output) == (1, True)


# Taking back, on the screen


def press(client: FlaskClient, reference: str, what: str) -> str:
    return client.post(f"/applications/{reference}/{what}", follow_redirects=True).get_data(as_text=True)


def test_a_reopened_file_says_that_its_last_submission_counts_before_and_after_the_deadline(
    own: FlaskClient, by: By, clock: Clock
) -> None:
    reference = an_application("submitted", by=by)
    page = press(own, reference, "reopen")
    assert "What you submitted on 24 November 2026 at 13:00 counts until you submit again." in page
    clock.now = CLOSES
    page = own.get(f"/applications/{reference}").get_data(as_text=True)
    assert ("Your application is being assessed" in page, "was not submitted before the call closed" in page) == (
        True,
        False,
    )


def test_changes_are_dropped_and_a_withdrawal_undone_from_the_page(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    press(own, reference, "reopen")
    done(submission.save_answers, by[0], reference, {"title": "Half werk"}, now=NOW)
    page = press(own, reference, "restore")
    assert ("is again as you last submitted it" in page, "Half werk" in page) == (True, True)  # set aside, and shown
    own.post(f"/applications/{reference}/withdraw", data={"reason": "vergissing"})
    page = press(own, reference, "bring-back")
    assert "no longer withdrawn" in page
    assert asked(queries.view, reference).state is ApplicationState.SUBMITTED


def test_a_draft_is_deleted_from_its_page(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    assert "Delete the draft" in own.get(f"/applications/{reference}").get_data(as_text=True)
    assert f"The draft {reference} is deleted." in press(own, reference, "delete")
    assert own.get(f"/applications/{reference}").status_code == 404


def test_only_the_answers_that_were_checked_are_submitted(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    page = own.get(f"/applications/{reference}/check").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', page)
    assert seen is not None
    done(submission.save_answers, by[0], reference, {"title": "Van een collega"}, now=NOW)
    sent = {"declaration": "y", "seen": seen[1]}
    answer = own.post(f"/applications/{reference}/submit", data=sent)
    assert (answer.status_code, "was changed again" in answer.get_data(as_text=True)) == (422, True)
    assert receipts(reference) == ()
    again = re.search(r'name="seen"[^>]*value="(\d+)"', answer.get_data(as_text=True))
    assert again is not None
    for _ in range(2):  # the second is a resend after a time-out
        answer = own.post(f"/applications/{reference}/submit", data={"declaration": "y", "seen": again[1]})
        assert answer.headers["Location"] == f"/applications/{reference}/receipt"
    assert len(receipts(reference)) == 1


def test_every_attempt_is_kept_also_one_without_the_declaration_and_one_too_late(
    own: FlaskClient, by: By, clock: Clock
) -> None:
    reference = an_application(by=by)
    own.post(f"/applications/{reference}/submit", data={})
    clock.now = CLOSES
    own.post(f"/applications/{reference}/submit", data={"declaration": "y"})
    kept = [entry.facts["problems"] for entry in asked(entries, f"application:{reference}")
            if entry.event is Event.REFUSE_SUBMISSION]  # fmt: skip
    assert kept == [["declaration-missing"], ["deadline-passed"]]
