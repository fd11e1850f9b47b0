"""Public money by budget line and year: its credits, and an append-only ledger of what was committed and paid."""
