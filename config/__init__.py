"""Floor 0: what the environment says. Imports nothing of ours."""
