"""The optimum (M6, M7 of allocation.md): the awards that are worth most, with a proof that does not trust the solver.

`stages.allocate` is what others call; the solver, an optional extra, works in a process of its own (`process`).
"""
