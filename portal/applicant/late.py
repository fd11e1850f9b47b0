"""What was sent to a file that takes no answers any more: it is not kept, and not lost."""

from typing import Any

from flask import redirect, url_for

from portal.answers import shown_or_typed
from portal.applicant.file import task_list_page
from portal.applicant.forms import SectionForm, WithdrawForm
from portal.applicant.standing import File
from workflows.calls.form import Question


def too_late(form: SectionForm, file: File) -> Any:
    """The file takes no answers any more: back to it, with whatever was typed and is not kept."""
    unkept = _unkept(form, file)
    if unkept:
        return task_list_page(file, WithdrawForm(formdata=None), unkept=unkept), 409
    return redirect(url_for("applicant.task_list", reference=file.application.reference))


def _unkept(form: SectionForm, file: File) -> list[tuple[Question, str]]:
    """The questions whose answer on the screen is not the one that is kept, each with what was typed or sent."""
    kept, typed = file.application, form.kept()
    both = [
        (one, shown_or_typed(kept, one, typed[one.id]), shown_or_typed(kept, one, kept.in_draft.get(one.id)))
        for one in form.section.questions if one.id in typed
    ]  # fmt: skip
    texts = [(one, mine) for one, mine, there in both if mine != there]
    return texts + [(one, str(sent.filename)) for one, sent in form.documents()]
