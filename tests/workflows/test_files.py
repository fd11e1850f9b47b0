"""Documents: their content decides what they are, their name decides nothing."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from config.settings import Settings
from tests.builders import DAY, NOW, done, refusal
from workflows.files import store
from workflows.files.actions import take_in
from workflows.files.rules import ACCEPTED, DOCX, JPEG, NAME_LENGTH, ODS, ODT, PDF, PNG, XLSX, media_type, safe_name
from workflows.problems import Problem, Reason
from workflows.replay.paper import one_page

TYPES = '<Types><Override PartName="/{part}" ContentType="application/vnd.openxmlformats-{kind}+xml"/></Types>'
RIGHT_TO_LEFT = "\u202e"


def archive(*members: tuple[str, str]) -> bytes:
    """A ZIP archive with these members and their texts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in members:
            file.writestr(name, text)
    return content.getvalue()


def a_png() -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    dot = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + dot + chunk(b"IEND", b"")


def encrypted(content: bytes) -> bytes:
    """The archive with every member marked as encrypted."""
    changed = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            changed[place + flags] |= 1
            place = changed.find(mark, place + 1)
    return bytes(changed)


def packed_wrongly(content: bytes) -> bytes:
    """The archive with a member that says it is deflated and is not."""
    changed = bytearray(content)
    changed[8] = changed[changed.find(b"PK\x01\x02") + 10] = zipfile.ZIP_DEFLATED
    return bytes(changed)


CONTENTS = "[Content_Types].xml"
WORD = (CONTENTS, TYPES.format(part="word/document.xml", kind="officedocument")), ("word/document.xml", "<w:document/>")
SHEET = (CONTENTS, TYPES.format(part="xl/workbook.xml", kind="officedocument")), ("xl/workbook.xml", "<workbook/>")
TEXT = (("mimetype", ODT), ("content.xml", "<office:document-content/>"))

TAKEN = {
    "a PDF": (one_page("Begroting"), PDF),
    "a Word document": (archive(*WORD), DOCX),
    "a Word document with a picture": (archive(*WORD, ("word/media/image1.png", "…")), DOCX),
    "an Excel sheet": (archive(*SHEET), XLSX),
    "an Excel sheet that was set up for a printer": (
        archive(*SHEET, ("xl/printerSettings/printerSettings1.bin", "…")), XLSX,
    ),
    "an OpenDocument text": (archive(*TEXT), ODT),
    "an OpenDocument sheet": (archive(("mimetype", ODS), ("content.xml", "…")), ODS),
    "a PNG picture": (a_png(), PNG),
    "a JPEG picture": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 300 + b"\xff\xd9", JPEG),
}  # fmt: skip

REFUSED = {
    "a Windows program": b"MZ\x90\x00" + b"\0" * 400,
    "a Linux program": b"\x7fELF\x02\x01\x01" + b"\0" * 400,
    "a web page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "a drawing that can hold scripts": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "plain text": b"Begroting: 18.500 euro",
    "an archive": archive(("begroting.pdf", "…")),
    "an archive with a program": archive(("begroting.exe", "MZ")),
    "a Word document with a program": archive(*WORD, ("word/embeddings/hulp.EXE", "MZ")),
    "a Word document with a script": archive(*WORD, ("word/start.vbs", "…")),
    "a Word document with macros": archive(*WORD, ("word/vbaProject.bin", "…")),
    "a Word document with an object embedded": archive(*WORD, ("word/embeddings/oleObject1.bin", "…")),
    "a Word document with macros under another name": archive(
        (CONTENTS, '<Override PartName="/word/kleur.dat" ContentType="application/vnd.ms-office.vbaProject"/>'),
        ("word/document.xml", "…"), ("word/kleur.dat", "…"),
    ),
    "a Word template with macros": archive(
        (CONTENTS, TYPES.format(part="word/document.xml", kind="ms-word.template.macroEnabled.main")),
        ("word/document.xml", "…"),
    ),
    "an OpenDocument text with macros": archive(*TEXT, ("Basic/Standard/Module1.xml", "…")),
    "an OpenDocument drawing": archive(("mimetype", "application/vnd.oasis.opendocument.graphics")),
    "half a Word document": archive(*WORD)[:-30],
    "an encrypted Word document": encrypted(archive(*WORD)),
    "a broken Word document": packed_wrongly(archive(*WORD)),
    "a broken OpenDocument text": packed_wrongly(archive(*TEXT)),
    "only the first bytes of an archive": b"PK\x03\x04",
    "a film": b"\x00\x00\x00\x18ftypmp42" + b"\0" * 400,
}  # fmt: skip


def code(content: bytes) -> Reason:
    with pytest.raises(Problem) as refused:
        media_type(content)
    return refused.value.reason


@pytest.mark.parametrize("what", TAKEN)
def test_a_document_is_taken_for_what_its_content_is(what: str) -> None:
    content, media = TAKEN[what]
    assert media_type(content) == media


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_is_refused_whatever_it_is_called(what: str) -> None:
    accepted = ["docx", "jpg", "ods", "odt", "pdf", "png", "xlsx"]
    assert code(REFUSED[what]) == Reason("document-kind-refused", {"accepted": accepted})


def test_an_empty_file_is_refused_as_empty() -> None:
    assert code(b"") == Reason("document-empty")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("begroting.pdf", "begroting.pdf"),
        ("Begroting 2027 (définitif).PDF", "Begroting 2027 (définitif).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ada\\begroting.docx", "begroting.pdf"),
        ("begroting.pdf.exe", "begroting.pdf.pdf"),
        (f"begroting{RIGHT_TO_LEFT}fdp.exe", "begrotingfdp.pdf"),
        ("regel1\r\nContent-Type: text.pdf", "regel1Content-Type: text.pdf"),
        ("nul\0byte.pdf", "nulbyte.pdf"),
        ("\u2066begroting\u2069.pdf", "begroting.pdf"),
        ("", "document.pdf"),
        ("..", "document.pdf"),
        (".htaccess", "document.pdf"),
        ("map/", "document.pdf"),
        (" . begroting . .pdf", "begroting.pdf"),
    ],
)
def test_a_name_keeps_no_path_no_hidden_mark_and_gets_the_true_ending(name: str, safe: str) -> None:
    assert safe_name(name, PDF) == safe


def test_a_name_is_cut_to_a_length_that_every_disk_takes() -> None:
    assert safe_name("a" * 500 + ".docx", DOCX) == "a" * NAME_LENGTH + ".docx"
    assert [safe_name("x", media) for media in ACCEPTED] == [
        "x.pdf", "x.docx", "x.xlsx", "x.odt", "x.ods", "x.png", "x.jpg",
    ]  # fmt: skip


def test_the_same_content_is_kept_once_whoever_brings_it(settings: Settings) -> None:
    page = one_page("Statuten")
    first = done(take_in, page, now=NOW)
    again = done(take_in, page, now=NOW + DAY)
    assert (again.sha256, again.stored_at, again.size, again.media_type) == (first.sha256, NOW, len(page), PDF)
    assert [path.name for path in settings.store.rglob("*") if path.is_file()] == [first.sha256]
    assert store.get(first.sha256) == page


def test_a_refused_document_leaves_nothing_behind(settings: Settings) -> None:
    assert refusal(take_in, b"MZ" + b"\0" * 400, now=NOW).code == "document-kind-refused"
    assert list(settings.store.rglob("*")) == []


def test_a_disk_that_changed_a_document_is_found_out(settings: Settings) -> None:
    digest = store.put(one_page("Statuten"))
    found: Path = next(settings.store.rglob(digest))
    found.write_bytes(one_page("Statuten, vervalst"))
    with pytest.raises(ValueError, match=f"^the document {digest} does not have its own hash$"):
        store.get(digest)
