"""What the clock brings to mind: a draft before its deadline, a request before its own, the post of the office."""
