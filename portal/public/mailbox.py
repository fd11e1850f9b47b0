"""The mailbox of the demonstration: every mail as it was sent. It does not exist in production."""

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from portal.addresses import row_number
from portal.guard import needs
from portal.public import blueprint
from portal.set_up import office
from portal.work import ask
from workflows.letters import queries
from workflows.letters.mailing import with_link
from workflows.permissions import Action
from workflows.problems import NotThere

ON_A_PAGE = 50


def _development_only() -> None:
    if current_app.config["SETTINGS"].mode != "development":
        raise NotThere


@blueprint.get("/dev/mail")
@needs(Action.READ_MAILBOX)
def mailbox() -> str:
    """A page of mails, the newest first; `before` is the last mail of the page before."""
    _development_only()
    before = row_number(request.args.get("before", ""))
    with ask() as session:
        found = queries.mailbox(session, before=before, limit=ON_A_PAGE + 1)
    mails = found[:ON_A_PAGE]
    older = mails[-1].id if len(found) > ON_A_PAGE else None
    return render_template("public/mailbox.html", mails=mails, before=before, older=older)


@blueprint.get("/dev/mail/<int:mail_id>")
@needs(Action.READ_MAILBOX)
def mail(mail_id: int) -> str:
    """One mail with its exact text."""
    _development_only()
    with ask() as session:
        found = queries.mail(session, mail_id)
        body = with_link(session, found.body, found.link_id, office(current_app.config["SETTINGS"]))
    return render_template("public/mail.html", mail=found, body=body)


@blueprint.get("/dev/mail/<int:mail_id>/letter.pdf")
@needs(Action.READ_MAILBOX)
def mail_letter(mail_id: int) -> Response:
    """The attachment of a mail."""
    _development_only()
    with ask() as session:
        letter_id = queries.mail(session, mail_id).letter_id
        if letter_id is None:
            raise NotThere
        letter = queries.letter(session, letter_id)
        content = queries.pdf(letter)
    response = make_response(content)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{letter.number.replace("/", "-")}.pdf"'
    return response
