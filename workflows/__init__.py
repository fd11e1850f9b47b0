"""The programme itself; knows no web. Its stages, in the order in which a call lives:

files        documents, kept by the hash of their content
people       who takes part: persons, organisations, members, roles, and where an organisation is paid
budget       the money itself: budget lines, their credits, and the ledger of what was promised and paid
calls        the office says what it asks for: the terms of an edition, published
submission   an association fills in the form and submits; what it submitted is frozen
messages     the association and the office write to each other about a file
completion   the office asks for what is missing in it, the association answers that and nothing else
reminders    the clock brings to mind what waits: a draft, a request, the post of the office
eligibility  the conditions are judged, a person decides
scoring      jurors and experts give their marks; a score follows
allocation   the envelopes are divided by the rule of the call, and why is written down
awards       the act of each award goes its way: opinions, signature, commitment, payment; or waits for a government
letters      whatever was decided is answered, numbered and in the person's language
publication  everybody may read the outcome

Beside them: `lifecycle` (states and moves), `permissions` (who may), `history` (what happened, and the outbox),
`database`, `worker` and `tasks` (work in the background), `invariants` (the promises of the data),
`replay` (a whole call played from a file).
"""
