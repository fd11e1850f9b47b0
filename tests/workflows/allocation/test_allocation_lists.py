"""Ranking lists in CSV and XLSX: what is read, exactly, and what is refused with its line and its column."""

from datetime import date

import pytest
from openpyxl import Workbook

from workflows.allocation.lists import read_csv
from workflows.allocation.model import InputRefused
from workflows.allocation.workbook import read_workbook

EXPECTED = {
    "applications": [
        {"id": "Z-001", "applicant": "0123456749", "score": 7456, "requested": 12498600,
         "groups": ["opt", "accredited"]},
        {"id": "Z-002", "applicant": "0987654321", "score": 7000, "requested": 2500000, "minimum": 1000000},
    ]
}  # fmt: skip


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def workbook(tmp_path, sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_list_in_csv_is_read_whatever_separates_its_cells(tmp_path, separator, encoding):
    lines = [
        ["id", "applicant", "score", "requested", "minimum", "groups"],
        ["Z-001", "0123456749", "7456", "12498600", "", "opt | accredited"],
        [],
        ["Z-002", "0987654321", "7000", "2500000", "1000000", ""],
    ]
    text = "\r\n".join(separator.join(line) for line in lines)
    assert read_csv(csv(tmp_path, text, encoding)) == EXPECTED


def test_euros_and_points_are_read_digit_by_digit_under_their_own_names(tmp_path):
    text = "id;applicant;score_points;requested_eur;minimum_eur\na;b;74,56;124986;0.1\nc;d;8.1;29.99;29,99\n"
    assert read_csv(csv(tmp_path, text)) == {
        "applications": [
            {"id": "a", "applicant": "b", "score": 7456, "requested": 12498600, "minimum": 10},
            {"id": "c", "applicant": "d", "score": 810, "requested": 2999, "minimum": 2999},
        ]
    }


HEAD = "id,applicant,score,requested\n"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (HEAD + "a,b,74.5,10", "line 2, column score", "expected a whole number, got '74.5'"),
        (HEAD + "a,b,7,-10", "line 2, column requested", "expected a whole number, got '-10'"),
        (HEAD + "a,b,7,1e4", "line 2, column requested", "expected a whole number, got '1e4'"),
        (HEAD + "a,b,7,10,11", "line 2, cell 5", "expected nothing where the line of names has no name"),
        (HEAD + '\n"a,b,7', "line 3", "expected CSV: unexpected end of data"),
        ("id,id\n", "line 1, column id", "this column is there twice"),
        ("", "file", "expected a line with the names of the columns"),
        ("requested_eur\n1.005\n", "line 2, column requested_eur",
         "expected a number with at most two decimals, got '1.005'"),
        ("requested_eur,requested\n1,100\n", "line 2, column requested", "requested is already in another column"),
        ("requested_eur\n١٢\n", "line 2, column requested_eur",
         "expected a number with at most two decimals, got '١٢'"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_list_is_refused_with_its_line_and_column(tmp_path, text, place, reason):
    with pytest.raises(InputRefused) as refused:
        read_csv(csv(tmp_path, text))
    assert (refused.value.place, refused.value.reason) == (place, reason)


def test_a_list_that_is_no_text_is_refused(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_csv(csv(tmp_path, "id;naam\nx;Présence", "latin-1"))
    assert refused.value.place == "byte 12"


ROWS = [
    ["id", "applicant", "score", "requested", "minimum", "groups"],
    ["Z-001", "0123456749", 7456, 12498600, None, "opt|accredited"],
    ["Z-002", "0987654321", 7000, 2500000, 1000000],
]


def test_a_workbook_of_one_sheet_is_a_list_of_applications(tmp_path):
    assert read_workbook(workbook(tmp_path, {"Blad1": ROWS})) == EXPECTED


def test_a_workbook_can_hold_the_whole_call(tmp_path):
    sheets = {
        "call": [["call", "zuid-2024"], ["rule", "rank-stop"], ["pass_mark", 6000], [], ["ties", "smaller-request|id"]],
        "applications": ROWS,
        "envelopes": [["id", "amount_eur", "groups", "policy"], ["total", 655000.5, "*", "ceiling"]],
        "limits": [["id", "per", "max_awards"], ["two-each", "applicant", 2]],
        "overrides": [["id", "award", "reason"], ["Z-002", 0, "funded twice"]],
    }
    assert read_workbook(workbook(tmp_path, sheets)) == {
        "call": "zuid-2024", "rule": "rank-stop", "pass_mark": 6000, "ties": ["smaller-request", "id"], **EXPECTED,
        "envelopes": [{"id": "total", "amount": 65500050, "groups": ["*"], "policy": "ceiling"}],
        "limits": [{"id": "two-each", "per": "applicant", "max_awards": 2}],
        "overrides": [{"id": "Z-002", "award": 0, "reason": "funded twice"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sheets", "place", "reason"),
    [
        ({"list": [["id", "score"], ["a", 74.5]]}, "sheet list, row 2, column score",
         "expected a whole number, got '74.5'"),
        ({"list": [["id", "score"], ["a", True]]}, "sheet list, row 2, column score",
         "expected a whole number, got 'True'"),
        ({"list": [["id"], [date(2026, 1, 5)]]}, "sheet list, row 2, column id",
         "expected a text, got 2026-01-05 00:00:00"),
        ({"list": [["requested_eur"], [1.005]]}, "sheet list, row 2, column requested_eur",
         "expected a number with at most two decimals, got '1.005'"),
        ({"applications": [["id"], ["a"]], "notes": [["x"]]}, "sheet notes",
         "unknown sheet, expected one of applications, envelopes, limits, overrides, call"),
        ({"applications": [["id"], ["a"]], "call": [["rule"]]}, "sheet call, row 1", "expected a key and its value"),
        ({"applications": [["id"], ["a"]], "call": [["rule", "x"], ["rule", "y"]]}, "sheet call, row 2",
         "rule is there twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_workbook_is_refused_with_its_sheet_row_and_column(tmp_path, sheets, place, reason):
    with pytest.raises(InputRefused) as refused:
        read_workbook(workbook(tmp_path, sheets))
    assert (refused.value.place, refused.value.reason) == (place, reason)


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no zip")
    with pytest.raises(InputRefused) as refused:
        read_workbook(path)
    assert refused.value.place == "file"
