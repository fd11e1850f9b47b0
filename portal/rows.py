"""Fields of several parts: a period of two days, a table of rows, a budget of lines.

A part is named after its field with a point before it, which no id of a question holds: `partners.2.name` is a cell of
the third row of the table `partners`. The field's own name is a hidden field that says it was sent at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from portal.forms import AmountField, DayField
from portal.language import colon

Cells = Callable[[], Mapping[str, Any]]
"""The unbound fields of one row, by column."""
ROW_NUMBERS = 4
"""Digits of the number of a row; a longer one names nothing."""


@dataclass(frozen=True)
class Heading:
    """A heading of costs: its code, its name and what there is to know of it; what is not direct is overheads."""

    code: str
    name: str
    hint: str = ""
    direct: bool = True


class Rows:
    """Rows of the same fields. `label`: what a row is called, before its number. `most`: how many there may be."""

    def __init__(self, name: str, cells: Cells, label: str, most: int, heading: Heading | None = None) -> None:
        self.name, self.label, self.most = name, label, most
        self.cells, self.heading = cells, heading
        self.rows: list[BaseForm] = []

    def read(self, formdata: Any, stored: Sequence[Mapping[str, Any]], least: int = 1) -> None:
        """Take the rows that were sent, or those that are stored, and make them at least `least`."""
        if formdata is not None:
            self.rows = [self._row(number, formdata, {}) for number in self._sent(formdata)]
        else:
            self.rows = [self._row(number, None, row) for number, row in enumerate(stored)]
        while len(self.rows) < least:
            self._grow()

    def grow(self, name: str) -> None:
        """Put an empty row after the others, if these are the rows of this name: without JavaScript saving is how one
        more row is had."""
        if name == self.name and not self.full and not any(empty(row) for row in self.rows):
            self._grow()

    def _grow(self) -> None:
        self.rows.append(self._row(1 + max((row.number for row in self.rows), default=-1), None, {}))

    @property
    def full(self) -> bool:
        """Whether there is no room for one more."""
        return len(self.rows) >= self.most

    def filled(self) -> list[dict[str, Any]]:
        """What the rows hold, by column, without cells that are refused; a row in which nothing stands is none."""
        return [
            {name: None if row[name].errors else row[name].data for name in row._fields}
            for row in self.rows if not empty(row)
        ]  # fmt: skip

    def complaints(self, form: Any) -> Iterator[tuple[str, str]]:
        """Every refusal of a cell: its sentence, and the cell's id."""
        for number, row in enumerate(self.rows, 1):
            for cell in () if empty(row) else row:
                if not cell.validate(form):
                    where = [self.heading.name] if self.heading else []
                    where += [f"{self.label} {number}", cell.label.text]
                    yield f"{', '.join(where)}{colon()} {cell.errors[0]}", anchor(cell)

    def _row(self, number: int, formdata: Any, stored: Mapping[str, Any]) -> Any:
        row: Any = BaseForm(self.cells(), prefix=f"{self.name}.{number}.")
        row.process(formdata, data=stored)
        row.number = number
        return row

    def _sent(self, formdata: Any) -> list[int]:
        """The numbers of the rows that were sent, in their order."""
        start = f"{self.name}."
        numbers = (key[len(start) :].split(".")[0] for key in formdata if key.startswith(start))
        return sorted({int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) <= ROW_NUMBERS})


def empty(row: BaseForm) -> bool:
    """Whether nothing stands in the row, neither understood nor typed."""
    return not any(cell.data not in (None, "", []) or any(cell.raw_data or ()) for cell in row)


def anchor(cell: Field) -> str:
    """The id an error leads to: of a day its first box."""
    return f"{cell.id}-day" if isinstance(cell, DayField) else str(cell.id)


class PartsField(Field):
    """A field of parts. `found`: its refusals, each with the id of the part it is about."""

    found: tuple[tuple[str, str], ...] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """As any field: what was sent wins over what is stored."""
        sent = formdata is not None and self.name in formdata
        self.process_errors = []
        self.raw_data = formdata.getlist(self.name) if sent else []
        self.object_data = None if data is unset_value else data
        self.read(formdata if sent else None, self.object_data)
        self.data = self.gather() if sent else self.object_data

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        self.found = tuple(self.complaints(form))
        self.errors = [sentence for sentence, _anchor in self.found]
        return not self.errors

    def grow(self, name: str) -> None:
        """Put an empty row after the rows of this name, where the field has such."""

    def read(self, formdata: Any, stored: Any) -> None:
        """Fill the parts from what was sent, or where nothing was, from what is stored."""
        raise NotImplementedError

    def gather(self) -> Any:
        """The answer in its stored shape, None where nothing stands in it; once it was validated, without the parts
        that are refused."""
        raise NotImplementedError

    def complaints(self, form: Any) -> Iterator[tuple[str, str]]:
        raise NotImplementedError


class PeriodField(PartsField):
    """A first and a last day."""

    def read(self, formdata: Any, stored: Any) -> None:
        cells = {"from": DayField(_("First day")), "to": DayField(_("Last day"))}
        self.days: Any = BaseForm(cells, prefix=f"{self.name}.")
        self.days.process(formdata, data={name: DayField.stored((stored or {}).get(name)) for name in cells})

    def gather(self) -> Any:
        days = {name: self.days[name].data for name in ("from", "to")}
        return {name: day.isoformat() if day else None for name, day in days.items()} if any(days.values()) else None

    def complaints(self, form: Any) -> Iterator[tuple[str, str]]:
        for day in self.days:
            if not day.validate(form):
                yield f"{day.label.text}{colon()} {day.errors[0]}", anchor(day)


class TableField(PartsField):
    """Rows of named columns. `to_cells` and `from_cells` translate a stored row to its fields and back."""

    def __init__(self, *, cells: Cells, to_cells: Any, from_cells: Any, least: int, most: int, **named: Any) -> None:
        super().__init__(**named)
        self.to_cells, self.from_cells, self.least = to_cells, from_cells, least
        self.rows = Rows(self.name, cells, _("Row"), most)

    def grow(self, name: str) -> None:
        self.rows.grow(name)

    def read(self, formdata: Any, stored: Any) -> None:
        self.rows.read(formdata, [self.to_cells(row) for row in stored or ()], self.least)

    def gather(self) -> Any:
        return [self.from_cells(row) for row in self.rows.filled()] or None

    def complaints(self, form: Any) -> Iterator[tuple[str, str]]:
        yield from self.rows.complaints(form)


class BudgetField(PartsField):
    """Lines per heading of the call, own means, other funders. Lines under a heading the call has lost stay where they
    are, under its code."""

    def __init__(
        self,
        *,
        headings: Sequence[Heading],
        lines: Cells,
        funders: Cells,
        most: tuple[int, int],
        **named: Any,
    ) -> None:
        super().__init__(**named)
        self.headings, self.line_cells, self.most_lines = headings, lines, most[0]
        self.funders = Rows(f"{self.name}.funders", funders, _("Funder"), most[1])

    def read(self, formdata: Any, stored: Any) -> None:
        # What is stored tells the headings also where something was sent: a lost one is still on the screen.
        given = stored or {"lines": [], "own": None, "funders": []}
        known = {heading.code for heading in self.headings}
        lost = sorted({line["category"] for line in given["lines"]} - known)
        headings = [*self.headings, *(Heading(code, code, _("The call no longer has this heading.")) for code in lost)]
        self.lines = {
            one.code: Rows(f"{self.name}.lines.{one.code}", self.line_cells, _("Line"), self.most_lines, one)
            for one in headings
        }
        for code, rows in self.lines.items():
            rows.read(formdata, [line for line in given["lines"] if line["category"] == code])
        self.funders.read(formdata, given["funders"])
        self.means: Any = BaseForm({"own": AmountField(_("Own means"))}, prefix=f"{self.name}.")
        self.means.process(formdata, data={"own": given["own"]})

    def grow(self, name: str) -> None:
        for rows in (*self.lines.values(), self.funders):
            rows.grow(name)

    def gather(self) -> Any:
        lines = [{"category": code, **line} for code, rows in self.lines.items() for line in rows.filled()]
        own, funders = self.means["own"].data, self.funders.filled()
        return {"lines": lines, "own": own, "funders": funders} if lines or funders or own is not None else None

    def complaints(self, form: Any) -> Iterator[tuple[str, str]]:
        for rows in (*self.lines.values(), self.funders):
            yield from rows.complaints(form)
        own = self.means["own"]
        if not own.validate(form):
            yield f"{own.label.text}{colon()} {own.errors[0]}", anchor(own)
