"""What a request carries, sorted: texts for the fields of text, documents for the fields of documents, none endless."""

from typing import Any

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Field, FileField
from wtforms.validators import ValidationError

from workflows.language import seen_length

LONGEST_TEXT = 100_000
"""Characters of a text whose field names no limit of its own."""
SWITCH = "_switch"
"""What a button of another language sends along with the form of its page."""


class AtMost:
    """A text of at most so many characters, counted as a person sees them."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: FlaskForm, field: Field) -> None:
        length = seen_length(field.data or "")
        if length > self.most:
            raise ValidationError(gettext(
                "This text has %(length)s characters; at most %(most)s fit. Shorten it and send it again.",
                length=length, most=self.most,
            ))  # fmt: skip


class Form(FlaskForm):
    """Every form of ours. A field gets what it can read; for what it cannot it says so, whoever made the request."""

    longest_text = LONGEST_TEXT

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask-wtf has no type hints
        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """What was sent, each value to a field of its kind only. We send no JSON, so none is read."""
            sent = None if request.is_json else super().wrap_formdata(form, formdata)
            return sent if sent is None else form.sort(sent)

    def sort(self, sent: Any) -> MultiDict[str, Any]:
        """The values that their fields can read; which fields were sent something else is remembered."""
        fields, kept = {field.name: field for field in self}, MultiDict()
        self.misplaced: set[str] = set()
        for name in sent:
            field = fields.get(name)
            for value in sent.getlist(name):
                if field is None or isinstance(value, FileStorage) is isinstance(field, FileField):
                    kept.add(name, value)
                elif value:
                    self.misplaced.add(name)
        return kept

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether it was sent to be done, and all can be taken."""
        return not self.only_shown and bool(super().validate_on_submit(extra_validators))

    @property
    def only_shown(self) -> bool:
        """Whether another language was chosen while it was filled in: nothing is done with it."""
        return SWITCH in request.form

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all can be taken. What is misplaced or endless is judged for nothing else."""
        for field in self:
            if self._endless(field):
                field.validators = [AtMost(self.longest_text)]
        valid = super().validate(extra_validators)
        for field in self:
            if field.name in getattr(self, "misplaced", ()):
                field.errors, valid = [_what_came(field)], False
        return bool(valid)

    def _endless(self, field: Field) -> bool:
        limited = any(isinstance(one, AtMost) for one in field.validators)
        return not limited and isinstance(field.data, str) and len(field.data) > self.longest_text


def _what_came(field: Field) -> str:
    if isinstance(field, FileField):
        return gettext("A text came where a document is expected. Choose the document on your device.")
    return gettext("A document came where a text is expected. Type the text here.")
