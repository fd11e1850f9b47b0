"""One content, three forms: what a letter's PDF, page and mail share, and what nobody can do to them."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from workflows.letters.blocks import (
    Annex,
    Bar,
    Block,
    Document,
    Facts,
    Heading,
    Items,
    Letterhead,
    Paragraph,
    Table,
    from_json,
    to_json,
)
from workflows.letters.page import to_html
from workflows.letters.pdf import FontsMissing, to_pdf
from workflows.letters.plain import to_text
from workflows.letters.prepare import LABELS

HOSTILE = '#import "/etc/passwd" $x$ *bold* _em_ = Titel // c \\n <script>alert(1)</script> & "quoted"'
SCORES = Table(
    head=("Criterium", "Score"),
    rows=(("Relevantie", "8,50"), ("Haalbaarheid", "7,30")),
    align=("left", "right"),
    foot=("Totaal", "81,25"),
    caption="Scores per criterium",
)
BLOCKS: tuple[Block, ...] = (
    Paragraph("Geachte mevrouw,"),
    Facts((("Project", "Water voor Masina"), ("Toegekend bedrag", "€ 74.300"))),
    Heading("Motivering"),
    SCORES,
    Heading("Voorwaarden", 2),
    Items(("Een tussentijds verslag", "Een eindverslag")),
    Annex("Verdeling"),
    Bar("Enveloppe", (("Kinshasa", 400_000_00), ("Rabat", 250_300_50)), 1_000_000_00),
)


def a_letter(*blocks: Block, language: str = "nl", **changes: Any) -> Document:
    document = Document(
        language=language,
        title="Toekenning van een subsidie",
        reference="OPR-2026-0042/1",
        dated=date(2026, 11, 23),
        place="Brussel",
        recipient=("Solidariteit vzw", "Vlaamsesteenweg 98", "1000 Brussel"),
        head=Letterhead("Brussels International", ("Sint-Lazarusplein 2", "1035 Brussel")),
        blocks=blocks or BLOCKS,
        closing=("Met vriendelijke groeten,", "", "Ann Peeters"),
    )
    return replace(document, **changes)


def tags(pdf: bytes) -> list[str]:
    """The structure of a PDF as a screen reader walks it."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return list(_tags(opened.Root.StructTreeRoot.K))


def _tags(node: Any) -> Any:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _tags(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S)[1:]
        if "/K" in node:
            yield from _tags(node.K)


# Frozen text


def test_a_frozen_letter_is_read_back_exactly() -> None:
    letter = a_letter(*BLOCKS, Paragraph(HOSTILE + "\r\n\u202f€ 😀"))
    assert from_json(to_json(letter)) == letter


def test_the_frozen_text_is_canonical() -> None:
    text = to_json(a_letter())
    canonical = json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert (text, to_json(from_json(text))) == (canonical, canonical)


@pytest.mark.parametrize("text", ["[]", '{"format":2}', '{"format":1}'])
def test_a_text_that_is_no_letter_of_this_format_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a letter in format 1"):
        from_json(text)


def test_a_block_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="sound"):
        from_json(to_json(a_letter()).replace('"kind":"paragraph"', '"kind":"sound"'))


def test_a_table_row_has_as_many_cells_as_its_head() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under a head of 2"):
        replace(SCORES, rows=(("Relevantie",),))


@pytest.mark.parametrize("parts", [(("a", 101),), (("a", -1),), (("a", 60), ("b", 41))])
def test_the_parts_of_a_bar_stay_within_its_total(parts: tuple[tuple[str, int], ...]) -> None:
    with pytest.raises(ValueError, match="at most its total"):
        Bar("Enveloppe", parts, 100)


def test_headings_do_not_skip_a_level() -> None:
    with pytest.raises(ValueError, match="level 3 under level 1"):
        a_letter(Heading("Een"), Heading("Drie", 3))


def test_a_heading_is_not_empty() -> None:
    with pytest.raises(ValueError, match="a heading has a text"):
        Heading(" ")


# PDF


@pytest.mark.parametrize(("language", "expected"), [("nl", "nl-BE"), ("fr", "fr-BE"), ("en", "en-GB")])
def test_a_pdf_says_its_language_title_and_day_and_is_tagged(language: str, expected: str) -> None:
    with pikepdf.open(BytesIO(to_pdf(a_letter(language=language)))) as pdf:
        root, metadata = pdf.Root, pdf.open_metadata()
        assert str(root.Lang) == expected
        assert bool(root.MarkInfo.Marked) is True
        assert bool(root.ViewerPreferences.DisplayDocTitle) is True
        assert str(pdf.docinfo["/Title"]) == "Toekenning van een subsidie"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261123000000Z"
        claims = [metadata[f"pdfaid:{part}"] for part in ("part", "conformance")] + [metadata["pdfuaid:part"]]
        assert claims == ["2", "A", "1"]


def test_a_pdf_carries_only_its_own_fonts_embedded() -> None:
    with pikepdf.open(BytesIO(to_pdf(a_letter()))) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        names = {str(font.BaseFont).split("+")[1].split("-")[0] for font in fonts}
        embedded = ["/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts]
    assert (names, set(embedded)) == ({"Figtree"}, {True})


def test_a_pdf_has_headings_in_order_a_list_of_facts_and_tables_with_heads() -> None:
    found = tags(to_pdf(a_letter()))
    counted = {tag: found.count(tag) for tag in ("L", "LI", "Table", "Caption", "TH", "TD")}
    assert [tag for tag in found if tag[0] == "H"] == ["H1", "H2", "H3", "H2"]
    assert counted == {"L": 2, "LI": 4, "Table": 2, "Caption": 1, "TH": 5, "TD": 18}


def test_an_annex_begins_on_a_page_of_its_own_behind_the_closing() -> None:
    with pikepdf.open(BytesIO(to_pdf(a_letter()))) as pdf:
        assert len(pdf.pages) == 2
    text = to_text(a_letter())
    assert text.index("Ann Peeters") < text.index("Bijlage 1 – Verdeling") < text.index("Kinshasa")


def test_the_same_letter_gives_the_same_bytes_in_two_threads() -> None:
    letters = [a_letter(reference=f"OPR-2026-{number}") for number in range(4)] * 2
    with ThreadPoolExecutor(2) as pool:
        rendered = list(pool.map(to_pdf, letters))
    assert rendered[:4] == rendered[4:] == [to_pdf(letter) for letter in letters[:4]]
    assert len(set(rendered)) == 4


def test_what_people_wrote_is_never_markup_in_a_pdf() -> None:
    def everywhere(text: str) -> Document:
        return a_letter(
            Paragraph(text), Heading(text), Facts(((text, text),)), Items((text,)), Annex(text),
            replace(SCORES, rows=((text, text),), caption=text), Bar(text, ((text, 1),), 2),
            title=text, reference=text, place=text, recipient=(text,), closing=(text,),
        )  # fmt: skip

    assert tags(to_pdf(everywhere(HOSTILE))) == tags(to_pdf(everywhere("harmless " * 8)))


@pytest.mark.parametrize("name", ["你好 🎉", "bell\x07", "\ue000", "\ud800", "مرحبا", "\u202eabc", "x" * 400, " "])
def test_no_character_of_a_name_stops_a_letter(name: str) -> None:
    letter = a_letter(Paragraph(name), Items((name,)), recipient=(name,))
    assert to_pdf(letter)[:5] == b"%PDF-"


def test_a_word_longer_than_a_line_goes_on_in_the_next() -> None:
    with pikepdf.open(BytesIO(to_pdf(a_letter(Paragraph("x" * 8000))))) as pdf:
        assert len(pdf.pages) == 3


def test_empty_parts_do_not_stop_a_letter() -> None:
    bare = Table(("a", "b"), (), caption="")
    letter = a_letter(Paragraph(""), Facts(()), Items(()), bare, recipient=(), closing=())
    assert to_pdf(letter)[:5] == b"%PDF-"
    assert to_html(letter).count("<p></p>") == 1
    assert to_text(letter).endswith("a  b\n-  -\n")


def test_missing_fonts_are_named_with_their_remedy(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="make setup"):
        to_pdf(a_letter(), fonts=tmp_path / "figtree")


# HTML


def test_a_page_holds_what_people_wrote_as_text() -> None:
    letter = a_letter(Paragraph(HOSTILE), recipient=(HOSTILE,), title=HOSTILE)
    html = to_html(letter)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;") == 3
    assert ("<script" in html, "style=" in html) == (False, False)


def test_a_page_has_a_table_whose_head_and_rows_have_a_scope() -> None:
    assert to_html(a_letter(SCORES)).split("\n")[-3] == (
        '<table class="letter-table"><caption>Scores per criterium</caption>'
        '<thead><tr><th scope="col">Criterium</th>'
        '<th scope="col" class="letter-right">Score</th></tr></thead>'
        '<tbody><tr><th scope="row">Relevantie</th><td class="letter-right">8,50</td></tr>'
        '<tr><th scope="row">Haalbaarheid</th><td class="letter-right">7,30</td></tr></tbody>'
        '<tfoot><tr><th scope="row">Totaal</th><td class="letter-right">81,25</td></tr></tfoot></table>'
    )


def test_a_page_keeps_line_breaks_and_gives_facts_as_a_list_of_terms() -> None:
    html = to_html(a_letter(Paragraph("een\r\ntwee"), Facts((("Project", "Water"),))))
    assert "<p>een<br>twee</p>" in html
    assert '<dl class="letter-facts"><div><dt>Project</dt><dd>Water</dd></div></dl>' in html


# Text


def test_a_mail_aligns_facts_and_wraps_at_76_columns() -> None:
    text = to_text(a_letter(Facts((("Project", "Water"), ("Toegekend bedrag", "woord " * 30))), SCORES))
    assert "Project           Water\nToegekend bedrag  woord woord" in text
    assert max(map(len, text.split("\n"))) <= 76


def test_a_mail_writes_a_table_in_columns() -> None:
    assert (
        "Scores per criterium\n"
        "Criterium     Score\n"
        "------------  -----\n"
        "Relevantie     8,50\n"
        "Haalbaarheid   7,30\n"
        "------------  -----\n"
        "Totaal        81,25\n"
    ) in to_text(a_letter(SCORES))


def test_a_wide_table_wraps_its_cells_in_a_mail() -> None:
    wide = Table(("Criterium", "Opmerking"), (("Relevantie", "woord " * 40),))
    assert max(map(len, to_text(a_letter(wide)).split("\n"))) == 76


def test_an_address_of_a_page_stays_whole_in_a_mail() -> None:
    address = "https://example.org/" + "pad/" * 30
    assert address in to_text(a_letter(Paragraph(f"Zie {address} voor meer."))).split("\n")


def test_a_bar_is_told_in_amounts_and_shares_that_sum_to_the_whole() -> None:
    text = to_text(a_letter(BLOCKS[-1], language="fr"))
    assert [line.split("  ")[-1].strip() for line in text.split("\n") if line.endswith("%")] == [
        "40,0\u00a0%", "25,0\u00a0%", "35,0\u00a0%", "100,0\u00a0%",
    ]  # fmt: skip
    assert ". Non attribué  349\u202f699,50\u00a0€" in text


def test_marks_that_reverse_reading_are_dropped_in_every_form() -> None:
    letter = a_letter(Paragraph("\u202eabc\u2066"))
    assert ("<p>abc</p>" in to_html(letter), "\nabc\n" in to_text(letter)) == (True, True)


def test_every_language_has_every_label() -> None:
    assert set(LABELS["nl"]) == set(LABELS["fr"]) == set(LABELS["en"])
