"""The allocation under another setting: its form, what was read from it, and who enters and leaves by it."""

from importlib.util import find_spec
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField
from wtforms.validators import NumberRange

from portal.administrator import words
from portal.administrator.board import preview
from portal.forms import AmountField, Pick, choices, typed_amount
from portal.language import language
from portal.received import Form
from workflows.allocation import queries
from workflows.allocation.compare import sides
from workflows.allocation.model import PRO_RATA, RANK_RULES
from workflows.allocation.optimum import beside
from workflows.allocation.queries import Board
from workflows.allocation.what_if import Setting, moved
from workflows.calls.terms import Terms
from workflows.language import text_in

CLOCK = 3_000
"""Milliseconds the solver gets for an optimum before it is ended."""

MOST = 10**12
"""Cents that an envelope is tried with at most."""


class SettingForm(Form):
    """What is tried. It stands in the address, changes nothing and so needs no token."""

    class Meta(Form.Meta):  # type: ignore[misc]  # as in received.py
        csrf = False

    percent = IntegerField(
        _("All envelopes, per cent more or less"), widget=GovTextInput(), default=0,
        validators=[NumberRange(-100, 100, _("Give a whole number from −100 to 100."))],
        description=_("−15 takes fifteen per cent of every envelope away."),
    )  # fmt: skip
    pass_mark = AmountField(_("Pass mark"), validators=[NumberRange(0, 10_000, _("Give points from 0 to 100."))])
    rule = Pick(_("Rule"), widget=GovSelect())


def form_of(terms: Terms) -> SettingForm:
    """The form with a field for each envelope, filled with what the call says or the address changes."""
    amounts = {
        _name(one.id): AmountField(
            text_in(one.name.texts(), language()),
            validators=[NumberRange(0, MOST, _("Give an amount that a budget can hold."))],
            default=one.amount_cents,
        )
        for one in terms.envelopes
    }  # fmt: skip
    shaped = type("SettingForm", (SettingForm,), amounts)
    stands = {_name(one.id): one.amount_cents for one in terms.envelopes}
    stands["pass_mark"] = terms.scoring.pass_mark_hundredths
    given = MultiDict({name: typed_amount(value, language()) for name, value in stands.items()})
    given.update({"percent": "0", "rule": terms.allocation.rule})
    for name in given.keys() & request.args.keys():
        given[name] = request.args[name]
    form: SettingForm = shaped(given)
    form.rule.choices = choices([(one, words.rule_name(one)) for one in (*RANK_RULES, PRO_RATA)])
    return form


def read(form: SettingForm, terms: Terms) -> Setting | None:
    """What the address changes; None where it changes nothing or cannot be read, which the form then says."""
    if not form.data.keys() & request.args.keys() or not form.validate():
        return None
    amounts = {one.id: form[_name(one.id)].data for one in terms.envelopes}
    found = Setting(form.percent.data, amounts, form.pass_mark.data, form.rule.data)
    return None if found.of(terms) == terms else found


def address(setting: Setting, terms: Terms) -> dict[str, str]:
    """The setting as the query of an address, so that `read` finds it again in whatever language."""
    amounts = {_name(one.id): setting.amounts.get(one.id, one.amount_cents) for one in terms.envelopes}
    mark = terms.scoring.pass_mark_hundredths if setting.pass_mark is None else setting.pass_mark
    typed = {name: typed_amount(cents, language()) for name, cents in {**amounts, "pass_mark": mark}.items()}
    return {"percent": str(setting.percent), "rule": setting.rule or terms.allocation.rule, **typed}


def _name(envelope: str) -> str:
    return f"envelope_{envelope.replace('-', '_')}"


def priced(board: Board) -> dict[str, Any]:
    """What the rule costs beside stop and skip, and where the address asks for it beside the optimum."""
    optima, asked = {}, "optimum" in request.args
    missing = find_spec("highspy") is None
    if asked and not missing:
        optima = beside.optima(board.data, beside.within(CLOCK))
    return {
        "sides": sides(board.data, board.result, optima), "optimum_asked": asked, "optimum_missing": missing,
        "optimum_late": asked and not missing and len(optima) < len(beside.RULES),
    }  # fmt: skip


def tried(board: Board, setting: Setting) -> dict[str, Any]:
    """The table under a setting, and what it changes against the board. Raises Problem `fixed-awards-exceed`."""
    other = queries.tried(board, setting.of(board.terms))
    found = moved(board.result, other.result)
    return {
        "table": preview(other), "moved": found, **priced(other),
        "marks": dict.fromkeys(found.enters, "enters") | dict.fromkeys(found.leaves, "leaves")
        | dict.fromkeys(found.other, "other"),
    }  # fmt: skip
