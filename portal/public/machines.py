"""What a call is to search engines and to other machines: schema.org, as a block of data on its page.

A call is a `MonetaryGrant` one can apply for: schema.org has no call for proposals, and of its types this one alone has
a funder and an amount. Applying is its `ApplyAction`, which has the days. A block of data is run by no browser, so the
policy on scripts, which forbids those written in a page, has nothing to say about it.
"""

from typing import Any

from flask import current_app, url_for

from portal.language import language
from workflows.calls.queries import CallView
from workflows.language import BRUSSELS, text_in


def linked_data(call: CallView) -> dict[str, Any]:
    """The call, in the language of the page; amounts in euro."""
    terms, settings = call.terms, current_app.config["SETTINGS"]
    address = url_for("public.call", call_id=call.id, _external=True)
    funder = {"@type": "GovernmentOrganization", "name": settings.office, "email": settings.office_mail}
    return {
        "@context": "https://schema.org",
        "@type": "MonetaryGrant",
        "@id": address,
        "url": address,
        "identifier": call.id,
        "name": text_in(terms.name.texts(), language()),
        "description": text_in(terms.summary.texts(), language()),
        "funder": funder,
        "sponsor": [{"@type": "Organization", "name": name} for name in terms.organisers],
        "amount": {
            "@type": "MonetaryAmount",
            "currency": "EUR",
            "minValue": _euro(min(rule.floor_cents for rule in terms.applicants)),
            "maxValue": _euro(max(rule.ceiling_cents for rule in terms.applicants)),
        },
        "potentialAction": {
            "@type": "ApplyAction",
            "startTime": terms.opens.astimezone(BRUSSELS).isoformat(),
            "endTime": terms.closes.astimezone(BRUSSELS).isoformat(),
            "target": url_for("applicant.start", call_id=call.id, _external=True),
        },
    }


def _euro(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
