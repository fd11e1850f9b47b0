"""Which documents are accepted: judged by their content, never by their name. Pure."""

import io
import re
import unicodedata
import zipfile
import zlib

import filetype

from workflows.problems import Problem

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
PNG, JPEG = "image/png", "image/jpeg"
ACCEPTED = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx", ODT: "odt", ODS: "ods", PNG: "png", JPEG: "jpg"}
EVERY_KIND = frozenset(ACCEPTED.values())
NAME_LENGTH = 120
PROGRAM = re.compile(r"\.(exe|dll|js|vbs)$|^(basic|scripts)/|^(?!\w+/printersettings/\w+\.bin$).*\.bin$", re.IGNORECASE)
"""Members of an archive that can run; the settings of a printer, which spreadsheets hold, cannot."""
CONTENTS = "[Content_Types].xml"
CONTENTS_LENGTH = 1_000_000
"""Bytes of the list of contents that are read; a longer one is none an office program wrote."""


def media_type(content: bytes, accepted: frozenset[str] = EVERY_KIND) -> str:
    """The type of an acceptable document. `accepted`: the endings of the kinds that are taken.

    Raises Problem `document-empty` or `document-kind-refused` on what is not among them.
    """
    if not content:
        raise Problem("document-empty")
    if content[:4] == b"PK\x03\x04":
        found = _office_kind(content)
    else:
        kind = filetype.guess(content)
        found = kind.mime if kind else None
    if found is None or ACCEPTED.get(found) not in accepted:
        raise Problem("document-kind-refused", accepted=sorted(accepted))
    return str(found)


def _office_kind(content: bytes) -> str | None:
    """What a ZIP archive is, told by its members; one with macros or programs is nothing we take."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(PROGRAM.search(name) for name in names) or _says_macros(archive, names):
                return None
            if "mimetype" in names:
                declared = archive.open("mimetype").read(100).decode("ascii", "replace")
                return declared if declared in (ODT, ODS) else None
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError):  # broken, encrypted, or a strange packing
        return None
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _says_macros(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether the list of contents of an Office Open XML file names a macro, under whatever name it is kept."""
    if CONTENTS not in names:
        return False
    listed = archive.open(CONTENTS).read(CONTENTS_LENGTH).lower()
    return len(listed) == CONTENTS_LENGTH or b"macroenabled" in listed or b"vbaproject" in listed


def safe_name(name: str, media: str) -> str:
    """A file name that is safe to show and to save: no path, no control or direction character, the true ending."""
    base = re.split(r"[/\\]", name)[-1]
    kept = "".join(character for character in base if unicodedata.category(character)[0] != "C")
    stem = kept.rsplit(".", 1)[0].strip(" .")[:NAME_LENGTH] or "document"
    return f"{stem}.{ACCEPTED[media]}"
